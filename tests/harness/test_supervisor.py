"""Real processes under the supervisor: started, heard, ended, whatever they do."""

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.program.supervisor import ProgramNotFoundError, Supervisor, split_command

SOON_S, LONG_S = 0.2, 20.0
PAUSE = "import signal; signal.pause()"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


@pytest.fixture
def started() -> Iterator[list[Supervisor]]:
    running: list[Supervisor] = []
    yield running
    for supervisor in running:
        supervisor.kill()


def start(
    started: list[Supervisor], command: str | list[str] | None, folder: Path | None = None, **env: str
) -> Supervisor:
    supervisor = Supervisor(command, env, folder)
    started.append(supervisor)
    supervisor.start()
    return supervisor


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def test_an_exit_status_is_reported(started: list[Supervisor]) -> None:
    assert start(started, python("raise SystemExit(7)")).wait(LONG_S) == 7


def test_a_signal_is_reported_as_its_negative(started: list[Supervisor]) -> None:
    assert start(started, python("import os; os.kill(os.getpid(), 11)")).wait(LONG_S) == -signal.SIGSEGV


def test_a_living_program_has_no_status(started: list[Supervisor]) -> None:
    supervisor = start(started, python(PAUSE))
    assert supervisor.wait(SOON_S) is None
    assert supervisor.poll() is None


def test_the_command_is_split_without_a_shell(started: list[Supervisor]) -> None:
    supervisor = start(started, f"{sys.executable} -c 'import sys; print(sys.argv[1:])' 'a b' $HOME ; *")
    assert supervisor.wait(LONG_S) == 0
    assert supervisor.take_output() == b"['a b', '$HOME', ';', '*']\n"


@pytest.mark.parametrize("command", ["", "no-such-program-anywhere --x", "/etc/passwd"])
def test_a_program_that_is_not_there_is_named_before_anything_starts(command: str) -> None:
    with pytest.raises(ProgramNotFoundError):
        split_command(command)


def test_a_program_that_cannot_be_executed_says_so_on_its_standard_error(
    started: list[Supervisor], tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    supervisor = start(started, [str(script)])
    assert supervisor.wait(LONG_S) == 127
    assert supervisor.stderr_tail() == f"cannot run {script}: No such file or directory"


def test_the_environment_makes_programs_repeatable(
    started: list[Supervisor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOVERSLAM_TOKEN", "of another run")
    monkeypatch.setenv("HOVERSLAM_CURVE_SERVER", "of another run")
    monkeypatch.setenv("HOVERSLAM_MINE", "kept")
    code = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    supervisor = start(started, python(code, str(tmp_path / "seen")), HOVERSLAM_ENDPOINT="ipc:///x")
    assert supervisor.wait(LONG_S) == 0
    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["PYTHONHASHSEED"] == "0"
    for library in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR"):
        assert seen[f"{library}_NUM_THREADS"] == "1"
    assert (seen["HOVERSLAM_ENDPOINT"], seen["HOVERSLAM_MINE"]) == ("ipc:///x", "kept")
    assert "HOVERSLAM_TOKEN" not in seen
    assert "HOVERSLAM_CURVE_SERVER" not in seen


def test_the_reference_program_is_ours_wherever_the_user_stands(
    started: list[Supervisor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path, tmp_path / "on_path"):
        (folder / "gnc").mkdir(parents=True)
        (folder / "gnc" / "__init__.py").write_text("")
        (folder / "gnc" / "__main__.py").write_text("print('hijacked')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "on_path"))
    supervisor = start(started, None)
    assert supervisor.command[1:] == ["-P", "-m", "hoverslam.gnc"]
    status = supervisor.wait(LONG_S)
    assert b"hijacked" not in supervisor.take_output()
    assert status != 0  # no endpoint in its environment: it cannot fly


def test_a_program_that_talks_without_end_neither_blocks_nor_fills_the_memory(started: list[Supervisor]) -> None:
    code = "import sys\nfor i in range(200_000): print('line', i, file=sys.stderr)\nprint('x' * 10_000_000)"
    supervisor = start(started, python(code))
    assert supervisor.wait(60.0) == 0
    lines = supervisor.stderr_tail().splitlines()
    assert lines == [f"line {i}" for i in range(199_950, 200_000)]
    assert len(supervisor.take_output()) < 4 << 20


def test_output_without_a_line_end_is_kept(started: list[Supervisor]) -> None:
    supervisor = start(started, python("import sys; sys.stderr.write('no end')"))
    assert supervisor.wait(LONG_S) == 0
    assert supervisor.stderr_tail() == "no end"


def test_stop_asks_first(started: list[Supervisor]) -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(5)); print('up', flush=True); signal.pause()"
    supervisor = start(started, python(code))
    await_output(supervisor)
    assert supervisor.stop() == 5


def await_output(supervisor: Supervisor) -> str:
    """The first that the program prints."""
    for _ in range(400):
        if printed := supervisor._stdout.text(0.05):
            return printed
    raise AssertionError("the program printed nothing")


def test_stop_does_not_ask_twice(started: list[Supervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hoverslam.harness.program.supervisor.TERMINATE_WAIT_S", SOON_S)
    code = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
    supervisor = start(started, python(code))
    await_output(supervisor)
    assert supervisor.stop() == -signal.SIGKILL


def test_a_stopped_program_is_ended_too(started: list[Supervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hoverslam.harness.program.supervisor.TERMINATE_WAIT_S", SOON_S)
    supervisor = start(started, python(PAUSE))
    pid = supervisor.await_pid(LONG_S)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert supervisor.stop() in {-signal.SIGKILL, -signal.SIGTERM}  # the latter if it comes before the stop does
    assert not alive(pid)


def test_what_the_program_started_ends_with_it(started: list[Supervisor]) -> None:
    code = f"""import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {PAUSE!r}])
print(child.pid, flush=True)
child.wait()"""
    supervisor = start(started, python(code))
    child = int(await_output(supervisor))
    assert alive(child)
    supervisor.kill()
    end_s = time.monotonic() + LONG_S  # it was told to end; on a busy machine that takes it a moment
    while alive(child) and time.monotonic() < end_s:
        time.sleep(0.01)
    assert not alive(child)


def test_stopping_twice_or_before_the_start_is_harmless(started: list[Supervisor]) -> None:
    assert Supervisor(python(PAUSE), {}).stop() is None
    supervisor = start(started, python(PAUSE))
    supervisor.kill()
    status = supervisor.exit_status
    assert supervisor.stop() == status == -signal.SIGKILL


def test_no_descriptor_is_left_open(started: list[Supervisor]) -> None:
    def descriptors() -> set[str]:
        return set(os.listdir("/proc/self/fd"))  # noqa: PTH208  names are all that is wanted

    gc.collect()  # what earlier tests left behind is none of this one's
    before = descriptors()
    for _ in range(3):
        supervisor = start(started, python("print('hello')"))
        supervisor.wait(LONG_S)
        supervisor.take_output()
        supervisor.stderr_tail()
        supervisor.kill()
    assert descriptors() == before


def test_the_folder_goes_when_the_guardian_goes(started: list[Supervisor], tmp_path: Path) -> None:
    folder = tmp_path / "socket"
    folder.mkdir()
    (folder / "wire").touch()
    supervisor = start(started, python(PAUSE), folder)
    supervisor.await_pid(LONG_S)
    supervisor.kill()
    assert not folder.exists()
