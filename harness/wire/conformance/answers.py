"""Which check an answer breaks, by the contract's own table; what none of them names is left to the strict reader."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple

from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, decode
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, Field, ShapeLike
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import Actuators

ACCEPTED = "accepted"
Fault = tuple[str, str]
"""Name of the check, and what was found."""


class FrameAsked(NamedTuple):
    """The frame that an answer is for."""

    shape: ShapeLike
    seq: int
    flight: int = 0


def faults_of(data: bytes, asked: FrameAsked) -> dict[str, str]:
    """What is wrong with an answer, by check; empty where the harness would take it."""
    if len(data) > FROM_FLIGHT_SOFTWARE.size_bytes:
        return {"size": f"{len(data)} bytes; the limit is {FROM_FLIGHT_SOFTWARE.size_bytes}; send less telemetry"}
    try:
        message = decode(data)
    except MessageRefused as refused:
        return {"encoding": str(refused)}
    if message.get("type") != "actuators":
        return {"type": f"type = {_cut(message.get('type'))}; must be 'actuators', as every answer to `sensors`"}
    found: dict[str, str] = {}
    for name, told in _faults(message, asked):
        found.setdefault(name, told)
    return found or _refused(data, asked)


def _faults(message: dict[str, Any], asked: FrameAsked) -> Iterator[Fault]:
    yield from _keys(message)
    for name in ("seq", "flight"):
        yield from _number(name, message.get(name, 0), getattr(asked, name), present=name in message)
    for field in ACTUATORS:
        if field.key in message:
            yield from _field(field, message[field.key], asked.shape)
    if not isinstance(message.get("telemetry"), dict | None):
        yield "telemetry-map", f"telemetry = {_cut(message['telemetry'])}; must be a map or nil, or left out"


def _keys(message: dict[str, Any]) -> Iterator[Fault]:
    known = Actuators.model_fields
    required = {name for name, field in known.items() if field.is_required()}
    if missing := sorted(required - set(message)):
        yield "keys", f"{missing[0]!r} is missing; an answer has {', '.join(required)}"
    if unknown := sorted(set(message) - set(known)):
        yield "keys", f"{unknown[0]!r} is not a field of `actuators`; leave it out, or put it into telemetry"


def _number(name: str, value: object, wanted: int, *, present: bool) -> Iterator[Fault]:
    if not present:
        return
    if type(value) is not int:
        yield "types", f"{name} = {_cut(value)}; must be a whole number"
    elif value != wanted:
        yield name, f"{name} = {value}; must be {wanted}, as in the `sensors` that it answers"


def _field(field: Field, value: object, shape: ShapeLike) -> Iterator[Fault]:
    if field.is_list:
        if type(value) is not list:
            yield "types", f"{field.key} = {_cut(value)}; must be an array"
            return
        if len(value) != (width := field.width(shape)):
            yield "lengths", f"{field.key} has {len(value)} values; must be {width} for the shape in `reset`"
        for number, one in enumerate(value):
            yield from _value(field, f"{field.key}[{number}]", one)
    else:
        yield from _value(field, field.key, value)


def _value(field: Field, place: str, value: object) -> Iterator[Fault]:
    if field.form == FLAG:
        if type(value) is not bool:
            yield "types", f"{place} = {_cut(value)}; must be a boolean"
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield "types", f"{place} = {_cut(value)}; must be a number"
    elif not isfinite(value):
        yield "finite", f"{place} = {value}; must be finite, whatever the sensors say"


def _refused(data: bytes, asked: FrameAsked) -> dict[str, str]:
    """What only the reader of the frame loop finds."""
    row = bytearray(8 * sum(field.width(asked.shape) for field in ACTUATORS))
    try:
        ActuatorReader(asked.shape, asked.flight).read(data, asked.seq, row, 0)
    except MessageRefused as refused:
        return {ACCEPTED: str(refused)}
    return {}


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
