"""Nothing of a flight program stays, whatever it did to hide and whoever was killed or frozen. Oracle: /proc."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.program.leftovers import clear_abandoned
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.wire.private_folder import LOCK, PrivateFolder, abandoned
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.fake_plant import ECHO, FakePlant, nothing_left_behind, plan, session
from tests.harness.test_failures import await_exit, victim

LONG_S = 20.0
HIDE = """
import os, signal, subprocess, sys
def wait():
    print(os.getpid(), flush=True)
    signal.pause()
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
"""
WAYS = {
    "a child": "os.fork() or wait()",
    "a group of its own": "if not os.fork():\n    os.setpgid(0, 0)\n    wait()",
    "a session of its own": "if not os.fork():\n    os.setsid()\n    wait()",
    "a double fork": "if not os.fork():\n    os.setsid()\n    os.fork() and os._exit(0)\n    wait()",
    "a daemon": ("if not os.fork():\n    os.setsid()\n    os.fork() and os._exit(0)\n    os.chdir('/')\n    wait()"),
    "another name and an empty environment": (
        "if not os.fork():\n    os.setsid()\n    os.fork() and os._exit(0)\n"
        "    os.execve(sys.executable, ['innocent', '-I', '-c', "
        "'import os, signal; print(os.getpid(), flush=True); signal.pause()'], {})"
    ),
    "a stopped one": (
        "if not os.fork():\n    os.setsid()\n    print(os.getpid(), flush=True)\n    os.kill(os.getpid(), 19)"
    ),
}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.fixture
def started() -> Iterator[list[Supervisor]]:
    running: list[Supervisor] = []
    yield running
    for supervisor in running:
        if supervisor._guardian is not None and supervisor._guardian.poll() is None:
            supervisor._guardian.send_signal(signal.SIGCONT)
        supervisor.kill()


def hidden(started: list[Supervisor], way: str, ending: str = "signal.pause()") -> tuple[Supervisor, int]:
    """A program that has hidden a process, and that process."""
    command = [sys.executable, "-c", f"{HIDE}\n{WAYS[way]}\n{ending}"]
    supervisor = Supervisor(command, {"HOVERSLAM_TOKEN": os.urandom(16).hex()})
    started.append(supervisor)
    supervisor.start()
    end_s = time.monotonic() + LONG_S
    while not (told := supervisor._stdout.text(0.05)):
        assert time.monotonic() < end_s
    return supervisor, int(told)


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}/exe").exists()


@pytest.mark.parametrize("ending", ["signal.pause()", "os._exit(0)"])
@pytest.mark.parametrize("way", WAYS)
def test_what_came_of_a_program_ends_with_it_however_it_hid(started: list[Supervisor], way: str, ending: str) -> None:
    supervisor, pid = hidden(started, way, ending)
    supervisor.kill()
    assert is_gone(pid)
    assert supervisor.left == []


@pytest.mark.parametrize("way", [way for way in WAYS if "environment" not in way])
def test_what_came_of_a_program_ends_when_its_guardian_is_killed(started: list[Supervisor], way: str) -> None:
    supervisor, pid = hidden(started, way)
    assert supervisor._guardian is not None
    supervisor._guardian.kill()
    assert supervisor.wait(LONG_S) is not None
    assert supervisor.guardian_lost
    await_exit(pid)


@pytest.mark.parametrize("way", WAYS)
def test_what_came_of_a_program_ends_when_its_guardian_is_frozen(
    started: list[Supervisor], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoverslam.harness.program.supervisor.TERMINATE_WAIT_S", 0.2)
    supervisor, pid = hidden(started, way)
    assert supervisor._guardian is not None
    supervisor._guardian.send_signal(signal.SIGSTOP)
    supervisor.kill()
    await_exit(pid, supervisor._guardian.pid)
    assert supervisor.exit_status is not None


def test_a_program_that_starts_more_and_more_is_ended(started: list[Supervisor]) -> None:
    code = f"""{HIDE}
print(os.getpid(), flush=True)
for _ in range(2000):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
while True:
    signal.pause()"""
    code = code.replace("range(2000)", "range(7)")
    supervisor = Supervisor([sys.executable, "-c", code], {"HOVERSLAM_TOKEN": os.urandom(16).hex()})
    started.append(supervisor)
    supervisor.start()
    while not supervisor._stdout.text(0.05):
        pass
    supervisor.kill()
    assert supervisor.left == []
    assert subprocess.run(["pgrep", "-f", "range(7)"], capture_output=True, text=True, check=False).stdout == ""


def test_a_program_dies_with_a_killed_guardian_at_once(started: list[Supervisor]) -> None:
    supervisor, _ = hidden(started, "a child")
    pid = supervisor.await_pid(LONG_S)
    assert pid is not None
    assert supervisor._guardian is not None
    supervisor._guardian.kill()
    await_exit(pid)  # before anybody in the harness has looked


@pytest.mark.parametrize("frozen", ["guardian", "program"])
def test_the_next_start_clears_what_a_killed_harness_left(folder: Path, frozen: str) -> None:
    with victim(*ECHO) as harness:
        assert harness.stdout is not None
        gnc, guardian, private = harness.stdout.readline().split()
        os.kill(int(guardian if frozen == "guardian" else gnc), signal.SIGSTOP)
        harness.kill()
        harness.wait()
        if frozen == "guardian":
            assert Path(private).is_dir()
            clear_abandoned()
        await_exit(int(gnc), int(guardian))
        end_s = time.monotonic() + LONG_S
        while Path(private).exists() and time.monotonic() < end_s:
            select.select([], [], [], 0.01)
        assert not Path(private).exists()


def test_a_flight_begins_by_clearing_and_leaves_what_is_not_its_own(folder: Path) -> None:
    dead, foreign = PrivateFolder(), folder / "hoverslam-of-somebody"
    os.close(dead._lock)  # as the kernel does when a process is killed
    foreign.mkdir()
    (foreign / "notes").write_text("mine")
    with ZmqHarness() as living, session(ECHO) as flights:
        assert flights.fly(FakePlant(20), plan()).outcome == "at_rest"
        assert living.folder is not None
        assert (living.folder / LOCK).exists()
        assert not dead.path.exists()
    assert (foreign / "notes").read_text() == "mine"
    (foreign / "notes").unlink()
    foreign.rmdir()


def test_a_folder_that_is_just_being_made_is_nobodys_to_clear(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another harness looks at the moment before the lock is taken, as it may on a busy host."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("t")))
    monkeypatch.setattr(tempfile, "tempdir", None)
    lock, seen = fcntl.flock, list[list[Path]]()

    def late(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX:
            seen.append([one for one in abandoned() if one.parent == Path(tempfile.gettempdir())])
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    made = PrivateFolder()
    assert seen == [[]]
    assert (made.path / LOCK).is_file()
    made.remove()
