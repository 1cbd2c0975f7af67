"""Flights put to a program: flown with the plant behind them, played again frame by frame, and frames changed."""

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hoverslam.harness.wire.codec import decode_own
from hoverslam.harness.wire.conformance.bench import RUN_ID, Bench
from hoverslam.harness.wire.conformance.subject import Course
from hoverslam.harness.wire.conformance.verdicts import Broken, Shown
from hoverslam.harness.wire.contract import ACTUATORS, SENSORS, places, row_of
from hoverslam.harness.wire.sensor_reader import SensorReader
from hoverslam.harness.wire.sensor_writer import SensorWriter

SHORT = 120
"""Frames of a flight in which something happens to the link or to a sensor."""
REPEATED = ("repeats",)
WARM = ("repeats", "again")
"""What answers that differ are a fault of, in a new process and in one that has flown."""
Row = list[float]
Edit = Callable[[Row, dict[str, slice]], None]
"""Changes a sensor row in place; where each field lies is given."""


class Answered(NamedTuple):
    """A frame and its answer; empty where there was none that the harness would take."""

    seq: int
    sent: bytes
    answer: bytes


class Spoken(NamedTuple):
    """A flight that was flown: every frame with its answer, and the distance to the ground at each."""

    course: Course
    talk: Sequence[Answered]
    ground_m: Sequence[float]


def fly(bench: Bench, course: Course) -> Spoken:
    """Fly it with its plant, from `reset` to `end`; raises Broken."""
    talk: list[Answered] = []

    def ask(sent: bytes) -> bytes:
        answer = bench.ask(len(talk), sent)
        talk.append(Answered(len(talk), sent, answer))
        return answer

    bench.begin(course)
    ground_m = course.fly(ask)
    bench.end()
    return Spoken(course, talk, ground_m)


def play(
    bench: Bench, spoken: Spoken, frames: int | None = None, run_id: str = RUN_ID, pause_every: int = 0
) -> list[Answered]:  # fmt: skip
    """Put the frames of a flight to the program again; its answers. Raises Broken."""
    bench.begin(spoken.course, run_id=run_id)
    told = []
    for one in spoken.talk[:frames]:
        if pause_every and one.seq % pause_every == pause_every - 1:
            bench.pause(bench.waits.pause_s)
        told.append(Answered(one.seq, one.sent, bench.ask(one.seq, one.sent)))
    bench.end()
    return told


def put(bench: Bench, spoken: Spoken, frames: Sequence[tuple[int, bytes]]) -> None:
    """A flight of these frames; each has to be answered as the harness would take it."""
    bench.begin(spoken.course)
    for seq, sent in frames:
        bench.ask(seq, sent)
    bench.end()


def require_same(bench: Bench, before: Sequence[Answered], now: Sequence[Answered], checks: tuple[str, ...]) -> None:
    """Raises Broken at the first frame whose commands differ; telemetry may say what it likes."""
    for old, new in zip(before, now, strict=False):
        if old.answer and old.answer != new.answer and (told := _difference(old.answer, new.answer)):
            shown = (Shown("sensors", old.sent), Shown("expected", old.answer), Shown("answer", new.answer))
            raise _differing(bench, checks, f"frame {old.seq}: {told}", shown)


def _differing(bench: Bench, checks: tuple[str, ...], told: str, shown: tuple[Shown, ...]) -> Broken:
    return bench.broken(checks, f"{told}, to the same frames", *shown)


def _difference(before: bytes, now: bytes) -> str:
    """The first command that differs, bit for bit."""
    old, new = decode_own(before), decode_own(now)
    for field in ACTUATORS:
        if repr(old[field.key]) != repr(new[field.key]):
            return f"{field.key} = {new[field.key]}, and before {old[field.key]}"
    return ""


class Changer:
    """Writes frames of a flight with other measurements, as the harness itself would write them."""

    def __init__(self, spoken: Spoken) -> None:
        shape = spoken.course.shape
        self._reader, self._writer, self.at = SensorReader(shape), SensorWriter(shape), places(SENSORS, shape)
        self._pack = struct.Struct(f"<{sum(width for _, width in row_of(SENSORS, shape))}d").pack
        self._period_ns = spoken.course.frame_period_ns

    def row(self, sent: bytes) -> Row:
        """The numbers of a frame."""
        return self._reader.values(decode_own(sent))

    def written(self, seq: int, row: Row) -> bytes:
        """The frame with these numbers."""
        return self._writer.encode(seq, seq * self._period_ns, self._pack(*row))

    def changed(self, one: Answered, edit: Edit) -> tuple[int, bytes]:
        """A frame with some of its numbers changed."""
        row = self.row(one.sent)
        edit(row, self.at)
        return one.seq, self.written(one.seq, row)
