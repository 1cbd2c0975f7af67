"""The run folder: bit for bit what was flown, readable by others, and never half there."""

import hashlib
import json
import math
import struct
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.record.digest import digest
from hoverslam.harness.record.fingerprint import differences, environment_fingerprint
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure, RecordError
from hoverslam.harness.record.run_folder import load, save
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import decode, encode
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.plant.layout import command_layout, truth_layout
from tests.harness.fake_plant import SHAPE, FakePlant, plan
from tests.harness.test_lockstep import answering

SCENARIO = {"name": "fake", "seed": 1, "pad": {"latitude_deg": 40.0}}


def record_of(frames: int = 30, **changes: Any) -> FlightRecord:
    given = plan()
    recorder, plant = Recorder(SHAPE, given.max_frames, lead_rows(given)), FakePlant(frames)
    end = fly_frames(plant, given, answering(telemetry_every=10), recorder, DEFAULT_DEADLINES)
    flown = FlightRecord(
        run_id="r1", scenario="fake", seed=1, shape=SHAPE, dt_s=0.001, frame_ticks=10, frames=recorder.frames,
        truth=recorder.truth, commands=recorder.commands, sensors=recorder.sensors, telemetry=recorder.telemetry,
        outcome=end.outcome, gnc_failure=None, hash=recorder.hash(), wall_s=1.5,
        gnc={"name": "echo", "version": "1"}, command_delay_ticks=10,
    )  # fmt: skip
    return replace(flown, **changes)


def assert_same(loaded: FlightRecord, record: FlightRecord) -> None:
    for name in FlightRecord.__dataclass_fields__:
        ours, theirs = getattr(record, name), getattr(loaded, name)
        if isinstance(ours, np.ndarray):
            assert (ours.shape, ours.tobytes()) == (theirs.shape, theirs.tobytes()), name
        else:
            assert ours == theirs, name


def test_a_record_comes_back_bit_for_bit(tmp_path: Path) -> None:
    record = record_of()
    record.truth[3, 5] = math.nan
    record.commands[2, 4] = -0.0
    save(record, tmp_path / "run", SCENARIO)
    stored = load(tmp_path / "run")
    assert_same(stored.record, record)
    assert stored.scenario == SCENARIO
    assert stored.fingerprint == environment_fingerprint()


def test_sensors_come_back_bit_for_bit_from_their_readable_copies(tmp_path: Path) -> None:
    """A dead unit, a frame without a message and one with two, a damaged message: kept as bytes, the others not."""
    record = record_of()
    dead = decode(record.sensors[4])
    dead["imu_dvel_b_mps"] = [math.nan, math.inf, -0.0]
    dead["radar_range_m"] = math.nan
    odd = {4: encode(dead), 6: b"", 8: record.sensors[7] + record.sensors[8], 9: encode({"type": "sensors", "seq": 9})}
    for frame, data in odd.items():
        record.sensors[frame] = data
    save(record, tmp_path, SCENARIO)
    assert load(tmp_path).record.sensors == record.sensors


def test_the_log_tells_no_number_from_nothing(tmp_path: Path) -> None:
    """A dead unit reports NaN, one without an echo nil; the flight software may say either."""
    record = record_of()
    sent = decode(record.sensors[4])
    record.sensors[4] = encode({**sent, "radar_range_m": math.nan, "gnss": None, "lox_level_m": -math.inf})
    record.sensors[5] = encode({**decode(record.sensors[5]), "radar_range_m": None})
    record.telemetry.append((20, {"k_req": math.nan, "time_to_go_s": None, "events": [{"name": "x", "at": math.nan}]}))
    save(record, tmp_path, SCENARIO)
    log = channels(tmp_path)
    dead = log["/sensors"][4][1]
    assert [dead[name] for name in ("radar_range_m", "gnss", "lox_level_m")] == ["NaN", None, "-Infinity"]
    assert log["/sensors"][5][1]["radar_range_m"] is None
    assert (log["/telemetry"][-1][1]["k_req"], log["/telemetry"][-1][1]["time_to_go_s"]) == ("NaN", None)
    assert next(event for _, event in log["/events"] if event["name"] == "x")["at"] == "NaN"
    loaded = load(tmp_path).record
    assert (loaded.sensors, loaded.telemetry) == (record.sensors, record.telemetry)


def test_a_lost_flight_comes_back_too(tmp_path: Path) -> None:
    failure = GncFailure("died", "exited with status 7", 0, "start", 7, "last\nwords")
    record = record_of(frames=30, outcome="gnc_lost", gnc_failure=failure, findings=["a stranger"])
    silent = replace(record, sensors=[], telemetry=Telemetry())
    nothing = replace(silent, frames=0, truth=record.truth[:1], commands=record.commands[:0])
    for i, flown in enumerate((record, nothing)):
        save(flown, tmp_path / str(i), SCENARIO)
        assert_same(load(tmp_path / str(i)).record, flown)


def channels(folder: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    with (folder / "flight.mcap").open("rb") as stream:
        for schema, channel, message in make_reader(stream).iter_messages():
            assert schema is not None
            assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
            assert json.loads(schema.data)["type"] == "object"
            found.setdefault(channel.topic, []).append((message.log_time, json.loads(message.data)))
    return found


def test_the_log_holds_every_frame_under_its_time(tmp_path: Path) -> None:
    record = record_of()
    record.truth[3, truth_layout(SHAPE).slice("mach")] = math.nan
    record.telemetry.append((20, {"events": [{"name": "engine_lost", "engine": 2, "time_ns": 5}], "k_req": math.inf}))
    save(record, tmp_path, SCENARIO)
    log = channels(tmp_path)
    released_ns = 946_684_800 * 10**9  # 2000-01-01, by `date -u -d 2000-01-01 +%s`
    frames_ns = [released_ns + k * 10_000_000 for k in range(31)]
    assert [time for time, _ in log["/truth"]] == frames_ns
    assert [time for time, _ in log["/actuators"]] == frames_ns[:-1]
    assert [time for time, _ in log["/sensors"]] == frames_ns[:-1]
    truth, commands = truth_layout(SHAPE), command_layout(SHAPE)
    assert log["/truth"][3][1]["mach"] == "NaN"
    assert log["/truth"][7][1]["pos_enu_m"] == record.truth[7, truth.slice("pos_enu_m")].tolist()
    assert [time for time, _ in log["/loads"]] == frames_ns
    lateral_g = math.hypot(*record.truth[7, truth.slice("accel_b_mps2")][1:]) / 9.80665
    assert log["/loads"][7][1]["lateral_g"] == pytest.approx(lateral_g)
    assert log["/actuators"][7][1]["throttle"] == record.commands[7, commands.slice("throttle")].tolist()
    assert log["/sensors"][7][1] == decode(record.sensors[7])
    assert log["/telemetry"][1] == (released_ns + 100_000_000, {"seq": 10})
    assert log["/telemetry"][-1][1]["k_req"] == "Infinity"
    assert [event["name"] for _, event in log["/events"]] == ["engine_lost", "at_rest"]


def test_the_run_file_tells_where_and_what(tmp_path: Path) -> None:
    save(record_of(), tmp_path, SCENARIO)
    about = json.loads((tmp_path / "run.json").read_text())
    assert (about["seed"], about["outcome"], len(about["hash"])) == (1, "at_rest", 64)
    assert set(about["environment"]) >= {"cpu_model", "cpu_flags_hash", "libc", "python", "numpy", "numba", "llvmlite"}
    assert about["scenario_resolved"] == SCENARIO
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_written_is_a_clear_error_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    record = record_of()
    with pytest.raises(RecordError, match=r"cannot write the run folder .*file.*; give another folder with --out"):
        save(record, tmp_path / "file" / "run", SCENARIO)
    assert record.frames == 30


def test_a_disk_that_fills_up_leaves_no_half_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fills_up(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hoverslam.harness.record.log.Writer.finish", fills_up)
    with pytest.raises(RecordError, match="No space left on device"):
        save(record_of(), tmp_path, SCENARIO)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "swapped", "emptied", "wrong json", "old format", "no log"])
def test_a_damaged_run_folder_is_named(tmp_path: Path, damage: str) -> None:
    save(record_of(), tmp_path, SCENARIO)
    log, run = tmp_path / "flight.mcap", tmp_path / "run.json"
    if damage == "no log":
        log.unlink()
    elif damage == "cut":
        log.write_bytes(log.read_bytes()[:-2000])
    elif damage == "emptied":
        log.write_bytes(b"")
    elif damage == "swapped":
        run.write_text(run.read_text().replace('"shape"', '"form"'))
    elif damage == "old format":
        run.write_text(json.dumps({**json.loads(run.read_text()), "format": 0}))
    else:
        run.write_text("{")
    with pytest.raises(RecordError, match=str(tmp_path)):
        load(tmp_path)


def test_what_is_no_run_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"is no run folder: .*run\.json is missing"):
        load(tmp_path)


def test_differences_of_environment_are_told() -> None:
    now = environment_fingerprint()
    assert differences(now, now) == []
    assert differences({**now, "numpy": "1.0"}, now) == [f"numpy: 1.0 at the flight, {now['numpy']} now"]
    assert differences({}, {"libc": "x"}) == ["libc: unknown at the flight, x now"]


def test_telemetry_is_kept_up_to_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    report = encode({"frame": 1})
    monkeypatch.setattr("hoverslam.harness.loop.recorder.TELEMETRY_BUDGET_BYTES", 2 * len(report))
    recorder = Recorder(SHAPE, 1, 1)
    for frame in range(3):
        recorder.report(frame, report)
    assert [frame for frame, _ in recorder.telemetry] == [0, 1]
    assert recorder.telemetry_dropped == 1


def test_telemetry_takes_the_memory_of_its_bytes_and_not_that_of_objects() -> None:
    """Fifty empty maps are 60 bytes as a message, and some 4,000 as objects."""
    report: dict[str, Any] = {"of": [{}] * 50}
    answer = encode({**harmless_command(SHAPE._asdict()), "telemetry": report})
    reader, recorder, row = ActuatorReader(SHAPE), Recorder(SHAPE, 1, 1), bytearray(1024)
    tracemalloc.start()
    try:
        for frame in range(2000):
            told = reader.read(answer, 0, row, 0)
            assert told is not None
            recorder.report(frame, told)
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most_bytes < 4 * 2000 * len(encode(report)), "twice while it grows, and where each ends"
    assert list(recorder.telemetry) == [(frame, report) for frame in range(2000)]


def rewritten(folder: Path, **changed: Any) -> None:
    """A run file by somebody who knows how its checksum is made, of the log that lies beside it."""
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    about |= {"log_sha256": hashlib.sha256((folder / "flight.mcap").read_bytes()).hexdigest(), **changed}
    about.pop("checksum")
    (folder / "run.json").write_text(json.dumps(about | {"checksum": digest(about)}), encoding="utf-8")


@pytest.mark.parametrize("piece", ["chunk", "attachment"])
def test_a_small_log_that_would_unpack_to_gigabytes_is_refused_before_it_is(tmp_path: Path, piece: str) -> None:
    save(record_of(), tmp_path, SCENARIO)
    bomb = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 5 << 30) + bytes(1000)  # RFC 8878, 3.1.1: magic, size of content
    with (tmp_path / "flight.mcap").open("wb") as file:
        writer = Writer(file, compression=CompressionType.NONE, use_chunking=False)
        writer.start(profile="", library="somebody")
        if piece == "attachment":
            writer.add_attachment(0, 0, "exact", "application/octet-stream", bomb)
        else:
            file.write(chunk_of(bomb, 5 << 30))
        writer.finish()  # type: ignore[no-untyped-call]  # mcap has no types
    rewritten(tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises(RecordError, match="it would unpack to at least 5120 MiB, but a log of 30 frames has"):
            load(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def chunk_of(data: bytes, claimed: int) -> bytes:
    """A chunk record of the MCAP format (mcap.dev/spec, "Chunk")."""
    head = struct.pack("<QQQII", 0, 0, claimed, 0, 4) + b"zstd"
    content = head + struct.pack("<Q", len(data)) + data
    return b"\x06" + struct.pack("<Q", len(content)) + content


def test_what_a_run_file_says_otherwise_is_refused(tmp_path: Path) -> None:
    save(record_of(), tmp_path, SCENARIO)
    path = tmp_path / "run.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"outcome": "at_rest"', '"outcome": "impact"'), encoding="utf-8")
    with pytest.raises(RecordError, match=r"run\.json was changed after it was written"):
        load(tmp_path)
