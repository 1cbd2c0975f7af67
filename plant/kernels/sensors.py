"""Avionics: inertial unit, differential GNSS with latency, radar altimeter, pressures, levels, positions, switches.

Every error is a function of the stream key, the tick and a lane, so no unit disturbs another.
"""

import math
from typing import NamedTuple

import numpy as np

from plant.kernels.compiled import kernel
from plant.kernels.dynamics import Rigid, point_over_pad
from plant.kernels.earth import Site, earth_from_enu
from plant.kernels.engine import NotNegative, Positive
from plant.kernels.noise import normal_pair, normal_triple
from plant.kernels.rotation import Vec, add, sub

LANE_GYRO, LANE_ACCEL, LANE_GNSS_POS, LANE_GNSS_VEL, LANE_RADAR, LANE_LEVELS, LANE_PRESSURE = 0, 2, 4, 6, 8, 9, 16


class SensorParams(NamedTuple):
    """Units, places and one-sigma errors; `imu_*_error` are this unit's own constants, drawn once a flight.

    The inertial unit reports accumulated increments. GNSS fixes are taken every `gnss_period_ticks` and delivered
    `gnss_latency_ticks` later. `key` selects the noise streams; `noise` scales all of them (0 switches them off).
    """

    imu_position_m: Vec
    antenna_position_m: Vec
    gyro_noise_radps_rthz: NotNegative
    accel_noise_mps2_rthz: NotNegative
    gyro_quantum_rad: Positive
    accel_quantum_mps: Positive
    gnss_period_ticks: int
    gnss_latency_ticks: int
    gnss_horizontal_m: NotNegative
    gnss_vertical_m: NotNegative
    gnss_velocity_mps: NotNegative
    radar_max_m: Positive
    radar_max_tilt_rad: Positive
    radar_noise_m: NotNegative
    radar_noise_fraction: NotNegative
    radar_position_m: float
    pressure_noise_fraction: NotNegative
    level_noise_m: NotNegative
    gyro_bias_radps: Vec
    accel_bias_mps2: Vec
    gyro_scale: Vec
    accel_scale: Vec
    misalignment_rad: Vec
    noise: float
    key: int


@kernel
def quantise(value: float, quantum: float) -> float:
    """To the nearest multiple of the quantum."""
    return quantum * math.floor(value / quantum + 0.5)


@kernel
def measured_increment(
    true: Vec, bias: Vec, scale_error: Vec, misalignment: Vec, noise: Vec, quantum: float, span_s: float
) -> Vec:
    """An accumulated increment as the unit reports it: small misalignment, scale, bias, random walk, quantisation."""
    x = true[0] + misalignment[2] * true[1] - misalignment[1] * true[2]
    y = true[1] - misalignment[2] * true[0] + misalignment[0] * true[2]
    z = true[2] + misalignment[1] * true[0] - misalignment[0] * true[1]
    return (
        quantise((1.0 + scale_error[0]) * x + bias[0] * span_s + noise[0], quantum),
        quantise((1.0 + scale_error[1]) * y + bias[1] * span_s + noise[1], quantum),
        quantise((1.0 + scale_error[2]) * z + bias[2] * span_s + noise[2], quantum),
    )


@kernel
def sense_imu(params: SensorParams, imu: np.ndarray, tick: int, span_s: float, out: np.ndarray) -> None:
    """Velocity and angle increments since the last reading into out[0:6]; the accumulators start again."""
    root = params.noise * math.sqrt(span_s)
    g, a = normal_triple(params.key, tick, LANE_GYRO), normal_triple(params.key, tick, LANE_ACCEL)
    ka, kg = root * params.accel_noise_mps2_rthz, root * params.gyro_noise_radps_rthz
    dvel = measured_increment(
        (imu[0], imu[1], imu[2]),
        params.accel_bias_mps2,
        params.accel_scale,
        params.misalignment_rad,
        (ka * a[0], ka * a[1], ka * a[2]),
        params.accel_quantum_mps,
        span_s,
    )
    dangle = measured_increment(
        (imu[3], imu[4], imu[5]),
        params.gyro_bias_radps,
        params.gyro_scale,
        params.misalignment_rad,
        (kg * g[0], kg * g[1], kg * g[2]),
        params.gyro_quantum_rad,
        span_s,
    )
    for i in range(3):
        out[i], out[3 + i] = dvel[i], dangle[i]
    imu[:] = 0.0


@kernel
def capture_gnss(
    params: SensorParams, site: Site, gnss: np.ndarray, cg_m: np.ndarray, rigid: Rigid, tick: int, dt_s: float
) -> None:
    """Take a fix of the antenna when one is due, in place.

    `gnss` holds: waiting flag, tick of the fix, Earth-fixed position and velocity as measured.
    """
    if tick % params.gnss_period_ticks != 0:
        return
    arm = sub(params.antenna_position_m, (cg_m[0], cg_m[1], cg_m[2]))
    pos, vel = point_over_pad(site, rigid, arm, tick * dt_s)
    p, v = normal_triple(params.key, tick, LANE_GNSS_POS), normal_triple(params.key, tick, LANE_GNSS_VEL)
    h, u, s = (
        params.noise * params.gnss_horizontal_m,
        params.noise * params.gnss_vertical_m,
        params.noise * params.gnss_velocity_mps,
    )
    pos_e = add(site.pos_e_m, earth_from_enu(site, add(pos, (h * p[0], h * p[1], u * p[2]))))
    vel_e = earth_from_enu(site, add(vel, (s * v[0], s * v[1], s * v[2])))
    gnss[0], gnss[1] = 1.0, float(tick)
    for i in range(3):
        gnss[2 + i], gnss[5 + i] = pos_e[i], vel_e[i]


@kernel
def deliver_gnss(params: SensorParams, gnss: np.ndarray, tick: int, dt_s: float, out: np.ndarray) -> None:
    """A waiting fix whose latency is over into out[0:8] (flag, time [ns], position, velocity); else the flag is 0."""
    out[:8] = 0.0
    if gnss[0] < 0.5 or tick - gnss[1] < params.gnss_latency_ticks:
        return
    gnss[0] = 0.0
    out[0], out[1] = 1.0, math.floor(gnss[1] * dt_s * 1e9 + 0.5)
    for i in range(6):
        out[2 + i] = gnss[2 + i]


@kernel
def sense_radar(params: SensorParams, site: Site, rigid: Rigid, cg_x_m: float, tick: int, dt_s: float) -> float:
    """Slant range along the tail from the radar's place to the pad plane [m]; -1 without a return."""
    pos, _ = point_over_pad(site, rigid, (params.radar_position_m - cg_x_m, 0.0, 0.0), tick * dt_s)
    ahead, _ = point_over_pad(site, rigid, (params.radar_position_m - cg_x_m - 1.0, 0.0, 0.0), tick * dt_s)
    down = pos[2] - ahead[2]
    if pos[2] <= 0.0 or down < math.cos(params.radar_max_tilt_rad) or pos[2] > params.radar_max_m * down:
        return -1.0
    distance = pos[2] / down
    n, _ = normal_pair(params.key, tick, LANE_RADAR)
    return distance + params.noise * n * math.hypot(params.radar_noise_m, params.radar_noise_fraction * distance)
