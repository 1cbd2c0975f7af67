"""As much of gdb as a test needs: gdb --quiet --args COMMAND, then `run` and `continue` on its terminal.

What it runs is traced (ptrace(2)) and in the foreground of the terminal, so that Ctrl-C there stops it.
"""

import ctypes
import os
import signal
import sys

TRACEME, CONTINUE = 0, 7
"""Linux, include/uapi/linux/ptrace.h."""
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ask() -> str:
    """The next command."""
    sys.stdout.write("(gdb) ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def start(command: list[str]) -> int:
    """Start it, stopped."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        ptrace(TRACEME, 0, None, None)
        os.execvp(command[0], command)
    os.waitpid(pid, 0)
    return pid


def go_on(pid: int) -> bool:
    """Let it run until a signal stops it, of which it is told nothing; false once it has ended."""
    os.tcsetpgrp(0, pid)
    ptrace(CONTINUE, pid, None, None)
    _, status = os.waitpid(pid, 0)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        return False
    sys.stdout.write(f"received {signal.Signals(os.WSTOPSIG(status)).name}\n")
    return True


def main() -> None:
    """`run`, and whenever it stops `continue`."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # it takes the terminal back from what it runs
    assert sys.argv[1:3] == ["--quiet", "--args"]
    assert ask() == "run"
    pid = start(sys.argv[3:])
    while go_on(pid):
        while ask() != "continue":
            pass


if __name__ == "__main__":
    main()
