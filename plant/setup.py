"""One flight as the plant is told it: place, release, air, scatter, errors of sensors, faults, seed and step."""

import hashlib
import math
from typing import NamedTuple

from hoverslam.plant.faults import ArmedFault
from hoverslam.plant.kernels.engines.propulsion import ClusterScatter
from hoverslam.plant.kernels.rotation import Vec
from hoverslam.plant.kernels.world.wind import AirColumn


class ReleaseState(NamedTuple):
    """Where and how the flight begins, relative to the pad; the offsets are this flight's dispersions.

    The stage is `range_m` short of the pad along the azimuth and `left_m` to its left, nose against its Earth-relative
    velocity; body y points to the right of the azimuth. Flight path angle is from the pad's horizontal, negative
    going down. The liquids still have `unsettled_m` to fall to their sumps, the feed lines are `engine_warm_k` above
    chilled.
    """

    altitude_msl_m: float
    range_m: float
    left_m: float
    azimuth_rad: float
    speed_mps: float
    flight_path_rad: float
    lox_kg: float
    lch4_kg: float
    rcs_kg: float
    unsettled_m: float = 0.0
    engine_warm_k: float = 0.0
    pos_offset_enu_m: Vec = (0.0, 0.0, 0.0)
    vel_offset_enu_mps: Vec = (0.0, 0.0, 0.0)
    attitude_offset_rad: Vec = (0.0, 0.0, 0.0)


class ImuErrors(NamedTuple):
    """This unit's own constants, body axes."""

    gyro_bias_radps: Vec = (0.0, 0.0, 0.0)
    accel_bias_mps2: Vec = (0.0, 0.0, 0.0)
    gyro_scale: Vec = (0.0, 0.0, 0.0)
    accel_scale: Vec = (0.0, 0.0, 0.0)
    misalignment_rad: Vec = (0.0, 0.0, 0.0)
    noise: float = 1.0


class GaugeErrors(NamedTuple):
    """This flight's own gauges: offsets in the order of engines, gimbal axes and fins; what is left out has none.

    Tank pressures are those of LOX, LCH4 and cold gas; levels those of LOX and LCH4.
    """

    chamber_pressure_pa: tuple[float, ...] = ()
    tank_pressure_pa: Vec = (0.0, 0.0, 0.0)
    level_m: tuple[float, float] = (0.0, 0.0)
    level_scale: tuple[float, float] = (0.0, 0.0)
    gimbal_rad: tuple[float, ...] = ()
    fin_rad: tuple[float, ...] = ()


class FlightSetup(NamedTuple):
    """One flight: site, start, air, scatter of the vehicle, faults, seed, step; slope of the pad and its direction."""

    latitude_rad: float
    longitude_rad: float
    elevation_m: float
    release: ReleaseState
    column: AirColumn
    turbulence: str
    w20_mps: float
    scatter: ClusterScatter
    imu: ImuErrors
    faults: tuple[ArmedFault, ...]
    seed: int
    dt_s: float
    gauges: GaugeErrors = GaugeErrors()
    relight: bool = False
    slope_rad: float = 0.0
    slope_azimuth_rad: float = 0.0


def stream_key(seed: int, name: str) -> int:
    """Key of a noise stream, 62 bits: other names and seeds give unrelated streams."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "little") >> 2


def pad_normal(setup: FlightSetup) -> Vec:
    """Unit vector out of the pad, leaning downhill, east-north-up."""
    lean = math.sin(setup.slope_rad)
    azimuth = setup.slope_azimuth_rad
    return (lean * math.sin(azimuth), lean * math.cos(azimuth), math.cos(setup.slope_rad))
