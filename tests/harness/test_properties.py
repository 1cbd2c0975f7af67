"""Properties of a landing. Oracle: synthetic flights with a closed form, of which the answer is known."""

import json
from typing import Any

import pytest

from hoverslam.harness.hunt.properties import (
    PROPERTIES,
    cross_range,
    ignition_timing,
    relight,
    requirements,
)
from hoverslam.harness.judge.requirements import RequirementResult, evaluate, load_requirements
from hoverslam.harness.trace.flight import Flight
from hoverslam.scenarios.limits import read_limits
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario
from tests.harness.flights import CONTEXT, KnownBounds, Plan, fly, known_window

SET = load_requirements("landing")
SOUND = load("zq3-landing")
DUD = '[{kind = "engine_no_light", target = 1, at = "0 s"}]'


def judged(plan: Plan, scenario: Scenario = SOUND, **window: Any) -> tuple[Flight, list[RequirementResult], Scenario]:
    flight = Flight(fly(plan), CONTEXT._replace(window=known_window(**window)))
    return flight, evaluate(flight, SET), scenario


def failing(text: str) -> Scenario:
    return load("zq3-landing", {"faults": text})


@pytest.mark.parametrize(
    ("bounds", "broken", "margin"),
    [((3.0, 6.5), False, 1.5), ((4.5, 9.0), False, 0.5), ((2.0, 4.75), True, -0.25), ((5.25, 9.0), True, -0.25)],
)
def test_ignition_is_in_time_inside_its_window(bounds: tuple[float, float], broken: bool, margin: float) -> None:
    """The command is at 5.0 s."""
    (told,) = ignition_timing(*judged(Plan(), bounds=KnownBounds(*bounds)))
    assert told.broken == broken
    assert told.margin == pytest.approx(margin)
    assert (told.robustness < 0.0) == broken


def test_where_no_command_would_do_none_is_late() -> None:
    nothing = KnownBounds(None, None, "no throttle stops the stage")
    assert ignition_timing(*judged(Plan(), bounds=nothing)) == []
    unlit = Plan(ignition_s=30.0, touchdown_s=20.0, cutoff_s=40.0, outcome="impact")
    assert ignition_timing(*judged(unlit, bounds=nothing)) == []


def test_no_ignition_at_all_is_broken() -> None:
    (told,) = ignition_timing(*judged(Plan(ignition_s=30.0, touchdown_s=20.0, cutoff_s=40.0, outcome="impact")))
    assert told.broken
    assert told.text == "no engine was started; window 3.00 to 6.50 s"
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(
    ("north_m", "faults", "broken", "margin"),
    [(-4.0, "[]", False, 6.0), (12.0, "[]", True, -2.0), (12.0, DUD, False, 28.0), (-45.0, DUD, True, -5.0)],
)
def test_cross_range_is_what_lies_beside_the_line_of_flight(
    north_m: float, faults: str, broken: bool, margin: float
) -> None:
    plan = Plan(east_m=30.0, north_m=north_m, horizontal_mps=0.0)  # it flies due east
    (told,) = cross_range(*judged(plan, scenario=failing(faults)))
    assert (told.broken, told.unit) == (broken, "m")
    assert told.margin == pytest.approx(margin, abs=0.05)


def test_cross_range_of_a_flight_that_never_came_down_is_not_judged() -> None:
    assert cross_range(*judged(Plan(touchdown_s=40.0, end_s=10.0, outcome="max_time"))) == []


def test_relight_is_about_flights_with_one_engine_that_was_asked_for_and_did_not_light() -> None:
    (told,) = relight(*judged(Plan(), scenario=failing(DUD)))
    assert not told.broken
    assert relight(*judged(Plan())) == [], "nothing failed"
    assert relight(*judged(Plan(), scenario=failing(DUD.replace("1,", "3,")))) == [], "a spare that nobody lit"
    two = '[{kind = "engine_no_light", target = 1, at = "0 s"}, {kind = "fin_stuck", target = 0, at = "0 s"}]'
    assert relight(*judged(Plan(), scenario=failing(two))) == []


def test_relight_is_broken_by_a_hard_landing_of_a_stage_that_could_be_saved() -> None:
    (told,) = relight(*judged(Plan(touchdown_mps=5.0), scenario=failing(DUD)))
    assert (told.id, told.broken) == ("relight", True)
    assert told.margin == pytest.approx(-1.0, abs=0.05)
    assert "R-18" in told.text


def test_what_cannot_be_saved_is_no_failure_to_relight() -> None:
    hopeless = "no throttle stops the stage above the pad"
    assert relight(*judged(Plan(touchdown_mps=5.0), failing(DUD), rescue=hopeless)) == []


def test_requirements_are_those_that_decide() -> None:
    told = requirements(*judged(Plan(touchdown_mps=5.0)))
    ids = [one.id for one in told]
    assert "R-24" not in ids, "an advisory"
    assert [one.id for one in told if one.broken] == ["R-18"]
    assert all(one.robustness < 0.0 for one in told if one.broken)


def test_every_shipped_strategy_has_a_property_that_there_is() -> None:
    for name in shipped(folder="hunts"):
        assert read_limits(name).property in PROPERTIES
