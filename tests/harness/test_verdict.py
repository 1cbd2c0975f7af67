"""Who failed: the vehicle as flown, the flight software, or the harness."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import Verdict, explain, judge
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from tests.harness.flights import Plan, fly, truth_of, view

LANDING = load_requirements("landing")
DIED = GncFailure("died", "the program ended", 1200, "burn", 7, "Traceback: boom")


def judged(record: FlightRecord) -> tuple[Verdict, str]:
    results = evaluate(view(record), LANDING)
    return judge(record, results), explain(record, results)


@pytest.mark.parametrize(
    ("flight", "verdict", "exit_code", "says"),
    [
        (fly, Verdict.PASS, 0, "all evaluated requirements passed"),
        (lambda: fly(Plan(touchdown_mps=5.0)), Verdict.FAIL, 1, "R-18 vertical speed at touchdown: vertical speed 5"),
        (
            lambda: fly(Plan(end_s=15.0, outcome="max_time")),
            Verdict.FAIL,
            1,
            "time limit of the scenario reached before landing",
        ),
        (
            lambda: fly(Plan(outcome="impact")),
            Verdict.FAIL,
            1,
            "the stage hit the ground with a vertical speed of 2 m/s",
        ),
        (
            lambda: fly(Plan(end_s=12.0, outcome="gnc_lost"), DIED),
            Verdict.GNC_LOST,
            3,
            "flight software died in frame 1200 (burn), exit status 7: the program ended",
        ),
        (lambda: fly(Plan(end_s=12.0, outcome="harness_error")), Verdict.HARNESS_ERROR, 4, "the harness failed"),
        (lambda: fly(Plan(end_s=12.0, outcome="interrupted")), Verdict.HARNESS_ERROR, 4, "interrupted"),
    ],
)
def test_verdict_says_who_failed(
    flight: Callable[[], FlightRecord], verdict: Verdict, exit_code: int, says: str
) -> None:
    found, why = judged(flight())
    assert found is verdict
    assert found.exit_code == exit_code
    assert says in why


def test_a_soft_impact_is_still_no_landing() -> None:
    """Every number may be inside while the plant says that the hull, not the legs, met the ground."""
    record = fly(Plan(end_s=20.01, outcome="impact"))
    truth_of(record)["leg_contact"] = 0.0
    assert judged(record)[0] is Verdict.FAIL


def test_a_requirement_that_was_not_evaluated_does_not_fail_a_flight() -> None:
    record = fly()
    statuses = {result.status for result in evaluate(view(record), LANDING)}
    assert "not_evaluated" in statuses
    assert judged(record)[0] is Verdict.PASS


def test_the_verdict_loads_nothing_heavy() -> None:
    """The command line needs exit codes long before it needs numpy."""
    code = "import sys, hoverslam.harness.judge.verdict; sys.exit(bool({'numpy', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
