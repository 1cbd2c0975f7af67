"""Where a flight begins and where it is to end, as a scenario file states it: the state at release, the pad."""

from typing import Annotated

from pydantic import Field

from hoverslam.scenarios.table import Table
from hoverslam.scenarios.wind import TOP_OF_ATMOSPHERE_M

Mass = Annotated[float, Field(ge=0.0, le=2_000_000.0)]


class Pad(Table):
    """Centre of the landing pad, WGS-84; the ground is the plane through it."""

    latitude_deg: float = Field(ge=-90.0, le=90.0)
    longitude_deg: float = Field(ge=-180.0, le=360.0)
    elevation_m: float = Field(
        ge=-430.0, le=6000.0, description="altitude of the pad, used as height above the ellipsoid"
    )
    slope_deg: float = Field(default=0.0, ge=0.0, le=20.0, description="slope of the pad; 0: level")
    slope_azimuth_deg: float = Field(
        default=0.0, ge=0.0, le=360.0, description="downhill direction, from north towards east"
    )


class Release(Table):
    """State at the start of the flight, before dispersion: falling base-first, engines off."""

    altitude_msl_m: float = Field(ge=-400.0, le=TOP_OF_ATMOSPHERE_M)
    range_to_pad_m: float = Field(ge=0.0, le=1_000_000.0, description="ground distance to the pad along the azimuth")
    crossrange_to_pad_m: float = Field(
        default=0.0,
        ge=-1_000_000.0,
        le=1_000_000.0,
        description="distance of the release to the left of the flight path through the pad",
    )
    azimuth_deg: float = Field(ge=0.0, le=360.0, description="direction of flight over ground, from north towards east")
    speed_mps: float = Field(ge=0.001, le=8000.0, description="speed relative to the rotating Earth")
    flight_path_angle_deg: float = Field(ge=-90.0, le=90.0, description="negative when falling")
    time_from_liftoff_s: float = Field(
        default=0.0, ge=0.0, le=10_000.0, description="time of release; shown in the report, no effect on the flight"
    )
    lox_kg: Mass = Field(description="usable mass, above residuals")
    lch4_kg: Mass = Field(description="usable mass, above residuals")
    rcs_kg: Mass = Field(description="cold-gas propellant")
    unsettled_m: float = Field(
        default=0.0, ge=0.0, le=50.0, description="distance from the liquids to their sumps (0: settled)"
    )
    engine_warm_k: float = Field(
        default=0.0, ge=0.0, le=180.0, description="temperature of all feed lines above the chilled state"
    )
