"""A clause of a requirement: one formula with a unit, a limit that decides and a goal that grades.

The short form says signal, phase, comparison and limit: always, in this phase, this signal compares so. The long form
says the formula. Both are trees of `harness.stl` in the end, and the text of either can be read back.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, NamedTuple, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hoverslam.harness.judge.clause_ranges import beyond, beyond_in
from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.signals import SIGNALS, known
from hoverslam.harness.signals.vocabulary import VOCABULARY
from hoverslam.harness.stl.deciding import stated
from hoverslam.harness.stl.formula import (
    Comparison,
    Formula,
    InPhase,
    Logic,
    Number,
    Predicate,
    SignalTerm,
    Temporal,
    predicates,
)
from hoverslam.harness.stl.parser import parse

_UNITS = set(VOCABULARY.units.values())
EVERYWHERE = "always"
"""The phase of a short clause that is the whole flight."""


def _signal(name: str) -> str:
    if name not in SIGNALS:
        raise ValueError(f"no such signal; known: {known(SIGNALS)}")
    return name


def _phase(name: str) -> str:
    if name not in (EVERYWHERE, *PHASES):
        raise ValueError(f"no such phase; known: {known((EVERYWHERE, *PHASES))}")
    return name


Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number; text or booleans are not converted."""


class Strict(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bound(NamedTuple):
    """A limit that a value is compared with."""

    comparison: Comparison
    limit: float

    def margin_of(self, value: float) -> float:
        """Distance to the limit, positive inside."""
        return self.limit - value if self.comparison[0] == "<" else value - self.limit

    def holds(self, margin: float) -> bool:
        """Whether a margin satisfies the comparison."""
        return margin >= 0.0 if self.comparison.endswith("=") else margin > 0.0


class Clause(Strict):
    """One formula, in short or in full. `rank_by` stands in for a limit of 0 when margins are ranked.

    Margins of a formula are in `unit`: its predicates in other units decide whether, not by how much.
    """

    name: str
    text: str | None = Field(default=None, alias="formula")
    signal: Annotated[str | None, AfterValidator(lambda name: name and _signal(name))] = None
    phase: Annotated[str | None, AfterValidator(lambda name: name and _phase(name))] = None
    comparison: Comparison | None = None
    limit: Finite | None = None
    goal: Finite | str | None = None
    unit: str | None = None
    rank_by: Annotated[Finite, Field(gt=0.0)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        keys = ("signal", "phase", "comparison", "limit", "unit")
        given = [key for key in keys if getattr(self, key) is not None]
        if self.text is None and len(given) < len(keys):
            raise ValueError(f"needs a formula, or {', '.join(key for key in keys if key not in given)}")
        if self.text is not None and (stray := [key for key in given if key != "unit"]):
            raise ValueError(f"has a formula and also {', '.join(stray)}; give one or the other")
        self._check_unit()
        self._check_goal()
        for mistake in self._beyond():
            raise ValueError(mistake)
        return self

    def _beyond(self) -> Iterator[str]:
        """Numbers that no flight could come near."""
        for key, value in (("limit", self.limit), ("goal", self.goal_number), ("rank_by", self.rank_by)):
            yield from beyond(key, value, self.margin_unit)
        for formula in (self.tree, self.goal_tree):
            yield from beyond_in(formula) if formula is not None else ()

    def _check_unit(self) -> None:
        units = list(dict.fromkeys(predicate.unit for predicate in predicates(self.tree)))
        if not units:
            raise ValueError("the formula contains no comparison of a signal, so it has no margin; add one")
        amiss = len(units) > 1 if self.unit is None else self.unit not in units and bool(set(units) & _UNITS)
        if self.text is not None and amiss:
            stated_unit = "has no unit" if self.unit is None else f"unit {self.unit!r}"
            raise ValueError(f"{stated_unit}: the formula compares in {', '.join(map(repr, units))}; give one of them")

    def _check_goal(self) -> None:
        if isinstance(self.goal, str):
            _ = self.goal_tree
        elif self.goal is not None:
            if self.bound is None:
                raise ValueError("a number as goal needs one comparison with a constant in its unit; write a formula")
            if self.bound.margin_of(self.goal) < 0.0:
                limit = f"{self.bound.comparison} {self.bound.limit:g}"
                raise ValueError(f"goal {self.goal:g} is outside the limit {limit}; swap them")

    @cached_property
    def tree(self) -> Formula:
        """The formula to judge."""
        if self.text is not None:
            return parse(self.text, VOCABULARY)
        signal, comparison = cast("str", self.signal), cast("Comparison", self.comparison)
        predicate = Predicate(SignalTerm(signal), comparison, Number(cast("float", self.limit)), self.unit or "")
        inside = (
            predicate if self.phase == EVERYWHERE else Logic("implies", InPhase(cast("str", self.phase)), predicate)
        )
        return Temporal("always", None, inside)

    @cached_property
    def goal_tree(self) -> Formula | None:
        """The goal, where it is a formula."""
        return parse(self.goal, VOCABULARY) if isinstance(self.goal, str) else None

    @property
    def formula(self) -> str:
        """The clause in signal temporal logic."""
        return str(self.tree)

    @cached_property
    def judged_in(self) -> str | None:
        """The unit whose predicates measure, None where all do."""
        units = {predicate.unit for predicate in predicates(self.tree)}
        return self.unit if len(units) > 1 else None

    @property
    def margin_unit(self) -> str:
        """The unit of its margins, the formula's own where none is stated."""
        return predicates(self.tree)[0].unit if self.unit is None else self.unit

    @cached_property
    def bound(self) -> Bound | None:
        """What a single measuring predicate compares with; None where there are several, or no constant."""
        measured = [p for p in predicates(self.tree) if self.judged_in in {None, p.unit}]
        if len(measured) != 1:
            return None
        said = stated(measured[0])
        return None if said.limit is None else Bound(said.comparison, said.limit)

    @property
    def goal_number(self) -> float | None:
        """The goal where it is a number."""
        return self.goal if isinstance(self.goal, float) else None

    def scale(self, limit: float | None) -> float:
        """What a margin is divided by to rank it against others."""
        return self.rank_by or abs(limit or 0.0) or abs(self.goal_number or 0.0) or 1.0
