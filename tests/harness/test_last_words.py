"""What is kept and told of a flight program that was lost. Oracle: what the program was made to do and to print."""

import math
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgpack
import pytest
import typer

from hoverslam.harness.cli import app
from hoverslam.harness.commands.run import RunRequest, under_a_debugger
from hoverslam.harness.program.opening import DEADLINE, ByHand
from hoverslam.harness.record.run_folder import beside
from tests.harness.fake_plant import PATIENT, FakePlant, nothing_left_behind, plan, program, session
from tests.harness.test_failures import FRAME, fly


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.mark.parametrize(
    ("deed", "refused"), [("garbage", b"\xc1\x00garbage"), ("kill", b""), ("silent", b""), ("nan_command", None)]
)
def test_a_refused_answer_is_kept_as_it_was(deed: str, refused: bytes | None) -> None:
    kept = beside(fly(deed))
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


@pytest.mark.parametrize("asked", [True, False])
def test_what_it_prints_is_shown_as_it_comes_where_that_was_asked_for_and_steers_no_terminal(asked: bool) -> None:
    said: list[str] = []
    listeners = ByHand(said.append).listeners(asked)
    with session(program("colourful", FRAME), listeners=listeners) as flights:
        record = flights.fly(FakePlant(), plan(), last=True)
    assert said == (["?[31maloud"] if asked else [])
    assert record.output == b"\x1b[31maloud\n", "the log has it as it was printed"


def ended(status: int | None, gnc: str | None, **asked: Any) -> str | None:
    """The line about a debugger of a program that ended so."""
    lost = None if status is None else SimpleNamespace(exit_status=status)
    summary: Any = SimpleNamespace(gnc_failure=lost, strings=None)
    return under_a_debugger(RunRequest("zq3-landing", asked.pop("sets", {}), gnc=gnc, **asked), summary)


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_line_that_repeats_a_crash_under_a_debugger_is_a_command_that_a_shell_and_we_read(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoverslam.harness.commands.run.sys", SimpleNamespace(platform=platform))
    monkeypatch.setenv(DEADLINE, "1")
    line = ended(-11, "'./my fsw' --profile landing", seed=7, sets={"wind.from_deg": "90"})
    assert line is not None
    words = shlex.split(line.removeprefix("to run it under a debugger: "))
    assert words[:2] == ["hoverslam", "run"]
    command: Any = typer.main.get_command(app).commands["run"]  # type: ignore[attr-defined]  # the app is a group
    given = command.make_context("run", words[2:]).params
    assert (given["scenario"], given["seed"], given["sets"]) == ("zq3-landing", 7, ["wind.from_deg=90"])
    assert (given["show_output"], os.environ[DEADLINE]) == (True, "inf"), "--deadline is handed on so"
    debugger = {"linux": "gdb", "darwin": "lldb"}[platform]
    (gnc,) = given["gnc"]
    program_at = shlex.split(gnc)
    assert program_at[0] == debugger
    assert program_at[-3:] == ["./my fsw", "--profile", "landing"]


@pytest.mark.parametrize(("status", "gnc"), [(None, "fsw"), (7, "fsw"), (-11, None), (-11, "reference"), (-11, "wait")])
def test_there_is_none_where_no_signal_ended_a_program_of_the_user(status: int | None, gnc: str | None) -> None:
    assert ended(status, gnc) is None


def test_of_a_flight_out_of_a_campaign_it_names_database_and_place() -> None:
    assert "run --from c/campaign.sqlite:3 --deadline inf" in str(ended(-6, "fsw", origin="c/campaign.sqlite:3"))


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("hello_list", "hello refused: a message must be a map, not list"),
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
    assert finding == "the flight program declares the capability 'rest', which is unknown; known: reset and fleet"


def test_a_text_that_is_too_long_is_named_by_its_field_and_the_rule() -> None:
    failure = fly("long_text", PATIENT).gnc_failure
    assert failure is not None
    assert "telemetry.log[1] has 300 bytes" in failure.reason
    assert "at most 255" in failure.reason
