"""Avionics: inertial unit, differential GNSS with latency, radar altimeter; what gauges read is in `sensing`.

Every error is a function of the stream key, the moment and a lane, so no unit disturbs another, nor does the rate at
which one is read or the plant steps. What wanders is a first-order Gauss-Markov process on a grid of its own.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hoverslam.plant.kernels.body.dynamics import Rigid, Surroundings, air_around, point_over_pad
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.noise import normal_pair, normal_triple, uniform
from hoverslam.plant.kernels.rotation import Vec, add, scale, sub
from hoverslam.plant.kernels.world.earth import Site, earth_from_enu
from hoverslam.plant.sensors import KERNEL, PLACE, SPECS, TICKS, in_ticks

LANE_GYRO, LANE_ACCEL, LANE_GNSS_POS, LANE_GNSS_VEL, LANE_RADAR, LANE_LEVELS, LANE_PRESSURE = 0, 2, 4, 6, 8, 9, 16
LANE_GYRO_DRIFT, LANE_ACCEL_DRIFT, LANE_MULTIPATH, LANE_PLUME, LANE_TANK_PRESSURE = 48, 50, 52, 54, 56
LANE_START = 8  # on a drift's own lane: its state at release
LANE_GIMBAL, LANE_FIN = 80, 112
GYRO_DRIFT, ACCEL_DRIFT, MULTIPATH, SATURATED = 0, 3, 6, 9  # places in `wander`
WANDER = 10
WAITING, TAKEN, FIX_POS, FIX_VEL, BLIND_UNTIL = 0, 1, 2, 5, 8  # places in `gnss`


OWN: list[tuple[str, Any]] = [
    ("drift_ticks", int),
    ("gyro_bias_radps", Vec), ("accel_bias_mps2", Vec), ("gyro_scale", Vec), ("accel_scale", Vec),
    ("misalignment_rad", Vec), ("chamber_pressure_bias_pa", np.ndarray), ("tank_pressure_bias_pa", Vec),
    ("level_bias_m", tuple[float, float]), ("level_scale", tuple[float, float]), ("gimbal_bias_rad", np.ndarray),
    ("fin_bias_rad", np.ndarray), ("noise", float), ("key", int), ("tick_ns", int),
]  # fmt: skip
"""What a flight has of its own: errors that were drawn, keys, the tick."""
if TYPE_CHECKING:
    SensorParams = Any
else:
    SensorParams = NamedTuple(
        "SensorParams",
        [
            *((name, Vec if spec.kind == PLACE else float) for name, spec in SPECS.items() if spec.use == KERNEL),
            *((in_ticks(name), int) for name, spec in SPECS.items() if spec.use == TICKS),
            *OWN,
        ],
    )
    SensorParams.__doc__ = """Units, places, one-sigma errors; biases, scales and misalignment are of one flight.

    The inertial unit reports accumulated increments. Its white noise is the random walk of angle and velocity; its
    biases drift with `*_drift_*`, one sigma, and correlation time `*_drift_s`; a tick beyond `*_limit_*` is clipped.
    GNSS fixes are taken every `gnss_period_ticks` and delivered `gnss_latency_ticks` later. There is none in the plume
    of burning engines, which is while thrust over dynamic pressure and area is above `gnss_plume_thrust_coefficient`
    beyond `gnss_plume_mach`, nor for `gnss_plume_ticks` after. Multipath grows to `gnss_multipath_m` at the pad from
    nothing at `gnss_multipath_height_m`. The radar's echo is from the nearest ground within `radar_beam_rad` of the
    axis; below `radar_plume_height_m` the plume hides it with `radar_plume_probability`, drawn every
    `radar_plume_hold_ticks`. `key` selects the noise streams; `noise` scales all of them (0 switches them off, and
    plumes); a tick has `tick_ns`.
    Biases of gauges are in the order of engines, gimbals and fins; of tank pressures LOX, LCH4, cold gas.
    """


class Jets(NamedTuple):
    """Thrust of the main engines, and the area to which thrust and drag are referred."""

    thrust_n: float
    area_m2: float


@kernel
def gauss_markov(before: float, sigma: float, correlation_s: float, span_s: float, normal: float) -> float:
    """A first-order Gauss-Markov process a span later, exactly (Maybeck, Stochastic Models 1, sec. 4.11)."""
    keep = math.exp(-span_s / correlation_s)
    return keep * before + sigma * math.sqrt(1.0 - keep * keep) * normal


@kernel
def drift(params: SensorParams, wander: np.ndarray, now_ns: int, span_s: float) -> None:
    """The biases of the inertial unit a grid step later, in place."""
    g, a = normal_triple(params.key, now_ns, LANE_GYRO_DRIFT), normal_triple(params.key, now_ns, LANE_ACCEL_DRIFT)
    kg, ka = params.noise * params.gyro_drift_radps, params.noise * params.accel_drift_mps2
    for i in range(3):
        wander[GYRO_DRIFT + i] = gauss_markov(wander[GYRO_DRIFT + i], kg, params.gyro_drift_s, span_s, g[i])
        wander[ACCEL_DRIFT + i] = gauss_markov(wander[ACCEL_DRIFT + i], ka, params.accel_drift_s, span_s, a[i])


@kernel
def take_increments(
    params: SensorParams, imu: np.ndarray, wander: np.ndarray, dvel: Vec, dangle: Vec, tick: int, dt_s: float
) -> None:
    """A tick's motion, with the drifted bias, into the accumulators of the inertial unit as far as its range goes.

    In place; counts the ticks in which an axis was beyond its range.
    """
    if tick % params.drift_ticks == 0:
        drift(params, wander, tick * params.tick_ns, params.drift_ticks * dt_s)
    most_v, most_a = params.accel_limit_mps2 * dt_s, params.gyro_limit_radps * dt_s
    beyond = False
    for i in range(3):
        v, a = dvel[i] + wander[ACCEL_DRIFT + i] * dt_s, dangle[i] + wander[GYRO_DRIFT + i] * dt_s
        beyond = beyond or abs(v) > most_v or abs(a) > most_a
        imu[i] += min(max(v, -most_v), most_v)
        imu[3 + i] += min(max(a, -most_a), most_a)
    if beyond:
        wander[SATURATED] += 1.0


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
def sense_imu(params: SensorParams, imu: np.ndarray, now_ns: int, span_s: float, out: np.ndarray, at: int) -> int:
    """Velocity and angle increments since the last reading; the accumulators start again. Returns the next place."""
    root = params.noise * math.sqrt(span_s)
    g, a = normal_triple(params.key, now_ns, LANE_GYRO), normal_triple(params.key, now_ns, LANE_ACCEL)
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
        out[at + i], out[at + 3 + i] = dvel[i], dangle[i]
    imu[:] = 0.0
    return at + 6


@kernel
def in_plume(params: SensorParams, around: Surroundings, jets: Jets, rigid: Rigid, time_s: float) -> bool:
    """Whether the plume surrounds the stage and blocks GNSS: strong jets against a fast flow, without gusts."""
    if jets.thrust_n <= 0.0 or params.noise <= 0.0:
        return False
    air, _ = air_around(around, (0.0, 0.0, 0.0), rigid, time_s)
    strong = jets.thrust_n > params.gnss_plume_thrust_coefficient * air.q_pa * jets.area_m2
    return bool(strong and air.mach > params.gnss_plume_mach)


@kernel
def multipath(params: SensorParams, wander: np.ndarray, height_m: float, now_ns: int, dt_s: float) -> Vec:
    """Error of position by signals off the ground, east-north-up; its wandering goes on by a period, in place."""
    n = normal_triple(params.key, now_ns, LANE_MULTIPATH)
    span_s = params.gnss_period_ticks * dt_s
    for i in range(3):
        wander[MULTIPATH + i] = gauss_markov(wander[MULTIPATH + i], 1.0, params.gnss_multipath_s, span_s, n[i])
    near = min(max(1.0 - height_m / params.gnss_multipath_height_m, 0.0), 1.0)
    return scale(
        params.noise * params.gnss_multipath_m * near, (wander[MULTIPATH], wander[MULTIPATH + 1], wander[MULTIPATH + 2])
    )


@kernel
def capture_gnss(
    params: SensorParams,
    around: Surroundings,
    jets: Jets,
    gnss: np.ndarray,
    wander: np.ndarray,
    cg_m: np.ndarray,
    rigid: Rigid,
    tick: int,
    dt_s: float,
) -> None:
    """Take a fix of the antenna when one is due and the sky is in sight, in place.

    `gnss` holds: waiting flag, tick of the fix, Earth-fixed position and velocity as measured, tick until which the
    receiver is blind.
    """
    if tick % params.gnss_period_ticks != 0:
        return
    site = around.site
    arm = sub(params.antenna_position_m, (cg_m[0], cg_m[1], cg_m[2]))
    pos, vel = point_over_pad(site, rigid, arm, tick * dt_s)
    now_ns = tick * params.tick_ns
    reflected = multipath(params, wander, pos[2], now_ns, dt_s)
    if in_plume(params, around, jets, rigid, tick * dt_s):
        gnss[BLIND_UNTIL] = tick + params.gnss_plume_ticks
        return
    if tick < gnss[BLIND_UNTIL]:
        return
    p, v = normal_triple(params.key, now_ns, LANE_GNSS_POS), normal_triple(params.key, now_ns, LANE_GNSS_VEL)
    h, u, s = (
        params.noise * params.gnss_horizontal_m,
        params.noise * params.gnss_vertical_m,
        params.noise * params.gnss_velocity_mps,
    )
    seen = add(add(pos, reflected), (h * p[0], h * p[1], u * p[2]))
    pos_e = add(site.pos_e_m, earth_from_enu(site, seen))
    vel_e = earth_from_enu(site, add(vel, (s * v[0], s * v[1], s * v[2])))
    gnss[WAITING], gnss[TAKEN] = 1.0, float(tick)
    for i in range(3):
        gnss[FIX_POS + i], gnss[FIX_VEL + i] = pos_e[i], vel_e[i]


@kernel
def deliver_gnss(params: SensorParams, gnss: np.ndarray, tick: int, dt_s: float, out: np.ndarray, at: int) -> int:
    """A waiting fix whose latency is over (flag, time [ns], position, velocity), or zeros. Returns the next place."""
    out[at : at + 8] = 0.0
    if gnss[WAITING] >= 0.5 and tick - gnss[TAKEN] >= params.gnss_latency_ticks:
        gnss[WAITING] = 0.0
        out[at], out[at + 1] = 1.0, math.floor(gnss[TAKEN] * dt_s * 1e9 + 0.5)
        for i in range(6):
            out[at + 2 + i] = gnss[FIX_POS + i]
    return at + 8


@kernel
def plume_hides(params: SensorParams, height_m: float, burning: bool, tick: int) -> bool:
    """Whether plume and dust below burning engines block the radar echo now."""
    if not burning or params.noise <= 0.0 or height_m >= params.radar_plume_height_m:
        return False
    return uniform(params.key, tick // params.radar_plume_hold_ticks, LANE_PLUME) < params.radar_plume_probability


@kernel
def sense_radar(
    params: SensorParams, site: Site, rigid: Rigid, cg_x_m: float, burning: bool, tick: int, dt_s: float
) -> float:
    """Slant range from the radar's place to the nearest ground in its beam [m]; -1 without a return.

    The ground is the pad plane. A beam along the tail that is tilted by less than its half-width sees the foot of the
    perpendicular and measures height; tilted further, it sees the ground at its edge.
    """
    pos, _ = point_over_pad(site, rigid, (params.radar_position_m - cg_x_m, 0.0, 0.0), tick * dt_s)
    ahead, _ = point_over_pad(site, rigid, (params.radar_position_m - cg_x_m - 1.0, 0.0, 0.0), tick * dt_s)
    tilt = math.acos(min(max(pos[2] - ahead[2], -1.0), 1.0))
    if pos[2] <= 0.0 or tilt > params.radar_max_tilt_rad or plume_hides(params, pos[2], burning, tick):
        return -1.0
    distance = pos[2] / math.cos(max(tilt - params.radar_beam_rad, 0.0))
    if not params.radar_min_m <= distance <= params.radar_max_m:
        return -1.0
    n, _ = normal_pair(params.key, tick * params.tick_ns, LANE_RADAR)
    return distance + params.noise * n * math.hypot(params.radar_noise_m, params.radar_noise_fraction * distance)
