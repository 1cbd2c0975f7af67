"""How a message of a frame lies in bytes.

A message of a known layout is constant bytes with values between them, so one call of struct writes or reads all of it.
"""

import struct
from collections.abc import Callable
from operator import itemgetter
from typing import Any


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

    def array_of(self, count: int) -> None:
        """The head of an array."""
        self.fixed(array_head(count))

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


def map_head(count: int) -> bytes:
    """Head of a map of up to 65,535 entries."""
    return bytes([0x80 + count]) if count < 16 else b"\xde" + struct.pack(">H", count)


def picker(order: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What takes these places of a tuple, as a tuple; itemgetter does so for two and more."""
    if len(order) < 2:
        return lambda values: tuple([values[at] for at in order])
    return itemgetter(*order)
