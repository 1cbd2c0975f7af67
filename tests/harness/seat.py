"""A person at a terminal: a process on a pseudoterminal of its own, what it shows, and keys for it."""

import os
import re
import select
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

PATIENCE_S = 120.0
"""Longest wait for a text; the machine may be busy."""
SIZE = (40, 160)
CODES = re.compile(r"\x1b\[[?\d;]*[A-Za-z]|\x1b[=>]|\r")
TAKES_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Seat:
    """Runs a command whose standard input and error are the terminal; its standard output is kept apart."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], cwd: str) -> None:
        self._ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, SIZE)
        self.running = subprocess.Popen(
            [sys.executable, "-c", TAKES_TERMINAL, *command],
            stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env={**environment, "TERM": "xterm"}, cwd=cwd,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def see(self, text: str) -> str:
        """Wait for a text, and return what stood before it since the last one that was waited for."""
        while text not in (plain := CODES.sub("", self.shown)):
            if not select.select([self._ours], [], [], PATIENCE_S)[0] or not self._read():
                raise AssertionError(f"{text!r} was never shown, but: {plain}")
        before, _, rest = plain.partition(text)
        self.shown = rest
        return before

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def rest(self) -> tuple[int, str, bytes]:
        """Exit code, what else is shown, and standard output, once the process has ended."""
        while select.select([self._ours], [], [], PATIENCE_S)[0] and self._read():
            pass
        assert self.running.stdout is not None
        written = self.running.stdout.read()
        return self.running.wait(PATIENCE_S), CODES.sub("", self.shown), written

    def _read(self) -> bool:
        try:
            chunk = os.read(self._ours, 65_536)
        except OSError:  # EIO: the other end is closed
            return False
        self.shown += chunk.decode(errors="replace")
        return bool(chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running.poll() is None:
            self.running.kill()
            self.running.wait(PATIENCE_S)
        if self.running.stdout is not None:
            self.running.stdout.close()
        os.close(self._ours)
