"""A flight held to what is written beside it. Oracle: flights of which it is known what fails."""

import pytest

from hoverslam.harness.fly.expected import as_it_should, exit_code, held
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.record.flight_record import GncFailure
from hoverslam.scenarios.expected import Expected
from tests.harness.flights import Plan, fly
from tests.harness.test_summary import assessed

SOUND = summarise(assessed(Plan()), None)
HARD = summarise(assessed(Plan(touchdown_mps=5.0)), None)
LOST = summarise(assessed(fly(Plan(outcome="gnc_lost"), GncFailure("died", "it died", 3, "glide", 7, "ouch"))), None)
FAILS = sorted(one.id for one in HARD.requirements if one.status == "fail")


def differences(summary: Summary, **written: object) -> list[str]:
    told = held(summary, Expected.model_validate(written)).expected
    assert told is not None
    assert told.met == (not told.differences)
    return told.differences


def test_the_hard_landing_breaks_what_it_is_made_to_break() -> None:
    assert "R-18" in FAILS
    assert (SOUND.verdict, HARD.verdict, LOST.verdict) == ("PASS", "FAIL", "GNC_LOST")


def test_a_flight_that_came_as_written_has_no_differences() -> None:
    assert differences(SOUND, verdict="pass", outcome="at_rest") == []
    assert differences(HARD, verdict="fail", outcome="at_rest", fails=FAILS) == []


def test_what_is_left_open_is_not_looked_at() -> None:
    assert differences(HARD, verdict="fail") == []
    assert differences(HARD, verdict="fail", fails=FAILS) == []


def test_each_difference_is_told() -> None:
    assert differences(HARD, verdict="pass") == ["FAIL instead of PASS"]
    assert differences(SOUND, verdict="fail", fails=["R-18"]) == ["PASS instead of FAIL", "R-18 passed unexpectedly"]
    assert differences(HARD, verdict="fail", outcome="impact") == ["ended in at_rest instead of impact"]
    without = [name for name in FAILS if name != "R-18"]
    assert differences(HARD, verdict="fail", fails=[*without, "R-99"]) == [
        "R-18 failed unexpectedly",
        "R-99 passed unexpectedly",
    ]


def test_a_lost_program_is_no_failed_landing() -> None:
    assert differences(LOST, verdict="fail") == ["GNC_LOST instead of FAIL"]


@pytest.mark.parametrize(
    ("summary", "written", "code"),
    [
        (SOUND, None, 0),
        (HARD, None, 1),
        (SOUND, {"verdict": "pass"}, 0),
        (HARD, {"verdict": "fail"}, 0),
        (HARD, {"verdict": "pass"}, 1),
        (SOUND, {"verdict": "fail"}, 1),
        (LOST, {"verdict": "fail"}, 3),
        (LOST.harness_failed("full disk"), {"verdict": "fail"}, 4),
    ],
)
def test_the_exit_code_says_whether_it_came_as_it_should(
    summary: Summary, written: dict[str, str] | None, code: int
) -> None:
    told = held(summary, None if written is None else Expected.model_validate(written))
    assert (exit_code(told), as_it_should(told)) == (code, code == 0)
