"""The verdict of a run, which always says who failed: the vehicle as flown, the flight software, or the harness.

Imports nothing heavy: the command line needs the exit codes before it needs numpy.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hoverslam.harness.judge.requirements import RequirementResult
    from hoverslam.harness.record.flight_record import FlightRecord

EXIT_USAGE = 2
LEG_BROKE = 3  # code of `struck` in the truth


class Verdict(StrEnum):
    """The result of a run; `meaning` is a sentence for people."""

    PASS = "PASS"  # noqa: S105  a verdict
    FAIL = "FAIL"
    GNC_LOST = "GNC_LOST"
    HARNESS_ERROR = "HARNESS_ERROR"

    @property
    def exit_code(self) -> int:
        """Exit status of the command that ends in this verdict."""
        return {"PASS": 0, "FAIL": 1, "GNC_LOST": 3, "HARNESS_ERROR": 4}[self.value]

    @property
    def meaning(self) -> str:
        """One sentence for people."""
        return {
            "PASS": "all requirements passed",
            "FAIL": "the vehicle was flown and a requirement was violated",
            "GNC_LOST": "the flight software died, hung or violated the protocol",
            "HARNESS_ERROR": "the harness failed; no statement about the flight software",
        }[self.value]


def judge(record: "FlightRecord", results: Sequence["RequirementResult"]) -> Verdict:
    """The verdict of a flight. An interrupted run is no flight: it counts as a harness error, with exit code 130."""
    if record.outcome == "gnc_lost" or record.gnc_failure is not None:
        return Verdict.GNC_LOST
    if record.outcome not in {"at_rest", "impact", "max_time"}:
        return Verdict.HARNESS_ERROR
    statuses = {result.status for result in results}
    landed = record.outcome == "at_rest" and "pass" in statuses and "fail" not in statuses
    return Verdict.PASS if landed else Verdict.FAIL


def explain(record: "FlightRecord", results: Sequence["RequirementResult"]) -> str:
    """The reason for the verdict, in one sentence, and which of several flight programs were cut."""
    strings = "" if record.strings is None or record.gnc_failure is not None else record.strings.sentence
    return "; ".join(filter(None, (_reason(record, results), strings)))


def _reason(record: "FlightRecord", results: Sequence["RequirementResult"]) -> str:
    from hoverslam.harness.judge.requirements import worst_first

    if (failure := record.gnc_failure) is not None:
        status = "" if failure.exit_status is None else f", exit status {failure.exit_status}"
        return f"flight software {failure.event} in frame {failure.frame} ({failure.phase}){status}: {failure.reason}"
    endings = {
        "gnc_lost": "the flight software was lost",
        "interrupted": "interrupted before the flight ended",
        "harness_error": "the harness failed during the flight",
        "impact": _impact(record) + _impact_speed(results),
        "max_time": "time limit of the scenario reached before landing",
    }
    ending = endings.get(record.outcome, "")
    failed = [result for result in worst_first(results) if result.status == "fail"]
    if not failed:
        return ending or "landed; all evaluated requirements passed"
    reasons = [f"{result.id} {result.title.lower()}: {result.reason}" for result in failed[:1]]
    others = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return "; ".join([*([ending] if ending else []), *reasons]) + others


def _impact(record: "FlightRecord") -> str:
    """The kind of impact: into the ground, tipped over after touchdown, or a leg crushed beyond its stroke."""
    from hoverslam.harness.trace.masks import any_of
    from hoverslam.plant.layout import truth_layout

    at = truth_layout(record.shape).slice
    touched = bool(any_of(record.truth[:, at("leg_contact")] > 0.5).any())
    struck, margin = record.truth[-1, at("struck").start], record.truth[-1, at("tip_margin_rad").start]
    if touched and struck and margin < 0.0:
        return "the stage tipped over after touchdown"
    broke = " with a leg crushed beyond its stroke" if struck == LEG_BROKE else ""
    return f"the stage hit the ground{broke}"


def _impact_speed(results: Sequence["RequirementResult"]) -> str:
    """The vertical speed, if the requirement set evaluates it."""
    for clause in (clause for result in results for clause in result.clauses):
        if " touchdown_vertical_mps " in clause.formula and clause.value is not None:
            return f" with a vertical speed of {clause.value:.0f} m/s"
    return ""
