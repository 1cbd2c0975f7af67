"""Earliest and latest ignition. Oracle: an exhaustive twin that tries every command and every switch on a grid."""

import numpy as np
import pytest

from hoverslam.harness.window.ignition import NO_TRACE
from hoverslam.harness.window.landing_engines import LandingEngines, plan_of
from hoverslam.harness.window.oracle import Oracle
from hoverslam.plant.oracle.descent import STOPPED
from hoverslam.plant.oracle.ignition import Question, on_coast, one_descent
from tests.plant.falling import LANDING, asked, falling, loaded
from tests.plant.stage import FloatArray

GRID_S, SWITCH_S = 0.1, 0.05
NEAR_M = 10.0  # of height: half a grid step of the switch, and the noise of hand-overs


def coast_from(oracle: Oracle, question: Question, height_m: float = 12_000.0, down_mps: float = 520.0) -> FloatArray:
    """A fall straight over the pad."""
    return oracle.coast(question, falling(question, height_m, down_mps), 0.0)


def lands(oracle: Oracle, question: Question, table: FloatArray, time_s: float) -> bool:
    """Whether any switch on the grid ends near the pad without running dry."""
    start = on_coast(question, table, time_s)
    for switch_s in np.arange(0.0, 45.0, SWITCH_S):
        end = one_descent(oracle.plant.params, question, start, float(switch_s), NO_TRACE)
        if end.how == STOPPED and abs(end.pos_m[2]) < NEAR_M and end.spare_kg >= 0.0:
            return True
    return False


@pytest.mark.parametrize(("mass_kg", "floor"), [(57_800.0, 0.5), (54_000.0, 0.5), (57_800.0, 0.8)])
def test_the_window_is_that_of_the_exhaustive_twin(mass_kg: float, floor: float) -> None:
    oracle, question = asked(loaded(mass_kg), floor=floor)
    table = coast_from(oracle, question)
    bounds = oracle.bounds(question, table)
    assert bounds.earliest_s is not None
    assert bounds.latest_s is not None
    for edge, outward in ((bounds.earliest_s, -1.0), (bounds.latest_s, 1.0)):
        assert lands(oracle, question, table, edge - outward * 2.0 * GRID_S)
        assert not lands(oracle, question, table, edge + outward * 3.0 * GRID_S)


def test_without_propellant_or_without_time_there_is_no_window_and_it_says_so() -> None:
    oracle, question = asked(loaded(57_800.0))
    table = coast_from(oracle, question)
    dry = oracle.bounds(question._replace(lox_kg=5000.0, lch4_kg=1428.0, rest_kg=question.rest_kg + 5571.0), table)
    assert dry.earliest_s is None
    assert "propellant" in dry.reason
    too_late = oracle.bounds(question, coast_from(oracle, question, 1500.0, 380.0))
    assert too_late.earliest_s is None
    assert "stops the stage" in too_late.reason


def test_a_floor_that_cannot_descend_bounds_the_earliest() -> None:
    """One engine whose floor is over the stage's weight stops it above the pad, however much propellant there is."""
    flying = loaded(57_800.0, engine__vacuum_thrust_n=1800.0e3)
    oracle, question = asked(flying, plan_of(LandingEngines((0,), (), ()), flying, relight=False), floor=0.85)
    bounds = oracle.bounds(question, coast_from(oracle, question))
    assert "minimum throttle" in bounds.note
    assert bounds.earliest_s is not None


def test_relight_and_fewer_engines_bring_the_latest_forward() -> None:
    flying = loaded(57_800.0)
    oracle, question = asked(flying)
    table = coast_from(oracle, question)
    plain_s = oracle.bounds(question, table).latest_s
    relit_s = oracle.bounds(question._replace(plan=plan_of(LANDING, flying, relight=True)), table).latest_s
    two_s = oracle.bounds(
        question._replace(plan=plan_of(LandingEngines((0, 1), (), ()), flying, relight=False)), table
    ).latest_s
    assert plain_s is not None
    assert relit_s is not None
    assert two_s is not None
    assert plain_s > relit_s > two_s


def test_a_faster_rise_and_a_higher_ceiling_let_the_command_wait() -> None:
    latest = []
    for ceiling, rise_s in ((1.05, 0.9), (1.15, 0.9), (1.05, 0.6)):
        oracle, question = asked(
            loaded(57_800.0, engine__throttle_ceiling=ceiling, engine__rise_time_s=rise_s), ceiling=ceiling
        )
        latest.append(oracle.bounds(question, coast_from(oracle, question)).latest_s)
    base, higher, faster = latest
    assert base is not None
    assert higher is not None
    assert faster is not None
    assert higher > base
    half_the_rise_s = 0.15  # smoothstep is symmetric: 0.3 s less of rise is thrust 0.15 s earlier
    assert faster - base == pytest.approx(half_the_rise_s, abs=0.04)
