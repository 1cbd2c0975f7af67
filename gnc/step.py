"""One frame of the flight software: navigation, guidance, attitude control, allocation. Read this file as its contents.

`frame` in, `command` out: flat rows whose order is fixed in `gnc.layout`. The state is a record of arrays, written
in place; what does so says so, and all else is pure.
"""

import math

import numpy as np

from hoverslam.gnc.air_data import sink
from hoverslam.gnc.air_sensing import Balance, feel
from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.control import Authority, allocate, attitude_error, offset_moment, perpendicular, wanted_moment
from hoverslam.gnc.fdir import alive, burning_level, engines_push, mend, pushing
from hoverslam.gnc.guidance import Place, Situation, assess, learn_thrust, lift_slope, limited_nose
from hoverslam.gnc.load import Load, Stage
from hoverslam.gnc.model import balance, flow
from hoverslam.gnc.modes import decide, steered_nose
from hoverslam.gnc.navigation import HISTORY, Nav, antenna, predict_covariance, propagate, use_gnss, use_radar
from hoverslam.gnc.notch import SIDE, unbent, without_bending
from hoverslam.gnc.rotation import Quat, Vec, length, minus, outer, plus, times, to_body, to_frame
from hoverslam.gnc.state import COMMANDED, FRAME, LAST, MODE, ON, PREDICTED, SAFE, State, Wiring, read_nav, write_nav

COVARIANCE_FRAMES = 5
RADAR_FRAMES = 2
TURN_SMOOTHING_S = 0.15  # tuned: passes the turns of the regulator, not the steps of a new aim


@kernel
def navigate(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> Nav:
    """Inertial step, covariance, and whatever fix or echo has come, in place."""
    nav = read_nav(state.nav)
    now = state.clock[FRAME]
    if now > 0:
        v, a = wiring.dvel, wiring.dangle
        nav = propagate(load, nav, (frame[v], frame[v + 1], frame[v + 2]), (frame[a], frame[a + 1], frame[a + 2]))
    pos, vel = antenna(load.stage, nav)
    slot = now % HISTORY
    for i in range(3):
        state.past[slot, i], state.past[slot, 3 + i] = pos[i], vel[i]
    fixed, echoed = frame[wiring.gnss] > 0.5, frame[wiring.radar] > 0.5 and now % RADAR_FRAMES == 0
    due = now - state.clock[PREDICTED]
    if due >= COVARIANCE_FRAMES or (fixed and due > 0):
        predict_covariance(load, nav, state.cov, due * load.frame_s)
        state.clock[PREDICTED] = now
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
    for e in range(state.fitted[0]):
        burnt += flow(stage, burning_level(load, wiring, frame, e))
    seen = (
        frame[wiring.lox_level] * stage.tank_area_m2 * stage.lox_density_kgpm3,
        frame[wiring.lch4_level] * stage.tank_area_m2 * stage.lch4_density_kgpm3,
    )
    trust = 1.0 if state.clock[FRAME] == 0 else load.frame_s / 2.0
    oxidiser = stage.mixture_ratio / (1.0 + stage.mixture_ratio)
    share = (oxidiser, 1.0 - oxidiser)
    for i in range(2):
        carried = state.tanks[i] - share[i] * burnt * load.frame_s
        off = 0.0 if math.isnan(seen[i]) else seen[i] - carried
        state.tanks[i] = max(carried + trust * off, 0.0)
    return balance(stage, state.tanks[0], state.tanks[1])


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
def point(load: Load, state: State, now: Situation, cg_m: float, q_enu_b: Quat) -> Vec:
    """Nose direction and its turn rate, in place: the regulator's, or a lean from the direction against the motion."""
    steered, wanted = steered_nose(load, state, now, cg_m, q_enu_b)
    if not steered:
        wanted = plus(now.against, (state.lean[0], state.lean[1], state.lean[2]))
    previous = (state.nose[0], state.nose[1], state.nose[2])
    slew = load.gains.nose_rate_radps if steered else load.gains.glide_rate_radps
    nose = limited_nose(previous, wanted, slew * load.frame_s)
    turn = times(1.0 / load.frame_s, outer(previous, nose))
    keep = math.exp(-load.frame_s / TURN_SMOOTHING_S)
    for i in range(3):
        state.nose[i] = nose[i]
        state.turn_radps[i] = keep * state.turn_radps[i] + (1.0 - keep) * turn[i]
    return nose


@kernel
def act(
    load: Load, wiring: Wiring, state: State, nav: Nav, now: Situation, authority: Authority, command: np.ndarray
) -> None:
    """Attitude loop and allocation into the command row, in place."""
    n = state.fitted[0]
    for e in range(n):
        command[wiring.engines + e] = state.engines[e, ON]
        command[wiring.throttle + e] = min(
            max(state.throttle[COMMANDED], load.stage.throttle_floor), load.stage.throttle_ceiling
        )
    command[wiring.leg] = state.legs[0]
    nose = point(load, state, now, authority.cg_m, nav.q_enu_b)
    azimuth = load.start.azimuth_rad
    right = perpendicular((math.cos(azimuth), -math.sin(azimuth), 0.0), nose)
    error = attitude_error(nav.q_enu_b, nose, right)
    state.off_rad[0] = math.sqrt(error[1] * error[1] + error[2] * error[2])
    lean = minus(nose, now.against)
    _, restoring = lift_slope(load, now, authority.cg_m, length(lean))
    held = to_body(nav.q_enu_b, times(restoring, outer(now.against, nose)))
    held = (0.0, held[1], held[2])  # the air turns no stage about its axis
    thrust_n = state.work[:n]
    feed = times(-1.0, offset_moment(load.stage, thrust_n))
    quickness = load.gains.final_quickness if state.clock[MODE] == LAST else 1.0
    turning = to_body(nav.q_enu_b, (state.turn_radps[0], state.turn_radps[1], state.turn_radps[2]))
    moment = wanted_moment(load, authority, error, minus(nav.omega_b_radps, turning), feed, quickness)
    if state.clock[MODE] == SAFE:
        moment, held = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    side = to_body(nav.q_enu_b, (state.side_n[0], state.side_n[1], state.side_n[2]))
    allocate(
        load,
        authority,
        moment,
        held,
        without_bending(load, state.notch[SIDE], side, now.mass_kg),
        thrust_n,
        command[wiring.gimbal : wiring.fin],
        command[wiring.fin : wiring.thruster],
        command[wiring.thruster : wiring.leg],
    )


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
    mend(load, wiring, state, frame)
    nav = navigate(load, wiring, state, frame)
    mass, cg, lateral = weigh(load, wiring, state, frame)
    before = (state.rates[0], state.rates[1], state.rates[2])
    nav = unbent(load, state, nav, mass)
    stage = load.stage
    place = locate(stage, nav, mass, cg, lateral)
    calm = assess(load, place, mass, 0.0, alive(state), state.air)
    total = pushing(load, wiring, state, frame, calm.pressure_pa, state.work)
    now = assess(load, place, mass, total, alive(state), state.air)
    inertia = (stage.dry_inertia_kgm2[0], lateral, lateral)
    authority = Authority(total, now.q_pa, now.fin_n_prad, cg, inertia)
    sink(state.air, -now.vel_enu_mps[2] * load.frame_s)
    if state.clock[FRAME] > 1:  # a turn acceleration takes two frames
        push_b = engines_push(load, wiring, state, frame, cg)
        feel(load, state, nav, now, Balance(mass, cg, lateral), push_b, before)
    state.thrust_factor[0] = learn_thrust(load, now, nav.force_b_mps2[0], state.thrust_factor[0])
    decide(load, wiring, state, frame, now, cg)
    act(load, wiring, state, nav, now, authority, command)
    foot_pos, foot_vel = body_point(stage, nav, stage.foot_m)
    for i in range(3):
        state.foot[i], state.foot[3 + i] = foot_pos[i], foot_vel[i]
    state.clock[FRAME] += 1
