"""`hoverslam new-gnc`: projects made in an empty folder, built, tested and flown by their own Makefiles.

Oracle: the record of each flight, in which the stage turns slowly and stays base first until it meets the ground.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.wire.contract import SENSORS
from tests.harness.fake_plant import ROOT

LIMIT_S = 600.0
"""The first flight on a machine compiles bounds-checked kernels."""
TILTED = "--set dispersions.release_attitude_deg=3 --set 'drawn.release_attitude_deg=[0,3,-3]'"
"""The stage is released 9 deg off in pitch and in yaw, of which the program knows nothing."""
SETTLED, RATE_LIMIT_RADPS, ANGLE_LIMIT_RAD = 500, 0.04, 0.1
"""From this frame on; chosen. Both programs stay within 0.022 rad/s, and a stage without commands reaches 0.12."""
COMMAND = f"{sys.executable} -m hoverslam.harness.cli"
BUILT = {"python": "gnc.py", "c": "fsw"}


@pytest.fixture(scope="module", params=["python", "c"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A project as a user makes it."""
    folder = tmp_path_factory.mktemp("new") / "mine"
    done = CliRunner().invoke(app, ["new-gnc", str(folder), "--lang", request.param, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert told == {"exit_code": 0, "language": request.param, "folder": str(folder), "files": there}
    return request.param, folder


def made(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What make did in the project."""
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", f"HOVERSLAM={COMMAND}", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def flown(project: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The summary of a flight by `make fly`, and its tables."""
    _, folder = project
    done = made(folder, "-s", "fly", f"ARGS=--out run --json {TILTED}")
    assert done.returncode != 0, "a stage that crashes fails"
    tables = tmp_path_factory.mktemp("tables") / "csv"
    assert CliRunner().invoke(app, ["export", str(folder / "run"), "--out", str(tables)]).exit_code == 0
    return json.loads(done.stdout), tables


def columns(tables: Path, name: str) -> dict[str, list[float]]:
    """The numbers of a table by column, without those that are missing."""
    with (tables / f"{name}.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    return {
        one: [float(row[place]) for row in rows if row[place] not in {"", "nan"}]
        for place, one in enumerate(head)
        if one != "type"
    }


def test_it_builds_without_a_warning(project: tuple[str, Path]) -> None:
    language, folder = project
    strict = ["CFLAGS=-O1 -Wall -Wextra -Werror -pedantic"] if language == "c" else []
    done = made(folder, *strict)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / BUILT[language]).exists()


def test_its_own_tests_pass(project: tuple[str, Path]) -> None:
    language, folder = project
    done = made(folder, "test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (" passed" if language == "python" else "ok ") in done.stdout


def test_it_flies_to_the_ground_and_is_not_lost(flown: tuple[dict[str, Any], Path]) -> None:
    told, _ = flown
    assert (told["scenario"], told["outcome"], told["gnc_failure"]) == ("zq3-last-5km", "impact", None)
    assert told["gnc"] == {"name": "mine", "version": "0.1"}


def test_it_keeps_the_stage_base_first_with_small_rates_and_engines_off(flown: tuple[dict[str, Any], Path]) -> None:
    _, tables = flown
    truth, commands = columns(tables, "truth"), columns(tables, "actuators")
    assert abs(truth["alpha_rad"][0]) > 0.15, "it was released askew"
    for axis in range(3):
        rates = truth[f"omega_b_radps.{axis}"]
        assert len(rates) > 2 * SETTLED
        assert max(map(abs, rates[SETTLED:])) < RATE_LIMIT_RADPS
    assert max(map(abs, truth["alpha_rad"][SETTLED:])) < ANGLE_LIMIT_RAD
    assert not any(any(commands[name]) for name in ("engine_on.0", "leg_deploy"))


def test_sensors_that_work_report_within_the_ranges_of_the_contract(flown: tuple[dict[str, Any], Path]) -> None:
    _, tables = flown
    sensors = columns(tables, "sensors")
    for field in SENSORS:
        name = f"{field.map}.{field.key}" if field.map else field.key
        values = [value for one in sensors if one == name or one.startswith(f"{name}.") for value in sensors[one]]
        assert values, name
        assert all(field.low <= value <= field.high for value in values), name


def test_the_tests_of_a_project_fail_where_its_law_is_wrong(project: tuple[str, Path]) -> None:
    language, folder = project
    source = folder / ("control.py" if language == "python" else "control.c")
    right = source.read_text(encoding="utf-8")
    wrong = right.replace("- RATE_GAIN * rate[k]", "+ RATE_GAIN * rate[k]")
    assert wrong != right
    try:
        source.write_text(wrong, encoding="utf-8")
        assert made(folder, "test").returncode != 0
    finally:
        source.write_text(right, encoding="utf-8")


def test_its_client_is_that_of_the_package(project: tuple[str, Path]) -> None:
    language, folder = project
    source = ROOT / ("harness/wire/sdk" if language == "python" else "sdk/c")
    files = [path for path in source.iterdir() if path.is_file() and path.name != "__init__.py"]
    assert files
    assert {path.name: (folder / path.name).read_bytes() for path in files} == {p.name: p.read_bytes() for p in files}
    index = json.loads((folder / "golden" / "index.json").read_text(encoding="utf-8"))
    assert all((folder / "golden" / one["file"]).exists() for one in index["frames"])


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    refused = CliRunner().invoke(app, ["new-gnc", str(tmp_path)])
    assert refused.exit_code == 2
    told = " ".join(refused.stderr.split())
    assert f"new-gnc {tmp_path}: is not empty; give a new folder" in told
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_and_an_unknown_language_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    refused = CliRunner().invoke(app, ["new-gnc", str(tmp_path / "file")])
    assert (refused.exit_code, (tmp_path / "file").read_text()) == (2, "precious")
    refused = CliRunner().invoke(app, ["new-gnc", str(tmp_path / "new"), "--lang", "ada"])
    assert refused.exit_code == 2
    assert "--lang ada: must be one of python, c" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_the_example_that_lands_is_a_project_that_builds(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["new-gnc", str(tmp_path / "mine"), "--lang", "c", "--landing"])
    assert done.exit_code == 0, done.output
    assert made(tmp_path / "mine", "CFLAGS=-O0 -Werror").returncode == 0
    assert (tmp_path / "mine" / "landing").exists()
    refused = CliRunner().invoke(app, ["new-gnc", str(tmp_path / "other"), "--landing"])
    assert (refused.exit_code, (tmp_path / "other").exists()) == (2, False)
    assert "--landing: there is one in c, not in python" in " ".join(refused.stderr.split())
