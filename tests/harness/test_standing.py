"""How the stage met the ground and how it stood. Oracle: flights of closed form with one thing changed."""

import numpy as np
import pytest

from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import Verdict, explain, judge
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.standing import Standing
from tests.harness.flights import Plan, fly, truth_of, view

CONTACT = 2001  # row of first contact of the default plan


def stood(record: FlightRecord) -> Standing:
    """What is said of the stage on the ground."""
    found = view(record).standing
    assert found is not None
    return found


def landed(**fields: float) -> FlightRecord:
    """A landing with these truth fields from contact on."""
    record = fly()
    truth = truth_of(record)
    truth["tip_margin_rad"] = np.radians(18.0)
    truth["tip_margin_m"] = 6.0
    truth["leg_touched_s"][CONTACT:] = 20.004
    for name, value in fields.items():
        truth[name][CONTACT:] = value
    return record


def toppled() -> FlightRecord:
    """A stage that goes over after a touchdown."""
    record = landed()
    record.outcome = "impact"
    truth = truth_of(record)
    falling = truth["tip_margin_rad"][CONTACT + 100 :]
    falling[:] = np.radians(np.linspace(18.0, -80.0, len(falling)))
    truth["struck"][-1] = 2.0
    return record


@pytest.mark.parametrize(
    ("touched_s", "said"),
    [
        ((20.004, 20.004, 20.004, 20.004), "all legs"),
        ((20.006, 20.006, 20.005, 20.006), "leg 2"),
        ((20.005, 20.006, 20.006, 20.005), "legs 0 and 3"),
        ((20.005, 20.005, 20.006, 20.005), "legs 0, 1 and 3"),
    ],
)
def test_the_leg_that_touched_first_is_named(touched_s: tuple[float, ...], said: str) -> None:
    record = landed()
    truth_of(record)["leg_touched_s"][CONTACT:] = touched_s
    assert stood(record).first_contact == said


@pytest.mark.parametrize(("struck", "said"), [(1.0, "nozzles"), (2.0, "upper end")])
def test_a_hull_that_touched_first_is_named(struck: float, said: str) -> None:
    record = landed(leg_contact=0.0, leg_locked=0.0, struck=struck)
    record.outcome = "impact"
    found = stood(record)
    assert (found.first_contact, found.ended_by) == (said, f"{said} hit the ground")
    assert found.tip_over_margin_deg is None
    assert not found.tipped_over, "no leg was on the ground"


def test_every_time_that_all_feet_leave_the_ground_is_a_bounce_and_the_highest_counts() -> None:
    record = landed(foot_height_m=-0.02)
    feet = truth_of(record)["foot_height_m"]
    feet[2010:2020] = 0.3
    feet[2030:2035] = 0.1
    feet[2040:2050, 1:] = 0.5  # foot 0 stays down
    feet[2060:2065] = 0.005  # less than leaves the ground
    found = stood(record)
    assert found.bounces == 2
    assert found.bounce_height_m == pytest.approx(0.3)


def test_the_margin_is_the_least_after_contact_in_degrees_and_metres_of_that_moment() -> None:
    record = landed()
    truth = truth_of(record)
    truth["tip_margin_rad"][100] = 0.0  # in the air it means nothing
    truth["tip_margin_rad"][2100], truth["tip_margin_m"][2100] = np.radians(11.0), 3.7
    found = stood(record)
    assert found.tip_over_margin_deg == pytest.approx(11.0)
    assert found.tip_over_margin_m == pytest.approx(3.7)


def test_a_stage_that_topples_after_touchdown_is_said_to_have_tipped_over() -> None:
    record = toppled()
    flight, found = view(record), stood(record)
    assert (found.tipped_over, found.ended_by) == (True, "tipped over")
    assert found.tip_over_margin_deg == pytest.approx(-80.0)
    labels = [event.label for event in flight.events]
    assert "tipped over" in labels
    assert "impact" not in labels
    results = evaluate(flight, load_requirements("landing"))
    assert judge(record, results) is Verdict.FAIL
    assert explain(record, results).startswith("the stage tipped over after touchdown")


def test_a_leg_that_gives_way_under_an_upright_stage_is_named() -> None:
    record = landed(struck=3.0)
    record.outcome = "impact"
    truth_of(record)["leg_stroke_m"][CONTACT:, 3] = 0.7
    found = stood(record)
    assert (found.tipped_over, found.ended_by) == (False, "leg 3 was crushed beyond its stroke")
    assert "with a leg crushed beyond its stroke" in explain(
        record, evaluate(view(record), load_requirements("landing"))
    )


def test_a_flight_that_never_came_down_did_not_stand() -> None:
    flight: Flight = view(fly(Plan(end_s=15.0, outcome="max_time")))
    assert flight.standing is None
