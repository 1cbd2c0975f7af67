"""Glide guidance: position of the stage, forces on it, and the commanded lean that leads to the predicted gate.

A lean is the angle between the nose and the direction opposite to the motion; its lift pushes the stage the other way.
The glide curves the path with it so that the burn starts where its regulator (`gnc.lateral`) needs it, with little
horizontal speed.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.gnc.air_data import wind_error
from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.lateral import LEAD, gain_at
from hoverslam.gnc.load import Load
from hoverslam.gnc.model import air, altitude, drag, table, trimmed_lift
from hoverslam.gnc.prediction import BurnPlan, Ending, Learnt, against, lean_axes, lean_limit, predict, thrust_is_on
from hoverslam.gnc.rotation import Vec, inner, minus, plus, times, unit

THRUST_MEMORY_S = 1.5  # tuned
LEAN_STEP = 0.1  # of the largest lean, to see what a lean does
LEAN_LEAST_M = 20.0  # chosen: what a full lean must move the gate by, to be asked for
LEAN_MOST = 1.5  # back along the motion, beyond what can be held, so that a shortfall is remembered
ARC_FADE_S = 5.0  # chosen


class Situation(NamedTuple):
    """What guidance works on: the centre of gravity, the foot of the stage, and what acts on it now.

    `still_*` is the centre of percussion for a push at the gimbals: turning the stage does not throw it sideways, so
    steering by it is minimum phase, which steering by the centre of gravity is not.
    """

    pos_enu_m: Vec
    vel_enu_mps: Vec
    still_pos_enu_m: Vec
    still_vel_enu_mps: Vec
    foot_m: float
    mass_kg: float
    thrust_n: float
    engines: float
    against: Vec
    drag_n: float
    q_pa: float
    fin_n_prad: float
    pressure_pa: float
    lift_factor: float
    speed_mps: float


class Place(NamedTuple):
    """Position of the stage: centre of gravity, centre of percussion, height of the centre of gravity over the feet."""

    pos_enu_m: Vec
    vel_enu_mps: Vec
    still_pos_enu_m: Vec
    still_vel_enu_mps: Vec
    foot_m: float


@kernel
def assess(load: Load, place: Place, mass_kg: float, thrust_n: float, engines: float, learnt: np.ndarray) -> Situation:
    """The situation from navigation and measured thrust, in forecast air with what was learnt of it."""
    stage, vel = load.stage, place.vel_enu_mps
    density, pressure, sound, east, north = air(load.forecast, altitude(load.pad, place.pos_enu_m))
    wind = plus((east, north, 0.0), wind_error(learnt))
    relative = minus(vel, wind)
    speed = math.sqrt(inner(relative, relative))
    q = 0.5 * density * speed * speed
    slope = table(stage.fin_mach, stage.fin_slope, speed / sound)
    return Situation(
        place.pos_enu_m,
        vel,
        place.still_pos_enu_m,
        place.still_vel_enu_mps,
        place.foot_m,
        mass_kg,
        thrust_n,
        engines,
        against(vel, wind),
        drag(stage, density, sound, speed, thrust_n),
        q,
        q * stage.fin_area_m2 * slope,
        pressure,
        learnt[0],
        speed,
    )


@kernel
def lift_slope(load: Load, now: Situation, cg_m: float, lean_rad: float) -> tuple[float, float]:
    """Sideways force [N/rad] that opposes a trimmed lean, and the moment [N m/rad] that pulls an untrimmed one back.

    The axial force leans with the stage and takes its part of the lift away again.
    """
    stage = load.stage
    arm = stage.fin_position_m - cg_m
    lever = stage.normal_position_m - cg_m
    lift = trimmed_lift(stage, now.q_pa, now.lift_factor, cg_m, lean_rad)
    return lift - now.drag_n, lift / (1.0 - lever / arm) * lever + 2.0 * now.fin_n_prad * arm


@kernel
def learn_thrust(load: Load, now: Situation, force_axial_mps2: float, factor: float) -> float:
    """Thrust over what chamber pressure promises, from the axial specific force, slowly, while the engines burn."""
    if not thrust_is_on(load.stage, now.thrust_n):
        return factor
    seen = (now.mass_kg * force_axial_mps2 - now.drag_n) / now.thrust_n
    step = (1.0 - math.exp(-load.frame_s / THRUST_MEMORY_S)) * (min(max(seen, 0.9), 1.1) - factor)
    return factor + step


@kernel
def aim_error(load: Load, gain: np.ndarray, end: Ending) -> tuple[float, float]:
    """East and north of where the stage would be at the gate from where the burn wants it there.

    The distance to the pad per speed across that the burn's regulator likes best is its lead.
    """
    lead = gain_at(gain, end.time_s - end.gate_time_s + load.gains.nominal_last_s, LEAD)
    return (
        end.gate_pos_enu_m[0] + lead * end.gate_vel_enu_mps[0],
        end.gate_pos_enu_m[1] + lead * end.gate_vel_enu_mps[1],
    )


@kernel
def ground_axes(vel: Vec) -> tuple[Vec, Vec]:
    """Horizontal unit vectors along the motion and to the right of it."""
    ahead = unit((vel[0], vel[1], 0.0))
    return ahead, (ahead[1], -ahead[0], 0.0)


@kernel
def with_lean(plan: BurnPlan, along: float, right: float) -> BurnPlan:
    """The same plan with another lean."""
    return BurnPlan(plan.engines, plan.throttle, plan.age_s, plan.coast_to_m, plan.stop_mps, (along, right))


@kernel
def miss(load: Load, now: Situation, plan: BurnPlan, learnt: Learnt, gain: np.ndarray) -> tuple[float, float, Ending]:
    """Predicted error at the gate, along the motion and to the right of it, and the ending."""
    end = predict(load, plan, learnt, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
    east, north = aim_error(load, gain, end)
    ahead, right = ground_axes(now.vel_enu_mps)
    return inner((east, north, 0.0), ahead), inner((east, north, 0.0), right), end


@kernel
def solve_lean(
    load: Load, now: Situation, plan: BurnPlan, learnt: Learnt, gain: np.ndarray
) -> tuple[float, float, Ending]:
    """The constant lean, as shares, that leads to the gate: a damped Newton step from that of the plan, and its ending.

    Damped, so that no lean is asked for what it could not move any more.
    """
    a0, r0, end = miss(load, now, plan, learnt, gain)
    h = LEAN_STEP
    a1, _, _ = miss(load, now, with_lean(plan, plan.lean[0] + h, plan.lean[1]), learnt, gain)
    _, r2, _ = miss(load, now, with_lean(plan, plan.lean[0], plan.lean[1] + h), learnt, gain)
    ja, jr = min((a1 - a0) / h, 0.0), min((r2 - r0) / h, 0.0)  # lift pushes against a lean, or does nothing
    damp = LEAN_LEAST_M * LEAN_LEAST_M
    along = plan.lean[0] - ja * a0 / (ja * ja + damp)
    right = plan.lean[1] - jr * r0 / (jr * jr + damp)
    return min(max(along, -1.0), LEAN_MOST), min(max(right, -1.0), 1.0), end


@kernel
def steer_glide(load: Load, now: Situation, cg_m: float, along: float, right: float, to_go_s: float) -> Vec:
    """Lean of the nose from the constant lean that leads to the gate.

    While a small lean suffices, command less than the solved lean; once a large one is needed, command more. So the
    late lean reduces horizontal speed that the burn, with its tilt limit, could not. Crossrange errors and shortfalls
    are corrected at once.
    """
    gains = load.gains
    late = min(max((to_go_s - gains.arc_until_s) / ARC_FADE_S, 0.0), 1.0)
    along += late * gains.arc_gain * (along - gains.arc_share)
    right *= gains.cross_gain
    size = math.sqrt(along * along + right * right)
    shrink = min(1.0, 1.0 / (size + 1e-9))
    limit = lean_limit(load, now.q_pa, now.mass_kg, now.lift_factor, cg_m)
    ahead, side = lean_axes(now.vel_enu_mps, now.against)
    return plus(times(limit * shrink * along, ahead), times(limit * shrink * right, side))


@kernel
def limited_nose(previous: Vec, wanted: Vec, most_rad: float) -> Vec:
    """The wanted nose direction within a turn from the previous one."""
    step = minus(unit(wanted), previous)
    size = math.sqrt(inner(step, step))
    return unit(plus(previous, times(min(1.0, most_rad / (size + 1e-12)), step)))
