"""Scalar wind speed that a share of days does not exceed at any one altitude, as a profile to fly through.

NASA-style envelopes [P]; between their altitudes the speed is linear, beyond them held. Near the ground the figures
begin at 1 km, taken above the pad; below, the speed falls as the seventh root of the height [R] down to 10 m and is
held. Every altitude has its extreme at once, from one direction: a severe case, not a likely day.
"""

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from hoverslam.scenarios.schema import Wind

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


def profile(wind: "Wind", ground_msl_m: float) -> Profile:
    """The mean wind of a scenario, whichever way it is stated."""
    if wind.envelope is None or wind.from_deg is None:
        return Profile(wind.altitude_msl_m, wind.east_mps, wind.north_mps)
    altitudes, speeds = envelope(wind.envelope, ground_msl_m)
    # from 270 degrees, the west, is towards the east
    east, north = -math.sin(math.radians(wind.from_deg)), -math.cos(math.radians(wind.from_deg))
    return Profile(altitudes, tuple(east * speed for speed in speeds), tuple(north * speed for speed in speeds))
