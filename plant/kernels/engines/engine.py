"""A throttled, restartable rocket engine: dead time, S-curve rise, lagged throttle, tail-off, thrust in ambient air.

The one state that matters is the level, chamber pressure as a fraction of nominal. Vacuum thrust is proportional to
it; ambient pressure takes away its share on the exit area (Sutton, Rocket Propulsion Elements, eq. 2-13); specific
impulse falls a little with the level. Transients: smoothstep rise after a dead time; a command off closes the valves
after a delay, then the pressure decays exponentially.
"""

import math
from typing import Annotated, NamedTuple

from pydantic import Field

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.actuators import clip, follow
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2

OFF, STARTING, RISING, RUNNING, SHUTTING_DOWN, FAILED = 0, 1, 2, 3, 4, 5
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class EngineParams(NamedTuple):
    """One engine type. Levels and throttles are fractions of nominal chamber pressure."""

    vacuum_thrust_n: Positive
    exit_area_m2: NotNegative
    vacuum_isp_s: Positive
    isp_loss_per_level: NotNegative
    mixture_ratio: Positive
    throttle_floor: Annotated[float, Field(gt=0, le=1)]
    throttle_ceiling: Annotated[float, Field(ge=1, le=1.3)]
    throttle_lag_s: Positive
    throttle_rate_ps: Positive
    dead_time_s: NotNegative
    rise_time_s: Positive
    shut_delay_s: NotNegative
    tail_off_s: Positive
    chamber_pressure_pa: Positive


class EngineScatter(NamedTuple):
    """What makes this engine differ from its type: factors on thrust, impulse, rise; added dead times and delays."""

    thrust: float
    isp: float
    dead_time_s: float
    shut_delay_s: float = 0.0
    rise: float = 1.0


class EngineState(NamedTuple):
    """Where an engine is in its life; `starts`: how often it can still be started; `closing_s`: since told off."""

    phase: int
    timer_s: float
    level: float
    starts: float
    closing_s: float = 0.0


@kernel
def smoothstep(x: float) -> float:
    """0 to 1 with flat ends."""
    return x * x * (3.0 - 2.0 * x)


@kernel
def rise(rise_time_s: float, time_s: float) -> float:
    """Share of the rise that is done this long after the dead time."""
    return smoothstep(min(time_s / rise_time_s, 1.0))


@kernel
def fed_engine(
    params: EngineParams, scatter: EngineScatter, state: EngineState, throttle_cmd: float, dt_s: float
) -> EngineState:
    """Starting, rising or running with propellant at the inlet and the command to burn."""
    target = clip(throttle_cmd, params.throttle_floor, params.throttle_ceiling)
    phase, timer, level, starts, _ = state
    timer += dt_s
    before = state.timer_s
    rise_time_s = params.rise_time_s * scatter.rise
    if phase == STARTING and timer >= params.dead_time_s + scatter.dead_time_s:
        phase, timer, before = RISING, timer - params.dead_time_s - scatter.dead_time_s, 0.0
    if phase == RISING:
        # by increments, so that a throttle command during the rise bends the curve instead of making the level jump
        level = min(level + target * (rise(rise_time_s, timer) - rise(rise_time_s, before)), params.throttle_ceiling)
        if timer >= rise_time_s:
            phase = RUNNING
    elif phase == RUNNING:
        level = follow(level, target, params.throttle_lag_s, params.throttle_rate_ps, dt_s)
    return EngineState(phase, timer, level, starts, state.closing_s)


@kernel
def close(params: EngineParams, scatter: EngineScatter, state: EngineState, dt_s: float) -> EngineState:
    """Told off while starting or burning: burns on as it is until the valves close; a start given up ends at once."""
    closing = state.closing_s + dt_s
    over_s = closing - params.shut_delay_s - scatter.shut_delay_s  # into this tick, so that its length does not matter
    if state.phase == STARTING or over_s > 0.0:
        level = state.level * math.exp(-min(max(over_s, 0.0), dt_s) / params.tail_off_s)
        return EngineState(SHUTTING_DOWN, state.timer_s, level, state.starts, 0.0)
    return fed_engine(
        params,
        scatter,
        EngineState(state.phase, state.timer_s, state.level, state.starts, closing),
        state.level,
        dt_s,
    )


@kernel
def step_engine(
    params: EngineParams,
    scatter: EngineScatter,
    state: EngineState,
    on_cmd: bool,
    throttle_cmd: float,
    healthy: bool,
    dt_s: float,
) -> EngineState:
    """Advance one engine by a tick with the command held; `healthy` false (failed or starved) ends it for good."""
    phase, timer, level, starts, _ = state
    if not healthy and phase != OFF and phase != FAILED:
        phase = FAILED
    if phase == FAILED:
        return EngineState(FAILED, timer, level * math.exp(-dt_s / params.tail_off_s), starts, 0.0)
    if phase == SHUTTING_DOWN:
        level *= math.exp(-dt_s / params.tail_off_s)
        if level > 1e-3 or on_cmd:
            return EngineState(SHUTTING_DOWN, timer, level, starts, 0.0)
        return EngineState(OFF, 0.0, 0.0, starts, 0.0)
    if phase == OFF:
        if not on_cmd or starts < 1.0:
            return state
        phase, timer, starts = STARTING, 0.0, starts - 1.0
    if not on_cmd:
        return close(params, scatter, state, dt_s)
    return fed_engine(params, scatter, EngineState(phase, timer, level, starts, 0.0), throttle_cmd, dt_s)


@kernel
def thrust(params: EngineParams, scatter: EngineScatter, level: float, ambient_pa: float) -> float:
    """Thrust [N] at a level against ambient pressure; never negative."""
    return max(0.0, scatter.thrust * level * params.vacuum_thrust_n - ambient_pa * params.exit_area_m2)


@kernel
def flow(params: EngineParams, scatter: EngineScatter, level: float) -> float:
    """Propellant flow [kg/s] at a level."""
    isp = params.vacuum_isp_s * scatter.isp * (1.0 - params.isp_loss_per_level * (1.0 - level))
    return scatter.thrust * level * params.vacuum_thrust_n / (G0_MPS2 * isp)
