"""Result of an ignition during a coast without engines: the descent from there, and the one with least propellant.

Of the descents that end at the pad, floor first and ceiling from a switch on burns least (the optimum is bang-bang:
Meditch, On the problem of optimal thrust programming for a lunar soft landing, 1964). `harness.window.ignition`
searches the commands from which one does.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.rotation import axpy, norm
from hoverslam.plant.kernels.step import PlantParams
from hoverslam.plant.oracle.descent import (
    CLIMBS,
    GAVE_UP,
    STEP_S,
    Around,
    DescentEnd,
    EnginePlan,
    Falling,
    Throttles,
    descend,
    felt,
)

COAST_COLUMNS = 7  # time since release, position, velocity of the foot plane over the pad
SWITCHES = 20
CLOSE_M = 2.0  # a hundredth of a second of falling
LONGEST_FLOOR_S = 90.0
FELL_MPS2 = 20.0  # braking assumed for the speed that a descent has left where it is given up
OPEN, TOO_SLOW, TOO_DRY, TOO_STRONG = 0, 1, 2, 3
"""Why no descent ends at the pad: one does; no throttle stops the stage; the propellant does not last; the engines at
their floor stop it above the pad."""


class Question(NamedTuple):
    """Who burns and how hard; `lean_rad` is where the slope of the normal force is taken."""

    around: Around
    plan: EnginePlan
    floor: float
    ceiling: float
    handover_mps: float
    stop_mps: float
    lox_kg: float
    lch4_kg: float
    rest_kg: float
    lean_rad: float


class Point(NamedTuple):
    """An end of a bracket."""

    at: float
    value: float


class Least(NamedTuple):
    """The descent to the pad that burns least, and why there is none."""

    why: int
    switch_s: float
    spare_kg: float
    burnt_kg: float
    time_s: float


@kernel
def on_coast(question: Question, coast: np.ndarray, time_s: float) -> Falling:
    """The stage at a moment of the coast."""
    last = coast.shape[0] - 1
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if coast[middle, 0] <= time_s:
            low = middle
        else:
            high = middle
    a, b = coast[low], coast[low + 1]
    f = min(max((time_s - a[0]) / (b[0] - a[0]), 0.0), 1.0)
    return Falling(
        (a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]), a[3] + f * (b[3] - a[3])),
        (a[4] + f * (b[4] - a[4]), a[5] + f * (b[5] - a[5]), a[6] + f * (b[6] - a[6])),
        question.lox_kg,
        question.lch4_kg,
        question.rest_kg,
    )


@kernel
def fly_down(params: PlantParams, question: Question, start: Falling, switch_s: float, trace: np.ndarray) -> DescentEnd:
    """The descent at the floor until the switch, at the ceiling from then on."""
    throttles = Throttles(question.floor, question.ceiling, switch_s, question.handover_mps, question.stop_mps)
    return descend(params, question.around, question.plan, throttles, start, question.lean_rad, trace)


@kernel
def height_left(end: DescentEnd) -> float:
    """Height over the pad at which a descent ends [m]; where it never ends, what braking from there would need."""
    if end.how == GAVE_UP:
        return end.pos_m[2] - end.vel_mps[2] * end.vel_mps[2] / (2.0 * FELL_MPS2)
    return end.pos_m[2] if end.how != CLIMBS else max(end.pos_m[2], 1.0)


@kernel
def false_position(low: Point, high: Point) -> float:
    """Where the line through both ends of a bracket is zero, not at an end of it."""
    share = low.value / (low.value - high.value)
    return low.at + min(max(share, 0.02), 0.98) * (high.at - low.at)


@kernel
def least_descent(params_record: np.ndarray, question: Question, start: Falling, trace: np.ndarray) -> Least:
    """The descent from a command now that ends at the pad and burns least, by regula falsi on the switch (Illinois).

    The first element of the record has the fields of PlantParams.
    """
    params = params_record[0]
    end = fly_down(params, question, start, 0.0, trace)
    low = Point(0.0, height_left(end))
    if low.value < 0.0:
        return Least(TOO_SLOW, 0.0, end.spare_kg, end.burnt_kg, end.time_s)
    at = min(end.time_s, LONGEST_FLOOR_S)
    end = fly_down(params, question, start, at, trace)
    high = Point(at, height_left(end))
    while high.value > 0.0 and high.at < LONGEST_FLOOR_S:
        low, at = high, min(1.5 * high.at + 1.0, LONGEST_FLOOR_S)
        end = fly_down(params, question, start, at, trace)
        high = Point(at, height_left(end))
    if high.value > 0.0:
        return Least(TOO_STRONG, high.at, end.spare_kg, end.burnt_kg, end.time_s)
    side = 0
    for _ in range(SWITCHES):
        at = false_position(low, high)
        end = fly_down(params, question, start, at, trace)
        found = Point(at, height_left(end))
        if abs(found.value) < CLOSE_M or high.at - low.at < 1e-3:
            break
        if found.value > 0.0:
            low, high = found, Point(high.at, 0.5 * high.value if side == 1 else high.value)
            side = 1
        else:
            low, high = Point(low.at, 0.5 * low.value if side == -1 else low.value), found
            side = -1
    return Least(OPEN if end.spare_kg >= 0.0 else TOO_DRY, at, end.spare_kg, end.burnt_kg, end.time_s)


@kernel
def one_descent(
    params_record: np.ndarray, question: Question, start: Falling, switch_s: float, trace: np.ndarray
) -> DescentEnd:
    """One descent, floor until the switch; what it felt goes into the trace."""
    return fly_down(params_record[0], question, start, switch_s, trace)


@kernel
def coast(params_record: np.ndarray, question: Question, start: Falling, time_s: float, out: np.ndarray) -> int:
    """Fall without engines, base against the air, a row every other step; returns how many until the ground."""
    params, now = params_record[0], start
    mass = start.lox_kg + start.lch4_kg + start.rest_kg
    for row in range(out.shape[0]):
        place = out[row]
        place[0] = time_s + 2 * row * STEP_S
        for i in range(3):
            place[1 + i], place[4 + i] = now.pos_m[i], now.vel_mps[i]
        if now.pos_m[2] < 0.0:
            return row + 1
        for _ in range(2):
            first = felt(params, question.around, now.pos_m, now.vel_mps, now.vel_mps, mass, 0.0, 0.0)
            half = 0.5 * STEP_S
            pos, vel = axpy(half, now.vel_mps, now.pos_m), axpy(half, first.acc_mps2, now.vel_mps)
            middle = felt(params, question.around, pos, vel, vel, mass, 0.0, 0.0)
            now = Falling(
                axpy(STEP_S, vel, now.pos_m),
                axpy(STEP_S, middle.acc_mps2, now.vel_mps),
                now.lox_kg,
                now.lch4_kg,
                now.rest_kg,
            )
    return out.shape[0]


@kernel
def air_along(params_record: np.ndarray, question: Question, nodes: np.ndarray, out: np.ndarray) -> None:
    """What besides thrust and weight accelerates the stage at each node (position, velocity, mass, thrust)."""
    params, around = params_record[0], question.around
    for k in range(nodes.shape[0]):
        row = nodes[k]
        pos, vel = (row[0], row[1], row[2]), (row[3], row[4], row[5])
        f = felt(params, around, pos, vel, vel, row[6], row[7], 0.0)
        speed = norm(vel) + 1e-9
        for i in range(3):
            out[k, i] = f.acc_mps2[i] + row[7] / row[6] * vel[i] / speed
        out[k, 2] += around.gravity_mps2
