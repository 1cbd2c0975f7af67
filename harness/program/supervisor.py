"""Starts the flight program, monitors it, keeps its last output and ends it with all processes that it started.

The program runs without a shell, in a session of its own, under a guardian process (guardian.py) that ends it even
when the harness is killed. What it prints is drained by threads that keep the last lines, so it can never block on a
full pipe and never fill a disk.
"""

import os
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hoverslam.harness.program.guardian import descendants, end_descendants, name_of
from hoverslam.harness.program.leftovers import end_marked
from hoverslam.harness.program.output import ProgramOutput, Tail
from hoverslam.harness.safe_path import as_the_user_has_it
from hoverslam.harness.statistics.words import counted

REFERENCE_GNC = (sys.executable, "-P", "-m", "hoverslam.gnc")
"""The reference flight software. -P: a folder `gnc` where the user happens to stand is not taken for it."""
PACKAGE_ROOT = Path(__file__).absolute().parents[3]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR", "NUMBA")} | {
    "VECLIB_MAXIMUM_THREADS": "1"
}
"""Sums split over threads depend on how many there are; one thread also keeps the program on its core."""
TERMINATE_WAIT_S = 2.0
"""Between SIGTERM and SIGKILL."""
GUARDIAN_WAIT_S = 6.0
"""For the guardian to end what the program left; one that takes longer is itself stopped or killed."""
MARK = "HOVERSLAM_TOKEN"
"""Variable of the link that no other run has: by it processes are found whose guardian is gone."""


class ProgramNotFoundError(Exception):
    """The flight program cannot be started: no such file, or not executable."""


class Supervisor:
    """One run of a flight program. `start` returns at once; `stop` leaves nothing behind."""

    def __init__(
        self,
        command: str | Sequence[str] | None,
        environment: Mapping[str, str],
        place: Path | None = None,
        show: Callable[[str], None] | None = None,
        *,
        under: Sequence[str] = (),
        terminal: int | None = None,
    ) -> None:
        """`command` is split as a shell would split it, without one; None is the reference flight software.

        `place`, a folder with its files or a socket, is removed when the harness dies. `show` is given each line that
        the program prints. `under`: a debugger and its options, which gets the command. `terminal`: the program's
        standard streams, which is closed here when it has them; what it shows there is not kept here.
        """
        self.command = [*under, *split_command(command)]
        self._terminal = terminal
        self.exit_status: int | None = None
        self.pid: int | None = None
        self.guardian_lost = False
        self.left: list[str] = []
        """Processes that came of the program and could not be ended, as `PID NAME`."""
        self.output = ProgramOutput()
        self._show = show
        self._mark = environment.get(MARK)
        self._environment = program_environment(environment, reference=command is None)
        self._place = "" if place is None else str(place)
        self._guardian: subprocess.Popen[bytes] | None = None
        self._control_fd = self._status_fd = -1
        self._heard = b""

    def start(self) -> None:
        """Start the guardian, which starts the program."""
        control, self._control_fd = os.pipe()
        self._status_fd, status = os.pipe()
        out, out_writer = os.pipe()
        err, err_writer = os.pipe()
        guardian = str(Path(__file__).with_name("guardian.py"))
        streams = (subprocess.DEVNULL, out_writer, err_writer) if self._terminal is None else (self._terminal,) * 3
        try:
            self._guardian = subprocess.Popen(
                [sys.executable, "-I", "-S", guardian, str(control), str(status), self._place, *self.command],
                stdin=streams[0],
                stdout=streams[1],
                stderr=streams[2],
                env=self._environment,
                pass_fds=(control, status),
                start_new_session=True,
            )
        finally:
            for descriptor in filter(None, (control, status, out_writer, err_writer, self._terminal)):
                os.close(descriptor)
            self._stdout, self._stderr = (Tail(end, self.output, self._show) for end in (out, err))

    def poll(self) -> int | None:
        """Exit status of the program, negative for a signal; None while it runs."""
        self._listen(0.0)
        return self.exit_status

    def wait(self, timeout_s: float) -> int | None:
        """Exit status of the program once it has exited; None if it still runs after the timeout."""
        end = time.monotonic() + timeout_s
        while self.exit_status is None and (left_s := end - time.monotonic()) > 0:
            self._listen(left_s)
        return self.exit_status

    def await_pid(self, timeout_s: float) -> int | None:
        """Process id of the program, which is also that of its group."""
        end = time.monotonic() + timeout_s
        while self.pid is None and self.exit_status is None and (left_s := end - time.monotonic()) > 0:
            self._listen(left_s)
        return self.pid

    def stderr_tail(self) -> str:
        """The last lines on standard error; all of them, once the program has exited."""
        return self._stderr.text(0.5 if self.exit_status is not None else 0.0)

    def take_output(self) -> bytes:
        """What was printed on both streams since this was last asked; all of it, once the program has exited."""
        for stream in (self._stdout, self._stderr):
            stream.text(0.5 if self.exit_status is not None else 0.0)
        return self.output.take()

    def stop(self, grace_s: float = 0.0) -> int | None:
        """End the program's group: wait `grace_s` for it to exit by itself, then SIGTERM, then SIGKILL."""
        if self._guardian is None or self._control_fd < 0:
            return self.exit_status
        if self.wait(grace_s) is None:
            self._order(b"T")
            self.wait(TERMINATE_WAIT_S)
        return self.kill()

    def kill(self) -> int | None:
        """End at once all that came of the program, and wait for the guardian to have done so."""
        guardian = self._guardian
        if guardian is None or self._control_fd < 0:
            return self.exit_status
        self._order(b"K")
        ended = self.wait(TERMINATE_WAIT_S) is not None
        os.close(self._control_fd)
        try:
            guardian.wait(GUARDIAN_WAIT_S if ended else 0.0)
        except subprocess.TimeoutExpired:
            self._take_over(guardian)
        while select.select([self._status_fd], [], [], 0.0)[0] and self._hear():
            pass
        os.close(self._status_fd)
        self._control_fd = self._status_fd = -1
        for told in self.left_behind():
            _say(told)
        return self.exit_status

    def others(self) -> list[str]:
        """Living processes that came of the program, without itself, as `PID NAME`; none where there is no /proc."""
        found = descendants(self._guardian.pid) if self._guardian is not None else []
        return [f"{pid} {name_of(pid)}" for pid in found if pid != self.pid]

    def left_behind(self) -> list[str]:
        """A sentence about processes of the program that could not be ended, with the command to end them."""
        if not self.left:
            return []
        pids = " ".join(one.partition(" ")[0] for one in self.left)
        there = f"{counted(len(self.left), 'process', 'processes')} of the flight program could not be ended"
        return [f"{there} and may still run: {', '.join(self.left)}; check them, then: kill -9 {pids}"]

    def _order(self, letter: bytes) -> None:
        try:
            os.write(self._control_fd, letter)
        except BrokenPipeError:
            self._listen(0.0)

    def _listen(self, timeout_s: float) -> None:
        """Take in what the guardian reports within the timeout."""
        if self._status_fd < 0 or not select.select([self._status_fd], [], [], timeout_s)[0]:
            return
        if not self._hear() and self.exit_status is None:
            self._guardian_lost()

    def _hear(self) -> bool:
        """Read what the guardian has written; false at its end."""
        heard = os.read(self._status_fd, 256)
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            word, _, rest = line.partition(b" ")
            if word == b"started":
                self.pid = int(rest)
            elif word == b"exited":
                self.exit_status = int(rest)
            elif word == b"left":
                self.left.append(rest.decode(errors="replace"))
        return bool(heard)

    def _guardian_lost(self) -> None:
        """Somebody ended the guardian: the leash is gone, so the program and what came of it go too."""
        self.guardian_lost, self.exit_status = True, -9
        self._end_marked()

    def _take_over(self, guardian: "subprocess.Popen[bytes]") -> None:
        """End what a guardian that does nothing any more should have ended, and the guardian."""
        self.left += [f"{pid} {name_of(pid)}" for pid in end_descendants(guardian.pid)]
        guardian.kill()
        guardian.wait(GUARDIAN_WAIT_S)
        self._end_marked()
        if self.exit_status is None:
            self.exit_status = -9

    def _end_marked(self) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, 9)
        if self._mark is not None:
            self.left += end_marked(MARK, self._mark)


def _say(text: str) -> None:
    from hoverslam.harness.console.console import progress  # it loads much that a flight by itself does not need

    progress().say(text)


def split_command(command: str | Sequence[str] | None) -> list[str]:
    """The words of a command, with its program found; raises ProgramNotFoundError."""
    words = (
        list(REFERENCE_GNC) if command is None else shlex.split(command) if isinstance(command, str) else list(command)
    )
    if not words:
        raise ProgramNotFoundError("the command of the flight program is empty")
    found = shutil.which(words[0])
    if found is None:
        raise ProgramNotFoundError(
            f"flight program {words[0]!r} not found or not executable; check its path and permissions"
        )
    return [found, *words[1:]]


def program_environment(link: Mapping[str, str], *, reference: bool) -> dict[str, str]:
    """Our environment, with the variables that lead to the link and those that make programs repeatable."""
    ours = ("HOVERSLAM_ENDPOINT", "HOVERSLAM_TOKEN", "HOVERSLAM_CURVE_")
    users = as_the_user_has_it(os.environ)
    inherited = {name: value for name, value in users.items() if not name.startswith(ours)}
    if reference:  # ours is found wherever the package lies, before anything the user has on the path
        inherited["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**inherited, **ONE_THREAD, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", **link}
