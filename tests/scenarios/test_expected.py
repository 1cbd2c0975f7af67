"""What is written beside a scenario. Oracle: files written by hand, and whether it is there after they are read."""

from pathlib import Path

import pytest

from hoverslam.scenarios.load import ScenarioError, load
from tests.scenarios.files import Write, mistake

WRITTEN = '[expected]\nverdict = "fail"\noutcome = "impact"\nfails = ["R-21", "R-18"]\nwhy = "no engine"\n'


def test_it_is_read_and_ids_are_in_their_order(write: Write) -> None:
    expected = load(write(more=WRITTEN)).expected
    assert expected is not None
    assert (expected.verdict, expected.outcome, expected.why) == ("fail", "impact", "no engine")
    assert expected.fails == ("R-18", "R-21")


def test_nothing_is_expected_where_nothing_is_written(write: Write) -> None:
    assert load(write()).expected is None


def test_it_is_not_inherited(write: Write, tmp_path: Path) -> None:
    base = write(more=WRITTEN)
    mine = tmp_path / "mine.toml"
    mine.write_text(f'extends = "{base.name}"\n', encoding="utf-8")
    assert load(mine).expected is None
    mine.write_text(f'extends = "{base.name}"\n[expected]\nverdict = "pass"\n', encoding="utf-8")
    expected = load(mine).expected
    assert expected is not None
    assert (expected.verdict, expected.outcome, expected.fails) == ("pass", None, None), "nor key by key"


@pytest.mark.parametrize("key", ["seed", "release.lox_kg"])
def test_another_flight_has_none(write: Write, key: str) -> None:
    assert load(write(more=WRITTEN), {key: "7000"}).expected is None


def test_it_can_be_set_on_the_command_line(write: Write) -> None:
    expected = load(write(more=WRITTEN), {"expected.outcome": "max_time"}).expected
    assert expected is not None
    assert (expected.outcome, expected.fails) == ("max_time", ("R-18", "R-21"))
    alone = load(write(), {"seed": "3", "expected.verdict": "fail"}).expected
    assert alone is not None
    assert alone.verdict == "fail"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('verdict = "maybe"', "expected.verdict = \"maybe\": unknown value; write 'pass' or 'fail'"),
        ('fails = ["R-18"]', "expected.verdict: is missing; add it"),
        (
            'verdict = "pass"\nfails = ["R-18"]',
            "expected.fails = ['R-18']: must be empty for a flight that is expected to pass",
        ),
        ('verdict = "pass"\noutcome = "impact"', 'expected.outcome = "impact": cannot occur in a flight that passes'),
        ('verdict = "fail"\noutcome = "at_rest"\nfails = []', "expected.fails = []: must not be empty"),
        ('verdict = "fail"\nfail = ["R-18"]', "expected.fail = ['R-18']: unknown key; did you mean fails?"),
    ],
)
def test_what_contradicts_itself_is_refused(write: Write, table: str, said: str) -> None:
    told = mistake(write(more=f"[expected]\n{table}\n"))
    assert said in told
    assert len(told.splitlines()) == 1


def test_a_mistake_in_it_is_refused_by_load(write: Write) -> None:
    with pytest.raises(ScenarioError, match="expected"):
        load(write(more="expected = 3\n"))
