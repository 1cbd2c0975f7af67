"""The vehicle's end of the command link. Oracle: a slow twin that asks, at each tick, what the rules say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.receiver import HOLD_CYCLES, Receiver, safe_law
from hoverslam.plant.layout import command_layout
from tests.harness.fake_plant import SHAPE

AT = command_layout(SHAPE).slice


def command(number: float) -> FloatArray:
    return np.full(command_layout(SHAPE).width, number)


def test_engines_and_legs_hold_and_what_steers_rests() -> None:
    row = safe_law(SHAPE, command(1.0))
    assert all((row[AT(name)] == 1.0).all() for name in ("engine_on", "throttle", "leg_deploy"))
    assert not any(row[AT(name)].any() for name in ("gimbal_rad", "fin_rad", "rcs_open"))


Arrival = tuple[int, int]


def slow_twin(arrivals: list[Arrival], cycle: int, ticks: int) -> list[FloatArray]:
    """The row in force at every tick: the newest that has come, by seq; the safe law three cycles after it came."""
    rows, row, newest, came = [], command(0.0), -1, 0
    for tick in range(ticks):
        for due, seq in arrivals:
            if due == tick and seq > newest:
                row, newest, came = command(seq + 1.0), seq, tick
        old = newest >= 0 and tick - came >= 3 * cycle
        rows.append(safe_law(SHAPE, row) if old else row)
    return rows


SCHEDULES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=12).map(sorted)


@given(SCHEDULES, st.integers(1, 6), st.integers(0, 9))
def test_every_tick_has_the_row_that_the_rules_say(arrivals: list[Arrival], cycle: int, delay: int) -> None:
    receiver, acted, frames = Receiver(SHAPE, cycle, delay), list[FloatArray](), 60 // cycle
    left = [(due + delay, (seq, command(seq + 1.0))) for due, seq in arrivals]
    for frame in range(frames):
        until = (frame + 1) * cycle + delay
        receiver.settle([one for one in left if one[0] < until], until)
        left = [one for one in left if one[0] >= until]
        pieces = receiver.pieces(frame * cycle, (frame + 1) * cycle)
        assert sum(ticks for _, ticks in pieces) == cycle
        assert all(ticks > 0 for _, ticks in pieces)
        acted += [row for row, ticks in pieces for _ in range(ticks)]
    expected = slow_twin([(due + delay, seq) for due, seq in arrivals], cycle, frames * cycle)
    np.testing.assert_array_equal(acted, expected)


def test_the_last_command_is_held_for_two_cycles_beyond_its_own_and_then_the_safe_law_flies() -> None:
    receiver = Receiver(SHAPE, 10, 10)
    receiver.settle([(10, (0, command(1.0)))], 200)
    before, at = receiver.pieces(0, 10 + (1 + HOLD_CYCLES) * 10), receiver.pieces(40, 50)
    assert [row[0] for row, _ in before] == [0.0, 1.0]
    assert before[1][1] == 30
    assert not at[0][0][AT("gimbal_rad")].any()
    receiver.settle([(200, (19, command(2.0)))], 210)
    receiver.conclude(210)
    assert (receiver.safe_first_tick, receiver.safe_ticks, receiver.longest_gap_ticks) == (40, 160, 190)


def test_before_the_first_command_everything_is_off_however_long_it_takes() -> None:
    receiver = Receiver(SHAPE, 10, 10)
    receiver.settle([], 1000)
    assert not any(row.any() for row, _ in receiver.pieces(0, 1000))
    assert receiver.safe_first_tick is None


def test_copies_and_latecomers_are_discarded_and_counted() -> None:
    receiver = Receiver(SHAPE, 10, 0)
    receiver.settle([(0, (1, command(1.0))), (0, (1, command(2.0))), (5, (0, command(3.0)))], 10)
    assert receiver.row[0] == 1.0
    assert receiver.stale == 2
