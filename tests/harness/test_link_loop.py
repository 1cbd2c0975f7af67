"""Flights over a link that fails. Oracles: today's loop where nothing fails, and the messages that each rule allows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.link_faults import LinkFault
from hoverslam.harness.loop.plan import lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.record.hashing import flight_hash
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, encode
from hoverslam.plant.layout import command_layout
from tests.harness.fake_plant import SHAPE, FakePlant, plan
from tests.harness.linked import ALL, FRAMES, THROTTLE, Program, between, fly
from tests.harness.test_link_faults import link_fault

NEVER = link_fault("link_drop", at="90 s")


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(0, 40), st.integers(1, 40))
def test_a_link_that_never_fails_is_todays_loop_bit_for_bit(frame_ticks: int, delay: int, frames: int) -> None:
    rates = {"frame_ticks": frame_ticks, "command_delay_ticks": delay, "max_frames": frames, "frames": 10**6}
    today, disturbed = fly(**rates), fly(NEVER, **rates)
    assert [(row.tobytes(), ticks) for row, ticks in today.plant.log] == [
        (row.tobytes(), ticks) for row, ticks in disturbed.plant.log
    ]
    ours, theirs = today.recorder, disturbed.recorder
    assert (ours.sensors, ours.commands.tobytes()) == (theirs.sensors, theirs.commands.tobytes())
    assert ours.truth.tobytes() == theirs.truth.tobytes()
    assert flight_hash(theirs.sensors, theirs.commands, theirs.truth[-1]) == ours.hash()
    assert theirs.answers == [row.tobytes() for row in ours.commands]


def alone(frame: int) -> list[int]:
    return [frame]


def test_late_sensors_are_those_of_then_with_their_time_of_then_and_keep_their_order() -> None:
    flown = fly(between(10, 14, "link_late", by_s=0.03))
    assert flown.sent[:10] == [[k] for k in range(10)]
    assert flown.sent[10:18] == [[], [], [], [10], [11], [12], [13], [14, 15, 16, 17]], "the link keeps the order"
    assert flown.sent[18:] == [[k] for k in range(18, FRAMES)]
    assert flown.program.times_ns == [k * 10**7 for k in flown.program.asked]
    assert (flown.told["sensors_late"], flown.told["sensors_latest_frames"]) == (7, 3)
    assert flown.told["sensors_longest_gap_frames"] == 3


def test_jittered_sensors_all_come_in_their_order_and_no_later_than_allowed() -> None:
    flown = fly(between(0, 50, "link_jitter", most_s=0.04))
    assert flown.program.asked == list(range(FRAMES))
    late = [frame - seq for frame, some in enumerate(flown.sent) for seq in some]
    assert min(late) == 0
    assert 1 < max(late) <= 4


def test_a_dropped_frame_is_not_put_to_the_program() -> None:
    flown = fly(between(10, 19, "link_drop"))
    assert flown.program.asked == [*range(10), *range(20, FRAMES)]
    assert (flown.told["sensors_lost"], flown.told["sensors_longest_gap_frames"]) == (10, 10)


def test_a_repeated_frame_is_put_twice_and_its_second_answer_is_discarded() -> None:
    flown = fly(between(10, 11, "link_duplicate"))
    assert flown.sent[9:13] == [[9], [10, 10], [11, 11], [12]]
    assert (flown.told["sensors_repeated"], flown.told["commands_stale"]) == (2, 2)
    gimbal = command_layout(SHAPE).slice("gimbal_rad").start
    assert flown.recorder.commands[10, gimbal] < flown.recorder.commands[11, gimbal] - 1.5e-3, "asked three times since"


def test_reordered_frames_come_right_after_the_next() -> None:
    flown = fly(between(10, 13, "link_reorder"))
    assert flown.sent[9:15] == [[9], [], [11, 10], [], [13, 12], [14]]
    assert flown.told["commands_stale"] == 2, "the answer to the older one is the older command"


def test_a_frame_with_a_wrong_checksum_is_not_put_to_the_program() -> None:
    flown = fly(between(10, 12, "link_corrupt"))
    assert flown.program.asked == [*range(10), *range(13, FRAMES)]
    assert (flown.told["sensors_refused"], flown.told["sensors_lost"]) == (3, 0)


def test_a_flipped_bit_reaches_the_program_and_only_that() -> None:
    flown, sound = fly(between(10, 10, "link_corrupt", "sensors.radar_range_m", bit=63)), fly()
    at_ten, should_be = (decode(one.recorder.sensors[40], FROM_HARNESS) for one in (flown, sound))
    assert at_ten == should_be, "nothing else, and nothing later; the radar is silent until frame 31"
    assert flown.told["touched"] == [0]
    flown = fly(between(40, 40, "link_corrupt", "sensors.radar_range_m", bit=63))
    seen, sent = (decode(one.recorder.sensors[40], FROM_HARNESS) for one in (flown, sound))
    assert seen.pop("radar_range_m") == -sent.pop("radar_range_m")
    assert seen == sent
    assert (flown.told["touched"], flown.told["sensors_corrupted"]) == ([1], 1)


def test_late_commands_act_those_ticks_later() -> None:
    flown = fly(link_fault("link_late", "commands", by_s=0.003), command_delay_ticks=10)
    assert flown.acted[:13] == [0.0] * 13
    assert flown.acted[13:63] == [k + 1.0 for k in range(5) for _ in range(10)]
    assert flown.recorder.commands[:5, THROTTLE].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_lost_command_is_held_for_two_cycles_and_then_the_safe_law_flies() -> None:
    flown = fly(between(10, 19, "link_drop", "commands"))
    gimbal = command_layout(SHAPE).slice("gimbal_rad").start
    rows = [row for row, ticks in flown.plant.log for _ in range(ticks)]
    held, safe, fresh = rows[100:130], rows[130:210], rows[210]
    assert all(row[gimbal] != 0.0 and row[THROTTLE] == 10.0 for row in held), "the command of frame 9, due at tick 100"
    assert all(row[gimbal] == 0.0 and row[THROTTLE] == 10.0 for row in safe)
    assert fresh[THROTTLE] == 21.0
    told = flown.told
    assert (told["commands_lost"], told["safe_law_first_tick"], told["safe_law_ticks"]) == (10, 130, 80)
    assert (told["commands_longest_gap_first_tick"], told["commands_longest_gap_ticks"]) == (100, 110)
    held_cycles = [
        fly(between(10, last, "link_drop", "commands")).told["commands_held_cycles"] for last in (10, 11, 19)
    ]
    assert held_cycles == [1, 2, 2], "then the safe law flies"
    assert fly(NEVER).told["commands_held_cycles"] == 0


def test_commands_out_of_order_are_as_good_as_lost() -> None:
    flown = fly(between(10, 13, "link_reorder", "commands"))
    assert flown.recorder.commands[8:15, THROTTLE].tolist() == [9.0, 10.0, 10.0, 12.0, 12.0, 14.0, 15.0]
    assert flown.told["commands_stale"] == 2


def test_a_corrupted_command_acts_and_one_that_is_no_number_is_refused() -> None:
    flown = fly(between(10, 10, "link_corrupt", "commands.throttle[0]", bit=63))
    assert flown.recorder.commands[9:12, THROTTLE].tolist() == [10.0, -11.0, 12.0]
    flown = fly(between(0, 0, "link_corrupt", "commands.throttle[0]", bit=62))  # 1.0 becomes infinite
    assert flown.told["commands_refused"] == 1
    assert np.isfinite(flown.recorder.commands).all()


def test_a_missed_deadline_makes_the_answer_late_and_the_program_deaf_meanwhile() -> None:
    flown = fly(link_fault("deadline_missed", at="0.1 s", for_s=0.25, frames=5.0))
    assert flown.program.asked == [*range(11), 15, 20, 25, 30, 35, *range(36, FRAMES)][: len(flown.program.asked)]
    assert flown.recorder.commands[14:16, THROTTLE].tolist() == [10.0, 11.0], "that of frame 10, five frames later"
    assert (flown.told["deadlines_missed"], flown.told["sensors_unheard"]) == (5, 20)


def test_a_restart_loses_the_state_and_asks_nothing_for_its_time() -> None:
    flown = fly(link_fault("computer_restart", at="0.1 s", restart_s=0.25))
    assert flown.program.restarts == [10]
    assert flown.program.asked == [*range(10), *range(35, FRAMES)]
    assert (flown.told["restarts"], flown.told["sensors_unheard"]) == (1, 25)
    assert (flown.told["restart_longest_first_tick"], flown.told["restart_longest_ticks"]) == (100, 250)


def test_of_two_restarts_the_longer_is_told_and_one_in_the_middle_of_another_is_no_second() -> None:
    at = ((5, 0.02), (20, 0.05), (22, 0.05))
    flown = fly(*(between(frame, frame, "computer_restart", restart_s=away_s) for frame, away_s in at))
    assert flown.told["restarts"] == 3
    assert (flown.told["restart_longest_first_tick"], flown.told["restart_longest_ticks"]) == (200, 70)


def test_a_computer_that_is_still_away_when_the_flight_ends_is_told_apart() -> None:
    flown = fly(link_fault("computer_restart", at="0.3 s", restart_s=10.0))
    assert (flown.told["restart_longest_ticks"], flown.told["restart_away_at_end_ticks"]) == (0, 10 * FRAMES - 300)


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: f"{fault.kind}-{fault.direction}{fault.field}")
def test_each_changes_the_flight_and_says_how_many_messages_it_touched(fault: LinkFault) -> None:
    flown = fly(fault)
    assert flown.recorder.truth.tobytes() != fly().recorder.truth.tobytes()
    assert flown.told["touched"][0] > 0


SOME = st.lists(st.sampled_from(ALL), min_size=1, max_size=6, unique=True)


@settings(max_examples=40)
@given(SOME, st.integers(0, 2**32), st.randoms())
def test_a_flight_is_a_pure_function_of_faults_and_seed_whatever_their_order(
    faults: list[LinkFault], seed: int, random: Any
) -> None:
    first, shuffled = fly(*faults, seed=seed), list(faults)
    random.shuffle(shuffled)
    again = fly(*shuffled, seed=seed)
    assert again.recorder.hash() == first.recorder.hash()
    assert again.recorder.truth.tobytes() == first.recorder.truth.tobytes()
    by_fault = dict(zip(faults, first.told["touched"], strict=True))
    assert [by_fault[fault] for fault in shuffled] == again.told["touched"]


def test_another_seed_is_another_flight_only_where_something_is_drawn() -> None:
    drawn, fixed = between(10, 50, "link_drop", share=0.2), between(10, 12, "link_drop")
    assert fly(drawn, seed=1).recorder.hash() != fly(drawn, seed=2).recorder.hash()
    assert fly(fixed, seed=1).recorder.hash() == fly(fixed, seed=2).recorder.hash()


def test_the_hash_covers_answers_that_never_arrived() -> None:
    class Other(Program):
        def exchange(self, data: bytes, deadline_s: float) -> bytes:
            answer = decode(super().exchange(data, deadline_s))
            answer["fin_rad"] = [0.01 * (answer["seq"] == 10)] * SHAPE.fins
            return encode(answer)

    given_plan = plan(link_faults=(between(10, 10, "link_drop", "commands"),))
    hashes = []
    for flown_by in (Other(), Program()):
        recorder = Recorder(SHAPE, given_plan.max_frames, lead_rows(given_plan))
        fly_frames(FakePlant(FRAMES), given_plan, flown_by.exchange, recorder)
        hashes.append(recorder.hash())
    assert hashes[0] != hashes[1]
