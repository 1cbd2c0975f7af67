"""Frames of a flight on their way out of the loop: a copy of some rows, given to a socket that never makes it wait.

What the socket does not take stays in the record and goes with the next look: nothing is kept twice, and a process that
does not read costs the flight one refused call a look.
"""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.live.parcels import parcel
from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.record.telemetry_log import Telemetry

PAUSE_S = 0.04
"""Of wall time between two looks."""
FIRST_ROWS = 2
"""In the first parcel: motion is drawn between two rows."""
MOST_ROWS = 500
"""In one parcel: 20 s of flight, some 0.9 MB."""


class FlownRows(NamedTuple):
    """A flight so far, as its recorder or its record has it."""

    truth: FloatArray
    commands: FloatArray
    sensors: Sequence[bytes]
    telemetry: Telemetry
    cuts: Sequence[tuple[int, int]] = ()
    """Strings that were cut, each with its frame."""


class LiveFeed:
    """A `harness.loop.plan.ProgressCallback`."""

    def __init__(self, link: socket.socket, stride: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`stride`: every which frame is sent."""
        self._link, self._stride, self._clock = link, stride, clock
        self._next, self._reports, self._due_s = 0, 0, 0.0
        self._left = memoryview(b"")
        self.broken = False
        link.setblocking(False)

    def __call__(self, progress: Progress) -> None:
        """Send what is new, where the last look is long enough ago and what it left has gone."""
        if self._clock() < self._due_s or not self._flushed():
            return
        self._due_s = self._clock() + PAUSE_S
        flown = progress.flown
        columns = FlownRows(flown.truth_rows, flown.commands, flown.sensors, flown.telemetry, flown.cuts)
        self._offer(columns, progress.frame + 1, progress.phase)

    def rest(self, flown: FlownRows, frames: int, phase: str, within_s: float) -> bool:
        """After the flight: all that is left, as long as it goes within so many seconds."""
        return self._sent_within(within_s, lambda: self._offer(flown, frames, phase))

    def last(self, data: bytes, within_s: float) -> bool:
        """A parcel that has to go whole."""

        def give() -> bool:
            nonlocal data
            given, data = data, b""
            self._left = memoryview(given)
            return bool(given)

        return self._sent_within(within_s, give)

    def _sent_within(self, within_s: float, give: Callable[[], bool]) -> bool:
        """Give and flush until there is nothing to give; false at the deadline, and where nobody reads any more."""
        end_s = self._clock() + within_s
        self._link.settimeout(within_s)
        while not self.broken:
            with suppress(TimeoutError):
                if self._flushed() and not give():
                    return True
            if self._clock() > end_s:
                self.broken = True  # one wait is enough for a process that has stopped
        return False

    def _offer(self, flown: FlownRows, until: int, phase: str) -> bool:
        """Put the rows before a frame on their way; false where there is none."""
        rows = range(self._next, min(until, self._next + self._stride * MOST_ROWS), self._stride)
        if len(rows) < (1 if self._next else FIRST_ROWS):
            return False
        at = slice(rows.start, rows.stop, rows.step)
        sensors = flown.sensors[at]
        reports = flown.telemetry.since(self._reports)
        head = {
            "kind": "rows", "first": rows.start, "rows": len(rows), "phase": phase,
            "sensors": list(map(len, sensors)), "reports": [(frame, len(data)) for frame, data in reports],
            "cuts": list(flown.cuts),
        }  # fmt: skip
        data = parcel(
            head, flown.truth[at].tobytes(), flown.commands[at].tobytes(), b"".join(sensors),
            b"".join(report for _, report in reports),
        )  # fmt: skip
        self._next, self._reports = rows[-1] + self._stride, self._reports + len(reports)
        self._left = memoryview(data)
        self._flushed()
        return True

    def _flushed(self) -> bool:
        """Whether all that was given has gone; what has not is kept."""
        try:
            while self._left:
                self._left = self._left[self._link.send(self._left) :]
        except BlockingIOError:
            return False
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            self.broken = True
            return False
        return True
