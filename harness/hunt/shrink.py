"""Minimal case with the same failure: fewer faults first, then each deviation towards zero.

Greedy, a pass after the other until none helps. Every flight of it is a flight of the hunt, so it is sparing: halves of
the deviations at a time, and each number by bisection. Where more than `FEW` deviations are each needed, that may be a
local minimum: another deviation, alone or with one of them, is tried in their place, the most promising first.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, product

from hoverslam.scenarios.space import Case, Space

FEW = 2
"""Deviations that are taken for a small flight."""

AT_ONCE = 2
"""Candidates flown together, for two cores; the same however many there are, so that a hunt finds the same."""

Breaks = Callable[[Sequence[Case]], list[bool]]
"""Whether cases break what is to stay broken; may end by an exception when flights run out."""


class Shrunk:
    """The smallest case so far, which stands when flights run out in the middle."""

    def __init__(
        self, space: Space, case: Case, breaks: Breaks, promising: Sequence[tuple[str, int]] | None = None
    ) -> None:
        """`promising`: labels of axes with a sign, in the order in which they are worth trying; all when left out."""
        self._space, self._breaks, self.case = space, breaks, case
        self._promising = promising or [(axis.label, sign) for axis in space.axes for sign in (-1, 1)]

    def run(self) -> Case:
        """Shrink until nothing smaller breaks."""
        before = None
        while before != self.case:
            before = self.case
            self._take_first(self._fewer_faults)
            self._take_first(self._fewer_deviations)
            self._take_first(self._other_deviations)
            self._take_first(self._plainer_faults)
            self._smaller_deviations()
        return self.case

    def _take_first(self, candidates: Callable[[], Iterator[Case]]) -> None:
        """Go to the first candidate that breaks, from there again, until none does."""
        while True:
            left = (candidate for candidate in candidates() if candidate != self.case)
            while at_once := list(islice(left, AT_ONCE)):
                if any(broke := self._breaks(at_once)):
                    self.case = at_once[broke.index(True)]
                    break
            else:
                return

    def _with(self, faults: Sequence[object] | None = None, steps: Sequence[tuple[str, int]] | None = None) -> Case:
        kept = self.case.faults if faults is None else faults
        return self._space.case(kept, dict(self.case.steps if steps is None else steps))  # type: ignore[arg-type]  # faults of a case

    def _fewer_faults(self) -> Iterator[Case]:
        faults = self.case.faults
        if len(faults) > self._space.limits.least_faults:
            yield from (self._with(faults=faults[:i] + faults[i + 1 :]) for i in range(len(faults)))

    def _fewer_deviations(self) -> Iterator[Case]:
        """None at all; a half; one less, the smallest first; one or two of them alone, further out."""
        steps = self.case.steps
        if not steps:
            return
        yield self._with(steps=())
        if len(steps) > 3:
            half = len(steps) // 2
            yield self._with(steps=steps[half:])
            yield self._with(steps=steps[:half])
        if len(steps) > 1:
            for left_out in sorted(steps, key=lambda step: abs(step[1])):
                yield self._with(steps=[step for step in steps if step != left_out])
        for few in range(1, min(len(steps), 3)):
            for chosen in combinations(sorted(steps, key=lambda step: -abs(step[1])), few):
                yield from (self._with(steps=one) for one in product(*map(self._further, chosen)))

    def _other_deviations(self) -> Iterator[Case]:
        """Where there are more than a few: another, far out or midway, alone and then with one of them."""
        steps = self.case.steps
        if len(steps) <= FEW:
            return
        others = [(label, sign) for label, sign in self._promising if label not in dict(steps)]
        for kept in ((), *((step,) for step in sorted(steps, key=lambda step: -abs(step[1])))):
            for label, sign in others:
                most = self._most(label)
                yield from (self._with(steps=[*kept, (label, sign * count)]) for count in (most, (most + 1) // 2))

    def _most(self, label: str) -> int:
        return next(axis.most for axis in self._space.axes if axis.label == label)

    def _further(self, step: tuple[str, int]) -> list[tuple[str, int]]:
        """A deviation at its limit, midway to it, and as it is."""
        label, count = step
        most = self._most(label)
        counts = (most, (abs(count) + most + 1) // 2, abs(count))
        return [(label, value if count > 0 else -value) for value in dict.fromkeys(counts)]

    def _plainer_faults(self) -> Iterator[Case]:
        """Default numbers, for good, at the first moment there is: all at once or one of them."""
        for i, fault in enumerate(self.case.faults):
            plain = fault._replace(moment=0, lasts=0, numbers=(0,) * len(fault.numbers))
            for one in (
                plain,
                fault._replace(numbers=plain.numbers),
                fault._replace(lasts=0),
                fault._replace(moment=0),
            ):
                yield self._with(faults=[*self.case.faults[:i], one, *self.case.faults[i + 1 :]])

    def _smaller_deviations(self) -> None:
        """Each as near to zero as it will still break, by bisection: exact where more is never better."""
        for label, count in self.case.steps:
            enough, too_few = abs(count), 0
            while enough - too_few > 1:
                middle = (enough + too_few) // 2
                steps = {**dict(self.case.steps), label: middle if count > 0 else -middle}
                candidate = self._with(steps=list(steps.items()))
                if self._breaks([candidate])[0]:
                    self.case, enough = candidate, middle
                else:
                    too_few = middle
