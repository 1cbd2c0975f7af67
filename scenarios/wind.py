"""The wind of a scenario file, and the profile to fly through: one of one's own, or an envelope.

An envelope is the scalar speed that a share of days does not exceed at any one altitude, in the manner of NASA [P];
between its altitudes the speed is linear, beyond them held. Near the ground the figures begin at 1 km, taken above the
pad; below, the speed falls as the seventh root of the height [R] down to 10 m and is held. Every altitude has its
extreme at once, from one direction: a severe case, not a likely day.
"""

import math
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.table import Table, frozen_list

TOP_OF_ATMOSPHERE_M = 130_000.0  # end of the extended standard atmosphere of the plant
Percentile = Literal[50, 95, 99]
ALTITUDE_MSL_M = (10_000.0, 13_600.0, 20_000.0, 23_000.0, 50_000.0, 80_000.0)
SPEED_MPS: dict[int, tuple[float, ...]] = {
    50: (46.0, 46.0, 15.0, 15.0, 57.0, 57.0),
    95: (75.0, 75.0, 25.0, 25.0, 102.0, 102.0),
    99: (96.0, 96.0, 40.0, 40.0, 120.0, 120.0),
}
SPEED_AT_1_KM_MPS = {50: 10.0, 95: 19.0, 99: 28.0}
LOW_HEIGHTS_M = (10.0, 30.0, 100.0, 300.0, 1000.0)
LOW_EXPONENT = 1.0 / 7.0
Altitudes = Annotated[
    tuple[Annotated[float, Field(ge=-500.0, le=TOP_OF_ATMOSPHERE_M)], ...], BeforeValidator(frozen_list)
]
Speeds = Annotated[tuple[Annotated[float, Field(ge=-250.0, le=250.0)], ...], BeforeValidator(frozen_list)]
"""Of winds: the jet stream has reached 110 m/s, a tornado 135."""


class Wind(Table):
    """Mean wind over altitude, and the strength of gusts; none when left out.

    The mean is a profile of one's own (interpolated, held at both ends), or an envelope and where it comes from.
    """

    altitude_msl_m: Altitudes = Field(default=(), description="increasing; same length as the speeds")
    east_mps: Speeds = Field(default=(), description="wind speed towards the east")
    north_mps: Speeds = Field(default=(), description="wind speed towards the north")
    envelope: Percentile | None = Field(
        default=None, description="percentile of the scalar wind speed at every altitude, in percent of days"
    )
    from_deg: float | None = Field(
        default=None,
        ge=0.0,
        le=360.0,
        description="direction from which the envelope wind blows, from north towards east",
    )
    turbulence: Literal["none", "light", "moderate", "severe"] = Field(
        default="none", description="strength of Dryden turbulence"
    )
    w20_mps: float = Field(
        default=0.0, ge=0.0, le=60.0, description="wind speed at 6 m above ground, scales turbulence near the ground"
    )

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
                "wind", "must increase from entry to entry; sort the profile", {"key": "altitude_msl_m"}
            )
        return self

    @model_validator(mode="after")
    def _one_mean_wind(self) -> "Wind":
        if self.envelope is not None and self.altitude_msl_m:
            text = (
                "cannot be combined with wind.altitude_msl_m; remove one (altitude_msl_m, east_mps and north_mps = [])"
            )
            raise PydanticCustomError("wind", text, {"key": "envelope", "value": self.envelope})
        if self.envelope is not None and self.from_deg is None:
            text = "has no direction; add wind.from_deg (degrees, 270 is from the west)"
            raise PydanticCustomError("wind", text, {"key": "envelope", "value": self.envelope})
        if self.from_deg is not None and self.envelope is None:
            text = "has no effect; add wind.envelope = 50, 95 or 99, or remove it"
            raise PydanticCustomError("wind", text, {"key": "from_deg", "value": self.from_deg})
        return self


class Profile(NamedTuple):
    """Wind by altitude: where it blows to, linear between and held beyond; all empty where there is none."""

    altitude_msl_m: tuple[float, ...]
    east_mps: tuple[float, ...]
    north_mps: tuple[float, ...]


def envelope(percentile: int, ground_msl_m: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Altitudes and scalar speeds over a pad of this elevation."""
    low = tuple(SPEED_AT_1_KM_MPS[percentile] * (h / 1000.0) ** LOW_EXPONENT for h in LOW_HEIGHTS_M)
    heights = tuple(ground_msl_m + h for h in LOW_HEIGHTS_M)
    return heights + ALTITUDE_MSL_M, low + SPEED_MPS[percentile]


def profile(wind: Wind, ground_msl_m: float) -> Profile:
    """The mean wind of a scenario, whichever way it is stated."""
    if wind.envelope is None or wind.from_deg is None:
        return Profile(wind.altitude_msl_m, wind.east_mps, wind.north_mps)
    altitudes, speeds = envelope(wind.envelope, ground_msl_m)
    # from 270 degrees, the west, is towards the east
    east, north = -math.sin(math.radians(wind.from_deg)), -math.cos(math.radians(wind.from_deg))
    return Profile(altitudes, tuple(east * speed for speed in speeds), tuple(north * speed for speed in speeds))
