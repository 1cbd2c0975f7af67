"""What is kept and told of a flight program that was lost. Oracle: what the program was made to do and to print."""

import math
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest

from harness.record import beside
from tests.harness.fake_plant import PATIENT, FakePlant, nothing_left_behind, plan, program, session
from tests.harness.test_failures import FRAME, fly


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.mark.parametrize(
    ("deed", "refused"), [("garbage", b"\xc1\x00garbage"), ("kill", b""), ("silent", b""), ("nan_command", None)]
)
def test_the_last_frame_and_its_refused_answer_are_kept_as_they_were(deed: str, refused: bytes | None) -> None:
    kept = beside(fly(deed))
    assert msgpack.unpackb(kept["lost-frame.msgpack"])["seq"] == FRAME
    if refused is None:
        assert math.isnan(msgpack.unpackb(kept["refused-answer.msgpack"])["fin_rad"][0])
    else:
        assert kept.get("refused-answer.msgpack", b"") == refused


def test_what_the_program_printed_is_kept_whether_it_was_lost_or_not() -> None:
    printed = {}
    for deed in ("exit_7", "chatty"):
        with session(program(deed, FRAME)) as flights:
            printed[deed] = beside(flights.fly(FakePlant(), plan(), last=True))["gnc.log"]
    assert printed["exit_7"] == b"guidance: no solution\ngiving up\n"
    assert sorted(printed["chatty"].split()) == [b"aloud", b"quietly"]


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("hello_list", "hello refused: a message is a map, this is list"),
        ("hello_empty", "hello refused: hello.name is missing"),
    ],
)
def test_a_refused_hello_is_the_headline_not_the_exit_that_follows(deed: str, reason: str) -> None:
    failure = fly(deed, PATIENT).gnc_failure
    assert failure is not None
    assert failure.kind == "protocol"
    assert failure.reason.startswith(reason)


def test_a_program_that_is_refused_is_told_to_shut_down() -> None:
    with session(program("tells_shutdown", FRAME)) as flights:
        record = flights.fly(FakePlant(), plan())
    assert record.outcome == "gnc_lost"
    assert b"shutdown received" in record.output


def test_a_capability_that_means_nothing_is_told() -> None:
    (finding,) = fly("odd_capability", PATIENT).findings
    assert finding == "the flight program declares the capability 'rest', which is unknown; known are reset and fleet"


def test_a_text_that_is_too_long_is_named_by_its_field_and_the_rule() -> None:
    failure = fly("long_text", PATIENT).gnc_failure
    assert failure is not None
    assert "telemetry.log[1] has 300 bytes" in failure.reason
    assert "at most 255" in failure.reason
