"""The JSON of a run. Oracle: the list of promised keys, and flights whose touchdown is known beforehand."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.fly.assess import Assessment
from hoverslam.harness.fly.summary import Summary, summarise, without_infinities
from hoverslam.harness.judge.findings import findings
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import explain, judge
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.record.loads import LOADS
from tests.harness.flights import FRAME_S, KnownBounds, Plan, fly, known_window, truth_of, view

DOCS = Path(__file__).parents[2] / "docs"
FRAME_DRIFT_M = 2.5e-3  # 0.25 m/s sideways for one frame of 10 ms, within which contact is interpolated
PROMISED = {
    "verdict", "scenario", "seed", "touchdown", "ignition", "requirements", "findings", "hash", "wall_s", "sim_s",
}  # fmt: skip
PROMISED_TOUCHDOWN = {
    "miss_m", "downrange_m", "crossrange_m", "vertical_mps", "horizontal_mps", "tilt_deg", "rate_dps", "propellant_kg",
    "time_s",
}  # fmt: skip
PROMISED_IGNITION = {
    "time_s", "altitude_agl_m", "window_earliest_s", "window_latest_s", "margin_early_s", "margin_late_s",
    "with_relight_earliest_s", "with_relight_latest_s", "divert_reachable_m", "propellant_used_kg",
    "propellant_optimum_kg", "reason",
}  # fmt: skip
PROMISED_REQUIREMENT = {"id", "status", "value", "margin", "unit", "goal", "limit", "time_s", "reason"}


def assessed(record: FlightRecord | Plan, **context: Any) -> Assessment:
    flight = view(record, **context)
    results = evaluate(flight, load_requirements("landing"))
    return Assessment(flight, results, findings(flight), judge(flight.record, results), explain(flight.record, results))


def test_every_promised_key_is_there() -> None:
    tree = summarise(assessed(Plan()), "runs/x").model_dump(mode="json")
    assert tree.keys() >= PROMISED
    assert tree["touchdown"].keys() >= PROMISED_TOUCHDOWN
    assert tree["ignition"].keys() >= PROMISED_IGNITION
    assert all(entry.keys() >= PROMISED_REQUIREMENT for entry in tree["requirements"])


def test_the_peak_of_each_load_is_told_with_its_moment() -> None:
    record = fly(Plan())
    truth_of(record)["accel_b_mps2"][300] = [-9.80665, 0.0, 0.0]
    truth_of(record)["accel_b_mps2"][2050] = [99.0, 0.0, 0.0]  # on the ground
    told = {load.name: load for load in summarise(assessed(record), None).loads}
    assert told.keys() == LOADS.keys()
    assert told["axial_g"].value == pytest.approx(-1.0)
    assert told["axial_g"].time_s == pytest.approx(3.0)
    q_kpa = 0.5e-3 * (280.0**2 + 0.25**2)
    assert told["q_alpha_kpa_deg"].value == pytest.approx(2.0 * q_kpa)
    assert told["q_alpha_kpa_deg"].unit == "kPa deg"


def test_the_numbers_are_those_of_the_flight() -> None:
    plan = Plan()
    summary = summarise(assessed(plan), "runs/x")
    down = summary.touchdown
    assert down is not None
    assert (summary.verdict, summary.exit_code) == ("PASS", 0)
    assert down.downrange_m == pytest.approx(plan.east_m, abs=FRAME_DRIFT_M), "the synthetic stage flies due east"
    assert down.crossrange_m == pytest.approx(-plan.north_m, abs=FRAME_DRIFT_M)
    assert down.time_s == pytest.approx(plan.touchdown_s, abs=FRAME_S / 10)
    assert summary.ignition is not None
    assert summary.ignition.time_s == pytest.approx(plan.ignition_s)
    assert summary.sim_s == pytest.approx(plan.end_s)
    assert summary.realtime_factor == pytest.approx(plan.end_s / 0.5)


def test_touchdown_and_ignition_are_null_where_there_was_none() -> None:
    record = fly(Plan(ignition_s=30.0, touchdown_s=40.0, end_s=4.0, outcome="max_time"))
    summary = summarise(assessed(record), None)
    assert (summary.touchdown, summary.ignition, summary.verdict) == (None, None, "FAIL")


def test_the_window_is_told_and_a_null_in_it_explained() -> None:
    told = summarise(assessed(Plan()), None).ignition
    assert told is not None
    assert (told.window_earliest_s, told.window_latest_s) == (3.0, 6.5)
    assert told.margin_early_s == pytest.approx(2.0)
    assert told.margin_late_s == pytest.approx(1.5)
    assert (told.divert_reachable_m, told.reason) == (80.0, "")
    nothing = known_window(bounds=KnownBounds(None, None, "all engines dead"), divert_m=None, propellant_used_kg=None)
    empty = summarise(assessed(Plan(), window=nothing), None).ignition
    assert empty is not None
    assert (empty.window_latest_s, empty.margin_late_s, empty.divert_reachable_m) == (None, None, None)
    assert "all engines dead" in empty.reason
    assert "propellant_used_kg" in empty.reason
    without = summarise(assessed(Plan(), window=None), None).ignition
    assert without is not None
    assert (without.window_latest_s, without.reason) == (None, "the ignition window oracle is not available")


def test_a_lost_program_is_described() -> None:
    failure = GncFailure("died", "exited with status 7", 1200, "glide", 7, "guidance: no solution\n")
    record = replace(fly(Plan(end_s=12.0), failure), outcome="gnc_lost")
    summary = summarise(assessed(record), "runs/x")
    assert (summary.verdict, summary.exit_code) == ("GNC_LOST", 3)
    assert summary.gnc_failure is not None
    assert summary.gnc_failure.model_dump() == vars(failure)


def test_no_number_in_it_is_infinite_even_where_no_throttle_would_do() -> None:
    summary = summarise(assessed(Plan(), required_throttle=lambda _row: math.nan), "runs/x")
    json.loads(summary.model_dump_json(), parse_constant=lambda name: pytest.fail(f"{name} in the summary"))


def test_what_is_not_finite_becomes_null_and_says_so() -> None:
    assert without_infinities({"a": math.inf, "b": [{"c": -math.inf}, math.nan, 1.0], "d": 2}) == {
        "a": None,
        "b": [{"c": None, "reason": "not a finite number: c"}, None, 1.0],
        "d": 2,
        "reason": "not a finite number: a",
    }


def test_a_reason_that_is_there_already_is_kept() -> None:
    assert without_infinities({"value": math.nan, "reason": "no solution"}) == {"value": None, "reason": "no solution"}


def test_a_flight_that_cannot_be_kept_is_our_own_fault() -> None:
    summary = summarise(assessed(Plan()), "runs/x").harness_failed("disk full")
    assert (summary.verdict, summary.exit_code, summary.explanation) == ("HARNESS_ERROR", 4, "disk full")
    assert summary.touchdown is not None, "the finished result is still told"


@pytest.mark.parametrize("key", Summary.model_fields)
def test_every_key_is_explained_in_the_docs(key: str) -> None:
    assert f"`{key}`" in (DOCS / "json.md").read_text(encoding="utf-8")
