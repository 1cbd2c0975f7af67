"""What `run.json` says of what was flown. Oracle: SHA-256 of the files themselves, and a vehicle that is edited."""

import hashlib
import json
import shlex
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hoverslam import plant, scenarios
from hoverslam.harness.cli import app
from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.fly.identity import WORDS, identity_of
from hoverslam.harness.fly.provenance import changed_since
from hoverslam.harness.record.digest import digest
from hoverslam.harness.record.flight_record import StoredRun
from hoverslam.harness.record.names import COPIES, RUN_FILE
from hoverslam.scenarios.load import load
from tests.harness.flights import fly
from tests.harness.test_cli import ECHO_GNC, hoverslam

FAULTS = (
    "{kind = 'fin_stuck', target = 1, at = '3 s'}, "
    "{kind = 'engine_low_thrust', target = 1, at = 'landing_ignition + 1 s'}"
)


def flown(here: Path) -> Path:
    """A fall with a vehicle in a file of the user's own; of two faults one comes."""
    vehicles = Path(plant.__file__).parent / "vehicles"
    shutil.copy(vehicles / "zq3_y1.toml", here / "mine.toml")
    arguments = ["--gnc", ECHO_GNC, "--set", f"vehicle.file={here / 'mine.toml'}", "--out", "run"]
    arguments += ["--set", f"faults=[{FAULTS}]"]
    assert hoverslam("run", "zq3-last-5km", *arguments, cwd=here).returncode == 1
    return here / "run"


def test_it_names_version_digests_program_and_the_hash_of_its_file(tmp_path: Path) -> None:
    told = json.loads((flown(tmp_path) / "run.json").read_text())
    file = Path(shutil.which(shlex.split(ECHO_GNC)[0]) or "")
    assert told["hoverslam"] == version("hoverslam")
    assert told["program"] == {
        "command": ECHO_GNC, "file": str(file.resolve()), "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }  # fmt: skip
    assert told["command"] == ECHO_GNC
    assert {"vehicle", "plant", "requirements", "load", "binary"} <= set(told["identity"])


PARTS = {
    "vehicle.file": (plant, "vehicles/zq3_y1.toml", ("dry_mass_kg = ", "dry_mass_kg = 1")),
    "flight_load.file": (scenarios, "flight_loads/zq3_reference.toml", ("= 0.", "= 1.")),
    "requirements.set": (scenarios, "requirements/landing.toml", ("limit = 0.97", "limit = 0.5")),
}


@pytest.mark.parametrize("key", PARTS)
def test_each_file_that_was_edited_or_is_missing_is_named_whichever_it_is(key: str, tmp_path: Path) -> None:
    """Nothing is flown: a stored run is a record, the scenario as resolved, and the digests of then."""
    package, name, (before, after) = PARTS[key]
    mine = tmp_path / "mine.toml"
    shutil.copy(Path(str(package.__file__)).parent / name, mine)
    scenario = load("zq3-landing", {key: str(mine)})
    identity = identity_of(scenario)._asdict()
    stored = StoredRun(tmp_path, fly(), scenario.model_dump(mode="json"), {}, identity)
    assert changed_since(stored) == []
    text = mine.read_text(encoding="utf-8")
    mine.write_text(f"# a word\n{text}", encoding="utf-8")
    assert changed_since(stored) == []
    assert before in text
    mine.write_text(text.replace(before, after, 1), encoding="utf-8")
    (told,) = changed_since(stored)
    assert str(mine) in told
    mine.unlink()
    with pytest.raises(users_mistakes(), match=str(mine)):
        changed_since(stored)


def test_a_scenario_and_a_program_that_are_others_are_named(tmp_path: Path) -> None:
    program = tmp_path / "fsw"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    scenario = load("zq3-landing")
    record = replace(fly(), command=str(program))
    tree = scenario.model_dump(mode="json")
    stored = StoredRun(tmp_path, record, tree, {}, identity_of(scenario, str(program))._asdict())
    assert changed_since(stored) == changed_since(stored, str(program)) == changed_since(stored, "wait") == []
    assert changed_since(stored, f"{program} --fast") == ["the command of the flight program"]
    program.write_text("#!/bin/sh\nexit 1\n")
    assert changed_since(stored) == [], "commands are flown again, not the program"
    assert changed_since(stored, str(program)) == [WORDS["binary"]]
    edited = replace(stored, scenario={**tree, "wind": {**tree["wind"], "turbulence": "severe"}})
    assert changed_since(edited) == ["the scenario"]


def heavier(vehicle: Path) -> None:
    """The vehicle's file with a ton more."""
    text = vehicle.read_text()
    number = next(line for line in text.splitlines() if line.startswith("dry_mass_kg"))
    value = number.partition("=")[2].split("#")[0].strip()
    vehicle.write_text(text.replace(number, number.replace(value, f"{float(value) + 1000.0}"), 1))


def as_older_versions_wrote(run: Path) -> None:
    """A run folder without the copies, and without a word of them."""
    about = json.loads((run / RUN_FILE).read_text(encoding="utf-8"))
    del about["copies"], about["checksum"]
    (run / RUN_FILE).write_text(json.dumps(about | {"checksum": digest(about)}), encoding="utf-8")
    for name in COPIES:
        (run / name).unlink()


def asked(*arguments: str) -> Result:
    """A command in this process: of those that start no program, what is loaded need not be loaded again."""
    return CliRunner().invoke(app, list(arguments))


def test_a_vehicle_that_was_edited_is_named_and_the_copy_of_the_run_folder_is_flown(tmp_path: Path) -> None:
    run, vehicle = flown(tmp_path), tmp_path / "mine.toml"
    heavier(vehicle)
    again = asked("replay", str(run), "--json")
    told = json.loads(again.stdout)
    assert (again.exit_code, told["equal"], told["changed"]) == (0, True, [])
    assert told["copies"][0] == {"copy": "vehicle.toml", "of": str(vehicle), "now": "changed"}
    assert [one["now"] for one in told["copies"][1:]] == ["same", "same"]
    said = f"vehicle.toml of the run folder is used: the vehicle {vehicle} says something else now"
    assert said in asked("report", str(run)).stderr
    vehicle.unlink()
    assert f"the vehicle {vehicle} cannot be read here" in asked("replay", str(run)).stdout


def test_of_a_folder_without_copies_a_vehicle_that_was_edited_or_is_missing_is_named(tmp_path: Path) -> None:
    run, vehicle = flown(tmp_path), tmp_path / "mine.toml"
    as_older_versions_wrote(run)
    text = vehicle.read_text()
    vehicle.write_text(f"# a comment is no change\n{text}")
    assert json.loads(asked("replay", str(run), "--json").stdout)["changed"] == []
    heavier(vehicle)
    again = asked("replay", str(run), "--json")
    told = json.loads(again.stdout)
    (changed,) = told["changed"]
    assert str(vehicle) in changed
    assert (again.exit_code, told["copies"]) == (1, [])
    assert str(vehicle) in asked("report", str(run)).stderr
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "fault 1 (engine_low_thrust on 1, at landing_ignition + 1 s) never started" in page
    assert "fault 0" not in page, "it came, and what is written again says so"
    vehicle.unlink()
    for command in (
        ["replay", str(run)],
        ["report", str(run)],
        ["diff", str(run), str(run)],
        ["run", "--from", str(run)],
    ):
        gone = asked(*command)
        assert (gone.exit_code, gone.stdout, "Traceback" in gone.stderr) == (2, "", False), command
        said = " ".join(gone.stderr.split())
        assert f"vehicle file {vehicle}: no such file" in said
        assert "the folder has no copy of its vehicle and its flight load and its requirement set" in said
        assert "put the file back as it was, or fly it again" in said
