"""Where a stage that cannot land could come down. Oracle: records made of the plant, and a lean flown step by step.

The lean of the test turns the nose itself, in every step of a fall over the whole distance; what is tested takes every
effect as small and adds it up along the fall that leans nowhere.
"""

import math
from functools import lru_cache

import numpy as np
import pytest

from hoverslam.harness.judge.requirements import RequirementResult, evaluate, load_requirements
from hoverslam.harness.signals.window_signals import NO_ORACLE, divert_share, infeasible
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing
from hoverslam.harness.window.divert import GOAL, LOW_M, LOW_TILT_RAD
from hoverslam.harness.window.landing_engines import LandingEngines, rescue_of
from hoverslam.harness.window.oracle import Bounds
from hoverslam.harness.window.point_of_no_return import NO_ENGINES, POSSIBLE, Hopeless, hopeless, reachable_m
from hoverslam.harness.window.window import FlightWindow, window_of
from hoverslam.plant.oracle.descent import Falling, felt, normal_slope
from hoverslam.plant.oracle.ignition import Question
from hoverslam.plant.plant import Plant
from tests.harness.flights import CONTEXT, fly
from tests.harness.test_window import flight_of, flown_window
from tests.plant.falling import asked, falling, loaded

ALL = np.zeros(0, dtype=np.intp)  # the signal is told whole
DOWN_S = 60.0  # long enough for any of these to strike
R_32 = load_requirements("landing").model_copy(
    update={"requirement": tuple(one for one in load_requirements("landing").requirement if one.id == "R-32")}
)


@lru_cache
def latest_s() -> float:
    found = flown_window(14.0).bounds.latest_s
    assert found is not None
    return found


def judged(flight: Flight) -> RequirementResult:
    [result] = evaluate(flight, R_32)
    return result


def at_once(flight: Flight) -> Hopeless:
    window = window_of(flight)
    assert window is not None
    return at_once_of(window)


def at_once_of(window: FlightWindow) -> Hopeless:
    assert isinstance(window.hopeless, Hopeless)
    return window.hopeless


def test_from_the_latest_command_on_there_is_no_landing() -> None:
    late = flight_of(round(latest_s() + 1.0, 2), end_s=DOWN_S)
    found = at_once(late)
    assert found.since_s == pytest.approx(latest_s(), abs=0.05)
    assert found.why == "the time of the latest landing ignition had passed"
    mask = infeasible(late)
    assert not isinstance(mask, Missing)
    assert late.time_s[mask][0] == pytest.approx(found.since_s, abs=0.011)
    assert not (mask & ~late.airborne).any()


def test_one_that_never_lights_its_engines_has_the_same_moment() -> None:
    never = at_once(flight_of(99.0, end_s=DOWN_S))
    assert never.since_s == pytest.approx(latest_s(), abs=0.05)


def test_straight_down_is_no_abort_and_r32_says_so_as_an_advisory() -> None:
    result = judged(flight_of(99.0, end_s=DOWN_S))
    assert (result.status, result.comparison, result.limit) == ("advisory", ">=", 0.8)
    assert result.value is not None
    assert 0.0 <= result.value < 0.15, "nine metres off, of ninety that could be reached"


def test_while_a_landing_is_possible_nothing_is_asked() -> None:
    assert flown_window(14.0).hopeless == POSSIBLE
    result = judged(flight_of(14.0))
    assert (result.status, result.reason) == ("not_evaluated", POSSIBLE.reason)


def test_one_that_landed_is_not_asked_either() -> None:
    assert hopeless(Flight(fly(), CONTEXT), flown_window(14.0)) == Missing("the stage landed")


def test_without_an_oracle_nothing_is_known() -> None:
    blind = Flight(fly(), CONTEXT._replace(window=None))
    assert infeasible(blind) == divert_share(blind, ALL) == Missing(NO_ORACLE)


def test_engines_that_are_dead_at_the_command_leave_the_fins_from_then_on() -> None:
    flight = flight_of(14.0, "dead", end_s=DOWN_S)
    found = at_once(flight)
    assert found.since_s == 14.0
    assert "able to start" in found.why
    assert found.question.plan == NO_ENGINES


def test_an_engine_lost_too_late_for_a_spare_is_the_moment() -> None:
    """Commanded just inside the window, engine 5 shut down 3 s later: two and a spare stop no more."""
    flight = flight_of(round(latest_s() - 0.1, 2), "later", end_s=DOWN_S)
    found = at_once(flight)
    assert found.since_s == pytest.approx(latest_s() - 0.1 + 3.0, abs=0.1)
    burning = found.question.plan
    assert (burning.lone.engines, burning.others.engines) == (1.0, 2.0), "0 and 1, and a spare in place of 5"


@pytest.mark.parametrize(("idle", "early_s", "lands"), [((3, 7), 1.0, True), ((), 4.0, True), ((), 0.1, False)])
def test_an_engine_that_never_lights_is_asked_about_with_what_is_left(
    idle: tuple[int, ...], early_s: float, lands: bool
) -> None:
    """Without an idle engine two can still stop the stage that was commanded early enough."""
    flight = flight_of(round(latest_s() - early_s, 2), "unlit", end_s=20.0)
    window = window_of(flight)
    assert window is not None
    assert window is not None
    window.__dict__["engines"] = window.engines._replace(idle=idle)
    assert window.engines.duds == (5,)
    assert (window.hopeless == POSSIBLE) == lands
    if not lands:
        found = at_once_of(window)
        dead_s = window.oracle.plant.vehicle.engine.dead_time_s
        assert found.since_s == pytest.approx(latest_s() - early_s + dead_s, abs=0.02)
        assert found.question.plan.others.engines == 1.0, "0 and 1 are left"


def test_of_a_command_before_the_window_and_of_none_without_a_window_the_moment_is_not_known() -> None:
    early = flown_window(6.0)
    assert early.bounds.earliest_s is not None
    assert early.bounds.earliest_s > 6.0
    assert isinstance(early.hopeless, Missing)
    assert "before the window" in early.hopeless.reason
    never = flown_window(99.0)
    never.__dict__["bounds"] = Bounds(None, None, "the pad is 300 m beyond the divert range")
    assert isinstance(never.hopeless, Missing)
    assert "300 m" in never.hopeless.reason


def test_one_engine_alone_is_rescued_by_a_spare() -> None:
    """The spare is then the one that burns to the ground, past the hand-over."""
    flying = loaded(40_000.0)
    plan = rescue_of(LandingEngines((0,), (3,), (), (0,)), flying, 0.6)
    assert (plan.lone.engines, plan.lone.on_s, plan.late.engines) == (1.0, 0.6, 0.0)


def test_nearer_to_the_ground_less_can_be_reached() -> None:
    oracle, question = asked(loaded(57_800.0), NO_ENGINES)
    falls = [falling(question, height_m, 365.0) for height_m in (4000.0, 2300.0, 800.0)]
    reach_m = [reachable_m(oracle, Hopeless(0.0, "", question, fall), 0.0) for fall in falls]
    assert reach_m[0] > reach_m[1] > reach_m[2] > 0.0


def lean_north(flying: Plant, question: Question, start: Falling, sign: float) -> float:
    """Where the stage strikes, to the north, with the nose turned as far against it as it may, at 5 deg/s.

    `sign` 0: the nose against the motion all the way. Without thrust the air on the hull pushes against the lean.
    """
    params, around, dt_s, nothing_n = flying.params[0], question.around, 0.01, 1e-9
    mass = question.lox_kg + question.lch4_kg + question.rest_kg
    pos, vel, nose_rad, mach = np.array(start.pos_m), np.array(start.vel_mps), 0.0, 1.0
    while pos[2] > 0.0:
        own_rad = math.asin(-vel[1] / float(np.linalg.norm(vel)))
        slope = normal_slope(params, mach, question.lean_rad, around.cg_m)
        now = felt(params, around, tuple(pos), tuple(vel), tuple(vel), mass, nothing_n, slope)
        pushed_rad = GOAL.hull_mps2 / (now.decay_ps * now.airspeed_mps)
        target_rad = own_rad - GOAL.lean_rad if pos[2] > 1000.0 else -GOAL.tilt_rad
        target_rad = max(target_rad if pos[2] > LOW_M else -LOW_TILT_RAD, own_rad - pushed_rad)
        most = GOAL.slew_radps * dt_s
        nose_rad = float(np.clip(target_rad, nose_rad - most, nose_rad + most)) if sign else own_rad
        motion = (0.0, -math.sin(nose_rad), -math.cos(nose_rad))
        leaning = felt(params, around, tuple(pos), tuple(vel), motion, mass, nothing_n, slope)
        vel = vel + dt_s * np.array(leaning.acc_mps2)
        pos, mach = pos + dt_s * vel, leaning.mach
    return float(pos[1])


@pytest.mark.parametrize(("height_m", "down_mps"), [(2300.0, 365.0), (4000.0, 420.0), (9000.0, 470.0)])
def test_a_fall_that_leans_strikes_where_it_is_said_to(height_m: float, down_mps: float) -> None:
    flying = loaded(57_800.0)
    oracle, question = asked(flying, NO_ENGINES)
    start = falling(question, height_m, down_mps)
    moved_m = lean_north(flying, question, start, 1.0) - lean_north(flying, question, start, 0.0)
    said_m = reachable_m(oracle, Hopeless(0.0, "", question, start), 0.0)
    small_effects = 0.1  # the fall that leans is longer and slower than the one along which effects are added up
    assert said_m == pytest.approx(moved_m, rel=small_effects, abs=5.0)


def test_a_flight_that_gives_way_as_far_as_it_can_is_an_abort(monkeypatch: pytest.MonkeyPatch) -> None:
    flight = flight_of(99.0, end_s=DOWN_S)
    window = window_of(flight)
    assert window is not None
    assert flight.touchdown is not None
    reach_m = window.abort_reach_m
    moved = flight.touchdown._replace(miss_m=0.85 * reach_m)
    monkeypatch.setitem(flight.__dict__, "touchdown", moved)
    result = judged(flight)
    assert result.status == "pass"
    assert result.value == pytest.approx(0.85)


def test_what_never_came_down_is_not_judged() -> None:
    flight = flight_of(99.0, end_s=20.0)
    assert divert_share(flight, ALL) == Missing("the stage did not reach the ground")
