"""Differences of shares. Oracles: published intervals, exact sums over all tables, mirror images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hoverslam.harness.statistics.difference import PairTable, mcnemar, paired_difference, score, unpaired_difference
from tests.statistics.coverage import enough

PRINTED = 6e-4
counts = st.integers(0, 40)
# Newcombe's method 10 as printed: Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014) 2850, of Bentur
# (2009); Cavo (2012) in the package contingencytables, made for their book; Altman and others, Statistics with
# Confidence (2nd ed., 2000), table 6.2
PAIRED = [
    (PairTable(1, 1, 7, 12), -0.507, -0.026),
    (PairTable(59, 6, 16, 80), -0.1186, -0.0046),
    (PairTable(14, 5, 0, 22), 0.011, 0.226),
]
# Miettinen and Nurminen as printed by Newcombe, Statistics in Medicine 17 (1998) 873, table II
UNPAIRED = [
    ((56, 70), (48, 80), 0.0528, 0.3382),
    ((9, 10), (3, 10), 0.1700, 0.8406),
    ((5, 56), (0, 29), -0.0326, 0.1933),
    ((10, 10), (0, 20), 0.7156, 1.0),
    ((10, 10), (0, 10), 0.6636, 1.0),
]


@pytest.mark.parametrize(("table", "low", "high"), PAIRED)
def test_paired_intervals_are_the_published_ones(table: PairTable, low: float, high: float) -> None:
    found = paired_difference(table)
    assert (found.low, found.high) == pytest.approx((low, high), abs=PRINTED)


@pytest.mark.parametrize(("a", "b", "low", "high"), UNPAIRED)
def test_unpaired_intervals_are_the_published_ones(
    a: tuple[int, int], b: tuple[int, int], low: float, high: float
) -> None:
    found = unpaired_difference(a, b)
    assert (found.low, found.high) == pytest.approx((low, high), abs=PRINTED)


def test_mcnemar_is_as_published() -> None:
    """Fagerland, Lydersen and Laake (2013), table 1: exact 0.070, mid-p 0.039 two-sided, of one against seven."""
    found = mcnemar(1, 7)
    assert found.exact == pytest.approx(0.0703, abs=5e-5)
    assert 2.0 * found.b_oftener == pytest.approx(0.0391, abs=5e-5)


@pytest.mark.parametrize("level", [0.0225, 0.025, 0.05])
def test_mid_p_keeps_its_level_at_campaign_size(level: float) -> None:
    """Exact: all numbers of differing flights among 460, whatever their true share."""
    either = np.arange(461)
    false = np.array(
        [sum(binom.pmf(k, m, 0.5) for k in range(m // 2, m + 1) if _mid_p(k, m) <= level) for m in range(100)]
        + [level] * 361  # beyond 100 of 460 builds are strangers to each other, and the share below is at most 10 %
    )
    worst = max(float((binom.pmf(either, 460, share) * false).sum()) for share in np.geomspace(0.001, 0.1, 40))
    assert worst <= level + 1e-4


def _mid_p(k: int, m: int) -> float:
    return float(binom.sf(k, m, 0.5) + 0.5 * binom.pmf(k, m, 0.5))


@pytest.mark.parametrize("share", [0.9, 0.97, 0.99])
def test_the_score_keeps_its_level_at_campaign_size(share: float) -> None:
    """Exact: every pair of counts of 460 flights an arm; 2.25 % is what `compare` spends on success."""
    few = [k for k in range(461) if binom.pmf(k, 460, share) > 1e-7]
    likely = binom.pmf(few, 460, share)
    table = np.array([[score((i, 460), (j, 460), 0.0) for j in few] for i in few[::1]])
    false = float(likely @ (table >= 2.0047) @ likely)  # the normal's upper 2.25 %
    assert false <= 0.0225


PAIRED_TRUTHS = [(0.95, 0.03, 0.01), (0.96, 0.01, 0.01), (0.985, 0.005, 0.0)]


@pytest.mark.parametrize("truth", PAIRED_TRUTHS)
@pytest.mark.parametrize("flights", [60, 460])
def test_paired_intervals_hold_the_truth(truth: tuple[float, float, float], flights: int) -> None:
    """2,000 tables; approximate near the edge, so 94 % is asked of 95 %."""
    both, only_a, only_b = truth
    rng = np.random.default_rng(6)
    tables, times = np.unique(
        rng.multinomial(flights, [both, only_a, only_b, 1.0 - sum(truth)], 2000), axis=0, return_counts=True
    )
    held = 0
    for table, count in zip(tables.tolist(), times.tolist(), strict=True):
        found = paired_difference(PairTable(*table))
        assert found.low is not None
        assert found.high is not None
        held += count * (found.low <= only_a - only_b <= found.high)
    assert enough(held, 2000, 0.94)


@pytest.mark.parametrize(("share_a", "share_b"), [(0.97, 0.97), (0.99, 0.95), (0.7, 0.5)])
def test_unpaired_intervals_hold_the_truth(share_a: float, share_b: float) -> None:
    """Exact, by the score that the interval inverts: every pair of counts of 60 and 80; 93.5 % asked of 95 %."""
    held = sum(
        float(binom.pmf(i, 60, share_a) * binom.pmf(j, 80, share_b))
        for i in range(61)
        for j in range(81)
        if abs(score((i, 60), (j, 80), share_a - share_b)) <= 1.959964
    )
    assert held >= 0.935


@given(counts, counts, counts, counts)
def test_changing_places_changes_the_sign(both: int, only_a: int, only_b: int, neither: int) -> None:
    one, other = (
        paired_difference(PairTable(both, only_a, only_b, neither)),
        paired_difference(PairTable(both, only_b, only_a, neither)),
    )
    if one.value is None or one.low is None or one.high is None:
        assert both + only_a + only_b + neither == 0
        return
    assert one.low <= one.value + 1e-12
    assert one.value <= one.high + 1e-12
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


@given(counts, counts, counts, counts)
def test_an_unpaired_interval_ends_where_the_score_is_the_normals_quantile(
    pass_a: int, fail_a: int, pass_b: int, fail_b: int
) -> None:
    a, b = (pass_a, pass_a + fail_a + 1), (pass_b, pass_b + fail_b + 1)
    found = unpaired_difference(a, b)
    assert found.low is not None
    assert found.high is not None
    assert -1.0 <= found.low <= found.high <= 1.0
    for end in (found.low, found.high):
        if abs(end) < 1.0 - 1e-9:
            assert abs(score(a, b, end)) == pytest.approx(1.959964, abs=1e-3)
