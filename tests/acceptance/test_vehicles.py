"""Each shipped vehicle lands at its default seed, and one that a user writes into an empty folder is flown.

verifies: a vehicle is a file and nothing else; oracle: the limits of the requirement set, restated here, and the number
of engines that each flight load names.
"""

import json
import os
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.program.session import Session
from hoverslam.plant.layout import truth_layout
from tests.acceptance.conftest import COMMAND_DEADLINE_S, Flown, Library, fly
from tests.harness import prefork
from tests.harness.fake_plant import ROOT, nothing_left_behind

ENGINES_LIT = {"zq3-light": 3, "zq3-heavy": 5, "lm12a-landing": 3, "tianlong3-landing": 3}
BURNING = 0.05  # of full chamber pressure
MINE = {
    "extending": 'extends = "zq3_y1"\n[body]\ndry_mass_kg = 45500.0\n',
    "whole": (files("hoverslam.plant") / "vehicles" / "zq3_y1.toml").read_text(encoding="utf-8"),
}


@pytest.fixture(scope="module", params=ENGINES_LIT)
def landed(request: pytest.FixtureRequest, warm: Session) -> Flown:
    """A flight of a warm program, which has flown stages of other shapes."""
    return fly(warm, request.param)


def test_it_passes_by_the_command_as_with_a_warm_program(landed: Flown, library: Library) -> None:
    summary = library.flights[landed.record.scenario]
    failed = [r["reason"] for r in summary["requirements"] if r["status"] == "fail"]
    assert (summary["verdict"], failed) == ("PASS", [])
    assert summary["hash"] == landed.record.hash
    touchdown = summary["touchdown"]
    assert (touchdown["miss_m"] <= 40.0, touchdown["vertical_mps"] <= 4.0, touchdown["tilt_deg"] <= 5.0) == (True,) * 3
    assert touchdown["propellant_kg"] >= 500.0


def test_it_brakes_on_its_landing_engines_and_touches_down_on_one(landed: Flown) -> None:
    record = landed.record
    levels = record.truth[:, truth_layout(record.shape).slice("engine_level")]
    burning = (levels > BURNING).sum(axis=1)
    assert burning.max() == ENGINES_LIT[record.scenario]
    heights = record.truth[:, truth_layout(record.shape).slice("foot_height_m")].min(axis=1)
    assert burning[int(np.argmax(heights < 2.0))] == 1


@pytest.mark.parametrize("kind", MINE)
def test_a_vehicle_written_into_an_empty_folder_is_flown_from_there(kind: str, warm: Session, tmp_path: Path) -> None:
    assert warm.pid is not None
    (tmp_path / "mine.toml").write_text(MINE[kind], encoding="utf-8")
    (tmp_path / "flight.toml").write_text('extends = "zq3-last-5km"\n[vehicle]\nfile = "mine.toml"\n', encoding="utf-8")
    summary = _run_in(tmp_path, "flight.toml")
    assert "error" not in summary, summary
    assert (summary["scenario"], summary["verdict"], summary["outcome"]) == ("flight", "PASS", "at_rest")


def test_a_mistake_in_it_is_exit_code_2_and_one_line(warm: Session, tmp_path: Path) -> None:
    assert warm.pid is not None
    (tmp_path / "mine.toml").write_text('extends = "zq3_y1"\n[body]\ndry_mass_t = 45.5\n', encoding="utf-8")
    (tmp_path / "flight.toml").write_text('extends = "zq3-landing"\n[vehicle]\nfile = "mine.toml"\n', encoding="utf-8")
    done = _hoverslam_in(tmp_path, "flight.toml")
    assert done.returncode == 2
    assert "mine.toml: body.dry_mass_t: unknown key; remove it or correct its spelling" in done.stderr


def _run_in(folder: Path, scenario: str) -> dict[str, Any]:
    """Summary of `hoverslam run` in this folder."""
    summary: dict[str, Any] = json.loads(_hoverslam_in(folder, scenario).stdout)
    return summary


def _hoverslam_in(folder: Path, scenario: str) -> subprocess.CompletedProcess[str]:
    with pytest.MonkeyPatch.context() as patch, nothing_left_behind(patch) as sockets:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(sockets)}
        return prefork.run(["run", scenario, "--json"], folder, environment, COMMAND_DEADLINE_S)
