"""Rank tests by normal theory and by permutation. Oracles: scipy's tests, exact enumeration."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from hoverslam.harness.statistics.rank_tests import DRAWS, Shuffles, ranks, share_of_failures, together, two_groups

OF_DRAWS = 5.0 / np.sqrt(DRAWS)  # five standard errors of a p-value near one half


def test_large_groups_are_judged_as_mann_and_whitney_do() -> None:
    rng = np.random.default_rng(0)
    x, inside = rng.normal(size=300), np.arange(300) < 40
    x[inside] += 0.4
    found = two_groups(x, inside, Shuffles())
    expected = stats.mannwhitneyu(x[inside], x[~inside], method="asymptotic", use_continuity=False)
    assert found.p == pytest.approx(float(expected.pvalue), rel=1e-9)
    assert found.effect == pytest.approx(2.0 * float(expected.statistic) / (40 * 260) - 1.0)


@pytest.mark.parametrize("outside", [False, True])
def test_a_few_are_judged_by_permutations_of_all_ways_to_choose_them(outside: bool) -> None:
    rng = np.random.default_rng(1)
    x = np.round(rng.normal(size=12), 1)
    inside = np.isin(np.arange(12), [0, 3, 5])
    found = two_groups(x, ~inside if outside else inside, Shuffles())
    score = ranks(x)
    every = np.array([score[list(chosen)].sum() for chosen in combinations(range(12), 3)])
    exact = float((np.abs(every) >= abs(score[inside].sum()) - 1e-9).mean())
    assert found.p == pytest.approx(exact, abs=OF_DRAWS)


def test_numbers_that_rise_together_are_judged_as_spearman_does() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    y = 0.3 * x + rng.normal(size=200)
    expected = stats.spearmanr(x, y)
    found = together(x, y, Shuffles())
    assert found == pytest.approx((float(expected.statistic), float(expected.pvalue)), rel=1e-6)
    assert together(x[:15], y[:15], Shuffles()).p == pytest.approx(
        float(stats.spearmanr(x[:15], y[:15]).pvalue), abs=0.05
    )


def test_a_fault_that_few_flights_have_is_no_proof_by_itself() -> None:
    """One flight of 500 has the fault and fails, as do 30 others: a normal says 4 sigma, the truth is 31 in 500."""
    fault = np.zeros(500)
    fault[7] = 1.0
    found = two_groups(fault, np.arange(500) < 31, Shuffles(3))
    assert found.p == pytest.approx(31 / 500, abs=0.013)
    assert together(fault, np.arange(500.0), Shuffles(3)).p == pytest.approx(14 / 500 + 0.002, abs=0.01)


def test_failures_in_a_group_are_judged_as_fisher_does() -> None:
    inside, failed = np.arange(100) < 20, np.isin(np.arange(100), [1, 2, 3, 50, 60])
    found = share_of_failures(inside, failed)
    assert found.p == pytest.approx(float(stats.fisher_exact([[3, 17], [2, 78]]).pvalue))
    assert found.effect == pytest.approx(3 / 20 - 2 / 80)


def test_nothing_to_tell_apart_says_nothing() -> None:
    none = np.zeros(9, dtype=bool)
    assert two_groups(np.arange(9.0), none, Shuffles()) == (0.0, 1.0)
    assert two_groups(np.ones(9), np.arange(9) < 3, Shuffles()) == (0.0, 1.0)
    assert together(np.ones(9), np.arange(9.0), Shuffles()) == (0.0, 1.0)
    assert share_of_failures(none, ~none) == (0.0, 1.0)
