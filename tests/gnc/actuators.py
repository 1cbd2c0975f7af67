"""Commands of the allocation, and the forces and moments that they give: at their arms, by numpy's cross product."""

from typing import Any

import numpy as np

from hoverslam.gnc.control import Authority, allocate
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
STAGE = LOAD.stage
CG_M, INERTIA = 15.9, (2.2e5, 9.5e6, 9.5e6)
ZERO = (0.0, 0.0, 0.0)
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def burning(*engines: int) -> FloatArray:
    thrust = np.zeros(len(STAGE.engine_yz_m))
    thrust[list(engines)] = 7e5
    return thrust


def authority(thrust_n: FloatArray, q_pa: float, fin_n_prad: float) -> Authority:
    return Authority(float(thrust_n.sum()), q_pa, fin_n_prad, CG_M, INERTIA)


def asked(
    moment: tuple[float, float, float],
    thrust_n: FloatArray,
    q_pa: float = 0.0,
    fin_n_prad: float = 0.0,
    trim: tuple[float, float, float] = ZERO,
    side_n: tuple[float, float, float] = ZERO,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gimbals (n, 2), fins and valves for a moment."""
    gimbals, fins = np.zeros(2 * len(STAGE.gimbal_engine)), np.zeros(len(STAGE.fin_span_yz))
    valves = np.zeros(len(STAGE.thruster_position_m))
    now = authority(thrust_n, q_pa, fin_n_prad)
    allocate(RECORD, now, moment, trim, side_n, thrust_n, gimbals, fins, valves)
    return gimbals.reshape(-1, 2), fins, valves


def by_gimbals(gimbals: FloatArray, thrust_n: FloatArray) -> FloatArray:
    """The first angle pushes toward body z, the second toward body y, at the gimbal plane."""
    total = np.zeros(3)
    for (a, b), engine in zip(gimbals, STAGE.gimbal_engine.astype(int), strict=True):
        arm = np.array([-CG_M, *STAGE.engine_yz_m[engine]])
        total += np.cross(arm, thrust_n[engine] * np.array([0.0, b, a]))
    return total


def by_fins(fins: FloatArray, fin_n_prad: float) -> FloatArray:
    """A positive angle pushes along (0, -s, c): a quarter turn from the span, base first."""
    total = np.zeros(3)
    for angle, (c, s) in zip(fins, STAGE.fin_span_yz, strict=True):
        arm = np.array([STAGE.fin_position_m - CG_M, STAGE.fin_radius_m * c, STAGE.fin_radius_m * s])
        total += np.cross(arm, fin_n_prad * angle * np.array([0.0, -s, c]))
    return total


def gimbal_force(gimbals: FloatArray, thrust_n: FloatArray) -> FloatArray:
    swivelled = thrust_n[STAGE.gimbal_engine.astype(int)]
    return np.array([0.0, swivelled @ gimbals[:, 1], swivelled @ gimbals[:, 0]])


def fin_force(fins: FloatArray, fin_n_prad: float) -> FloatArray:
    push = fin_n_prad * fins
    return np.array([0.0, -push @ STAGE.fin_span_yz[:, 1], push @ STAGE.fin_span_yz[:, 0]])


def by_gas(valves: FloatArray) -> FloatArray:
    total = np.zeros(3)
    for is_open, place, direction in zip(valves, STAGE.thruster_position_m, STAGE.thruster_direction, strict=True):
        total += is_open * np.cross(place - np.array([CG_M, 0.0, 0.0]), STAGE.thruster_n * direction)
    return total
