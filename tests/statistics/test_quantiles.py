"""Quantiles with intervals. Oracles: published ranks, simulation of known distributions, numpy's estimator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.statistics.quantiles import flights_needed, quantile, ranks
from tests.statistics.coverage import enough

# Conover, Practical Nonparametric Statistics (3rd ed., 1999), section 3.2 and table A3: the median of 20 lies between
# the 6th and the 15th smallest at 95 % (95.86 %); of 10, between the 2nd and the 9th (97.85 %)
RANKS_OF_THE_MEDIAN = [(20, (6, 15)), (10, (2, 9)), (6, (1, 6)), (5, (None, None))]


@pytest.mark.parametrize(("flights", "expected"), RANKS_OF_THE_MEDIAN)
def test_ranks_about_the_median_are_the_published_ones(flights: int, expected: tuple[int | None, int | None]) -> None:
    assert ranks(flights, 0.5, 0.95) == expected


@pytest.mark.parametrize(("probability", "flights"), [(0.95, 59), (0.99, 299), (0.9, 29)])
def test_an_upper_bound_takes_as_many_flights_as_wilks_says(probability: float, flights: int) -> None:
    """Wilks 1941: 59 for 95/95, 299 for 99/95; with one fewer there is no bound, with as many it is the largest."""
    assert flights_needed(probability, 0.95, "high") == flights
    assert ranks(flights, probability, 0.95, "high") == (None, flights)
    assert quantile(np.arange(flights - 1.0), probability, 0.95, "high").high is None


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("flights", [60, 500])
def test_the_true_quantile_is_held_as_often_as_stated(probability: float, flights: int) -> None:
    """3,000 samples of a lognormal, whose quantiles are known; distribution-free, so any will do."""
    from scipy.stats import lognorm

    rng = np.random.default_rng(5)
    samples = np.sort(rng.lognormal(size=(3000, flights)), axis=1)
    true = float(lognorm.ppf(probability, 1.0))
    low, high = ranks(flights, probability, 0.9)
    above_low = samples[:, low - 1] <= true if low else np.ones(3000, dtype=bool)
    below_high = samples[:, high - 1] >= true if high else np.ones(3000, dtype=bool)
    assert enough(int(above_low.sum()), 3000, 0.95)
    assert enough(int(below_high.sum()), 3000, 0.95)
    assert enough(int((above_low & below_high).sum()), 3000, 0.9)


@given(
    st.lists(st.floats(-1e3, 1e3, allow_subnormal=False), min_size=1, max_size=80),
    st.floats(0.02, 0.98),
)
def test_the_value_is_numpys_and_lies_between_its_bounds(values: list[float], probability: float) -> None:
    found = quantile(np.array(values), probability)
    assert found.value is not None
    assert found.value == pytest.approx(
        float(np.quantile(values, probability, method="median_unbiased")), rel=1e-9, abs=1e-9
    )
    assert found.low is None or found.low <= found.value + 1e-9
    assert found.high is None or found.high >= found.value - 1e-9


def test_flights_that_never_came_down_count_as_the_worst() -> None:
    miss = np.array([1.0, 2.0, 3.0, np.inf, np.inf])
    assert quantile(miss, 0.5).value == 3.0
    assert quantile(miss, 0.99).value is None


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 values are NaN"):
        quantile(np.array([1.0, np.nan]), 0.5)
