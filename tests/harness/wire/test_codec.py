"""The bounded decoder against two oracles: msgpack itself, and a slow walk over the specification's formats."""

from typing import Any

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, MessageLimits, check_bounds, decode, encode, tokens
from hoverslam.harness.wire.errors import MessageRefused

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=60)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MESSAGES = st.dictionaries(st.text(max_size=12), VALUES, max_size=8)


@given(MESSAGES)
def test_what_is_encoded_is_decoded(message: dict[str, Any]) -> None:
    assert decode(encode(message), MessageLimits(10**6, 1000, 1000)) == message


@given(st.binary(max_size=80) | MESSAGES.map(encode))
@example(b"\x81\xa1a\xd9\x00")
@example(b"\x81\xd9\x01a\xca\x00\x00\x00\x00")
@example(b"\xde\x00\x01\xa1a\xdc\x00\x01\xc0")
@example(b"\xdf\x00\x00\x00\x01\xa1a\xdd\x00\x00\x00\x00")
def test_any_bytes_are_refused_or_decoded_as_msgpack_does(data: bytes) -> None:
    try:
        decoded = decode(data)
    except MessageRefused:
        return
    assert msgpack.packb(decoded) == msgpack.packb(msgpack.unpackb(data))


@given(st.binary(max_size=60))
def test_the_fast_walk_over_tokens_agrees_with_the_slow_one(data: bytes) -> None:
    try:
        containers = sum(token.kind in {"array", "map"} for token in tokens(data))
    except MessageRefused:
        containers = 10**9
    for limit in (0, 1, 5):
        try:
            check_bounds(data, MessageLimits(100, limit, 100))
            passed = True
        except MessageRefused:
            passed = False
        assert passed == (containers <= limit)


def nested(depth: int) -> bytes:
    return b"\x81\xa1k" * depth + b"\xc0"


def test_nesting_is_bounded_before_anything_is_built() -> None:
    assert decode(nested(64))
    for depth in (65, 1000, 5000):
        with pytest.raises(MessageRefused, match=f"contains {depth} maps and arrays; the limit is 64"):
            decode(nested(depth))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a MessagePack message"),
        (b"\x81\xa1k", "not a MessagePack message"),
        (b"\x80\x80", "not a MessagePack message"),
        (b"\x93\x01\x02\x03", "a message must be a map, not list"),
        (b"\x07", "a message must be a map, not int"),
        (b"\x81\xa1k\xc4\x01x", "byte 3 is 0xc4: binary, extension, timestamp"),
        (b"\x81\xa1k\xd6\xff\x00\x00\x00\x00", "byte 3 is 0xd6: binary, extension, timestamp"),
        (b"\x81\xa1k\xc7\x0c\xff" + bytes(12), "byte 3 is 0xc7"),
        (b"\x81\xa1k\xda\x01\x00" + b"x" * 256, "byte 3 is 0xda"),
        (b"\x81\xa1k\xc1", "byte 3 is 0xc1"),
        (b"\x81\xa1k\xdd\xff\xff\xff\xff", "not a MessagePack message"),
        (b"\x81\xa1k\xdf\xff\xff\xff\xff", "not a MessagePack message"),
        (b"\x81\xa1k\xdc\x00\x41" + b"\x01" * 65, "not a MessagePack message: 65 exceeds max_array_len"),
        (b"\x81\xa1k\xa4abc", "message ends inside the text that starts at byte 3"),
        (b"\x81\xa1k\xcb\x00", "message ends inside the float that starts at byte 3"),
        (b"\x82\xa1k\x01\xa1k\x02", "key 'k' appears twice"),
        (b"\x81\xa1n\x82\xa1k\x01\xa1k\x02", "key 'k' appears twice"),
        (b"\x81\x01\x01", "not a MessagePack message: int is not allowed for map key"),
        (b"\x81\xa1\xff\x01", "not a MessagePack message"),
    ],
)
def test_a_message_out_of_bounds_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        decode(data)
    assert reason in str(refused.value)


def test_size_is_looked_at_first() -> None:
    with pytest.raises(MessageRefused, match="message of 16385 bytes; the limit is 16384"):
        decode(b"\xc1" * (FROM_FLIGHT_SOFTWARE.size_bytes + 1))


def test_the_longest_text_passes() -> None:
    assert decode(encode({"k": "x" * 255})) == {"k": "x" * 255}
