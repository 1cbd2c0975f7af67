"""Sensor rows to bytes, fast: an exact shortcut for the general codec, held to it by tests.

The layout of a sensors message follows from the vehicle's shape and from which of the two optional measurements are
there; the constant bytes of each of the four are made once.
"""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from hoverslam.harness.wire.layout import NIL, MessagePlan, ShapeLike, encode_text, sensor_fields

SENSORS_HEAD = b"\xde\x00\x13" + encode_text("type") + encode_text("sensors") + encode_text("flight")
"""How every sensors message begins: a map of 19; then comes the number of the flight."""


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


def _sensor_plan(shape: ShapeLike, *, gnss: int, radar: int) -> _SensorPlan:
    plan = MessagePlan()
    plan.fixed(SENSORS_HEAD + b"\x00")
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


def _vehicle_plan(plan: MessagePlan, shape: ShapeLike) -> None:
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
