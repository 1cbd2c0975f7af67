"""What a flight program was given in a recorded flight, message by message, and what it answered.

Sensors are the bytes that reached the program: with faults of the link they are late, lost, repeated or damaged as they
were for it. Of an answer the log keeps the accepted numbers and the telemetry, not the program's own encoding of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hoverslam.harness.record.difference import answer_rows
from hoverslam.harness.record.flight_record import FlightRecord, RecordError, StoredRun
from hoverslam.harness.record.names import LAST_FRAMES_FILE
from hoverslam.harness.wire.actuator_writer import actuators_message
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, last_of, split_own
from hoverslam.harness.wire.errors import WireError
from hoverslam.plant.layout import VehicleShape


class Delivered(NamedTuple):
    """A sensors message as it reached the program in a frame, and the row of its answer; None where there was none."""

    frame: int
    sensors: bytes
    row: Sequence[float] | None
    telemetry: dict[str, Any] | None = None

    def answer(self, shape: VehicleShape) -> dict[str, Any] | None:
        """The actuators message that says what was accepted."""
        if self.row is None:
            return None
        return actuators_message(shape, decode(self.sensors, FROM_HARNESS)["seq"], self.row, self.telemetry)


def delivered(stored: StoredRun) -> list[Delivered]:
    """All messages in order; of a lost program the last one has no answer. Raises RecordError."""
    record = stored.record
    given = [*_answered(record)]
    if (last := _unanswered(stored)) is not None:
        given.append(Delivered(record.frames, last, None))
    return given


def _answered(record: FlightRecord) -> Iterator[Delivered]:
    """A report stands with the answer that it came with, where as many came in a frame as answers; else with the last.

    Only faults of the link put several messages into one frame, and the log keeps of a report just the frame. A program
    answers in the order in which it is asked, in real time maybe in a later frame.
    """
    told: dict[int, list[dict[str, Any]]] = {}
    for frame, reported in record.telemetry:
        told.setdefault(frame, []).append(reported)
    answers = answer_rows(b"".join(record.answers), record.shape) if record.answers else record.commands
    rows = iter(answers.tolist())
    for frame, data in enumerate(record.sensors):
        messages = split_own(data)
        came = [*[None] * len(messages), *told.get(frame, [])][-len(messages) :] if messages else []
        for message, report in zip(messages, came, strict=True):
            yield Delivered(frame, message, next(rows, None), report)


def _unanswered(stored: StoredRun) -> bytes | None:
    """The sensors message in which the program was lost, from the file of the last frames; None where there is none."""
    path = stored.folder / LAST_FRAMES_FILE
    if stored.record.gnc_failure is None or not path.is_file():
        return None
    try:
        last, message = last_of(path.read_bytes())
    except (OSError, WireError) as error:
        remedy = "copy the folder again from where it was flown, or remove this file: the flight itself is in the log"
        raise RecordError(f"{path}: cannot be read ({error}); {remedy}") from None
    return last if message.get("type") == "sensors" else None
