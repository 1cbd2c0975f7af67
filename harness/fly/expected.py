"""Whether a flight matches the expectation of its scenario."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hoverslam.harness.judge.verdict import Verdict

if TYPE_CHECKING:
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.scenarios.expected import Expected

NOT_FLOWN = (Verdict.GNC_LOST, Verdict.HARNESS_ERROR)
"""Verdicts that no case can expect: they say nothing about a landing."""


def held(summary: "Summary", expected: "Expected | None") -> "Summary":
    """The summary with the expectation and the differences from it."""
    if expected is None:
        return summary
    from hoverslam.harness.fly.summary import ExpectedSummary

    told = tuple(differences(summary, expected))
    fails = None if expected.fails is None else list(expected.fails)
    written = ExpectedSummary(
        verdict=expected.verdict, outcome=expected.outcome, fails=fails, why=expected.why, met=not told,
        differences=list(told),
    )  # fmt: skip
    return summary.model_copy(update={"expected": written})


def differences(summary: "Summary", expected: "Expected") -> Iterator[str]:
    """Differences from the expectation; what the case leaves open is not compared."""
    if summary.verdict.lower() != expected.verdict:
        yield f"{summary.verdict} instead of {expected.verdict.upper()}"
    if summary.verdict in NOT_FLOWN:
        return
    if expected.outcome not in {None, summary.outcome}:
        yield f"ended in {summary.outcome} instead of {expected.outcome}"
    if expected.fails is not None:
        failed = {one.id for one in summary.requirements if one.status == "fail"}
        unexpected, missing = sorted(failed - {*expected.fails}), sorted({*expected.fails} - failed)
        if unexpected:
            yield f"{', '.join(unexpected)} failed unexpectedly"
        if missing:
            yield f"{', '.join(missing)} passed unexpectedly"


def as_it_should(summary: "Summary") -> bool:
    """The flight matches its expectation, or passed if none is stated."""
    return summary.expected.met if summary.expected is not None else summary.verdict == Verdict.PASS


def exit_code(summary: "Summary") -> int:
    """0 if the flight is as expected, 1 if not; 3 and 4 as always, because then the flight was not completed."""
    if summary.verdict in NOT_FLOWN:
        return Verdict(summary.verdict).exit_code
    return int(not as_it_should(summary))
