"""What a flight program prints, on standard output and error: its last lines, and a log that cannot fill the memory."""

import os
import threading
from collections import deque
from collections.abc import Callable

TAIL_LINES, TAIL_LINE_BYTES = 50, 500
HEAD_BYTES, LAST_BYTES = 1 << 20, 1 << 20
"""Of a log are kept its beginning and its end; what lies between is counted."""


class ProgramOutput:
    """Both streams of a program in the order in which they came, for a log."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._head, self._last, self._left_out = bytearray(), bytearray(), 0

    def add(self, chunk: bytes) -> None:
        """Keep what was printed just now."""
        with self._lock:
            room = HEAD_BYTES - len(self._head)
            self._head += chunk[:room] if room > 0 else b""
            self._last += chunk[max(room, 0) :]
            if (over := len(self._last) - LAST_BYTES) > LAST_BYTES:
                del self._last[:over]
                self._left_out += over

    def take(self) -> bytes:
        """All since this was last asked, with a line where some was left out."""
        with self._lock:
            gap = f"\n... {self._left_out} bytes omitted ...\n".encode() if self._left_out else b""
            told = bytes(self._head) + gap + bytes(self._last)
            self._head, self._last, self._left_out = bytearray(), bytearray(), 0
            return told


class Tail:
    """The last lines of a stream, drained by a thread of its own until the stream ends.

    So the program never blocks on a full pipe. `into` keeps all of it; `show` is given each line as it comes.
    """

    def __init__(self, descriptor: int, into: ProgramOutput, show: Callable[[str], None] | None = None) -> None:
        self._lines: deque[bytes] = deque(maxlen=TAIL_LINES)
        self._descriptor, self._into, self._show = descriptor, into, show
        self._thread = threading.Thread(target=self._drain, daemon=True, name="output of the flight program")
        self._thread.start()

    def text(self, wait_s: float = 0.0) -> str:
        """The last lines; waits up to `wait_s` for the stream to end."""
        self._thread.join(wait_s)
        return b"\n".join(list(self._lines)).decode(errors="replace").rstrip("\n")

    def _drain(self) -> None:
        line = b""
        while chunk := os.read(self._descriptor, 65_536):
            self._into.add(chunk)
            *complete, line = (line + chunk).split(b"\n")
            self._keep(complete)
            line = line[:TAIL_LINE_BYTES]
        if line:
            self._keep([line])
        os.close(self._descriptor)

    def _keep(self, lines: list[bytes]) -> None:
        self._lines.extend(whole[:TAIL_LINE_BYTES] for whole in lines[-TAIL_LINES:])
        if self._show is not None:
            for line in lines:
                self._show(line.decode(errors="replace"))
