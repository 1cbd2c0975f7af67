"""The MCAP file of a flight: every frame readable, and once more exact.

Readable: JSON channels /truth, /loads, /sensors, /actuators, /telemetry and /events with a schema each, NaN as null.
Exact: an attachment with the arrays as bytes, compressed, from which a flight is loaded and replayed bit for bit. Times
are nanoseconds since the release, of a frame its own; the last state has that at which the flight ended.
"""

import io
import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zstandard
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer
from numpy.typing import NDArray
from pydantic_core import to_json

from harness.loads import LOADS, loads
from harness.wire.codec import decode_own, split_own
from plant.layout import Layout, command_layout, truth_layout

if TYPE_CHECKING:
    from harness.record import FlightRecord

FloatArray = NDArray[np.float64]
EXACT_NAME, EXACT_TYPE = "exact", "application/vnd.hoverslam.exact+zstd"
CHUNK_BYTES = 1 << 20


def write_log(record: "FlightRecord", path: Path) -> None:
    """Write the file under another name and move it into place: a file that is there is whole."""
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as stream:
            _write(record, stream)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_exact(path: Path) -> dict[str, Any]:
    """Truth, commands, sensors and telemetry, as they were recorded; raises ValueError for a damaged file."""
    try:
        with path.open("rb") as stream:
            attached = next(a for a in make_reader(stream).iter_attachments() if a.name == EXACT_NAME)
        arrays = np.load(io.BytesIO(zstandard.decompress(attached.data)), allow_pickle=False)
        sensors, telemetry = arrays["sensors"].tobytes(), arrays["telemetry"].tobytes()
        return {
            "truth": arrays["truth"],
            "commands": arrays["commands"],
            "sensors": _split(sensors, arrays["sensors_ends"]),
            "telemetry": [(frame, report) for frame, report in json.loads(telemetry)],
            "answers": _split(arrays["answers"].tobytes(), arrays["answers_ends"]) if "answers" in arrays else [],
        }
    except StopIteration:
        raise ValueError(f"{path.name} holds no exact record") from None
    except OSError:
        raise
    except Exception as error:  # a damaged file shows in many ways, all of them in other people's libraries
        raise ValueError(f"{path.name}: {type(error).__name__}: {error}") from error


def _write(record: "FlightRecord", stream: Any) -> None:
    writer = Writer(stream, chunk_size=CHUNK_BYTES, compression=CompressionType.LZ4)
    writer.start(profile="", library="hoverslam")
    _add_channel(writer, "/truth", _row_schema(truth_layout(record.shape)), _rows(record, "truth"))
    _add_channel(writer, "/loads", _LOADS, _loads(record))
    _add_channel(writer, "/actuators", _row_schema(command_layout(record.shape)), _rows(record, "commands"))
    _add_channel(writer, "/sensors", _OBJECT, _sensors(record))
    _add_channel(writer, "/telemetry", _OBJECT, _telemetry(record))
    _add_channel(writer, "/events", _EVENT, _events(record))
    writer.add_attachment(0, 0, EXACT_NAME, EXACT_TYPE, _exact(record))
    writer.finish()  # type: ignore[no-untyped-call]  # mcap leaves this one method without annotations


def _add_channel(writer: Writer, topic: str, schema: dict[str, Any], messages: Iterable[tuple[int, bytes]]) -> None:
    schema_id = writer.register_schema(topic.strip("/"), "jsonschema", json.dumps(schema).encode())
    channel_id = writer.register_channel(topic, "json", schema_id)
    add = writer.add_message
    for sequence, (time_ns, data) in enumerate(messages):
        add(channel_id, time_ns, data, time_ns, sequence)


_OBJECT: dict[str, Any] = {"type": "object"}
_LOADS: dict[str, Any] = {"type": "object", "properties": {name: {"type": ["number", "null"]} for name in LOADS}}
_EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "source": {"type": "string"}, "frame": {"type": "integer"}},
}


def _row_schema(layout: Layout) -> dict[str, Any]:
    number = {"type": ["number", "null"]}
    return {
        "type": "object",
        "properties": {
            name: number if width == 1 else {"type": "array", "items": number} for name, width in layout.fields
        },
    }


def _rows(record: "FlightRecord", which: str) -> Iterator[tuple[int, bytes]]:
    """Rows of an array as JSON objects. to_json (Rust) writes a row in 10 us where json.dumps takes 60."""
    layout = truth_layout(record.shape) if which == "truth" else command_layout(record.shape)
    rows: FloatArray = getattr(record, which)
    places = [(name, layout.slice(name), width) for name, width in layout.fields]
    for row, values in enumerate(map(np.ndarray.tolist, rows)):
        fields = {name: values[place.start] if width == 1 else values[place] for name, place, width in places}
        yield record.time_ns(row), to_json(fields, inf_nan_mode="null")


def _loads(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """The loads of each truth row, in the units of their names."""
    series = loads(record.truth, truth_layout(record.shape))
    for row, values in enumerate(zip(*(values.tolist() for values in series.values()), strict=True)):
        yield record.time_ns(row), to_json(dict(zip(series, values, strict=True)), inf_nan_mode="null")


def _sensors(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """As sent, at the time of the frame in which it was; a message may be late, and one frame hold none or several."""
    for frame, data in enumerate(record.sensors):
        for message in split_own(data):
            yield frame * record.frame_period_ns, to_json(decode_own(message), inf_nan_mode="null")


def _telemetry(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    for frame, report in record.telemetry:
        yield frame * record.frame_period_ns, to_json(report, inf_nan_mode="null")


def _events(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """What the flight software reported as an event, how it was lost, and how the flight ended."""
    period_ns = record.frame_period_ns
    for frame, report in record.telemetry:
        events = report.get("events")
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict):
                told = {**event, "source": "flight software", "frame": frame}
                yield frame * period_ns, to_json(told, inf_nan_mode="null")
    end_ns = record.time_ns(record.frames)
    if record.gnc_failure is not None:
        lost = {"name": "gnc_lost", "source": "harness", "frame": record.gnc_failure.frame}
        yield end_ns, to_json({**lost, "kind": record.gnc_failure.kind, "reason": record.gnc_failure.reason})
    yield end_ns, to_json({"name": record.outcome, "source": "harness", "frame": record.frames})


def _exact(record: "FlightRecord") -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        truth=record.truth,
        commands=record.commands,
        **_joined("sensors", record.sensors),
        **_joined("answers", record.answers),
        telemetry=np.frombuffer(json.dumps(record.telemetry).encode(), dtype=np.uint8),
    )
    return zstandard.compress(buffer.getbuffer(), 1)


def _joined(name: str, parts: list[bytes]) -> dict[str, Any]:
    ends = np.cumsum([len(data) for data in parts], dtype=np.int64)
    return {name: np.frombuffer(b"".join(parts), dtype=np.uint8), f"{name}_ends": ends}


def _split(data: bytes, ends: NDArray[np.int64]) -> list[bytes]:
    return [data[start:end] for start, end in pairwise([0, *ends.tolist()])]
