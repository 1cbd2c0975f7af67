"""Error-state Kalman filter on the inertial unit, differential GNSS and the radar altimeter.

State: position and velocity of the inertial unit relative to the pad (east-north-up, turning with the Earth), attitude
q_enu_b, gyro and accelerometer bias, scale error of the axial accelerometer. The last, because drag times that error
would pass for a bias of which the filter is far too sure: it goes astray when fixes end. Error state: position,
velocity, attitude (rotation vector in east-north-up), biases, scale: 16. Sola, Quaternion kinematics for the
error-state Kalman filter, ch. 5, with the global attitude error.
A GNSS fix is late: its innovation is taken against the antenna as it was at the time of the fix, from a short history.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Filter, Load, Stage
from hoverslam.gnc.model import coriolis, earth_rate, gravity, pad_position, to_enu
from hoverslam.gnc.rotation import (
    Quat,
    Vec,
    compose,
    from_rotation_vector,
    inner,
    minus,
    outer,
    plus,
    times,
    to_body,
    to_frame,
    unit_quaternion,
)

ERRORS = 16
POS, VEL, ATTITUDE, GYRO, ACCEL, SCALE = 0, 3, 6, 9, 12, 15  # where the parts of the error state begin
HISTORY = 32


class Nav(NamedTuple):
    """Nominal state and the last measured rate and specific force (bias and scale error removed)."""

    pos_enu_m: Vec
    vel_enu_mps: Vec
    q_enu_b: Quat
    gyro_bias_radps: Vec
    accel_bias_mps2: Vec
    omega_b_radps: Vec
    force_b_mps2: Vec
    axial_scale: float = 0.0


@kernel
def propagate(load: Load, nav: Nav, dvel_b: Vec, dangle_b: Vec) -> Nav:
    """Strapdown mechanisation over one frame in the turning pad frame."""
    dt = load.frame_s
    turn = minus(dangle_b, times(dt, nav.gyro_bias_radps))
    push = minus(dvel_b, times(dt, nav.accel_bias_mps2))
    push = (push[0] / (1.0 + nav.axial_scale), push[1], push[2])
    earth_b = to_body(nav.q_enu_b, earth_rate(load.pad))
    relative = minus(turn, times(dt, earth_b))
    q_middle = compose(nav.q_enu_b, from_rotation_vector(times(0.5, relative)))
    q = unit_quaternion(compose(nav.q_enu_b, from_rotation_vector(relative)))
    free = plus(gravity(load.pad, nav.pos_enu_m), coriolis(load.pad, nav.vel_enu_mps))
    vel = plus(nav.vel_enu_mps, plus(to_frame(q_middle, push), times(dt, free)))
    pos = plus(nav.pos_enu_m, times(0.5 * dt, plus(nav.vel_enu_mps, vel)))
    rate, force = times(1.0 / dt, turn), times(1.0 / dt, push)
    return Nav(pos, vel, q, nav.gyro_bias_radps, nav.accel_bias_mps2, rate, force, nav.axial_scale)


@kernel
def couple_rows(m: np.ndarray, force_enu: Vec, axes: tuple[Vec, Vec, Vec], dt_s: float) -> None:
    """Error dynamics over dt on the left of a matrix, in place; from the top down every right-hand side is still old.

    d pos = vel, d vel = attitude x force - R (accel_bias + axial force scale), d attitude = -R gyro_bias, first order.
    """
    x, y, z = axes
    axial = inner(force_enu, x)
    f0, f1, f2 = force_enu
    for j in range(ERRORS):
        for i in range(3):
            m[i, j] += dt_s * m[VEL + i, j]
        a0, a1, a2 = m[ATTITUDE, j], m[ATTITUDE + 1, j], m[ATTITUDE + 2, j]
        b0, b1, b2 = m[ACCEL, j] + axial * m[SCALE, j], m[ACCEL + 1, j], m[ACCEL + 2, j]
        m[VEL, j] += dt_s * (a1 * f2 - a2 * f1 - x[0] * b0 - y[0] * b1 - z[0] * b2)
        m[VEL + 1, j] += dt_s * (a2 * f0 - a0 * f2 - x[1] * b0 - y[1] * b1 - z[1] * b2)
        m[VEL + 2, j] += dt_s * (a0 * f1 - a1 * f0 - x[2] * b0 - y[2] * b1 - z[2] * b2)
        g0, g1, g2 = m[GYRO, j], m[GYRO + 1, j], m[GYRO + 2, j]
        m[ATTITUDE, j] -= dt_s * (x[0] * g0 + y[0] * g1 + z[0] * g2)
        m[ATTITUDE + 1, j] -= dt_s * (x[1] * g0 + y[1] * g1 + z[1] * g2)
        m[ATTITUDE + 2, j] -= dt_s * (x[2] * g0 + y[2] * g1 + z[2] * g2)


@kernel
def transpose(m: np.ndarray) -> None:
    """In place."""
    for i in range(ERRORS):
        for j in range(i):
            m[i, j], m[j, i] = m[j, i], m[i, j]


@kernel
def couple(p: np.ndarray, force_enu: Vec, q: Quat, dt_s: float) -> None:
    """Error dynamics over dt on both sides of the covariance, in place: F P, turned over, F again."""
    axes = (to_frame(q, (1.0, 0.0, 0.0)), to_frame(q, (0.0, 1.0, 0.0)), to_frame(q, (0.0, 0.0, 1.0)))
    couple_rows(p, force_enu, axes, dt_s)
    transpose(p)
    couple_rows(p, force_enu, axes, dt_s)


@kernel
def spread(settings: Filter, p: np.ndarray, lateral_mps2: float, dt_s: float) -> None:
    """Process noise over dt, in place; scale errors across enter as extra noise with the force."""
    accel = settings.accel_noise_mps2_rthz**2 + (settings.accel_scale * lateral_mps2) ** 2 * 0.1
    p[SCALE, SCALE] += (0.01 * settings.accel_scale) ** 2 * dt_s
    for i in range(3):
        p[VEL + i, VEL + i] += accel * dt_s
        p[ATTITUDE + i, ATTITUDE + i] += settings.gyro_noise_radps_rthz**2 * dt_s
        p[GYRO + i, GYRO + i] += (0.01 * settings.gyro_bias_radps) ** 2 * dt_s
        p[ACCEL + i, ACCEL + i] += (0.01 * settings.accel_bias_mps2) ** 2 * dt_s


@kernel
def predict_covariance(load: Load, nav: Nav, p: np.ndarray, dt_s: float) -> None:
    """Covariance forward by dt, in place."""
    force = to_frame(nav.q_enu_b, nav.force_b_mps2)
    couple(p, force, nav.q_enu_b, dt_s)
    spread(load.filter, p, abs(nav.force_b_mps2[1]) + abs(nav.force_b_mps2[2]), dt_s)


@kernel
def measure(
    p: np.ndarray, error: np.ndarray, row: np.ndarray, innovation: float, variance: float, gate_sigma: float
) -> bool:
    """Scalar update of the accumulated error and the covariance, in place; False where the gate refuses it.

    `error` has the 16 errors and 16 numbers of scratch behind them.
    """
    expected = innovation
    s = variance
    gain = error[ERRORS:]
    for i in range(ERRORS):
        total = 0.0
        for j in range(ERRORS):
            total += p[i, j] * row[j]
        gain[i] = total
        expected -= row[i] * error[i]
    for i in range(ERRORS):
        s += row[i] * gain[i]
    if expected * expected > gate_sigma * gate_sigma * s:
        return False
    for i in range(ERRORS):
        error[i] += gain[i] / s * expected
        for j in range(ERRORS):
            p[i, j] -= gain[i] * gain[j] / s
    return True


@kernel
def attitude_row(row: np.ndarray, axis: int, arm_enu: Vec) -> None:
    """Sensitivity of component `axis` of a lever arm to the attitude error: (error x arm), into row[6:9]."""
    if axis == 0:
        row[ATTITUDE + 1], row[ATTITUDE + 2] = arm_enu[2], -arm_enu[1]
    elif axis == 1:
        row[ATTITUDE], row[ATTITUDE + 2] = -arm_enu[2], arm_enu[0]
    else:
        row[ATTITUDE], row[ATTITUDE + 1] = arm_enu[1], -arm_enu[0]


@kernel
def inject(nav: Nav, error: np.ndarray) -> Nav:
    """The estimated error into the nominal state; the error is zero again."""
    turn = (error[ATTITUDE], error[ATTITUDE + 1], error[ATTITUDE + 2])
    out = Nav(
        plus(nav.pos_enu_m, (error[POS], error[POS + 1], error[POS + 2])),
        plus(nav.vel_enu_mps, (error[VEL], error[VEL + 1], error[VEL + 2])),
        unit_quaternion(compose(from_rotation_vector(turn), nav.q_enu_b)),
        plus(nav.gyro_bias_radps, (error[GYRO], error[GYRO + 1], error[GYRO + 2])),
        plus(nav.accel_bias_mps2, (error[ACCEL], error[ACCEL + 1], error[ACCEL + 2])),
        nav.omega_b_radps,
        nav.force_b_mps2,
        nav.axial_scale + error[SCALE],
    )
    error[:] = 0.0
    return out


@kernel
def antenna(stage: Stage, nav: Nav) -> tuple[Vec, Vec]:
    """Believed position and velocity of the GNSS antenna."""
    arm = minus(stage.antenna_m, stage.imu_m)
    swing = to_frame(nav.q_enu_b, outer(nav.omega_b_radps, arm))
    return plus(nav.pos_enu_m, to_frame(nav.q_enu_b, arm)), plus(nav.vel_enu_mps, swing)


@kernel
def use_gnss(load: Load, nav: Nav, p: np.ndarray, work: np.ndarray, past: np.ndarray, fix: np.ndarray) -> Nav:
    """All six components of a fix against the antenna at the time of the fix; `past` is its position and velocity then.

    `fix` holds Earth-fixed position and velocity; `work` is scratch of 64 numbers.
    """
    settings = load.filter
    pos = to_enu(load.pad, minus((fix[0], fix[1], fix[2]), pad_position(load.pad)))
    vel = to_enu(load.pad, (fix[3], fix[4], fix[5]))
    arm = to_frame(nav.q_enu_b, minus(load.stage.antenna_m, load.stage.imu_m))
    swing = to_frame(nav.q_enu_b, outer(nav.omega_b_radps, minus(load.stage.antenna_m, load.stage.imu_m)))
    work[:] = 0.0
    for axis in range(3):
        row = work[48:64]
        row[:] = 0.0
        row[axis] = 1.0
        attitude_row(row, axis, arm)
        sigma = settings.gnss_vertical_m if axis == 2 else settings.gnss_horizontal_m
        measure(p, work[0:32], row, pos[axis] - past[axis], sigma * sigma, settings.gate_sigma)
        row[:] = 0.0
        row[VEL + axis] = 1.0
        attitude_row(row, axis, swing)
        sigma = settings.gnss_velocity_mps
        measure(p, work[0:32], row, vel[axis] - past[VEL + axis], sigma * sigma, settings.gate_sigma)
    return inject(nav, work[0:16])


@kernel
def use_radar(load: Load, nav: Nav, p: np.ndarray, work: np.ndarray, range_m: float) -> Nav:
    """Slant range to the nearest ground in the beam as a measurement of height."""
    down = to_frame(nav.q_enu_b, (1.0, 0.0, 0.0))[2]
    if down < 0.8:
        return nav
    slope = math.cos(max(math.acos(min(down, 1.0)) - load.stage.radar_beam_rad, 0.0))
    arm = to_frame(nav.q_enu_b, minus((load.stage.radar_m, 0.0, 0.0), load.stage.imu_m))
    height = nav.pos_enu_m[2] + arm[2]
    sigma = load.filter.radar_m + load.filter.radar_fraction * range_m
    work[:] = 0.0
    row = work[48:64]
    row[POS + 2] = 1.0
    attitude_row(row, 2, arm)
    measure(p, work[0:32], row, range_m * slope - height, sigma * sigma, load.filter.gate_sigma)
    return inject(nav, work[0:16])


@kernel
def start_covariance(load: Load, p: np.ndarray) -> None:
    """Beliefs at release, in place."""
    p[:, :] = 0.0
    for i in range(3):
        p[i, i] = load.start.pos_sigma_m**2
        p[VEL + i, VEL + i] = load.start.vel_sigma_mps**2
        p[ATTITUDE + i, ATTITUDE + i] = load.start.attitude_sigma_rad**2
        p[GYRO + i, GYRO + i] = load.filter.gyro_bias_radps**2
        p[ACCEL + i, ACCEL + i] = load.filter.accel_bias_mps2**2
    p[SCALE, SCALE] = load.filter.accel_scale**2
