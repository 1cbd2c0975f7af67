"""Fly a stored flight again and compare, bit for bit.

Without a flight program, the recorded commands are fed to a plant built afresh: equality shows that the plant and the
loop are a pure function of scenario, seed and commands. With one, the program flies again: equality shows that it is
deterministic too. A difference is named by the first frame and field in which it shows.
"""

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.fingerprint import differences, environment_fingerprint
from harness.lockstep import DEFAULT_DEADLINES, FlightPlan, PlantLike, fly_frames, lead_rows
from harness.record import FlightRecord, GncFailure, StoredRun, load
from harness.recorder import Recorder
from harness.session import Session
from harness.wire.codec import FROM_HARNESS, decode, decode_own, encode, split_own
from plant.layout import Layout, VehicleShape, command_layout, truth_layout

FloatArray = NDArray[np.float64]
Build = Callable[[StoredRun], tuple[PlantLike, FlightPlan]]
"""Makes the plant at release, and the plan, from what a run folder says about its scenario and seed."""


class Difference(NamedTuple):
    """Where two flights part: `field` as in `sensors.gimbal_rad[3]`; the values are as they were compared."""

    frame: int
    field: str
    recorded: Any
    replayed: Any

    def __str__(self) -> str:
        return f"frame {self.frame}: {self.field} was {self.recorded!r}, is {self.replayed!r}"


class Replay(NamedTuple):
    """What a replay found. `environment` lists what is not as it was where the flight was recorded."""

    identical: bool
    recorded_hash: str
    replayed_hash: str
    frames: int
    difference: Difference | None
    environment: list[str]
    gnc_failure: GncFailure | None = None
    harness_error: str | None = None


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


def replay(folder: Path, build: Build, session: Session | None = None) -> Replay:
    """Fly the run in a folder again: from its recorded commands, or with the flight program of a session.

    Raises RecordError for a folder that cannot be read, and what `build` raises.
    """
    stored = load(folder)
    plant, plan = build(stored)
    record = stored.record
    if session is None:
        trace, error = _from_commands(record, plant, plan)
        failure = None
    else:
        again = session.fly(plant, plan)
        trace, error, failure = Trace.of(again), again.harness_error, again.gnc_failure
    difference = first_difference(record.shape, Trace.of(record), trace)
    return Replay(
        identical=difference is None,
        recorded_hash=record.hash,
        replayed_hash=trace.hash,
        frames=trace.frames,
        difference=difference,
        environment=differences(stored.fingerprint, environment_fingerprint()),
        gnc_failure=failure,
        harness_error=error if record.harness_error is None else None,
    )


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


def _from_commands(record: FlightRecord, plant: PlantLike, plan: FlightPlan) -> tuple[Trace, str | None]:
    plan = FlightPlan(**{**vars(plan), "max_frames": record.frames})
    recorder = Recorder(record.shape, record.frames, lead_rows(plan))
    answered = answer_rows(b"".join(record.answers), record.shape) if plan.link_faults else record.commands
    rows, frames = iter(answered.tolist()), count()

    def exchange(sensors: bytes, _deadline_s: float) -> bytes:
        seq = decode_own(sensors)["seq"] if plan.link_faults else next(frames)
        return _command_message(seq, next(rows), record.shape)

    end = fly_frames(plant, plan, exchange, recorder, DEFAULT_DEADLINES)
    trace = Trace(
        recorder.hash(), recorder.frames, end.outcome, recorder.sensors, recorder.commands, recorder.truth,
        recorder.answers,
    )  # fmt: skip
    return trace, end.harness_error


def answer_rows(data: bytes, shape: VehicleShape) -> FloatArray:
    """Answers of a flight with a disturbed link, one row each."""
    return np.frombuffer(data, dtype="<f8").reshape(-1, command_layout(shape).width)


def _command_message(seq: int, row: list[float], shape: VehicleShape) -> bytes:
    """The actuators message that would be accepted as this row."""
    layout = command_layout(shape)
    message: dict[str, Any] = {"type": "actuators", "flight": 0, "seq": seq}
    for name in ("throttle", "gimbal_rad", "fin_rad"):
        message[name] = row[layout.slice(name)]
    for name in ("engine_on", "rcs_open"):
        message[name] = [value != 0.0 for value in row[layout.slice(name)]]
    message["leg_deploy"] = row[layout.slice("leg_deploy").start] != 0.0
    return encode(message)


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
