"""Copies of a flight's files in its run folder. Oracles: the files themselves, Python's TOML reader, SHA-256."""

import hashlib
import json
import os
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.commands.again import flown_before
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.identity import identity_of
from hoverslam.harness.fly.inputs import Inputs, naming, read_inputs, references, texts
from hoverslam.harness.fly.keep import keep_record
from hoverslam.harness.fly.prepare import prepare, prepare_stored
from hoverslam.harness.fly.provenance import copies_used
from hoverslam.harness.fly.run_diff import MOST_KEYS, JudgedRun, _changed_files
from hoverslam.harness.judge.sets import load_requirements, shipped_sets
from hoverslam.harness.pytest_plugin import FlyFixture
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.harness.record.names import COPIES, VEHICLE_FILE
from hoverslam.harness.record.run_folder import load as load_run
from hoverslam.plant.toml_file import MOST_BYTES
from hoverslam.plant.vehicle import load_vehicle, shipped_vehicles
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario
from tests.harness.flights import fly, view
from tests.harness.test_record import rewritten

LENGTH_M = 41.5


def of(**files: str) -> Scenario:
    """A short landing with these files."""
    return load("zq3-last-5km", {key.replace("__", "."): name for key, name in files.items()})


def own(folder: Path, text: str = f"[body]\nref_length_m = {LENGTH_M}\n") -> Path:
    """A vehicle of the user's own."""
    (folder / "mine.toml").write_text(f'extends = "zq3_y1"\n{text}', encoding="utf-8")
    return folder / "mine.toml"


def kept(folder: Path, vehicle: Path) -> Path:
    """A run folder of a flight with this vehicle; what the record holds is another matter."""
    keep_record(fly(), prepare(of(vehicle__file=str(vehicle)), "kept", feels=False), folder / "run")
    return folder / "run"


def prepared_length_m(run: Path) -> float:
    return prepare_stored(load_run(run), feels=False).context.length_m


def same(one: Any, other: Any) -> bool:
    """Whether two tables of a vehicle hold the same numbers."""
    if hasattr(one, "_asdict") and hasattr(other, "_asdict"):
        return all(same(a, b) for a, b in zip(one._asdict().values(), other._asdict().values(), strict=True))
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", shipped_vehicles())
def test_the_copy_of_a_vehicle_is_that_vehicle_by_itself(name: str, tmp_path: Path) -> None:
    text = texts(read_inputs(of(vehicle__file=name)))[VEHICLE_FILE]
    (tmp_path / "copy.toml").write_text(text, encoding="utf-8")
    assert same(load_vehicle(str(tmp_path / "copy.toml")), load_vehicle(name))
    assert "extends" not in tomllib.loads(text)


@pytest.mark.parametrize("name", shipped_sets())
def test_the_copy_of_a_requirement_set_is_that_set_in_its_order(name: str, tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_text(texts(read_inputs(of(requirements__set=name)))[COPIES[2]], encoding="utf-8")
    assert load_requirements(str(tmp_path / "copy.toml")) == load_requirements(name)


@pytest.mark.parametrize("name", shipped(folder="flight_loads"))
def test_the_copy_of_a_flight_load_says_what_the_file_says(name: str) -> None:
    inputs = read_inputs(of(flight_load__file=name))
    assert tomllib.loads(texts(inputs)[COPIES[1]]) == inputs.load.tree


def test_run_json_keeps_the_sum_of_each_copy_and_the_folder_is_prepared_from_them_alone(tmp_path: Path) -> None:
    vehicle = own(tmp_path)
    run = kept(tmp_path, vehicle)
    told = json.loads((run / "run.json").read_text())["copies"]
    assert told == {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in COPIES}
    vehicle.unlink()
    assert prepared_length_m(run) == LENGTH_M


def test_what_was_read_for_the_flight_is_kept_though_the_file_is_edited_while_it_is_flown(tmp_path: Path) -> None:
    vehicle = own(tmp_path)
    scenario = of(vehicle__file=str(vehicle))
    prepared, identity = prepare(scenario, "kept", feels=False), identity_of(scenario)
    own(tmp_path, "[body]\nref_length_m = 39.0\n")
    keep_record(fly(), prepared, tmp_path / "run")
    stored = load_run(tmp_path / "run")
    assert tomllib.loads((tmp_path / "run" / VEHICLE_FILE).read_text())["body"]["ref_length_m"] == LENGTH_M
    assert stored.identity == identity._asdict()
    assert [one.now for one in copies_used(stored)] == ["changed", "same", "same"]


def test_a_shipped_vehicle_that_another_version_ships_otherwise_is_the_one_of_the_folder(tmp_path: Path) -> None:
    """The folder of a version that shipped another zq3_y1: its copy says so, under the same name."""
    run = kept(tmp_path, own(tmp_path))
    about = json.loads((run / "run.json").read_text())["scenario_resolved"]
    rewritten(run, scenario_resolved={**about, "vehicle": {**about["vehicle"], "file": "zq3_y1"}})
    assert prepared_length_m(run) == LENGTH_M != load_vehicle("zq3_y1").body.ref_length_m
    told = copies_used(load_run(run))[0]
    assert str(told) == "vehicle.toml of the run folder is used: the vehicle zq3_y1 says something else now"


def _edit(path: Path) -> None:
    path.write_text(path.read_text().replace(f"{LENGTH_M}", "39.0"))


def _lead_out(path: Path) -> None:
    """A link to a file elsewhere."""
    elsewhere = path.parent.parent / "elsewhere.toml"
    elsewhere.write_text(path.read_text() + "# other\n")
    path.unlink()
    path.symlink_to(elsewhere)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _grow(path: Path) -> None:
    path.write_text(path.read_text() + "#" * MOST_BYTES)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_edit, "was changed after it was written"), (_lead_out, "was changed after it was written"),
        (_grow, "was changed after it was written"), (_pipe, "is missing"), (Path.unlink, "is missing"),
    ],
)  # fmt: skip
def test_a_copy_that_is_not_as_it_was_written_is_told_and_nothing_else_is_read_for_it(
    damage: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    run = kept(tmp_path, own(tmp_path))
    damage(run / VEHICLE_FILE)
    with pytest.raises(RecordError, match=f"run folder {run}: {VEHICLE_FILE} {said}.*copy the folder again"):
        prepare_stored(load_run(run), feels=False)


def test_a_copy_that_leads_to_another_file_is_refused_though_its_sum_fits(tmp_path: Path) -> None:
    run = kept(tmp_path, own(tmp_path))
    (tmp_path / "secret.toml").write_text("[body]\nref_length_m = 39.0\n")
    text = f'extends = "{tmp_path / "secret.toml"}"\n{(run / VEHICLE_FILE).read_text()}'
    (run / VEHICLE_FILE).write_text(text)
    sums = json.loads((run / "run.json").read_text())["copies"]
    rewritten(run, copies={**sums, VEHICLE_FILE: hashlib.sha256(text.encode()).hexdigest()})
    with pytest.raises(RecordError, match="extends: stands in no copy that hoverslam writes"):
        prepare_stored(load_run(run), feels=False)


def test_names_of_copies_are_ours_and_lead_nowhere_whatever_run_json_says(tmp_path: Path) -> None:
    run = kept(tmp_path, own(tmp_path))
    rewritten(run, copies={"../mine.toml": "0" * 64, "/etc/passwd": "0" * 64})
    assert copies_used(load_run(run)) == []
    rewritten(run, copies=["vehicle.toml"])
    with pytest.raises(RecordError, match=r"copies = .*: must be a table"):
        load_run(run)


def test_of_a_folder_without_copies_the_files_that_it_names_are_read_and_a_missing_one_is_told(tmp_path: Path) -> None:
    vehicle = own(tmp_path)
    run = kept(tmp_path, vehicle)
    rewritten(run, copies={})
    assert prepared_length_m(run) == LENGTH_M
    vehicle.unlink()
    said = f"vehicle file {vehicle}: no such file.*the folder has no copy of its vehicle and.*put the file back"
    with pytest.raises(RecordError, match=said):
        prepare_stored(load_run(run), feels=False)


def test_a_file_that_cannot_be_told_in_one_is_not_copied_and_that_is_said(tmp_path: Path) -> None:
    """Forty sentences on a line each may be read; all of them on one line may not."""
    vehicle = own(tmp_path, 'description = """\n' + "One more.\n" * 40 + f'"""\n[body]\nref_length_m = {LENGTH_M}\n')
    told: list[str] = []
    inputs = prepare(of(vehicle__file=str(vehicle)), "kept", feels=False).inputs
    assert set(texts(inputs, told.append)) == {*COPIES[1:]}
    assert len(told) == 1
    assert "no copy of the vehicle is kept" in told[0]
    assert "keep its file" in told[0]
    assert prepared_length_m(kept(tmp_path, vehicle)) == LENGTH_M


def test_a_scenario_can_be_told_by_the_copies_beside_it() -> None:
    there = naming(of(), {name: name for name in COPIES})
    assert references(Scenario.model_validate(there)) == {name: name for name in COPIES}


def judged(inputs: Inputs) -> JudgedRun:
    flight = view()
    stored = StoredRun(Path("run"), flight.record, {}, {}, copies=dict.fromkeys(COPIES, ""))
    return JudgedRun(stored, flight, [], None, inputs.trees)  # type: ignore[arg-type]  # no verdict is asked for


def test_a_diff_names_what_the_vehicles_of_two_runs_say_differently(tmp_path: Path) -> None:
    one, other = read_inputs(of()), read_inputs(of(vehicle__file=str(own(tmp_path))))
    assert list(_changed_files(judged(one), judged(other))) == [
        f"vehicle.toml: body.ref_length_m: 42.0 in A, {LENGTH_M} in B"
    ]
    (many,) = _changed_files(judged(one), judged(read_inputs(of(vehicle__file="f9_b5"))))
    number = int(many.removeprefix("vehicle.toml: ").partition(" ")[0])
    assert (number > MOST_KEYS, many.endswith("keys are different")) == (True, True)


def test_the_scenario_file_that_pytest_leaves_in_a_run_folder_names_the_copies_beside_it(tmp_path: Path) -> None:
    vehicle = own(tmp_path)
    run = kept(tmp_path, vehicle)
    item: Any = SimpleNamespace(nodeid="a test")
    pilot: Any = None  # nothing is flown
    fly_it = FlyFixture(pilot, lambda: item, "marker", None, tmp_path)
    fly_it._written(of(vehicle__file=str(vehicle)), run)
    vehicle.unlink()
    run.rename(tmp_path / "moved")
    again = prepare(load(tmp_path / "moved" / "scenario.toml"), "again", feels=False)
    assert again.context.length_m == LENGTH_M


def test_what_from_may_be_is_said(tmp_path: Path) -> None:
    for origin in ("nowhere", str(tmp_path), "x" * 5000):
        with pytest.raises(UsageError, match="must be a run folder, or a database and the number of a flight"):
            flown_before(origin)


def test_a_flight_that_was_interrupted_has_no_bits_to_be_held_to(tmp_path: Path) -> None:
    keep_record(replace(fly(), outcome="interrupted"), prepare(of(), "kept", feels=False), tmp_path / "run")
    assert flown_before(str(tmp_path / "run")).compared("another hash").endswith("it has no end to compare with")
