"""Sensor rows to bytes, fast: an exact shortcut for the general codec, held to it by tests.

The layout of a sensors message follows from the contract, the vehicle's shape and which of the optional measurements
are there; the constant bytes of each case are made once.
"""

import struct
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from hoverslam.harness.wire.contract import CODE, FLAG, SENSORS, TIME, Field, ShapeLike, entries, places, row_of
from hoverslam.harness.wire.message_plan import NIL, MessagePlan, encode_text, map_head, picker

FIXED = ("type", "flight", "seq", "time_ns")
"""What a sensors message has besides measurements."""
SENSORS_HEAD = map_head(len(FIXED) + len(list(entries(SENSORS)))) + b"".join(
    encode_text(text) for text in ("type", "sensors", "flight")
)
"""How every sensors message begins; then comes the number of the flight."""
FLAGS = tuple(dict.fromkeys(field.flag for field in SENSORS if field.flag))
DISCRETE = tuple(field for field in SENSORS if field.form in {CODE, FLAG})
"""Fields whose values are each one of a few: their bytes are made once."""

Values = tuple[float, ...]


class SensorWriter:
    """Encodes sensor rows of one vehicle.

    `seq` and every time are written as 64-bit integers and every measurement as a 64-bit float, so equal numbers give
    equal bytes: this is the canonical encoding that the hash chain covers.
    """

    def __init__(self, shape: ShapeLike) -> None:
        at = places(SENSORS, shape)
        self._row = struct.Struct(f"<{sum(width for _, width in row_of(SENSORS, shape))}d")
        self._plans = _Plans(shape)
        self._there = picker([at[name].start for name in FLAGS])
        self._discrete = picker([column for field in DISCRETE for column in _columns(at[field.name])])
        self._texts = _Texts([(field, at[field.name]) for field in DISCRETE])

    def encode(self, seq: int, time_ns: int, row: bytes | bytearray | memoryview) -> bytes:
        """The sensors message of frame `seq`, from a row of little-endian float64 in the order of the contract."""
        v = self._row.unpack_from(row)
        pack, parts, pick, times = self._plans[self._there(v)]
        values = (*v, seq, time_ns, *self._texts[self._discrete(v)])
        if times:
            values += tuple([int(v[at]) for at in times])
        parts[1::2] = pick(values)
        return pack(*parts)


class _Texts(dict[Values, tuple[bytes, ...]]):
    """The bytes of all codes and flags of a row, made once for each of the few combinations that occur."""

    def __init__(self, fields: list[tuple[Field, slice]]) -> None:
        super().__init__()
        ends = list(accumulate(at.stop - at.start for _, at in fields))
        self._parts = [
            (field.form, slice(end - at.stop + at.start, end)) for (field, at), end in zip(fields, ends, strict=True)
        ]

    def __missing__(self, values: Values) -> tuple[bytes, ...]:
        self[values] = made = tuple(
            bytes(map(int, values[at])) if form == CODE else bytes(0xC3 if flag else 0xC2 for flag in values[at])
            for form, at in self._parts
        )
        return made


class _Plan(NamedTuple):
    """A message as constant bytes (even `parts`) and values (odd ones), and the packer of them all.

    `pick` takes the values in their order out of the row with what follows it: frame, time, the bytes of codes and
    flags, and the `times`, columns of the row that are written as integers.
    """

    pack: Callable[..., bytes]
    parts: list[Any]
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    times: tuple[int, ...]


class _Plans(dict[Values, _Plan]):
    """The plan of each combination of flags that occurs: zero says that a measurement is missing."""

    def __init__(self, shape: ShapeLike) -> None:
        super().__init__()
        self._shape = shape

    def __missing__(self, flags: Values) -> _Plan:
        plan = _plan(self._shape, tuple(flag != 0.0 for flag in flags))
        self[flags] = own = plan._replace(parts=list(plan.parts))
        return own


@lru_cache(maxsize=64)
def _plan(shape: ShapeLike, there: tuple[bool, ...]) -> _Plan:
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
    order, times = [width, width + 1], list[int]()
    for field in SENSORS:
        if present.get(field.flag, True):
            if field in DISCRETE:
                order.append(width + 2 + DISCRETE.index(field))
            elif field.form == TIME:
                order.append(width + 2 + len(DISCRETE) + len(times))
                times.append(at[field.name].start)
            else:
                order += _columns(at[field.name])
    return _Plan(struct.Struct(form).pack, parts, picker(order), tuple(times))


def _columns(at: slice) -> range:
    return range(at.start, at.stop)


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
