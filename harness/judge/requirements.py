"""Evaluates requirements on a flight: status and margin of each.

What a set says is read by `harness.judge.sets`; formulas are judged by `harness.stl`; what the names in them mean
on a flight is `harness.signals.samples`.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from hoverslam.harness.judge.clauses import Bound, Clause
from hoverslam.harness.judge.sets import Requirement, RequirementSet, Severity, load_requirements, shipped_sets
from hoverslam.harness.judge.sets import RequirementSetError as RequirementSetError
from hoverslam.harness.signals.samples import FlightTrace, NotThereError
from hoverslam.harness.stl.deciding import decide, stated
from hoverslam.harness.stl.formula import Comparison, Formula, Predicate, phase_names
from hoverslam.harness.stl.monitor import Evaluation, MonitorError
from hoverslam.harness.stl.monitor import evaluate as monitor
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing

__all__ = [
    "Clause",
    "ClauseResult",
    "RequirementResult",
    "RequirementSet",
    "RequirementSetError",
    "evaluate",
    "load_requirements",
    "shipped_sets",
    "worst_first",
]

Status = Literal["pass", "fail", "advisory", "not_evaluated"]


class ClauseResult(NamedTuple):
    """Result of one clause. Value and time are those of the smallest margin; None if there is none."""

    name: str
    formula: str
    status: Status
    value: float | None
    margin: float | None
    robustness: float | None
    unit: str
    comparison: Comparison
    goal: float | None
    limit: float | None
    time_s: float | None
    goal_met: bool | None
    reason: str


class RequirementResult(NamedTuple):
    """Result of a requirement. Value, margin and so on are those of its binding clause, which is the worst."""

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
    limit: float | None
    time_s: float | None
    goal_met: bool | None
    reason: str
    clauses: tuple[ClauseResult, ...]

    def as_json(self) -> dict[str, Any]:
        """The entry of a summary; finite numbers and null only."""
        return {**self._asdict(), "clauses": [clause._asdict() for clause in self.clauses]}


def evaluate(flight: Flight, requirements: RequirementSet) -> list[RequirementResult]:
    """Judge a flight; one result for each requirement, in the order of the set."""
    try:
        trace: FlightTrace | Missing = FlightTrace(flight)
    except NotThereError as absent:
        trace = absent.missing
    return [_judge_requirement(trace, requirement) for requirement in requirements.requirement]


def _judge_requirement(trace: FlightTrace | Missing, requirement: Requirement) -> RequirementResult:
    clauses = tuple(_judge_clause(trace, clause, requirement.severity) for clause in requirement.clause)
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
"""Rank of a violation without a number, such as a missing cut-off command: counts as missing the limit by 100 %."""
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


class _Judged(NamedTuple):
    """What decided a clause: the value, what it is compared with, when, and how robustly."""

    value: float
    bound: Bound
    margin: float
    time_s: float


def _judge_clause(trace: FlightTrace | Missing, clause: Clause, severity: Severity) -> ClauseResult:
    violated: Status = "fail" if severity == "required" else "advisory"
    judged = trace if isinstance(trace, Missing) else _judge(trace, clause.tree, clause.judged_in)
    if isinstance(judged, Missing):
        return _unmeasured(clause, violated if judged.violated else "not_evaluated", judged.reason)
    if judged.bound.holds(judged.margin):
        return _measured(clause, "pass", judged, _goal_met(trace, clause, judged), "")
    return _measured(clause, violated, judged, _goal_met(trace, clause, judged), _why(clause, judged))


def _judge(trace: FlightTrace, formula: Formula, unit: str | None) -> _Judged | Missing:
    """The predicate that decided a formula, or why none did."""
    try:
        found = monitor(formula, trace, unit)
    except NotThereError as absent:
        return absent.missing
    except MonitorError as wrong:
        return Missing(str(wrong), violated=True)
    decision = decide(found)
    if decision is None:
        return _undecided(trace, formula, violated=bool(found.robustness[0] < 0.0))
    return _read(found, decision.predicate, decision.row, decision.negated)


def _read(found: Evaluation, predicate: Predicate, row: int, negated: bool) -> _Judged:
    """Value and limit at the frame that decided."""
    said = stated(predicate, negated)
    sides = found.sides[id(predicate)]
    left, right = float(sides.left[row]), float(sides.right[row])
    value, limit = (left, right) if said.on_left else (right, left)
    time_s = float(sides.time_s[row])
    return _Judged(value, Bound(said.comparison, limit), float(found.robustness[0]), time_s)


def _undecided(trace: FlightTrace, formula: Formula, violated: bool) -> Missing:
    """Nothing measured decided: no frame was in the phases, or only whether and never how much was asked."""
    absent = [name for name in phase_names(formula) if not trace.phase(name).any()]
    if absent:
        return Missing(f"the flight had no phase {', '.join(absent)}", violated)
    outcome = "no frame met its conditions" if violated else "its conditions were never true together"
    return Missing(f"{outcome}, so there is no measured value", violated)


def _goal_met(trace: FlightTrace | Missing, clause: Clause, judged: _Judged) -> bool | None:
    if clause.goal_tree is not None and not isinstance(trace, Missing):
        goal = _judge(trace, clause.goal_tree, clause.judged_in)
        return None if isinstance(goal, Missing) else goal.bound.holds(goal.margin)
    if clause.goal_number is None:
        return None
    return (
        judged.value <= clause.goal_number if judged.bound.comparison[0] == "<" else judged.value >= clause.goal_number
    )


def _measured(clause: Clause, status: Status, judged: _Judged, goal_met: bool | None, reason: str) -> ClauseResult:
    return ClauseResult(
        name=clause.name,
        formula=clause.formula,
        status=status,
        value=judged.value,
        margin=judged.margin,
        robustness=judged.margin / clause.scale(judged.bound.limit),
        unit=clause.margin_unit,
        comparison=judged.bound.comparison,
        goal=clause.goal_number,
        limit=judged.bound.limit,
        time_s=judged.time_s,
        goal_met=goal_met,
        reason=reason,
    )


def _unmeasured(clause: Clause, status: Status, reason: str) -> ClauseResult:
    return ClauseResult(
        name=clause.name,
        formula=clause.formula,
        status=status,
        value=None,
        margin=None,
        robustness=None,
        unit=clause.margin_unit,
        comparison=clause.bound.comparison if clause.bound else ">=",
        goal=clause.goal_number,
        limit=clause.bound.limit if clause.bound else None,
        time_s=None,
        goal_met=None,
        reason=reason,
    )


def _why(clause: Clause, judged: _Judged) -> str:
    unit = f" {clause.margin_unit}" if clause.margin_unit else ""
    value, (comparison, limit) = judged.value, judged.bound
    return f"{clause.name} {value:.4g}{unit} at {judged.time_s:.2f} s, limit {comparison} {limit:g}{unit}"
