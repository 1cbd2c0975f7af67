"""The definition of robustness, word for word: no arrays, no windows slid, nothing kept."""

import math
from collections.abc import Iterable

from hoverslam.harness.stl.formula import (
    Absolute,
    Arithmetic,
    Edge,
    Expression,
    Formula,
    InPhase,
    Logic,
    Not,
    Number,
    Predicate,
    SignalTerm,
    Temporal,
    TimeWindow,
    Until,
)
from tests.harness.stl.traces import ArrayTrace


def robustness(node: Formula, trace: ArrayTrace, at: int, unit: str | None = None) -> float:
    """Of the formula at a frame."""

    def rho(inner: Formula, frame: int) -> float:
        return robustness(inner, trace, frame, unit)

    match node:
        case InPhase():
            return math.inf if trace.phases[node.name][at] else -math.inf
        case Predicate():
            return distance(node, trace, at, unit)
        case Not():
            return -rho(node.of, at)
        case Logic("and"):
            return min(rho(node.left, at), rho(node.right, at))
        case Logic("or"):
            return max(rho(node.left, at), rho(node.right, at))
        case Logic():
            return max(-rho(node.left, at), rho(node.right, at))
        case Temporal("always" | "historically"):
            return least(rho(node.of, frame) for frame in frames(node.operator, node.window, trace, at))
        case Temporal():
            return -least(-rho(node.of, frame) for frame in frames(node.operator, node.window, trace, at))
        case Until():
            step = 1 if node.operator == "until" else -1
            return -least(
                -min(rho(node.right, then), least(rho(node.left, before) for before in range(at, then, step)))
                for then in frames(node.operator, node.window, trace, at)
            )
        case Edge("rise"):
            return min(-rho(node.of, at - 1) if at else math.inf, rho(node.of, at))
        case Edge():
            return min(rho(node.of, at - 1) if at else math.inf, -rho(node.of, at))


def least(values: Iterable[float]) -> float:
    return min(values, default=math.inf)


def frames(operator: str, window: TimeWindow | None, trace: ArrayTrace, at: int) -> list[int]:
    """Those frames of the trace that lie in the window seen from `at`."""
    past = operator in {"historically", "once", "since"}
    inside = []
    for frame in range(trace.rows):
        away_s = (at - frame if past else frame - at) * trace.period_s
        if away_s >= 0.0 and (window is None or window.begin_s - 1e-6 <= away_s <= window.end_s + 1e-6):
            inside.append(frame)
    return inside


def distance(node: Predicate, trace: ArrayTrace, at: int, unit: str | None) -> float:
    left, right = number(node.left, trace, at), number(node.right, trace, at)
    margin = right - left if node.comparison in {"<=", "<"} else left - right
    if unit is None or node.unit == unit:
        return margin
    holds = {"<=": left <= right, "<": left < right, ">=": left >= right, ">": left > right}[node.comparison]
    return math.inf if holds else -math.inf


def number(node: Expression, trace: ArrayTrace, at: int) -> float:
    match node:
        case Number():
            return node.value
        case SignalTerm():
            return float(trace.signals[node.name][at])
        case Absolute():
            return abs(number(node.of, trace, at))
        case Arithmetic():
            left, right = number(node.left, trace, at), number(node.right, trace, at)
            return {"+": left + right, "-": left - right, "*": left * right, "/": left / right if right else math.nan}[
                node.operator
            ]
