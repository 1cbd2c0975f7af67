"""What a CI server is told. Oracle: what pytest itself writes, flights that are known to fail, an XML parser."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from hoverslam.harness.commands.junit import junit_report, suite
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.expected import held
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.record.flight_record import GncFailure
from hoverslam.scenarios.expected import Expected
from tests.harness.flights import Plan, fly, truth_of
from tests.harness.test_expected import FAILS, HARD, LOST, SOUND
from tests.harness.test_summary import assessed

TALLIES = {"failures": "failure", "errors": "error", "skipped": "skipped"}
OUTCOMES = {"failure", "error", "skipped"}
SEEN_BY_PYTEST = """
import pytest
def test_passes(): print("said")
def test_fails(): assert False
@pytest.fixture
def broken(): raise RuntimeError
def test_errs(broken): ...
def test_skips(): pytest.skip("no reason")
"""


def written(path: Path, *summaries: Summary, hold: bool = False) -> Element:
    with junit_report(path, "flights") as suites:
        suites += [suite(one, held=hold) for one in summaries]
    return ElementTree.parse(path).getroot()


def cases(root: Element) -> dict[str, Element]:
    return {str(case.get("name")).split()[0]: case for case in root.iter("testcase")}


def outcome(case: Element) -> str:
    return next((child.tag for child in case if child.tag in OUTCOMES), "")


@pytest.fixture(scope="module")
def pytests(tmp_path_factory: pytest.TempPathFactory) -> Element:
    """A file of pytest's own, with every outcome in it."""
    folder = tmp_path_factory.mktemp("pytest")
    (folder / "test_it.py").write_text(SEEN_BY_PYTEST)
    xml = folder / "own.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-o", "junit_logging=system-out", f"--junitxml={xml}", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stdout
    return ElementTree.parse(xml).getroot()


def test_the_structure_is_that_which_pytest_writes(pytests: Element, tmp_path: Path) -> None:
    ours = written(tmp_path / "x.xml", SOUND, HARD, LOST)
    assert ours.tag == pytests.tag == "testsuites"
    own_suite, own_case = next(pytests.iter("testsuite")), next(pytests.iter("testcase"))
    for one in ours.iter("testsuite"):
        assert set(one.keys()) == set(own_suite.keys())
    for case in ours.iter("testcase"):
        assert set(case.keys()) == set(own_case.keys())
    used = {child.tag for case in ours.iter("testcase") for child in case}
    known = {child.tag for case in pytests.iter("testcase") for child in case}
    assert used == known == {*OUTCOMES, "system-out"}
    assert all(child.get("message") for case in ours.iter("testcase") for child in case if child.tag in OUTCOMES)


def test_counts_and_times_add_up(pytests: Element, tmp_path: Path) -> None:
    for root in (pytests, written(tmp_path / "x.xml", SOUND, HARD, LOST)):
        for one in root.iter("testsuite"):
            inside = list(one.iter("testcase"))
            assert int(one.attrib["tests"]) == len(inside)
            for count, tag in TALLIES.items():
                assert int(one.attrib[count]) == sum(outcome(case) == tag for case in inside)
            assert float(one.attrib["time"]) >= 0.99 * sum(float(case.attrib["time"]) for case in inside) - 1e-3
            assert all(sum(child.tag in OUTCOMES for child in case) <= 1 for case in inside)


def test_a_failed_requirement_is_a_failure_with_margin_unit_and_time(tmp_path: Path) -> None:
    told = cases(written(tmp_path / "x.xml", HARD))
    assert {name for name, case in told.items() if outcome(case) == "failure"} == set(FAILS)
    failure = told["R-18"].find("failure")
    assert failure is not None
    message = failure.attrib["message"]
    assert message.startswith("vertical speed: 5.001 m/s, limit <= 4 m/s, margin -1.001 m/s, at 20.0")
    assert message.endswith(" s")


def test_what_was_not_judged_is_skipped_with_its_reason_and_advisories_fail_nothing(tmp_path: Path) -> None:
    record = fly(Plan())
    truth_of(record)["accel_b_mps2"][300] = [-9.80665, 19.6133, 0.0]  # two g sideways: R-31 allows one
    summary = summarise(assessed(record), None)
    told = cases(written(tmp_path / "x.xml", summary))
    by_status = {one.id: one for one in summary.requirements}
    left = [one for one in summary.requirements if one.status == "not_evaluated"]
    advisory = [one.id for one in summary.requirements if one.status == "advisory"]
    assert left
    assert "R-31" in advisory
    for one in left:
        skipped = told[one.id].find("skipped")
        assert skipped is not None
        assert skipped.attrib["message"] == by_status[one.id].reason
    for name in advisory:
        assert outcome(told[name]) == ""
        assert "advisory" in str(told[name].findtext("system-out"))


def test_a_lost_program_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    told = cases(written(tmp_path / "x.xml", LOST))
    error = told["flight"].find("error")
    assert error is not None
    assert (error.attrib["type"], error.text) == ("GNC_LOST", "ouch")
    assert "it died" in error.attrib["message"]
    assert {outcome(case) for case in told.values()} <= {"error", "skipped", ""}


def test_a_harness_that_failed_is_an_error_whatever_was_expected(tmp_path: Path) -> None:
    failed = held(HARD.harness_failed("no space left"), Expected(verdict="fail"))
    root = written(tmp_path / "x.xml", failed, hold=True)
    assert root.attrib["errors"] == "1"


def test_held_to_what_is_written_only_what_differs_fails(tmp_path: Path) -> None:
    as_written = held(HARD, Expected(verdict="fail", fails=tuple(FAILS)))
    assert written(tmp_path / "a.xml", as_written, hold=True).attrib["failures"] == "0"
    assert int(written(tmp_path / "b.xml", as_written).attrib["failures"]) == len(FAILS), "unless it is not held to it"
    other = held(HARD, Expected(verdict="fail", fails=("R-99",)))
    told = cases(written(tmp_path / "c.xml", other, hold=True))
    assert {name for name, case in told.items() if outcome(case) == "failure"} == {"flight", *FAILS}
    better = held(SOUND, Expected(verdict="fail"))
    told = cases(written(tmp_path / "d.xml", better, hold=True))
    assert {name for name, case in told.items() if outcome(case) == "failure"} == {"flight"}


def test_a_flight_that_fails_without_a_failed_requirement_is_a_failure(tmp_path: Path) -> None:
    never = summarise(assessed(fly(Plan(outcome="max_time"))), None)
    told = cases(written(tmp_path / "x.xml", never))
    assert {name for name, case in told.items() if outcome(case) == "failure"} == {"flight"}


def test_whatever_a_program_prints_the_file_can_be_read(tmp_path: Path) -> None:
    nasty = "\x00\x1b[31m <&> ]]> \ud800 \U0001f680"
    lost = fly(Plan(outcome="gnc_lost"), GncFailure("died", nasty, 3, "glide", 7, nasty))
    told = cases(written(tmp_path / "x.xml", summarise(assessed(lost), None)))
    error = told["flight"].find("error")
    assert error is not None
    assert error.text == "\ufffd\ufffd[31m <&> ]]> \ufffd \U0001f680"


def test_before_the_flight_is_over_the_file_is_an_error(tmp_path: Path) -> None:
    """What is killed leaves that: not a half file, nor one of a run before."""
    path = tmp_path / "new" / "x.xml"
    written(path, SOUND)
    with junit_report(path, "zq3-landing") as suites:
        during = ElementTree.parse(path).getroot()
        suites.append(suite(SOUND, held=False))
    assert (during.attrib["tests"], during.attrib["errors"]) == ("1", "1")
    assert ElementTree.parse(path).getroot().attrib["errors"] == "0"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("bad scenario"), KeyboardInterrupt()])
def test_a_flight_that_comes_to_no_summary_is_told_as_an_error(error: BaseException, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"

    def fly_on() -> None:
        with junit_report(path, "zq3-landing") as suites:
            suites.append(suite(SOUND, held=False))
            raise error

    with pytest.raises(type(error)):
        fly_on()
    root = ElementTree.parse(path).getroot()
    (told,) = root.iter("error")
    assert (told.attrib["type"], root.attrib["errors"]) == (type(error).__name__, "1")
    assert told.attrib["message"] == (str(error) or "interrupted")
    assert len(list(root.iter("testsuite"))) == 2, "what had been flown is there"


def test_a_place_that_cannot_be_written_is_known_before_the_flight(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match=r"--junit .*: cannot be written"),
        junit_report(tmp_path / "file" / "x.xml", "x"),
    ):
        pytest.fail("it flew")
