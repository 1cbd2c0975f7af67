"""Engines: which burn, thrust of each, detection of failures, and start of spares."""

import math

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.control import offset_moment
from hoverslam.gnc.load import Load
from hoverslam.gnc.model import thrust
from hoverslam.gnc.prediction import count
from hoverslam.gnc.rotation import Vec
from hoverslam.gnc.state import (
    BURN,
    COMMANDED,
    EVENT_FAILED,
    EVENT_SPARE,
    FAILED,
    FRAME,
    LOW_S,
    MODE,
    NEEDED,
    ON,
    RESPONSE,
    STARTED,
    TRIES,
    State,
    Wiring,
    note,
)

ENGINE_FAILED = 5  # `engine_state` on the wire
START_GRACE_S = 0.3  # chosen: beyond the slowest start that the load allows for
FOLLOWING_S = 0.3  # chosen: throttle lag and command delay
RESPONSE_MEMORY_S = 0.5  # tuned: over a swing of an engine that draws gas
LEAST_RESPONSE = 0.3  # chosen: what gives less is failing or read wrongly
ATTEMPTS = 2  # of the engine that lands the stage: nothing else can
PAUSE_S = 0.05  # chosen: off, so that the engine's controller begins anew
RING_M = 1.0  # chosen: a push further off the axis is worth another engine
BURNS_SHARE = 0.3  # chosen: of full chamber pressure; an engine that has risen
SHORT_S = 0.25  # tuned: over a few solutions of the burn
GAUGE_SHARE = 0.02  # chosen: four sigma of an offset of 0.5 % of full chamber pressure
LIT_SHARE = 0.05  # chosen: of full chamber pressure; an igniter alone gives less


@kernel
def mend(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> None:
    """Replace NaN from a failed unit, in place: as if it had not reported, or with the commanded value.

    Not for the inertial unit: without it navigation is impossible.
    """
    stage = load.stage
    for i in range(2, 8):
        if math.isnan(frame[wiring.gnss + i]):
            frame[wiring.gnss] = 0.0
    if math.isnan(frame[wiring.radar + 1]):
        frame[wiring.radar] = 0.0
    for e in range(state.fitted[0]):
        if math.isnan(frame[wiring.pressure + e]):
            age = (state.clock[FRAME] - state.engines[e, STARTED]) * load.frame_s
            burns = state.engines[e, ON] > 0.5 and age > stage.dead_time_s + 0.5 * stage.rise_time_s
            frame[wiring.pressure + e] = state.throttle[COMMANDED] * stage.chamber_pressure_pa if burns else 0.0
    for i in range(wiring.angles, wiring.contact):
        if math.isnan(frame[i]):
            frame[i] = 0.0


@kernel
def burning_level(load: Load, wiring: Wiring, frame: np.ndarray, e: int) -> float:
    """Level of an engine by its chamber pressure; below what a gauge may be off by, none."""
    level = frame[wiring.pressure + e] / load.stage.chamber_pressure_pa
    return level if level > GAUGE_SHARE else 0.0


@kernel
def pushing(load: Load, wiring: Wiring, state: State, frame: np.ndarray, pressure_pa: float, out: np.ndarray) -> float:
    """Thrust of each engine from its chamber pressure, into `out`; returns the sum."""
    total = 0.0
    for e in range(state.fitted[0]):
        level = burning_level(load, wiring, frame, e)
        out[e] = thrust(load.stage, level, pressure_pa) if level > 0.0 else 0.0
        total += out[e]
    return total


@kernel
def engines_push(load: Load, wiring: Wiring, state: State, frame: np.ndarray, cg_m: float) -> Vec:
    """What the engines push [N], body axes, as felt where the fins' push cancels: with the turn that they cause there.

    From `work` and the measured gimbal angles.
    """
    stage, at = load.stage, wiring.angles
    axial, y, z = 0.0, 0.0, 0.0
    for e in range(state.fitted[0]):
        axial += state.thrust_factor[0] * state.work[e]
    for g in range((wiring.fin - wiring.gimbal) // 2):
        thrust_n = state.thrust_factor[0] * state.work[int(stage.gimbal_engine[g])]
        z += thrust_n * frame[at + 2 * g]
        y += thrust_n * frame[at + 2 * g + 1]
    offset = offset_moment(stage, state.work[: state.fitted[0]])
    arm = stage.fin_position_m - cg_m
    return (axial, y + (cg_m * y - offset[2]) / arm, z + (cg_m * z + offset[1]) / arm)


@kernel
def learn_response(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> None:
    """Level that each engine gives over the level that it is asked for, slowly, once it burns; in place.

    An engine that gives less than asked for has to be asked for more.
    """
    stage = load.stage
    command = min(max(state.throttle[COMMANDED], stage.throttle_floor), stage.throttle_ceiling)
    state.asked[0] += (1.0 - math.exp(-load.frame_s / FOLLOWING_S)) * (command - state.asked[0])
    keep = math.exp(-load.frame_s / RESPONSE_MEMORY_S)
    for e in range(state.fitted[0]):
        age = (state.clock[FRAME] - state.engines[e, STARTED]) * load.frame_s
        if state.engines[e, ON] < 0.5 or age < stage.dead_time_longest_s + stage.rise_time_s + START_GRACE_S:
            continue
        level = max(frame[wiring.pressure + e], 0.0) / stage.chamber_pressure_pa
        seen = min(max(level / state.asked[0], LEAST_RESPONSE), 1.1)
        state.engines[e, RESPONSE] = keep * state.engines[e, RESPONSE] + (1.0 - keep) * seen


@kernel
def response(state: State) -> float:
    """Mean level over command of the engines that are commanded on; one where there is none."""
    total, count = 0.0, 0.0
    for e in range(state.fitted[0]):
        if state.engines[e, ON] > 0.5 and state.engines[e, FAILED] < 0.5:
            total, count = total + state.engines[e, RESPONSE], count + 1.0
    return total / count if count > 0.5 else 1.0


@kernel
def start_engine(state: State, engine: int) -> None:
    """Command an engine on, in place."""
    state.engines[engine, ON] = 1.0
    state.engines[engine, STARTED] = state.clock[FRAME]


@kernel
def alive(state: State) -> float:
    """How many engines are commanded on and not known to have failed."""
    count = 0.0
    for e in range(state.fitted[0]):
        if state.engines[e, ON] > 0.5 and state.engines[e, FAILED] < 0.5:
            count += 1.0
    return count


@kernel
def engine_is_lost(load: Load, wiring: Wiring, state: State, frame: np.ndarray, e: int) -> bool:
    """Whether an engine that should burn does not: its controller says so, or pressure stays low; counts in place."""
    stage = load.stage
    age = (state.clock[FRAME] - state.engines[e, STARTED]) * load.frame_s
    if frame[wiring.state + e] == ENGINE_FAILED:
        return True
    share = max(frame[wiring.pressure + e], 0.0) / stage.chamber_pressure_pa
    no_start = age > stage.dead_time_longest_s + START_GRACE_S and share < LIT_SHARE
    grown = age > stage.dead_time_longest_s + stage.rise_time_s + START_GRACE_S
    low = grown and share < load.gains.fault_pressure_fraction * stage.throttle_floor
    state.engines[e, LOW_S] = state.engines[e, LOW_S] + load.frame_s if low else 0.0
    return bool(no_start or state.engines[e, LOW_S] > load.gains.fault_time_s)


@kernel
def planned(load: Load, state: State) -> float:
    """Number of engines that a plan may use: those not failed, but no more than the landing engines."""
    return min(alive(state), float(count(load.stage.landing)))


@kernel
def offset_without(load: Load, state: State, left_out: int) -> float:
    """How far off the axis the engines that are on push together, one left out [m]."""
    y, z = 0.0, 0.0
    for e in range(state.fitted[0]):
        if state.engines[e, ON] > 0.5 and e != left_out:
            y, z = y + load.stage.engine_yz_m[e, 0], z + load.stage.engine_yz_m[e, 1]
    return math.sqrt(y * y + z * z)


@kernel
def shed(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> None:
    """When more engines burn than needed, shut down the one whose removal centres the thrust best; in place."""
    if alive(state) <= count(load.stage.landing):
        return
    least, shut = 1e9, -1
    for e in range(state.fitted[0]):
        if state.engines[e, ON] < 0.5:
            continue
        if frame[wiring.pressure + e] < BURNS_SHARE * load.stage.chamber_pressure_pa:
            return
        off = offset_without(load, state, e)
        if e != load.stage.last and off < least - 1e-6:
            least, shut = off, e
    state.engines[shut, ON], state.engines[shut, FAILED] = 0.0, 1.0


@kernel
def try_again(load: Load, state: State) -> None:
    """Start the engine that lands the stage once more after a failed attempt, in place."""
    last = load.stage.last
    since_s = (state.clock[FRAME] - state.engines[last, STARTED]) * load.frame_s
    waits = state.engines[last, ON] < 0.5 and state.engines[last, FAILED] < 0.5 and state.engines[last, TRIES] > 0.5
    if waits and since_s >= PAUSE_S:
        start_engine(state, last)


@kernel
def give_up(load: Load, wiring: Wiring, state: State, frame: np.ndarray, e: int) -> None:
    """Shut down an engine that is lost, in place; the one that lands the stage may have another attempt to start."""
    unlit = frame[wiring.state + e] != ENGINE_FAILED and state.engines[e, LOW_S] == 0.0
    state.engines[e, ON] = 0.0
    state.engines[e, TRIES] += 1.0
    if e == load.stage.last and unlit and state.engines[e, TRIES] < ATTEMPTS and state.clock[MODE] == BURN:
        state.engines[e, STARTED] = state.clock[FRAME]
    else:
        state.engines[e, FAILED] = 1.0
    note(state, EVENT_FAILED, e)


@kernel
def watch_engines(load: Load, wiring: Wiring, state: State, frame: np.ndarray) -> None:
    """Shut down engines that have failed and light spares, in place.

    A second spare where the engines would push off the axis with one: when both burn, the one too many is shed.
    """
    if state.clock[MODE] == BURN:
        try_again(load, state)
        shed(load, wiring, state, frame)
    for e in range(state.fitted[0]):
        if state.engines[e, ON] < 0.5 or not engine_is_lost(load, wiring, state, frame, e):
            continue
        give_up(load, wiring, state, frame, e)
        if state.clock[MODE] != BURN:
            continue
        light_spare(load, state)
        if e != load.stage.last and offset_without(load, state, -1) > RING_M:
            light_spare(load, state)


@kernel
def light_spare(load: Load, state: State) -> None:
    """Start the first spare that is left, in place."""
    for s in range(count(load.stage.spares)):
        spare = int(load.stage.spares[s])
        if state.engines[spare, ON] < 0.5 and state.engines[spare, FAILED] < 0.5:
            start_engine(state, spare)
            note(state, EVENT_SPARE, spare)
            return


@kernel
def help_out(load: Load, state: State, age_s: float, span_s: float) -> None:
    """Light a spare if full thrust has not been sufficient to stop for some time, every `span_s`; in place.

    Not before the last engine had time to rise, and not twice for one shortage.
    """
    stage = load.stage
    risen = age_s > stage.dead_time_longest_s + stage.rise_time_s + START_GRACE_S
    short = risen and state.throttle[NEEDED] > stage.throttle_ceiling
    state.short_s[0] = state.short_s[0] + span_s if short else min(state.short_s[0], 0.0)
    if state.short_s[0] > SHORT_S:
        light_spare(load, state)
        state.short_s[0] = -stage.dead_time_longest_s - stage.rise_time_s


@kernel
def last_will_burn(load: Load, state: State) -> bool:
    """Whether the engine that is meant to land the stage burns, or may after another attempt."""
    return bool(state.engines[load.stage.last, FAILED] < 0.5)


@kernel
def last_is_good(load: Load, state: State) -> bool:
    """Whether the engine that is meant to land the stage burns."""
    last = load.stage.last
    return bool(state.engines[last, ON] > 0.5 and state.engines[last, FAILED] < 0.5)
