"""Sensor rows to bytes, fast: an exact shortcut for the general codec, held to it by tests.

The layout of a sensors message follows from the contract, the vehicle's shape and which of the optional measurements
are there; the constant bytes of each case are made once.
"""

import struct
from collections.abc import Callable
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

from hoverslam.harness.wire.contract import CODE, FLAG, SENSORS, TIME, Field, ShapeLike, entries, places, row_of
from hoverslam.harness.wire.message_plan import NIL, MessagePlan, encode_text, map_head

FIXED = ("type", "flight", "seq", "time_ns")
"""What a sensors message has besides measurements."""
SENSORS_HEAD = map_head(len(FIXED) + len(list(entries(SENSORS)))) + b"".join(
    encode_text(text) for text in ("type", "sensors", "flight")
)
"""How every sensors message begins; then comes the number of the flight."""
FLAGS = tuple(dict.fromkeys(field.flag for field in SENSORS if field.flag))

Values = tuple[float, ...]


class SensorWriter:
    """Encodes sensor rows of one vehicle.

    `seq` and every time are written as 64-bit integers and every measurement as a 64-bit float, so equal numbers give
    equal bytes: this is the canonical encoding that the hash chain covers.
    """

    def __init__(self, shape: ShapeLike) -> None:
        at = places(SENSORS, shape)
        self._row = struct.Struct(f"<{sum(width for _, width in row_of(SENSORS, shape))}d")
        self._flags = [at[name].start for name in FLAGS]
        made = {
            CODE: _Remembered(lambda states: bytes(map(int, states))),
            FLAG: _Remembered(lambda flags: bytes(0xC3 if flag else 0xC2 for flag in flags)),
            TIME: _Remembered(lambda time: int(time[0]), keeps=False),
        }
        self._plans = {there: _plan(shape, there, made) for there in product((False, True), repeat=len(FLAGS))}

    def encode(self, seq: int, time_ns: int, row: bytes | bytearray | memoryview) -> bytes:
        """The sensors message of frame `seq`, from a row of little-endian float64 in the order of the contract."""
        v = self._row.unpack_from(row)
        plan = self._plans[tuple([v[at] != 0.0 for at in self._flags])]
        plan.parts[1::2] = plan.pick((*v, seq, time_ns, *[made[v[part]] for part, made in plan.made]))
        return plan.pack(*plan.parts)


class _Remembered(dict[Values, Any]):
    """What is written for the few value tuples that occur, made once each, unless they are ever new."""

    def __init__(self, make: Callable[[Values], Any], *, keeps: bool = True) -> None:
        super().__init__()
        self._make, self._keeps = make, keeps

    def __missing__(self, values: Values) -> Any:
        made = self._make(values)
        if self._keeps:
            self[values] = made
        return made


class _Plan(NamedTuple):
    """A message as constant bytes (even `parts`) and values (odd ones), and the packer of them all.

    `pick` takes the values in their order out of the row with what follows it: frame, time, and what is `made` of runs
    of numbers that are not written as floats.
    """

    pack: Callable[..., bytes]
    parts: list[Any]
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    made: list[tuple[slice, _Remembered]]


def _plan(shape: ShapeLike, there: tuple[bool, ...], made: dict[str, _Remembered]) -> _Plan:
    """The message with those measurements whose flag is set."""
    present = dict(zip(FLAGS, there, strict=True))
    plan = MessagePlan()
    plan.fixed(SENSORS_HEAD + b"\x00")
    for name in ("seq", "time_ns"):
        plan.integer(name)
    for key, fields in entries(SENSORS):
        plan.key(key)
        if not present.get(fields[0].flag, True):
            plan.fixed(NIL)
        elif fields[0].map:
            plan.fixed(map_head(len(fields)))
            for field in fields:
                plan.key(field.key)
                _lay(plan, field, shape)
        else:
            _lay(plan, fields[0], shape)
    form, parts = plan.finish()
    at, width = places(SENSORS, shape), sum(width for _, width in row_of(SENSORS, shape))
    order, runs = [width, width + 1], list[tuple[slice, _Remembered]]()
    for field in SENSORS:
        if present.get(field.flag, True):
            if field.form in made:
                order.append(width + 2 + len(runs))
                runs.append((at[field.name], made[field.form]))
            else:
                order += range(at[field.name].start, at[field.name].stop)
    return _Plan(struct.Struct(form).pack, parts, itemgetter(*order), runs)


def _lay(plan: MessagePlan, field: Field, shape: ShapeLike) -> None:
    """The value of a field."""
    width = field.width(shape)
    if field.is_list:
        plan.array_of(width)
    if field.form in {CODE, FLAG}:
        plan.value(f"{width}s")
    elif field.form == TIME:
        plan.fixed(b"\xcf")
        plan.value("Q")
    else:
        plan.floats(width)
