"""Holds one flight program on a leash: starts it, reports its exit, ends its process group when the harness is gone.

    python -I -S guardian.py CONTROL_FD STATUS_FD FOLDER PROGRAM [ARGUMENT ...]

Run as a script, in a process of its own; imports little, so that it starts in milliseconds. It reads single letters
from CONTROL_FD (T: terminate the group, K: kill it) and takes the end of that pipe, which the kernel closes even when
the harness is killed, for the last order: kill the group, remove FOLDER (where the socket lies) and exit. It writes
`started PID` and `exited CODE` lines to STATUS_FD; CODE is negative for a signal.

The program is its child and is not reaped before its group was signalled, so the group's number cannot have been
given to another process. A program that moves its children into sessions of their own is out of reach.
"""

import os
import select
import signal
import sys


def main(control_fd: int, status_fd: int, folder: str, command: list[str]) -> None:
    """Start the program and serve until the harness closes its end of the control pipe."""
    for descriptor in (control_fd, status_fd):
        os.set_inheritable(descriptor, False)
    wakeup_fd = _wake_on_child_exit()
    pid = _start(command)
    _give_up_standard_streams()
    _say(status_fd, f"started {pid}\n")
    try:
        _serve(control_fd, status_fd, wakeup_fd, pid)
    finally:
        _signal_group(pid, signal.SIGKILL)
        _reap(pid)
        _remove(folder)


def _serve(control_fd: int, status_fd: int, wakeup_fd: int, pid: int) -> None:
    """Pass on orders and report the exit, until the control pipe ends."""
    watched = [control_fd, wakeup_fd]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if control_fd in ready:
            orders = os.read(control_fd, 64)
            if not orders:
                return
            for order in orders:
                _signal_group(pid, signal.SIGKILL if order == ord("K") else signal.SIGTERM)
        if wakeup_fd in ready:
            os.read(wakeup_fd, 64)
            code = _exit_code(pid)
            if code is not None:
                _say(status_fd, f"exited {code}\n")
                watched = [control_fd]


def _wake_on_child_exit() -> int:
    """A pipe that becomes readable when a child exits; a signal that comes early waits in it."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _start(command: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores the latter two
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606  the user's program, without a shell, is what we are here for
    except OSError as error:
        os.write(2, f"cannot run {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


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


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


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


def _remove(folder: str) -> None:
    if not folder or not os.path.isdir(folder):  # noqa: PTH112  pathlib takes longer to import than this runs
        return
    try:
        for name in os.listdir(folder):  # noqa: PTH208  as above
            os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118  as above
        os.rmdir(folder)  # noqa: PTH106  as above
    except OSError:
        return  # the harness removes it as well, and may have been faster


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
