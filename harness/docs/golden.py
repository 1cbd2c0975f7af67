"""Golden frames: messages as files that a client or a flight program in any language can be tested against.

The files, and `index.json` that says of each what it holds, or why the harness refuses it, in the harness's own words.
"""

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

from hoverslam.harness.docs.golden_accepted import accepted
from hoverslam.harness.docs.golden_frame import (
    EARLY,
    FIELDS,
    FLEET,
    NO_FRAME,
    PARTS,
    RUN_ID,
    SEQ,
    TOKEN,
    UNASKED,
    GoldenFrame,
)  # fmt: skip
from hoverslam.harness.docs.golden_refused import refused
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.program.conversation import check_ready
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.program.rounds import refuse_stray
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.admission import Admission
from hoverslam.harness.wire.codec import FROM_HARNESS, decode
from hoverslam.harness.wire.errors import MessageRefused, refuse_parts
from hoverslam.harness.wire.messages import MESSAGES, validate
from hoverslam.harness.wire.numbers import flight_of
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

INDEX = "index.json"
WAYS = {
    FIELDS: "sent when it is due",
    EARLY: "sent before the sensors of its frame were sent",
    UNASKED: "sent when nothing was asked",
    NO_FRAME: "sent by a program that flies many, for a flight that waits for no answer",
    PARTS: "sent as a message of two parts, the second empty",
    FLEET: "sent by a program that flies many",
}
ABOUT = (
    "Messages of the wire as files. `content`: what the file holds, null where it is no message; a number that is not "
    "finite is text there: NaN, Infinity or -Infinity. `valid`: whether the receiver accepts it. `reason`: why the "
    "harness refuses it, word for word. `rule`: which it breaks: `encoding`, that of the bytes; `schema`, that of the "
    "fields; `context`, that of the moment or the vehicle. `expected`: what the harness waits for, where that decides."
)


def golden_files() -> dict[str, bytes]:
    """Contents by name of the file, the index last."""
    frames = [*accepted(), *refused()]
    files = {f"{one.name}.msgpack": one.data for one in frames}
    assert len(files) == len(frames), "each frame has a name of its own"
    index = {"protocol": PROTOCOL, "about": ABOUT, "frames": [_entry(one) for one in frames]}
    return files | {INDEX: (json.dumps(index, indent=1, allow_nan=False) + "\n").encode()}


def _entry(frame: GoldenFrame) -> dict[str, Any]:
    reason = why_refused(frame)
    told: dict[str, Any] = {
        "file": f"{frame.name}.msgpack",
        "message": frame.message,
        "from": "harness" if frame.from_harness else "program",
        "about": frame.about,
        "valid": reason is None,
    }
    if reason is not None:
        told |= {"rule": frame.rule, "reason": reason}
    if not frame.from_harness:
        told["expected"] = _expected(frame)
    return told | {"shape": frame.shape._asdict(), "content": _content(frame.data)}


def _expected(frame: GoldenFrame) -> dict[str, Any]:
    """What the harness knows when it judges the frame."""
    known: dict[str, dict[str, Any]] = {
        "hello": {"protocol": PROTOCOL, "token": TOKEN},
        "ready": {"run_id": RUN_ID, "flight": _flight(frame)},
        "actuators": {"seq": SEQ, "flight": _flight(frame)},
    }
    return known[frame.message] | {"sent": WAYS[frame.how]}


def _flight(frame: GoldenFrame) -> int:
    return 0 if frame.rule else frame.flight


def why_refused(frame: GoldenFrame) -> str | None:
    """The harness's reason to refuse a frame; None where it, or a program that gets it, accepts it."""
    try:
        if frame.from_harness:
            decode_as(frame)
        elif frame.how in _HOW:
            _HOW[frame.how](frame)
        else:
            _DUE[frame.message](frame)
    except MessageRefused as why:
        return str(why)
    return None


def decode_as(frame: GoldenFrame) -> None:
    """Check a message of the harness as strictly as those of a program."""
    model = next(one for one in MESSAGES if one.__name__.lower() == frame.message)
    validate(model, decode(frame.data, FROM_HARNESS))


def _hello(frame: GoldenFrame) -> None:
    door = Admission(lambda _: None)
    door.token = TOKEN
    if door.admitted(frame.data) is None:
        raise MessageRefused(f"hello refused: {door.refused[0]}")


def _ready(frame: GoldenFrame) -> None:
    plan = FlightPlan(RUN_ID, "", 0, plant_hz=1000, frame_ticks=10, command_delay_ticks=10, max_frames=1)
    check_ready(frame.data, plan, _flight(frame))


def _actuators(frame: GoldenFrame) -> None:
    reader = ActuatorReader(frame.shape, _flight(frame))
    reader.read(frame.data, SEQ, bytearray(4096), 0)


def _early(frame: GoldenFrame) -> NoReturn:
    ActuatorReader(frame.shape).refuse_early(frame.data, SEQ)


_DUE: dict[str, Callable[[GoldenFrame], None]] = {"hello": _hello, "ready": _ready, "actuators": _actuators}
_HOW: dict[str, Callable[[GoldenFrame], Any]] = {
    EARLY: _early,
    UNASKED: lambda frame: HarnessLink.refuse(frame.data),
    NO_FRAME: lambda frame: refuse_stray(flight_of(frame.data)),
    PARTS: lambda _: refuse_parts(2),
    FLEET: lambda frame: flight_of(frame.data),
}


def _content(data: bytes) -> Any:
    try:
        return as_json(decode(data, FROM_HARNESS))
    except MessageRefused:
        return None


def as_json(value: Any) -> Any:
    """A decoded message for JSON, which has no numbers that are not finite."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0.0 else "-Infinity"
    return value
