"""A flight, column by column, as it is flown, kept and read."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.record.string_record import StringsRecord
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.plant.layout import VehicleShape, truth_layout


class RecordError(Exception):
    """A run folder that cannot be written or read; the flight itself is not lost by it."""


@dataclass(frozen=True)
class GncFailure:
    """How the flight software was lost.

    `kind` is died, hung, disconnected or protocol; `frame` the frame that was to be answered, `phase` where the flight
    was ("start" before the first frame), `exit_status` that of the program (negative: a signal), None while it ran on.
    """

    kind: str
    reason: str
    frame: int
    phase: str
    exit_status: int | None
    stderr_tail: str

    @property
    def event(self) -> str:
        """The kind as a verb, to follow "flight software"."""
        return "violated the protocol" if self.kind == "protocol" else self.kind


def typed(command: str | Sequence[str] | None) -> str | None:
    """A command as one would type it."""
    return command if command is None or isinstance(command, str) else shlex.join(command)


@dataclass
class FlightRecord:
    """A flight, column by column. Row k of `truth` is the state in which the sensors of frame k were sampled.

    `answers` and `link` (what became of the messages, see `harness.loop.disturbed`) are there where the scenario has
    faults of the link, or answers were late in real time; `sensors` and `commands` are then as in
    `harness.loop.recorder`. `command` is that of the flight program, None for the reference; of several programs
    (`strings`) one a line. `pace` says how well real time was kept, where the flight was held to it
    (`harness.loop.real_time`).
    """

    run_id: str
    scenario: str
    seed: int
    shape: VehicleShape
    dt_s: float
    frame_ticks: int
    frames: int
    truth: FloatArray
    commands: FloatArray
    sensors: list[bytes]
    telemetry: Telemetry
    outcome: str
    gnc_failure: GncFailure | None
    hash: str
    wall_s: float
    gnc: dict[str, str]
    command_delay_ticks: int = 0
    harness_error: str | None = None
    findings: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    link: dict[str, Any] | None = None
    command: str | None = None
    pace: dict[str, Any] | None = None
    strings: StringsRecord | None = None
    output: bytes = b""
    last_frames: bytes = b""
    refused_answer: bytes = b""

    @property
    def repeats(self) -> bool:
        """Whether scenario, seed and program alone decide it; the wall clock decides a late answer in real time."""
        return self.pace is None or not self.pace.get("late_answers")

    @property
    def frame_period_ns(self) -> int:
        """Time from frame to frame."""
        return round(1e9 * self.dt_s) * self.frame_ticks

    def time_ns(self, row: int) -> int:
        """When a truth row was: at its frame; the last one when the flight ended, which may be inside a frame."""
        at_frame = row * self.frame_period_ns
        if row != len(self.truth) - 1:
            return at_frame
        ended_s = float(self.truth[row, truth_layout(self.shape).slice("time_s").start])
        return round(ended_s / self.dt_s) * round(1e9 * self.dt_s) if ended_s > 0.0 else at_frame


@dataclass(frozen=True)
class StoredRun:
    """A run folder, read: the record, the scenario as resolved, and where it was flown.

    `copies`: the SHA-256 of each file in it that is a copy of one that the scenario names.
    """

    folder: Path
    record: FlightRecord
    scenario: dict[str, Any]
    fingerprint: dict[str, str]
    identity: object = None
    copies: Mapping[str, str] = field(default_factory=dict)
