"""The least propellant of a powered descent: lossless convexification, solved by Clarabel.

Thrust between two bounds is not a convex set; with the slack sigma over the norm of the thrust acceleration, and the
logarithm of mass as a state, it becomes one, and the optimum is the same (Acikmese and Ploen, Convex programming
approach to powered descent guidance for Mars landing, JGCD 30(5), 2007; with the cone of pointing, Acikmese, Carson and
Blackmore, 2013). Thrust acceleration is linear between nodes. The time of flight is found by a search around it.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import clarabel
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar

from hoverslam.harness.arrays import FloatArray

NODES = 30
ITERATIONS = 60  # of the solver; nothing depends on a clock
STATE = 11  # of a node: position 3, velocity 3, log mass, thrust acceleration 3, slack
POS, VEL, LOG_MASS, PUSH, SLACK = 0, 3, 6, 7, 10
SOLVED = {"Solved", "AlmostSolved"}


class Descent(NamedTuple):
    """A stage to land at the origin (the third axis is up), in SI units; angles in radians.

    `burn_spm` is propellant over impulse, 1 / (g0 Isp). `glide_slope_rad` is the least elevation of the stage as seen
    from the pad, `pointing_rad` the largest angle of thrust from up. `dry_kg` is the least mass at the end.
    """

    mass_kg: float
    dry_kg: float
    pos_m: tuple[float, float, float]
    vel_mps: tuple[float, float, float]
    least_thrust_n: float
    most_thrust_n: float
    burn_spm: float
    gravity_mps2: float
    glide_slope_rad: float = 0.0
    pointing_rad: float = math.pi


class Optimum(NamedTuple):
    """The best descent: propellant, time of flight, and the nodes (one row each: position, velocity, mass, thrust)."""

    propellant_kg: float
    time_s: float
    nodes: FloatArray


class _Rows:
    """Rows of a constraint A x + s = b, collected as blocks."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._blocks: list[sparse.coo_matrix] = []
        self._bounds: list[FloatArray] = []
        self.cones: list[object] = []

    def add(self, entries: list[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]], bound: FloatArray) -> None:
        """Rows whose entries are given as (row, column, value), and their right side."""
        row, column, value = (np.concatenate([np.broadcast_to(e[i], e[0].shape) for e in entries]) for i in range(3))
        self._blocks.append(sparse.coo_matrix((value, (row, column)), shape=(len(bound), self._width)))
        self._bounds.append(bound)

    def assembled(self) -> tuple[sparse.csc_matrix, FloatArray]:
        """Everything as the solver wants it."""
        return sparse.vstack(self._blocks).tocsc(), np.concatenate(self._bounds)


def _column(node: NDArray[np.intp], field: int) -> NDArray[np.intp]:
    return STATE * node + field


def _dynamics(rows: _Rows, descent: Descent, dt_s: float, outside_mps2: FloatArray, nodes: int) -> None:
    """Position, velocity and log mass from node to node; `outside` is what pulls besides thrust, at the nodes."""
    k = np.arange(nodes - 1)
    near, far = outside_mps2[:-1], outside_mps2[1:]
    for axis in range(3):
        one = np.ones(nodes - 1)
        rows.add(
            [
                (k, _column(k + 1, POS + axis), one),
                (k, _column(k, POS + axis), -one),
                (k, _column(k, VEL + axis), -dt_s * one),
                (k, _column(k, PUSH + axis), -(dt_s**2) / 3.0 * one),
                (k, _column(k + 1, PUSH + axis), -(dt_s**2) / 6.0 * one),
            ],
            dt_s**2 * (near[:, axis] / 3.0 + far[:, axis] / 6.0),
        )
        rows.add(
            [
                (k, _column(k + 1, VEL + axis), one),
                (k, _column(k, VEL + axis), -one),
                (k, _column(k, PUSH + axis), -0.5 * dt_s * one),
                (k, _column(k + 1, PUSH + axis), -0.5 * dt_s * one),
            ],
            0.5 * dt_s * (near[:, axis] + far[:, axis]),
        )
    half = 0.5 * dt_s * descent.burn_spm * np.ones(nodes - 1)
    rows.add(
        [
            (k, _column(k + 1, LOG_MASS), np.ones(nodes - 1)),
            (k, _column(k, LOG_MASS), -np.ones(nodes - 1)),
            (k, _column(k, SLACK), half),
            (k, _column(k + 1, SLACK), half),
        ],
        np.zeros(nodes - 1),
    )


def _ends(rows: _Rows, descent: Descent, nodes: int) -> int:
    """The start as given, the end at rest on the pad; returns how many equalities there are."""
    fixed = [(POS + i, descent.pos_m[i]) for i in range(3)] + [(VEL + i, descent.vel_mps[i]) for i in range(3)]
    fixed += [(LOG_MASS, math.log(descent.mass_kg))]
    columns = [field for field, _ in fixed] + [STATE * (nodes - 1) + field for field in range(6)]
    count = np.arange(len(columns))
    rows.add([(count, np.array(columns), np.ones(len(columns)))], np.array([v for _, v in fixed] + [0.0] * 6))
    return 7 * (nodes - 1) + len(columns)


def _limits(rows: _Rows, descent: Descent, dt_s: float, nodes: int) -> int:
    """Largest thrust (to first order in log mass), pointing, height; returns how many inequalities there are."""
    k = np.arange(nodes)
    expected = np.log(np.maximum(descent.mass_kg - descent.burn_spm * descent.most_thrust_n * dt_s * k, descent.dry_kg))
    most = descent.most_thrust_n * np.exp(-expected)
    one = np.ones(nodes)
    rows.add([(k, _column(k, SLACK), one), (k, _column(k, LOG_MASS), most)], most * (1.0 + expected))
    rows.add([(k, _column(k, LOG_MASS), -one)], -math.log(descent.dry_kg) * one)
    rows.add([(k, _column(k, POS + 2), -one)], 0.0 * one)
    count = 3 * nodes
    if descent.pointing_rad < math.pi:
        least_up = math.cos(descent.pointing_rad) * one
        rows.add([(k, _column(k, PUSH + 2), -one), (k, _column(k, SLACK), least_up)], 0.0 * one)
        count += nodes
    return count


def _cones(rows: _Rows, descent: Descent, dt_s: float, nodes: int) -> list[object]:
    """Thrust within its slack, the least thrust (to second order in log mass), the glide slope."""
    k = np.arange(nodes)
    one = np.ones(nodes)
    rows.add(
        [(4 * k, _column(k, SLACK), -one)] + [(4 * k + 1 + i, _column(k, PUSH + i), -one) for i in range(3)],
        np.zeros(4 * nodes),
    )
    cones = [clarabel.SecondOrderConeT(4) for _ in range(nodes)]
    expected = np.log(np.maximum(descent.mass_kg - descent.burn_spm * descent.most_thrust_n * dt_s * k, descent.dry_kg))
    least = descent.least_thrust_n * np.exp(-expected)
    # y^2 <= 2 w with y = z - z0 and w = sigma / mu - 1 + y, as |(2 y, 2 w - 1)| <= 2 w + 1
    slack, bound = 2.0 / least, np.empty(3 * nodes)
    entries = [(3 * k, _column(k, LOG_MASS), -2.0 * one), (3 * k, _column(k, SLACK), -slack)]
    entries += [(3 * k + 1, _column(k, LOG_MASS), -2.0 * one)]
    entries += [(3 * k + 2, _column(k, LOG_MASS), -2.0 * one), (3 * k + 2, _column(k, SLACK), -slack)]
    bound[0::3], bound[1::3], bound[2::3] = -1.0 - 2.0 * expected, -2.0 * expected, -3.0 - 2.0 * expected
    rows.add(entries, bound)
    cones += [clarabel.SecondOrderConeT(3) for _ in range(nodes)]
    if descent.glide_slope_rad > 0.0:
        rise = one / math.tan(descent.glide_slope_rad)
        entries = [(3 * k, _column(k, POS + 2), -rise)]
        entries += [(3 * k + 1 + i, _column(k, POS + i), -one) for i in range(2)]
        rows.add(entries, np.zeros(3 * nodes))
        cones += [clarabel.SecondOrderConeT(3) for _ in range(nodes)]
    return cones


def fixed_time(descent: Descent, time_s: float, air_mps2: FloatArray | None = None, nodes: int = NODES) -> Optimum:
    """The descent of this length that burns least; infinite propellant where there is none.

    `air_mps2` is the acceleration by the air at the nodes, none if left out.
    """
    dt_s = time_s / (nodes - 1)
    outside = np.zeros((nodes, 3)) if air_mps2 is None else np.array(air_mps2, dtype=np.float64)
    outside[:, 2] -= descent.gravity_mps2
    rows = _Rows(STATE * nodes)
    _dynamics(rows, descent, dt_s, outside, nodes)
    equal = _ends(rows, descent, nodes)
    less = _limits(rows, descent, dt_s, nodes)
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(less), *_cones(rows, descent, dt_s, nodes)]
    matrix, bound = rows.assembled()
    cost = np.zeros(STATE * nodes)
    cost[STATE * (nodes - 1) + LOG_MASS] = -1.0
    settings = clarabel.DefaultSettings()
    settings.verbose, settings.max_iter, settings.max_threads = False, ITERATIONS, 1
    empty = sparse.csc_matrix((len(cost), len(cost)))
    solution = clarabel.DefaultSolver(empty, cost, matrix, bound, cones, settings).solve()
    found = np.array(solution.x).reshape(nodes, STATE)
    if str(solution.status) not in SOLVED:
        return Optimum(math.inf, time_s, found[:, :8])
    mass = np.exp(found[:, LOG_MASS])
    nodes_out = np.column_stack([found[:, :6], mass, mass * found[:, SLACK]])
    return Optimum(descent.mass_kg - float(mass[-1]), time_s, nodes_out)


def free_time(
    descent: Descent,
    shortest_s: float,
    longest_s: float,
    air: Callable[[Optimum], FloatArray] | None = None,
    passes: int = 3,
    nodes: int = NODES,
) -> Optimum:
    """The best over times of flight in a range; with `air`, its force along the last solution is put into the next."""
    force: FloatArray | None = None
    best = Optimum(math.inf, longest_s, np.zeros((nodes, 8)))
    for _ in range(passes if air is not None else 1):
        held = force

        def burnt(time_s: float, held: FloatArray | None = held) -> float:
            found = fixed_time(descent, time_s, held, nodes).propellant_kg
            return found if math.isfinite(found) else 10.0 * descent.mass_kg - time_s  # too short, or dry

        options = {"xatol": 0.005 * longest_s, "maxiter": 12}  # the optimum is flat in time
        search = minimize_scalar(burnt, bounds=(shortest_s, longest_s), method="bounded", options=options)
        best = fixed_time(descent, float(search.x), held, nodes)
        if air is None or not math.isfinite(best.propellant_kg):
            break
        force = air(best)
        shortest_s, longest_s = 0.93 * best.time_s, 1.07 * best.time_s
    return best
