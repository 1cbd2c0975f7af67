"""Command rows to bytes: the actuators message that is read as a row, as a flight program would send it."""

from collections.abc import Sequence

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, encode
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, ShapeLike, places

_TELEMETRY = encode({"telemetry": None})[1:-1]
"""The key, as it stands in a message."""


def actuators_message(seq: int, row: Sequence[float], shape: ShapeLike, telemetry: bytes | None = None) -> bytes:
    """The answer to frame `seq` that says this row, with telemetry as it came, unless that is too long to be sent."""
    message: dict[str, object] = {"type": "actuators", "flight": 0, "seq": seq}
    for field, place in ((field, places(ACTUATORS, shape)[field.name]) for field in ACTUATORS):
        values = [value != 0.0 for value in row[place]] if field.form == FLAG else list(row[place])
        message[field.name] = values if field.is_list else values[0]
    data = encode(message)
    if telemetry is None or len(data) + len(_TELEMETRY) + len(telemetry) > FROM_FLIGHT_SOFTWARE.size_bytes:
        return data
    return bytes((data[0] + 1,)) + data[1:] + _TELEMETRY + telemetry
