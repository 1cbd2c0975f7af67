"""Whole flights of a real flight program in a process of its own: repeatable, whatever the host does."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hoverslam.harness.loop.plan import FlightPlan, Progress
from hoverslam.harness.program.conversation import check_ready
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.program.supervisor import ProgramNotFoundError
from tests.harness.fake_plant import (
    ECHO,
    PATIENT,
    ROOT,
    FakePlant,
    nothing_left_behind,
    plan,
    program,
    session,
)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def test_a_program_flies_again_and_again_in_one_process() -> None:
    with session(ECHO) as flights:
        first = flights.fly(FakePlant(), plan())
        pid = flights.pid
        second = flights.fly(FakePlant(), plan(run_id="another"))
        assert flights.pid == pid
    assert first.outcome == second.outcome == "at_rest"
    assert first.frames == 120
    assert first.hash == second.hash
    assert first.gnc == {"name": "echo", "version": "1.0"}
    assert first.gnc_failure is None
    assert first.findings == []


def test_a_program_gets_ready_before_the_plant_is_built_and_flies_the_same() -> None:
    with session(ECHO) as flights:
        straight = flights.fly(FakePlant(), plan())
        flights.get_ready(FakePlant().shape, plan(run_id="early"))
        early = flights.fly(FakePlant(), plan(run_id="early"))
        flights.get_ready(FakePlant().shape, plan(run_id="given up"))
        other = flights.fly(FakePlant(), plan(run_id="another"))
    assert straight.hash == early.hash == other.hash
    assert (early.run_id, other.run_id) == ("early", "another")
    assert [record.findings for record in (straight, early, other)] == [[], [], []]


def test_a_program_that_is_lost_while_it_gets_ready_is_lost_to_the_flight() -> None:
    with session(program("exit_at_once")) as flights:
        flights.get_ready(FakePlant().shape, plan())
        record = flights.fly(FakePlant(), plan())
    assert (record.outcome, record.frames) == ("gnc_lost", 0)
    assert record.gnc_failure is not None
    assert record.gnc_failure.kind == "died"


def test_a_program_that_cannot_reset_is_started_afresh() -> None:
    with session(program("flies_once")) as flights:
        pids = set[int | None]()
        first, second = (flights.fly(FakePlant(), plan(), lambda _: pids.add(flights.pid)) for _ in range(2))
        assert len(pids) == 2
        assert None not in pids
    assert first.hash == second.hash
    assert first.outcome == second.outcome == "at_rest"


def test_after_a_loss_the_next_flight_has_a_new_process() -> None:
    with session(program("exit_7", 119)) as flights:
        assert flights.fly(FakePlant(), plan()).outcome == "gnc_lost"
        assert flights.fly(FakePlant(frames=50), plan()).outcome == "at_rest"


def test_a_program_stopped_for_two_seconds_flies_the_same_flight() -> None:
    with session(ECHO) as flights:
        undisturbed = flights.fly(FakePlant(), plan())
        timers = []

        def stop(progress: Progress) -> None:
            if progress.frame == 50:
                assert flights.pid is not None
                os.kill(flights.pid, signal.SIGSTOP)
                timers.append(threading.Timer(2.0, os.kill, (flights.pid, signal.SIGCONT)))
                timers[0].start()

        stopped = flights.fly(FakePlant(), plan(), stop)
        timers[0].join()
    assert stopped.outcome == "at_rest"
    assert stopped.hash == undisturbed.hash
    assert stopped.wall_s > 1.9


def test_a_busy_machine_flies_the_same_flight() -> None:
    with session(ECHO) as flights:
        undisturbed = flights.fly(FakePlant(), plan())
        load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
        try:
            busy = flights.fly(FakePlant(), plan())
        finally:
            for process in load:
                process.kill()
                process.wait()
    assert busy.outcome == "at_rest"
    assert busy.hash == undisturbed.hash


def test_the_longest_silence_is_a_deadline_and_no_more() -> None:
    with session(program("hang", 30), PATIENT._replace(answer_s=0.2)) as flights:
        record = flights.fly(FakePlant(), plan())
    assert record.gnc_failure is not None
    assert record.gnc_failure.kind == "hung"
    assert record.wall_s < 25


def test_both_processes_are_on_one_core_and_ours_is_free_again() -> None:
    free = os.sched_getaffinity(0)
    seen: list[set[frozenset[int]]] = []

    def look(_: Progress) -> None:
        assert flights.pid is not None
        threads = [
            int(entry.name) for pid in (os.getpid(), flights.pid) for entry in Path(f"/proc/{pid}/task").iterdir()
        ]
        seen.append({frozenset(os.sched_getaffinity(thread)) for thread in threads})

    with session(ECHO) as flights:
        flights.fly(FakePlant(), plan(), look)
    (core,) = set[frozenset[int]]().union(*seen)
    assert len(core & free) == len(core) == 1
    assert os.sched_getaffinity(0) == free


def test_a_command_that_cannot_be_run_is_refused_before_anything_starts() -> None:
    with pytest.raises(ProgramNotFoundError, match="'no-such-program' not found"):
        session("no-such-program --fast")


def test_a_program_started_elsewhere_flies_over_tcp() -> None:
    with session(WAIT, listen="tcp://127.0.0.1:*") as flights:
        variables = {**os.environ, **flights.environment(), "PYTHONPATH": str(ROOT)}
        assert flights.environment()["HOVERSLAM_ENDPOINT"].startswith("tcp://127.0.0.1:")
        elsewhere = subprocess.Popen(ECHO, env=variables)
        record = flights.fly(FakePlant(), plan())
        flights.close()
        assert elsewhere.wait(20.0) == 0
    assert record.outcome == "at_rest"


def test_a_session_that_never_flies_leaves_nothing() -> None:
    with session(ECHO) as flights:
        assert flights.pid is not None


def test_the_time_of_a_flight_begins_when_the_program_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_s, now = 60.0, [0.0]
    monkeypatch.setattr("hoverslam.harness.program.session.time", SimpleNamespace(perf_counter=lambda: now[0]))

    def ready_after_a_minute(data: bytes, of: FlightPlan) -> None:
        now[0] += compiled_s
        check_ready(data, of)

    monkeypatch.setattr("hoverslam.harness.program.conversation.check_ready", ready_after_a_minute)
    with session(ECHO) as flown:
        record = flown.fly(FakePlant(), plan(), last=True)
    assert now[0] == compiled_s
    assert record.wall_s == 0.0


def test_the_transport_does_not_change_the_flight() -> None:
    hashes = set()
    for listen in (None, "tcp://127.0.0.1:*"):
        with session(ECHO, listen=listen) as flights:
            hashes.add(flights.fly(FakePlant(), plan()).hash)
    assert len(hashes) == 1


def test_the_echo_program_by_itself_says_why_it_cannot_fly() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("HOVERSLAM_")}
    done = subprocess.run(
        ECHO, env={**bare, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "HOVERSLAM_ENDPOINT is not set" in done.stderr
