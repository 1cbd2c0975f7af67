"""The last frames before a flight program is lost. Oracle: what the harness recorded as sent, and what was planted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest

from hoverslam.harness.program.link import LAST_FRAMES
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.names import LAST_FRAMES_FILE, REFUSED_FILE
from hoverslam.harness.record.run_folder import beside
from hoverslam.harness.wire.codec import split_own
from tests.harness.fake_plant import PATIENT, STRICT, FakePlant, nothing_left_behind, plan, program, session
from tests.harness.linked import between

FRAME = 27
FIRST = FRAME - LAST_FRAMES


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def lost(deed: str, frame: int = FRAME, **changes: Any) -> FlightRecord:
    deadlines = STRICT if deed == "silent" else PATIENT
    with session(program(deed, frame), deadlines) as flights:
        return flights.fly(FakePlant(), plan(**changes))


def messages(record: FlightRecord) -> list[tuple[str, int]]:
    """Type and frame of each message in the file."""
    read = msgpack.Unpacker()
    read.feed(beside(record)[LAST_FRAMES_FILE])
    return [(one["type"], one["seq"]) for one in read]


@pytest.mark.parametrize(
    ("deed", "kind"),
    [("kill", "died"), ("silent", "hung"), ("nan_command", "protocol"),
     ("leave", "disconnected")],
)  # fmt: skip
def test_the_last_frames_and_their_answers_are_kept_however_a_program_is_lost(deed: str, kind: str) -> None:
    record = lost(deed)
    assert record.gnc_failure is not None
    assert record.gnc_failure.kind == kind
    pairs = [(word, seq) for seq in range(FIRST, FRAME) for word in ("sensors", "actuators")]
    assert messages(record) == [*pairs, ("sensors", FRAME)]
    assert split_own(record.last_frames)[:-1:2] == record.sensors[FIRST:]


def test_a_program_that_is_lost_early_has_seen_fewer() -> None:
    assert messages(lost("kill", 1)) == [("sensors", 0), ("actuators", 0), ("sensors", 1)]
    assert LAST_FRAMES_FILE not in beside(lost("exit_at_once"))


@pytest.mark.parametrize("frame", [FRAME, 119])
def test_a_second_answer_is_no_frame_without_one_whether_it_shows_in_flight_or_at_the_end(frame: int) -> None:
    record = lost("two_answers", frame)
    assert record.gnc_failure is not None
    found = messages(record)
    after = found.index(("actuators", frame)) + 1
    assert found[after - 2] == ("sensors", frame)
    asked = [("sensors", frame + 1)] if frame == FRAME else []
    assert found[after:] in ([], asked), "the next frame may have been sent before the second answer came"
    assert msgpack.unpackb(beside(record)[REFUSED_FILE])["seq"] == frame


def test_a_flight_that_comes_after_another_has_only_its_own() -> None:
    with session(program("dies_after_a_flight")) as flights:
        assert flights.fly(FakePlant(), plan()).last_frames == b""
        assert flights.fly(FakePlant(), plan()).last_frames == b""


def test_over_a_link_that_fails_they_are_the_messages_that_came_since_the_restart() -> None:
    """The computer restarts in frame 20 and hears nothing for seven frames; from frame 30 on all come twice."""
    faults = between(20, 20, "computer_restart", restart_s=0.07), between(30, 60, "link_duplicate", share=1.0)
    record = lost("exit_7", 35, link_faults=faults)
    asked = [27, 28, 29, *sorted([*range(30, 35)] * 2)]
    assert messages(record) == [*((word, seq) for seq in asked for word in ("sensors", "actuators")), ("sensors", 35)]


def test_a_flight_that_loses_nobody_keeps_none() -> None:
    with session(program("chatty", FRAME)) as flights:
        record = flights.fly(FakePlant(), plan(), last=True)
    assert record.outcome == "at_rest"
    assert LAST_FRAMES_FILE not in beside(record)
