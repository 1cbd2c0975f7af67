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
    STARTING,
    EngineParams,
    EngineScatter,
    EngineState,
    Positive,
    flow,
    step_engine,
    thrust,
)
from plant.kernels.rotation import Vec, add, cross

STATE_COLUMNS = 6  # phase, timer, level, starts left, thrust, flow


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
    """Mean over the tick: force, moment about the gimbal plane on the axis, sum of thrusts, propellant flow."""

    force_b_n: Vec
    moment_b_nm: Vec
    thrust_n: float
    flow_kgps: float


@kernel
def thrust_vector(thrust_n: float, gimbal_y_rad: float, gimbal_z_rad: float) -> Vec:
    """Thrust in body axes of an engine swivelled by these angles."""
    cy, sy = math.cos(gimbal_y_rad), math.sin(gimbal_y_rad)
    cz, sz = math.cos(gimbal_z_rad), math.sin(gimbal_z_rad)
    return (thrust_n * cy * cz, thrust_n * sz, thrust_n * sy * cz)


@kernel
def step_gimbals(cluster: ClusterParams, gimbal_rad: np.ndarray, command: np.ndarray, dt_s: float) -> None:
    """Move every gimbal toward its command, in place."""
    for i in range(gimbal_rad.shape[0]):
        wanted = clip(command[i], -cluster.gimbal_limit_rad, cluster.gimbal_limit_rad)
        gimbal_rad[i] = follow(gimbal_rad[i], wanted, cluster.gimbal_lag_s, cluster.gimbal_rate_radps, dt_s)


@kernel
def step_one(
    params: EngineParams,
    scatter: ClusterScatter,
    row: np.ndarray,
    i: int,
    on_cmd: bool,
    throttle_cmd: float,
    healthy: bool,
    ambient_pa: float,
    dt_s: float,
) -> None:
    """Advance engine i, in place; thrust and flow columns become means over the tick."""
    own = EngineScatter(scatter.thrust[i], scatter.isp[i], scatter.dead_time_s[i])
    before = row[2]
    state = EngineState(int(row[0]), row[1], row[2], row[3])
    state = step_engine(params, own, state, on_cmd, throttle_cmd, healthy, dt_s)
    mean = 0.5 * (before + state.level)
    row[0], row[1], row[2], row[3] = state
    row[4], row[5] = thrust(params, own, mean, ambient_pa), flow(params, own, mean)


@kernel
def step_cluster(
    params: EngineParams,
    cluster: ClusterParams,
    scatter: ClusterScatter,
    engines: np.ndarray,
    gimbal_rad: np.ndarray,
    command: np.ndarray,
    healthy: np.ndarray,
    ambient_pa: float,
    dt_s: float,
) -> Push:
    """Advance all engines by a tick, in place; `command` starts with the on flags, then the throttles."""
    n = engines.shape[0]
    for i in range(n):
        quiet = engines[i, 0] == OFF and command[i] < 0.5
        if not quiet:
            on = command[i] >= 0.5
            step_one(params, scatter, engines[i], i, on, command[n + i], healthy[i] > 0.5, ambient_pa, dt_s)
        else:
            engines[i, 4] = 0.0
            engines[i, 5] = 0.0
    return sum_cluster(cluster, engines, gimbal_rad)


@kernel
def sum_cluster(cluster: ClusterParams, engines: np.ndarray, gimbal_rad: np.ndarray) -> Push:
    """Force, moment, thrust and flow of all engines as they stand."""
    force, moment, total, drawn = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.0
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
    return Push(force, moment, total, drawn)


@kernel
def first_start(engines: np.ndarray) -> bool:
    """Whether any engine is in its dead time or beyond."""
    for i in range(engines.shape[0]):
        if engines[i, 0] >= STARTING:
            return True
    return False
