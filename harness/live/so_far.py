"""What the process of the live view has of a flight: its rows so far, and each stretch as it comes, as flights.

Both are a `Flight` with a frame every `stride` frames of the real one, so that what draws and tables a flight draws and
tables them.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.live.beginning import context_of, shape_of
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.trace.flight import Flight, FlightContext
from hoverslam.harness.wire.codec import decode_own
from hoverslam.plant.layout import command_layout, truth_layout


class LiveStretch(Flight):
    """Rows that have come together; what was commanded before them is handed on."""

    def __init__(self, record: FlightRecord, context: FlightContext, begin_ns: int, legs_s: float | None) -> None:
        super().__init__(record, context)
        self.begin_ns = begin_ns
        """Time of row 0 since release."""
        self._legs_s = legs_s

    @cached_property
    def legs_command_s(self) -> float | None:
        """That of an earlier stretch, or of this one."""
        return super().legs_command_s if self._legs_s is None else self._legs_s


class FlownSoFar(Flight):
    """All rows up to now; which strings were cut is told beside them."""

    def __init__(self, record: FlightRecord, context: FlightContext, cuts: list[tuple[int, int]]) -> None:
        super().__init__(record, context)
        self._cuts = cuts

    @property
    def string_cuts(self) -> list[tuple[int, int]]:
        """By rows, of which there are fewer than frames."""
        return self._cuts


class StretchRecord(FlightRecord):
    """Its last row is a frame like the others: the flight goes on."""

    def time_ns(self, row: int) -> int:
        """From row 0."""
        return int(row * self.frame_period_ns)


class ParcelRows(NamedTuple):
    """What one parcel brings, row by row."""

    truth: FloatArray
    commands: FloatArray
    sensors: list[bytes]
    telemetry: list[tuple[int, dict[str, Any]]]


class SoFar:
    """The flight up to now."""

    def __init__(self, begin: dict[str, Any]) -> None:
        self.begin, self.context, self._shape = begin, context_of(begin), shape_of(begin)
        self.stride: int = begin["stride"]
        self._truth: list[FloatArray] = []
        self._commands: list[FloatArray] = []
        self._legs_s: float | None = None
        self._cuts: list[tuple[int, int]] = []

    @property
    def period_ns(self) -> int:
        """Time from frame to frame of the flight."""
        dt_ns = round(1e9 * float(self.begin["dt_s"]))
        return dt_ns * int(self.begin["frame_ticks"])

    def add(self, head: dict[str, Any], blobs: Sequence[bytes]) -> LiveStretch:
        """One more parcel of rows."""
        row = self._read(head, blobs)
        self._cuts = [(number, frame // self.stride) for number, frame in head["cuts"]]
        self._truth.append(row.truth)
        self._commands.append(row.commands)
        record = self._record(StretchRecord, row)
        stretch = LiveStretch(record, self.context, head["first"] * self.period_ns, self._legs_s)
        self._legs_s = stretch.legs_command_s
        return stretch

    def flight(self) -> Flight:
        """All of it, without sensors and telemetry."""
        row = ParcelRows(np.concatenate(self._truth), np.concatenate(self._commands), [], [])
        return FlownSoFar(self._record(StretchRecord, row), self.context, self._cuts)

    def nothing(self) -> FlightRecord:
        """The flight before its first row."""
        truth = np.zeros((0, truth_layout(self._shape).width))
        commands = np.zeros((0, command_layout(self._shape).width))
        return self._record(StretchRecord, ParcelRows(truth, commands, [], []))

    def _read(self, head: dict[str, Any], blobs: Sequence[bytes]) -> ParcelRows:
        rows = head["rows"]
        truth = np.frombuffer(blobs[0]).reshape(rows, truth_layout(self._shape).width)
        commands = np.frombuffer(blobs[1]).reshape(rows, command_layout(self._shape).width)
        frames, sizes = [frame for frame, _ in head["reports"]], [size for _, size in head["reports"]]
        reports = [decode_own(data) for data in _cut(blobs[3], sizes)]
        return ParcelRows(truth, commands, _cut(blobs[2], head["sensors"]), list(zip(frames, reports, strict=True)))

    def _record(self, kind: type[FlightRecord], row: ParcelRows) -> FlightRecord:
        run = self.begin["run"]
        return kind(
            run_id="", scenario=run["scenario"], seed=run["seed"], shape=self._shape, dt_s=self.begin["dt_s"],
            frame_ticks=self.begin["frame_ticks"] * self.stride, frames=len(row.commands), truth=row.truth,
            commands=row.commands, sensors=row.sensors, telemetry=Telemetry(self._placed(row)), outcome="",
            gnc_failure=None, hash="", wall_s=0.0, gnc={},
        )  # fmt: skip

    def _placed(self, row: ParcelRows) -> list[tuple[int, dict[str, Any]]]:
        """Reports with the row of their frame, counted from the first of the stretch."""
        if not row.telemetry:
            return []
        first = round(1e9 * float(row.truth[0, 0])) // self.period_ns
        return [(max(frame - first, 0) // self.stride, report) for frame, report in row.telemetry]


def _cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    ends = list(accumulate(sizes))
    return [data[end - size : end] for end, size in zip(ends, sizes, strict=True)]
