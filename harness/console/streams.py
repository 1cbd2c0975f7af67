"""Standard output and error that decide nothing: whatever becomes of them, a command comes to its own end.

A stream that is closed, full, unread or of a narrow encoding raises nothing. What standard output cannot take goes to
standard error, unless its reader has gone. Characters that an encoding lacks are written as escapes.
"""

import errno
import io
import os
import sys
from typing import TextIO

ENCODING_ERRORS = "backslashreplace"


class Outlet(io.RawIOBase):
    """A descriptor that is written to until it fails; `error` is why. What comes after goes to `other`, if to anywhere.

    A reader that has gone does not want the rest, on any stream.
    """

    def __init__(self, descriptor: int | None, other: "Outlet | None" = None) -> None:
        """None: the stream was closed when this process started."""
        self._descriptor, self._other = descriptor, other
        self.error: OSError | None = None if descriptor is not None else OSError(errno.EBADF, "it is closed")
        self._told = False

    def write(self, data: object, /) -> int:
        """All of it, or nothing any more."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]  # any buffer
        rest = view
        while rest and self.error is None:
            assert self._descriptor is not None
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                _await_room(self._descriptor)
            except OSError as error:
                self.error = error
        if rest and self.error is not None and self._other is not None and self.error.errno != errno.EPIPE:
            told = f"hoverslam: standard output cannot be written ({self.error.strerror}); output continues here\n"
            self._other.write(b"" if self._told else told.encode())
            self._told = True
            self._other.write(rest)
        return len(view)

    def writable(self) -> bool:
        """Always, or it would be no stream to write to."""
        return True

    def fileno(self) -> int:
        """Raises OSError where the stream was closed."""
        if self._descriptor is None:
            raise io.UnsupportedOperation("closed")
        return self._descriptor

    def isatty(self) -> bool:
        """Whether somebody looks at it."""
        return self._descriptor is not None and os.isatty(self._descriptor)


def _await_room(descriptor: int) -> None:
    """A pipe that somebody has set not to block: until it takes more."""
    import select

    select.select([], [descriptor], [])


def steady() -> None:
    """Put outlets in place of standard output and error, and something behind descriptors that are closed.

    A file that is opened later would else get the number of a closed one, and whatever is printed would go into it.
    """
    closed = [number for number in range(3) if not _is_open(number)]
    for number in closed:
        nowhere = os.open(os.devnull, os.O_RDWR)  # the lowest free number
        if nowhere != number:
            os.dup2(nowhere, number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  open as long as the process is
    errors = Outlet(None if 2 in closed else 2)
    results = Outlet(None if 1 in closed else 1, errors)
    sys.stdout = _steadied(sys.stdout, results, at_once=results.isatty())
    sys.stderr = _steadied(sys.stderr, errors, at_once=True)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _steadied(stream: TextIO | None, outlet: Outlet, *, at_once: bool) -> TextIO:
    """In the encoding that was there. `at_once`: line by line, as on a terminal."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return io.TextIOWrapper(io.BufferedWriter(outlet), encoding, ENCODING_ERRORS, line_buffering=at_once)


def unwritten() -> OSError | None:
    """Why standard output did not take all that was written to it; None where it did, or is not ours."""
    outlet = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(outlet, Outlet):
        return None
    sys.stdout.flush()
    return outlet.error
