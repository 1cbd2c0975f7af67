"""All engines and their gimbals over one tick: states advanced, mean force, moment about the gimbal plane, flow.

An engine points its thrust along +x; gimbal angles (about body y, then z) turn it: a positive first angle pushes along
+z, a positive second along +y.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from plant.kernels.actuators import clip, follow
from plant.kernels.aero import Table
from plant.kernels.compiled import kernel
from plant.kernels.engine import (
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
from plant.kernels.faults import (
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
    UNLIT,
    pressure_factor,
)
from plant.kernels.rotation import Vec, add, cross

PRESSURE = 6
STATE_COLUMNS = 7  # phase, timer, level, starts left, thrust, flow, chamber pressure over nominal


def _indices(values: object) -> np.ndarray:
    array = np.ascontiguousarray(values, dtype=np.int64)
    if array.ndim != 1 or len(set(array.tolist())) != array.size:
        raise ValueError("must be a list of different whole numbers")
    return array


Indices = Annotated[np.ndarray, BeforeValidator(_indices)]


class ClusterParams(NamedTuple):
    """Where the engines sit (y, z) in the gimbal plane, which can swivel, how often each can be lit."""

    position_m: Table
    gimballed: Indices
    starts: Table
    gimbal_limit_rad: Annotated[float, Field(gt=0, lt=math.pi / 6)]
    gimbal_rate_radps: Positive
    gimbal_lag_s: Positive


class ClusterScatter(NamedTuple):
    """Per-engine factors on thrust and specific impulse, and added dead times [s]."""

    thrust: np.ndarray
    isp: np.ndarray
    dead_time_s: np.ndarray


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
    if rose and row[0] == RISING and row[1] < effect[SPIKE_S]:
        return max(pressure, effect[SPIKE])
    return pressure


@kernel
def step_one(
    params: EngineParams,
    own: EngineScatter,
    row: np.ndarray,
    effect: np.ndarray,
    on_cmd: bool,
    throttle_cmd: float,
    healthy: bool,
    ambient_pa: float,
    tick: int,
    dt_s: float,
) -> bool:
    """Advance an engine, in place; thrust and flow columns become means over the tick. False when it is lost now."""
    before, was = row[PRESSURE], row[0]
    if effect[FROZEN] > 0.0 and was == RUNNING:
        throttle_cmd = row[2]
    state = EngineState(int(row[0]), row[1], row[2], row[3])
    if was == STARTING and effect[UNLIT] > 0.0:  # nothing lights it: the dead time never ends
        state = EngineState(
            STARTING, min(state.timer_s, params.dead_time_s + own.dead_time_s - 2.0 * dt_s), 0.0, row[3]
        )
    state = step_engine(params, own, state, on_cmd, throttle_cmd, healthy, dt_s)
    row[0], row[1], row[2], row[3] = state
    if was == STARTING and state.phase == SHUTTING_DOWN and effect[UNLIT] > 0.0:
        effect[UNLIT] -= 1.0
    row[PRESSURE] = state.level * pressure_factor(effect, tick, dt_s)
    if effect[SPIKE] > 0.0:
        row[PRESSURE] = spiked(row, effect, row[PRESSURE], state.phase == RISING)
    mean = 0.5 * (before + row[PRESSURE])
    row[4], row[5] = thrust(params, own, mean, ambient_pa), flow(params, own, mean)
    return not (effect[BLOW_S] > 0.0 and (tick - effect[SINCE]) * dt_s >= effect[BLOW_S])


@kernel
def step_cluster(
    params: EngineParams,
    cluster: ClusterParams,
    scatter: ClusterScatter,
    effects: np.ndarray,
    engines: np.ndarray,
    gimbal_rad: np.ndarray,
    command: np.ndarray,
    healthy: np.ndarray,
    ambient_pa: float,
    tick: int,
    dt_s: float,
) -> Push:
    """Advance all engines by a tick, in place; `command` starts with the on flags, then the throttles."""
    n = engines.shape[0]
    for i in range(n):
        quiet = engines[i, 0] == OFF and command[i] < 0.5
        if quiet:
            engines[i, 4], engines[i, 5], engines[i, PRESSURE] = 0.0, 0.0, 0.0
            continue
        own = EngineScatter(scatter.thrust[i], scatter.isp[i], scatter.dead_time_s[i], effects[i, RISE])
        sound, on = healthy[i] > 0.5, command[i] >= 0.5
        kept = step_one(params, own, engines[i], effects[i], on, command[n + i], sound, ambient_pa, tick, dt_s)
        if not kept:
            healthy[i] = 0.0
        hurt = int(effects[i, HURTS])
        if effects[i, SPIKE] > 0.0 and 0 <= hurt < n and engines[i, 0] == RISING:
            healthy[hurt] = 0.0
    return sum_cluster(params.mixture_ratio, cluster, effects, engines, gimbal_rad)


@kernel
def sum_cluster(
    mixture_ratio: float, cluster: ClusterParams, effects: np.ndarray, engines: np.ndarray, gimbal_rad: np.ndarray
) -> Push:
    """Force, moment, thrust and flow of all engines as they stand."""
    force, moment, total, drawn, lox = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.0, 0.0
    for i in range(engines.shape[0]):
        if engines[i, 4] <= 0.0 and engines[i, 5] <= 0.0:
            continue
        y_rad, z_rad = 0.0, 0.0
        for g in range(gimbal_rad.shape[0] // 2):
            if cluster.gimballed[g] == i:
                y_rad, z_rad = gimbal_rad[2 * g], gimbal_rad[2 * g + 1]
        push = thrust_vector(engines[i, 4], y_rad, z_rad)
        force = add(force, push)
        moment = add(moment, cross((0.0, cluster.position_m[i, 0], cluster.position_m[i, 1]), push))
        total += engines[i, 4]
        drawn += engines[i, 5]
        ratio = mixture_ratio * effects[i, OXIDISER]
        lox += engines[i, 5] * ratio / (1.0 + ratio)
    return Push(force, moment, total, drawn, lox)


@kernel
def first_start(engines: np.ndarray) -> bool:
    """Whether any engine is in its dead time or beyond."""
    for i in range(engines.shape[0]):
        if engines[i, 0] >= STARTING:
            return True
    return False
