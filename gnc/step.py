"""One frame of the flight software: measure, decide, point, push. This page reads as its table of contents.

`frame` in, `command` out: flat rows whose order is fixed in `gnc.rows`. The state is a record of arrays that this page
alone writes; what it calls is pure or says that it works in place.
"""

import math
from typing import NamedTuple

import numpy as np

from gnc.air_data import force_at, learn, sink, still_point_m, wind_error
from gnc.compiled import kernel
from gnc.control import Authority, allocate, attitude_error, offset_moment, perpendicular, wanted_moment
from gnc.guidance import (
    Place,
    Situation,
    aim_error,
    assess,
    final_level,
    final_time,
    learn_thrust,
    lift_slope,
    limited,
    limited_nose,
    needed_rate,
    settling,
    steer_across,
    solve_lean,
    calm_air,
    side_push,
    steer_glide,
)
from gnc.load import Load, Stage
from gnc.model import balance, flow, thrust
from gnc.navigation import HISTORY, Nav, antenna, predict_covariance, propagate, use_gnss, use_radar
from gnc.prediction import THRUST_ON_N, Plan, excess, solve_throttle
from gnc.rotation import Quat, Vec, inner, length, minus, outer, plus, times, to_body, to_frame, unit

ZERO = (0.0, 0.0, 0.0)
BLOW_S = 0.5  # tuned
GLIDE, BURN, LAST, SAFE = 0, 1, 2, 3
EVENT_IGNITION, EVENT_FAILED, EVENT_SPARE, EVENT_LAST, EVENT_LEGS, EVENT_CUT_OFF = 1, 2, 3, 4, 5, 6
EVENTS = 32
ENGINE_FAILED = 5  # `engine_state` on the wire
START_GRACE_S = 0.3  # chosen: beyond the slowest start that the load allows for
LIT_SHARE = 0.05  # chosen: of full chamber pressure; an igniter alone gives less
COVARIANCE_FRAMES = 5
GLIDE_FRAMES = 20
BURN_FRAMES = 5
RADAR_FRAMES = 2
TURN_SMOOTHING_S = 0.15  # tuned: passes the turns of the regulator, not the steps of a new aim
UPRIGHT_FROM_M = 60.0  # chosen: below, the tighter limit of tilt holds
RATE_FREEZE_M = 3.0  # chosen: nearer to the settling height the needed rate is a ratio of small numbers
IGNITION_SHARE = 0.5  # chosen: of the height that the predicted burn would end too high or low, at a time
NEAR = 1.6  # chosen: times the altitude expected for ignition, below which ignition is thought about


class Wiring(NamedTuple):
    """Where each measurement starts in the frame row, and each command in the command row."""

    gnss: int
    radar: int
    pressure: int
    state: int
    level: int
    contact: int
    engines: int
    throttle: int
    gimbal: int
    fin: int
    thruster: int
    leg: int
    legs: int
    width: int


class State(NamedTuple):
    """All that the flight software remembers, as arrays written in place.

    nav (22): a `Nav`, flattened in its order. cov (15, 15): covariance of its errors. work (64): scratch; after
    `pushing` the thrust of each engine. past (32, 6): position and velocity of the antenna by frame, in a
    ring. tanks (2): LOX and LCH4 [kg]. engines (n, 4): on, failed, seconds of low pressure, frame of the start command.
    guide (29): 0 throttle; 1 throttle that stops; 2 time to go [s], in the glide to the hand-over, then to touchdown;
    3 predicted error at the gate (2) [m]; 5 lean from the direction against the motion (3); 8 commanded nose (3);
    11 braking of the final profile [m/s2]; 12 attitude error [rad]; 13 legs out; 14 turn rate of the nose (3) [rad/s];
    19 thrust factor; 20 the regulator's commanded lean (2); 22 whether it
    steers; 23 constant lean to the gate, as shares (2); 25 height expected for ignition [m];
    26 the fins' part of a side push (3) [N].
    clock (8): frame, mode, frame of ignition, events, frame of the last covariance step. events (32, 3): code, frame,
    engine or -1. foot (6): position and velocity of the centre of the foot plane, for telemetry. gain, lead: from
    `gnc.lateral`.
    """

    nav: np.ndarray
    cov: np.ndarray
    work: np.ndarray
    past: np.ndarray
    tanks: np.ndarray
    engines: np.ndarray
    guide: np.ndarray
    clock: np.ndarray
    events: np.ndarray
    foot: np.ndarray
    gain: np.ndarray
    air: np.ndarray


@kernel
def read_nav(row: np.ndarray) -> Nav:
    """Navigation state out of its row."""
    return Nav(
        (row[0], row[1], row[2]),
        (row[3], row[4], row[5]),
        (row[6], row[7], row[8], row[9]),
        (row[10], row[11], row[12]),
        (row[13], row[14], row[15]),
        (row[16], row[17], row[18]),
        (row[19], row[20], row[21]),
    )


@kernel
def write_nav(row: np.ndarray, nav: Nav) -> None:
    """Navigation state into its row."""
    for i in range(3):
        row[i], row[3 + i], row[10 + i] = nav.pos_enu_m[i], nav.vel_enu_mps[i], nav.gyro_bias_radps[i]
        row[13 + i], row[16 + i], row[19 + i] = nav.accel_bias_mps2[i], nav.omega_b_radps[i], nav.force_b_mps2[i]
    for i in range(4):
        row[6 + i] = nav.q_enu_b[i]


@kernel
def note(state: State, code: int, engine: int) -> None:
    """Remember an event, in place; past the room for them only the first are kept."""
    n = state.clock[3]
    if n < EVENTS:
        state.events[n, 0], state.events[n, 1], state.events[n, 2] = code, state.clock[0], engine
        state.clock[3] = n + 1


@kernel
def navigate(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> Nav:
    """Inertial step, covariance, and whatever fix or echo has come, in place."""
    nav = read_nav(state.nav)
    now = state.clock[0]
    if now > 0:
        nav = propagate(load, nav, (frame[0], frame[1], frame[2]), (frame[3], frame[4], frame[5]))
    pos, vel = antenna(load.stage, nav)
    slot = now % HISTORY
    for i in range(3):
        state.past[slot, i], state.past[slot, 3 + i] = pos[i], vel[i]
    fixed, echoed = frame[wiring.gnss] > 0.5, frame[wiring.radar] > 0.5 and now % RADAR_FRAMES == 0
    due = now - state.clock[4]
    if due >= COVARIANCE_FRAMES or (fixed and due > 0):
        predict_covariance(load, nav, state.cov, due * load.frame_s)
        state.clock[4] = now
    if fixed:
        taken = math.floor(frame[wiring.gnss + 1] * 1e-9 / load.frame_s + 0.5)
        if 0 <= now - taken < HISTORY:
            at = wiring.gnss + 2
            nav = use_gnss(load, nav, state.cov, state.work, state.past[taken % HISTORY], frame[at : at + 6])
    if echoed:
        nav = use_radar(load, nav, state.cov, state.work, frame[wiring.radar + 1])
    write_nav(state.nav, nav)
    return nav


@kernel
def weigh(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> tuple[float, float, float]:
    """Propellant from levels and flow, in place; mass, centre of gravity and lateral inertia."""
    stage = load.stage
    burnt = 0.0
    for e in range(state.engines.shape[0]):
        burnt += flow(stage, max(frame[wiring.pressure + e], 0.0) / stage.chamber_pressure_pa)
    seen = (
        frame[wiring.level] * stage.tank_area_m2 * stage.lox_density_kgpm3,
        frame[wiring.level + 1] * stage.tank_area_m2 * stage.lch4_density_kgpm3,
    )
    trust = 1.0 if state.clock[0] == 0 else load.frame_s / 2.0
    oxidiser = stage.mixture_ratio / (1.0 + stage.mixture_ratio)
    share = (oxidiser, 1.0 - oxidiser)
    for i in range(2):
        carried = state.tanks[i] - share[i] * burnt * load.frame_s
        state.tanks[i] = max(carried + trust * (seen[i] - carried), 0.0)
    return balance(stage, state.tanks[0], state.tanks[1])


@kernel
def pushing(load: Load, wiring: Wiring, state: State, frame: np.ndarray, pressure_pa: float, out: np.ndarray) -> float:
    """Thrust of each engine from its chamber pressure, into `out`; returns the sum."""
    total = 0.0
    for e in range(state.engines.shape[0]):
        level = max(frame[wiring.pressure + e], 0.0) / load.stage.chamber_pressure_pa
        out[e] = thrust(load.stage, level, pressure_pa) if level > 0.02 else 0.0
        total += out[e]
    return total


@kernel
def start_engine(state: State, engine: int) -> None:
    """Command an engine on, in place."""
    state.engines[engine, 0] = 1.0
    state.engines[engine, 3] = state.clock[0]


@kernel
def alive(state: State) -> float:
    """How many engines are commanded on and not known to have failed."""
    count = 0.0
    for e in range(state.engines.shape[0]):
        if state.engines[e, 0] > 0.5 and state.engines[e, 1] < 0.5:
            count += 1.0
    return count


@kernel
def engine_is_lost(load: Load, wiring: Wiring, state: State, frame: np.ndarray, e: int) -> bool:
    """Whether an engine that should burn does not: its controller says so, or pressure stays low; counts in place."""
    stage = load.stage
    age = (state.clock[0] - state.engines[e, 3]) * load.frame_s
    if frame[wiring.state + e] == ENGINE_FAILED:
        return True
    share = max(frame[wiring.pressure + e], 0.0) / stage.chamber_pressure_pa
    no_start = age > stage.dead_time_longest_s + START_GRACE_S and share < LIT_SHARE
    grown = age > stage.dead_time_longest_s + stage.rise_time_s + START_GRACE_S
    low = grown and share < load.gains.fault_pressure_fraction * stage.throttle_floor
    state.engines[e, 2] = state.engines[e, 2] + load.frame_s if low else 0.0
    return no_start or state.engines[e, 2] > load.gains.fault_time_s


@kernel
def watch_engines(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> None:
    """Shut down engines that have failed and light a spare for each while there is one, in place."""
    for e in range(state.engines.shape[0]):
        if state.engines[e, 0] < 0.5 or not engine_is_lost(load, wiring, state, frame, e):
            continue
        state.engines[e, 0], state.engines[e, 1] = 0.0, 1.0
        note(state, EVENT_FAILED, e)
        if state.clock[1] != BURN:
            continue
        for s in range(load.stage.spares.shape[0]):
            spare = int(load.stage.spares[s])
            if state.engines[spare, 0] < 0.5 and state.engines[spare, 1] < 0.5:
                start_engine(state, spare)
                note(state, EVENT_SPARE, spare)
                break


@kernel
def last_is_good(load: Load, state: State) -> bool:
    """Whether the engine that is meant to land the stage burns."""
    return state.engines[load.stage.last, 0] > 0.5 and state.engines[load.stage.last, 1] < 0.5


@kernel
def stop_target(load: Load, state: State, now: Situation) -> tuple[float, float]:
    """Descent speed and height of the centre of gravity at which the burn hands over to the final profile.

    Without the engine that is meant to land the stage, the others brake all the way down to the settling.
    """
    gains = load.gains
    speed, low = settling(load)
    if not last_is_good(load, state) and state.clock[1] != GLIDE:
        return speed, low + now.foot_m
    over = gains.shutdown_mps
    height = low + (over * over - speed * speed) / (2.0 * gains.final_decel_mps2)
    return gains.hand_over_mps, height + now.foot_m


@kernel
def glide(load: Load, state: State, now: Situation, cg_m: float) -> None:
    """Predicted gate to lean; ignition when the constant throttle that stops has grown to its limit; in place."""
    gains, guide, stage = load.gains, state.guide, load.stage
    engines = float(stage.landing.shape[0])
    stop_mps, height = stop_target(load, state, now)
    wind, from_m = wind_error(state.air), now.pos_enu_m[2]
    near = now.pos_enu_m[2] < NEAR * guide[25]
    if state.clock[0] % (BURN_FRAMES if near else GLIDE_FRAMES) != 0:
        return
    if near:
        plan = Plan(engines, guide[0], 0.0, 1e9, stop_mps, guide[19], (0.0, 0.0), now.lift_factor, cg_m, wind, from_m)
        k, _ = solve_throttle(load, plan, height, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
        guide[0], guide[1] = k, k
        if k >= gains.ignition_throttle:
            state.clock[1], state.clock[2] = BURN, state.clock[0]
            for i in range(stage.landing.shape[0]):
                start_engine(state, int(stage.landing[i]))
            note(state, EVENT_IGNITION, -1)
            return
    lean = (guide[23], guide[24])
    plan = Plan(
        engines, gains.ignition_throttle, 0.0, guide[25], stop_mps, guide[19], lean, now.lift_factor, cg_m, wind, from_m
    )
    guide[23], guide[24], end = solve_lean(load, now, plan, state.gain)
    guide[25] -= IGNITION_SHARE * min(max(excess(plan, end, height), -500.0), 500.0)
    guide[2] = end.time_s
    guide[3], guide[4] = aim_error(load, state.gain, end)
    guide[5], guide[6], guide[7] = steer_glide(load, now, cg_m, guide[23], guide[24], end.time_s)


@kernel
def burn(load: Load, state: State, now: Situation, cg_m: float) -> None:
    """Throttle that stops at the hand-over point, aim while it is sure what a lean does; then the last engine alone."""
    gains, guide = load.gains, state.guide
    engines = alive(state)
    stop_mps, height = stop_target(load, state, now)
    wind, from_m = wind_error(state.air), now.pos_enu_m[2]
    age = (state.clock[0] - state.clock[2]) * load.frame_s
    descent = -now.vel_enu_mps[2]
    if engines > 0.5 and (state.clock[0] - state.clock[2]) % BURN_FRAMES == 1 and descent > stop_mps + 5.0:
        plan = Plan(
            engines, guide[0], age, 1e9, stop_mps, guide[19], (0.0, 0.0), now.lift_factor, cg_m, wind, from_m
        )
        k, end = solve_throttle(load, plan, height, now.pos_enu_m, now.vel_enu_mps, now.mass_kg)
        guide[0], guide[1] = k, k
        guide[3], guide[4] = aim_error(load, state.gain, end)
        guide[2] = end.time_s + final_time(load, height - now.foot_m, stop_mps)
    if descent <= stop_mps and age > load.stage.dead_time_s + load.stage.rise_time_s:
        state.clock[1] = LAST
        if last_is_good(load, state):
            for e in range(state.engines.shape[0]):
                if e != load.stage.last:
                    state.engines[e, 0] = 0.0
        note(state, EVENT_LAST, load.stage.last)


@kernel
def land(load: Load, state: State, now: Situation) -> None:
    """Final profile on the last engine, in place."""
    guide = state.guide
    height = now.pos_enu_m[2] - now.foot_m
    _, low = settling(load)
    if height > low + RATE_FREEZE_M:
        guide[11] = needed_rate(load, height, -now.vel_enu_mps[2])
    guide[0] = final_level(load, now, height, guide[11])
    guide[2] = final_time(load, height, -now.vel_enu_mps[2])


@kernel
def steered_nose(load: Load, state: State, now: Situation, cg_m: float, q_enu_b: Quat) -> tuple[bool, Vec]:
    """Nose direction of the regulator, in place; False until thrust is there.

    It steers on to the ground; its commanded lean begins where the nose is.
    """
    guide, gains = state.guide, load.gains
    guide[26], guide[27], guide[28] = 0.0, 0.0, 0.0
    begun = guide[22] > 0.5 or (now.thrust_n > THRUST_ON_N and state.clock[1] != GLIDE)
    if not begun:
        return False, now.against
    nose = to_frame(q_enu_b, (1.0, 0.0, 0.0))
    if guide[22] < 0.5:
        guide[20], guide[21], guide[22] = nose[0], nose[1], 1.0
    height = now.pos_enu_m[2] - now.foot_m
    limit = gains.tilt_sine if height > UPRIGHT_FROM_M else gains.final_tilt_rad
    commanded, wind = (guide[20], guide[21], 0.0), (guide[29], guide[30], 0.0)
    # in the burn the side push takes out what the wind does; the regulator is told of what is left
    left = wind if state.clock[1] != BURN else (guide[31], guide[32], 0.0)
    lean, side = steer_across(load, now, state.gain, nose, commanded, left, guide[2], limit, cg_m)
    guide[20], guide[21] = lean[0], lean[1]
    if state.clock[1] == BURN:
        wanted = minus(side, wind)
        fins_n = side_push(load, now, cg_m, wanted)
        given = times(load.stage.fin_position_m / (cg_m * now.mass_kg), fins_n)
        guide[26], guide[27], guide[28] = fins_n
        guide[31], guide[32] = given[0] - wanted[0], given[1] - wanted[1]
    return True, (lean[0], lean[1], math.sqrt(1.0 - lean[0] * lean[0] - lean[1] * lean[1]))


@kernel
def point(load: Load, state: State, now: Situation, cg_m: float, q_enu_b: Quat) -> Vec:
    """Nose direction and its turn rate, in place: the regulator's, or a lean from the direction against the motion."""
    guide = state.guide
    steered, wanted = steered_nose(load, state, now, cg_m, q_enu_b)
    if not steered:
        wanted = plus(now.against, (guide[5], guide[6], guide[7]))
    previous = (guide[8], guide[9], guide[10])
    nose = limited_nose(previous, wanted, load.gains.nose_rate_radps * load.frame_s)
    turn = times(1.0 / load.frame_s, outer(previous, nose))
    keep = math.exp(-load.frame_s / TURN_SMOOTHING_S)
    for i in range(3):
        guide[8 + i] = nose[i]
        guide[14 + i] = keep * guide[14 + i] + (1.0 - keep) * turn[i]
    return nose


@kernel
def decide(load: Load, wiring: Wiring, state: State, frame: np.ndarray, now: Situation, cg_m: float) -> None:
    """Contact ends the flight; else watch the engines, do what the mode does, put the legs out in time; in place."""
    for i in range(wiring.legs):
        if frame[wiring.contact + i] > 0.5 and state.clock[1] != SAFE:
            state.clock[1] = SAFE
            note(state, EVENT_CUT_OFF, -1)
    if state.clock[1] == SAFE:
        state.engines[:, 0] = 0.0
        return
    watch_engines(load, wiring, state, frame)
    if state.clock[1] == GLIDE:
        glide(load, state, now, cg_m)
    elif state.clock[1] == BURN:
        burn(load, state, now, cg_m)
    else:
        land(load, state, now)
    if state.guide[13] < 0.5 and state.clock[1] != GLIDE and state.guide[2] < load.gains.leg_time_s:
        state.guide[13] = 1.0
        note(state, EVENT_LEGS, -1)


@kernel
def act(
    load: Load, wiring: Wiring, state: State, nav: Nav, now: Situation, authority: Authority, command: np.ndarray
) -> None:
    """Attitude loop and allocation into the command row, in place."""
    n = state.engines.shape[0]
    for e in range(n):
        command[wiring.engines + e] = state.engines[e, 0]
        command[wiring.throttle + e] = min(max(state.guide[0], load.stage.throttle_floor), load.stage.throttle_ceiling)
    command[wiring.leg] = state.guide[13]
    nose = point(load, state, now, authority.cg_m, nav.q_enu_b)
    azimuth = load.start.azimuth_rad
    right = perpendicular((math.cos(azimuth), -math.sin(azimuth), 0.0), nose)
    error = attitude_error(nav.q_enu_b, nose, right)
    state.guide[12] = math.sqrt(error[1] * error[1] + error[2] * error[2])
    lean = minus(nose, now.against)
    _, restoring = lift_slope(load, now, authority.cg_m, length(lean))
    held = to_body(nav.q_enu_b, times(restoring, outer(now.against, nose)))
    held = (0.0, held[1], held[2])  # the air turns no stage about its axis
    thrust_n = state.work[:n]
    feed = times(-1.0, offset_moment(load.stage, thrust_n))
    quickness = load.gains.final_quickness if state.clock[1] == LAST else 1.0
    turning = to_body(nav.q_enu_b, (state.guide[14], state.guide[15], state.guide[16]))
    moment = wanted_moment(load, authority, error, minus(nav.omega_b_radps, turning), feed, quickness)
    if state.clock[1] == SAFE:
        moment, held = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    side = to_body(nav.q_enu_b, (state.guide[26], state.guide[27], state.guide[28]))
    allocate(
        load,
        authority,
        moment,
        held,
        side,
        thrust_n,
        command[wiring.gimbal : wiring.fin],
        command[wiring.fin : wiring.thruster],
        command[wiring.thruster : wiring.leg],
    )


@kernel
def body_point(stage: Stage, nav: Nav, x_m: float) -> tuple[Vec, Vec]:
    """Position and velocity of a point on the axis, `x_m` over the gimbal plane."""
    arm = minus((x_m, 0.0, 0.0), stage.imu_m)
    swing = to_frame(nav.q_enu_b, outer(nav.omega_b_radps, arm))
    return plus(nav.pos_enu_m, to_frame(nav.q_enu_b, arm)), plus(nav.vel_enu_mps, swing)


@kernel
def locate(stage: Stage, nav: Nav, mass_kg: float, cg_m: float, lateral_kgm2: float) -> Place:
    """Centres of gravity and of percussion from navigation."""
    pos, vel = body_point(stage, nav, cg_m)
    still_pos, still_vel = body_point(stage, nav, cg_m + lateral_kgm2 / (mass_kg * cg_m))
    return Place(pos, vel, still_pos, still_vel, cg_m - stage.foot_m)


@kernel
def engines_push(load: Load, wiring: Wiring, state: State, frame: np.ndarray, cg_m: float) -> Vec:
    """What the engines push [N], body axes, as felt where the fins' push cancels: with the turn that they cause there.

    From `work` and the measured gimbal angles.
    """
    stage, at = load.stage, wiring.level + 4
    axial, y, z = 0.0, 0.0, 0.0
    for e in range(state.engines.shape[0]):
        axial += state.guide[19] * state.work[e]
    for g in range(stage.gimbal_engine.shape[0]):
        thrust_n = state.guide[19] * state.work[int(stage.gimbal_engine[g])]
        z += thrust_n * frame[at + 2 * g]
        y += thrust_n * frame[at + 2 * g + 1]
    offset = offset_moment(stage, state.work[: state.engines.shape[0]])
    arm = stage.fin_position_m - cg_m
    return (axial, y + (cg_m * y - offset[2]) / arm, z + (cg_m * z + offset[1]) / arm)


@kernel
def feel(load: Load, wiring: Wiring, state: State, frame: np.ndarray, nav: Nav, now: Situation, cg_m: float, lateral_kgm2: float, before_b: Vec) -> None:
    """What a frame tells of the air, in place, once the turn rate before is known."""
    sink(state.air, -now.vel_enu_mps[2] * load.frame_s)
    if state.clock[0] < 2 or state.clock[1] == SAFE:
        return
    still = still_point_m(load.stage.fin_position_m, now.mass_kg, cg_m, lateral_kgm2)
    arm = minus((still, 0.0, 0.0), load.stage.imu_m)
    force = to_frame(nav.q_enu_b, force_at(nav.force_b_mps2, arm, nav.omega_b_radps, before_b, load.frame_s))
    # against the motion through the air as forecast: the filter adds its own wind error
    plain = unit(minus(times(now.speed_mps, now.against), wind_error(state.air)))
    lean = minus(to_frame(nav.q_enu_b, (1.0, 0.0, 0.0)), plain)
    lean = minus(lean, times(inner(lean, plain), plain))
    push = to_frame(nav.q_enu_b, engines_push(load, wiring, state, frame, cg_m))
    learn(load, state.air, now.mass_kg, cg_m, now.q_pa, now.speed_mps, now.drag_n, lean, plain, force, push)
    nose = to_frame(nav.q_enu_b, (1.0, 0.0, 0.0))
    blown = ZERO
    if state.clock[1] == BURN:
        blown = minus(minus(force, times(1.0 / now.mass_kg, push)), calm_air(load, now, cg_m, nose))
    elif state.clock[1] == LAST:
        arm = minus((cg_m + lateral_kgm2 / (now.mass_kg * cg_m), 0.0, 0.0), load.stage.imu_m)
        force = to_frame(nav.q_enu_b, force_at(nav.force_b_mps2, arm, nav.omega_b_radps, before_b, load.frame_s))
        blown = minus(force, times(state.guide[19] * now.thrust_n / now.mass_kg, nose))
    keep = math.exp(-load.frame_s / BLOW_S)
    for i in range(2):
        state.guide[29 + i] = keep * state.guide[29 + i] + (1.0 - keep) * blown[i]


@kernel
def step_frame(
    load_record: np.ndarray,
    wiring_record: np.ndarray,
    state_record: np.ndarray,
    frame: np.ndarray,
    command: np.ndarray,
) -> None:
    """One frame: sensor row in, command row out. The records have the fields of Load, Wiring and State."""
    load, wiring, state = load_record[0], wiring_record[0], state_record[0]
    before = (state.nav[16], state.nav[17], state.nav[18])
    nav = navigate(load, wiring, state, frame)
    mass, cg, lateral = weigh(load, wiring, state, frame)
    stage = load.stage
    place = locate(stage, nav, mass, cg, lateral)
    calm = assess(load, place, mass, 0.0, alive(state), state.air)
    total = pushing(load, wiring, state, frame, calm.pressure_pa, state.work)
    now = assess(load, place, mass, total, alive(state), state.air)
    inertia = (stage.dry_inertia_kgm2[0], lateral, lateral)
    authority = Authority(total, now.q_pa, now.fin_n_prad, cg, inertia)
    feel(load, wiring, state, frame, nav, now, cg, lateral, before)
    state.guide[19] = learn_thrust(load, now, nav.force_b_mps2[0], state.guide[19])
    decide(load, wiring, state, frame, now, cg)
    act(load, wiring, state, nav, now, authority, command)
    foot_pos, foot_vel = body_point(stage, nav, stage.foot_m)
    for i in range(3):
        state.foot[i], state.foot[3 + i] = foot_pos[i], foot_vel[i]
    state.clock[0] += 1
