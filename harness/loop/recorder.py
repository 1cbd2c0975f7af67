"""Takes down a flight, frame by frame, in arrays made beforehand.

Nothing here formats, compresses or touches a disk: that comes after the flight (record.py).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.record.hashing import flight_hash
from hoverslam.harness.record.telemetry_log import TELEMETRY_BUDGET_BYTES, Telemetry
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout, truth_layout


class Piece(NamedTuple):
    """A part of a frame during which one command holds: that of `behind` frames ago, for so many ticks."""

    behind: int
    ticks: int


def frame_pieces(frame_ticks: int, command_delay_ticks: int) -> list[Piece]:
    """Which commands act during a frame, when each takes effect `command_delay_ticks` after its sample."""
    whole, rest = divmod(command_delay_ticks, frame_ticks)
    return [piece for piece in (Piece(whole + 1, rest), Piece(whole, frame_ticks - rest)) if piece.ticks]


class Recorder:
    """The columns of a flight being flown. The frame loop writes into them through the views that this offers.

    `command_rows` begins with `lead` rows of zeros, the safe command that holds until the first one takes effect:
    row `lead + k` is the command of frame k.

    With faults of the link, an entry of `sensors` is all messages sent in a frame, one after the other, and one of
    `answers` the rows that came back for them; a command row is then the one in force when that of its frame would be.
    """

    def __init__(self, shape: VehicleShape, max_frames: int, lead: int) -> None:
        self.lead = lead
        self.frames = 0
        self.sensor_row = np.zeros(sensor_layout(shape).width, dtype="<f8")
        self.sensor_bytes = _bytes_of(self.sensor_row)
        self.truth_rows = np.zeros((max_frames + 1, truth_layout(shape).width))
        self.command_rows = np.zeros((lead + max_frames, command_layout(shape).width), dtype="<f8")
        self.command_bytes = _bytes_of(self.command_rows)
        self.sensors: list[bytes] = []
        self.answers: list[bytes] = []
        self.link: dict[str, Any] | None = None
        self.cuts: list[tuple[int, int]] = []
        """Strings that were cut so far, each with the frame of it."""
        self.telemetry = Telemetry()
        self.telemetry_dropped = 0

    def report(self, frame: int, telemetry: bytes) -> None:
        """Keep what the flight software reported with a command, as it came; from the first too many on, nothing."""
        if self.telemetry_dropped or self.telemetry.size_bytes + len(telemetry) > TELEMETRY_BUDGET_BYTES:
            self.telemetry_dropped += 1
        else:
            self.telemetry.add(frame, telemetry)

    def hash(self) -> str:
        """The hash of the frames flown and of the state after them."""
        return flight_hash(self.sensors, self.commands, self.truth[-1], self.answers)

    @property
    def truth(self) -> FloatArray:
        """Truth of the frames flown and of the state after them."""
        return self.truth_rows[: self.frames + 1]

    @property
    def commands(self) -> FloatArray:
        """Accepted commands of the frames flown."""
        return self.command_rows[self.lead : self.lead + self.frames]


def _bytes_of(array: NDArray[Any]) -> memoryview:
    """A view of the memory of an array."""
    return memoryview(array.reshape(-1).view(np.uint8).data)
