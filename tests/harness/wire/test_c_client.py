"""The client in C, built as C99 and as C++17, in real flights.

Oracle: the client in Python with a twin of the program, bit for bit; golden frames and what the index says that they
hold; a library loaded before the program that counts what it allocates.
"""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.load import load
from tests.harness.fake_plant import HERE, PATIENT, PROGRAMS, FakePlant, nothing_left_behind, plan, session
from tests.harness.test_fleet import Given, together
from tests.harness.wire.c_programs import C99, CPP17, SOURCES, built, done
from tests.harness.wire.test_golden import FOLDER, FRAMES

TWIN = [sys.executable, str(PROGRAMS / "mirror.py")]
LOAD = flight_load(load("zq3-landing"))
SOON_S, DEADLINE_S = 0.3, 60.0
KINDS = {"reset": 1, "sensors": 2, "end": 3, "shutdown": 0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("c")


@pytest.fixture(scope="module")
def mirror(folder: Path) -> str:
    return str(built(SOURCES / "mirror.c", folder))


@pytest.fixture(autouse=True)
def _nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with nothing_left_behind(monkeypatch):
        yield


def flown(command: list[str], flights: int = 2, **options: Any) -> list[FlightRecord]:
    """Flights of one process, one after the other; nobody may be lost."""
    with session(command, **options) as one:
        records = [one.fly(FakePlant(), plan(run_id=f"r{k}", flight_load=LOAD)) for k in range(flights)]
    assert [record.gnc_failure for record in records] == [None] * flights
    return records


@pytest.fixture(scope="module")
def twin() -> list[str]:
    return [record.hash for record in flown([*TWIN])]


@pytest.mark.parametrize("language", [C99, CPP17], ids=["C99", "C++17"])
def test_it_flies_bit_for_bit_as_the_client_in_python(language: tuple[str, ...], folder: Path, twin: list[str]) -> None:
    program = built(SOURCES / "mirror.c", folder, language)
    assert [record.hash for record in flown([str(program)])] == twin


def test_over_tcp_with_the_keys_of_the_run_too(mirror: str, twin: list[str]) -> None:
    assert [record.hash for record in flown([mirror], listen="tcp://127.0.0.1:*")] == twin


def test_its_telemetry_is_that_of_the_twin(mirror: str) -> None:
    (ours,), (theirs,) = flown([mirror, "telemetry"], 1), flown([*TWIN, "telemetry"], 1)
    assert ours.hash == theirs.hash
    assert list(ours.telemetry) == list(theirs.telemetry)
    assert len(list(theirs.telemetry)) == theirs.frames


def test_it_flies_many_at_once_each_as_alone(mirror: str, twin: list[str]) -> None:
    with FleetSession(
        [mirror], transport=ZmqHarness, most=3, again=lambda one: one, deadlines=PATIENT, environment=HERE
    ) as many:
        given = (Given(FakePlant(), plan(run_id=f"r{k}", flight_load=LOAD), 120) for k in range(5))
        found = together(given, many)
        assert many.losses == []
    assert [record.hash for record in found.values()] == [twin[0]] * 5


def test_it_reads_in_golden_frames_what_the_index_says_that_they_hold(folder: Path) -> None:
    """The resets of a shape come before its sensors, whose lists are as long as the last reset said."""
    frames = sorted(
        (one for one in FRAMES if one["from"] == "harness"),
        key=lambda one: (json.dumps(one["shape"]), one["message"] != "reset"),
    )
    told = done(built(SOURCES / "contents.c", folder), *(FOLDER / one["file"] for one in frames))
    found = re.split(r"^file .*\n", told, flags=re.MULTILINE)[1:]
    for frame, text in zip(frames, found, strict=True):
        assert _differences(frame, dict(line.split(" ", 1) for line in text.splitlines())) == [], frame["file"]


def _differences(frame: dict[str, Any], printed: dict[str, str]) -> list[str]:
    """What the client read otherwise than the index says."""
    content = frame["content"]
    wanted = {"kind": str(KINDS[frame["message"]]), "flight": str(content.get("flight", 0))}
    for key in ("seq", "time_ns", "run_id", "frame_period_ns", "why"):
        wanted |= {key: str(content[key])} if key in content else {}
    wrong = [key for key, text in wanted.items() if printed[key] != text]
    values = {name: text for name, text in printed.items() if name.endswith("]")}
    parts = {**content.get("flight_load", {}), **content.get("shape", {}), **content}
    for name, text in values.items():
        place, _, index = name.removesuffix("]").rpartition("[")
        if not _same(_at(parts, place, int(index)), float(text), place):
            wrong.append(name)
    if frame["message"] == "sensors" and len(values) != _numbers(content) - 3:  # but flight, seq and time_ns
        wrong.append("how many values there are")
    return wrong


def _numbers(value: Any) -> int:
    if isinstance(value, dict | list):
        return sum(map(_numbers, value.values() if isinstance(value, dict) else value))
    return 0 if value is None or value == "sensors" else 1


def _at(content: dict[str, Any], place: str, index: int) -> Any:
    """A number in the content of an index, lists of lists laid end to end; None where there is none."""
    value: Any = content
    for key in place.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        flat = [one for row in value for one in (row if isinstance(row, list) else [row])]
        return flat[index] if index < len(flat) else None
    return value


def _same(wanted: Any, read: float, place: str) -> bool:
    if wanted is None:
        return math.isnan(read) or read == -1.0  # an index that a load lacks
    return math.isnan(read) if wanted == "NaN" else float(wanted) == read


def test_it_ends_when_the_harness_is_gone_and_says_so(mirror: str) -> None:
    with ZmqHarness() as harness:
        program = _started(mirror, harness)
        assert harness.await_hello(DEADLINE_S).capabilities == ["reset", "fleet"]
    assert _ended(program) == (1, "the harness closed the connection\n")


def test_it_ends_when_the_harness_is_silent_for_longer_than_it_was_told(mirror: str) -> None:
    with ZmqHarness() as harness:
        program = _started(mirror, harness, "quiet", str(SOON_S))
        harness.await_hello(DEADLINE_S)
        assert _ended(program) == (1, f"the harness was silent for {SOON_S:g} s\n")


def test_it_ends_with_status_0_at_shutdown(mirror: str) -> None:
    with ZmqHarness() as harness:
        program = _started(mirror, harness)
        harness.await_hello(DEADLINE_S)
        HarnessLink(harness).send({"type": "shutdown"})
        assert _ended(program) == (0, "")


def test_it_says_what_is_missing_where_nobody_started_it(mirror: str) -> None:
    for variable in ("HOVERSLAM_ENDPOINT", "HOVERSLAM_TOKEN"):
        given = {"HOVERSLAM_ENDPOINT": "ipc:///tmp/none", "HOVERSLAM_TOKEN": "x"}
        del given[variable]
        ran = subprocess.run([mirror], env=given, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"{variable} is not set: the harness must start the flight program")


def _started(mirror: str, harness: ZmqHarness, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **harness.environment()}
    return subprocess.Popen([mirror, *arguments], env=environment, stderr=subprocess.PIPE, text=True)


def _ended(program: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, told = program.communicate(timeout=DEADLINE_S)
    finally:
        program.kill()
    return program.returncode, told


def test_after_the_handshake_neither_it_nor_msgpack_allocates(mirror: str, folder: Path) -> None:
    counter = folder / "counting.so"
    done("cc", "-O1", "-shared", "-fPIC", SOURCES / "counting.c", "-ldl", "-o", counter)
    told: list[str] = []
    counted = {**HERE, "LD_PRELOAD": str(counter)}
    options: Any = {"environment": counted, "listeners": Listeners(told.append)}
    with Session([mirror, "telemetry"], transport=ZmqHarness, deadlines=PATIENT, **options) as one:
        for k in range(3):
            assert one.fly(FakePlant(), plan(run_id=f"r{k}", flight_load=LOAD)).gnc_failure is None
    counts = {what: int(count) for what, count in (line.rsplit(": ", 1) for line in told if ": " in line)}
    assert counts["connected"] >= 2, "the link and its zone"
    assert counts["handshake done"] == counts["flown"]
