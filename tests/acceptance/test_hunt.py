"""A flight program with a planted fault is found, shrunk and handed back. Oracle: what was planted, and a rerun."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hoverslam.scenarios.load import load
from tests.acceptance.conftest import Flown
from tests.acceptance.tutorial import Reader, steps

PAGE = "tutorials/hunting.md"
Hunted = tuple[int, dict[str, Any], Path]
LANDING_PAIR = {1, 5}
"""Of the engines that light for landing, those whose spare the reference lights and lands on."""


@pytest.fixture(scope="module")
def hunted(nominal: Flown, tmp_path_factory: pytest.TempPathFactory) -> Hunted:
    """The tutorial on hunting, typed to its end; and what its hunt tells when it is resumed once more."""
    assert nominal.record.frames, "kernels are warm"
    folder = tmp_path_factory.mktemp("hunting")
    reader, told = Reader(folder), steps(PAGE)
    for step in told:
        reader.type(step)
    (resumed,) = (step.command for step in told if "--resume" in step.command)
    done = reader.run(f"{resumed} --json")
    return done.returncode, json.loads(done.stdout), folder / "runs" / "hunt"


def test_it_is_found_and_shrunk_to_the_fault_alone(hunted: Hunted) -> None:
    code, told, _ = hunted
    (found,) = told["found"]
    assert (code, found["id"], found["faults"]) == (1, "relight", 1)
    assert found["off_nominal"] <= 2
    assert found["first_flight"] <= 12
    assert found["margin"] < 0.0


def test_the_file_says_what_was_planted(hunted: Hunted) -> None:
    _, told, out = hunted
    (found,) = told["found"]
    tree = tomllib.loads((out.parents[1] / found["scenario"]).read_text(encoding="utf-8"))
    assert (tree["extends"], tree["drawn"]["rest"]) == ("zq3-landing", "nominal")
    assert {(fault["kind"], fault["target"] in LANDING_PAIR) for fault in tree["faults"]} == {("engine_no_light", True)}
    summary = json.loads((out / "relight" / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["verdict"] == "FAIL"
    planted = "python -m tests.programs.planted no-spare"
    assert found["command"] == f"hoverslam run {found['scenario']} --gnc '{planted}'"


def test_what_is_adopted_is_the_same_scenario_elsewhere(hunted: Hunted) -> None:
    _, told, out = hunted
    (found,) = told["found"]
    (adopted,) = (out.parents[1] / "cases").iterdir()
    assert load(str(adopted)) == load(str(out.parents[1] / found["scenario"]))


def test_resuming_a_hunt_that_is_over_flies_nothing(hunted: Hunted) -> None:
    """The page resumes it once, and the fixture once more."""
    _, told, out = hunted
    flights = (out / "flights.jsonl").read_text(encoding="utf-8").splitlines()
    (found,) = told["found"]
    assert len(flights) == len(set(flights)) > found["first_flight"]
