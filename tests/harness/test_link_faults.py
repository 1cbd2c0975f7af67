"""When faults of the link wake and what they do to a message. Oracle: the rules of docs/link-faults.md, by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.link_faults import (
    Flipper,
    LinkDraws,
    LinkFault,
    Waker,
    arm,
    effect,
    together,
    wake_ticks,
)
from hoverslam.plant.layout import command_layout, sensor_layout, truth_layout
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import Effect
from hoverslam.scenarios.rates import Rates
from tests.harness.fake_plant import SHAPE

TRUTH = truth_layout(SHAPE)


def link_fault(kind: str, target: Any = "sensors", at: str = "0 s", for_s: float = 0.0, **numbers: float) -> LinkFault:
    """As a scenario of 100 frames and 1000 ticks a second would arm it."""
    where = {} if kind in {"deadline_missed", "computer_restart"} else {"target": target}
    return arm(Fault(kind=kind, at=at, for_s=for_s, numbers=numbers, **where), Rates())


def truths(frames: int, **columns: Any) -> FloatArray:
    rows = np.zeros((frames, TRUTH.width))
    for name, values in columns.items():
        rows[:, TRUTH.slice(name).start] = values
    return rows


def test_times_are_frames_for_sensors_and_ticks_for_commands() -> None:
    assert link_fault("link_late", by_s=0.05).amount == 5
    assert link_fault("link_late", "commands", by_s=0.05).amount == 50
    assert link_fault("computer_restart").amount == 25, "R-29: 250 ms"
    assert link_fault("deadline_missed", frames=4.0).amount == 4
    assert link_fault("link_drop", at="1.5 s", for_s=0.25)[5:7] == (1500, 250)


MOMENTS = [
    (link_fault("link_drop", at="0.105 s"), {}, 110),
    (link_fault("link_drop", at="0.1 s"), {}, 100),
    (link_fault("link_drop", at="altitude_agl_m < 85.5"), {"altitude_agl_m": 100.0 - np.arange(50)}, 150),
    (link_fault("link_drop", at="q_pa > 30"), {"q_pa": np.arange(50)}, 310),
    (link_fault("link_drop", at="landing_ignition + 0.02 s"), {"engine_state": np.arange(50) >= 7}, 90),
    (link_fault("link_drop", at="touchdown"), {"leg_contact": np.arange(50) == 9}, 90),
    (link_fault("link_drop", at="touchdown"), {}, None),
]


@pytest.mark.parametrize(("fault", "columns", "tick"), MOMENTS)
def test_a_fault_wakes_at_the_first_frame_that_has_its_moment(
    fault: LinkFault, columns: dict[str, Any], tick: int | None
) -> None:
    assert wake_ticks([fault], truths(50, **columns), SHAPE, 10) == [tick]


@pytest.mark.parametrize(("for_s", "frames"), [(0.0, 50), (0.001, 1), (0.01, 1), (0.011, 2), (0.2, 20)])
def test_it_acts_on_the_frames_of_its_time_and_on_one_at_least(for_s: float, frames: int) -> None:
    waker = Waker([link_fault("link_drop", for_s=for_s)], SHAPE)
    assert sum(bool(waker.look(10 * k, row)) for k, row in enumerate(truths(50))) == frames


def test_a_restart_happens_once() -> None:
    waker = Waker([link_fault("computer_restart")], SHAPE)
    assert [len(waker.look(10 * k, row)) for k, row in enumerate(truths(3))] == [1, 0, 0]


def effects(fault: LinkFault, seed: int = 1, frames: int = 400) -> list[Effect]:
    draws = LinkDraws(seed)
    return [effect(fault, draws, frame, 0, 0) for frame in range(frames)]


def test_what_each_does_to_a_message() -> None:
    assert set(effects(link_fault("link_late", by_s=0.03))) == {Effect(late=3)}
    assert set(effects(link_fault("link_drop"))) == {Effect(lost=True)}
    assert set(effects(link_fault("link_duplicate"))) == {Effect(doubled=True)}
    assert effects(link_fault("link_reorder"))[:4] == [Effect(held=True), Effect()] * 2
    assert set(effects(link_fault("link_corrupt"))) == {Effect(refused=True)}
    flip = link_fault("link_corrupt", "commands.throttle")
    assert set(effects(flip)) == {Effect(flipped=True)}
    assert together([(flip, Effect(flipped=True)), (flip, Effect(late=1))]).flipped == (flip,)


def test_jitter_is_uniform_from_none_to_the_most() -> None:
    late = [one.late for one in effects(link_fault("link_jitter", most_s=0.03), frames=4000)]
    counts = np.bincount(late)
    assert len(counts) == 4
    assert (np.abs(counts / 1000.0 - 1.0) < 0.15).all(), "1000 each; five deviations of a binomial are 14 %"


@given(st.floats(0.05, 0.95), st.integers(1, 2**40))
def test_a_share_is_that_share(share: float, seed: int) -> None:
    lost = sum(one.lost for one in effects(link_fault("link_drop", share=share), seed))
    assert abs(lost / 400.0 - share) < 6.0 * np.sqrt(share * (1.0 - share) / 400.0)


BOOL = st.booleans()
KINDS = st.sampled_from(
    [link_fault("link_jitter"), link_fault("link_drop", share=0.5), link_fault("link_jitter", "commands")]
)


@given(KINDS, KINDS, st.integers(0, 2**62), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_what_happens_is_a_pure_function_of_seed_and_frame(
    one: LinkFault, other: LinkFault, seed: int, frames: list[int]
) -> None:
    first = {frame: effect(one, LinkDraws(seed), frame, 0, 0) for frame in frames}
    draws = LinkDraws(seed)
    for frame in reversed(frames):  # in another order, with another fault in between
        effect(other, draws, frame, 0, 0)
        assert effect(one, draws, frame, 0, 0) == first[frame]


def test_streams_differ_by_seed_and_direction() -> None:
    jitter, other = link_fault("link_jitter", most_s=0.5), link_fault("link_jitter", "commands", most_s=0.05)
    assert effects(jitter, 1) != effects(jitter, 2)
    assert effects(jitter) != effects(other), "the same amount, drawn apart"


@given(st.lists(st.tuples(BOOL, BOOL, st.integers(0, 9), BOOL, BOOL).map(lambda e: Effect(*e)), max_size=5))
def test_together_they_do_the_same_in_any_order(some: list[Effect]) -> None:
    fault = link_fault("link_drop")
    given_first = [(fault, one) for one in some]
    assert together(given_first) == together(reversed(given_first))
    assert together(given_first).late == sum(one.late for one in some)


@given(st.integers(0, 63), st.floats(allow_nan=False, allow_infinity=False))
def test_a_flipped_bit_is_that_bit_and_back_again(bit: int, value: float) -> None:
    row = np.full(command_layout(SHAPE).width, value)
    fault, flipper = link_fault("link_corrupt", "commands.throttle[1]", bit=float(bit)), Flipper(SHAPE)
    before = int.from_bytes(row[4].tobytes(), "little")
    flipper.flip(fault, row)
    assert int.from_bytes(row[4].tobytes(), "little") == before ^ (1 << bit)
    assert (np.delete(row, 4) == value).all(), "three engine_on, then throttle"
    flipper.flip(fault, row)
    assert (row == value).all()


def test_a_switch_is_turned_round_and_a_field_without_element_is_all_of_it() -> None:
    row = np.zeros(sensor_layout(SHAPE).width)
    Flipper(SHAPE).flip(link_fault("link_corrupt", "sensors.leg_contact"), row)
    assert row.tolist() == [0.0] * (len(row) - 4) + [1.0] * 4
