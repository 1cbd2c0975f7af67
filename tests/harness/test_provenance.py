"""What `run.json` says of what was flown. Oracle: SHA-256 of the files themselves, and a vehicle that is edited."""

import hashlib
import json
import shlex
import shutil
from importlib.metadata import version
from pathlib import Path

import plant
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
    assert hoverslam("run", *arguments, cwd=here).returncode == 1
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


def test_a_vehicle_that_was_edited_or_is_missing_is_named(tmp_path: Path) -> None:
    run, vehicle = flown(tmp_path), tmp_path / "mine.toml"
    assert json.loads(hoverslam("replay", str(run), "--json").stdout)["changed"] == []
    text = vehicle.read_text()
    lines = [f"{line}  # moved" if line.startswith("#") else line for line in text.splitlines()]
    vehicle.write_text("\n".join(lines) + "\n")
    assert json.loads(hoverslam("replay", str(run), "--json").stdout)["changed"] == [], "a comment is no change"
    number = next(line for line in lines if line.startswith("dry_mass_kg"))
    value = number.partition("=")[2].split("#")[0].strip()
    vehicle.write_text(text.replace(number, number.replace(value, f"{float(value) + 1000.0}"), 1))
    again = hoverslam("replay", str(run), "--json")
    (changed,) = json.loads(again.stdout)["changed"]
    assert str(vehicle) in changed
    assert again.returncode == 1
    assert str(vehicle) in hoverslam("replay", str(run)).stdout
    assert str(vehicle) in hoverslam("report", str(run)).stderr
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "fault 1 (engine_low_thrust on 1, at landing_ignition + 1 s) never came" in page
    assert "fault 0" not in page, "it came, and what is written again says so"
    vehicle.unlink()
    gone = hoverslam("replay", str(run))
    assert gone.returncode == 2
    assert str(vehicle) in gone.stderr
    assert "Traceback" not in gone.stderr
