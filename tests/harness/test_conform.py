"""`hoverslam conform`. Oracle: programs that are each wrong in one way, and the check that was meant for it.

The beginning of a flight is a second and a half; the waits are short, for programs that answer at once.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import msgpack
import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.fly.conform import conform, setting_of
from hoverslam.harness.fly.courses import DEFAULT, courses_of
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.conformance.answers import FrameAsked, faults_of
from hoverslam.harness.wire.conformance.catalogue import CHECKS, FLEET, GROUPS, LINK, LONG, NAMES, SENSORS
from hoverslam.harness.wire.conformance.examination import examine
from hoverslam.harness.wire.conformance.subject import Courses, Waits
from hoverslam.harness.wire.conformance.verdicts import (
    DOES_NOT_APPLY,
    FAILED,
    NOT_EVALUATED,
    PASSED,
    WARNED,
    CheckResult,
)
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.errors import MessageRefused
from tests.harness.fake_plant import ECHO, HERE, PROGRAMS, SHAPE, nothing_left_behind
from tests.programs.wrong import FAILS, WARNS

SECONDS = 1.5
WAITS = Waits(
    hello_s=30.0, first_answer_s=30.0, answer_s=5.0, exit_s=5.0, quiet_s=0.1, pause_s=0.1, silence_s=0.2, gone_s=10.0
)
LONGER: dict[str, dict[str, float]] = {
    "watchdog": {"pause_s": 1.5}, "impatient": {"silence_s": 3.0}, "stays": {"exit_s": 1.0},
    **{name: {"gone_s": 2.0} for name in ("clings", "clings-early")},
    **{name: {"quiet_s": 2.0} for name in ("early", "ahead", "last-word", "twice")},
}  # fmt: skip
"""Waits of programs that are wrong by the clock: far beyond what a busy machine adds to a frame, or less, for those
that never do what is waited for.
"""
SOAK = 2000
NEIGHBOURS = 2
"""Checks of a group that are held with a wrong program; all of them with a few programs."""
TALK = [check.name for check in CHECKS if not check.is_staged]
"""Judged by the one undisturbed flight, which costs nothing more."""


@pytest.fixture(scope="module")
def courses() -> Courses:
    return courses_of(DEFAULT, SECONDS)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def wrong(name: str) -> list[str]:
    return [sys.executable, str(PROGRAMS / "wrong.py"), name]


def held(
    command: list[str] | None, courses: Courses, names: Collection[str] = (), **longer: float
) -> list[CheckResult]:
    waits = WAITS._replace(**longer)
    setting = setting_of(command, courses, HERE)._replace(waits=waits, soak_frames=SOAK)
    return list(examine(setting, names))


def beside(name: str) -> list[str]:
    """The check, those that follow it in its group, and those that cost nothing."""
    group = [check.name for check in CHECKS if check.group == NAMES[name].group]
    at = group.index(name)
    return [*TALK, *(group[at:] + group[:at])[:NEIGHBOURS]]


def adverse(results: list[CheckResult]) -> dict[str, str]:
    return {one.name: one.result for one in results if one.result in {FAILED, WARNED}}


@pytest.mark.parametrize("name", list(FAILS)[::3])  # all of them: make evidence ARGS=conform
def test_a_program_that_is_wrong_in_one_way_fails_the_check_that_is_meant(name: str, courses: Courses) -> None:
    meant = FAILS[name][1]
    assert adverse(held(wrong(name), courses, beside(meant), **LONGER.get(name, {}))) == {meant: FAILED}


@pytest.mark.parametrize("name", WARNS)
def test_what_the_harness_flies_all_the_same_is_a_warning(name: str, courses: Courses) -> None:
    meant = WARNS[name][1]
    assert adverse(held(wrong(name), courses, [*TALK, meant])) == {meant: WARNED}


def test_it_fails_no_check_of_the_other_groups(courses: Courses) -> None:
    names = [check.name for check in CHECKS if check.group != LONG]
    assert adverse(held(wrong("short-memory"), courses, names)) == {"late": FAILED}


def test_a_sound_program_passes_all(courses: Courses) -> None:
    results = held(wrong("sound"), courses)
    assert [one.name for one in results] == [check.name for check in CHECKS]
    assert {one.result for one in results} == {PASSED}


def test_the_echo_program_passes_what_is_said_of_messages_ends_and_fleets(courses: Courses) -> None:
    names = [*TALK, *(check.name for check in CHECKS if check.group in {"end", FLEET})]
    assert {one.result for one in held(ECHO, courses, names)} == {PASSED}


def test_the_reference_answers_frames_of_links_and_sensors_that_fail(courses: Courses) -> None:
    names = [*TALK, *(check.name for check in CHECKS if check.group in {LINK, SENSORS})]
    found = held(None, courses, names, first_answer_s=300.0)  # it may have to compile
    assert {one.name: one.told for one in found if one.result != PASSED} == {}


def test_a_program_that_flies_once_is_started_anew_and_not_asked_for_more(courses: Courses) -> None:
    names = [*TALK, "again", "pace", "restart", "shutdown", "fleet-together"]
    results = {one.name: one.result for one in held(wrong("once"), courses, names)}
    assert {name for name, result in results.items() if result == DOES_NOT_APPLY} == {"again", "fleet-together"}
    assert {result for name, result in results.items() if name not in {"again", "fleet-together"}} == {PASSED}


def test_where_there_is_no_conversation_nothing_else_is_said(courses: Courses) -> None:
    results = held(wrong("token"), courses, ["hello", "token", "seq", "missing", "memory"])
    assert [one.result for one in results] == [PASSED, FAILED, NOT_EVALUATED, NOT_EVALUATED, NOT_EVALUATED]


SOUND = harmless_command(SHAPE._asdict())
CHANGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: encode(SOUND), ""),
    "whole numbers": (lambda: encode({**SOUND, "throttle": [1] * SHAPE.engines}), ""),
    "nil telemetry": (lambda: encode({**SOUND, "telemetry": None}), ""),
    "true for a number": (lambda: encode({**SOUND, "throttle": [True] * SHAPE.engines}), "types"),
    "true for seq": (lambda: encode({**SOUND, "seq": False}), "types"),
    "a list for a flag": (lambda: encode({**SOUND, "leg_deploy": [False]}), "types"),
    "infinity": (lambda: encode({**SOUND, "fin_rad": [float("inf")] * SHAPE.fins}), "finite"),
    "a list too long": (lambda: encode({**SOUND, "fin_rad": [0.0] * 9}), "lengths"),
    "not a map": (lambda: msgpack.packb([1, 2]), "encoding"),
    "a key twice": (lambda: b"\x8b" + encode(SOUND)[1:] + b"\xa3seq\x00", "encoding"),
    "cut off": (lambda: encode(SOUND)[:-3], "encoding"),
    "a whole number beyond floats": (lambda: encode({**SOUND, "throttle": [2**64 - 1] * SHAPE.engines}), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_an_answer_has_a_fault_where_the_reader_of_flights_refuses_it(name: str) -> None:
    made, meant = CHANGES[name]
    assert list(faults_of(made(), FrameAsked(SHAPE, 0))) == ([meant] if meant else [])
    read = partial(ActuatorReader(SHAPE).read, made(), 0, bytearray(1000), 0)
    if meant:
        with pytest.raises(MessageRefused):
            read()
    else:
        read()


def test_there_are_as_many_checks_as_were_asked_for_each_with_its_meaning() -> None:
    assert len(NAMES) == len(CHECKS) >= 40
    assert all(check.meaning and check.group in GROUPS for check in CHECKS)


def command(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["conform", *arguments])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", HERE["PYTHONPATH"])
    return tmp_path


def test_a_fault_is_told_on_the_screen_in_json_and_to_a_ci_server_with_the_frame_that_shows_it(here: Path) -> None:
    done = command("--json", "--out", "shown", "--junit", "c.xml", "--only", "answers", "--", *wrong("short"))
    told = json.loads(done.stdout)
    assert (done.exit_code, told["exit_code"], told["results"][FAILED]) == (1, 1, 1)
    (lengths,) = (one for one in told["checks"] if one["result"] == FAILED)
    assert lengths["name"] == "lengths"
    assert "rcs_open has 7 values; must be 8" in lengths["told"]
    sensors, answer = ((here / path).read_text(encoding="utf-8") for path in lengths["shown"])
    assert json.loads(sensors)["seq"] == json.loads(answer)["seq"] == 0
    assert len(json.loads(answer)["rcs_open"]) == 7
    raw = msgpack.unpackb((here / "shown" / "lengths-2-answer.msgpack").read_bytes())
    assert raw == json.loads(answer)
    cases = parse(here / "c.xml").getroot().findall(".//testcase")
    assert [case.get("name") for case in cases if case.find("failure") is not None] == ["lengths"]


def test_a_program_that_conforms_ends_with_0_and_leaves_no_folder(here: Path) -> None:
    done = command("--only", "handshake", "--gnc", f"{sys.executable} {PROGRAMS / 'wrong.py'} sound")
    assert done.exit_code == 0, done.output
    assert "7 passed: the program conforms" in done.stdout
    assert list((here / "runs").iterdir()) == []


def test_it_is_held_from_python_too(here: Path) -> None:
    assert [(one.name, one.result) for one in conform(wrong("boastful"), ["token", "capabilities"])] == [
        ("token", PASSED),
        ("capabilities", FAILED),
    ]


def test_a_list_of_the_checks_starts_nothing(here: Path) -> None:
    done = command("--list", "--json")
    assert [one["name"] for one in json.loads(done.stdout)["checks"]] == [check.name for check in CHECKS]
    listed = command("--list").stdout
    assert [check.name for check in CHECKS if check.name not in listed] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "speling"], "--only speling: no such check; give a name of `hoverslam conform --list`"),
        (["--gnc", "wait"], "--gnc wait: not possible, the program is started several times; give its command"),
        (["--gnc", "a", "--", "b"], "--gnc 'a' and b: give one flight program"),
        (["--", "/none/there"], "flight program '/none/there' not found or not executable"),
        (["--scenario", "zq4", "--", "true"], "zq4"),
    ],
)
def test_a_mistake_ends_with_2_and_says_what_to_do(arguments: list[str], told: str, here: Path) -> None:
    done = command(*arguments)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
