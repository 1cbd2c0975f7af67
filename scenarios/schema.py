"""The schema of a scenario file: which keys there are, their units, their limits and their defaults.

A scenario says everything that decides a flight except the flight software: the vehicle as it really is, the state at
release, the air, what is dispersed and by how much, what fails, what the flight software is told beforehand, and which
requirement set judges it. Degrees are used in scenario files only; see docs/conventions.md.

Models are frozen and refuse unknown keys. Numbers are not converted: an integer may stand for a float, nothing else.
"""

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.drawn import Drawn
from hoverslam.scenarios.effects import without_effect
from hoverslam.scenarios.expected import Expected
from hoverslam.scenarios.faults import Fault, disagreements
from hoverslam.scenarios.table import Table as _Table
from hoverslam.scenarios.wind_envelopes import Percentile

NANOSECONDS_PER_SECOND = 1_000_000_000
TOP_OF_ATMOSPHERE_M = 130_000.0  # end of the extended standard atmosphere of the plant

MOST_FAULTS = 64
"""At once."""

OverrideValue = bool | int | float | str | tuple[Any, ...]


def _frozen_list(value: Any) -> Any:
    """A TOML array becomes a tuple, all the way down; anything else is left for the type check to refuse."""
    return tuple(_frozen_list(item) for item in value) if isinstance(value, list) else value


def _flat(value: Any, prefix: str = "") -> Any:
    """Nested tables become dotted keys, so that `a.b = 1` and `"a.b" = 1` say the same."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, Any] = {}
    for key, item in value.items():
        inner = (
            _flat(item, f"{prefix}{key}.")
            if isinstance(item, dict)
            else {f"{prefix}{key}": _finite(f"{prefix}{key}", item)}
        )
        flat.update(inner)
    return flat


def _finite(key: str, value: Any) -> Any:
    """A value, or an array of them, without NaN and infinity."""
    left = [value]
    while left:
        one = left.pop()
        left += one if isinstance(one, list | tuple) else []
        if isinstance(one, float) and not math.isfinite(one):
            told = {"key": f".{key}", "value": value}
            raise PydanticCustomError("override", "must be a finite number; write a finite number", told)
    return _frozen_list(value)


Overrides = Annotated[dict[str, OverrideValue], BeforeValidator(_flat)]
Altitudes = Annotated[
    tuple[Annotated[float, Field(ge=-500.0, le=TOP_OF_ATMOSPHERE_M)], ...], BeforeValidator(_frozen_list)
]
Speeds = Annotated[tuple[Annotated[float, Field(ge=-250.0, le=250.0)], ...], BeforeValidator(_frozen_list)]
"""Of winds: the jet stream has reached 110 m/s, a tornado 135."""
Mass = Annotated[float, Field(ge=0.0, le=2_000_000.0)]
Sigma = Annotated[float, Field(ge=0.0)]
Fraction = Annotated[float, Field(ge=0.0, le=0.3)]


class Vehicle(_Table):
    """The vehicle as it really is, which the flight software is never told."""

    file: str = Field(description="shipped vehicle, or a path ending in .toml (relative to the scenario file)")
    override: Overrides = Field(default_factory=dict, description="dotted keys into the vehicle file")


class FlightLoad(_Table):
    """What the flight software is told before flight; stated apart from the truth, never derived from it."""

    file: str = Field(description="shipped flight load, or a path ending in .toml (relative to the scenario file)")
    override: Overrides = Field(default_factory=dict, description="dotted keys into the flight load")


class Rates(_Table):
    """Rates of the loop; time is counted in ticks of the plant."""

    plant_hz: int = Field(default=1000, ge=100, le=10_000, description="integration steps a second")
    gnc_hz: int = Field(default=100, ge=1, le=1000, description="sensor frames a second; divides plant_hz")
    command_delay_ticks: int = Field(
        default=10, ge=0, le=1000, description="from sampling to effect; one frame when not given"
    )
    max_time_s: float = Field(default=140.0, ge=0.001, le=3600.0, description="a flight not down by then has failed")

    @model_validator(mode="before")
    @classmethod
    def _delay_one_frame(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "command_delay_ticks" in given:
            return given
        plant_hz, gnc_hz = given.get("plant_hz", 1000), given.get("gnc_hz", 100)
        if isinstance(plant_hz, int) and isinstance(gnc_hz, int) and 0 < gnc_hz <= plant_hz:
            return {**given, "command_delay_ticks": plant_hz // gnc_hz}
        return given

    @field_validator("plant_hz")
    @classmethod
    def _whole_nanoseconds(cls, plant_hz: int) -> int:
        if NANOSECONDS_PER_SECOND % plant_hz:
            raise PydanticCustomError("rate", "a tick must be a whole number of nanoseconds; pick 500, 1000 or 2000")
        return plant_hz

    @model_validator(mode="after")
    def _rates_divide(self) -> "Rates":
        if self.plant_hz % self.gnc_hz:
            below = max(d for d in range(1, self.gnc_hz) if self.plant_hz % d == 0)
            above = min(d for d in range(self.gnc_hz, self.plant_hz + 1) if self.plant_hz % d == 0)
            raise PydanticCustomError(
                "rate",
                "must divide rates.plant_hz = {plant_hz}; pick {below} or {above}, or change plant_hz",
                {"key": "gnc_hz", "value": self.gnc_hz, "plant_hz": self.plant_hz, "below": below, "above": above},
            )
        return self

    @property
    def dt_s(self) -> float:
        """Length of a tick."""
        return 1.0 / self.plant_hz

    @property
    def frame_ticks(self) -> int:
        """Ticks between two sensor frames."""
        return self.plant_hz // self.gnc_hz

    @property
    def frame_period_ns(self) -> int:
        """Nanoseconds between two sensor frames; exact, because a tick is."""
        return self.frame_ticks * (NANOSECONDS_PER_SECOND // self.plant_hz)

    @property
    def max_frames(self) -> int:
        """Frames after which a flight ends as never landed."""
        return round(self.max_time_s * self.gnc_hz)


class Pad(_Table):
    """Centre of the landing pad, WGS-84; the ground is the plane through it."""

    latitude_deg: float = Field(ge=-90.0, le=90.0)
    longitude_deg: float = Field(ge=-180.0, le=360.0)
    elevation_m: float = Field(
        ge=-430.0, le=6000.0, description="height of the pad, used as height above the ellipsoid"
    )
    slope_deg: float = Field(default=0.0, ge=0.0, le=20.0, description="how steep the pad is; 0 is level")
    slope_azimuth_deg: float = Field(
        default=0.0, ge=0.0, le=360.0, description="whither it falls, from north towards east"
    )


class Release(_Table):
    """State at the start of the flight, before dispersion: falling base-first, engines off."""

    altitude_msl_m: float = Field(ge=-400.0, le=TOP_OF_ATMOSPHERE_M)
    range_to_pad_m: float = Field(ge=0.0, le=1_000_000.0, description="ground distance still to fly to the pad")
    crossrange_to_pad_m: float = Field(
        default=0.0,
        ge=-1_000_000.0,
        le=1_000_000.0,
        description="how far the release lies left of the line of flight to the pad",
    )
    azimuth_deg: float = Field(ge=0.0, le=360.0, description="direction of flight over ground, from north towards east")
    speed_mps: float = Field(ge=0.001, le=8000.0, description="relative to the rotating Earth")
    flight_path_angle_deg: float = Field(ge=-90.0, le=90.0, description="negative when falling")
    time_from_liftoff_s: float = Field(
        default=0.0, ge=0.0, le=10_000.0, description="when the release is; named in the report, moves nothing"
    )
    lox_kg: Mass = Field(description="usable, above residuals")
    lch4_kg: Mass = Field(description="usable, above residuals")
    rcs_kg: Mass = Field(description="cold-gas propellant")
    unsettled_m: float = Field(
        default=0.0, ge=0.0, le=50.0, description="how far the liquids still have to fall to their sumps"
    )
    engine_warm_k: float = Field(
        default=0.0, ge=0.0, le=180.0, description="feed lines of all engines, kelvin above chilled"
    )


class Wind(_Table):
    """Mean wind over altitude, and the strength of gusts; none when left out.

    The mean is a profile of one's own (interpolated, held at both ends), or an envelope and where it comes from.
    """

    altitude_msl_m: Altitudes = Field(default=(), description="rising; as many as there are speeds")
    east_mps: Speeds = Field(default=(), description="towards the east")
    north_mps: Speeds = Field(default=(), description="towards the north")
    envelope: Percentile | None = Field(
        default=None, description="scalar speed that this share of days does not exceed, in percent, at every altitude"
    )
    from_deg: float | None = Field(
        default=None, ge=0.0, le=360.0, description="where the envelope comes from, from north towards east"
    )
    turbulence: Literal["none", "light", "moderate", "severe"] = Field(default="none", description="Dryden gusts")
    w20_mps: float = Field(default=0.0, ge=0.0, le=60.0, description="wind at 6 m above ground, scales gusts near it")

    @model_validator(mode="after")
    def _columns_match(self) -> "Wind":
        count = len(self.altitude_msl_m)
        for key in ("east_mps", "north_mps"):
            if len(getattr(self, key)) != count:
                raise PydanticCustomError(
                    "wind",
                    "has {got} numbers, wind.altitude_msl_m has {count}; give one speed for each altitude",
                    {"key": key, "got": len(getattr(self, key)), "count": count},
                )
        if any(b <= a for a, b in zip(self.altitude_msl_m, self.altitude_msl_m[1:], strict=False)):
            raise PydanticCustomError(
                "wind", "must rise from entry to entry; sort the profile", {"key": "altitude_msl_m"}
            )
        return self

    @model_validator(mode="after")
    def _one_mean_wind(self) -> "Wind":
        if self.envelope is not None and self.altitude_msl_m:
            text = "cannot go with wind.altitude_msl_m; take one out (altitude_msl_m, east_mps and north_mps = [])"
            raise PydanticCustomError("wind", text, {"key": "envelope", "value": self.envelope})
        if self.envelope is not None and self.from_deg is None:
            text = "has no direction; add wind.from_deg (degrees, 270 is from the west)"
            raise PydanticCustomError("wind", text, {"key": "envelope", "value": self.envelope})
        if self.from_deg is not None and self.envelope is None:
            text = "turns nothing; add wind.envelope = 50, 95 or 99, or take it out"
            raise PydanticCustomError("wind", text, {"key": "from_deg", "value": self.from_deg})
        return self


class Requirements(_Table):
    """Which requirement set judges the flight."""

    set: str = Field(default="landing", description="shipped set, or a path ending in .toml")


def _interval(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Interval = Annotated[tuple[float, float], BeforeValidator(_interval)]


class Dispersions(_Table):
    """One standard deviation of each dispersed quantity; 0, the default, leaves it alone.

    Factors are fractions of the nominal value (0.01 is 1 %), others carry their unit in the name.
    """

    thrust_common: Fraction = Field(default=0.0, description="all engines together, fraction")
    thrust_engine: Fraction = Field(default=0.0, description="each engine for itself, fraction")
    isp: Fraction = Field(default=0.0, description="fraction")
    dead_time_s: Sigma = Field(default=0.0, le=1.0, description="each engine for itself")
    shut_delay_s: Sigma = Field(default=0.0, le=1.0, description="each engine for itself, never less than at once")
    relight: int = Field(
        default=0, ge=0, le=1, description="1: each start may fail, as likely as the vehicle's relight model says"
    )
    dry_mass: Fraction = Field(default=0.0, description="fraction")
    propellant_kg: Sigma = Field(default=0.0, le=50_000.0, description="usable propellant at release")
    axial_force: Fraction = Field(default=0.0, description="C_A, fraction")
    normal_force: Fraction = Field(default=0.0, description="C_N, fraction")
    fin_force: Fraction = Field(default=0.0, description="fraction")
    density: Fraction = Field(default=0.0, description="air density, fraction")
    cg_axial_m: Sigma = Field(default=0.0, le=5.0)
    cg_lateral_m: Sigma = Field(default=0.0, le=1.0)
    plume: Interval | None = Field(
        default=None, description="[lo, hi] of the factor on plume-drag interaction, uniform"
    )
    release_position_m: Sigma = Field(default=0.0, le=100_000.0, description="each axis")
    release_velocity_mps: Sigma = Field(default=0.0, le=500.0, description="each axis")
    release_attitude_deg: Sigma = Field(default=0.0, le=45.0, description="each axis")
    wind_mps: Sigma = Field(default=0.0, le=60.0, description="true wind against the profile given here")
    sensors: int = Field(default=0, ge=0, le=1, description="1: sensor noise and biases on; 0: ideal sensors")

    @field_validator("plume")
    @classmethod
    def _ordered(cls, plume: tuple[float, float] | None) -> tuple[float, float] | None:
        if plume is not None and not 0.0 <= plume[0] <= plume[1] <= 10.0:
            raise PydanticCustomError("interval", "must be [lo, hi] with 0 <= lo <= hi <= 10")
        return plume


class Scenario(_Table):
    """A flight, complete but for the flight software. `(scenario, seed)` decides every random number of it."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    description: str = Field(default="", max_length=2000)
    seed: int = Field(default=1, ge=0, le=2**63 - 1)
    vehicle: Vehicle
    rates: Rates = Field(default_factory=Rates)
    pad: Pad
    release: Release
    wind: Wind = Field(default_factory=Wind)
    dispersions: Dispersions = Field(default_factory=Dispersions)
    drawn: Drawn = Field(default_factory=Drawn)
    faults: Annotated[tuple[Fault, ...], BeforeValidator(_interval), Field(max_length=MOST_FAULTS)] = ()
    flight_load: FlightLoad
    requirements: Requirements = Field(default_factory=Requirements)
    expected: Expected | None = None

    @model_validator(mode="after")
    def _faults_agree(self) -> "Scenario":
        for earlier, later, why in disagreements(self.faults):
            raise PydanticCustomError(
                "fault",
                "cannot go with faults.{earlier} ({kind}): {why}; take one of them out",
                {
                    "key": f"faults.{later}.kind",
                    "value": self.faults[later].kind,
                    "earlier": earlier,
                    "kind": self.faults[earlier].kind,
                    "why": why,
                },
            )
        return self

    @model_validator(mode="after")
    def _everything_has_an_effect(self) -> "Scenario":
        for key, value, why, remedy in without_effect(self):
            told = {"key": key, "value": value, "why": why, "remedy": remedy}
            raise PydanticCustomError("effect", "{why}; {remedy}", told)
        return self

    @model_validator(mode="after")
    def _released_above_the_pad(self) -> "Scenario":
        if self.release.altitude_msl_m <= self.pad.elevation_m:
            raise PydanticCustomError(
                "release",
                "must be above the pad (pad.elevation_m = {pad}); raise it or lower the pad",
                {"key": "release.altitude_msl_m", "value": self.release.altitude_msl_m, "pad": self.pad.elevation_m},
            )
        return self
