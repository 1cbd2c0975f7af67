"""Actions of each mode in a frame: glide until ignition, burn until hand-over, last engine until touchdown."""

import math

import numpy as np

from hoverslam.gnc.air_data import wind_error
from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.fdir import (
    help_out,
    last_is_good,
    last_will_burn,
    learn_response,
    planned,
    response,
    start_engine,
    watch_engines,
)
from hoverslam.gnc.guidance import Situation, aim_error, solve_lean, steer_glide
from hoverslam.gnc.landing import final_level, final_time, needed_rate, settling, side_push, steer_across
from hoverslam.gnc.load import Load
from hoverslam.gnc.prediction import BurnPlan, Learnt, count, excess, solve_throttle, thrust_is_on
from hoverslam.gnc.rotation import Quat, Vec, minus, times, to_frame
from hoverslam.gnc.state import (
    BURN,
    COMMANDED,
    EVENT_CUT_OFF,
    EVENT_IGNITION,
    EVENT_LAST,
    EVENT_LEGS,
    FRAME,
    GLIDE,
    IGNITED,
    LAST,
    MODE,
    NEEDED,
    ON,
    SAFE,
    State,
    Wiring,
    note,
)

GLIDE_FRAMES = 20
BURN_FRAMES = 5
UPRIGHT_FROM_M = 80.0  # chosen: below, the tighter limit of tilt holds
RATE_FREEZE_M = 3.0  # chosen: nearer to the settling height the needed rate is a ratio of small numbers
NEAR = 1.6  # chosen: times the altitude expected for ignition, below which ignition is thought about
CLOSING_S, TAIL_S, DROP_S = 0.06, 0.15, 0.5  # chosen: command and valves, tail-off, from cut-off to the ground
LOW_M = 15.0  # chosen: higher up, one leg switch alone is not believed
AT_ONCE_M = 1e9  # a height from which a plan starts its engines at once
IGNITION_SHARE = 0.5  # chosen: of the height that the predicted burn would end too high or low, taken at a time
IGNITION_STEP_M = 250.0  # chosen: and at most so much


@kernel
def stop_target(load: Load, state: State, now: Situation) -> tuple[float, float]:
    """Descent speed and height of the centre of gravity at which the burn hands over to the final profile.

    Without the touchdown engine, the others decelerate down to the final speed.
    """
    gains = load.gains
    speed, low = settling(load)
    if not last_will_burn(load, state) and state.clock[MODE] != GLIDE:
        speed, low = drop(load, now)
        return speed, low + now.foot_m
    over = gains.shutdown_mps
    height = low + (over * over - speed * speed) / (2.0 * gains.final_decel_mps2)
    return gains.hand_over_mps, height + now.foot_m


@kernel
def drop(load: Load, now: Situation) -> tuple[float, float]:
    """Speed and height at which engines that cannot hover are cut, so that their tail-off sets the stage down.

    Braking b dies away over `TAIL_S` after `CLOSING_S`; after `DROP_S` the stage meets the ground at the final speed.
    """
    b, left = now.thrust_n / now.mass_kg, DROP_S - CLOSING_S
    speed = load.gains.final_speed_mps + b * (CLOSING_S + TAIL_S) - 9.8 * DROP_S
    braked = b * (CLOSING_S * (0.5 * CLOSING_S + left) + TAIL_S * (left - TAIL_S))
    return max(speed, 1.0), max(speed * DROP_S + 4.9 * DROP_S * DROP_S - braked, 0.3)


@kernel
def learnt(state: State, now: Situation, cg_m: float) -> Learnt:
    """Estimates of this flight so far."""
    return Learnt(
        state.thrust_factor[0], response(state), now.lift_factor, cg_m, wind_error(state.air), now.pos_enu_m[2]
    )


@kernel
def glide(load: Load, state: State, now: Situation, cg_m: float) -> None:
    """Predicted gate to lean; ignition when the constant throttle that stops has grown to its limit; in place."""
    gains, stage = load.gains, load.stage
    engines = float(count(stage.landing))
    stop_mps, height = stop_target(load, state, now)
    near = now.pos_enu_m[2] < NEAR * state.ignite_at_m[0]
    if state.clock[FRAME] % (BURN_FRAMES if near else GLIDE_FRAMES) != 0:
        return
    known = learnt(state, now, cg_m)
    if near:
        plan = BurnPlan(engines, state.throttle[COMMANDED], 0.0, AT_ONCE_M, stop_mps, (0.0, 0.0))
        k, _ = solve_throttle(load, plan, known, height, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
        state.throttle[COMMANDED], state.throttle[NEEDED] = k, k
        if k >= gains.ignition_throttle:
            state.clock[MODE], state.clock[IGNITED] = BURN, state.clock[FRAME]
            for i in range(count(stage.landing)):
                start_engine(state, int(stage.landing[i]))
            note(state, EVENT_IGNITION, -1)
            return
    arc = (state.arc[0], state.arc[1])
    plan = BurnPlan(engines, gains.ignition_throttle, 0.0, state.ignite_at_m[0], stop_mps, arc)
    state.arc[0], state.arc[1], end = solve_lean(load, now, plan, known, state.gain)
    off_m = IGNITION_SHARE * excess(plan, end, height)
    state.ignite_at_m[0] -= min(max(off_m, -IGNITION_STEP_M), IGNITION_STEP_M)
    state.to_go_s[0] = end.time_s
    state.miss_m[0], state.miss_m[1] = aim_error(load, state.gain, end)
    lean = steer_glide(load, now, cg_m, state.arc[0], state.arc[1], end.time_s)
    state.lean[0], state.lean[1], state.lean[2] = lean


@kernel
def burn(load: Load, state: State, now: Situation, cg_m: float) -> None:
    """Throttle that stops at the hand-over point; then the last engine alone; in place."""
    engines = planned(load, state)
    stop_mps, height = stop_target(load, state, now)
    frames = state.clock[FRAME] - state.clock[IGNITED]
    age = frames * load.frame_s
    descent = -now.vel_enu_mps[2]
    if engines > 0.5 and frames % BURN_FRAMES == 1 and descent > stop_mps + 5.0:
        plan = BurnPlan(engines, state.throttle[COMMANDED], age, AT_ONCE_M, stop_mps, (0.0, 0.0))
        known = learnt(state, now, cg_m)
        k, end = solve_throttle(load, plan, known, height, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
        state.throttle[COMMANDED], state.throttle[NEEDED] = k, k
        state.miss_m[0], state.miss_m[1] = aim_error(load, state.gain, end)
        left_s = final_time(load, height - now.foot_m, stop_mps) if last_will_burn(load, state) else DROP_S
        state.to_go_s[0] = end.time_s + left_s
        help_out(load, state, age, BURN_FRAMES * load.frame_s)
    if descent <= stop_mps and age > load.stage.dead_time_s + load.stage.rise_time_s:
        state.clock[MODE] = LAST
        good = last_is_good(load, state)
        for e in range(state.fitted[0]):
            if e != load.stage.last or not good:
                state.engines[e, ON] = 0.0
        note(state, EVENT_LAST, load.stage.last)


@kernel
def land(load: Load, state: State, now: Situation) -> None:
    """Final profile on the last engine, in place."""
    height = now.pos_enu_m[2] - now.foot_m
    _, low = settling(load)
    if height > low + RATE_FREEZE_M:
        state.braking_mps2[0] = needed_rate(load, height, -now.vel_enu_mps[2])
    state.throttle[COMMANDED] = final_level(load, now, height, state.braking_mps2[0]) / response(state)
    state.to_go_s[0] = final_time(load, height, -now.vel_enu_mps[2])


@kernel
def steered_nose(load: Load, state: State, now: Situation, cg_m: float, q_enu_b: Quat) -> tuple[bool, Vec]:
    """Nose direction of the regulator, in place; False until thrust is there.

    It steers on to the ground; its commanded lean begins where the nose is.
    """
    gains = load.gains
    state.side_n[0], state.side_n[1], state.side_n[2] = 0.0, 0.0, 0.0
    begun = state.steers[0] > 0.5 or (thrust_is_on(load.stage, now.thrust_n) and state.clock[MODE] != GLIDE)
    if not begun:
        return False, now.against
    nose = to_frame(q_enu_b, (1.0, 0.0, 0.0))
    if state.steers[0] < 0.5:
        state.steer[0], state.steer[1], state.steers[0] = nose[0], nose[1], 1.0
    height = now.pos_enu_m[2] - now.foot_m
    limit = gains.tilt_sine if height > UPRIGHT_FROM_M else gains.final_tilt_rad
    commanded, wind = (state.steer[0], state.steer[1], 0.0), (state.blown_mps2[0], state.blown_mps2[1], 0.0)
    # in the burn the side push takes out what the wind does; the regulator is told of what is left
    left = wind if state.clock[MODE] != BURN else (state.unmet_mps2[0], state.unmet_mps2[1], 0.0)
    lean, side = steer_across(load, now, state.gain, nose, commanded, left, state.to_go_s[0], limit, cg_m)
    state.steer[0], state.steer[1] = lean[0], lean[1]
    if state.clock[MODE] == BURN:
        wanted = minus(side, wind)
        fins_n = side_push(load, now, cg_m, wanted)
        given = times(load.stage.fin_position_m / (cg_m * now.mass_kg), fins_n)
        state.side_n[0], state.side_n[1], state.side_n[2] = fins_n
        state.unmet_mps2[0], state.unmet_mps2[1] = given[0] - wanted[0], given[1] - wanted[1]
    return True, (lean[0], lean[1], math.sqrt(1.0 - lean[0] * lean[0] - lean[1] * lean[1]))


@kernel
def decide(load: Load, wiring: Wiring, state: State, frame: np.ndarray, now: Situation, cg_m: float) -> None:
    """Contact ends the flight; otherwise monitor the engines, run the mode, and deploy the legs in time; in place."""
    feet = 0
    for i in range(wiring.legs):
        feet += 1 if frame[wiring.contact + i] > 0.5 else 0
    low = now.pos_enu_m[2] - now.foot_m < LOW_M
    if state.clock[MODE] != SAFE and (feet > 1 or (feet == 1 and low)):
        state.clock[MODE] = SAFE
        note(state, EVENT_CUT_OFF, -1)
    if state.clock[MODE] == SAFE:
        state.engines[:, ON] = 0.0
        return
    watch_engines(load, wiring, state, frame)
    if state.clock[MODE] == BURN:
        learn_response(load, wiring, state, frame)
    if state.clock[MODE] == GLIDE:
        glide(load, state, now, cg_m)
    elif state.clock[MODE] == BURN:
        burn(load, state, now, cg_m)
    else:
        land(load, state, now)
    if state.legs[0] < 0.5 and state.clock[MODE] != GLIDE and state.to_go_s[0] < load.gains.leg_time_s:
        state.legs[0] = 1.0
        note(state, EVENT_LEGS, -1)
