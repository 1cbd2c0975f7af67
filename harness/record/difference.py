"""First difference of two flights: frame and field, compared bit for bit."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, encode, split_own
from hoverslam.plant.layout import Layout, VehicleShape, command_layout, truth_layout


class Difference(NamedTuple):
    """First difference of two flights: `field` as in `sensors.gimbal_rad[3]`; the values are as compared."""

    frame: int
    field: str
    recorded: Any
    replayed: Any

    def between(self, one: str, other: str) -> str:
        """In words, for two flights with these names."""
        return f"frame {self.frame}: {self.field} is {self.recorded!r} in {one}, {self.replayed!r} in {other}"

    def __str__(self) -> str:
        return f"frame {self.frame}: {self.field} was {self.recorded!r}, is {self.replayed!r}"


class Trace(NamedTuple):
    """What decides whether two flights are the same."""

    hash: str
    frames: int
    outcome: str
    sensors: list[bytes]
    commands: FloatArray
    truth: FloatArray
    answers: Sequence[bytes] = ()

    @classmethod
    def of(cls, record: FlightRecord) -> "Trace":
        """The trace of a record."""
        return cls(
            record.hash, record.frames, record.outcome, record.sensors, record.commands, record.truth, record.answers
        )  # fmt: skip


def first_difference(shape: VehicleShape, recorded: Trace, replayed: Trace) -> Difference | None:
    """The first place in which two flights differ, in the order in which it came about; None for the same flight."""
    for frame in range(min(recorded.frames, replayed.frames)):
        if recorded.sensors[frame] != replayed.sensors[frame]:
            field, ours, theirs = _message_difference(recorded.sensors[frame], replayed.sensors[frame])
            return Difference(frame, f"sensors.{field}", ours, theirs)
        if recorded.answers and recorded.answers[frame] != replayed.answers[frame]:
            return _answer_difference(frame, shape, recorded.answers[frame], replayed.answers[frame])
        ours, theirs = recorded.commands[frame], replayed.commands[frame]
        if ours.tobytes() != theirs.tobytes():
            return _row_difference(frame, "actuators", command_layout(shape), ours, theirs)
    if recorded.frames != replayed.frames:
        return Difference(min(recorded.frames, replayed.frames), "frames", recorded.frames, replayed.frames)
    frames = recorded.frames
    if recorded.truth[frames].tobytes() != replayed.truth[frames].tobytes():
        frame = next(k for k in range(frames + 1) if recorded.truth[k].tobytes() != replayed.truth[k].tobytes())
        return _row_difference(frame, "truth", truth_layout(shape), recorded.truth[frame], replayed.truth[frame])
    if recorded.hash != replayed.hash:
        return Difference(frames, "hash", recorded.hash, replayed.hash)
    return None


def answer_rows(data: bytes, shape: VehicleShape) -> FloatArray:
    """Answers of a flight with a disturbed link, one row each."""
    return np.frombuffer(data, dtype="<f8").reshape(-1, command_layout(shape).width)


def _message_difference(ours: bytes, theirs: bytes) -> tuple[str, Any, Any]:
    """Field and values in which the messages of a frame differ; compared as bytes, in which NaN equals itself and -0
    is not 0.
    """
    here, there = split_own(ours), split_own(theirs)
    if len(here) != len(there):
        return "messages", len(here), len(there)
    pairs = zip(here, there, strict=True)
    one, other = next((pair for pair in pairs if pair[0] != pair[1]), (ours, theirs))
    found = _value_difference(decode(one, FROM_HARNESS), decode(other, FROM_HARNESS))
    return ("encoding", ours.hex(), theirs.hex()) if found is None else found


def _value_difference(ours: Any, theirs: Any, path: str = "") -> tuple[str, Any, Any] | None:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        pairs = [(f"{path}.{key}".lstrip("."), ours.get(key), theirs.get(key)) for key in {**ours, **theirs}]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(ours, theirs, strict=True))]
    else:
        return None if encode({"": ours}) == encode({"": theirs}) else (path, ours, theirs)
    found = (_value_difference(a, b, place) for place, a, b in pairs)
    return next((difference for difference in found if difference is not None), None)


def _answer_difference(frame: int, shape: VehicleShape, ours: bytes, theirs: bytes) -> Difference:
    if len(ours) != len(theirs):
        return Difference(frame, "answers.messages", len(answer_rows(ours, shape)), len(answer_rows(theirs, shape)))
    pairs = zip(answer_rows(ours, shape), answer_rows(theirs, shape), strict=True)
    one, other = next(pair for pair in pairs if pair[0].tobytes() != pair[1].tobytes())
    return _row_difference(frame, "answers", command_layout(shape), one, other)


def _row_difference(frame: int, kind: str, layout: Layout, ours: FloatArray, theirs: FloatArray) -> Difference:
    column = int(np.flatnonzero(ours.view(np.uint64) != theirs.view(np.uint64))[0])
    for name, width in layout.fields:
        start = layout.slice(name).start
        if start <= column < start + width:
            field = f"{kind}.{name}" + (f"[{column - start}]" if width > 1 else "")
            return Difference(frame, field, float(ours[column]), float(theirs[column]))
    raise AssertionError(column)


def difference_by_stream(shape: VehicleShape, one: Trace, other: Trace) -> dict[str, Difference | None]:
    """The first place in which two flights differ, in truth, sensors and actuators each; None where they do not."""
    frames = min(one.frames, other.frames)
    found: dict[str, Difference | None] = dict.fromkeys(("truth", "sensors", "actuators"))
    for k in range(frames + 1):
        ours, theirs = one.truth[k], other.truth[k]
        if found["truth"] is None and ours.tobytes() != theirs.tobytes():
            found["truth"] = _row_difference(k, "truth", truth_layout(shape), ours, theirs)
    for k in range(frames):
        if found["sensors"] is None and one.sensors[k] != other.sensors[k]:
            field, a, b = _message_difference(one.sensors[k], other.sensors[k])
            found["sensors"] = Difference(k, f"sensors.{field}", a, b)
        ours, theirs = one.commands[k], other.commands[k]
        if found["actuators"] is None and ours.tobytes() != theirs.tobytes():
            found["actuators"] = _row_difference(k, "actuators", command_layout(shape), ours, theirs)
    return found


def by_number(value: Any) -> Any:
    """A list of tables as a table of them, so that a difference is one of theirs; anything else as it is."""
    tables = isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
    return {str(number): one for number, one in enumerate(value)} if tables else value
