"""Attitude control and allocation: nose direction to moments, moments to gimbals, fins and cold gas.

Pitch and yaw are shared by gimbals and fins in proportion to their present authority; the cold-gas thrusters give the
rest while the air is thin. Roll prefers fins, then swivelled ring engines, then gas.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Load, Stage
from hoverslam.gnc.rotation import Quat, Vec, inner, minus, outer, plus, times, to_body, unit

THIN_AIR_PA = 2000.0
SAFE_SHARE = 0.85
THRUSTER_ON = 0.55
LEAST_TURNING = (
    0.05  # chosen: of the twist's lever, below which engines all to one side are not asked to roll the stage
)


class Authority(NamedTuple):
    """Control authority now: total and ring thrust [N], dynamic pressure, fin effectiveness [N/rad], masses."""

    thrust_n: float
    q_pa: float
    fin_n_prad: float
    cg_m: float
    inertia_kgm2: Vec


@kernel
def attitude_error(q_enu_b: Quat, nose_enu: Vec, right_enu: Vec) -> Vec:
    """Rotation vector in body axes [rad] that brings the nose to its direction and body y toward `right`."""
    nose = to_body(q_enu_b, nose_enu)
    right = to_body(q_enu_b, right_enu)
    tilt = math.atan2(math.sqrt(nose[1] * nose[1] + nose[2] * nose[2]), nose[0])
    axis = unit((0.0, -nose[2], nose[1]))
    roll = math.atan2(right[2], right[1])
    return plus(times(tilt, axis), (roll, 0.0, 0.0))


@kernel
def wanted_moment(load: Load, authority: Authority, error_b: Vec, excess_b: Vec, feed_b: Vec, quickness: float) -> Vec:
    """Moment [N m] from attitude error and excess rate, cascaded with a rate limit, plus what is fed forward.

    `quickness` scales both gains.
    """
    gains = load.gains
    rate = times(quickness * gains.angle_gain_ps, error_b)
    rate_gain = quickness * gains.rate_gain_ps
    size = math.sqrt(rate[1] * rate[1] + rate[2] * rate[2])
    shrink = min(1.0, gains.rate_limit_radps / (size + 1e-9))
    roll = min(max(gains.roll_gain_ps * error_b[0], -gains.rate_limit_radps), gains.rate_limit_radps)
    slack = minus((roll, shrink * rate[1], shrink * rate[2]), excess_b)
    i = authority.inertia_kgm2
    return plus(
        (
            i[0] * gains.rate_gain_ps * slack[0],
            i[1] * rate_gain * slack[1],
            i[2] * rate_gain * slack[2],
        ),
        feed_b,
    )


@kernel
def fin_limits(stage: Stage, authority: Authority) -> tuple[float, float]:
    """Largest pitch or yaw moment and roll moment that the fins can give [N m]."""
    push = authority.fin_n_prad * stage.fin_limit_rad * SAFE_SHARE
    return 2.0 * push * (stage.fin_position_m - authority.cg_m), 4.0 * push * stage.fin_radius_m


@kernel
def share_to_fins(stage: Stage, authority: Authority) -> float:
    """Share of pitch and yaw that goes to the fins."""
    fins, _ = fin_limits(stage, authority)
    gimbals = authority.thrust_n * stage.gimbal_limit_rad * SAFE_SHARE * authority.cg_m
    return fins / (fins + gimbals + 1.0)


@kernel
def clamp(value: float, limit: float) -> float:
    """Into [-limit, limit]."""
    return min(max(value, -limit), limit)


@kernel
def set_fins(stage: Stage, authority: Authority, moment: Vec, out: np.ndarray) -> Vec:
    """Fin deflections for a moment, in place; returns the moment that they will give."""
    arm = stage.fin_position_m - authority.cg_m
    strength = max(authority.fin_n_prad, 1.0)
    given = (0.0, 0.0, 0.0)
    for i in range(out.shape[0]):
        c, s = stage.fin_span_yz[i, 0], stage.fin_span_yz[i, 1]
        push = 0.25 * moment[0] / stage.fin_radius_m - 0.5 * (c * moment[1] + s * moment[2]) / arm
        out[i] = clamp(push / strength, stage.fin_limit_rad)
        push = out[i] * authority.fin_n_prad
        given = plus(given, (stage.fin_radius_m * push, -arm * c * push, -arm * s * push))
    return given


@kernel
def set_gimbals(
    stage: Stage, authority: Authority, moment: Vec, thrust_n: np.ndarray, out: np.ndarray
) -> tuple[float, float, float]:
    """Gimbal angles for a moment with these engine thrusts, in place; returns the moment that they will give."""
    swivelled, spread, uneven_y, uneven_z = 0.0, 0.0, 0.0, 0.0
    for g in range(out.shape[0] // 2):
        e = int(stage.gimbal_engine[g])
        y, z = stage.engine_yz_m[e, 0], stage.engine_yz_m[e, 1]
        swivelled += thrust_n[e]
        spread += thrust_n[e] * (y * y + z * z)
        uneven_y += thrust_n[e] * y
        uneven_z += thrust_n[e] * z
    given = (0.0, 0.0, 0.0)
    if swivelled <= 1e4:
        out[:] = 0.0
        return given
    # engines that push unevenly roll the stage when they tilt together, and push it sideways when they twist
    side_y, side_z = -moment[2] / authority.cg_m, moment[1] / authority.cg_m
    turning = spread - (uneven_y * uneven_y + uneven_z * uneven_z) / swivelled
    twist = 0.0
    if turning > LEAST_TURNING * spread:
        twist = (moment[0] - (uneven_y * side_z - uneven_z * side_y) / swivelled) / turning
        twist = clamp(twist, 0.3 * stage.gimbal_limit_rad)
    tilt_a = (side_z - uneven_y * twist) / swivelled
    tilt_b = (side_y + uneven_z * twist) / swivelled
    for g in range(out.shape[0] // 2):
        e = int(stage.gimbal_engine[g])
        y, z = stage.engine_yz_m[e, 0], stage.engine_yz_m[e, 1]
        a, b = tilt_a + y * twist, tilt_b - z * twist
        a, b = clamp(a, stage.gimbal_limit_rad), clamp(b, stage.gimbal_limit_rad)
        out[2 * g], out[2 * g + 1] = a, b
        force_z, force_y = thrust_n[e] * a, thrust_n[e] * b
        given = plus(given, (y * force_z - z * force_y, authority.cg_m * force_z, -authority.cg_m * force_y))
    return given


@kernel
def set_thrusters(stage: Stage, authority: Authority, moment: Vec, out: np.ndarray) -> None:
    """Cold-gas valves for the remaining moment, in place: a valve opens if more than half a thruster is needed."""
    for i in range(out.shape[0]):
        x = stage.thruster_position_m[i, 0] - authority.cg_m
        y, z = stage.thruster_position_m[i, 1], stage.thruster_position_m[i, 2]
        turn = outer((x, y, z), (0.0, stage.thruster_direction[i, 1], stage.thruster_direction[i, 2]))
        radius2 = y * y + z * z
        wanted = 0.25 * moment[0] * turn[0] / radius2 + 0.5 * (moment[1] * turn[1] + moment[2] * turn[2]) / (x * x)
        out[i] = 1.0 if wanted > THRUSTER_ON * stage.thruster_n else 0.0


@kernel
def allocate(
    load: Load,
    authority: Authority,
    moment: Vec,
    trim: Vec,
    side_n: Vec,
    thrust_n: np.ndarray,
    gimbal_out: np.ndarray,
    fin_out: np.ndarray,
    thruster_out: np.ndarray,
) -> None:
    """Moment to actuators, in place; no gas where fins and engines are enough.

    `trim`, which holds a lean against the air, is the fins' to give: at the nose it costs the least sideways force.
    `side_n` is a sideways force that the fins give besides; the gimbals take its moment and push the same way.
    """
    stage = load.stage
    share = share_to_fins(stage, authority)
    _, fin_roll = fin_limits(stage, authority)
    roll = clamp(moment[0], fin_roll) if authority.q_pa > 0.25 * THIN_AIR_PA else 0.0
    arm = stage.fin_position_m - authority.cg_m
    pitch, yaw = trim[1] - arm * side_n[2], trim[2] + arm * side_n[1]
    from_fins = set_fins(stage, authority, (roll, share * moment[1] + pitch, share * moment[2] + yaw), fin_out)
    left = minus(plus(moment, trim), from_fins)
    from_gimbals = set_gimbals(stage, authority, left, thrust_n, gimbal_out)
    left = minus(left, from_gimbals)
    thruster_out[:] = 0.0
    if authority.q_pa < THIN_AIR_PA:
        set_thrusters(stage, authority, left, thruster_out)


@kernel
def offset_moment(stage: Stage, thrust_n: np.ndarray) -> Vec:
    """Moment [N m] of the engines' own offsets from the axis with gimbals at rest."""
    total = (0.0, 0.0, 0.0)
    for e in range(thrust_n.shape[0]):
        total = plus(total, (0.0, stage.engine_yz_m[e, 1] * thrust_n[e], -stage.engine_yz_m[e, 0] * thrust_n[e]))
    return total


@kernel
def perpendicular(direction: Vec, nose: Vec) -> Vec:
    """The part of a direction across the nose, as a unit vector."""
    return unit(minus(direction, times(inner(direction, nose), nose)))
