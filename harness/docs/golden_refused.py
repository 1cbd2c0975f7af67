"""The golden frames that the harness refuses, at least one for each kind of refusal that it has."""

import math
from collections.abc import Iterator
from typing import Any

from hoverslam.harness.docs.golden_frame import (
    CONTEXT,
    EARLY,
    ENCODING,
    FLEET,
    NINE,
    NO_FRAME,
    PARTS,
    SCHEMA,
    SEQ,
    UNASKED,
    GoldenFrame,
    actuators,
    hello,
    ready,
)  # fmt: skip
from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, TEXT_BYTES, encode

GOOD = encode(actuators())


def refused() -> Iterator[GoldenFrame]:
    """All of them."""
    for name, about, data in _encodings():
        yield GoldenFrame(f"refused-{name}", "actuators", about, data, ENCODING)
    for name, about, message in _schemas():
        yield GoldenFrame(f"refused-{name}", "actuators", about, encode(message), SCHEMA)
    yield from _hellos()
    yield from _readies()
    yield from _moments()


def _encodings() -> Iterator[tuple[str, str, bytes]]:
    limits = FROM_FLIGHT_SOFTWARE
    yield "empty", "no bytes", b""
    yield "truncated", "cut off between two values", GOOD[:-30]
    yield "cut-value", "cut off within a number", GOOD[: GOOD.index(b"\xcb") + 4]
    yield "trailing", "bytes behind the message", GOOD + b"\x00"
    yield "array", "an array, not a map", encode({"a": [1, 2]})[3:]
    yield "binary", "a value of type binary", GOOD + b"\xc4\x01\x00"
    yield "extension", "a timestamp", _with(b"\xd6\xff\x00\x00\x00\x01")
    yield "not-utf8", "text that is not UTF-8", _with(b"\xa1\xff")
    yield "long-text", f"text of more than {TEXT_BYTES} bytes", _with(b"\xda\x01\x00" + b"a" * (TEXT_BYTES + 1))
    many = b"\xdc" + (limits.elements + 1).to_bytes(2, "big") + b"\x00" * (limits.elements + 1)
    yield "many-elements", f"a list of more than {limits.elements} elements", _with(many)
    nested = b"\x91" * limits.containers + b"\x00"
    yield "many-containers", f"more than {limits.containers} maps and arrays", _with(nested)
    yield "large", f"more than {limits.size_bytes} bytes", GOOD + b"\x00" * limits.size_bytes
    yield "key-twice", "a key twice in one map", b"\x82" + encode({"type": "a"})[1:] + encode({"type": "b"})[1:]
    yield "float-seq", "a number of a frame that is a float", encode(actuators(seq=float(SEQ)))
    yield "number-as-key", "a key that is no text", b"\x81\x01\x02"


def _with(value: bytes) -> bytes:
    """The good answer with one more entry, `telemetry`, whose value is these bytes."""
    return bytes([GOOD[0] + 1]) + GOOD[1:] + b"\xa9telemetry" + value


def _schemas() -> Iterator[tuple[str, str, dict[str, Any]]]:
    missing = actuators()
    del missing["fin_rad"]
    yield "missing-key", "a key is missing", missing
    yield "unknown-key", "a key that the protocol does not have", actuators(landed=True)
    yield "number-for-flag", "a number in place of a boolean", actuators(leg_deploy=1)
    yield "flag-for-number", "a boolean in place of a number", actuators(throttle=[True] * NINE.engines)
    yield "text-for-number", "text in place of a number", actuators(throttle=["1"] * NINE.engines)
    yield "scalar-for-list", "a number in place of a list", actuators(throttle=0.5)
    yield "list-for-scalar", "a list in place of a boolean", actuators(leg_deploy=[True])
    yield "negative-seq", "a negative number of a frame", actuators(seq=-1)
    yield "nan", "a command that is NaN", actuators(fin_rad=[math.nan] * NINE.fins)
    yield "infinite", "a command that is infinite", actuators(gimbal_rad=[math.inf] * 2 * NINE.gimballed)
    yield "text-telemetry", "telemetry that is no map", actuators(telemetry="glide")


def _hellos() -> Iterator[GoldenFrame]:
    for name, about, message, rule in (
        ("not-hello", "another message where hello is due", ready(), CONTEXT),
        ("wrong-token", "a token of another run", hello(token="0" * 32), CONTEXT),
        ("protocol", "another protocol", hello(protocol=2), CONTEXT),
        ("hello-missing-key", "a hello without a name", {k: v for k, v in hello().items() if k != "name"}, SCHEMA),
        ("hello-capabilities", "capabilities that are no list", hello(capabilities="reset"), SCHEMA),
    ):
        yield GoldenFrame(f"refused-{name}", "hello", about, encode(message), rule)


def _readies() -> Iterator[GoldenFrame]:
    for name, about, message in (
        ("ready-run", "the ready of another flight", ready(run_id="other")),
        ("ready-flight", "the ready of another number of a flight", ready(flight=5)),
    ):
        yield GoldenFrame(f"refused-{name}", "ready", about, encode(message), CONTEXT)
    yield GoldenFrame("refused-ready-missing-key", "ready", "a ready without run_id", encode({"type": "ready"}), SCHEMA)


def _moments() -> Iterator[GoldenFrame]:
    for name, about, message in (
        ("other-type", "a message of another type", ready()),
        ("seq", "the answer to another frame", actuators(seq=SEQ - 1)),
        ("flight", "the answer of another flight", actuators(flight=5)),
        ("length", "a list of another length than the vehicle has", actuators(fin_rad=[0.0] * (NINE.fins - 1))),
    ):
        yield GoldenFrame(f"refused-{name}", "actuators", about, encode(message), CONTEXT)
    for name, about, how in (
        ("early", "before its sensors were sent", EARLY),
        ("unasked", "when nothing was asked, as a second answer", UNASKED),
        ("two-parts", "followed by a second, empty part", PARTS),
        ("no-frame", "of a flight of many that waits for nothing", NO_FRAME),
    ):
        yield GoldenFrame(f"refused-{name}", "actuators", f"a good answer, {about}", GOOD, CONTEXT, how=how)
    odd = encode(actuators(flight="5"))
    yield GoldenFrame("refused-flight-number", "actuators", "among many flights: no number", odd, SCHEMA, how=FLEET)
