"""A command row as the actuators message that would be accepted as this row."""

from collections.abc import Mapping, Sequence
from typing import Any

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, encode
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, Field, ShapeLike, places

_TELEMETRY = encode({"telemetry": None})[1:-1]
"""The key, as it stands in a message."""


def actuators_message(
    shape: ShapeLike, seq: int, row: Sequence[float], telemetry: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to frame `seq`, with all fields of the contract; the flight is 0."""
    at = places(ACTUATORS, shape)
    message: dict[str, Any] = {"type": "actuators", "flight": 0, "seq": seq}
    message |= {field.name: _value(field, row[at[field.name]]) for field in ACTUATORS}
    return message if telemetry is None else {**message, "telemetry": telemetry}


def actuators_bytes(shape: ShapeLike, seq: int, row: Sequence[float], telemetry: bytes | None = None) -> bytes:
    """The same encoded, with telemetry as it came, unless that is too long to be sent."""
    data = encode(actuators_message(shape, seq, row))
    if telemetry is None or len(data) + len(_TELEMETRY) + len(telemetry) > FROM_FLIGHT_SOFTWARE.size_bytes:
        return data
    return bytes((data[0] + 1,)) + data[1:] + _TELEMETRY + telemetry


def _value(field: Field, numbers: Sequence[float]) -> Any:
    values = [number != 0.0 for number in numbers] if field.form == FLAG else list(numbers)
    return values if field.is_list else values[0]
