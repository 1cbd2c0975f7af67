"""A command row as the actuators message that would be accepted as this row."""

from collections.abc import Mapping, Sequence
from typing import Any

from hoverslam.harness.wire.contract import ACTUATORS, FLAG, Field, ShapeLike, places


def actuators_message(
    shape: ShapeLike, seq: int, row: Sequence[float], telemetry: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to frame `seq`, with all fields of the contract; the flight is 0."""
    at = places(ACTUATORS, shape)
    message: dict[str, Any] = {"type": "actuators", "flight": 0, "seq": seq}
    message |= {field.name: _value(field, row[at[field.name]]) for field in ACTUATORS}
    return message if telemetry is None else {**message, "telemetry": telemetry}


def _value(field: Field, numbers: Sequence[float]) -> Any:
    values = [number != 0.0 for number in numbers] if field.form == FLAG else list(numbers)
    return values if field.is_list else values[0]
