"""The messages of protocol 1, as strict models. Fields of sensors and actuators are those of the contract.

Strict: no unknown keys, no text where a number belongs, no 0 where a boolean belongs. A whole number is a valid float,
because many encoders write 1.0 as 1. Sensor values may be NaN (a dead unit reports what it reports); commands may not.
"""

from typing import Annotated, Any, Literal, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from hoverslam.harness.wire.contract import (
    ACTUATORS,
    CODE,
    FLAG,
    FLOAT,
    LAST_NS,
    MAX_ELEMENTS,
    SENSORS,
    TIME,
    Field,
    entries,
)
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

CAPABILITIES = ("reset", "fleet")
"""What a `hello` may promise (docs/wire.md)."""

Count = Annotated[int, pydantic.Field(ge=0, le=MAX_ELEMENTS)]
TimeNs = Annotated[int, pydantic.Field(ge=0, le=LAST_NS)]
Index = Annotated[int, pydantic.Field(ge=0, lt=2**63)]
Flight = Annotated[Index, pydantic.Field(description="number of the flight, if one program flies many; else 0")]
Seq = Annotated[Index, pydantic.Field(description="number of the frame, from 0; an answer repeats it")]
Text = Annotated[str, pydantic.Field(max_length=255)]
Code = Annotated[int, pydantic.Field(ge=0, le=127)]
Command = Annotated[float, pydantic.Field(allow_inf_nan=False)]


RunId = Annotated[Text, pydantic.Field(description="names the flight; `ready` repeats that of `reset`")]


class Message(BaseModel):
    """What all messages share: immutable, strict, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Hello(Message):
    """First word of the flight software: who it is, what it can do, and the token that it found in its environment."""

    type: Literal["hello"]
    protocol: Annotated[int, pydantic.Field(ge=0, lt=2**31, description=f"{PROTOCOL}")]
    token: Annotated[Text, pydantic.Field(description="that of HOVERSLAM_TOKEN")]
    name: Annotated[Text, pydantic.Field(description="of the program, for the report")]
    version: Annotated[Text, pydantic.Field(description="of the program, for the report")]
    capabilities: Annotated[
        list[Text],
        pydantic.Field(
            max_length=16, description="`reset`: can fly again after an `end`; `fleet`: can fly many flights at once"
        ),
    ] = []


class Shape(Message):
    """How many of each thing the vehicle has; the lengths of all lists follow from it."""

    engines: Count
    gimballed: Count
    fins: Count
    thrusters: Count
    legs: Count


class Reset(Message):
    """Begin a flight: forget everything, believe the flight load. `flight` is there in a fleet, here and below."""

    type: Literal["reset"]
    flight: Flight = 0
    run_id: RunId
    frame_period_ns: Annotated[int, pydantic.Field(gt=0, le=LAST_NS, description="time from frame to frame")]
    flight_load: Annotated[dict[str, Any], pydantic.Field(description="what the program is to believe before flight")]
    shape: Annotated[Shape, pydantic.Field(description="lengths of all lists")]


class Ready(Message):
    """The flight software is reset and waits for the first sensors."""

    type: Literal["ready"]
    flight: Flight = 0
    run_id: RunId


def _kind(field: Field) -> Any:
    """The type of a field's value; sensors may be NaN, commands may not."""
    one: Any = {FLOAT: float, FLAG: bool, CODE: Code, TIME: TimeNs}[field.form]
    if field in ACTUATORS and field.form == FLOAT:
        one = Command
    if not field.is_list:
        return one
    most = field.each * MAX_ELEMENTS if field.per else field.each
    return Annotated[list[one], pydantic.Field(min_length=0 if field.per else most, max_length=most)]


def _entries(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The entries of a message, or of a map in it; a measurement that may be missing is nil then."""
    told: dict[str, Any] = {}
    for key, inner in entries(fields):
        kind = MAPS[key] if inner[0].map else _kind(inner[0])
        told[key] = (kind | None if inner[0].flag else kind, ...)
    return told


def _map(name: str, fields: tuple[Field, ...]) -> type[Message]:
    """The strict model of a map in a message."""
    kinds: dict[str, Any] = {field.key: (_kind(field), ...) for field in fields}
    return create_model(name, __base__=Message, **kinds)


MAPS = {key: _map(key, fields) for key, fields in entries(SENSORS) if fields[0].map}
"""Maps within a sensors message, by their keys."""
WHY_ENDED = ("at_rest", "impact", "max_time", "aborted", "restart")
TELEMETRY: Any = (dict[str, Any] | None, None)
HEAD: dict[str, Any] = {"flight": (Flight, ...), "seq": (Seq, ...)}
SINCE_RELEASE = Annotated[TimeNs, pydantic.Field(description="ns since release: `seq * frame_period_ns`")]
Sensors: type[Message] = create_model(
    "Sensors",
    __base__=Message,
    __doc__="Everything that the avionics measured for frame `seq`.",
    **({"type": (Literal["sensors"], ...)} | HEAD | {"time_ns": (SINCE_RELEASE, ...)} | _entries(SENSORS)),
)
Actuators: type[Message] = create_model(
    "Actuators",
    __base__=Message,
    __doc__="The flight software's answer to the sensors of frame `seq`; lengths follow from the shape in `reset`.",
    **({"type": (Literal["actuators"], ...)} | HEAD | _entries(ACTUATORS) | {"telemetry": TELEMETRY}),
)


class End(Message):
    """The flight is over; `restart` comes in mid-flight."""

    type: Literal["end"]
    flight: Flight = 0
    why: Annotated[Text, pydantic.Field(description=", ".join(WHY_ENDED))]


class Shutdown(Message):
    """Exit now, with status 0."""

    type: Literal["shutdown"]


M = TypeVar("M", bound=Message)

MESSAGES: tuple[type[Message], ...] = (Hello, Reset, Ready, Sensors, Actuators, End, Shutdown)


def validate(model: type[M], message: dict[str, Any]) -> M:
    """The message as a model; raises MessageRefused with the first thing wrong: field, value, remedy."""
    kind = model.model_fields["type"].annotation
    expected = kind.__args__[0] if kind is not None else ""
    if message.get("type") != expected:
        raise MessageRefused(f"message of type {_shown(message.get('type'))} instead of {expected!r}")
    try:
        return model.model_validate(message)
    except ValidationError as error:
        raise MessageRefused(_first_error(expected, error)) from error


def _first_error(kind: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = kind + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    if first["type"] == "missing":
        return f"{place} is missing{more}"
    if first["type"] == "extra_forbidden":
        return f"{place} is not a field of protocol {PROTOCOL}{more}"
    return f"{place} = {_shown(first['input'])}: {first['msg'].lower()}{more}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
