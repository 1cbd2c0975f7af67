"""One hunt: a method proposes cases, they are flown within a budget, and failures are stored by id and shrunk.

What has been found broken once no longer counts in what the search is told, so that one failure does not hide another.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hoverslam.harness.hunt.flyer import HuntFlown
from hoverslam.harness.hunt.ledger import Ledger
from hoverslam.harness.hunt.methods import METHODS
from hoverslam.harness.hunt.properties import Margin
from hoverslam.harness.hunt.shrink import Shrunk
from hoverslam.scenarios.space import Case, Space

SHRINK_FLIGHTS = 150
"""At most: most failures need some 20, one that is stuck between three deviations over a hundred."""
SEARCHING = "searching"
MOST_STALE = 500
"""Times that a method may ask for nothing new before a space is taken for exhausted."""


class BudgetSpent(BaseException):
    """No flights left. Not an Exception, because Hypothesis would take that for a failure of what it tests."""


class Flies(Protocol):
    """Flies scenarios, given as trees, in order."""

    def fly(self, trees: Sequence[dict[str, object]]) -> list[HuntFlown]:
        """What they came to."""


class SearchPlan(NamedTuple):
    """How to hunt: the method, its seed, flights to search and to shrink a failure, and whether the first is enough."""

    method: str = "cmaes"
    seed: int = 0
    budget: int = 300
    shrink: int = SHRINK_FLIGHTS
    first: bool = False


@dataclass
class HuntFailure:
    """Something that was broken: where first, and the smallest flight so far that breaks it."""

    margin: Margin
    first_flight: int
    found: Case
    case: Case
    shrink_flights: int = 0


@dataclass
class HuntState:
    """Where a hunt is; what a progress line shows.

    `flights` are those of the search, `copies` of them that are bit-equal to one before: other cases, but nothing new
    was tried. `flown` counts what this process flew, not what a ledger gave; `flown_again` how often it flew one again.
    """

    flights: int = 0
    shrink_flights: int = 0
    flown: int = 0
    flown_again: int = 0
    refused: int = 0
    refusal: str = ""
    excused: int = 0
    copies: int = 0
    begun_s: float = field(default_factory=time.monotonic)
    least: tuple[float, str] = (float("inf"), "")
    failures: dict[str, HuntFailure] = field(default_factory=dict)
    doing: str = SEARCHING

    @property
    def flights_per_s(self) -> float:
        """Of those flown here."""
        return self.flown / max(time.monotonic() - self.begun_s, 1e-9)


class Hunt:
    """See the module."""

    def __init__(
        self,
        space: Space,
        crew: Flies,
        ledger: Ledger,
        plan: SearchPlan,
        watch: Callable[[HuntState], None] = lambda _: None,
    ) -> None:
        self._space, self._crew, self._ledger, self._plan, self._watch = space, crew, ledger, plan, watch
        self._seen: set[str] = set()
        self._hashes: set[str] = set()
        self._stale = 0
        self.state = HuntState()

    def run(self) -> HuntState:
        """Search, then shrink each failure that was found, and what was found while shrinking."""
        with suppress(BudgetSpent):
            METHODS[self._plan.method](self._space, self._ask, self._plan.seed)
        shrunk = 0
        while shrunk < len(self.state.failures):
            self._shrink(list(self.state.failures.values())[shrunk])
            shrunk += 1
        return self.state

    def _ask(self, cases: Sequence[Case]) -> list[float]:
        """Robustness of cases, of what has not been found broken before them; ends the search at its budget."""
        known, before = frozenset(self.state.failures), len(self._seen)
        results = self._fly(cases, self._plan.budget)
        self._stale = self._stale + 1 if len(self._seen) == before else 0
        spent = self._stale > MOST_STALE or len(self._seen) >= self._plan.budget
        if spent or (self._plan.first and self.state.failures):
            raise BudgetSpent
        return [flown.robustness(known) for flown in results]

    def _fly(self, cases: Sequence[Case], most: int) -> list[HuntFlown]:
        """Fly what is new, as far as the budget goes, and take in what it came to."""
        fresh = dict.fromkeys(case.key for case in cases if case.key not in self._seen)
        new = list(fresh)[: max(most - len(self._seen), 0)]
        missing = [key for key in new if self._ledger.get(key) is None]
        trees = [self._space.whole_tree(Case.from_key(key)) for key in missing]
        for key, flown in zip(missing, self._crew.fly(trees), strict=True):
            self._ledger.add(key, flown)
            self.state.flown += 1
            self.state.flown_again += flown.again
        for key in new:
            self._take_in(key)
        none = HuntFlown((), "not flown", 0.0)
        return [(self._ledger.get(case.key) if case.key in self._seen else None) or none for case in cases]

    def _take_in(self, key: str) -> None:
        flown, state = self._ledger.get(key), self.state
        assert flown is not None
        self._seen.add(key)
        if state.doing == SEARCHING:
            state.flights += 1
            state.copies += bool(flown.hash) and flown.hash in self._hashes
            self._hashes.add(flown.hash)
        else:
            state.shrink_flights += 1
        state.refused += bool(flown.refused)
        state.refusal = state.refusal or flown.refused
        state.excused += flown.excused
        for margin in flown.margins if not flown.excused else ():
            state.least = min(state.least, (margin.robustness, margin.id))
        for margin in flown.broken:
            if margin.id not in state.failures:
                case = Case.from_key(key)
                state.failures[margin.id] = HuntFailure(margin, state.flights, case, case)
        self._watch(state)

    def _shrink(self, failure: HuntFailure) -> None:
        name = failure.margin.id
        self.state.doing = f"shrinking {name}"
        begun, most = len(self._seen), len(self._seen) + self._plan.shrink

        def breaks(cases: Sequence[Case]) -> list[bool]:
            if len(self._seen) >= most and any(case.key not in self._seen for case in cases):
                raise BudgetSpent
            return [any(margin.id == name for margin in flown.broken) for flown in self._fly(cases, most)]

        shrunk = Shrunk(self._space, self._simplest(name) or failure.found, breaks, self.promising(name))
        with suppress(BudgetSpent):
            shrunk.run()
        failure.case, failure.shrink_flights = shrunk.case, len(self._seen) - begun
        flown = self._ledger.get(shrunk.case.key)
        assert flown is not None
        failure.margin = next(margin for margin in flown.broken if margin.id == name)

    def _simplest(self, name: str) -> Case | None:
        """Of the flights so far that broke it, the one nearest to nominal."""
        broke = [
            Case.from_key(key)
            for key in sorted(self._seen)
            if (flown := self._ledger.get(key)) is not None and any(margin.id == name for margin in flown.broken)
        ]
        return min(broke, key=size) if broke else None

    def promising(self, name: str) -> list[tuple[str, int]]:
        """Deviations to either side, by the mean robustness of one requirement in the flights so far that had them."""
        told: dict[tuple[str, int], list[float]] = {
            (axis.label, sign): [] for axis in self._space.axes for sign in (-1, 1)
        }
        for key in sorted(self._seen):
            flown = self._ledger.get(key)
            assert flown is not None
            of = [margin.robustness for margin in flown.margins if margin.id == name and not flown.excused]
            for label, count in Case.from_key(key).steps:
                told[label, 1 if count > 0 else -1] += of
        return sorted(told, key=lambda one: sum(told[one]) / len(told[one]) if told[one] else 0.0)


def size(case: Case) -> tuple[int, int, int]:
    """How far from nominal: faults, numbers off nominal, steps in all."""
    return len(case.faults), len(case.steps), sum(abs(count) for _, count in case.steps)
