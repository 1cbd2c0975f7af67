"""A flight is a pure function of scenario, seed and program. Oracle: the hash of the first flight."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.names import LOG_FILE
from tests.acceptance.conftest import Flown, Hoverslam, fly

STOPPED_S = 2.0
"""As the issue asks; the deadline of an answer is 10 s."""
MID_FLIGHT_FRAME = 3000
REFERENCE = f"{sys.executable} -P -m hoverslam.gnc"


def test_the_same_seed_gives_the_same_hash_with_every_core_busy(warm: Session) -> None:
    quiet = fly(warm, "zq3-last-5km").record
    with every_core_busy():
        record = fly(warm, "zq3-last-5km").record
    assert (record.outcome, record.gnc_failure, record.hash) == ("at_rest", None, quiet.hash)


def test_another_seed_gives_another_hash(warm: Session, nominal: Flown) -> None:
    assert fly(warm, sets={"seed": "2"}).record.hash != nominal.record.hash


def test_stopping_the_flight_software_changes_no_bit(warm: Session, nominal: Flown) -> None:
    states: list[str] = []

    def stop_once(progress: Progress) -> None:
        if progress.frame == MID_FLIGHT_FRAME:
            states.append(stop(warm.pid))

    began_s = time.monotonic()
    record = fly(warm, progress=stop_once).record
    assert states == ["T"], "it really was stopped"
    assert time.monotonic() - began_s > STOPPED_S
    assert (record.outcome, record.hash) == ("at_rest", nominal.record.hash)


@pytest.mark.parametrize(("mode", "program"), [("commands", []), ("gnc", ["--gnc", REFERENCE])])
def test_replay_is_equal(mode: str, program: list[str], stored: Path, nominal: Flown, hoverslam: Hoverslam) -> None:
    done = hoverslam("replay", str(stored), "--json", *program)
    found = json.loads(done.stdout)
    assert (done.returncode, found["mode"], found["equal"], found["difference"]) == (0, mode, True, None)
    assert (found["frames"], found["hash_now"]) == (nominal.record.frames, nominal.record.hash)


def test_a_log_is_at_most_8_mb_for_75_s_of_flight(stored: Path, nominal: Flown) -> None:
    share = nominal.record.truth[-1, 0] / 75.0
    assert (stored / LOG_FILE).stat().st_size <= 8e6 * share


def stop(pid: int | None) -> str:
    """Stop a process now, let it go on after a while; returns its state as the system shows it."""
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(STOPPED_S, os.kill, (pid, signal.SIGCONT)).start()
    stat = Path(f"/proc/{pid}/stat")
    end_s = time.monotonic() + STOPPED_S / 2
    while (state := stat.read_text(encoding="utf-8").rpartition(") ")[2][0]) != "T" and time.monotonic() < end_s:
        os.sched_yield()
    return state


@contextmanager
def every_core_busy() -> Iterator[None]:
    """A process that does nothing but count, held on each core that this one may use."""
    count = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
    hogs = [subprocess.Popen([sys.executable, "-I", "-c", count, str(core)]) for core in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
