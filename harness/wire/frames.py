"""The two messages of every frame, fast: sensor rows to bytes, bytes to command rows.

Both are exact shortcuts, held to the general codec and the models by tests. A message of a known layout is constant
bytes with values between them, so one call of struct writes or reads all of it. The layout of sensors follows from the
vehicle's shape and from which of the two optional measurements are there. That of commands is learned from a message
that passed the full check; a later one with the same bytes in all constant places is read alike. Whatever does not
match goes the full way (bounded scan, decoding, strict model), which alone can refuse a message.
"""

import struct
from collections.abc import Callable, Sequence
from itertools import islice
from math import isfinite
from typing import Any, NamedTuple, Protocol

from harness.wire.codec import Token, decode, tokens
from harness.wire.errors import MessageRefused
from harness.wire.messages import Actuators, validate


class ShapeLike(Protocol):
    """Counts of a vehicle; `plant.layout.VehicleShape` is one."""

    @property
    def engines(self) -> int:
        """Engines."""

    @property
    def gimballed(self) -> int:
        """Engines that swivel."""

    @property
    def fins(self) -> int:
        """Grid fins."""

    @property
    def thrusters(self) -> int:
        """Cold-gas thrusters."""

    @property
    def legs(self) -> int:
        """Legs."""


def sensor_fields(shape: ShapeLike) -> list[tuple[str, int]]:
    """Names and widths of the flat row that a SensorWriter takes."""
    return [
        ("imu_dvel_b_mps", 3), ("imu_dangle_b_rad", 3),
        ("gnss_new", 1), ("gnss_time_ns", 1), ("gnss_pos_e_m", 3), ("gnss_vel_e_mps", 3),
        ("radar_valid", 1), ("radar_range_m", 1),
        ("chamber_pressure_pa", shape.engines), ("engine_state", shape.engines),
        ("lox_level_m", 1), ("lch4_level_m", 1), ("lox_pressure_pa", 1), ("lch4_pressure_pa", 1),
        ("gimbal_rad", 2 * shape.gimballed), ("fin_rad", shape.fins), ("rcs_pressure_pa", 1),
        ("leg_locked", shape.legs), ("leg_contact", shape.legs),
    ]  # fmt: skip


def command_fields(shape: ShapeLike) -> list[tuple[str, int]]:
    """Names and widths of the flat row that an ActuatorReader fills."""
    return [
        ("engine_on", shape.engines), ("throttle", shape.engines), ("gimbal_rad", 2 * shape.gimballed),
        ("fin_rad", shape.fins), ("rcs_open", shape.thrusters), ("leg_deploy", 1),
    ]  # fmt: skip


class SensorWriter:
    """Encodes sensor rows of one vehicle.

    `seq` and every time are written as 64-bit integers and every measurement as a 64-bit float, so equal numbers give
    equal bytes: this is the canonical encoding that the hash chain covers.
    """

    def __init__(self, shape: ShapeLike) -> None:
        widths = [width for _, width in sensor_fields(shape)]
        self._row = struct.Struct(f"<{sum(widths)}d")
        self._states = slice(16 + shape.engines, 16 + 2 * shape.engines)
        self._locked = slice(sum(widths) - 2 * shape.legs, sum(widths) - shape.legs)
        self._plans = {
            (gnss, radar): _sensor_plan(shape, gnss=gnss, radar=radar) for gnss in (0, 1) for radar in (0, 1)
        }
        self._bytes_of_states = _Remembered(lambda states: bytes(map(int, states)))
        self._bytes_of_flags = _Remembered(lambda flags: bytes(0xC3 if flag else 0xC2 for flag in flags))

    def encode(self, seq: int, time_ns: int, row: bytes | bytearray | memoryview) -> bytes:
        """The sensors message of frame `seq`, from a row of little-endian float64 in the order of `sensor_fields`."""
        v = self._row.unpack_from(row)
        states, locked = self._states, self._locked
        plan = self._plans[v[6] != 0.0, v[14] != 0.0]
        parts = plan.parts
        parts[1::2] = (
            seq, time_ns, *v[:6],
            *((int(v[7]), *v[8:14]) if v[6] else ()),
            *(v[15:16] if v[14] else ()),
            *v[16 : states.start], self._bytes_of_states[v[states]], *v[states.stop : locked.start],
            self._bytes_of_flags[v[locked]], self._bytes_of_flags[v[locked.stop :]],
        )  # fmt: skip
        return plan.pack(*parts)


class _Remembered(dict[tuple[float, ...], bytes]):
    """Bytes of the few value tuples that occur, made once each."""

    def __init__(self, make: Callable[[tuple[float, ...]], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, values: tuple[float, ...]) -> bytes:
        self[values] = made = self._make(values)
        return made


class _SensorPlan(NamedTuple):
    """A message as constant bytes (even `parts`) and values (odd ones), and the packer of them all."""

    pack: Callable[..., bytes]
    parts: list[Any]


class _PlanBuilder:
    """Collects the constant bytes of a message, and between them the struct codes of its values."""

    values = 0

    def __init__(self) -> None:
        self._format = ">"
        self._constant = b""
        self._parts: list[Any] = []

    def fixed(self, data: bytes) -> None:
        self._constant += data

    def key(self, name: str) -> None:
        self.fixed(encode_text(name))

    def value(self, code: str) -> None:
        self._format += f"{len(self._constant)}s{code}"
        self._parts += [self._constant, None]
        self._constant = b""
        self.values += 1

    def integer(self, name: str) -> None:
        self.key(name)
        self.fixed(b"\xcf")
        self.value("Q")

    def floats(self, count: int) -> None:
        for _ in range(count):
            self.fixed(b"\xcb")
            self.value("d")

    def array(self, name: str, count: int) -> None:
        """An array of floats."""
        self.key(name)
        self.fixed(array_head(count))
        self.floats(count)

    def bytes_array(self, name: str, count: int) -> None:
        """An array whose elements are a byte each, given as one value."""
        self.key(name)
        self.fixed(array_head(count))
        self.value(f"{count}s")

    def finish(self) -> tuple[str, list[Any]]:
        """The struct format, and constants and places for values in turn; there may be one more constant."""
        if self._constant:
            return f"{self._format}{len(self._constant)}s", [*self._parts, self._constant]
        return self._format, self._parts


def _sensor_plan(shape: ShapeLike, *, gnss: int, radar: int) -> _SensorPlan:
    plan = _PlanBuilder()
    plan.fixed(b"\xde\x00\x13")  # a map of 19
    plan.fixed(encode_text("type") + encode_text("sensors") + encode_text("flight") + b"\x00")
    for name in ("seq", "time_ns"):
        plan.integer(name)
    for name in ("imu_dvel_b_mps", "imu_dangle_b_rad"):
        plan.array(name, 3)
    plan.key("gnss")
    plan.fixed(b"\x83" if gnss else NIL)
    if gnss:
        plan.integer("time_ns")
        for name in ("pos_e_m", "vel_e_mps"):
            plan.array(name, 3)
    plan.key("radar_range_m")
    if radar:
        plan.floats(1)
    else:
        plan.fixed(NIL)
    _vehicle_plan(plan, shape)
    form, parts = plan.finish()
    return _SensorPlan(struct.Struct(form).pack, parts)


def _vehicle_plan(plan: _PlanBuilder, shape: ShapeLike) -> None:
    plan.array("chamber_pressure_pa", shape.engines)
    plan.bytes_array("engine_state", shape.engines)
    for name in ("lox_level_m", "lch4_level_m", "lox_pressure_pa", "lch4_pressure_pa"):
        plan.key(name)
        plan.floats(1)
    plan.array("gimbal_rad", 2 * shape.gimballed)
    plan.array("fin_rad", shape.fins)
    plan.key("rcs_pressure_pa")
    plan.floats(1)
    for name in ("leg_locked", "leg_contact"):
        plan.bytes_array(name, shape.legs)


NIL = b"\xc0"


def encode_text(text: str) -> bytes:
    """Text of up to 31 bytes as a MessagePack token."""
    data = text.encode()
    assert len(data) < 32
    return bytes([0xA0 + len(data)]) + data


def array_head(count: int) -> bytes:
    """Head of an array of up to 65,535 elements."""
    return bytes([0x90 + count]) if count < 16 else b"\xdc" + struct.pack(">H", count)


_FLAG_LISTS = ("engine_on", "rcs_open")
_FLOAT_LISTS = ("throttle", "gimbal_rad", "fin_rad")
_READ = ("seq", "engine_on", "throttle", "gimbal_rad", "fin_rad", "rcs_open", "leg_deploy")
"""What is read from a message whose layout is known; `type` and `flight` are then constant bytes."""

_FLAG_VALUES = bytes(1 if byte == 0xC3 else 0 for byte in range(256))
"""Table for bytes.translate: the token of a boolean to its value."""

_LEARNING_ATTEMPTS = 8
"""Messages whose layout is studied before giving up on a program that lays each one out differently."""


class _Layout(NamedTuple):
    """How a message of one length is laid out, and where its values come in the order in which they are unpacked."""

    unpack: Callable[[bytes], tuple[Any, ...]]
    constants: tuple[bytes, ...]
    last_seq: int
    seq: int
    engine_on: int
    throttle: slice
    gimbal_rad: slice
    fin_rad: slice
    rcs_open: int
    leg_deploy: int


_LAYOUTS_KEPT = 32
"""Layouts learned before giving up on a program that lays every message out differently."""


class ActuatorReader:
    """Checks actuators messages of one vehicle and writes each as a row of little-endian float64."""

    def __init__(self, shape: ShapeLike) -> None:
        self._lengths = {name: width for name, width in command_fields(shape) if name != "leg_deploy"}
        self._row = struct.Struct(f"<{sum(self._lengths.values()) + 1}d")
        self._layouts: dict[int, _Layout] = {}
        self._flags = _RememberedFlags()

    def read(self, data: bytes, seq: int, into: memoryview | bytearray, offset: int) -> dict[str, Any] | None:
        """Write the command row of frame `seq` at `offset` and return its telemetry; raises MessageRefused."""
        layout = self._layouts.get(len(data))
        if layout is None:
            return self._read_fully(data, seq, into, offset)
        unpack, constants, last_seq, at_seq, at_on, at_throttle, at_gimbal, at_fin, at_rcs, at_leg = layout
        parts = unpack(data)
        values = parts[1::2]
        throttle, gimbal, fin = values[at_throttle], values[at_gimbal], values[at_fin]
        flags = self._flags
        on, rcs, leg = flags[values[at_on]], flags[values[at_rcs]], flags[values[at_leg]]
        if (
            parts[::2] != constants
            or values[at_seq] != seq
            or seq > last_seq
            or on is None or rcs is None or leg is None
            or not isfinite(sum(throttle) + sum(gimbal) + sum(fin))
        ):  # fmt: skip
            return self._read_fully(data, seq, into, offset)
        self._row.pack_into(into, offset, *on, *throttle, *gimbal, *fin, *rcs, *leg)
        return None

    def _read_fully(self, data: bytes, seq: int, into: memoryview | bytearray, offset: int) -> dict[str, Any] | None:
        command = validate(Actuators, decode(data))
        self._check(command, seq)
        if command.telemetry is None and len(self._layouts) < _LAYOUTS_KEPT:
            layout = _learn_layout(data, self._lengths)
            if layout is not None:
                self._layouts[len(data)] = layout
        self._row.pack_into(
            into, offset,
            *command.engine_on, *command.throttle, *command.gimbal_rad, *command.fin_rad, *command.rcs_open,
            command.leg_deploy,
        )  # fmt: skip
        return command.telemetry

    def _check(self, command: Actuators, seq: int) -> None:
        if command.flight != 0:
            raise MessageRefused(f"actuators.flight = {command.flight}: this link carries flight 0 only")
        if command.seq != seq:
            raise MessageRefused(f"actuators.seq = {command.seq} where the sensors of frame {seq} were to be answered")
        for name, length in self._lengths.items():
            given: Sequence[float] = getattr(command, name)
            if len(given) != length:
                raise MessageRefused(f"actuators.{name} has {len(given)} values where this vehicle has {length}")


class _RememberedFlags(dict[bytes, tuple[int, ...] | None]):
    """Values of the boolean tokens that occur; None for bytes that are not all booleans. Bounded, whatever comes."""

    def __missing__(self, found: bytes) -> tuple[int, ...] | None:
        if len(self) > 4096:
            self.clear()
        whole = all(byte in {0xC2, 0xC3} for byte in found)
        self[found] = values = tuple(byte - 0xC2 for byte in found) if whole else None
        return values


_INTEGERS = {0xCC: ("B", 2**8), 0xCD: ("H", 2**16), 0xCE: ("I", 2**32), 0xCF: ("Q", 2**64)}
_FLAG_LISTS = ("engine_on", "rcs_open")
_FLOAT_LISTS = ("throttle", "gimbal_rad", "fin_rad")


def _learn_layout(data: bytes, lengths: dict[str, int]) -> _Layout | None:
    """The layout of a message that passed the full check and has no telemetry: a map of scalars and flat lists.

    None where a command is not a 64-bit float, or seq not an unsigned integer: such messages always go the full way.
    """
    stream = tokens(data)
    plan, found, last_seq = _PlanBuilder(), {}, 0
    head = next(stream)
    plan.fixed(data[: head.end])
    for key in stream:
        name = data[key.start : key.end].lstrip(b"\xd9")[1:].decode()
        value = list(islice(stream, lengths.get(name, 0) + 1))
        plan.fixed(data[key.start : key.end])
        before = plan.values
        if name == "seq":
            last_seq = _INTEGERS.get(data[value[0].start], ("B", 2**7))[1] - 1
        if not _learn_value(plan, name, data, value):
            return None
        found[name] = slice(before, plan.values)
    form, parts = plan.finish()
    return _Layout(
        struct.Struct(form).unpack, tuple(parts[::2]), last_seq,
        found["seq"].start, found["engine_on"].start,
        found["throttle"], found["gimbal_rad"], found["fin_rad"],
        found["rcs_open"].start, found["leg_deploy"].start,
    )  # fmt: skip


def _learn_value(plan: "_PlanBuilder", name: str, data: bytes, value: list[Token]) -> bool:
    """Add a value to the plan, as constant bytes where it may not change; false where it cannot be read fast."""
    first = data[value[0].start : value[0].end]
    if name == "seq":
        code, _ = _INTEGERS.get(first[0], ("B", 0))
        plan.fixed(first[:1] if len(first) > 1 else b"")
        plan.value(code)
        return first[0] <= 0x7F or first[0] in _INTEGERS
    if name == "leg_deploy":
        plan.value("1s")
    elif name in _FLAG_LISTS:
        plan.fixed(first)
        plan.value(f"{len(value) - 1}s")
    elif name in _FLOAT_LISTS:
        plan.fixed(first)
        plan.floats(len(value) - 1)
        return all(token.kind == "float" for token in value[1:])
    else:
        plan.fixed(first)
    return True
