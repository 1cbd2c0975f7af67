"""Bytes to command rows, fast: an exact shortcut for the general codec and the models, held to them by tests.

The layout is learned from a message that passed the full check; a later one with the same bytes in all constant places
is read alike, and so is one that has telemetry after them. Whatever does not match goes the full way (bounded scan,
decoding, strict model), which alone can refuse a message.
"""

import struct
from collections.abc import Callable, Sequence
from itertools import islice
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, Token, check_bounds, decode, encode, tokens, unpack_value
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, ShapeLike
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.message_plan import MessagePlan, picker
from hoverslam.harness.wire.messages import Actuators, validate


class _Layout(NamedTuple):
    """How a message of one length is laid out, and where its values come in the order in which they are unpacked.

    `flags` takes the fields of flags out of the values, each one value; what they say comes behind the values, and
    `pick` takes the row out of both.
    """

    unpack: Callable[[bytes], tuple[Any, ...]]
    constants: tuple[bytes, ...]
    last_seq: int
    seq: int
    flags: Callable[[tuple[Any, ...]], tuple[bytes, ...]]
    pick: Callable[[tuple[Any, ...]], tuple[float, ...]]


_TELEMETRY = b"\xa9telemetry"
_SHORT_MAPS = range(0x82, 0x90)
"""Heads of maps of 2 to 15 entries: one less is the next lower head."""
_LAYOUTS_KEPT = 32
"""Layouts learned before giving up on a program that lays every message out differently."""


class ActuatorReader:
    """Checks actuators messages of one flight and writes each as a row of little-endian float64."""

    def __init__(self, shape: ShapeLike, flight: int = 0) -> None:
        self._flight = flight
        self._lengths = {field.name: field.width(shape) for field in ACTUATORS if field.is_list}
        self._row = struct.Struct(f"<{sum(field.width(shape) for field in ACTUATORS)}d")
        self._layouts: dict[int, _Layout] = {}
        self._flags = _RememberedFlags()

    def read(self, data: bytes, seq: int, into: memoryview | bytearray, offset: int) -> bytes | None:
        """Write the command row of frame `seq` at `offset`; returns the bytes of its telemetry, checked, if it has any.

        Raises MessageRefused.
        """
        layout = self._layouts.get(len(data))
        if layout is None:
            return self._read_with_telemetry(data, seq, into, offset)
        if self._read_known(layout, data, seq, into, offset):
            return None
        return self._read_fully(data, seq, into, offset)

    def refuse_early(self, data: bytes, seq: int) -> NoReturn:
        """Raise MessageRefused for a message that came before frame `seq` was sent: why it is none, or that it is."""
        self.read(data, seq, bytearray(self._row.size), 0)
        raise MessageRefused(f"the answer to frame {seq} arrived before its sensors were sent")

    def _read_known(
        self, layout: _Layout, data: bytes, seq: int, into: memoryview | bytearray, offset: int
    ) -> bool:  # fmt: skip
        """Write the row of a message of this layout; false where it is not of it, or is not to be taken."""
        unpack, constants, last_seq, at_seq, flags, pick = layout
        parts = unpack(data)
        values = parts[1::2]
        if parts[::2] != constants or values[at_seq] != seq or seq > last_seq:
            return False
        found = self._flags[flags(values)]
        if found is None:
            return False
        row = pick(values + found)
        if not isfinite(sum(row)):
            return False
        self._row.pack_into(into, offset, *row)
        return True

    def _read_with_telemetry(
        self, data: bytes, seq: int, into: memoryview | bytearray, offset: int
    ) -> bytes | None:  # fmt: skip
        """A known message with one more entry, the telemetry, at its end: only that is decoded."""
        end = data.find(_TELEMETRY)
        layout = self._layouts.get(end)
        if layout is not None and data[0] in _SHORT_MAPS:
            try:
                check_bounds(data, FROM_FLIGHT_SOFTWARE)
                telemetry = data[end + len(_TELEMETRY) :]
                found = unpack_value(telemetry)
            except MessageRefused:
                found = None
            command = bytes((data[0] - 1,)) + data[1:end]
            if type(found) is dict and self._read_known(layout, command, seq, into, offset):
                return telemetry
        return self._read_fully(data, seq, into, offset)

    def _read_fully(self, data: bytes, seq: int, into: memoryview | bytearray, offset: int) -> bytes | None:
        command: Any = validate(Actuators, decode(data))
        self._check(command, seq)
        if command.telemetry is None and len(self._layouts) < _LAYOUTS_KEPT:
            layout = _learn_layout(data, self._lengths)
            if layout is not None:
                self._layouts[len(data)] = layout
        row: list[float] = []
        for field in ACTUATORS:
            value = getattr(command, field.name)
            row += value if field.is_list else (value,)
        self._row.pack_into(into, offset, *row)
        return None if command.telemetry is None else encode(command.telemetry)

    def _check(self, command: Any, seq: int) -> None:
        if command.flight != self._flight:
            carried = f"must be {self._flight}, the only flight on this link"
            raise MessageRefused(f"actuators.flight = {command.flight}: {carried}")
        if command.seq != seq:
            raise MessageRefused(f"actuators.seq = {command.seq}; must be {seq}, the `seq` of the sensors message")
        for name, length in self._lengths.items():
            given: Sequence[float] = getattr(command, name)
            if len(given) != length:
                raise MessageRefused(f"actuators.{name} has {len(given)} values; must be {length} for this vehicle")


class _RememberedFlags(dict[tuple[bytes, ...], tuple[int, ...] | None]):
    """Values of the boolean tokens that occur; None for bytes that are not all booleans. Bounded, whatever comes."""

    def __missing__(self, fields: tuple[bytes, ...]) -> tuple[int, ...] | None:
        if len(self) > 4096:
            self.clear()
        found = b"".join(fields)
        whole = all(byte in {0xC2, 0xC3} for byte in found)
        self[fields] = values = tuple(byte - 0xC2 for byte in found) if whole else None
        return values


_INTEGERS = {0xCC: ("B", 2**8), 0xCD: ("H", 2**16), 0xCE: ("I", 2**32), 0xCF: ("Q", 2**64)}
_FIELDS = {field.name: field for field in ACTUATORS}


def _learn_layout(data: bytes, lengths: dict[str, int]) -> _Layout | None:
    """The layout of a message that passed the full check and has no telemetry: a map of scalars and flat lists.

    None where a command is not a 64-bit float, or seq not an unsigned integer: such messages always go the full way.
    """
    stream = tokens(data)
    plan, found, last_seq = MessagePlan(), {}, 0
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
    order, behind, flags = list[int](), plan.values, list[int]()
    for field in ACTUATORS:
        at, width = found[field.name], lengths.get(field.name, 1)
        if field.form == FLAG:
            flags.append(at.start)
            order += range(behind, behind + width)
            behind += width
        else:
            order += range(at.start, at.stop)
    unpack = struct.Struct(form).unpack
    return _Layout(unpack, tuple(parts[::2]), last_seq, found["seq"].start, picker(flags), picker(order))


def _learn_value(plan: MessagePlan, name: str, data: bytes, value: list[Token]) -> bool:
    """Add a value to the plan, as constant bytes where it may not change; false where it cannot be read fast."""
    first = data[value[0].start : value[0].end]
    if name == "seq":
        code, _ = _INTEGERS.get(first[0], ("B", 0))
        plan.fixed(first[:1] if len(first) > 1 else b"")
        plan.value(code)
        return first[0] <= 0x7F or first[0] in _INTEGERS
    field = _FIELDS.get(name)
    if field is None:
        plan.fixed(first)
        return True
    if field.is_list:
        plan.fixed(first)
        value = value[1:]
    if field.form == FLAG:
        plan.value(f"{len(value)}s")
        return True
    plan.floats(len(value))
    return all(token.kind == "float" for token in value)
