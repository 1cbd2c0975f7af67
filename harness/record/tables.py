"""A stored flight as tables, one a channel of its log, for tools that know columns and no MCAP.

A column has a row a message: shape (rows,) or (rows, width), float64, int64, bool or text. What was not there (no fix,
no echo, a key that a report left out) is masked; what was measured as no number is NaN.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hoverslam.harness.record.loads import loads
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.wire.codec import decode_own, split_own
from hoverslam.plant.layout import Layout, command_layout, truth_layout

if TYPE_CHECKING:
    from hoverslam.harness.record.flight_record import FlightRecord

Column = NDArray[Any]
Table = dict[str, Column]


def tables(record: "FlightRecord") -> dict[str, Table]:
    """Every table by name; times in seconds since release, and the frame that a row belongs to."""
    period_s, frames = 1e-9 * record.frame_period_ns, np.arange(len(record.commands))
    parts = ((frame, part) for frame, data in enumerate(record.sensors) for part in split_own(data))
    sent = [(frame, flat(decode_own(part))) for frame, part in parts]
    return {
        "truth": _columns(record.truth, truth_layout(record.shape)),
        "loads": {"time_s": record.truth[:, 0], **loads(record.truth, truth_layout(record.shape))},
        "actuators": {"time_s": frames * period_s, **_columns(record.commands, command_layout(record.shape))},
        "sensors": message_table([frame for frame, _ in sent], [message for _, message in sent], period_s),
        "telemetry": message_table(record.telemetry.frames, _Reports(record.telemetry), period_s),
    }


def _columns(rows: Column, layout: Layout) -> Table:
    return {
        name: rows[:, layout.slice(name).start] if width == 1 else rows[:, layout.slice(name)]
        for name, width in layout.fields
    }


class _Reports:
    """Reports, flat, decoded anew each time: one column after the other is made of them, and not all is in memory."""

    def __init__(self, reports: Telemetry) -> None:
        self._reports = reports

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (flat(report) for _, report in self._reports)


def message_table(sent: Sequence[int], messages: Iterable[dict[str, Any]], period_s: float) -> Table:
    """A column a key, those inside a map as `map.key`; frame and time of the frame before them."""
    frames = np.array(sent, dtype=np.int64)
    names = dict.fromkeys(name for message in messages for name in message)
    maps = {name.rpartition(".")[0] for name in names}  # a key that is sometimes a map and else nothing has no column
    own: Table = {"frame": frames, "frame_time_s": frames * period_s}
    return own | {name: _column([message.get(name) for message in messages]) for name in names if name not in maps}


def flat(message: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A message without maps in it: what was in one is called `map.key`."""
    return dict(_flat(message, prefix))


def _flat(message: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in message.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _column(values: list[Any]) -> Column:
    """Numbers where all that is there are numbers or lists of them of one length; otherwise text."""
    there = [value for value in values if value is not None]
    if not there:
        return _masked(values, 0.0)
    if all(isinstance(value, list) and _numbers(value) and len(value) == len(there[0]) for value in there):
        return _masked(values, [0.0] * len(there[0]))
    for kinds, blank in (((bool,), False), ((int,), 0), ((int, float), 0.0)):
        if all(type(value) in kinds for value in there):
            return _masked(values, blank)
    text = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return np.ma.array(np.array(text, dtype=object), mask=[value is None for value in values])


def _numbers(values: list[Any]) -> bool:
    return bool(values) and all(type(value) in {int, float, bool} for value in values)


def _masked(values: list[Any], blank: Any) -> Column:
    """Whole numbers beyond 64 bits become the nearest floating-point number."""
    filled = [blank if value is None else value for value in values]
    try:
        table = np.array(filled)
        table = table if table.dtype != object and table.dtype.kind != "u" else np.array(filled, dtype=np.float64)
    except OverflowError:
        table = np.array(filled, dtype=np.float64)
    absent = np.array([value is None for value in values])
    return np.ma.array(table, mask=np.broadcast_to(absent.reshape(-1, *[1] * (table.ndim - 1)), table.shape))


def singles(table: Table) -> dict[str, Column]:
    """Every column one number wide: `pos_enu_m.0`, `pos_enu_m.1` and so on."""
    found: dict[str, Column] = {}
    for name, column in table.items():
        if column.ndim == 1:
            found[name] = column
        else:
            found |= {f"{name}.{place}": column[:, place] for place in range(column.shape[1])}
    return found
