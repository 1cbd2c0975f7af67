"""The MCAP file of a flight: every frame readable, and exact.

Readable: JSON channels /truth, /loads, /sensors, /actuators, /telemetry and /events with a schema each. There, what is
no finite number is text as in ProtoJSON ("NaN", "Infinity", "-Infinity"), and null what was not there or sent as nil;
and, of a flight that was judged, /tf, /scene, /scene/moving and /log by published schemas, which viewers draw in 3-D.
Exact: numbers of /truth, /actuators and /sensors stand with as many digits as it takes, and are read again from there;
an attachment holds what JSON cannot say of them (bits of NaN), and answers and telemetry. Little is there twice.

Times are nanoseconds since 1970, from an epoch that stands in the metadata (see `harness.record.clock`): of a frame
its own; the last state has that at which the flight ended.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import mcap.writer
import numpy as np
import zstandard
from mcap.reader import McapReader, make_reader
from mcap.writer import CompressionType, Writer
from pydantic_core import from_json, to_json

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.files import whole
from hoverslam.harness.record.clock import epoch_ns
from hoverslam.harness.record.fields import EVENTS, SENSORS, TELEMETRY, loads_schema, row_schema
from hoverslam.harness.record.loads import loads
from hoverslam.harness.record.log_size import refuse_too_large
from hoverslam.harness.record.sensor_log import SensorBytes, joined, split
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.codec import decode_own, split_own
from hoverslam.plant.layout import VehicleShape, command_layout, truth_layout

if TYPE_CHECKING:
    from hoverslam.harness.record.flight_record import FlightRecord

EXACT_NAME, EXACT_TYPE = "exact", "application/vnd.hoverslam.exact+zstd"
CHUNK_BYTES = 1 << 20
DIGITS = 7
"""Of what is derived from the truth: loads, and what is drawn."""

Channel = tuple[str, str, Iterable[tuple[int, dict[str, Any]]]]
"""Topic, name of its schema, and messages with their times [ns]."""
Numbers = tuple[str, dict[str, Any], Iterable[tuple[int, bytes]]]
"""Topic, schema, and messages as JSON with their times [ns]."""
Drawn = Callable[[int], Iterable[Channel]]


def write_log(record: "FlightRecord", path: Path, drawn: "Drawn | None" = None, epoch: int | None = None) -> None:
    """Write the file, whole or not at all.

    `drawn` gives the channels that viewers draw, from the epoch; `epoch` is the release in nanoseconds since 1970.
    """
    with whole(path) as stream:
        _write(record, stream, drawn, epoch_ns() if epoch is None else epoch)


def read_exact(path: Path, shape: VehicleShape, frames: int) -> dict[str, Any]:
    """Truth, commands, sensors and telemetry, as they were recorded; raises ValueError for a damaged file.

    One that would unpack to more than a log of so many frames needs is refused before it is unpacked.
    """
    try:
        with path.open("rb") as stream:
            refuse_too_large(stream, frames)
            reader = make_reader(stream, validate_crcs=True)
            attached = next(a for a in reader.iter_attachments() if a.name == EXACT_NAME)
            arrays = np.load(io.BytesIO(zstandard.decompress(attached.data)), allow_pickle=False)
            return {
                "truth": _read_rows(reader, "truth", truth_layout(shape).width, arrays),
                "commands": _read_rows(reader, "commands", command_layout(shape).width, arrays),
                "sensors": SensorBytes(shape).frames(_messages(reader, "/sensors"), arrays),
                "telemetry": Telemetry.of(arrays),
                "answers": split("answers", arrays),
            }
    except StopIteration:
        raise ValueError(f"{path.name} contains no exact record") from None
    except OSError:
        raise
    except Exception as error:  # a damaged file shows in many ways, all of them in other people's libraries
        raise ValueError(f"{path.name}: {type(error).__name__}: {error}") from error


def _read_rows(reader: McapReader, which: str, width: int, arrays: Mapping[str, Any]) -> FloatArray:
    """An array from its channel, with what JSON could not say put back."""
    rows = []
    for message in _messages(reader, TOPICS[which]):
        row: list[float | str] = []
        for value in message.values():
            row.extend(value) if isinstance(value, list) else row.append(value)
        rows.append(row)
    if len(rows) != int(arrays[f"{which}_rows"]) or any(len(row) != width for row in rows):
        raise ValueError(
            f"{TOPICS[which]} holds {counted(len(rows), 'row')}, not {arrays[f'{which}_rows']} of {width} numbers"
        )
    table = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    table.flat[arrays[f"{which}_odd_at"]] = arrays[f"{which}_odd"]
    return table


def _messages(reader: McapReader, topic: str) -> Iterator[dict[str, Any]]:
    """The messages of a channel as they were written, one after the other."""
    for _, _, message in reader.iter_messages(topics=[topic], log_time_order=False):
        yield from_json(message.data)


TOPICS = {"truth": "/truth", "commands": "/actuators"}


def _write(record: "FlightRecord", stream: Any, drawn: "Drawn | None", epoch: int) -> None:
    with _fast_zstd():
        _write_channels(Writer(stream, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD), record, drawn, epoch)


@contextmanager
def _fast_zstd() -> Iterator[None]:
    """zstd at level 1 for the writer, which has no such option.

    Its level 3 finds short matches inside numbers that cost more than they save: 15.6 MB of /truth become 3.6 MB and
    not 3.1.
    """
    module: Any = mcap.writer
    usual, module.zstandard = module.zstandard, _LEVEL_1
    try:
        yield
    finally:
        module.zstandard = usual


_LEVEL_1 = SimpleNamespace(compress=partial(zstandard.compress, level=1))


def _write_channels(writer: Writer, record: "FlightRecord", drawn: "Drawn | None", epoch: int) -> None:
    writer.start(profile="", library="hoverslam")
    for topic, schema, messages in (*numbers(record), ("/events", EVENTS, _events(record))):
        late = ((epoch + time_ns, data) for time_ns, data in messages)
        _add_channel(writer, topic, topic.strip("/"), schema, late)
    if drawn is not None:
        _add_drawn(writer, drawn(epoch))
    writer.add_metadata("hoverslam", {"release_ns_since_1970": str(epoch), "run_id": record.run_id})
    writer.add_attachment(epoch, epoch, EXACT_NAME, EXACT_TYPE, _exact(record))
    writer.finish()  # type: ignore[no-untyped-call]  # mcap leaves this one method without annotations


def numbers(record: "FlightRecord") -> tuple[Numbers, ...]:
    """The channels of numbers; times are from that of row 0."""
    truth, commands = truth_layout(record.shape), command_layout(record.shape)
    return (
        ("/truth", row_schema("true state, all digits", truth), _rows(record, "truth")),
        ("/loads", loads_schema(), _loads(record)),
        ("/actuators", row_schema("accepted commands, all digits", commands), _rows(record, "commands")),
        ("/sensors", SENSORS, _sensors(record)),
        ("/telemetry", TELEMETRY, _telemetry(record)),
    )


def _add_drawn(writer: Writer, channels: Iterable[Channel]) -> None:
    """What viewers draw, by the schemas that they know."""
    published = published_schemas()
    for topic, name, messages in channels:
        written = ((time_ns, drawn_json(message)) for time_ns, message in messages)
        _add_channel(writer, topic, name, published[name], written)


def published_schemas() -> dict[str, dict[str, Any]]:
    """Foxglove's schemas that we use, by name."""
    text = files("hoverslam.harness.viewers").joinpath("foxglove.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def drawn_json(message: dict[str, Any]) -> bytes:
    """A message that viewers draw."""
    return to_json(_short(message), inf_nan_mode="null")


def _add_channel(
    writer: Writer, topic: str, name: str, schema: dict[str, Any], messages: Iterable[tuple[int, bytes]]
) -> None:
    schema_id = writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
    channel_id = writer.register_channel(topic, "json", schema_id)
    add = writer.add_message
    for sequence, (time_ns, data) in enumerate(messages):
        add(channel_id, time_ns, data, time_ns, sequence)


def _short(value: Any) -> Any:
    """With seven significant digits: what is derived from the truth needs no more."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, list) else value


def _rows(record: "FlightRecord", which: str) -> Iterator[tuple[int, bytes]]:
    """Rows of an array as JSON objects. to_json (Rust) writes a row in 10 us where json.dumps takes 60."""
    layout = truth_layout(record.shape) if which == "truth" else command_layout(record.shape)
    rows: FloatArray = getattr(record, which)
    places = [(name, layout.slice(name), width) for name, width in layout.fields]
    for row, values in enumerate(map(np.ndarray.tolist, rows)):
        fields = {name: values[place.start] if width == 1 else values[place] for name, place, width in places}
        yield record.time_ns(row), to_json(fields, inf_nan_mode="strings")


def _loads(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """The loads of each truth row, in the units of their names."""
    series = loads(record.truth, truth_layout(record.shape))
    for row, values in enumerate(zip(*(values.tolist() for values in series.values()), strict=True)):
        yield record.time_ns(row), to_json(_short(dict(zip(series, values, strict=True))), inf_nan_mode="strings")


def _sensors(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """As sent, at the time of the frame in which it was; a message may be late, and one frame hold none or several."""
    for frame, data in enumerate(record.sensors):
        for message in split_own(data):
            yield frame * record.frame_period_ns, to_json(decode_own(message), inf_nan_mode="strings")


def _telemetry(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    for frame, report in record.telemetry:
        yield frame * record.frame_period_ns, to_json(report, inf_nan_mode="strings")


def _events(record: "FlightRecord") -> Iterator[tuple[int, bytes]]:
    """What the flight software reported as an event, how it was lost, and how the flight ended."""
    period_ns = record.frame_period_ns
    for frame, report in record.telemetry:
        for told in reported_events(frame, report):
            yield frame * period_ns, to_json(told, inf_nan_mode="strings")
    for number, cut in [] if record.strings is None else record.strings.cuts:
        told = {"name": "string_cut", "source": "harness", "frame": cut.frame, "string": number}
        yield cut.frame * period_ns, to_json({**told, "kind": cut.kind, "reason": cut.why})
    end_ns = record.time_ns(record.frames)
    if record.gnc_failure is not None:
        lost = {"name": "gnc_lost", "source": "harness", "frame": record.gnc_failure.frame}
        yield end_ns, to_json({**lost, "kind": record.gnc_failure.kind, "reason": record.gnc_failure.reason})
    yield end_ns, to_json({"name": record.outcome, "source": "harness", "frame": record.frames})


def reported_events(frame: int, report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events in a report of the flight software, as the channel has them."""
    events = report.get("events")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict):
            yield {**event, "source": "flight software", "frame": frame}


def _exact(record: "FlightRecord") -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        **_odd("truth", record.truth),
        **_odd("commands", record.commands),
        **SensorBytes(record.shape).kept(record.sensors),
        **joined("answers", record.answers),
        **record.telemetry.stored(),
    )
    return zstandard.compress(buffer.getbuffer(), 1)


def _odd(name: str, table: FloatArray) -> dict[str, Any]:
    """How many rows there are, and bit for bit those that are no finite number, of which JSON tells only the kind."""
    at = np.flatnonzero(~np.isfinite(table))
    return {f"{name}_rows": np.int64(len(table)), f"{name}_odd_at": at, f"{name}_odd": table.reshape(-1)[at]}
