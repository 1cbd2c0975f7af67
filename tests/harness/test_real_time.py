"""A flight held to the wall clock: when frames are asked for, and what is told of those that were not in time."""

import math
import random
import sys
from typing import Any

import pytest

from hoverslam.harness.fly.replay import recorded_timing
from hoverslam.harness.judge.findings import findings
from hoverslam.harness.loop.real_time import Live, RealTime
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.errors import PeerSilent
from tests.harness.fake_plant import ECHO, PROGRAMS, FakePlant, plan, session
from tests.harness.flights import fly, view
from tests.harness.test_requirements import clause_of

PERIOD_S = 0.01
DEADLINE_S = 1.0


class Wall:
    """A clock that only sleeping, waiting and the plant move, and a program that thinks about each frame for a time."""

    def __init__(self, thinking_s: list[float]) -> None:
        self.now_s, self.free_s, self.posting_s = 1000.0, 0.0, 0.0
        self.thinking_s = iter(thinking_s)
        self.slept_s: list[float] = []
        self.asked_s: list[float] = []
        self.ready: list[tuple[float, bytes]] = []

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds

    def post(self, message: bytes) -> None:
        self.asked_s.append(self.now_s)
        self.free_s = max(self.free_s, self.now_s) + next(self.thinking_s)
        self.ready.append((self.free_s, message))
        self.now_s += self.posting_s

    def answer_within(self, wait_s: float) -> bytes | None:
        if self.ready and self.ready[0][0] <= self.now_s + wait_s:
            at_s, answer = self.ready.pop(0)
            self.now_s = max(self.now_s, at_s)
            return answer
        self.now_s += wait_s
        return None

    def exchange(self, message: bytes, deadline_s: float) -> bytes:
        self.post(message)
        answer = self.answer_within(math.inf)
        assert answer is not None
        return answer


def flown(thinking_s: list[float], plant_s: float = 0.0) -> tuple[Wall, RealTime, list[list[int]]]:
    """A flight of as many frames, with the `seq` of the answers that came in each."""
    wall = Wall(thinking_s)
    live = Live(wall.exchange, wall.post, wall.answer_within)
    timing = RealTime(live, PERIOD_S, clock=lambda: wall.now_s, sleep=wall.sleep)
    came = []
    for frame in range(len(thinking_s)):
        timing.begin(frame)
        timing.asked(frame, frame, timing.exchange(b"%d" % frame, DEADLINE_S))
        found = timing.answers(frame)
        assert [int(answer) for _, answer in found] == [seq for seq, _ in found]
        came.append([seq for seq, _ in found])
        wall.now_s += plant_s
    return wall, timing, came


def told(timing: RealTime) -> dict[str, Any]:
    found = timing.told()
    assert found is not None
    return found


def test_frames_are_sent_when_they_are_due_and_the_clock_starts_with_the_first_answer() -> None:
    wall, timing, came = flown([3.0, *[0.002] * 99])
    assert wall.asked_s[1:] == pytest.approx([1003.0 + PERIOD_S * k for k in range(99)])
    assert came == [[frame] for frame in range(100)]
    kept = told(timing)
    assert (kept["frames"], kept["missed"], kept["late_answers"], kept["kept"]) == (99, 0, 0, True)
    assert kept["answer_p50_s"] == pytest.approx(0.002)
    assert kept["begun_late_most_s"] == pytest.approx(0.0)


def test_nobody_waits_for_a_late_answer_and_it_comes_in_the_frame_in_which_it_is_there() -> None:
    wall, timing, came = flown([0.0, 0.001, 0.035, *[0.001] * 20])
    assert wall.asked_s[1:] == pytest.approx([1000.0 + PERIOD_S * k for k in range(22)]), "the schedule stands"
    assert came[:7] == [[0], [1], [], [], [], [2, 3, 4, 5], [6]]  # asked at 0.010, there at 0.045 s
    kept = told(timing)
    assert (kept["late_answers"], kept["missed"], kept["slow_answers"], kept["kept"]) == (3, 3, 3, True)
    assert kept["behind_most_s"] == pytest.approx(0.025)
    assert kept["behind_most_frame"] == 2


def test_a_program_that_is_always_too_slow_is_told_and_what_it_still_owes_is_taken_at_the_end() -> None:
    wall, timing, came = flown([0.0, *[0.025] * 40])
    assert sum(map(len, came)) == 1 + int(40 * PERIOD_S / 0.025)
    timing.stop()
    kept = told(timing)
    assert (kept["missed"], kept["slow_answers"], kept["late_answers"]) == (40, 40, 40)
    assert wall.ready == []
    assert kept["answer_longest_s"] == pytest.approx(40 * 0.025 - 39 * PERIOD_S)


def test_a_slow_host_begins_frames_late_although_the_program_is_quick() -> None:
    _, timing, came = flown([0.001] * 50, plant_s=0.02)
    kept = told(timing)
    assert (kept["slow_answers"], kept["kept"]) == (0, False)
    assert kept["begun_late_most_s"] == pytest.approx(kept["behind_at_end_s"])
    assert kept["behind_at_end_s"] > 48 * 0.01
    assert came == [[frame] for frame in range(50)], "it has a period for each, whenever it is asked"
    assert kept["late_answers"] == 0


def test_a_program_that_is_silent_beyond_the_deadline_is_lost() -> None:
    with pytest.raises(PeerSilent, match="no answer within"):
        flown([0.0, 0.001, 2.0 * DEADLINE_S, *[0.001] * int(3.0 * DEADLINE_S / PERIOD_S)])


def test_the_offset_of_a_clock_is_within_its_stated_error_and_that_of_the_quickest_answer() -> None:
    """Each stamp is taken at a random moment between sending and answer; the clock is 1.5 s ahead."""
    rng, seen = random.Random(3), list[tuple[float, float]]()
    wall = Wall([0.0, *[0.001 + 0.004 * rng.random() for _ in range(200)]])
    wall.posting_s = 0.0008  # sending takes its time, and the program does not wait for that
    timing = RealTime(
        Live(wall.exchange, wall.post, wall.answer_within), PERIOD_S, clock=lambda: wall.now_s, sleep=wall.sleep,
        date_ns=lambda: round(wall.now_s * 1e9),
    )  # fmt: skip
    for frame in range(201):
        timing.begin(frame)
        timing.asked(frame, frame, timing.exchange(b"%d" % frame, DEADLINE_S))
        asked_s = wall.asked_s[-1]
        assert timing.answers(frame)
        seen.append((asked_s, wall.now_s))
    reports = [
        (frame, {"clock_ns": round((rng.uniform(*seen[frame]) + 1.5) * 1e9)}) for frame in range(201) if frame % 3
    ]
    found = timing.clock_offset([*reports, (5, {"clock_ns": "noon"}), (6, {})])
    quickest_s = min(b - a for frame, (a, b) in enumerate(seen) if frame % 3)
    assert found["clock_offset_error_s"] == pytest.approx(quickest_s / 2, abs=1e-8)
    assert abs(found["clock_offset_s"] - 1.5) <= found["clock_offset_error_s"] + 1e-8
    assert timing.clock_offset([]) == {}


def test_nothing_is_told_where_no_frame_was_held_to_the_clock() -> None:
    assert flown([0.5])[1].told() is None


def test_a_session_holds_a_flight_to_the_wall_clock_only_when_asked() -> None:
    with session(ECHO) as flights:
        free = flights.fly(FakePlant(), plan())
        held = flights.fly(FakePlant(), plan(), realtime=True)
    assert free.pace is None
    assert held.pace is not None
    assert held.pace["frames"] == 119
    assert held.wall_s > 118 * PERIOD_S
    assert held.pace["late_answers"] or held.hash == free.hash, "without a late answer it is the flight in lockstep"


def test_a_flight_with_late_answers_flies_again_bit_for_bit_in_the_frames_in_which_they_came() -> None:
    program = [sys.executable, str(PROGRAMS / "slow_now_and_then.py")]
    with session(program) as flights:
        held = flights.fly(FakePlant(), plan(), realtime=True)
        again = flights.fly(FakePlant(), plan(), timing=recorded_timing(held, plan()))
    assert held.pace is not None
    assert held.pace["late_answers"] >= 3, "it sleeps through frames"
    assert held.link is not None
    assert held.link["commands_held_cycles"] >= 1
    assert (again.hash, again.answers) == (held.hash, held.answers)


def test_a_flight_that_cannot_be_repeated_says_so() -> None:
    [finding] = [one for one in findings(view(paced(late_answers=3))) if one.kind == "not_repeatable"]
    assert finding.text.startswith("3 answers came late in real time")
    assert not [one for one in findings(view(paced(late_answers=0))) if one.kind == "not_repeatable"]


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
