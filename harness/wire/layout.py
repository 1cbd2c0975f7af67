"""How the two messages of a frame lie in rows and in bytes.

A message of a known layout is constant bytes with values between them, so one call of struct writes or reads all of it.
"""

import struct
from typing import Any, Protocol


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


class MessagePlan:
    """Collects the constant bytes of a message, and between them the struct codes of its values."""

    values = 0

    def __init__(self) -> None:
        self._format = ">"
        self._constant = b""
        self._parts: list[Any] = []

    def fixed(self, data: bytes) -> None:
        """Bytes that are the same in every message of this layout."""
        self._constant += data

    def key(self, name: str) -> None:
        """The key of a map entry."""
        self.fixed(encode_text(name))

    def value(self, code: str) -> None:
        """A value, as a struct code; constant bytes have to come before it."""
        self._format += f"{len(self._constant)}s{code}"
        self._parts += [self._constant, None]
        self._constant = b""
        self.values += 1

    def integer(self, name: str) -> None:
        """An entry with an unsigned 64-bit integer."""
        self.key(name)
        self.fixed(b"\xcf")
        self.value("Q")

    def floats(self, count: int) -> None:
        """So many 64-bit floats."""
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


NIL = b"\xc0"


def encode_text(text: str) -> bytes:
    """Text of up to 31 bytes as a MessagePack token."""
    data = text.encode()
    assert len(data) < 32
    return bytes([0xA0 + len(data)]) + data


def array_head(count: int) -> bytes:
    """Head of an array of up to 65,535 elements."""
    return bytes([0x90 + count]) if count < 16 else b"\xdc" + struct.pack(">H", count)
