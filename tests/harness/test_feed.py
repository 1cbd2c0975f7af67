"""`hoverslam feed`. Oracle: programs with known answers, records changed in a known place, the flights themselves."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.commands import feed as command
from hoverslam.harness.fly.keep import keep_record
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.loop.feed import Feed
from hoverslam.harness.loop.frames import driven
from hoverslam.harness.program.opening import open_session
from hoverslam.harness.record.answers import Answers, answer_deviations, first_beyond
from hoverslam.harness.record.delivered import delivered
from hoverslam.harness.record.flight_record import FlightRecord, StoredRun
from hoverslam.harness.record.run_folder import load, save
from hoverslam.harness.record.tolerance import Tolerance
from hoverslam.harness.wire.codec import split_own
from hoverslam.plant.layout import command_layout
from hoverslam.scenarios.load import load as load_scenario
from tests.harness.fake_plant import ECHO, SHAPE, FakePlant, nothing_left_behind, plan, program, session
from tests.harness.linked import ALL, Program
from tests.harness.linked import fly as fly_linked
from tests.harness.test_record import SCENARIO, record_of

FRAMES = 30
COMMANDS = command_layout(SHAPE)
THROTTLE = COMMANDS.slice("throttle").start


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.fixture(scope="module")
def flown() -> FlightRecord:
    """A short flight of the echo program."""
    with session(ECHO) as flights:
        return flights.fly(FakePlant(FRAMES), plan(), last=True)


@pytest.fixture
def run(flown: FlightRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its run folder; the fake plant has no scenario from which its plan would follow."""
    monkeypatch.setattr(command, "planned_again", lambda _stored: plan())
    save(flown, tmp_path / "run", SCENARIO)
    return tmp_path / "run"


def changed(record: FlightRecord, run: Path, *places: tuple[int, int, float]) -> None:
    """Store it with numbers added to commands: frame, column, how much."""
    commands = record.commands.copy()
    for frame, column, amount in places:
        commands[frame, column] += amount
    save(replace(record, commands=commands), run, SCENARIO)


def fed(run: Path, *options: str, by: list[str] | None = None) -> tuple[int, Any]:
    """Exit code and what `--json` tells."""
    done = CliRunner().invoke(app, ["feed", str(run), *options, "--json", "--", *(by or ECHO)])
    return done.exit_code, json.loads(done.stdout)


def test_a_program_that_answers_as_before_is_equal_and_keeps_its_answers(run: Path, tmp_path: Path) -> None:
    code, told = fed(run, "--out", str(tmp_path / "out"))
    assert (code, told["equal"], told["within_tolerance"], told["first"], told["fields"]) == (0, True, True, None, [])
    assert (told["frames"], told["answered"], told["lost"]) == (FRAMES, FRAMES, None)
    answers = [msgpack.unpackb(one) for one in split_own((tmp_path / "out" / "answers.msgpack").read_bytes())]
    assert [one["seq"] for one in answers] == [*range(FRAMES)]
    assert [one["throttle"] for one in answers] == [[0.75] * SHAPE.engines] * FRAMES
    assert json.loads((tmp_path / "out" / "comparison.json").read_text()) == told
    assert (tmp_path / "out" / "gnc.log").read_bytes() == b""


def test_a_difference_is_named_with_frame_time_field_and_values(flown: FlightRecord, run: Path) -> None:
    changed(
        flown, run, (12, THROTTLE + 1, 0.01), (20, THROTTLE + 2, -0.5), (14, COMMANDS.slice("leg_deploy").start, 1.0)
    )
    code, told = fed(run)
    assert (code, told["equal"], told["within_tolerance"]) == (1, False, False)
    assert told["first"] == {"frame": 12, "time_s": 0.12, "field": "throttle[1]", "recorded": 0.76, "now": 0.75}
    largest = {one["field"]: (one["frame"], one["difference"], one["within"]) for one in told["fields"]}
    assert largest == {"throttle[2]": (20, 0.5, False), "leg_deploy": (14, 1.0, False)}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--abs", "0.011"], 0), (["--abs", "0.009"], 1), (["--rel", "0.014"], 0), (["--rel", "0.012"], 1),
        (["--tol", "throttle=0.011"], 0), (["--tol", "throttle[1]=0.011"], 0), (["--tol", "throttle[0]=0.011"], 1),
        (["--tol", "throttle=0.001", "--abs", "1"], 1), (["--tol", "fin_rad=0.1"], 1),
    ],
)  # fmt: skip
def test_tolerances_are_absolute_or_relative_and_those_of_a_field_come_first(options: list[str], code: int) -> None:
    """Of throttle[1] one hundredth in 0.76: 0.0132 of it. What the options come to is compared without a program."""
    shape = SHAPE
    stored: Any = type("Stored", (), {"record": type("R", (), {"shape": shape})})
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    request = command.FeedRequest(
        Path("run"), absolute=float(pairs.get("--abs", 0)), relative=float(pairs.get("--rel", 0)),
        fields=[pairs["--tol"]] if "--tol" in pairs else [],
    )  # fmt: skip
    recorded = np.zeros((1, COMMANDS.width))
    now = recorded.copy()
    recorded[0, THROTTLE + 1], now[0, THROTTLE + 1] = 0.76, 0.75
    found = first_beyond(shape, Answers([0], recorded, now), command._tolerance(request, stored))
    assert (found is None) == (code == 0)


def test_what_is_true_or_false_has_no_tolerance_and_nan_is_far_from_any_number() -> None:
    recorded, now = np.zeros((2, COMMANDS.width)), np.zeros((2, COMMANDS.width))
    now[1, COMMANDS.slice("leg_deploy")] = 1.0
    answers = Answers([5, 6], recorded, now)
    found = first_beyond(SHAPE, answers, Tolerance(others=10.0, relative=1.0))
    assert found == (6, "leg_deploy", 0.0, 1.0)
    now[0, THROTTLE] = np.nan
    assert first_beyond(SHAPE, answers, Tolerance(others=10.0)) == pytest.approx(
        (5, "throttle[0]", 0.0, np.nan), nan_ok=True
    )


def test_a_zero_with_another_sign_is_told_and_within_any_tolerance() -> None:
    recorded, now = np.zeros((1, COMMANDS.width)), np.zeros((1, COMMANDS.width))
    now[0, THROTTLE] = -0.0
    (found,) = answer_deviations(SHAPE, Answers([0], recorded, now), Tolerance())
    assert (found.field, found.difference, found.within) == ("throttle[0]", 0.0, True)
    assert first_beyond(SHAPE, Answers([0], recorded, now), Tolerance()) is None


def stored_of(record: FlightRecord) -> StoredRun:
    return StoredRun(Path("nowhere"), record, {}, {})


def linked() -> FlightRecord:
    """A flight over a link that fails in all ways, with a restart."""
    recorder = fly_linked(*ALL).recorder
    return replace(
        record_of(), frames=recorder.frames, truth=recorder.truth, commands=recorder.commands,
        sensors=recorder.sensors, answers=recorder.answers, link=recorder.link,
    )  # fmt: skip


def test_over_a_link_that_failed_the_program_gets_what_arrived_and_restarts_when_it_did() -> None:
    record, flown_by = linked(), Program()
    feed = Feed(record, delivered(stored_of(record)))
    end = driven(feed.played(plan(link_faults=tuple(ALL))), flown_by.exchange, flown_by.restart)
    assert end.outcome == "at_rest"
    assert feed.answered.tobytes() == b"".join(record.answers)
    assert len(flown_by.restarts) == 1
    without = Feed(record, feed.given)
    driven(without.played(plan()), Program().exchange)
    assert without.answered.tobytes() != feed.answered.tobytes(), "its answers tell how long ago it started"


def test_ctrl_c_ends_it_and_a_fault_of_ours_is_ours() -> None:
    record = record_of()

    def interrupted(_data: bytes, _deadline_s: float) -> bytes:
        raise KeyboardInterrupt

    def broken(_data: bytes, _deadline_s: float) -> bytes:
        raise ArithmeticError("diverged")

    given = delivered(stored_of(record))
    assert driven(Feed(record, given).played(plan()), interrupted).outcome == "interrupted"
    assert driven(Feed(record, given).played(plan()), broken).harness_error == "ArithmeticError: diverged"


def test_a_program_that_is_lost_is_named_by_the_frame_and_ends_with_its_code(run: Path, tmp_path: Path) -> None:
    code, told = fed(run, "--out", str(tmp_path / "out"), by=program("exit_7", 17))
    assert (code, told["answered"], told["equal"]) == (3, 17, False)
    assert (told["lost"]["kind"], told["lost"]["frame"]) == ("died", 17)
    assert "flight software died in frame 17: the flight software exited with status 7" in told["reason"]
    assert b"guidance: no solution" in (tmp_path / "out" / "gnc.log").read_bytes()


def test_the_frame_in_which_a_program_was_lost_is_put_to_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repaired program answers it; what it answers has nothing to be compared with."""
    monkeypatch.setattr(command, "planned_again", lambda _stored: plan())
    with session(program("nan_command", 17)) as flights:
        save(flights.fly(FakePlant(FRAMES), plan()), tmp_path / "run", SCENARIO)
    code, told = fed(tmp_path / "run")
    assert (code, told["answered"], told["frames"], told["equal"]) == (0, 18, 18, True)
    assert told["compared"] == 17
    assert "in the recorded flight the flight software violated the protocol in frame 17" in told["reason"]
    assert "now it answered frame 17" in told["reason"]


def test_on_the_screen_stand_the_fields_then_the_first_difference(flown: FlightRecord, run: Path) -> None:
    changed(flown, run, (12, THROTTLE + 1, 0.01), (20, THROTTLE, 1e-6))
    done = CliRunner().invoke(app, ["feed", str(run), "--tol", "throttle[0]=1", "--gnc", shlex.join(ECHO)])
    heading, row, *rest = done.stdout.splitlines()
    assert heading.split() == ["field", "largest", "difference", "frame", "at", "recorded", "now", "tolerance"]
    assert row.split() == ["throttle[1]", "0.01", "12", "0.12", "s", "0.76", "0.75", "beyond"]
    assert rest == [
        "30 answers compared: different; first beyond tolerance at 0.12 s in frame 12: throttle[1] was 0.76, is 0.75"
    ]
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "needs the command of one flight program; give it as hoverslam feed"),
        (["--gnc", "reference", "--", "true"], "needs the command of one flight program"),
        (
            ["--tol", "thrust=1", "--", "true"],
            "--tol thrust=1: no such field; give one of fin_rad, gimbal_rad, throttle",
        ),
        (["--tol", "leg_deploy=1", "--", "true"], "--tol leg_deploy=1: no such field"),
        (["--tol", "throttle[3]=1", "--", "true"], "--tol throttle[3]=1: no such field"),
        (["--tol", "throttle", "--", "true"], "--tol throttle: must be FIELD=NUMBER"),
        (["--abs", "-1", "--", "true"], "--abs -1: must be a number of at least 0"),
        (["--rel", "nan", "--", "true"], "--rel nan: must be a number of at least 0"),
        (["--", "no-such-program"], "flight program 'no-such-program' not found"),
    ],
)
def test_a_mistake_is_told_before_a_program_starts(options: list[str], why: str, run: Path) -> None:
    done = CliRunner().invoke(app, ["feed", str(run), *options])
    assert done.exit_code == 2
    assert why in " ".join(done.stderr.split())


SECONDS = 6.0
"""Into the landing burn."""


def test_the_reference_fed_its_own_flight_is_equal_to_the_bit(tmp_path: Path) -> None:
    """Over a link that loses and delays, with a restart: it forgets its flight when it did, and hears what it heard."""
    faults = [
        '{kind="link_jitter", target="sensors", at="1 s", for_s=2, numbers={most_s=0.03}}',
        '{kind="link_drop", target="sensors", at="4 s", for_s=3, numbers={share=0.2}}',
        '{kind="computer_restart", at="2 s", numbers={restart_s=0.1}}',
    ]
    prepared = prepare(load_scenario("zq3-last-5km", {"faults": f"[{', '.join(faults)}]"}), "fed")
    cut = replace(prepared.plan, max_frames=round(SECONDS * 100))
    with open_session(None) as flights:
        record = flights.fly(prepared.plant, cut, last=True)
    assert record.link is not None
    assert (record.frames, record.link["restarts"]) == (600, 1)
    assert record.link["sensors_lost"] > 10
    keep_record(record, prepared, tmp_path / "run")
    done = CliRunner().invoke(
        app, ["feed", str(tmp_path / "run"), "--gnc", "reference", "--json", "--out", str(tmp_path / "out")]
    )
    told = json.loads(done.stdout)
    assert (done.exit_code, told["equal"], told["answered"]) == (0, True, len(split_own(b"".join(record.sensors))))
    answers = split_own((tmp_path / "out" / "answers.msgpack").read_bytes())
    reports = [message["telemetry"] for message in map(msgpack.unpackb, answers) if "telemetry" in message]
    assert reports == [report for _, report in load(tmp_path / "run").record.telemetry]
