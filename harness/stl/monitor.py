"""How robustly a trace satisfies a formula: quantitative semantics of signal temporal logic, on a uniform grid.

A predicate is worth the distance of its two sides, a phase plus or minus infinity; not, and, or are minus, smallest,
largest; temporal operators are smallest and largest values over windows (Fainekos and Pappas, 2009; Donzé and Maler,
2010). Windows reach over the ends of the trace as `harness.stl.windows` says.

Only what can still change the result is looked at: under `burn implies ...` a signal is asked for in the burn alone,
so one that costs much, or that means nothing elsewhere, is fine.
"""

import math
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
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
    signal_names,
)
from hoverslam.harness.stl.windows import reach, until, window_max, window_min

ON_THE_GRID = 1e-6
"""The end of a window may miss a frame by this share of a frame and still hold it: 0.3 s is 30 frames of 0.01 s."""


class MonitorError(ValueError):
    """A trace or a window that cannot be judged."""


class Samples(NamedTuple):
    """A signal on the grid, and when each value was sampled: a value may hold from frame to frame."""

    value: FloatArray
    time_s: FloatArray


class SampledTrace(Protocol):
    """What a formula is judged on: frames at equal distances, with named signals and phases."""

    @property
    def rows(self) -> int:
        """How many frames there are, at least one."""

    @property
    def period_s(self) -> float:
        """Time from frame to frame."""

    def phase(self, name: str) -> BoolArray:
        """Whether each frame is in the phase."""

    def signal(self, name: str, needed: BoolArray) -> Samples:
        """The signal in the frames that are needed; what it says elsewhere does not matter, but is finite."""


class Sides(NamedTuple):
    """Both sides of a predicate, and when they were sampled."""

    left: FloatArray
    right: FloatArray
    time_s: FloatArray


class Evaluation(NamedTuple):
    """Robustness of a formula at each frame, and of all its parts; valid where it can still change the first frame."""

    formula: Formula
    period_s: float
    robustness: FloatArray
    parts: dict[int, FloatArray]
    sides: dict[int, Sides]


def evaluate(formula: Formula, trace: SampledTrace, unit: str | None = None) -> Evaluation:
    """Judge the formula at the first frame.

    With a unit, predicates of other units decide whether, and not by how much: satisfied they are worth plus infinity,
    else minus infinity (output robustness of interface-aware STL: Ferrère, Nickovic et al., 2019).
    """
    at_first = np.arange(trace.rows) == 0
    monitor = _Monitor(trace, unit)
    robustness = monitor.judge(formula, at_first)
    return Evaluation(formula, trace.period_s, robustness, monitor.parts, monitor.sides)


class _Monitor:
    """Walks down a formula once, keeping what it finds by node for `harness.stl.deciding`."""

    def __init__(self, trace: SampledTrace, unit: str | None) -> None:
        self._trace = trace
        self._unit = unit
        self.parts: dict[int, FloatArray] = {}
        self.sides: dict[int, Sides] = {}

    def judge(self, node: Formula, needed: BoolArray) -> FloatArray:
        """Robustness at each needed frame."""
        match node:
            case InPhase():
                found = np.where(self._trace.phase(node.name), np.inf, -np.inf)
            case Predicate():
                found = self._predicate(node, needed)
            case Not():
                found = -self.judge(node.of, needed)
            case Logic():
                found = self._logic(node, needed)
            case Temporal():
                found = self._temporal(node, needed)
            case Until():
                found = self._until(node, needed)
            case Edge():
                found = self._edge(node, needed)
        self.parts[id(node)] = found
        return found

    def _predicate(self, node: Predicate, needed: BoolArray) -> FloatArray:
        left, left_s = self._number(node.left, needed)
        right, right_s = self._number(node.right, needed)
        self.sides[id(node)] = Sides(left, right, np.maximum(left_s, right_s))
        margin = right - left if node.comparison[0] == "<" else left - right
        if not np.isfinite(margin[needed]).all():
            row = int(np.flatnonzero(needed & ~np.isfinite(margin))[0])
            raise MonitorError(f"{node} is not a finite number at {row * self._trace.period_s:.2f} s")
        if self._unit is None or node.unit == self._unit:
            return margin
        satisfied = margin >= 0.0 if node.comparison.endswith("=") else margin > 0.0
        return np.where(satisfied, np.inf, -np.inf)

    def _number(self, node: Expression, needed: BoolArray) -> Samples:
        match node:
            case Number():
                return Samples(np.full(self._trace.rows, node.value), np.full(self._trace.rows, -np.inf))
            case SignalTerm():
                return self._trace.signal(node.name, needed)
            case Absolute():
                of = self._number(node.of, needed)
                return Samples(np.abs(of.value), of.time_s)
            case Arithmetic():
                left, right = self._number(node.left, needed), self._number(node.right, needed)
                with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # refused where it is needed
                    value = _OPERATORS[node.operator](left.value, right.value)
                return Samples(np.asarray(value), np.maximum(left.time_s, right.time_s))

    def _logic(self, node: Logic, needed: BoolArray) -> FloatArray:
        """What costs no signal first; the other side only where the result is still open."""
        settled = -np.inf if node.operator == "and" else np.inf
        sides = [(node.left, -1.0 if node.operator == "implies" else 1.0), (node.right, 1.0)]
        if signal_names(node.left) and not signal_names(node.right):
            sides.reverse()
        (first, sign), (second, other_sign) = sides
        found = sign * self.judge(first, needed)
        is_open = needed & (found != settled)
        if not is_open.any():
            return np.full(self._trace.rows, settled)
        other = other_sign * self.judge(second, is_open)
        both = np.minimum(found, other) if node.operator == "and" else np.maximum(found, other)
        return np.where(is_open, both, settled)

    def _temporal(self, node: Temporal, needed: BoolArray) -> FloatArray:
        begin, end = frames_of(node.window, self._trace.period_s)
        past = node.operator in {"historically", "once"}
        extreme = window_min if node.operator in {"always", "historically"} else window_max
        inner = self.judge(node.of, _turned(reach(_turned(needed, past), begin, end), past))
        return _turned(extreme(_turned(inner, past), begin, end), past)

    def _until(self, node: Until, needed: BoolArray) -> FloatArray:
        begin, end = frames_of(node.window, self._trace.period_s)
        past = node.operator == "since"
        looked_at = _turned(reach(_turned(needed, past), 0, end), past)
        left, right = self.judge(node.left, looked_at), self.judge(node.right, looked_at)
        return _turned(until(_turned(left, past), _turned(right, past), begin, end), past)

    def _edge(self, node: Edge, needed: BoolArray) -> FloatArray:
        sign = 1.0 if node.operator == "rise" else -1.0
        inner = sign * self.judge(node.of, needed | np.append(needed[1:], False))
        before = np.concatenate([[-np.inf], inner[:-1]])
        return np.asarray(np.minimum(-before, inner))


_Array = TypeVar("_Array", FloatArray, BoolArray)
_OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


def _turned(values: _Array, past: bool) -> _Array:
    """The past is the future of the trace read backwards."""
    return values[::-1] if past else values


def frames_of(window: TimeWindow | None, period_s: float) -> tuple[int, int | None]:
    """First and last frame of a window, counted from where it is judged; None: up to the end of the trace."""
    if window is None:
        return 0, None
    begin = math.ceil(window.begin_s / period_s - ON_THE_GRID)
    end = math.floor(window.end_s / period_s + ON_THE_GRID)
    if end < begin:
        raise MonitorError(f"window {window} contains no frame of {period_s:g} s; make it longer")
    return begin, end
