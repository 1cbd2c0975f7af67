"""The window of a flight. Oracle: records made of the plant itself, flown by rule, whose ignition is known."""

import json
import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from hoverslam.harness.fly.summary import summarise
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing
from hoverslam.harness.window.landing_engines import RELIGHT_AFTER_S, landing_engines, plan_of
from hoverslam.harness.window.oracle import PAD_M, STOP_MPS, Oracle
from hoverslam.harness.window.window import FlightWindow
from hoverslam.plant.faults import ArmedFault, Trigger
from hoverslam.plant.oracle.descent import NEVER_S
from hoverslam.plant.plant import Plant
from tests.harness.flights import CONTEXT
from tests.plant.falling import loaded, put
from tests.plant.stage import engines_on, plant, shipped

ALL = np.zeros(0, dtype=np.intp)  # these signals are told whole, whatever frames are asked about
FRAME_TICKS, START_M, START_MPS = 10, 9000.0, 470.0


@lru_cache
def flown(ignition_s: float, flying_key: str = "sound", end_s: float = 25.0) -> tuple[Plant, FlightRecord]:
    """Straight down from 9 km, engines 0, 1 and 5 commanded at 85 % at a moment; ends before any touchdown."""
    flying = stage(flying_key)
    frames = round(end_s * 100)
    truth = np.zeros((frames + 1, flying.truth_layout.width))
    commands = np.zeros((frames, flying.command_layout.width))
    off, on = engines_on(flying, (), 0.0), engines_on(flying, (0, 1, 5), 0.85)
    for k in range(frames):
        flying.truth(truth[k])
        commands[k] = on if k >= round(ignition_s * 100) else off
        flying.advance(commands[k], FRAME_TICKS)
        if flying.outcome is not None:
            truth, commands, frames = truth[: k + 2], commands[: k + 1], k + 1
            break
    flying.truth(truth[frames])
    if flying_key == "dead":
        truth[:, flying.truth_layout.slice("igniter_charges")][:, (0, 1, 5)] = 0.0
    record = FlightRecord(
        "made", "straight down", 1, flying.shape, 0.001, FRAME_TICKS, frames, truth, commands, [], Telemetry(),
        flying.outcome or "max_time", None, "00" * 32, 0.5, {"name": "rule", "version": "1"},
    )  # fmt: skip
    return flying, record


def stage(key: str) -> Plant:
    """A sound stage, or one with a fault, in place for the fall; what is dead is so in the record, without charges."""
    faults = {
        "sound": (),
        "unlit": (ArmedFault("engine_no_light", 5, Trigger("time"), (1.0,)),),
        "dead": (),
        "later": (ArmedFault("engine_shutdown", 5, Trigger("event", "landing_ignition", 0.0, 3.0)),),
    }[key]
    flying = plant(shipped(), faults=faults)
    flying.state["tanks_kg"][0] = loaded(57_800.0).state["tanks_kg"][0]
    return put(flying, START_M, START_MPS)


def flight_of(ignition_s: float, key: str = "sound", end_s: float = 25.0) -> Flight:
    flying, record = flown(ignition_s, key, end_s)
    oracle = Oracle(flying)
    return Flight(record, CONTEXT._replace(window=lambda flight: FlightWindow(oracle, flight)))


def flown_window(ignition_s: float, key: str = "sound", end_s: float = 25.0) -> FlightWindow:
    found = flight_of(ignition_s, key, end_s).window
    assert isinstance(found, FlightWindow)
    return found


def test_the_window_is_the_same_whenever_the_flight_lit_its_engines() -> None:
    """It belongs to the fall, not to the command: before it the truth, after it what would have followed."""
    early, late = flown_window(8.0).bounds, flown_window(16.0).bounds
    assert early.earliest_s is not None
    assert late.earliest_s is not None
    assert early.latest_s is not None
    assert late.latest_s is not None
    of_the_coast_s = 0.05
    assert early.earliest_s == pytest.approx(late.earliest_s, abs=of_the_coast_s)
    assert early.latest_s == pytest.approx(late.latest_s, abs=of_the_coast_s)


def test_margins_are_signed_distances_to_the_bounds_and_judge_r08() -> None:
    bounds = flown_window(14.0).bounds
    assert bounds.earliest_s is not None
    assert bounds.latest_s is not None
    [rule] = [r for r in load_requirements("landing").requirement if r.id == "R-08"]
    chosen = load_requirements("landing").model_copy(update={"requirement": (rule,)})
    for ignition_s, status in ((14.0, "pass"), (round(bounds.latest_s + 0.5, 2), "fail")):
        flight = flight_of(ignition_s)
        late, early = (SIGNALS[f"ignition_margin_{side}_s"].compute(flight, ALL) for side in ("late", "early"))
        assert not isinstance(late, Missing)
        assert not isinstance(early, Missing)
        assert late.value[0] == pytest.approx(bounds.latest_s - ignition_s, abs=0.05)
        assert early.value[0] == pytest.approx(ignition_s - bounds.earliest_s, abs=0.05)
        [result] = evaluate(flight, chosen)
        assert result.status == status
        assert result.unit == "s"


def test_what_nobody_could_know_is_not_held_against_the_command() -> None:
    for key, duds in (("sound", ()), ("unlit", (5,)), ("later", ())):
        found = flown_window(14.0, key)
        assert (found.engines.lit, found.engines.duds) == ((0, 1, 5), duds)
        assert found.bounds == flown_window(14.0).bounds


def test_engines_that_are_all_dead_leave_no_window_and_a_reason() -> None:
    found = flown_window(14.0, "dead")
    assert found.bounds.earliest_s is None
    assert "no engine commanded to start was able to start" in found.bounds.reason
    assert math.isnan(found.throttle_at(14.0))


def test_the_spare_comes_as_late_as_r12_lets_it() -> None:
    found = flown_window(14.0)
    assert found.engines.spare == 3, "ring engines 3 and 7 can start and were not lit"
    plan = plan_of(found.engines, found.oracle.plant, relight=True)
    assert (plan.lone.engines, plan.others.engines, plan.late.engines) == (1.0, 1.0, 1.0)
    assert plan.late.on_s == RELIGHT_AFTER_S
    assert found.with_relight.latest_s is not None
    assert found.bounds.latest_s is not None
    assert found.with_relight.latest_s < found.bounds.latest_s


def test_a_flight_that_lit_nothing_has_a_window_all_the_same() -> None:
    never, lit = flown_window(99.0), flown_window(14.0)
    assert never.ignition_s is None
    assert never.engines.lit == (0, 1, 5)
    assert never.bounds.latest_s == pytest.approx(lit.bounds.latest_s, abs=0.05)
    missing = SIGNALS["ignition_margin_late_s"].compute(flight_of(99.0), ALL)
    assert isinstance(missing, Missing)


def test_a_pad_far_aside_is_out_of_reach_and_a_near_one_is_not() -> None:
    flying, record = flown(14.0)
    at = flying.truth_layout.slice("pos_enu_m").start
    for aside_m, empty in ((20.0, False), (5000.0, True)):
        moved = replace(record, truth=record.truth.copy())
        moved.truth[:, at] += aside_m
        found = FlightWindow(Oracle(flying), Flight(moved, CONTEXT))
        assert (found.bounds.earliest_s is None) is empty
        assert ("beyond the divert range" in found.bounds.reason) is empty


def test_the_throttle_needed_grows_toward_the_latest_command() -> None:
    found = flown_window(14.0)
    assert found.bounds.latest_s is not None
    latest_s = found.bounds.latest_s
    needed = [found.throttle_at(latest_s - before_s) for before_s in (4.0, 2.0, 1.0, 0.1)]
    assert needed == sorted(needed)
    assert needed[-1] == pytest.approx(1.05, abs=0.03)


def test_the_optimum_is_less_than_any_descent_of_the_oracle() -> None:
    """Lower bound against an upper one: the convex optimum may light one engine, at once, and hand over never."""
    found = flown_window(16.0)
    held = found.throttle_at(16.0)
    end, _ = found.oracle.traced(found.question._replace(floor=held, ceiling=held), found.at(16.0), 0.0)
    assert 0.75 * end.burnt_kg < found.propellant_optimum_kg < end.burnt_kg


def test_the_summary_tells_all_of_it_and_why_a_number_is_null() -> None:
    flight = flight_of(14.0)
    told = summarise(_assessed(flight), None).ignition
    assert told is not None
    for name in ("window_earliest_s", "window_latest_s", "margin_early_s", "margin_late_s", "divert_reachable_m"):
        assert getattr(told, name) is not None, name
    assert told.with_relight_latest_s is not None
    assert told.propellant_optimum_kg is not None
    assert (told.propellant_used_kg is None) == (flight.touchdown is None)
    dead = summarise(_assessed(flight_of(14.0, "dead")), None).ignition
    assert dead is not None
    assert dead.window_latest_s is None
    assert "no engine commanded to start was able to start" in dead.reason
    json.loads(dead.model_dump_json(), parse_constant=pytest.fail)


def _assessed(flight: Flight):  # type: ignore[no-untyped-def]  # what it returns is imported where it is needed
    from hoverslam.harness.fly.assess import Assessment
    from hoverslam.harness.judge.verdict import explain, judge

    return Assessment(flight, [], [], judge(flight.record, []), explain(flight.record, []))


def test_an_impact_point_is_where_the_plant_falls_without_engines() -> None:
    """Oracle: the whole plant from the same state, engines left off, as it strikes."""
    flying, record = flown(14.0)
    at, falling = flying.truth_layout.slice("pos_enu_m").start, stage("sound")
    put(falling, START_M, START_MPS)
    row = np.zeros(falling.truth_layout.width)
    while falling.outcome is None:
        falling.advance(engines_on(falling, (), 0.0), FRAME_TICKS)
    falling.truth(row)
    window = FlightWindow(Oracle(flying), Flight(record, CONTEXT))
    for frame in (0, 700, 1400):
        assert window.impact_offset_m(frame) == pytest.approx(math.hypot(*row[at : at + 2]), abs=3.0)


def test_an_engine_lost_on_the_way_is_rescued_by_a_spare_or_not_at_all() -> None:
    """Oracle: the figures of a planar prototype: one of three lost 3 s after a command at 3 km is an impact."""
    found = flown_window(14.0)
    assert found.ignition_s is not None
    assert found.rescued(0.3, (5, 0.3)) == "", "a spare at once"
    late = flown_window(round(found.bounds.latest_s - 0.2, 2)) if found.bounds.latest_s else found
    assert late.rescued(NEVER_S) == "", "all three are enough"
    assert "no throttle stops" in late.rescued(NEVER_S, (5, 3.0)), "two are not"
    assert "no throttle stops" in late.rescued(3.6, (5, 3.0)), "nor does a spare come in time so late"


def test_a_dud_is_made_good_by_a_spare_early_enough_and_not_at_the_last_moment() -> None:
    sound = flown_window(12.0)
    assert sound.with_relight.latest_s is not None
    before, after = (round(sound.with_relight.latest_s + offset, 2) for offset in (-0.5, 0.5))
    assert flown_window(before, "unlit").rescued(RELIGHT_AFTER_S) == ""
    assert "no throttle stops" in flown_window(after, "unlit").rescued(RELIGHT_AFTER_S)
    assert "no engine" in flown_window(14.0, "dead").rescued(RELIGHT_AFTER_S)


def test_limits_are_those_of_the_requirements() -> None:
    clauses = {c.signal: c for r in load_requirements("landing").requirement for c in r.clause}
    assert clauses["touchdown_vertical_mps"].limit == STOP_MPS
    assert clauses["touchdown_miss_m"].limit == PAD_M
    assert clauses["second_attempt_after_ignition_s"].limit == RELIGHT_AFTER_S


def test_a_landing_engine_needs_a_charge() -> None:
    flying, record = flown(14.0)
    spent = replace(record, truth=record.truth.copy())
    spent.truth[:, flying.truth_layout.slice("igniter_charges")][:, 5] = 0.0
    assert landing_engines(Flight(spent, CONTEXT), flying, 1400).lit == (0, 1)
