"""Where to point and how hard to push: from the predicted gate in the glide, from a regulator in the burn.

The stage leans by an angle from the direction against its motion. Thrust then pushes it the way it leans, lift the
other way; between about 350 and 240 m/s under three engines they about cancel. So the glide targets with lift, the nose
stays against the motion while the two fight, and thrust takes over once it surely outweighs lift.
"""

import math
from typing import NamedTuple

import numpy as np

from gnc.air_data import wind_error
from gnc.compiled import kernel
from gnc.lateral import FIN_SHARE, LEAD, PUSH, STATES, TABLE_STEP_S
from gnc.load import Load
from gnc.model import air, altitude, drag, level_for, table, trimmed_lift
from gnc.prediction import (
    THRUST_ON_N,
    TYPICAL_LEAN_RAD,
    Ending,
    Plan,
    against,
    lean_axes,
    lean_limit,
    predict,
)
from gnc.rotation import Vec, inner, minus, plus, times, unit

THRUST_MEMORY_S = 1.5  # tuned
LEAN_STEP = 0.1  # of the largest lean, to see what a lean does
LEAN_LEAST_M = 20.0  # chosen: what a full lean must move the gate by, to be asked for
LEAN_MOST = 1.5  # back along the motion, beyond what can be held, so that a shortfall is remembered
ARC_FADE_S = 5.0  # chosen
LEAST_PUSH_MPS2, PUSH_SHARES = 5.0, (0.7, 1.5)  # chosen: what a lean does is not scaled where it does little, nor by more
FIRST_GAIN = 4.0  # the gains grow without bound toward touchdown: held over the last 0.4 s
REACH_FROM_S, REACH_LEAST_M = 4.0, 1.5  # tuned: what the upright end of the burn can still move
FINAL_SPEED_GAIN_PS = 1.5  # tuned


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
    wind: Vec


class Place(NamedTuple):
    """Where the stage is: centre of gravity, centre of percussion, height of the centre of gravity over the feet."""

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
        wind,
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
    if now.thrust_n < THRUST_ON_N:
        return factor
    seen = (now.mass_kg * force_axial_mps2 - now.drag_n) / now.thrust_n
    step = (1.0 - math.exp(-load.frame_s / THRUST_MEMORY_S)) * (min(max(seen, 0.9), 1.1) - factor)
    return factor + step


@kernel
def across(vector: Vec, axis: Vec) -> Vec:
    """The part of a vector across an axis."""
    return minus(vector, times(inner(vector, axis), axis))


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
def with_lean(plan: Plan, along: float, right: float) -> Plan:
    """The same plan with another lean."""
    return Plan(
        plan.engines,
        plan.throttle,
        plan.age_s,
        plan.coast_to_m,
        plan.stop_mps,
        plan.thrust_factor,
        (along, right),
        plan.lift_factor,
        plan.cg_m,
        plan.wind_error,
        plan.wind_from_m,
    )


@kernel
def miss(load: Load, now: Situation, plan: Plan, gain: np.ndarray) -> tuple[float, float, Ending]:
    """Predicted error at the gate, along the motion and to the right of it, and the ending."""
    end = predict(load, plan, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
    east, north = aim_error(load, gain, end)
    ahead, right = ground_axes(now.vel_enu_mps)
    return inner((east, north, 0.0), ahead), inner((east, north, 0.0), right), end


@kernel
def solve_lean(load: Load, now: Situation, plan: Plan, gain: np.ndarray) -> tuple[float, float, Ending]:
    """The constant lean, as shares, that leads to the gate: a damped Newton step from that of the plan, and its ending.

    Damped, so that no lean is asked for what it could not move any more.
    """
    a0, r0, end = miss(load, now, plan, gain)
    h = LEAN_STEP
    a1, r1, _ = miss(load, now, with_lean(plan, plan.lean[0] + h, plan.lean[1]), gain)
    a2, r2, _ = miss(load, now, with_lean(plan, plan.lean[0], plan.lean[1] + h), gain)
    ja, jr = min((a1 - a0) / h, 0.0), min((r2 - r0) / h, 0.0)  # lift pushes against a lean, or does nothing
    damp = LEAN_LEAST_M * LEAN_LEAST_M
    along = plan.lean[0] - ja * a0 / (ja * ja + damp)
    right = plan.lean[1] - jr * r0 / (jr * jr + damp)
    return min(max(along, -1.0), LEAN_MOST), min(max(right, -1.0), 1.0), end


@kernel
def steer_glide(load: Load, now: Situation, cg_m: float, along: float, right: float, to_go_s: float) -> Vec:
    """Lean of the nose from the constant lean that leads to the gate.

    The path is bent late: while little lean would do, less is given, so that when it is given it brakes the speed
    across that the burn, under its tilt limit, could not. What is off sideways, or short, is made good at once.
    """
    gains = load.gains
    late = min(max((to_go_s - gains.arc_until_s) / ARC_FADE_S, 0.0), 1.0)
    along += late * gains.arc_gain * (along - gains.arc_share)
    right *= gains.cross_gain
    size = math.sqrt(along * along + right * right)
    shrink = min(1.0, 1.0 / (size + 1e-9))
    limit = lean_limit(load, now.q_pa, now.drag_n, now.mass_kg, now.lift_factor, cg_m)
    ahead, side = lean_axes(now.vel_enu_mps, now.against)
    return plus(times(limit * shrink * along, ahead), times(limit * shrink * right, side))


@kernel
def gain_at(gain: np.ndarray, to_go_s: float, column: int) -> float:
    """One column of the regulator's table at a time to touchdown."""
    x = min(max(to_go_s / TABLE_STEP_S, FIRST_GAIN), gain.shape[0] - 1.001)
    i = int(x)
    return gain[i, column] + (x - i) * (gain[i + 1, column] - gain[i, column])


@kernel
def push_share(load: Load, now: Situation, nominal_mps2: float, cg_m: float) -> float:
    """Sideways acceleration per lean over the regulator's nominal one, as far as both are sure."""
    if nominal_mps2 < LEAST_PUSH_MPS2 or now.engines < 1.5:
        return 1.0
    slope, _ = lift_slope(load, now, cg_m, TYPICAL_LEAN_RAD)
    share = (now.thrust_n - slope) / now.mass_kg / nominal_mps2
    return min(max(share, PUSH_SHARES[0]), PUSH_SHARES[1])


@kernel
def steer_across(
    load: Load, now: Situation, gain: np.ndarray, nose: Vec, commanded: Vec, blown: Vec, to_go_s: float, limit: float, cg_m: float
) -> tuple[Vec, Vec]:
    """Commanded lean of the nose from the vertical one frame on, and side push [m/s2], by the regulator of `gnc.lateral`.

    `gain` is the table by time to touchdown; steering is by the centre of percussion. Distance counts as
    far as it can still be made good: by the speed across that there is, and by what may yet be gained.
    """
    v = now.still_vel_enu_mps
    v = (v[0], v[1], 0.0)
    r = (now.still_pos_enu_m[0], now.still_pos_enu_m[1], 0.0)
    closing = max(-inner(unit(r), v), 0.0)
    reach = load.gains.reach_mps2 * max(to_go_s - REACH_FROM_S, 0.0) ** 2 + REACH_LEAST_M
    r = limited(r, reach + gain_at(gain, to_go_s, LEAD) * closing)  # out of reach is not worth new speed across
    rate, side = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    share = push_share(load, now, gain_at(gain, to_go_s, PUSH), cg_m)
    errors = (r, v, times(share, nose), times(share, commanded), blown)
    for i in range(STATES):
        error = (errors[i][0], errors[i][1], 0.0)
        rate = minus(rate, times(gain_at(gain, to_go_s, i), error))
        side = minus(side, times(gain_at(gain, to_go_s, STATES + i), error))
    rate = limited(times(1.0 / share, rate), load.gains.nose_rate_radps)
    return limited(plus(commanded, times(load.frame_s, rate)), limit), side


@kernel
def calm_air(load: Load, now: Situation, cg_m: float, nose: Vec) -> Vec:
    """What the regulator expects the air to do [m/s2], as if it did not move."""
    ground = times(-1.0, unit(now.vel_enu_mps))
    lean = minus(nose, ground)
    lean = across(lean, ground)
    lift = trimmed_lift(load.stage, now.q_pa, now.lift_factor, cg_m, math.sqrt(inner(lean, lean)))
    return times(1.0 / now.mass_kg, minus(times(now.drag_n, nose), times(lift, lean)))


@kernel
def side_push(load: Load, now: Situation, cg_m: float, wanted_mps2: Vec) -> Vec:
    """The fins' part [N] of a side push, in which the gimbals push the same way so that the stage does not turn.
    """
    stage = load.stage
    arm = stage.fin_position_m - cg_m
    total = times(now.mass_kg, wanted_mps2)
    fins = FIN_SHARE * 2.0 * now.fin_n_prad * stage.fin_limit_rad
    gimbals = load.gains.side_gimbal_rad * now.thrust_n * cg_m / arm
    return limited(times(cg_m / (cg_m + arm), total), min(fins, gimbals))


@kernel
def limited(vector: Vec, most: float) -> Vec:
    """A vector no longer than `most`."""
    return times(min(1.0, most / (math.sqrt(inner(vector, vector)) + 1e-12)), vector)


@kernel
def settling(load: Load) -> tuple[float, float]:
    """Speed and height at which steady braking gives way to settling exponentially to the final speed.

    Thrust so has time to come down to the weight.
    """
    gains = load.gains
    speed = gains.final_decel_mps2 / gains.final_settle_ps
    return speed, (speed - gains.final_speed_mps) / gains.final_settle_ps


@kernel
def final_time(load: Load, height_m: float, descent_mps: float) -> float:
    """Time to touchdown on the final profile."""
    gains = load.gains
    speed, height = settling(load)
    low = min(max(height_m, 0.0), height)
    settle = math.log1p(gains.final_settle_ps * low / gains.final_speed_mps) / gains.final_settle_ps
    return settle + 2.0 * max(height_m - height, 0.0) / max(descent_mps + speed, 1.0)


@kernel
def final_level(load: Load, now: Situation, height_m: float, rate_mps2: float) -> float:
    """Level of the last engine: brake steadily by `rate_mps2`, then let speed settle with height to the final speed."""
    gains = load.gains
    descent = -now.vel_enu_mps[2]
    speed, height = settling(load)
    if height_m > height:
        wanted = math.sqrt(speed * speed + 2.0 * rate_mps2 * (height_m - height))
        brake = rate_mps2 * min(max(descent / wanted, 0.0), 1.2)
    else:
        wanted = gains.final_speed_mps + gains.final_settle_ps * max(height_m, 0.0)
        brake = gains.final_settle_ps * max(descent, 0.0) if height_m > 0.0 else 0.0
    push = now.mass_kg * (9.8 + brake + FINAL_SPEED_GAIN_PS * (descent - wanted)) - now.drag_n
    return level_for(load.stage, push / max(now.engines, 1.0), now.pressure_pa)


@kernel
def needed_rate(load: Load, height_m: float, descent_mps: float) -> float:
    """Steady braking that reaches the settling speed at its height."""
    speed, height = settling(load)
    rate = (descent_mps * descent_mps - speed * speed) / (2.0 * max(height_m - height, 0.5))
    return min(max(rate, 0.5), 8.0)


@kernel
def limited_nose(previous: Vec, wanted: Vec, most_rad: float) -> Vec:
    """The wanted nose direction within a turn from the previous one."""
    step = minus(unit(wanted), previous)
    size = math.sqrt(inner(step, step))
    return unit(plus(previous, times(min(1.0, most_rad / (size + 1e-12)), step)))
