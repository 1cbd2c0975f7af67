"""Guards one flight program: starts it, reports its exit, and ends all its processes when the harness is gone.

    python -I -S guardian.py CONTROL_FD STATUS_FD PLACE PROGRAM [ARGUMENT ...]

Run as a script, in a process of its own; imports little, so that it starts in milliseconds. It reads single letters
from CONTROL_FD (T: terminate the group, K: kill it) and takes the end of that pipe, which the kernel closes even when
the harness is killed, for the last order: kill everything, remove PLACE (the folder of the socket, or the socket) and
exit. It writes `started PID`, `exited CODE` (negative for a signal) and `left PID NAME` lines to STATUS_FD.

On Linux it is the reaper of whatever its program starts (prctl(2), PR_SET_CHILD_SUBREAPER): a process that moves into
a session or group of its own, or whose parents exit, stays its descendant, and the last order is carried out once it
has no child left. The program is killed when the guardian itself is (PR_SET_PDEATHSIG). Elsewhere there is only the
process group, and what leaves it is out of reach.

The program is not reaped before its group was signalled, so the group's number cannot have been given to another.
"""

import os
import select
import signal
import sys
import time
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Linux, include/uapi/linux/prctl.h."""
ENDS_ITSELF_S, END_S = 0.5, 3.0
"""For descendants that are ending anyway (a harness among them, with a guardian of its own); for those that are not."""


def main(control_fd: int, status_fd: int, place: str, command: list[str]) -> None:
    """Start the program and serve until the harness closes its end of the control pipe."""
    for descriptor in (control_fd, status_fd):
        os.set_inheritable(descriptor, False)
    prctl = _prctl()
    if prctl is not None:
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wakeup_fd = _wake_on_child_exit()
    pid = _start(command, prctl)
    _give_up_standard_streams()
    _say(status_fd, f"started {pid}\n")
    try:
        _serve(control_fd, status_fd, wakeup_fd, pid)
    finally:
        _signal_group(pid, signal.SIGKILL)
        for left in _end_children(wakeup_fd):
            _say(status_fd, f"left {left} {name_of(left)}\n")
        _remove(place)


def _serve(control_fd: int, status_fd: int, wakeup_fd: int, pid: int) -> None:
    """Pass on orders and report the exit, until the control pipe ends."""
    code = None
    while True:
        ready, _, _ = select.select([control_fd, wakeup_fd], [], [])
        if control_fd in ready:
            orders = os.read(control_fd, 64)
            if not orders:
                return
            for order in orders:
                _signal_group(pid, signal.SIGKILL if order == ord("K") else signal.SIGTERM)
        if wakeup_fd in ready:
            os.read(wakeup_fd, 64)
            if code is None and (code := _exit_code(pid)) is not None:
                _say(status_fd, f"exited {code}\n")


def descendants(root: int) -> list[int]:
    """Living processes that came of one, as /proc shows it; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():  # noqa: PTH112, PTH208  see _remove
        if name.isdigit() and (parent := _parent(int(name))) is not None:
            children.setdefault(parent, []).append(int(name))
    found, left = [], [root]
    while left:
        below = children.get(left.pop(), [])
        found += below
        left += below
    return found


def end_descendants(root: int) -> list[int]:
    """Kill all that came of a process, whatever it does meanwhile; returns those that still live after `END_S`.

    They are stopped first, until no new ones appear: one that is killed while others start more would not end it.
    """
    deadline, pause_s = time.monotonic() + END_S, 0.001
    while found := descendants(root):
        stopped: set[int] = set()
        while new := set(found) - stopped:
            _signal_all(new, signal.SIGSTOP)
            stopped |= new
            found = descendants(root)
        _signal_all(stopped, signal.SIGKILL)
        if time.monotonic() > deadline:
            return found
        time.sleep(pause_s)
        pause_s = min(2.0 * pause_s, 0.05)
        if root == os.getpid():
            _reap()
    return []


def is_traced(pid: int) -> bool:
    """Whether a debugger has stopped a process (proc_pid_stat(5))."""
    return _state(pid)[0] == b"t"


def name_of(pid: int) -> str:
    """What a process calls itself, printable and without spaces."""
    try:
        with open(f"/proc/{pid}/comm", "rb") as stream:  # noqa: PTH123  see _remove
            raw = stream.read(64)
    except OSError:
        return "?"
    return "".join(chr(byte) if 0x20 < byte < 0x7F else "_" for byte in raw.rstrip(b"\n")) or "?"


def _end_children(wakeup_fd: int) -> list[int]:
    """End what the program has left; those that cannot be ended are returned."""
    deadline = time.monotonic() + ENDS_ITSELF_S
    while _reap() and (left_s := deadline - time.monotonic()) > 0:
        if select.select([wakeup_fd], [], [], left_s)[0]:
            os.read(wakeup_fd, 64)
    return end_descendants(os.getpid()) if _reap() else []


def _reap() -> bool:
    """Take leave of children that have ended; whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _parent(pid: int) -> int | None:
    """Parent of a living process; None for one that has ended."""
    state, parent = _state(pid)
    return None if state in {b"Z", b"X"} else int(parent)


def _state(pid: int) -> tuple[bytes, bytes]:
    """State and parent of a process (proc_pid_stat(5)); of one that is gone that of a dead one."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:  # noqa: PTH123  see _remove
            state, parent = stream.read().rpartition(b")")[2].split()[:2]
    except (OSError, ValueError):
        return b"X", b"0"
    return state, parent


def _signal_all(pids: set[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def holds_all() -> bool:
    """Whether the system lets a guardian end all that comes of a program, whatever that does to hide."""
    return _prctl() is not None and os.path.isdir("/proc/self")  # noqa: PTH112  see _remove


def _prctl() -> Any:
    """The C library's prctl(2), on Linux; None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None


def _wake_on_child_exit() -> int:
    """A pipe that becomes readable when a child exits; a signal that comes early waits in it."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _start(command: list[str], prctl: Any) -> int:
    guardian, pid = os.getpid(), os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        if os.isatty(0):
            _take_terminal()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores the latter two
            signal.signal(number, signal.SIG_DFL)
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != guardian:
                os._exit(127)
        os.execvp(command[0], command)  # noqa: S606  the user's program, without a shell, is what we are here for
    except OSError as error:
        os.write(2, f"cannot run {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _take_terminal() -> None:
    """Make standard input the terminal of this session: a debugger hands it to what it runs, and Ctrl-C goes there."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _give_up_standard_streams() -> None:
    """Only the program holds its output pipes, so that they end when it does."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _exit_code(pid: int) -> int | None:
    """Exit code of the child, None while it runs. It stays unreaped, except on macOS before Python 3.13."""
    if not hasattr(os, "waitid"):
        reaped, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if reaped else None
    result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if result is None:
        return None
    return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status


def _signal_group(pid: int, number: int) -> None:
    for target in (os.killpg, os.kill):  # the group does not exist before the child has called setsid
        try:
            target(pid, number)
        except (ProcessLookupError, PermissionError):
            continue
        return


def _say(status_fd: int, line: str) -> None:
    try:
        os.write(status_fd, line.encode())
    except OSError:
        return  # the harness is gone; the control pipe says so too


def _remove(place: str) -> None:
    """The folder with what lies in it, or the socket; the harness removes it as well, and may have been faster."""
    try:
        if os.path.isdir(place):  # noqa: PTH112  pathlib takes longer to import than this runs
            for name in os.listdir(place):  # noqa: PTH208  as above
                os.unlink(os.path.join(place, name))  # noqa: PTH108, PTH118  as above
            os.rmdir(place)  # noqa: PTH106  as above
        elif place and os.stat(place).st_mode & 0o170000 == 0o140000:  # noqa: PTH116  as above; a socket
            os.unlink(place)  # noqa: PTH108  as above
    except OSError:
        return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
