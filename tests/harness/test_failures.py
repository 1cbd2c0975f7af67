"""Every way in which a flight program can be lost, with real processes: the right kind, frame, phase and last words."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.loop.plan import Deadlines
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.record.flight_record import FlightRecord
from tests.harness.fake_plant import (
    ECHO,
    PATIENT,
    PROGRAMS,
    ROOT,
    STRICT,
    FakePlant,
    nothing_left_behind,
    plan,
    program,
    session,
)

FRAME = 7


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def fly(deed: str, deadlines: Deadlines = STRICT, frame: int = FRAME) -> FlightRecord:
    with session(program(deed, frame), deadlines) as flight:
        return flight.fly(FakePlant(), plan())


@pytest.mark.parametrize(
    ("deed", "kind", "reason"),
    [
        ("kill", "died", "was killed by signal 9"),
        ("exit_7", "died", "exited with status 7"),
        ("child", "died", "exited with status 3"),
        ("hang", "hung", "no answer within 0.4 s"),
        ("silent", "hung", "no answer within 0.4 s"),
        ("leave", "disconnected", "closed its connection"),
        ("flood", "disconnected", "a message over 1048576 bytes"),
        ("garbage", "protocol", "byte 0 is 0xc1"),
        ("wrong_seq", "protocol", "actuators.seq = 6; must be 7"),
        ("nan_command", "protocol", "actuators.fin_rad[0] = nan: input should be a finite number"),
        ("infinite_command", "protocol", "actuators.throttle[0] = inf: input should be a finite number"),
        ("oversize", "protocol", "the limit is 16384"),
        ("short_list", "protocol", "actuators.throttle has 2 values; must be 3"),
        ("long_list", "protocol", "actuators.rcs_open has 3 values; must be 2"),
        ("number_for_flag", "protocol", "actuators.leg_deploy = 1: input should be a valid boolean"),
        ("unknown_key", "protocol", "actuators.parachute is not a field of protocol 1"),
        ("missing_key", "protocol", "actuators.gimbal_rad is missing"),
        ("deep", "protocol", "message contains 500 maps and arrays; the limit is 64"),
        ("duplicate_key", "protocol", "key 'seq' appears twice"),
    ],
)
def test_a_lost_program_is_named_with_frame_and_phase(deed: str, kind: str, reason: str) -> None:
    record = fly(deed)
    failure = record.gnc_failure
    assert record.outcome == "gnc_lost"
    assert failure is not None
    assert (failure.kind, failure.frame, failure.phase) == (kind, FRAME, "glide")
    assert reason in failure.reason
    assert record.frames == len(record.sensors) == len(record.commands) == FRAME
    assert len(record.truth) == FRAME + 1


def test_an_exit_status_and_the_last_words_are_kept() -> None:
    failure = fly("exit_7").gnc_failure
    assert failure is not None
    assert failure.exit_status == 7
    assert failure.stderr_tail == "guidance: no solution\ngiving up"


def test_a_signal_shows_as_a_negative_status() -> None:
    failure = fly("kill").gnc_failure
    assert failure is not None
    assert failure.exit_status == -signal.SIGKILL


def test_what_a_hung_program_said_is_shown_and_it_has_no_status() -> None:
    failure = fly("hang").gnc_failure
    assert failure is not None
    assert failure.exit_status is None
    assert "going to think about it" in failure.stderr_tail


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("two_answers", f"actuators.seq = {FRAME}; must be {FRAME + 1}"),
        ("ahead", f"the answer to frame {FRAME + 1} arrived before its sensors were sent"),
        ("parts", "message of 3 parts; must be one part"),
        ("two_parts", "message of 2 parts; must be one part"),
    ],
)
def test_what_nothing_asked_for_is_refused_before_the_next_frame(deed: str, reason: str) -> None:
    record = fly(deed, PATIENT)
    assert record.gnc_failure is not None
    assert (record.gnc_failure.kind, record.gnc_failure.frame, record.frames) == ("protocol", FRAME + 1, FRAME + 1)
    assert reason in record.gnc_failure.reason


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("two_answers", "unsolicited message: a message of type 'actuators', flight 0, seq 119"),
        ("parts", "message of 3 parts"),
        ("two_parts", "message of 2 parts"),
        ("extra_after_end", "unsolicited message: a message of type 'actuators', flight 0, seq 119"),
        ("parts_after_end", "message of 2 parts"),
    ],
)
def test_what_is_sent_too_much_at_the_end_is_held_against_the_flight_that_sent_it(
    deed: str, reason: str, last: bool
) -> None:
    with session(program(deed, 119)) as flights:
        record = flights.fly(FakePlant(), plan(), last=last)
        following = flights.fly(FakePlant(frames=50), plan(run_id="following"))
    assert record.outcome == "gnc_lost"
    assert record.gnc_failure is not None
    assert (record.gnc_failure.kind, record.gnc_failure.frame, record.frames) == ("protocol", 120, 120)
    assert reason in record.gnc_failure.reason
    assert following.outcome == ("gnc_lost" if deed.endswith("after_end") else "at_rest")


@pytest.mark.parametrize(
    ("deed", "told"),
    [("extra_between", "unsolicited message: a message of type 'actuators'"), ("parts_between", "2 parts")],
)
def test_what_is_sent_between_two_flights_costs_neither_of_them(deed: str, told: str) -> None:
    with session(program(deed)) as flights:
        first, second = (flights.fly(FakePlant(), plan(run_id=name)) for name in ("first", "second"))
    assert (first.outcome, second.outcome, first.hash) == ("at_rest", "at_rest", second.hash)
    assert first.findings == []
    (finding,) = second.findings
    assert finding.startswith("after the previous flight: ")
    assert told in finding


def test_a_program_that_does_not_survive_its_flight_has_flown_it() -> None:
    with session(program("dies_after_a_flight")) as flights:
        first, second = (flights.fly(FakePlant(), plan()) for _ in range(2))
    assert (first.outcome, second.outcome, first.hash) == ("at_rest", "at_rest", second.hash)
    assert first.findings == [
        "the flight program ended after this flight and was not reused: the flight software exited with status 7"
    ]


@pytest.mark.parametrize(
    ("deed", "kind", "reason"),
    [
        ("other_flight", "protocol", "ready.flight = 5; must be 0"),
        ("wrong_protocol", "protocol", "hello.protocol = 2; must be 1"),
        ("other_run", "protocol", "ready.run_id = 'another run'; must be 'test'"),
        ("exit_at_once", "died", "exited with status 7"),
    ],
)
def test_a_program_that_fails_before_the_first_frame_is_lost_at_the_start(deed: str, kind: str, reason: str) -> None:
    record = fly(deed, PATIENT)
    failure = record.gnc_failure
    assert failure is not None
    assert (failure.kind, failure.frame, failure.phase, record.frames) == (kind, 0, "start", 0)
    assert reason in failure.reason


def test_a_program_that_never_says_hello_is_given_up() -> None:
    failure = fly("mute", PATIENT._replace(hello_s=0.3)).gnc_failure
    assert failure is not None
    assert (failure.kind, failure.phase) == ("hung", "start")
    assert failure.reason == "no hello within 0.3 s; for a longer deadline: --deadline"


def test_a_wrong_token_is_refused_and_named_when_no_right_one_comes() -> None:
    failure = fly("wrong_token", PATIENT._replace(hello_s=2.0)).gnc_failure
    assert failure is not None
    assert (failure.kind, failure.phase) == ("protocol", "start")
    assert failure.reason.startswith("hello refused: wrong token")


def test_the_first_answer_has_a_deadline_of_its_own() -> None:
    record = fly("hang", PATIENT._replace(first_answer_s=0.3), frame=0)
    assert record.gnc_failure is not None
    assert (record.gnc_failure.kind, record.gnc_failure.phase) == ("hung", "glide")


def test_an_uninvited_program_is_ignored_and_reported() -> None:
    undisturbed = fly("none", PATIENT)
    record = fly("uninvited", PATIENT)
    assert record.outcome == "at_rest"
    assert record.hash == undisturbed.hash
    (finding,) = record.findings
    assert finding.startswith("1 connection from other programs, ")
    assert undisturbed.findings == []


def test_a_process_that_cannot_be_ended_is_named_with_how_to_end_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ordered = Supervisor._order

    def order(self: Supervisor, letter: bytes) -> None:
        self.left = ["4242 stubborn", "4243 other"]
        ordered(self, letter)

    monkeypatch.setattr(Supervisor, "_order", order)
    told = "2 processes of the flight program could not be ended and may still run: 4242 stubborn, 4243 other"
    with session(program("exit_7", 3)) as flight:
        (finding,) = flight.fly(FakePlant(), plan()).findings
    assert finding == f"{told}; check them, then: kill -9 4242 4243"
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_stubborn_program_is_ended_all_the_same() -> None:
    with session(program("stubborn"), PATIENT._replace(exit_s=0.2)) as flight:
        record = flight.fly(FakePlant(), plan())
        pid = flight.pid
    assert record.outcome == "at_rest"
    assert pid is not None
    assert not Path(f"/proc/{pid}").exists()


def victim(*command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(PROGRAMS / "victim.py"), *command],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def await_exit(*pids: int) -> None:
    """Wait until the processes have ended; a pidfd turns readable then."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([descriptor], [], [], 20.0)[0], f"process {pid} lives on"
        os.close(descriptor)


def test_killing_the_harness_leaves_no_process_and_no_socket() -> None:
    with victim(*ECHO) as harness:
        assert harness.stdout is not None
        gnc, guardian, folder = harness.stdout.readline().split()
        assert (Path(folder) / "wire").is_socket()
        harness.kill()
        await_exit(int(gnc), int(guardian))
        assert not Path(folder).exists()


def test_killing_the_harness_ends_a_program_that_hangs() -> None:
    with victim(*program("hang", 51)) as harness:
        assert harness.stdout is not None
        gnc, guardian, folder = harness.stdout.readline().split()
        harness.kill()
        await_exit(int(gnc), int(guardian))
        assert not Path(folder).exists()


def test_control_c_ends_the_flight_and_leaves_nothing() -> None:
    with victim(*ECHO) as harness:
        assert harness.stdout is not None
        gnc, guardian, folder = harness.stdout.readline().split()
        os.killpg(harness.pid, signal.SIGINT)
        assert harness.stdout.readline().strip() == "interrupted"
        assert harness.wait(20.0) == 0
        await_exit(int(gnc), int(guardian))
        assert not Path(folder).exists()


def test_losing_the_guardian_leaves_nothing_either() -> None:
    with session(ECHO, PATIENT) as flight:
        pids = []

        def kill_guardian(_: object) -> None:
            pids.append(flight.pid)
            assert flight._supervisor is not None
            assert flight._supervisor._guardian is not None
            flight._supervisor._guardian.kill()

        record = flight.fly(FakePlant(frames=10_000_000), plan(max_frames=300_000), kill_guardian)
    assert record.outcome == "harness_error"
    assert record.gnc_failure is None
    assert record.harness_error is not None
    assert "guardian" in record.harness_error
    assert not Path(f"/proc/{pids[0]}/exe").exists()
