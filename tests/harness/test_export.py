"""`hoverslam export`. Oracle: the record, read back by csv, pyarrow and scipy, to the bit."""

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat

from hoverslam.harness.commands.export import FORMATS, export_command
from hoverslam.harness.errors import UsageError
from hoverslam.harness.record.run_folder import save
from hoverslam.harness.record.tables import Table
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.wire.codec import decode, encode
from hoverslam.plant.layout import truth_layout
from tests.harness.fake_plant import SHAPE
from tests.harness.test_record import SCENARIO, record_of

AWKWARD = 0.1 + 0.2
"""It takes seventeen digits."""
TRUTH = truth_layout(SHAPE)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A stored flight with a NaN, a negative zero, a number of seventeen digits, and reports of all kinds."""
    record = record_of()
    record.truth[3, TRUTH.slice("mach")] = math.nan
    record.truth[4, TRUTH.slice("mach")] = -0.0
    record.truth[5, TRUTH.slice("mach")] = AWKWARD
    dead = decode(record.sensors[7])
    record.sensors[7] = encode({**dead, "lox_level_m": math.nan})
    report = {"mode": 'glide, "so far"\n', "k_req": AWKWARD, "for": 1, "a" * 80: 2, "a" * 80 + "b": 3, "3d": [1, 2.5]}
    record.telemetry.append((20, {**report, "events": [{"name": "engine_lost", "engine": 2}]}))
    save(record, tmp_path / "run", SCENARIO)
    return tmp_path / "run"


def bits(values: Any) -> list[bytes]:
    return [np.float64(value).tobytes() for value in values]


def mach() -> list[float]:
    found = record_of().truth[:, TRUTH.slice("mach").start].copy()
    found[3:6] = [math.nan, -0.0, AWKWARD]
    return list(found)


def test_csv_gives_every_number_again(run: Path) -> None:
    assert export_command(run, "csv", None, as_json=False) == 0
    with (run / "csv" / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert bits(float(row["mach"]) for row in rows) == bits(mach())
    position = record_of().truth[:, TRUTH.slice("pos_enu_m")]
    for axis in range(3):
        assert bits(float(row[f"pos_enu_m.{axis}"]) for row in rows) == bits(position[:, axis])
    with (run / "csv" / "sensors.csv").open(newline="") as file:
        sensors = list(csv.DictReader(file))
    assert sensors[7]["lox_level_m"] == "nan"
    assert sensors[7]["radar_range_m"] == ""  # not locked: nothing there, which is not the same
    assert float(sensors[6]["lox_level_m"]) == decode(record_of().sensors[6])["lox_level_m"]
    assert {row["gnss.time_ns"] for row in sensors[1:10]} == {""}
    assert sensors[0]["gnss.time_ns"] == "0"
    with (run / "csv" / "telemetry.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    assert told[-1]["mode"] == 'glide, "so far"\n'
    assert (told[-1]["k_req"], told[0]["k_req"]) == (repr(AWKWARD), "")
    assert json.loads(told[-1]["events"]) == [{"name": "engine_lost", "engine": 2}]


def test_every_column_is_told_with_its_unit(run: Path) -> None:
    export_command(run, "csv", None, as_json=False)
    with (run / "csv" / "columns.csv").open(newline="") as file:
        told = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    for name in ("truth", "loads", "actuators", "sensors", "telemetry"):
        with (run / "csv" / f"{name}.csv").open(newline="") as file:
            header = next(csv.reader(file))
        assert header == [column for table, column in told if table == name]
    assert told["truth", "omega_b_radps.2"]["unit"] == "rad/s"
    assert told["sensors", "gnss.pos_e_m.0"]["unit"] == "m"
    assert "w, x, y, z" in told["truth", "q_enu_b.0"]["meaning"]
    assert told["loads", "axial_g"]["unit"] == "g"


def test_parquet_gives_every_number_again_with_units(run: Path) -> None:
    from pyarrow import parquet

    export_command(run, "parquet", None, as_json=False)
    truth = parquet.read_table(run / "parquet" / "truth.parquet")
    assert bits(truth["mach"].to_pylist()) == bits(mach())
    assert truth.schema.field("vel_enu_mps.1").metadata[b"unit"] == b"m/s"
    sensors = parquet.read_table(run / "parquet" / "sensors.parquet")
    assert math.isnan(sensors["lox_level_m"][7].as_py())
    assert sensors["radar_range_m"][7].as_py() is None
    assert sensors["leg_locked.0"][0].as_py() is False
    assert sensors["time_ns"].to_pylist() == [k * 10_000_000 for k in range(30)]


def test_mat_gives_every_number_again_under_names_that_matlab_takes(run: Path) -> None:
    export_command(run, "mat", None, as_json=False)
    told = loadmat(run / "flight.mat", simplify_cells=True)
    record = record_of()
    assert bits(told["truth"]["mach"]) == bits(mach())
    assert told["truth"]["q_enu_b"].tobytes() == np.ascontiguousarray(record.truth[:, TRUTH.slice("q_enu_b")]).tobytes()
    assert math.isnan(told["sensors"]["radar_range_m"][0])
    assert told["sensors"]["seq"].tolist() == list(range(30))
    telemetry = told["telemetry"]
    for table in ("truth", "loads", "actuators", "sensors", "telemetry"):
        for name in told[table]:
            assert name.isidentifier(), name
            assert name[0].isalpha(), name
            assert len(name) <= 63
    assert telemetry["x3d"][-1].tolist() == [1.0, 2.5]
    assert telemetry["mode"][-1] == 'glide, "so far"\n'
    assert len([name for name in telemetry if name.startswith("aaa")]) == 2
    assert "for" not in telemetry  # a keyword there


def test_a_flight_without_a_frame_is_exported_too(tmp_path: Path) -> None:
    from dataclasses import replace

    record = record_of()
    silent = replace(record, sensors=[], telemetry=Telemetry())
    nothing = replace(silent, frames=0, truth=record.truth[:1], commands=record.commands[:0])
    save(nothing, tmp_path / "run", SCENARIO)
    for form in ("csv", "parquet", "mat"):
        assert export_command(tmp_path / "run", form, None, as_json=False) == 0


FORMS = [("csv", "mine"), ("parquet", "mine"), ("mat", "mine.mat"), ("layout", "mine.json")]


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_nothing_that_is_there_is_overwritten(run: Path, tmp_path: Path, form: str, name: str) -> None:
    for make in ("file", "folder", "link"):
        target = tmp_path / make / name
        target.parent.mkdir()
        if make == "file":
            target.write_text("precious")
        elif make == "folder":
            target.mkdir()
        else:
            target.symlink_to(tmp_path / "nowhere")
        with pytest.raises(UsageError, match="exists already; give another path with --out, or remove it first"):
            export_command(run, form, target, as_json=False)
    assert (tmp_path / "file" / name).read_text() == "precious"
    assert list((tmp_path / "folder" / name).iterdir()) == []
    assert not list(tmp_path.rglob("*.part*"))


@pytest.mark.parametrize(
    ("form", "out", "why"),
    [
        ("hdf5", None, r"--format hdf5: unknown; give one of csv, parquet, mat, layout"),
        ("mat", "flight.csv", r"--out .*flight.csv: must end in .mat"),
        ("csv", "no/such/folder", r"--out .*: cannot be written \(No such file or directory\)"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(run: Path, tmp_path: Path, form: str, out: str | None, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        export_command(run, form, None if out is None else tmp_path / out, as_json=False)


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no run folder"):
        export_command(tmp_path, "csv", None, as_json=False)
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_it_is_said_how_to_get_it(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'hoverslam\[parquet\]' .*, or take csv or mat"):
        export_command(run, "parquet", None, as_json=False)
    assert not (run / "parquet").exists()


def test_the_layout_is_written_as_it_is_shipped(run: Path) -> None:
    export_command(run, "layout", None, as_json=False)
    assert "3D!stage" in json.loads((run / "layout.json").read_text())["configById"]


def test_json_says_where_it_is(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export_command(run, "mat", run.parent / "x.mat", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"exit_code": 0, "run": str(run), "format": "mat", "written": str(run.parent / "x.mat")}


@pytest.mark.parametrize("form", ["csv", "mat", "layout"])
def test_a_place_is_taken_from_the_start_so_that_two_exports_do_not_share_it(
    run: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / f"out{FORMATS[form].suffix}"
    refused: list[str] = []

    def other_first(found: dict[str, Table], path: Path) -> None:
        """Another export to the same place, while this one is being written."""
        with pytest.raises(UsageError, match="exists already") as told:
            export_command(run, form, target, as_json=False)
        refused.append(str(told.value))
        write(found, path)

    write = FORMATS[form].write
    monkeypatch.setitem(FORMATS, form, FORMATS[form]._replace(write=other_first))
    assert export_command(run, form, target, as_json=False) == 0
    assert refused
    assert any(target.iterdir()) if target.is_dir() else target.stat().st_size


@pytest.mark.parametrize("form", ["csv", "mat"])
def test_an_export_that_fails_leaves_nothing(
    run: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_found: dict[str, Table], path: Path) -> None:
        path.mkdir() if form == "csv" else path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, form, FORMATS[form]._replace(write=full))
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        export_command(run, form, tmp_path / "out" / f"x{FORMATS[form].suffix}", as_json=False)
    assert list((tmp_path / "out").iterdir()) == []
