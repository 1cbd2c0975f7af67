"""Exact bounds of a share. Oracles: published tables, the binomial distribution summed, closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hoverslam.harness.statistics.proportion import Side, proportion

PRINTED = 5e-5  # tables print four decimals
# Newcombe, Statistics in Medicine 17 (1998) 857, table I: exact (Clopper-Pearson), 95 %
NEWCOMBE = [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), NEWCOMBE)
def test_bounds_are_those_of_the_published_table(successes: int, trials: int, low: float, high: float) -> None:
    found = proportion(successes, trials)
    assert found.low == pytest.approx(low, abs=PRINTED)
    assert found.high == pytest.approx(high, abs=PRINTED)


@pytest.mark.parametrize("side", ["both", "low", "high"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.97, 0.997])
@pytest.mark.parametrize("trials", [10, 60, 400])
def test_the_true_share_is_held_at_least_as_often_as_stated(side: Side, share: float, trials: int) -> None:
    """Exact: every possible count, weighed by its probability, so there is no sampling error to tolerate."""
    counts = np.arange(trials + 1)
    likely = binom.pmf(counts, trials, share)
    worth = counts[likely > 1e-9]
    bounds = [proportion(int(count), trials, 0.95, side) for count in worth]
    held = sum(likely[count] for count, b in zip(worth, bounds, strict=True) if b.low <= share <= b.high)
    assert held >= 0.95 - 1e-6


def test_three_failures_in_a_thousand_show_99_2_percent() -> None:
    """The campaign's goal as the requirements state it: one-sided, 95 %."""
    assert round(100.0 * proportion(997, 1000, 0.95, "low").low, 1) == 99.2


def test_without_trials_anything_is_possible() -> None:
    assert proportion(0, 0) == (0, 0, None, 0.0, 1.0, 0.95)


def test_without_failures_the_bound_is_the_root_of_the_doubt() -> None:
    assert proportion(50, 50, 0.9, "low").low == pytest.approx(0.1 ** (1 / 50))
    assert proportion(0, 50, 0.9, "high").high == pytest.approx(1.0 - 0.1 ** (1 / 50))


@pytest.mark.parametrize(
    ("at_least", "failures", "flights"), [(0.99, 0, 299), (0.9, 0, 29), (0.95, 0, 59), (0.95, 1, 93), (0.99, 1, 473)]
)
def test_flights_to_fly_are_those_of_the_success_run_tables(at_least: float, failures: int, flights: int) -> None:
    """59, 93, 299 and 473 at 95 %: the usual tables of reliability demonstration (and Wilks 1941)."""
    shown, one_less = (proportion(n - failures, n, 0.95, "low").low for n in (flights, flights - 1))
    assert one_less < at_least <= shown


@given(st.integers(1, 300), st.data())
def test_bounds_enclose_the_share_and_mirror_when_success_and_failure_change_places(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    found, mirrored = proportion(successes, trials), proportion(trials - successes, trials)
    assert found.share is not None
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0
    assert (mirrored.low, mirrored.high) == pytest.approx((1.0 - found.high, 1.0 - found.low))


@pytest.mark.parametrize(("successes", "trials", "confidence"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 95.0)])
def test_what_makes_no_sense_is_refused(successes: int, trials: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"must lie between"):
        proportion(successes, trials, confidence)
