"""A flight program with a planted fault is found, shrunk and handed back. Oracle: what was planted, and a rerun."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.program.session import Session
from hoverslam.scenarios.load import load
from tests.acceptance.conftest import Flown, Hoverslam, fly

PLANTED = f"{sys.executable} -m tests.programs.planted no-spare"
Hunted = tuple[int, dict[str, Any], Path]
LANDING_PAIR = {1, 5}
"""Of the engines that light for landing, those whose spare the reference lights and lands on."""


@pytest.fixture(scope="module")
def hunted(hoverslam: Hoverslam, nominal: Flown, tmp_path_factory: pytest.TempPathFactory) -> Hunted:
    assert nominal.record.frames, "kernels are warm"
    out = tmp_path_factory.mktemp("hunt") / "hunt"
    done = hoverslam(
        "hunt", "relight", "--gnc", PLANTED, "--baseline", "reference", "--budget", "12", "--shrink", "8", "--first",
        "--json", "--out", str(out), "--adopt", str(out.parent / "cases"),
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), out


def test_it_is_found_and_shrunk_to_the_fault_alone(hunted: Hunted) -> None:
    code, told, _ = hunted
    (found,) = told["found"]
    assert (code, found["id"], found["faults"]) == (1, "relight", 1)
    assert found["off_nominal"] <= 2
    assert found["first_flight"] <= 12
    assert found["margin"] < 0.0


def test_the_file_flies_to_the_same_end_and_the_reference_lands_it(hunted: Hunted, warm: Session) -> None:
    _, told, out = hunted
    (found,) = told["found"]
    tree = tomllib.loads(Path(found["scenario"]).read_text(encoding="utf-8"))
    assert (tree["extends"], tree["drawn"]["rest"]) == ("zq3-landing", "nominal")
    assert {(fault["kind"], fault["target"] in LANDING_PAIR) for fault in tree["faults"]} == {("engine_no_light", True)}
    summary = json.loads((out / "relight" / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["verdict"] == "FAIL"
    assert found["command"] == f"hoverslam run {found['scenario']} --gnc '{PLANTED}'"
    assert fly(warm, found["scenario"]).status("R-18") == "pass"


def test_what_is_adopted_is_the_same_scenario_elsewhere(hunted: Hunted) -> None:
    _, told, _ = hunted
    (found,), (adopted,) = told["found"], told["adopted"]
    assert load(adopted) == load(found["scenario"])


def test_going_on_with_a_hunt_that_is_over_flies_nothing(hunted: Hunted, hoverslam: Hoverslam) -> None:
    _, told, out = hunted
    before = (out / "flights.jsonl").read_bytes()
    done = hoverslam(
        "hunt", "relight", "--gnc", PLANTED, "--baseline", "reference", "--budget", "12", "--shrink", "8", "--first",
        "--json", "--out", str(out), "--resume",
    )  # fmt: skip
    again = json.loads(done.stdout)
    assert again["found"] == told["found"]
    assert (out / "flights.jsonl").read_bytes() == before
