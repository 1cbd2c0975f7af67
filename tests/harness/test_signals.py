"""What is read off a flight: phases, events and touchdown, against formulas and against the live phase."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.trace.flight import ignition
from hoverslam.harness.trace.phase import PhaseTracker
from tests.harness.flights import CONTEXT, SHAPE, Plan, commands_of, fly, phases, truth_of, view

RANGE = (CONTEXT.throttle_min, CONTEXT.throttle_max)


def test_phases_change_where_the_flight_does() -> None:
    flight = view()
    names = phases(flight)
    assert names[499:501] == ["glide", "ignition"]
    assert names[669:671] == ["ignition", "burn"]
    assert names[2000:2002] == ["burn", "ground"]
    assert (names[0], names[-1]) == ("glide", "ground")


def shown_live(record: FlightRecord) -> list[str]:
    """What the tracker says at each frame, shown one at a time."""
    live = PhaseTracker(SHAPE, RANGE)
    frames = [slice(frame, frame + 1) for frame in range(record.frames)]
    return [live.update(record.commands[frame], record.truth[frame]) for frame in frames]


@pytest.mark.parametrize(
    "plan",
    [
        Plan(), Plan(engines=()), Plan(dead_time_s=30.0), Plan(cutoff_s=19.0), Plan(outcome="impact", cutoff_s=30.0),
        Plan(throttle=0.3), Plan(throttle=1.2),
    ],
)  # fmt: skip
def test_phases_agree_with_what_was_shown_live(plan: Plan) -> None:
    record = fly(plan)
    assert phases(view(record))[:-1] == shown_live(record)


def test_phases_agree_when_a_stage_bounces_with_its_engine_on() -> None:
    record = fly(Plan(cutoff_s=21.5))
    truth_of(record)["leg_contact"][2050:2080] = 0.0
    assert shown_live(record)[2060] == "ground"
    assert phases(view(record))[:-1] == shown_live(record)


def told(record: FlightRecord) -> str:
    """The phase at the last frame, by the words of docs/conventions.md, engine by engine and frame by frame."""
    on, level = commands_of(record)["engine_on"] > 0.5, truth_of(record)["engine_level"]
    throttle, state = commands_of(record)["throttle"], truth_of(record)["engine_state"]
    contact = truth_of(record)["leg_contact"]
    phase, followed = "glide", set[int]()
    for frame in range(record.frames):
        lit = [engine for engine in range(SHAPE.engines) if on[frame, engine]]
        followed |= {e for e in lit if level[frame, e] >= 0.9 * min(max(throttle[frame, e], RANGE[0]), RANGE[1])}
        asked = [engine for engine in lit if state[frame, engine] != 5.0]
        phase = "ignition" if phase == "glide" and lit else phase
        phase = "burn" if phase == "ignition" and asked and followed.issuperset(asked) else phase
        if contact[frame].any():
            return "ground"
    return "ground" if phase != "glide" and not on[-1].any() else phase


numbers = st.sampled_from


@given(
    stretches=st.lists(
        st.tuples(
            st.integers(1, 4), st.sets(st.integers(0, 2)), numbers([0.0, 0.3, 0.71, 0.9, 0.96]),
            numbers([0.2, 0.5, 0.8, 1.3]), numbers([0.0, 0.0, 5.0]), numbers([0.0, 0.0, 0.0, 1.0]),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_a_live_frame_is_what_a_record_says_that_ends_with_it(stretches: list[Any]) -> None:
    frames = sum(stretch[0] for stretch in stretches)
    record = fly(Plan(engines=(), end_s=0.01 * frames, outcome="max_time"))
    commands, truth, begin = commands_of(record), truth_of(record), 0
    for count, lit, level, throttle, state, contact in stretches:
        rows, begin = slice(begin, begin + count), begin + count
        for engine in lit:
            commands["engine_on"][rows, engine], commands["throttle"][rows, engine] = 1.0, throttle
            truth["engine_level"][rows, engine], truth["engine_state"][rows, 0] = level, state
        truth["leg_contact"][rows] = contact
    for frame, shown in enumerate(shown_live(record)):
        until = replace(
            record, frames=frame + 1, commands=record.commands[: frame + 1], truth=record.truth[: frame + 2]
        )
        assert shown == view(until).phase_at(frame) == told(until), frame


def test_a_failed_engine_does_not_hold_up_the_burn() -> None:
    record = fly()
    truth_of(record)["engine_level"][550:, 5] = 0.0
    truth_of(record)["engine_state"][550:, 5] = 5.0
    assert view(record).phase_at(700) == "burn"


def test_touchdown_is_carried_on_from_the_last_free_frame_to_the_ground() -> None:
    """Legs that stop the stage within a frame must not flatter the touchdown speed."""
    plan = Plan(touchdown_s=20.0085, touchdown_mps=3.0, horizontal_mps=0.8)
    record = fly(plan)
    truth_of(record)["vel_enu_mps"][2001:] = 0.0
    touchdown = view(record).touchdown
    assert touchdown is not None
    carried = 1e-3  # by a straight line over 8.5 ms at 21 m/s2
    assert touchdown.time_s == pytest.approx(plan.touchdown_s, abs=carried)
    assert touchdown.vertical_mps == pytest.approx(3.0, abs=2e-2)
    assert touchdown.horizontal_mps == pytest.approx(0.8, abs=carried)
    assert touchdown.east_m == pytest.approx(plan.east_m, abs=carried)


@pytest.mark.parametrize(
    ("azimuth_deg", "downrange_m", "crossrange_m"),
    [(90.0, 3.0, 4.0), (0.0, -4.0, 3.0), (180.0, 4.0, -3.0), (270.0, -3.0, -4.0)],
)
def test_miss_is_split_along_the_direction_of_flight(
    azimuth_deg: float, downrange_m: float, crossrange_m: float
) -> None:
    """3 m east and 4 m south of the centre, flown in from all sides; cross-range is to the right."""
    touchdown = view(None, azimuth_rad=math.radians(azimuth_deg)).touchdown
    assert touchdown is not None
    assert touchdown.downrange_m == pytest.approx(downrange_m, abs=2e-3)
    assert touchdown.crossrange_m == pytest.approx(crossrange_m, abs=2e-3)
    assert touchdown.miss_m == pytest.approx(5.0, abs=2e-3)


def test_the_summary_of_the_touchdown_has_the_promised_keys() -> None:
    touchdown = view().touchdown
    assert touchdown is not None
    promised = "miss_m downrange_m crossrange_m vertical_mps horizontal_mps tilt_deg rate_dps propellant_kg time_s"
    assert set(touchdown.as_json()) == set(promised.split())


def test_no_contact_is_no_touchdown() -> None:
    assert view(Plan(end_s=15.0, outcome="max_time")).touchdown is None


def test_ignition_is_the_first_start_command() -> None:
    found = ignition(view())
    assert found is not None
    assert found["time_s"] == pytest.approx(5.0)
    assert found["altitude_agl_m"] == pytest.approx(float(truth_of(fly())["altitude_agl_m"][500]))
    assert ignition(view(Plan(engines=()))) is None


def test_cut_off_is_the_last_and_not_a_pause() -> None:
    record = fly()
    commands_of(record)["engine_on"][1800:1810] = 0.0
    assert view(record).cutoff_frame == 2005


def test_an_engine_left_on_has_no_cut_off() -> None:
    assert view(Plan(cutoff_s=30.0)).cutoff_frame is None
