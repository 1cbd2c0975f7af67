"""When a flight is flown again. Oracles: a table of losses written by hand, and a program that is lost exactly once."""

import ast
import json
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.campaign.flyer import CampaignFlyer, FlightJob
from hoverslam.harness.campaign.logs import LogFlyer, LogToFly
from hoverslam.harness.campaign.sampling import CampaignPlace
from hoverslam.harness.certify import worker
from hoverslam.harness.certify.worker import GO, JOB, RESULT, WorkerOrder
from hoverslam.harness.errors import OwnFaultError
from hoverslam.harness.fly.cases import CaseFlyer, CaseJob
from hoverslam.harness.fly.pilot import FlownFlight, Pilot
from hoverslam.harness.hunt.flyer import Flyer, HuntJob
from hoverslam.harness.hunt.found import Found, fly_found
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import DEADLINE
from hoverslam.harness.pytest_plugin import FlyFixture
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.scenarios.load import load
from tests.harness.fake_plant import PROGRAMS, ROOT
from tests.harness.flights import Plan, fly

LANDING, SHORT = load("zq3-landing"), load("zq3-last-5km")
SOUND = fly(Plan())
KILLED = -signal.SIGKILL


def lost(kind: str, status: int | None = None) -> FlightRecord:
    return fly(Plan(outcome="gnc_lost"), GncFailure(kind, f"it {kind}", 3, "glide", status, ""))


class Script:
    """A session of which the records are known."""

    def __init__(self, *records: FlightRecord) -> None:
        self.losses: list[Any] = []
        self.left = [replace(record, findings=[]) for record in records]

    def fly(self, *_: Any) -> FlightRecord:
        return self.left.pop(0)

    def fly_all(self, flights: Iterator[Any]) -> Iterator[tuple[Any, FlightRecord]]:
        for prepared in flights:
            yield prepared, self.fly()


def scripted(*records: FlightRecord, **options: Any) -> tuple[Pilot, Script]:
    pilot, script = Pilot(None, **options), Script(*records)
    pilot._session = script  # type: ignore[assignment]  # a script stands in for the session
    return pilot, script


ONE_BY_ONE, AT_ONCE = "one by one", "at once"
WAYS: dict[str, Callable[[Pilot], FlownFlight]] = {
    ONE_BY_ONE: lambda pilot: pilot.fly(LANDING, "a flight"),
    AT_ONCE: lambda pilot: next(pilot.fly_all([(LANDING, "a flight")])),
}
RULE = {
    "a sound flight": ((SOUND,), 1),
    "hung, as on a loaded host": ((lost("hung"), SOUND), 2),
    "hung once and then as well": ((lost("hung"), lost("hung"), SOUND), 2),
    "killed, as where memory is short": ((lost("died", KILLED), SOUND), 2),
    "killed once and then as well": ((lost("died", KILLED), lost("died", KILLED), SOUND), 2),
    "hung, and then crashed": ((lost("hung"), lost("died", 7), SOUND), 2),
    "crashed by itself": ((lost("died", 7), SOUND), 1),
    "crashed by a signal of its own making": ((lost("died", -signal.SIGSEGV), SOUND), 1),
    "ended without a word": ((lost("died", 0), SOUND), 1),
    "left the connection": ((lost("disconnected"), SOUND), 1),
    "broke the protocol": ((lost("protocol"), SOUND), 1),
    "broke the protocol before it was killed": ((lost("protocol", KILLED), SOUND), 1),
    "a fault of ours": ((replace(SOUND, outcome="harness_error", harness_error="the plant diverged"), SOUND), 1),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", RULE)
def test_a_flight_is_flown_again_where_the_host_may_have_been_at_fault_and_not_otherwise(what: str, way: str) -> None:
    records, tries = RULE[what]
    pilot, script = scripted(*records)
    flown = WAYS[way](pilot)
    assert (flown.tries, len(records) - len(script.left)) == (tries, tries)
    counts = records[tries - 1]
    assert (flown.record.outcome, flown.record.gnc_failure) == (counts.outcome, counts.gnc_failure)
    assert flown.record.hash == counts.hash


@pytest.mark.parametrize(("tries", "outcome"), [(1, "gnc_lost"), (3, "at_rest")])
def test_how_often_is_one_number(tries: int, outcome: str) -> None:
    pilot, _ = scripted(lost("hung"), lost("hung"), SOUND, tries=tries)
    assert pilot.fly(LANDING, "x").record.outcome == outcome


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [(), (lost("hung"),)])
def test_an_interrupted_flight_is_none(way: str, before: tuple[FlightRecord, ...]) -> None:
    pilot, _ = scripted(*before, fly(Plan(outcome="interrupted")))
    with pytest.raises(KeyboardInterrupt):
        WAYS[way](pilot)


def test_a_loss_that_a_flight_was_flown_again_for_is_told_once() -> None:
    pilot, _ = scripted(lost("hung"), SOUND, SOUND)
    again, once = pilot.fly(LANDING, "x"), pilot.fly(LANDING, "y")
    (told,) = again.record.findings
    assert told.startswith("flown 2 times; before")
    assert "flight software hung in frame 3: it hung" in told
    assert told in [one.text for one in again.assessment.findings]
    assert once.record.findings == []
    assert (pilot.lost(), pilot.lost()) == (["flight software hung in frame 3: it hung"], [])


def test_a_fault_of_ours_is_a_verdict_or_an_error_as_one_likes() -> None:
    pilot, _ = scripted(replace(SOUND, outcome="harness_error", harness_error="the plant diverged"), SOUND)
    flown, sound = pilot.fly(LANDING, "x"), pilot.fly(LANDING, "y")
    assert flown.assessment.verdict == Verdict.HARNESS_ERROR
    with pytest.raises(OwnFaultError, match="the plant diverged"):
        flown.not_our_fault()
    assert sound.not_our_fault() is sound


def lost_once(deed: str, folder: Path) -> str:
    """A program that is lost in its first flight; also where it is started in another folder."""
    return shlex.join([sys.executable, str(PROGRAMS / "lost_once.py"), deed, str(folder / "lost")])


@pytest.fixture(autouse=True)
def _programs_find_this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_a_program_that_hangs_once_is_started_again_and_flies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEADLINE, "3")
    with Pilot(lost_once("hang", tmp_path)) as pilot:
        first = pilot.pid
        flown = pilot.fly(SHORT, "x")
        assert pilot.pid not in {first, None}
    assert (flown.tries, flown.record.outcome, flown.record.gnc["name"]) == (2, "impact", "lost once")
    assert "flight software hung in frame 3" in flown.record.findings[0]


def campaign(gnc: str, _folder: Path) -> tuple[str, int]:
    flyer = CampaignFlyer(FlightJob(SHORT.model_dump(mode="json", exclude_none=True), gnc))
    (one,) = flyer.fly([CampaignPlace(0, 1, "", {})])
    flyer.close()
    return one.row.outcome, 1 + len(flyer.lost())


def logs(gnc: str, folder: Path) -> tuple[str, int]:
    flyer = LogFlyer(gnc, None)
    flyer.fly(LogToFly(SHORT, folder / "log"))
    flyer.close()
    return told(json.loads((folder / "log" / "summary.json").read_text(encoding="utf-8")))


def hunt(gnc: str, _folder: Path) -> tuple[str, int]:
    flyer = Flyer(HuntJob("requirements", gnc))
    flown = flyer.fly(SHORT.model_dump(mode="json", exclude_none=True))
    flyer.close()
    return flown.outcome, 1 + flown.again


def found(gnc: str, folder: Path) -> tuple[str, int]:
    one = Found("", [], [], "R-1", "", None, "", 1, 0, 0, 0, "zq3-last-5km", "", str(folder / "run"))
    fly_found(one, HuntJob("requirements", gnc))
    return told(json.loads((folder / "run" / "summary.json").read_text(encoding="utf-8")))


def cases(gnc: str, folder: Path) -> tuple[str, int]:
    flyer = CaseFlyer(CaseJob(gnc, folder / "runs"))
    (summary,) = flyer.fly([SHORT])
    flyer.close()
    return told(summary.model_dump(mode="json"))


def certificate(gnc: str, folder: Path) -> tuple[str, int]:
    order = WorkerOrder(SHORT.model_dump(mode="json"), gnc, "another hash", None, stop_program=False)
    (folder / JOB).write_text(json.dumps(order._asdict()), encoding="utf-8")
    (folder / GO).touch()
    assert worker.main(folder) == 0
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return result["outcome"], result["tries"]


def told(summary: dict[str, Any]) -> tuple[str, int]:
    """How a flight ended, and how often it was flown by what its findings say."""
    return summary["outcome"], 1 + sum("flown 2 times" in one["text"] for one in summary["findings"])


@pytest.mark.parametrize("flies", [campaign, logs, hunt, found, cases, certificate])
def test_whoever_flies_many_flies_a_flight_again_whose_program_was_killed(
    flies: Callable[[str, Path], tuple[str, int]], tmp_path: Path
) -> None:
    assert flies(lost_once("kill", tmp_path), tmp_path) == ("impact", 2)


def test_so_does_the_fixture_of_the_plugin(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with Pilot(lost_once("kill", tmp_path)) as pilot:
        fixture = FlyFixture(pilot, lambda: request.node, "hoverslam_requirement", None, tmp_path / "runs")
        flown = fixture(SHORT)
    assert told(flown.summary.model_dump(mode="json")) == ("impact", 2)


OPENERS = {
    "harness/program/opening.py": "makes them",
    "harness/program/fleet.py": "the other strings of its flights",
    "harness/fly/pilot.py": "flies many",
    "harness/commands/run.py": "one flight, before somebody's eyes",
    "harness/commands/replay.py": "one flight, held to a record",
    "harness/commands/feed.py": "plays what was recorded",
    "harness/commands/compiling.py": "flies nothing",
    "harness/bench/bench.py": "times a flight: a second one would be another time",
    "harness/bench/fleet.py": "the same",
    "harness/bench/requirements.py": "the same",
    "harness/bench/split.py": "the same",
    "harness/validation/reflown.py": "one flight of the reference",
}
SESSIONS = {"open_session", "open_fleet", "open_debug", "open_feed", "Session", "FleetSession"}


def test_nobody_else_starts_a_flight_program() -> None:
    calls = [
        str(path.relative_to(ROOT))
        for package in ("harness", "src/hoverslam") for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SESSIONS
    ]  # fmt: skip
    assert set(calls) == set(OPENERS)
