"""`hoverslam run`, nothing else typed: a Zhuque-3-class stage from 40 km to its pad.

verifies: the whole chain; oracle: the limits of the requirement set, restated here, and the keys in docs/json.md.
"""

import re
from typing import Any

from hoverslam.harness.fly.summary import Summary
from tests.acceptance.conftest import SEED, Flown
from tests.harness.fake_plant import ROOT

Told = tuple[int, dict[str, Any]]


def test_the_default_flight_passes_with_exit_code_0(told: Told) -> None:
    code, summary = told
    failed = [r["reason"] for r in summary["requirements"] if r["status"] == "fail"]
    assert (code, summary["verdict"], failed) == (0, "PASS", [])


def test_it_lands_softly_and_upright_on_the_pad(told: Told) -> None:
    _, summary = told
    touchdown = summary["touchdown"]
    assert (summary["scenario"], summary["seed"], summary["outcome"]) == ("zq3-landing", SEED, "at_rest")
    assert touchdown["miss_m"] <= 40.0
    assert 0.0 < touchdown["vertical_mps"] <= 2.0  # nominal: half of what R-18 allows
    assert touchdown["horizontal_mps"] <= 1.0
    assert touchdown["tilt_deg"] <= 5.0
    assert touchdown["propellant_kg"] >= 500.0


def test_ignition_comes_about_3_km_above_the_ground(told: Told) -> None:
    ignition = told[1]["ignition"]
    assert 2500.0 < ignition["altitude_agl_m"] < 3500.0


def test_the_keys_are_those_of_the_docs(told: Told) -> None:
    _, summary = told
    assert list(summary) == list(Summary.model_fields)
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert [key for key in summary if not re.search(rf"\b{key}\b", page)] == []


def test_the_command_flies_what_a_warm_program_flies(told: Told, nominal: Flown) -> None:
    """A fresh process, and one that is reset for each flight, answer alike."""
    assert told[1]["hash"] == nominal.record.hash
