"""Vehicle side of the command link: the active command at each tick, and the safe law if no command arrives.

A command takes effect so many ticks after it was sent. It is taken only if its `seq` is larger than that of the last
one taken: copies and latecomers are discarded. The last command is held for two cycles beyond the one that it was meant
for; then the safe law flies, until a command comes again.
"""

from collections import deque
from collections.abc import Iterable

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.layout import VehicleShape, command_layout

HOLD_CYCLES = 2
"""R-29: the last command is held for at most so many frames in which a new one was due."""
COMMAND_LOSS_S = 0.1
"""R-29: a gap that a link should not have."""


def safe_law(shape: VehicleShape, last: FloatArray) -> FloatArray:
    """What the vehicle does by itself [C]: engines and legs as last commanded; gimbals, fins and cold gas at rest.

    Shutting engines down in a landing burn would lose the stage for certain, and an angle held blindly would turn it.
    """
    row, at = last.copy(), command_layout(shape).slice
    for name in ("gimbal_rad", "fin_rad", "rcs_open"):
        row[at(name)] = 0.0
    return row


class Receiver:
    """Takes what arrives and says which row acts. `row` is the one in force at the last settled tick."""

    def __init__(self, shape: VehicleShape, frame_ticks: int, delay_ticks: int) -> None:
        self.row = np.zeros(command_layout(shape).width)
        self.stale = self.longest_gap_ticks = self.longest_gap_first_tick = self.safe_ticks = 0
        self.safe_first_tick: int | None = None
        self._longest_held_ticks = 0
        self._shape = shape
        self._cycle, self._grid = frame_ticks, delay_ticks % frame_ticks
        self._seq, self._since = -1, 0
        self._safe_since: int | None = None
        self._changes: deque[tuple[int, FloatArray]] = deque()
        self._acting = self.row

    def settle(self, arrivals: Iterable[tuple[int, tuple[int, FloatArray]]], until: int) -> None:
        """Take what arrives, in order, and with that decide every tick before `until`."""
        for tick, (seq, row) in arrivals:
            self._expire(tick)
            if seq <= self._seq:
                self.stale += 1
                continue
            self._note_gap(tick)
            self._seq, self._since, self._safe_since = seq, tick, None
            self._change(tick, row)
        self._expire(until)

    def conclude(self, tick: int) -> None:
        """Count what was still going on when the flight ended."""
        self._note_gap(tick)

    def pieces(self, start: int, end: int) -> list[tuple[FloatArray, int]]:
        """Rows and ticks from `start` to `end`, which has been settled; cut where a command is due, too."""
        marks: list[tuple[int, FloatArray | None]] = [(start + self._grid, None)]
        while self._changes and self._changes[0][0] < end:
            marks.append(self._changes.popleft())
        pieces, at = [], start
        for tick, row in sorted(marks, key=lambda mark: mark[0]):
            if tick > at:
                pieces.append((self._acting, tick - at))
                at = tick
            self._acting = self._acting if row is None else row
        return [*pieces, (self._acting, end - at)]

    @property
    def held_cycles(self) -> int:
        """For how many frames in which a new one was due a command was held, at most (R-29)."""
        return max(-(-self._longest_held_ticks // self._cycle) - 1, 0)

    def _change(self, tick: int, row: FloatArray) -> None:
        self.row = row
        self._changes.append((tick, row))

    def _expire(self, until: int) -> None:
        """Begin to fly the safe law where the last command has been held for long enough before `until`."""
        if self._seq < 0 or self._safe_since is not None:
            return
        end = self._since + (1 + HOLD_CYCLES) * self._cycle
        if until > end:
            self._safe_since = end
            self.safe_first_tick = end if self.safe_first_tick is None else self.safe_first_tick
            self._change(end, safe_law(self._shape, self.row))

    def _note_gap(self, tick: int) -> None:
        if self._seq >= 0 and tick - self._since > self.longest_gap_ticks:
            self.longest_gap_ticks, self.longest_gap_first_tick = tick - self._since, self._since
        if self._seq >= 0:
            until = tick if self._safe_since is None else self._safe_since
            self._longest_held_ticks = max(self._longest_held_ticks, until - self._since)
        if self._safe_since is not None:
            self.safe_ticks += max(tick - self._safe_since, 0)
