"""The vote of several flight programs. Oracles: numpy's median, a Counter, and rules of docs/strings.md by hand."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.panel import StringPanel
from hoverslam.harness.loop.string_faults import StringsPlan
from hoverslam.harness.loop.voter import Voter, majority, mid_value
from hoverslam.harness.wire.contract import ACTUATORS, FLAG
from hoverslam.plant.layout import command_layout
from hoverslam.scenarios.strings import Strings, Tolerance
from tests.harness.fake_plant import SHAPE

AT = command_layout(SHAPE).slice
WIDTH = command_layout(SHAPE).width
METHODS = Strings().voter.model_dump()
TOLERANCES = Strings().tolerance.model_dump()
LIMIT = TOLERANCES["throttle"]
FINITE = st.floats(-1e6, 1e6)


def row(**fields: float) -> FloatArray:
    found = np.zeros(WIDTH)
    for name, value in fields.items():
        found[AT(name)] = value
    return found


@given(st.lists(FINITE, min_size=1, max_size=8))
def test_the_mid_value_is_the_median(values: list[float]) -> None:
    assert mid_value(values) == pytest.approx(np.median(values), rel=1e-15, abs=1e-300)
    if len(values) % 2:
        assert mid_value(values) == sorted(values)[len(values) // 2]


@given(FINITE, st.lists(FINITE, max_size=3))
def test_a_value_that_more_than_half_give_is_the_mid_value_bit_for_bit(value: float, others: list[float]) -> None:
    assert mid_value([value] * (len(others) + 1) + others).hex() == (value + 0.0).hex() or value == 0.0


def test_two_huge_values_have_a_finite_mean() -> None:
    assert mid_value([1.7e308, 1.7e308 * 0.5]) == pytest.approx(1.275e308)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=8))
def test_the_majority_is_the_most_frequent_and_of_equals_the_lowest_numbered(values: list[float]) -> None:
    counts = Counter(values)
    best = [value for value in values if counts[value] == max(counts.values())]
    assert majority(values) == best[0]


@settings(max_examples=30)
@given(st.lists(st.lists(FINITE, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=8))
def test_a_vote_is_taken_element_by_element(values: list[list[float]]) -> None:
    rows = np.array(values)
    voted = Voter(METHODS, TOLERANCES, SHAPE).vote(list(rows))
    for field in ACTUATORS:
        here = rows[:, AT(field.name)]
        if field.form == FLAG:
            expected = [Counter(column.tolist()).most_common(1)[0][0] for column in here.T]
        else:
            expected = np.median(here, axis=0).tolist()
        assert voted[AT(field.name)] == pytest.approx(expected, rel=1e-15, abs=1e-300)


def test_every_number_has_a_tolerance_and_a_voter() -> None:
    numbers = {field.name for field in ACTUATORS if field.form != FLAG}
    assert set(Tolerance.model_fields) == set(METHODS) == numbers
    assert set(METHODS.values()) == {"mid_value"}


def panel(count: int = 3, cut_after: int = 3) -> StringPanel:
    return StringPanel(StringsPlan(count, cut_after, METHODS, TOLERANCES), count, SHAPE, 0.01)


SOUND, WRONG, NEAR = row(throttle=0.7), row(throttle=0.7 + 3 * LIMIT), row(throttle=0.7 + 0.9 * LIMIT)


def voted(given_panel: StringPanel, *frames: Sequence[FloatArray | None]) -> list[list[int]]:
    """Who is cut in each frame; None is a string that is not heard."""
    rows = [{i: one for i, one in enumerate(rows) if one is not None and i in given_panel.left} for rows in frames]
    return [given_panel.vote(frame, one) for frame, one in enumerate(rows)]


@pytest.mark.parametrize(
    ("third", "cuts"),
    [
        ([None, None, None, None], [[], [], [2], []]),
        ([WRONG, WRONG, WRONG, WRONG], [[], [], [2], []]),
        ([WRONG, None, WRONG, SOUND], [[], [], [2], []]),
        ([None, None, SOUND, None], [[], [], [], []]),
        ([WRONG, WRONG, SOUND, WRONG], [[], [], [], []]),
        ([NEAR, NEAR, NEAR, NEAR], [[], [], [], []]),
        ([row(throttle=0.7, leg_deploy=1.0)] * 4, [[], [], [2], []]),
    ],
    ids=["missing", "outvoted", "either", "back in time", "agrees again", "within tolerance", "a switch"],
)
def test_a_string_is_cut_that_missed_or_was_outvoted_so_often_in_a_row(
    third: list[FloatArray | None], cuts: list[list[int]]
) -> None:
    there = panel()
    assert voted(there, *([SOUND, SOUND, one] for one in third)) == cuts
    assert there.left == ([0, 1] if [2] in cuts else [0, 1, 2])
    assert there.row.tobytes() == SOUND.tobytes()


def test_where_no_majority_agrees_nobody_is_cut_and_that_is_counted() -> None:
    two, four = panel(2), panel(4)
    assert voted(two, *([[SOUND, WRONG]] * 5)) == [[]] * 5
    assert voted(four, *([[SOUND, SOUND, WRONG, WRONG]] * 5)) == [[]] * 5
    for one, count in ((two, 2), (four, 4)):
        told = one.told([("", "", "")] * count, [])
        assert (told.undecided_frames, [each.disagreed_frames for each in told.each]) == (5, [5] * count)
    assert two.row[AT("throttle")] == pytest.approx([0.7 + 1.5 * LIMIT] * SHAPE.engines)


def test_without_any_answer_the_last_command_is_held() -> None:
    there = panel()
    voted(there, [SOUND, SOUND, SOUND], [None, None, None], [SOUND, SOUND, None])
    assert there.row.tobytes() == SOUND.tobytes()
    told = there.told([("", "", "")] * 3, [])
    assert (told.held_frames, [each.missed_frames for each in told.each]) == (1, [1, 1, 2])


def test_the_cost_is_what_the_vote_of_the_others_would_have_been_from_the_first_disagreement_on() -> None:
    low, mid, high, far = (row(throttle=value) for value in (0.62, 0.64, 0.68, 0.90))
    there = panel(4, cut_after=2)
    # medians of four: (0.64 + 0.68) / 2; of the other three: 0.64; before the first disagreement nothing counts
    assert voted(there, [low, mid, high, high], [low, mid, high, far], [low, mid, high, far]) == [[], [], [3]]
    told = there.told([("", "", "")] * 4, [])
    last = told.each[3]
    assert last.cost == {"throttle": pytest.approx(0.02)}
    assert (last.cost_frames, last.first_disagreement_s) == (2, 0.01)
    assert last.largest_deviation["throttle"] == pytest.approx(0.90 - 0.66)
    assert last.cut is not None
    assert (last.cut.frame, last.cut.time_s, last.cut.why) == (2, 0.02, "was outvoted in 2 frames in a row")
    assert told.cuts == [(3, last.cut)]
