"""Search for the landing ignitions that end on the pad, along a coast without engines.

Latest: engines at their ceiling from the start stop the stage just at the pad. Earliest: the descent that burns least
uses up what the tanks hold, or stops too high even at the floor. The descents are those of `plant.oracle.ignition`.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.kernels.compiled import plain
from hoverslam.plant.oracle.descent import TRACE_COLUMNS
from hoverslam.plant.oracle.ignition import (
    OPEN,
    TOO_SLOW,
    TOO_STRONG,
    Point,
    Question,
    false_position,
    height_left,
    least_descent,
    on_coast,
    one_descent,
)

TOLERANCE_S = 0.02
"""Of a command."""
STRIDE_S = 4.0
COMMANDS = 20
CLOSE_KG = 6.0
"""Propellant of two hundredths of a second of burning."""
NO_TRACE = np.zeros((0, TRACE_COLUMNS))
BEFORE_RECORD = 4
"""Beside the reasons of the kernels: earlier than the coast that is known."""
_left, _between = plain(height_left), plain(false_position)


class Window(NamedTuple):
    """Earliest and latest command [s since release]; `why` there is none, or what bounds the earliest."""

    earliest_s: float
    latest_s: float
    why: int


def window(params: FloatArray, question: Question, coast: FloatArray) -> Window:
    """Earliest and latest command on a coast.

    Args:
        params: one record with the fields of PlantParams.
        question: who burns and how hard.
        coast: a row each of time since release [s], position [m], velocity [m/s] of the foot plane over the pad.
    """
    end = _latest(params, question, coast)
    if end < coast[0, 0]:
        return Window(end, end, TOO_SLOW)
    at_end = least_descent(params, question, on_coast(question, coast, end), NO_TRACE)
    if at_end.why != OPEN:
        return Window(end, end, at_end.why)
    begin, why = _earliest(params, question, coast, Point(end, at_end.spare_kg))
    return Window(begin, end, why)


def _latest(params: FloatArray, question: Question, coast: FloatArray) -> float:
    """The last command that the ceiling can still make good; before the coast where none can."""
    hard = question._replace(floor=question.ceiling)
    begin = float(coast[0, 0])
    low, high = begin - TOLERANCE_S, float(coast[-1, 0])
    while high - low > TOLERANCE_S:
        middle = max(0.5 * (low + high), begin)
        if _left(one_descent(params, hard, on_coast(question, coast, middle), 0.0, NO_TRACE)) >= 0.0:
            low = middle
        else:
            high = middle
        if high <= begin:
            return low
    return low


def _earliest(params: FloatArray, question: Question, coast: FloatArray, end: Point) -> tuple[float, int]:
    """The first command that does not run dry and does not stop too high, and what bounds it.

    `end` is a command that is neither, with what it spares. First back in growing strides, then by regula falsi
    (Illinois).
    """
    high, stride, begin = end, STRIDE_S, float(coast[0, 0])
    while True:
        at = max(high.at - stride, begin)
        found = least_descent(params, question, on_coast(question, coast, at), NO_TRACE)
        if found.why != OPEN:
            break
        if at <= begin:
            return begin, BEFORE_RECORD
        high, stride = Point(at, found.spare_kg), 1.5 * stride
    low, why, side = Point(at, min(found.spare_kg, -1.0)), found.why, 0
    for _ in range(COMMANDS):
        if high.at - low.at < TOLERANCE_S:
            break
        halve = why == TOO_STRONG
        at = 0.5 * (low.at + high.at) if halve else _between(low, high)
        found = least_descent(params, question, on_coast(question, coast, at), NO_TRACE)
        if found.why == OPEN:
            low, high = Point(low.at, 0.5 * low.value if side == 1 else low.value), Point(at, found.spare_kg)
            side = 1
            if found.spare_kg < CLOSE_KG:
                break
        else:
            high = Point(high.at, 0.5 * high.value if side == -1 else high.value)
            low, why, side = Point(at, min(found.spare_kg, -1.0)), found.why, -1
    return high.at, why
