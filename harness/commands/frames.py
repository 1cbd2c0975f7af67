"""`hoverslam frames`: sensors messages that a flight program was given, and its answers, for a test of one's own."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic_core import to_json

from hoverslam.harness.commands.export import cells, new_place
from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.record.delivered import Delivered, delivered
from hoverslam.harness.record.flight_record import FlightRecord, RecordError, StoredRun
from hoverslam.harness.record.run_folder import load
from hoverslam.harness.record.tables import flat, message_table, singles
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.codec import decode_own, encode


class FramesRequest(NamedTuple):
    """What was asked for on the command line; times in seconds since release, None for the first and the last frame."""

    run: Path
    start_s: float | None = None
    end_s: float | None = None
    form: str = "msgpack"
    out: Path | None = None
    answers: bool = True
    as_json: bool = False


@dataclass(frozen=True)
class Chosen:
    """All messages of a flight, and which of them are to be written."""

    record: FlightRecord
    given: Sequence[Delivered]
    wanted: Sequence[bool]
    answers: bool

    @property
    def written(self) -> list[Delivered]:
        """The messages that are."""
        return [one for one, wanted in zip(self.given, self.wanted, strict=True) if wanted]


def frames_command(request: FramesRequest) -> int:
    """Write them, say where they are and what they are. Raises UsageError."""
    if request.form not in FORMATS:
        raise UsageError(f"--format {request.form}: unknown; give one of {', '.join(FORMATS)}")
    name, write = FORMATS[request.form]
    target = request.run / name if request.out is None else request.out
    with new_place(target, is_folder=False) as partial:
        stored = _read(request.run)
        chosen = _chosen(stored, request)
        write(chosen, partial)
    _tell(chosen, request, target)
    return 0


def _read(run: Path) -> StoredRun:
    try:
        return load(run)
    except RecordError as error:
        raise UsageError(str(error)) from None


def _chosen(stored: StoredRun, request: FramesRequest) -> Chosen:
    """The messages between the two times, both included. Raises UsageError where there is none."""
    try:
        given = delivered(stored)
    except RecordError as error:
        raise UsageError(str(error)) from None
    if not given:
        raise UsageError(f"{request.run}: the flight program was given no frame; choose a flight that began")
    period_ns = stored.record.frame_period_ns
    end_ns = max(given[-1].frame, stored.record.frames - 1) * period_ns
    first_ns = 0 if request.start_s is None else _within("--from", request.start_s, end_ns)
    last_ns = end_ns if request.end_s is None else _within("--to", request.end_s, end_ns)
    wanted = [first_ns <= one.frame * period_ns <= last_ns for one in given]
    if not any(wanted):
        span = f"--from {1e-9 * first_ns:g} --to {1e-9 * last_ns:g}"
        raise UsageError(f"{span}: no frame reached the flight program then; frames are {1e-9 * period_ns:g} s apart")
    return Chosen(stored.record, given, wanted, request.answers)


def _within(option: str, time_s: float, end_ns: int) -> int:
    """A time in nanoseconds. Raises UsageError for one outside the flight."""
    if not (math.isfinite(time_s) and 0 <= round(time_s * 1e9) <= end_ns):
        raise UsageError(f"{option} {time_s:g}: the flight has frames from 0 to {1e-9 * end_ns:g} s; give a time there")
    return round(time_s * 1e9)


def _msgpack(chosen: Chosen, path: Path) -> None:
    """Messages one after the other, each answer behind its sensors."""
    with path.open("wb") as file:
        for one in chosen.written:
            file.write(one.sensors)
            answer = one.answer(chosen.record.shape)
            if chosen.answers and answer is not None:
                file.write(encode(answer))


def _json(chosen: Chosen, path: Path) -> None:
    """A line each; numbers that are not finite are text, as in the log."""
    with path.open("wb") as file:
        for one in chosen.written:
            line = {"frame": one.frame, "time_s": _time_s(chosen, one), "sensors": decode_own(one.sensors)}
            line |= {"actuators": one.answer(chosen.record.shape)} if chosen.answers else {}
            file.write(to_json(line, inf_nan_mode="strings") + b"\n")


def _time_s(chosen: Chosen, one: Delivered) -> float:
    """Of the frame: the message may be older."""
    return one.frame * chosen.record.frame_period_ns / 1e9


def _csv(chosen: Chosen, path: Path) -> None:
    """A row each and a column a number; the columns are those of the whole flight, whichever part is written."""
    rows = []
    for one in chosen.given:
        answer = one.answer(chosen.record.shape) if chosen.answers else None
        rows.append(flat(decode_own(one.sensors)) | ({} if answer is None else flat(answer, "actuators.")))
    frames = [one.frame for one in chosen.given]
    columns = singles(message_table(frames, rows, 1e-9 * chosen.record.frame_period_ns))
    wanted = np.array(chosen.wanted)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(cells(column[wanted]) for column in columns.values()), strict=True))


class FrameFormat(NamedTuple):
    """The name of the file in the run folder, and what writes it."""

    name: str
    write: Callable[[Chosen, Path], None]


FORMATS = {
    "msgpack": FrameFormat("frames.msgpack", _msgpack),
    "json": FrameFormat("frames.jsonl", _json),
    "csv": FrameFormat("frames.csv", _csv),
}


def _tell(chosen: Chosen, request: FramesRequest, target: Path) -> None:
    written = chosen.written
    answered = sum(one.row is not None for one in written) if chosen.answers else 0
    first_s, last_s = _time_s(chosen, written[0]), _time_s(chosen, written[-1])
    if request.as_json:
        told = {"exit_code": 0, "run": str(request.run), "format": request.form, "written": str(target)}
        count = {"sensors": len(written), "actuators": answered, "from_s": first_s, "to_s": last_s}
        print_json({**told, **count, "as_delivered": chosen.record.link is not None})
        return
    results().say(f"{counted(len(written), 'frame')} from {first_s:g} to {last_s:g} s, {answered} answered: {target}")
    for line in _notes(chosen, written):
        results().say(line)


def _notes(chosen: Chosen, written: Sequence[Delivered]) -> Iterator[str]:
    """What a reader would otherwise take for a mistake."""
    link = chosen.record.link
    if link is not None:
        yield "with faults of the link: frames are as delivered to the program, late, lost, repeated or damaged"
    if link is not None and link.get("restarts"):
        times = counted(link["restarts"], "time")
        yield f"the flight computer restarted {times}, which this file does not show; `hoverslam feed` repeats it"
    if written[-1].row is None:
        yield f"frame {written[-1].frame} has no answer: the flight program was lost in it"
