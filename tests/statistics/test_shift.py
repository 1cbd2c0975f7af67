"""Hodges and Lehmann's shift. Oracles: Hollander and Wolfe's examples, all pairs listed, simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.statistics.shift import paired_p, paired_shift, unpaired_p, unpaired_shift
from tests.statistics.coverage import enough

# Hollander and Wolfe, example 3.1: Hamilton's depression factor of nine patients, before and after a tranquiliser
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
# example 4.1: permeability of the membrane at term, and at 12 to 26 weeks
TERM = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
EARLY = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
CLOSE = 1e-6
numbers = st.lists(st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 3)), min_size=1, max_size=30)


def test_hollander_and_wolfes_paired_example() -> None:
    found = paired_shift(AFTER - BEFORE, 0.96)
    assert (found.value, found.low, found.high) == pytest.approx((-0.46, -0.786, -0.010), abs=CLOSE)
    assert paired_p(AFTER - BEFORE, 0.0, "less") == pytest.approx(0.0195, abs=5e-5)


def test_hollander_and_wolfes_unpaired_example() -> None:
    assert unpaired_shift(EARLY, TERM).value == pytest.approx(0.305, abs=CLOSE)
    assert unpaired_p(EARLY, TERM, 0.0, "greater") == pytest.approx(0.1272, abs=5e-5)


@given(numbers)
def test_the_estimate_is_the_median_of_all_averages(values: list[float]) -> None:
    x = np.array(values)
    averages = [0.5 * (x[i] + x[j]) for i in range(len(x)) for j in range(i, len(x))]
    assert paired_shift(x).value == pytest.approx(float(np.median(averages)), abs=CLOSE)


@given(numbers, numbers)
def test_the_estimate_is_the_median_of_all_differences(a: list[float], b: list[float]) -> None:
    assert unpaired_shift(np.array(a), np.array(b)).value == pytest.approx(
        float(np.median(np.subtract.outer(b, a))), abs=CLOSE
    )


@given(numbers, st.floats(-10, 10))
def test_moving_every_difference_moves_the_interval(values: list[float], by: float) -> None:
    before, after = paired_shift(np.array(values)), paired_shift(np.array(values) + by)
    for one, other in zip(before[:3], after[:3], strict=True):
        assert (one is None) == (other is None)
        assert one is None or other == pytest.approx(one + by, abs=CLOSE)


@pytest.mark.parametrize("flights", [12, 100])
def test_paired_intervals_hold_the_shift_as_often_as_stated(flights: int) -> None:
    """1,500 samples of Student's t with two degrees, tails heavy enough to have no variance, moved by 3."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(1500):
        found = paired_shift(3.0 + rng.standard_t(2, flights), 0.9)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 3.0 <= found.high
    assert enough(held, 1500, 0.9)


def test_unpaired_intervals_hold_the_shift_as_often_as_stated() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(1000):
        found = unpaired_shift(rng.exponential(size=40), 3.0 + rng.exponential(size=60), 0.9)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 3.0 <= found.high
    assert enough(held, 1000, 0.9)


def test_flights_without_any_difference_show_that_there_is_none() -> None:
    assert paired_shift(np.zeros(40))[:3] == (0.0, 0.0, 0.0)
    assert paired_p(np.zeros(40), 0.0, "greater") == 1.0
    assert paired_p(np.zeros(40), 1.0, "less") < 1e-6


def test_no_flights_say_nothing() -> None:
    none = np.array([])
    assert paired_shift(none).value is None
    assert unpaired_shift(none, np.ones(3)).value is None
    assert paired_p(none, 0.0, "less") == 1.0
    assert unpaired_p(none, np.ones(3), 0.0, "less") == 1.0
