"""Bounded MessagePack: bytes are decoded only after size, types and nesting have been checked.

Accepted are maps with text keys, arrays, text, numbers, booleans and nil. Binary, extension and timestamp values,
text over 255 bytes and duplicate keys are refused. One regular expression walks the tokens at C speed and counts the
containers; as every container and every element costs at least a byte, that bounds nesting and memory as well.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import msgpack

from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.places import broken_rule


class MessageLimits(NamedTuple):
    """How large a message may be. Text is at most `TEXT_BYTES` long in any message."""

    size_bytes: int
    containers: int
    elements: int


TEXT_BYTES = 255
FROM_FLIGHT_SOFTWARE = MessageLimits(size_bytes=16_384, containers=64, elements=64)
FROM_HARNESS = MessageLimits(size_bytes=1 << 20, containers=65_535, elements=65_535)
"""The harness is trusted; these limits only turn a mix-up into an error. A flight load with tables needs the room."""


def encode(message: Mapping[str, Any]) -> bytes:
    """The message as one MessagePack map."""
    packed: bytes = msgpack.packb(message)
    return packed


def decode(data: bytes, limits: MessageLimits = FROM_FLIGHT_SOFTWARE) -> dict[str, Any]:
    """The map in `data`; raises MessageRefused for anything else, before building it where it is too large."""
    check_bounds(data, limits)
    message = unpack_value(data, limits)
    if type(message) is not dict:
        raise MessageRefused(f"a message must be a map, not {type(message).__name__}")
    return message


def unpack_value(data: bytes, limits: MessageLimits = FROM_FLIGHT_SOFTWARE) -> Any:
    """The one value in bytes that `check_bounds` let pass; raises MessageRefused."""
    try:
        return msgpack.unpackb(
            data,
            object_pairs_hook=_without_duplicates,
            max_str_len=TEXT_BYTES,
            max_bin_len=0,
            max_ext_len=0,
            max_array_len=limits.elements,
            max_map_len=limits.elements,
        )
    except (ValueError, msgpack.UnpackException) as error:
        place = broken_rule(data, TEXT_BYTES, limits.elements)
        why = f"not a MessagePack message: {error or type(error).__name__}"
        raise MessageRefused("; ".join(filter(None, (place, why)))) from error


def described(data: bytes) -> str:
    """A message in words: its type, and whose it is where it says so."""
    try:
        message = decode(data)
    except MessageRefused as refused:
        return f"an invalid message: {refused}"
    told = [f"{name} {message[name]}" for name in ("flight", "seq") if type(message.get(name)) is int]
    return ", ".join([f"a message of type {str(message.get('type'))[:40]!r}", *told])


def decode_own(data: bytes) -> dict[str, Any]:
    """The map in bytes that this process encoded itself, without a check."""
    message: dict[str, Any] = msgpack.unpackb(data)
    return message


def split_own(data: bytes) -> list[bytes]:
    """The messages in bytes that this process encoded itself and put one after the other."""
    unpacker = msgpack.Unpacker(max_buffer_size=0)
    unpacker.feed(data)
    ends = [0]
    while ends[-1] < len(data):
        unpacker.skip()
        ends.append(unpacker.tell())
    return [data[start:end] for start, end in pairwise(ends)]


def last_of(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """The last of the messages in bytes that lay in a file, as bytes and decoded; raises MessageRefused."""
    try:
        messages = split_own(data)
    except (ValueError, msgpack.UnpackException) as error:
        raise MessageRefused(f"not MessagePack messages: {error or type(error).__name__}") from error
    if not messages:
        raise MessageRefused("there is no message")
    return messages[-1], decode(messages[-1], FROM_HARNESS)


def check_bounds(data: bytes, limits: MessageLimits) -> None:
    """Refuse bytes that are too many, of a forbidden type, or hold too many containers."""
    if len(data) > limits.size_bytes:
        raise MessageRefused(f"message of {len(data)} bytes; the limit is {limits.size_bytes}")
    if _bounded_pattern(limits.containers).fullmatch(data) is None:
        raise MessageRefused(_why_not_bounded(data, limits))


class Token(NamedTuple):
    """One MessagePack head with its payload: `kind` is array, map, text, float, bool, integer or nil."""

    kind: str
    start: int
    end: int


def tokens(data: bytes) -> Iterator[Token]:
    """Walk the tokens of a message; raises MessageRefused at a forbidden or truncated one."""
    at = 0
    while at < len(data):
        kind, width = _head(data, at)
        end = at + 1 + width
        if end > len(data):
            raise MessageRefused(f"message ends inside the {kind} that starts at byte {at}")
        yield Token(kind, at, end)
        at = end


_FIXED = {
    0xC0: ("nil", 0), 0xC2: ("bool", 0), 0xC3: ("bool", 0), 0xCA: ("float32", 4), 0xCB: ("float", 8),
    0xCC: ("integer", 1), 0xCD: ("integer", 2), 0xCE: ("integer", 4), 0xCF: ("integer", 8),
    0xD0: ("integer", 1), 0xD1: ("integer", 2), 0xD2: ("integer", 4), 0xD3: ("integer", 8),
    0xDC: ("array", 2), 0xDD: ("array", 4), 0xDE: ("map", 2), 0xDF: ("map", 4),
}  # fmt: skip
"""Kind and bytes after the head, of every head byte that is a type of its own (MessagePack specification, Formats)."""


def _head(data: bytes, at: int) -> tuple[str, int]:
    head = data[at]
    if head <= 0x7F or head >= 0xE0:
        return "integer", 0
    if head <= 0x9F:
        return ("map" if head <= 0x8F else "array"), 0
    if head <= 0xBF:
        return "text", head - 0xA0
    if head == 0xD9 and at + 1 < len(data):
        return "text", 1 + data[at + 1]
    if head in _FIXED:
        return _FIXED[head]
    raise MessageRefused(
        f"byte {at} is 0x{head:02x}: binary, extension, timestamp and text over {TEXT_BYTES} bytes are not allowed"
    )


@cache
def _bounded_pattern(containers: int) -> re.Pattern[bytes]:
    """Matches tokens with at most so many containers; every alternative has head bytes of its own: no backtracking."""
    texts = [rb"\x%02x.{%d}" % (0xA0 + n, n) for n in range(32)]
    long_texts = rb"\xd9(?:" + b"|".join(rb"\x%02x.{%d}" % (n, n) for n in range(TEXT_BYTES + 1)) + b")"
    numbers = [rb"\xca.{4}", rb"[\xcc\xd0].", rb"[\xcd\xd1].{2}", rb"[\xce\xd2].{4}", rb"[\xcf\xd3].{8}"]
    scalar = b"|".join([rb"\xcb.{8}", rb"[\x00-\x7f\xc0\xc2\xc3\xe0-\xff]", *texts, *numbers, long_texts])
    container = rb"[\x80-\x9f]|[\xdc\xde].{2}|[\xdd\xdf].{4}"
    return re.compile(rb"(?:(?:%b)*+(?:%b)){0,%d}+(?:%b)*+" % (scalar, container, containers, scalar), re.DOTALL)


def _why_not_bounded(data: bytes, limits: MessageLimits) -> str:
    try:
        containers = sum(token.kind in {"array", "map"} for token in tokens(data))
    except MessageRefused as refused:
        return "; ".join(filter(None, (broken_rule(data, TEXT_BYTES, limits.elements), str(refused))))
    return f"message contains {containers} maps and arrays; the limit is {limits.containers}"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise MessageRefused(f"key {twice!r} appears twice in one map")
    return built
