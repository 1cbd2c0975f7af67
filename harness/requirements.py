"""Requirement sets, and how far inside or outside of each a flight was.

A set is data (`scenarios/requirements/*.toml`): this module reads it strictly and compares samples with limits. What
the names in it mean is `harness.trace_signals`.
"""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    PositiveFloat,
    ValidationError,
    model_validator,
)

from harness.signals import Flight
from harness.trace_phases import WINDOWS, Missing
from harness.trace_signals import SIGNALS, Series, known, sample

Status = Literal["pass", "fail", "advisory", "not_evaluated"]
Severity = Literal["required", "advisory"]
Comparison = Literal["<=", "<", ">=", ">"]


class RequirementSetError(Exception):
    """A requirement set that cannot be used: file, key, value, limit and remedy."""


def _signal(name: str) -> str:
    if name not in SIGNALS:
        raise ValueError(f"there is no such signal; there are: {known(SIGNALS)}")
    return name


def _phase(name: str) -> str:
    if name not in WINDOWS:
        raise ValueError(f"there is no such phase; there are: {known(WINDOWS)}")
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(_Strict):
    """One formula G[phase](signal comparison limit). `rank_by` stands in for a limit of 0 when margins are ranked."""

    name: str
    signal: Annotated[str, AfterValidator(_signal)]
    phase: Annotated[str, AfterValidator(_phase)]
    comparison: Comparison
    limit: FiniteFloat
    goal: FiniteFloat | None = None
    unit: str
    rank_by: PositiveFloat | None = None

    @model_validator(mode="after")
    def _goal_is_inside(self) -> Self:
        if self.goal is not None and self.margin_of(self.goal) < 0.0:
            raise ValueError(f"goal {self.goal:g} is outside the limit {self.comparison} {self.limit:g}; swap them")
        return self

    @property
    def formula(self) -> str:
        """The clause in signal temporal logic."""
        return f"G[{self.phase}]({self.signal} {self.comparison} {self.limit:g})"

    @property
    def scale(self) -> float:
        """What a margin is divided by to rank it against others."""
        return self.rank_by or abs(self.limit) or abs(self.goal or 0.0) or 1.0

    def margin_of(self, value: float) -> float:
        """Distance to the limit in the unit of the clause, positive inside."""
        return self.limit - value if self.comparison[0] == "<" else value - self.limit

    def holds(self, margin: float) -> bool:
        """Whether a margin satisfies the comparison."""
        return margin >= 0.0 if self.comparison.endswith("=") else margin > 0.0


class Requirement(_Strict):
    """An id with the clauses that must all hold."""

    id: str = Field(min_length=1)
    title: str
    source: str
    severity: Severity = "required"
    clause: tuple[Clause, ...] = Field(min_length=1)


class RequirementSet(_Strict):
    """What a flight is judged by."""

    name: str
    description: str = ""
    requirement: tuple[Requirement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [requirement.id for requirement in self.requirement]
        if doubles := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"{', '.join(doubles)} appears twice; put its clauses under one [[requirement]]")
        return self


class ClauseResult(NamedTuple):
    """How one clause came out. Value and time are those of the smallest margin; None where there is none."""

    name: str
    formula: str
    status: Status
    value: float | None
    margin: float | None
    robustness: float | None
    unit: str
    comparison: Comparison
    goal: float | None
    limit: float
    time_s: float | None
    goal_met: bool | None
    reason: str


class RequirementResult(NamedTuple):
    """How a requirement came out. Value, margin and the like are those of its binding clause, which is the worst."""

    id: str
    title: str
    severity: Severity
    source: str
    status: Status
    clause: str
    value: float | None
    margin: float | None
    robustness: float | None
    unit: str
    comparison: Comparison
    goal: float | None
    limit: float
    time_s: float | None
    goal_met: bool | None
    reason: str
    clauses: tuple[ClauseResult, ...]

    def as_json(self) -> dict[str, Any]:
        """The entry of a summary; finite numbers and null only."""
        return {**self._asdict(), "clauses": [clause._asdict() for clause in self.clauses]}


def shipped_sets() -> list[str]:
    """Names of the requirement sets that come with the package."""
    folder = files("scenarios").joinpath("requirements")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_requirements(name_or_path: str) -> RequirementSet:
    """A shipped set by name, or a set of the user's own by the path of a .toml file."""
    if name_or_path.endswith(".toml"):
        path = Path(name_or_path)
        if not path.is_file():
            raise RequirementSetError(f"requirement set {name_or_path}: there is no such file")
        return _parse(name_or_path, path.read_text(encoding="utf-8"))
    if name_or_path not in shipped_sets():
        raise RequirementSetError(
            f"requirement set {name_or_path!r}: not shipped; there are: {known(shipped_sets())}; "
            "or give the path of a .toml file"
        )
    source = files("scenarios").joinpath("requirements", f"{name_or_path}.toml")
    return _parse(f"{name_or_path}.toml", source.read_text(encoding="utf-8"))


def _parse(where: str, text: str) -> RequirementSet:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequirementSetError(f"{where}: not TOML: {error}") from error
    try:
        return RequirementSet.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise RequirementSetError(f"{where}: {_place(document, first['loc'])}: {_complaint(first)}") from error


def _place(document: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """Key path for people: the requirement by its id instead of its number."""
    parts = [str(part) for part in location]
    if len(location) > 1 and isinstance(location[1], int):
        entry = document["requirement"][location[1]]
        parts[1] = str(entry.get("id", location[1])) if isinstance(entry, dict) else parts[1]
    return ".".join(parts) or "the set"


def _complaint(error: Any) -> str:
    given = error["input"]
    shown = "" if isinstance(given, dict | list | BaseModel) else f" (given: {given!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{shown}"


def evaluate(flight: Flight, requirements: RequirementSet) -> list[RequirementResult]:
    """Judge a flight; one result for each requirement, in the order of the set."""
    return [_judge_requirement(flight, requirement) for requirement in requirements.requirement]


def _judge_requirement(flight: Flight, requirement: Requirement) -> RequirementResult:
    clauses = tuple(_judge_clause(flight, clause, requirement.severity) for clause in requirement.clause)
    worst = min(clauses, key=_badness)
    return RequirementResult(
        id=requirement.id,
        title=requirement.title,
        severity=requirement.severity,
        source=requirement.source,
        status=worst.status,
        clause=worst.name,
        value=worst.value,
        margin=worst.margin,
        robustness=worst.robustness,
        unit=worst.unit,
        comparison=worst.comparison,
        goal=worst.goal,
        limit=worst.limit,
        time_s=worst.time_s,
        goal_met=_all_goals_met(clauses),
        reason=worst.reason,
        clauses=clauses,
    )


UNMEASURED = -1.0
"""Rank of a violation without a number, such as a cut-off that never came: as bad as missing the limit by all of it."""
_ORDER = {"fail": 0, "advisory": 1, "pass": 2, "not_evaluated": 3}


def _badness(result: ClauseResult | RequirementResult) -> tuple[int, float]:
    """Violated first, unevaluated last, and between equals the smallest margin for its limit."""
    return _ORDER[result.status], UNMEASURED if result.robustness is None else result.robustness


def _all_goals_met(clauses: tuple[ClauseResult, ...]) -> bool | None:
    met = [clause.goal_met for clause in clauses if clause.goal_met is not None]
    return all(met) if met else None


def worst_first(results: Sequence[RequirementResult]) -> list[RequirementResult]:
    """Violated requirements, then violated advisories, then the rest by margin for their limit, unevaluated last."""
    return sorted(results, key=_badness)


def _judge_clause(flight: Flight, clause: Clause, severity: Severity) -> ClauseResult:
    samples = sample(flight, clause.signal, clause.phase)
    violated: Status = "fail" if severity == "required" else "advisory"
    if isinstance(samples, Missing):
        status: Status = violated if samples.violated else "not_evaluated"
        return _result(clause, status, None, None, samples.reason)
    value, time_s = _closest_to_the_limit(clause, samples)
    if clause.holds(clause.margin_of(value)):
        return _result(clause, "pass", value, time_s, "")
    return _result(clause, violated, value, time_s, _why(clause, value, time_s))


def _closest_to_the_limit(clause: Clause, samples: Series) -> tuple[float, float]:
    index = int(samples.value.argmax() if clause.comparison[0] == "<" else samples.value.argmin())
    return float(samples.value[index]), float(samples.time_s[index])


def _result(clause: Clause, status: Status, value: float | None, time_s: float | None, reason: str) -> ClauseResult:
    margin = None if value is None else clause.margin_of(value)
    goal_met = None
    if clause.goal is not None and value is not None:
        goal_met = value <= clause.goal if clause.comparison[0] == "<" else value >= clause.goal
    return ClauseResult(
        name=clause.name,
        formula=clause.formula,
        status=status,
        value=value,
        margin=margin,
        robustness=None if margin is None else margin / clause.scale,
        unit=clause.unit,
        comparison=clause.comparison,
        goal=clause.goal,
        limit=clause.limit,
        time_s=time_s,
        goal_met=goal_met,
        reason=reason,
    )


def _why(clause: Clause, value: float, time_s: float) -> str:
    unit = f" {clause.unit}" if clause.unit else ""
    return f"{clause.name} {value:.4g}{unit} at {time_s:.2f} s, limit {clause.comparison} {clause.limit:g}{unit}"
