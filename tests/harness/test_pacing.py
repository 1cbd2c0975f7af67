"""A flight held to the wall clock: when frames are asked for, and what is told of those that were not in time."""

import math
from typing import Any

import pytest

from hoverslam.harness.judge.findings import findings
from hoverslam.harness.loop.pacing import Pace
from hoverslam.harness.record.flight_record import FlightRecord
from tests.harness.fake_plant import ECHO, FakePlant, plan, session
from tests.harness.flights import fly, view
from tests.harness.test_requirements import clause_of

PERIOD_S = 0.01


class Wall:
    """A clock that only sleeping and thinking move."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept_s: list[float] = []
        self.asked_s: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds


def flown(thinking_s: list[float], plant_s: float = 0.0) -> tuple[Wall, dict[str, Any] | None]:
    """Flights of as many frames, for each of which the program thinks and then the plant steps for so long."""
    wall, frame = Wall(), 0

    def exchange(message: bytes, deadline_s: float) -> bytes:
        wall.asked_s.append(wall.now_s)
        wall.now_s += thinking_s[frame]
        return message

    pace = Pace(PERIOD_S, clock=lambda: wall.now_s, sleep=wall.sleep)
    paced = pace.held(exchange, lambda: frame)
    for frame in range(len(thinking_s)):
        assert paced(b"%d" % frame, 1.0) == b"%d" % frame
        wall.now_s += plant_s
    return wall, pace.told()


def test_frames_are_asked_for_when_they_are_due_and_the_clock_starts_with_the_first_answer() -> None:
    wall, told = flown([3.0, *[0.002] * 99])
    assert wall.asked_s[1:] == pytest.approx([1003.0 + PERIOD_S * k for k in range(99)])
    assert told is not None
    assert (told["frames"], told["missed"], told["slow_answers"], told["kept"]) == (99, 0, 0, True)
    assert told["answer_p50_s"] == pytest.approx(0.002)
    assert told["behind_at_end_s"] == 0.0


def test_a_program_that_is_always_too_slow_is_told_with_how_late_the_flight_ended() -> None:
    wall, told = flown([0.0, *[0.025] * 100])
    assert told is not None
    assert (told["missed"], told["slow_answers"], told["kept"]) == (100, 100, False)
    assert told["behind_at_end_s"] == pytest.approx(100 * 0.025 - 100 * PERIOD_S)
    assert told["behind_most_frame"] == 100
    assert wall.slept_s == []


def test_one_long_thought_is_caught_up_with_and_each_frame_that_it_delayed_is_counted() -> None:
    wall, told = flown([0.0, 0.001, 0.055, *[0.001] * 50])
    assert told is not None
    # asked at 0.010 s, answered at 0.065: 45 ms late; then 1 ms for each of the frames due at 0.020 to 0.060
    assert told["behind_most_s"] == pytest.approx(0.045)
    assert (told["behind_most_frame"], told["slow_answers"], told["kept"]) == (2, 1, True)
    assert told["missed"] == 1 + sum(0.065 + 0.001 * k > 0.020 + PERIOD_S * k for k in range(1, 10))
    assert wall.now_s == pytest.approx(1000.0 + PERIOD_S * 51 + 0.001)


def test_a_slow_host_misses_frames_although_the_program_is_quick() -> None:
    _, told = flown([0.001] * 50, plant_s=0.02)
    assert told is not None
    assert (told["slow_answers"], told["kept"]) == (0, False)
    assert told["missed"] >= 48


def test_nothing_is_told_where_no_frame_was_held_back() -> None:
    assert flown([0.5])[1] is None


def test_a_session_holds_a_flight_to_the_wall_clock_only_when_asked() -> None:
    with session(ECHO) as flights:
        free = flights.fly(FakePlant(), plan())
        held = flights.fly(FakePlant(), plan(), realtime=True)
    assert free.pace is None
    assert held.pace is not None
    assert held.pace["frames"] == 119
    assert held.wall_s > 118 * PERIOD_S
    assert held.hash == free.hash, "the clock decides nothing"


def paced(**told: Any) -> FlightRecord:
    record = fly()
    kept = {"frames": 1000, "missed": 0, "slow_answers": 0, "behind_most_s": 0.0, "behind_most_frame": 0}
    record.pace = {**kept, "behind_at_end_s": 0.0, "kept": True, **told}
    return record


def test_a_flight_that_was_not_in_real_time_is_a_finding_and_breaks_the_requirement_on_timing() -> None:
    late = paced(
        missed=900, slow_answers=880, behind_most_s=16.1, behind_most_frame=999, behind_at_end_s=16.1, kept=False
    )
    [finding] = [one for one in findings(view(late)) if one.kind == "realtime_missed"]
    assert "not kept: the flight ended 16.10 s late" in finding.text
    assert (finding.count, finding.value, finding.unit) == (900, 16.1, "s")
    clause = clause_of(late, "R-30", "missed deadlines")
    assert (clause.status, clause.value) == ("advisory", 0.9)
    assert clause.time_s == pytest.approx(9.99)


def test_one_late_frame_of_ten_thousand_is_allowed_and_two_are_not() -> None:
    for missed, status in ((1, "pass"), (2, "advisory")):
        assert clause_of(paced(frames=10_000, missed=missed), "R-30", "missed deadlines").status == status


def test_a_flight_in_lockstep_says_nothing_about_the_wall_clock() -> None:
    clause = clause_of(fly(), "R-30", "missed deadlines")
    assert (clause.status, clause.value) == ("not_evaluated", None)
    assert "--realtime" in clause.reason
    assert not math.isnan(fly().wall_s)
