"""The messages of protocol 1, as strict models: the schema of the contract. What each field means is in docs/wire.md.

Strict: no unknown keys, no text where a number belongs, no 0 where a boolean belongs. A whole number is a valid float,
because many encoders write 1.0 as 1. Sensor values may be NaN (a dead unit reports what it reports); commands may not.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hoverslam.harness.wire.errors import MessageRefused

PROTOCOL = 1
MAX_ELEMENTS = 64
"""Longest list in a message: more of anything than any vehicle has."""

Count = Annotated[int, Field(ge=0, le=MAX_ELEMENTS)]
TimeNs = Annotated[int, Field(ge=0, lt=2**63)]
Index = Annotated[int, Field(ge=0, lt=2**63)]
Text = Annotated[str, Field(max_length=255)]
Vector3 = Annotated[list[float], Field(min_length=3, max_length=3)]
Floats = Annotated[list[float], Field(max_length=MAX_ELEMENTS)]
Flags = Annotated[list[bool], Field(max_length=MAX_ELEMENTS)]
Command = Annotated[float, Field(allow_inf_nan=False)]
Commands = Annotated[list[Command], Field(max_length=MAX_ELEMENTS)]


class Message(BaseModel):
    """What all messages share: immutable, strict, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Hello(Message):
    """First word of the flight software: who it is, what it can do, and the token that it found in its environment."""

    type: Literal["hello"]
    protocol: Annotated[int, Field(ge=0, lt=2**31)]
    token: Text
    name: Text
    version: Text
    capabilities: Annotated[list[Text], Field(max_length=16)] = []


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
    flight: Index = 0
    run_id: Text
    frame_period_ns: Annotated[int, Field(gt=0, lt=2**63)]
    flight_load: dict[str, Any]
    shape: Shape


class Ready(Message):
    """The flight software is reset and waits for the first sensors."""

    type: Literal["ready"]
    flight: Index = 0
    run_id: Text


class GnssFix(Message):
    """A position and velocity fix in Earth-fixed axes, with the time at which it was true."""

    time_ns: TimeNs
    pos_e_m: Vector3
    vel_e_mps: Vector3


class Sensors(Message):
    """Everything that the avionics measured for frame `seq`."""

    type: Literal["sensors"]
    flight: Index
    seq: Index
    time_ns: TimeNs
    imu_dvel_b_mps: Vector3
    imu_dangle_b_rad: Vector3
    gnss: GnssFix | None
    radar_range_m: float | None
    chamber_pressure_pa: Floats
    engine_state: Annotated[list[Annotated[int, Field(ge=0, le=127)]], Field(max_length=MAX_ELEMENTS)]
    lox_level_m: float
    lch4_level_m: float
    lox_pressure_pa: float
    lch4_pressure_pa: float
    gimbal_rad: Annotated[list[float], Field(max_length=2 * MAX_ELEMENTS)]
    fin_rad: Floats
    rcs_pressure_pa: float
    leg_locked: Flags
    leg_contact: Flags


class Actuators(Message):
    """The flight software's answer to the sensors of frame `seq`; lengths follow from the shape in `reset`."""

    type: Literal["actuators"]
    flight: Index
    seq: Index
    engine_on: Flags
    throttle: Commands
    gimbal_rad: Annotated[list[Command], Field(max_length=2 * MAX_ELEMENTS)]
    fin_rad: Commands
    rcs_open: Flags
    leg_deploy: bool
    telemetry: dict[str, Any] | None = None


class End(Message):
    """The flight is over: `why` is at_rest, impact, max_time, aborted, or restart in mid-flight."""

    type: Literal["end"]
    flight: Index = 0
    why: Text


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
        raise MessageRefused(f"message of type {_shown(message.get('type'))} where {expected!r} was expected")
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
