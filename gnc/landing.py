"""Landing burn: lateral regulator (lean and side force), and the vertical profile of the last engine to the ground.

In the burn thrust pushes the stage the way it leans and lift the other way; under three engines they about cancel
between 350 and 240 m/s. What a lean cannot do there, fins and gimbals do that push the same way: a side push.
"""

import math

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.guidance import Situation, lift_slope
from hoverslam.gnc.lateral import FIN_SHARE, LEAD, PUSH, STATES, gain_at
from hoverslam.gnc.load import Load
from hoverslam.gnc.model import level_for, trimmed_lift
from hoverslam.gnc.prediction import TYPICAL_LEAN_RAD
from hoverslam.gnc.rotation import Vec, across, inner, limited, minus, plus, times, unit

LEAST_PUSH_MPS2 = 5.0  # chosen: where a lean does less, the regulator's gains are not scaled
LEAST_SHARE, MOST_SHARE = 0.7, 1.5  # tuned: by how much they are
REACH_FROM_S, REACH_LEAST_M = 4.0, 1.5  # tuned: what the upright end of the burn can still move
FINAL_SPEED_GAIN_PS = 1.5  # tuned


@kernel
def push_share(load: Load, now: Situation, nominal_mps2: float, cg_m: float) -> float:
    """Lateral acceleration per lean divided by the nominal value of the regulator, as far as both are known."""
    if nominal_mps2 < LEAST_PUSH_MPS2 or now.engines < 1.5:
        return 1.0
    slope, _ = lift_slope(load, now, cg_m, TYPICAL_LEAN_RAD)
    share = (now.thrust_n - slope) / now.mass_kg / nominal_mps2
    return min(max(share, LEAST_SHARE), MOST_SHARE)


@kernel
def steer_across(
    load: Load,
    now: Situation,
    gain: np.ndarray,
    nose: Vec,
    commanded: Vec,
    blown: Vec,
    to_go_s: float,
    limit: float,
    cg_m: float,
) -> tuple[Vec, Vec]:
    """Commanded lean of the nose from the vertical one frame on, and side push [m/s2], by `gnc.lateral`'s regulator.

    `gain` is the table by time to touchdown, `blown` what the wind does [m/s2]. Steering is by the centre of
    percussion. Distance counts as far as it can still be made good: by the speed across that there is, and by what
    may yet be gained.
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
    """The fins' part [N] of a side push, in which the gimbals push the same way so that the stage does not turn."""
    stage = load.stage
    arm = stage.fin_position_m - cg_m
    total = times(now.mass_kg, wanted_mps2)
    fins = FIN_SHARE * 2.0 * now.fin_n_prad * stage.fin_limit_rad
    gimbals = load.gains.side_gimbal_rad * now.thrust_n * cg_m / arm
    return limited(times(cg_m / (cg_m + arm), total), min(fins, gimbals))


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
