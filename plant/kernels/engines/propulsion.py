"""All engines and their gimbals over one tick: states advanced, mean force, moment about the gimbal plane, flow.

An engine points its thrust along +x; gimbal angles (about body y, then z) turn it: a positive first angle pushes along
+z, a positive second along +y.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from hoverslam.plant.kernels.aero import Table
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.actuators import clip, follow
from hoverslam.plant.kernels.engines.engine import (
    FAILED,
    OFF,
    RISING,
    RUNNING,
    SHUTTING_DOWN,
    STARTING,
    EngineParams,
    EngineScatter,
    EngineState,
    Positive,
    flow,
    step_engine,
    thrust,
)
from hoverslam.plant.kernels.engines.feed import FeedParams, Inlet, Relight, fed_factor, lights, warm_line
from hoverslam.plant.kernels.faults import (
    BLOW_S,
    FROZEN,
    HARD_OVER,
    HOW,
    HOW_MUCH,
    HURTS,
    OXIDISER,
    RISE,
    SINCE,
    SLOW,
    SPIKE,
    SPIKE_S,
    STUCK,
    UNCHILLED,
    UNLIT,
    pressure_factor,
)
from hoverslam.plant.kernels.rotation import Vec, add, cross

PHASE, TIMER, LEVEL, STARTS, THRUST, FLOW = 0, 1, 2, 3, 4, 5
PRESSURE, CLOSING, WARM, WAITED, CHARGES, ATTEMPTS, LIT, GAS_TIME = 6, 7, 8, 9, 10, 11, 12, 13
# phase, timer, level, starts left, thrust, flow, chamber pressure over nominal, time since told off, kelvin above
# chilled, time waited for chill-down, igniter charges left, attempts so far, whether this one lights, time on gas
STATE_COLUMNS = 14


def _indices(values: object) -> np.ndarray:
    array = np.ascontiguousarray(values, dtype=np.int64)
    if array.ndim != 1 or len(set(array.tolist())) != array.size:
        raise ValueError("must be a list of different whole numbers")
    return array


Indices = Annotated[np.ndarray, BeforeValidator(_indices)]


class ClusterParams(NamedTuple):
    """Where the engines sit (y, z) in the gimbal plane, which can swivel.

    `starts` is how often each can be spun up, `charges` how often its igniter fires: each is used up by an attempt.
    """

    position_m: Table
    gimballed: Indices
    starts: Table
    charges: Table
    gimbal_limit_rad: Annotated[float, Field(gt=0, lt=math.pi / 6)]
    gimbal_rate_radps: Positive
    gimbal_lag_s: Positive


class ClusterScatter(NamedTuple):
    """Per-engine factors on thrust and specific impulse, added dead times [s] and shutdown delays [s]."""

    thrust: np.ndarray
    isp: np.ndarray
    dead_time_s: np.ndarray
    shut_delay_s: np.ndarray


class EngineType(NamedTuple):
    """One engine type: how it burns, how it is fed, how surely it lights."""

    burn: EngineParams
    feed: FeedParams
    relight: Relight


class Now(NamedTuple):
    """Conditions of all engines at this tick: ambient pressure, propellant at the inlets, chill-down, time."""

    ambient_pa: float
    inlet: Inlet
    tick: int
    dt_s: float


class Order(NamedTuple):
    """Command of one engine, and whether it is healthy."""

    on: bool
    throttle: float
    healthy: bool


class Push(NamedTuple):
    """Mean over the tick: force, moment about the gimbal plane on the axis, sum of thrusts, flow and its oxidiser."""

    force_b_n: Vec
    moment_b_nm: Vec
    thrust_n: float
    flow_kgps: float
    lox_kgps: float


@kernel
def thrust_vector(thrust_n: float, gimbal_y_rad: float, gimbal_z_rad: float) -> Vec:
    """Thrust in body axes of an engine swivelled by these angles."""
    cy, sy = math.cos(gimbal_y_rad), math.sin(gimbal_y_rad)
    cz, sz = math.cos(gimbal_z_rad), math.sin(gimbal_z_rad)
    return (thrust_n * cy * cz, thrust_n * sz, thrust_n * sy * cz)


@kernel
def step_gimbals(
    cluster: ClusterParams, effects: np.ndarray, gimbal_rad: np.ndarray, command: np.ndarray, dt_s: float
) -> None:
    """Move every gimbal toward its command, as far as it is sound, in place."""
    for i in range(gimbal_rad.shape[0]):
        wanted = clip(command[i], -cluster.gimbal_limit_rad, cluster.gimbal_limit_rad)
        how, rate = effects[i // 2, HOW], cluster.gimbal_rate_radps
        if how == STUCK:
            continue
        if how == HARD_OVER:
            wanted = effects[i // 2, HOW_MUCH] * cluster.gimbal_limit_rad
        elif how == SLOW:
            rate *= effects[i // 2, HOW_MUCH]
        gimbal_rad[i] = follow(gimbal_rad[i], wanted, cluster.gimbal_lag_s, rate, dt_s)


@kernel
def spiked(row: np.ndarray, effect: np.ndarray, pressure: float, rose: bool) -> float:
    """Chamber pressure with the spike of a hard start in it, from the beginning of the rise on."""
    if rose and row[PHASE] == RISING and row[TIMER] < effect[SPIKE_S]:
        return max(pressure, effect[SPIKE])
    return pressure


@kernel
def chilled(feed: FeedParams, row: np.ndarray, dt_s: float) -> bool:
    """Whether a start may go on to its dead time; counts the wait for chill-down in place."""
    if row[WARM] <= feed.chill_limit_k or row[WAITED] >= feed.chill_wait_s:
        return True
    row[WAITED] += dt_s
    return False


@kernel
def ignite(kind: EngineType, row: np.ndarray, at: Inlet, engine: int) -> None:
    """Fire the igniter, in place: one charge is used, and the success of the start is decided."""
    row[LIT] = 1.0 if row[CHARGES] >= 1.0 and lights(kind.relight, at, row[WARM], row[ATTEMPTS], engine) else 0.0
    row[CHARGES] = max(row[CHARGES] - 1.0, 0.0)
    row[ATTEMPTS] += 1.0


@kernel
def hold_start(kind: EngineType, own: EngineScatter, row: np.ndarray, unlit: bool, now: Now, engine: int) -> float:
    """Timer of a start before this tick: stopped until the line is chilled, and for good where nothing lights it."""
    timer, dead_time = row[TIMER], kind.burn.dead_time_s + own.dead_time_s
    if timer <= now.dt_s and not chilled(kind.feed, row, now.dt_s):
        return 0.0
    fires = max(dead_time - kind.feed.igniter_s, 2.0 * now.dt_s)
    if timer < fires <= timer + now.dt_s:
        ignite(kind, row, now.inlet, engine)
    if unlit or row[LIT] < 0.5:
        return min(timer, dead_time - 2.0 * now.dt_s)
    return timer


@kernel
def draws_gas(feed: FeedParams, row: np.ndarray, gas: float, dt_s: float) -> bool:
    """Whether a burning engine has drawn gas for too long; counts in place."""
    burning = row[PHASE] == RISING or row[PHASE] == RUNNING
    row[GAS_TIME] = row[GAS_TIME] + gas * dt_s if burning and gas > 0.0 else 0.0
    return bool(row[GAS_TIME] >= feed.gas_limit_s)


@kernel
def step_one(
    kind: EngineType, own: EngineScatter, row: np.ndarray, effect: np.ndarray, order: Order, now: Now, engine: int
) -> bool:
    """Advance an engine, in place; thrust and flow columns become means over the tick. False when it is lost now."""
    before, was, throttle = row[PRESSURE], row[PHASE], order.throttle
    if effect[FROZEN] > 0.0 and was == RUNNING:
        throttle = row[LEVEL]
    timer = hold_start(kind, own, row, effect[UNLIT] > 0.0, now, engine) if was == STARTING else row[TIMER]
    state = EngineState(int(was), timer, row[LEVEL], row[STARTS], row[CLOSING])
    state = step_engine(kind.burn, own, state, order.on, throttle, order.healthy, now.dt_s)
    row[PHASE], row[TIMER], row[LEVEL], row[STARTS], row[CLOSING] = state
    if was == OFF and state.phase == STARTING:
        row[WAITED], row[LIT] = 0.0, 1.0
    if was == STARTING and state.phase == SHUTTING_DOWN and effect[UNLIT] > 0.0:
        effect[UNLIT] -= 1.0
    row[PRESSURE] = state.level * pressure_factor(effect, now.tick, now.dt_s)
    if state.level > 0.0:
        row[PRESSURE] *= fed_factor(kind.feed, now.inlet, row[WARM], now.tick, now.dt_s)
    if effect[SPIKE] > 0.0:
        row[PRESSURE] = spiked(row, effect, row[PRESSURE], state.phase == RISING)
    mean = 0.5 * (before + row[PRESSURE])
    row[THRUST], row[FLOW] = thrust(kind.burn, own, mean, now.ambient_pa), flow(kind.burn, own, mean)
    if draws_gas(kind.feed, row, now.inlet.gas, now.dt_s):
        return False
    return not (effect[BLOW_S] > 0.0 and (now.tick - effect[SINCE]) * now.dt_s >= effect[BLOW_S])


@kernel
def step_cluster(
    kind: EngineType,
    cluster: ClusterParams,
    scatter: ClusterScatter,
    effects: np.ndarray,
    engines: np.ndarray,
    gimbal_rad: np.ndarray,
    command: np.ndarray,
    healthy: np.ndarray,
    now: Now,
) -> Push:
    """Advance all engines by a tick, in place; `command` starts with the on flags, then the throttles."""
    n = engines.shape[0]
    for i in range(n):
        row = engines[i]
        dry = now.inlet.gas > 0.0 or effects[i, UNCHILLED] > 0.0
        if (dry or row[WARM] > 0.0) and row[PHASE] != FAILED and (row[STARTS] > 0.0 or row[PHASE] != OFF):
            row[WARM] = warm_line(kind.feed, row[WARM], not dry or row[PHASE] == RUNNING, now.dt_s)
        if row[PHASE] == OFF and command[i] < 0.5:
            row[THRUST], row[FLOW], row[PRESSURE] = 0.0, 0.0, 0.0
            continue
        own = EngineScatter(
            scatter.thrust[i], scatter.isp[i], scatter.dead_time_s[i], scatter.shut_delay_s[i], effects[i, RISE]
        )
        order = Order(command[i] >= 0.5, command[n + i], healthy[i] > 0.5)
        if not step_one(kind, own, row, effects[i], order, now, i):
            healthy[i] = 0.0
        hurt = int(effects[i, HURTS])
        if effects[i, SPIKE] > 0.0 and 0 <= hurt < n and row[PHASE] == RISING:
            healthy[hurt] = 0.0
    return sum_cluster(kind.burn.mixture_ratio, cluster, effects, engines, gimbal_rad)


@kernel
def sum_cluster(
    mixture_ratio: float, cluster: ClusterParams, effects: np.ndarray, engines: np.ndarray, gimbal_rad: np.ndarray
) -> Push:
    """Force, moment, thrust and flow of all engines as they stand."""
    force, moment, total, drawn, lox = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.0, 0.0
    for i in range(engines.shape[0]):
        if engines[i, THRUST] <= 0.0 and engines[i, FLOW] <= 0.0:
            continue
        y_rad, z_rad = 0.0, 0.0
        for g in range(gimbal_rad.shape[0] // 2):
            if cluster.gimballed[g] == i:
                y_rad, z_rad = gimbal_rad[2 * g], gimbal_rad[2 * g + 1]
        push = thrust_vector(engines[i, THRUST], y_rad, z_rad)
        force = add(force, push)
        moment = add(moment, cross((0.0, cluster.position_m[i, 0], cluster.position_m[i, 1]), push))
        total += engines[i, THRUST]
        drawn += engines[i, FLOW]
        ratio = mixture_ratio * effects[i, OXIDISER]
        lox += engines[i, FLOW] * ratio / (1.0 + ratio)
    return Push(force, moment, total, drawn, lox)


@kernel
def first_start(engines: np.ndarray) -> bool:
    """Whether any engine is in its dead time or beyond."""
    for i in range(engines.shape[0]):
        if engines[i, PHASE] >= STARTING:
            return True
    return False
