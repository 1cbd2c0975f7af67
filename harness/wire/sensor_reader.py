"""A decoded sensors message as the flat row that it was written from, for flight software that works on rows."""

from collections.abc import Mapping
from typing import Any

from hoverslam.harness.wire.contract import SENSORS, Field, ShapeLike, entries


class SensorReader:
    """Measurements of one vehicle's messages in the order of the contract; what is not there has flag 0 and zeros."""

    def __init__(self, shape: ShapeLike) -> None:
        self._entries = [
            (key, fields, [0.0] * (1 + sum(one.width(shape) for one in fields)) if fields[0].flag else None)
            for key, fields in entries(SENSORS)
        ]

    def values(self, message: Mapping[str, Any]) -> list[float]:
        """The numbers of the row."""
        row: list[float] = []
        for key, fields, missing in self._entries:
            value = message[key]
            if missing is None:
                row += value if fields[0].is_list else (value,)
            elif value is None:
                row += missing
            else:
                row.append(1.0)
                for one in fields:
                    _put(row, one, value[one.key] if one.map else value)
        return row


def _put(row: list[float], field: Field, value: Any) -> None:
    row += value if field.is_list else (value,)
