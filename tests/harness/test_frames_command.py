"""`hoverslam frames`. Oracle: the record of the flight, and msgpack, json and csv as others read them."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest

from hoverslam.harness.commands.frames import FORMATS, FramesRequest, frames_command
from hoverslam.harness.errors import UsageError
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.record.run_folder import save
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.wire.codec import decode, encode, split_own
from hoverslam.plant.layout import command_layout
from tests.harness.fake_plant import SHAPE
from tests.harness.linked import ALL, fly
from tests.harness.test_record import SCENARIO, record_of

COMMANDS = command_layout(SHAPE)


@pytest.fixture
def record() -> FlightRecord:
    """Thirty frames of ten milliseconds, with a dead unit in frame 7 and telemetry in every tenth."""
    record = record_of()
    record.sensors[7] = encode({**decode(record.sensors[7]), "lox_level_m": float("nan")})
    return record


def disturbed(faults: Any = ALL) -> FlightRecord:
    """Over a link that fails in all ways, with telemetry of some frames."""
    flown = fly(*faults)
    recorder = flown.recorder
    return replace(
        record_of(), frames=recorder.frames, truth=recorder.truth, commands=recorder.commands,
        sensors=recorder.sensors, answers=recorder.answers, link=recorder.link,
        telemetry=Telemetry([(3, {"mode": "glide"})]), hash=recorder.hash(),
    )  # fmt: skip


def written(folder: Path, record: FlightRecord, **asked: Any) -> Path:
    """The file that the command writes for a stored record."""
    save(record, folder / "run", SCENARIO)
    assert frames_command(FramesRequest(folder / "run", **asked)) == 0
    return folder / "run" / FORMATS[asked.get("form", "msgpack")].name


def unpacked(path: Path) -> list[dict[str, Any]]:
    read = msgpack.Unpacker()
    read.feed(path.read_bytes())
    return [*read]


def row(message: dict[str, Any]) -> bytes:
    """The bits of an answer in the order of the record."""
    numbers = [message[name] for name, _ in COMMANDS.fields]
    return np.hstack([np.asarray(one, dtype=np.float64) for one in numbers]).tobytes()


def test_the_sensors_are_those_of_the_record_byte_for_byte(record: FlightRecord, tmp_path: Path) -> None:
    assert written(tmp_path, record, answers=False).read_bytes() == b"".join(record.sensors)


def test_each_answer_stands_behind_its_sensors_with_the_recorded_bits(record: FlightRecord, tmp_path: Path) -> None:
    record.commands[5, 4] = -0.0
    messages = unpacked(written(tmp_path, record))
    assert [one["type"] for one in messages] == ["sensors", "actuators"] * 30
    assert [one["seq"] for one in messages] == [seq for seq in range(30) for _ in range(2)]
    assert [row(one) for one in messages[1::2]] == [one.tobytes() for one in record.commands]
    told = {one["seq"]: one["telemetry"] for one in messages[1::2] if "telemetry" in one}
    assert told == dict(record.telemetry)


def test_an_answer_is_one_that_the_harness_would_take(record: FlightRecord, tmp_path: Path) -> None:
    from hoverslam.harness.wire.messages import Actuators, validate

    for one in unpacked(written(tmp_path, record))[1::2]:
        validate(Actuators, one)


def test_over_a_link_that_fails_they_are_the_messages_that_arrived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = disturbed()
    path = written(tmp_path, record)
    messages = unpacked(path)
    assert [encode(one) for one in messages[::2]] == [
        encode(msgpack.unpackb(data)) for data in split_own(b"".join(record.sensors))
    ]
    assert b"".join(map(row, messages[1::2])) == b"".join(record.answers)
    assert [one["telemetry"] for one in messages[1::2] if "telemetry" in one] == [{"mode": "glide"}]
    said = " ".join(capsys.readouterr().out.split())
    assert "frames are as delivered to the program" in said
    assert "the flight computer restarted 1 time" in said


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"),
    [
        (0.1, 0.15, range(10, 16)),
        (None, 0.02, range(3)),
        (0.285, None, [29]),
        (0.13, 0.13, [13]),
        (None, None, range(30)),
    ],
)
def test_a_part_is_from_one_time_to_the_other_with_both(
    start_s: float | None, end_s: float | None, expected: Any, record: FlightRecord, tmp_path: Path
) -> None:
    path = written(tmp_path, record, start_s=start_s, end_s=end_s, answers=False)
    assert [one["seq"] for one in unpacked(path)] == [*expected]


def test_a_line_of_json_is_a_frame_with_its_time_and_what_was_sent(record: FlightRecord, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in written(tmp_path, record, form="json").read_text().splitlines()]
    assert [(one["frame"], one["time_s"]) for one in lines] == [(k, k / 100) for k in range(30)]
    assert lines[7]["sensors"].pop("lox_level_m") == "NaN"
    for line, data in zip(lines, record.sensors, strict=True):
        sent = msgpack.unpackb(data)
        if line["frame"] == 7:
            del sent["lox_level_m"]
        assert line["sensors"] == sent
    assert [row(one["actuators"]) for one in lines] == [one.tobytes() for one in record.commands]


def test_without_answers_a_line_has_none(record: FlightRecord, tmp_path: Path) -> None:
    first = written(tmp_path, record, form="json", answers=False).read_text().splitlines()[0]
    assert json.loads(first).keys() == {"frame", "time_s", "sensors"}


def test_csv_has_a_column_a_number_and_the_same_ones_for_any_part(record: FlightRecord, tmp_path: Path) -> None:
    path = written(tmp_path, record, form="csv", start_s=0.06, end_s=0.08)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["frame"], one["seq"]) for one in rows] == [(str(k), str(k)) for k in (6, 7, 8)]
    assert [float(one["frame_time_s"]) for one in rows] == pytest.approx([0.06, 0.07, 0.08])
    assert [one["lox_level_m"] == "nan" for one in rows] == [False, True, False]
    assert float(rows[0]["imu_dvel_b_mps.2"]) == msgpack.unpackb(record.sensors[6])["imu_dvel_b_mps"][2]
    assert "gnss.pos_e_m.1" in rows[0], "there is no fix in this part of the flight"
    for k, one in zip((6, 7, 8), rows, strict=True):
        assert float(one["actuators.throttle.1"]) == record.commands[k, COMMANDS.slice("throttle")][1]
        assert one["actuators.leg_deploy"] == "0"
    with path.open(newline="") as file:
        assert not [name for name in next(csv.reader(file)) if name.startswith("actuators.type.")]


def lost(record: FlightRecord) -> FlightRecord:
    """The same, whose program fell silent in its last frame."""
    failure = GncFailure("hung", "no answer within 10 s", 29, "glide", None, "")
    last = b"".join([record.sensors[28], encode({"type": "actuators", "seq": 28}), record.sensors[29]])
    return replace(
        record, frames=29, truth=record.truth[:30], commands=record.commands[:29], sensors=record.sensors[:29],
        outcome="gnc_lost", gnc_failure=failure, last_frames=last,
    )  # fmt: skip


def test_the_frame_in_which_a_program_was_lost_is_there_without_an_answer(
    record: FlightRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = unpacked(written(tmp_path, lost(record), start_s=0.28, end_s=0.29))
    assert [(one["type"], one["seq"]) for one in messages] == [("sensors", 28), ("actuators", 28), ("sensors", 29)]
    assert encode(messages[-1]) == encode(msgpack.unpackb(record.sensors[29]))
    assert "frame 29 has no answer: the flight program was lost in it" in capsys.readouterr().out


@pytest.mark.parametrize("spoilt", [b"\xc1", b"\x81\xa4", b"\x05", b""])
def test_a_file_of_last_frames_that_was_spoilt_is_told(spoilt: bytes, record: FlightRecord, tmp_path: Path) -> None:
    save(lost(record), tmp_path / "run", SCENARIO)
    (tmp_path / "run" / "last-frames.msgpack").write_bytes(spoilt)
    with pytest.raises(UsageError, match=r"last-frames.msgpack: cannot be read .*; copy the folder again"):
        frames_command(FramesRequest(tmp_path / "run"))
    assert not (tmp_path / "run" / "frames.msgpack").exists()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"start_s": 0.3}, r"--from 0.3: the flight has frames from 0 to 0.29 s; give a time there"),
        ({"start_s": -0.1}, r"--from -0.1: the flight has frames"),
        ({"end_s": 0.291}, r"--to 0.291: the flight has frames"),
        ({"end_s": float("nan")}, r"--to nan: the flight has frames"),
        ({"start_s": 0.2, "end_s": 0.1}, r"--from 0.2 --to 0.1: no frame reached .* frames are 0.01 s apart"),
        ({"start_s": 0.101, "end_s": 0.109}, r"--from 0.101 --to 0.109: no frame reached"),
        ({"form": "yaml"}, r"--format yaml: unknown; give one of msgpack, json, csv"),
    ],
)
def test_a_time_outside_the_flight_and_other_mistakes_are_told_and_leave_nothing(
    asked: dict[str, Any], why: str, record: FlightRecord, tmp_path: Path
) -> None:
    save(record, tmp_path / "run", SCENARIO)
    before = sorted((tmp_path / "run").iterdir())
    with pytest.raises(UsageError, match=why):
        frames_command(FramesRequest(tmp_path / "run", **asked))
    assert sorted((tmp_path / "run").iterdir()) == before


def test_a_flight_without_a_frame_is_told(record: FlightRecord, tmp_path: Path) -> None:
    nothing = replace(record, frames=0, truth=record.truth[:1], commands=record.commands[:0], sensors=[])
    save(replace(nothing, telemetry=Telemetry()), tmp_path / "run", SCENARIO)
    with pytest.raises(UsageError, match="was given no frame; choose a flight that began"):
        frames_command(FramesRequest(tmp_path / "run"))


def test_json_says_what_is_where(record: FlightRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine"
    save(record, tmp_path / "run", SCENARIO)
    frames_command(FramesRequest(tmp_path / "run", 0.1, 0.19, out=out, as_json=True))
    assert json.loads(capsys.readouterr().out) == {
        "exit_code": 0, "run": str(tmp_path / "run"), "format": "msgpack", "written": str(out), "sensors": 10,
        "actuators": 10, "from_s": 0.1, "to_s": 0.19, "as_delivered": False,
    }  # fmt: skip
