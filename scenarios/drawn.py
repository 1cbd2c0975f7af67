"""What is dispersed and by how much, and how it came out where that is stated instead of drawn.

With stated outcomes a counterexample is a few readable lines. They are in sigmas of the dispersion of the same name, so
that zero is nominal whatever the sigma. What is by altitude has a few numbers instead of hundreds: the seed's column
times a factor, and an offset the whole way up.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.table import Table, array

LARGEST_SIGMA = 3.0
"""Every deviation is limited to this, drawn or stated: no flight has half a mass."""


Sigmas = Annotated[float, Field(ge=-LARGEST_SIGMA, le=LARGEST_SIGMA)]
Each = Annotated[tuple[Sigmas, ...], BeforeValidator(array)]
Two = Annotated[tuple[Sigmas, Sigmas], BeforeValidator(array)]
Three = Annotated[tuple[Sigmas, Sigmas, Sigmas], BeforeValidator(array)]


Sigma = Annotated[float, Field(ge=0.0)]
Fraction = Annotated[float, Field(ge=0.0, le=0.3)]
Interval = Annotated[tuple[float, float], BeforeValidator(array)]


class Dispersions(Table):
    """One standard deviation of each dispersed quantity; 0, the default, leaves it alone.

    Factors are fractions of the nominal value (0.01 is 1 %), others carry their unit in the name.
    """

    thrust_common: Fraction = Field(default=0.0, description="thrust of all engines together, fraction")
    thrust_engine: Fraction = Field(default=0.0, description="thrust of each engine, fraction")
    isp: Fraction = Field(default=0.0, description="specific impulse, fraction")
    dead_time_s: Sigma = Field(default=0.0, le=1.0, description="for each engine")
    shut_delay_s: Sigma = Field(default=0.0, le=1.0, description="for each engine, never below 0")
    relight: int = Field(
        default=0, ge=0, le=1, description="1: each start may fail, with the probability of the vehicle's relight model"
    )
    dry_mass: Fraction = Field(default=0.0, description="dry mass, fraction")
    propellant_kg: Sigma = Field(default=0.0, le=50_000.0, description="usable propellant at release")
    axial_force: Fraction = Field(default=0.0, description="C_A, fraction")
    normal_force: Fraction = Field(default=0.0, description="C_N, fraction")
    fin_force: Fraction = Field(default=0.0, description="grid fin force, fraction")
    density: Fraction = Field(default=0.0, description="air density, fraction")
    cg_axial_m: Sigma = Field(default=0.0, le=5.0)
    cg_lateral_m: Sigma = Field(default=0.0, le=1.0)
    plume: Interval | None = Field(
        default=None, description="[lo, hi] of the factor on plume-drag interaction, uniform"
    )
    release_position_m: Sigma = Field(default=0.0, le=100_000.0, description="for each axis")
    release_velocity_mps: Sigma = Field(default=0.0, le=500.0, description="for each axis")
    release_attitude_deg: Sigma = Field(default=0.0, le=45.0, description="for each axis")
    wind_mps: Sigma = Field(default=0.0, le=60.0, description="deviation of the true wind from the profile in [wind]")
    sensors: int = Field(default=0, ge=0, le=1, description="1: sensor noise and biases; 0: ideal sensors")

    @field_validator("plume")
    @classmethod
    def _ordered(cls, plume: tuple[float, float] | None) -> tuple[float, float] | None:
        if plume is not None and not 0.0 <= plume[0] <= plume[1] <= 10.0:
            raise PydanticCustomError("interval", "must be [lo, hi] with 0 <= lo <= hi <= 10")
        return plume


class Drawn(Table):
    """Values of dispersions, in sigmas of the key of the same name in `[dispersions]`.

    Values that are not stated are drawn from the seed; gusts, sensor noise and start failures (`dispersions.relight`)
    always are.
    """

    rest: Literal["seed", "nominal"] = Field(
        default="seed", description="values not stated here: drawn from the seed, or nominal"
    )
    thrust_common: Sigmas | None = None
    thrust_engine: Each | None = Field(default=None, description="by engine; others are nominal")
    isp: Sigmas | None = None
    dead_time_s: Each | None = Field(default=None, description="by engine")
    shut_delay_s: Each | None = Field(default=None, description="by engine")
    dry_mass: Sigmas | None = None
    propellant_kg: Sigmas | None = None
    axial_force: Sigmas | None = None
    normal_force: Sigmas | None = None
    fin_force: Sigmas | None = None
    plume: float | None = Field(
        default=None,
        ge=-1.0,
        le=1.0,
        description="0: factor 1, or the nearest possible; -1 and 1: ends of the interval",
    )
    cg_axial_m: Sigmas | None = None
    cg_lateral_m: Two | None = Field(default=None, description="y, z")
    release_position_m: Three | None = Field(default=None, description="east, north, up")
    release_velocity_mps: Three | None = Field(default=None, description="east, north, up")
    release_attitude_deg: Three | None = Field(default=None, description="roll, pitch, yaw")
    wind_mps: Two | None = Field(default=None, description="towards east and north, added at every altitude")
    wind_column: Sigmas | None = Field(default=None, description="factor on the wind profile drawn from the seed")
    density: Sigmas | None = Field(default=None, description="added at every altitude")
    density_column: Sigmas | None = Field(default=None, description="factor on the density profile drawn from the seed")
    sensors: Sigmas | None = Field(
        default=None, description="factor on the sensor biases and scale errors drawn from the seed"
    )

    def sigmas(self, name: str, count: int) -> tuple[float, ...] | None:
        """So many outcomes of a dispersion; None where the seed draws them."""
        given = getattr(self, name)
        if given is None:
            return (0.0,) * count if self.rest == "nominal" else None
        stated = given if isinstance(given, tuple) else (given,)
        return (*stated, *(0.0,) * (count - len(stated)))

    def factor(self, name: str) -> float:
        """On what the seed draws."""
        given: float | None = getattr(self, name)
        return (0.0 if self.rest == "nominal" else 1.0) if given is None else given


DISPERSION = {"wind_column": "wind_mps", "density_column": "density"}
"""The dispersion of a key, where it has another name."""
FACTORS = ("wind_column", "density_column", "sensors")
OFFSETS = ("wind_mps", "density")
"""By altitude: never drawn, and nominal where not stated."""
EACH_ENGINE = ("thrust_engine", "dead_time_s", "shut_delay_s")
