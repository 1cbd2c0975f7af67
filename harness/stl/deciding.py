"""Which predicate decided a formula, and when: robustness is that of one predicate at one frame, or its negative.

Where several are equally near, the leftmost and earliest speaks.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.stl.formula import (
    Comparison,
    Edge,
    Formula,
    Logic,
    Not,
    Number,
    Predicate,
    Temporal,
    TimeWindow,
    Until,
)
from hoverslam.harness.stl.monitor import Evaluation, frames_of

TURNED: dict[Comparison, Comparison] = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
MIRRORED: dict[Comparison, Comparison] = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}


class Stated(NamedTuple):
    """A predicate read as value, comparison, limit; `on_left` says on which side of it the value stands."""

    comparison: Comparison
    limit: float | None
    on_left: bool


class Decision(NamedTuple):
    """The predicate at which the robustness was found, the frame, and whether it counts turned round."""

    predicate: Predicate
    row: int
    negated: bool


def stated(predicate: Predicate, negated: bool = False) -> Stated:
    """The limit is the constant side, None without one; then the right side is compared with."""
    comparison = TURNED[predicate.comparison] if negated else predicate.comparison
    if isinstance(predicate.left, Number):
        return Stated(MIRRORED[comparison], predicate.left.value, on_left=False)
    limit = predicate.right.value if isinstance(predicate.right, Number) else None
    return Stated(comparison, limit, on_left=True)


def decide(found: Evaluation) -> Decision | None:
    """What decided at the first frame; None where nothing measured did, and robustness is infinite."""
    if not np.isfinite(found.robustness[0]):
        return None
    return _Tracer(found).follow(found.formula, 0, negated=False)


class _Tracer:
    """Goes down from the result to the predicate that it was copied from."""

    def __init__(self, found: Evaluation) -> None:
        self._found = found

    def _values(self, node: Formula) -> FloatArray:
        return self._found.parts[id(node)]

    def follow(self, node: Formula, row: int, *, negated: bool) -> Decision:
        match node:
            case Predicate():
                return Decision(node, row, negated)
            case Not():
                return self.follow(node.of, row, negated=not negated)
            case Logic():
                return self._logic(node, row, negated)
            case Temporal():
                return self.follow(node.of, self._instant(node, row), negated=negated)
            case Until():
                return self._until(node, row, negated)
            case Edge():
                return self._edge(node, row, negated)
            case _:
                raise AssertionError(f"{node} has no finite robustness")

    def _logic(self, node: Logic, row: int, negated: bool) -> Decision:
        value = self._values(node)[row]
        left = self._found.parts.get(id(node.left))
        turned = node.operator == "implies"
        if left is not None and (-left[row] if turned else left[row]) == value:
            return self.follow(node.left, row, negated=negated != turned)
        return self.follow(node.right, row, negated=negated)

    def _window(self, window: TimeWindow | None) -> tuple[int, int | None]:
        return frames_of(window, self._found.period_s)

    def _instant(self, node: Temporal, row: int) -> int:
        begin, end = self._window(node.window)
        values = self._values(node.of)
        if node.operator in {"historically", "once"}:
            first, last = (0 if end is None else max(row - end, 0)), row - begin
        else:
            first, last = row + begin, len(values) - 1 if end is None else row + end
        inside = values[first : last + 1]
        return first + int(inside.argmin() if node.operator in {"always", "historically"} else inside.argmax())

    def _until(self, node: Until, row: int, negated: bool) -> Decision:
        """Look at the instants of the window one after the other, going away from `row`."""
        begin, end = self._window(node.window)
        left, right = self._values(node.left), self._values(node.right)
        rows = np.arange(row, len(left)) if node.operator == "until" else np.arange(row, -1, -1)
        rows = rows if end is None else rows[: end + 1]
        held = np.concatenate([[np.inf], np.minimum.accumulate(left[rows])[:-1]])
        best = begin + int(np.minimum(right[rows], held)[begin:].argmax())
        if right[rows[best]] <= held[best]:
            return self.follow(node.right, int(rows[best]), negated=negated)
        return self.follow(node.left, int(rows[int(left[rows[:best]].argmin())]), negated=negated)

    def _edge(self, node: Edge, row: int, negated: bool) -> Decision:
        turned = node.operator == "fall"
        inner = self._values(node.of)
        sign = -1.0 if turned else 1.0
        if sign * inner[row] == self._values(node)[row]:
            return self.follow(node.of, row, negated=negated != turned)
        return self.follow(node.of, row - 1, negated=negated == turned)
