"""By how much a number of the flights moved: Hodges and Lehmann's estimate with the interval that belongs to its test.

Paired differences: the median of all averages of two of them, with Wilcoxon's signed ranks. Different flights: the
median of all differences, with the rank sum. Hollander, Wolfe and Chicken, Nonparametric Statistical Methods (3rd ed.,
2014), sections 3.2, 3.3, 4.2 and 4.3. Chosen over the mean because one crash at 100 m/s outweighs a hundred landings in
a mean, and crashes are counted elsewhere; over the median because it needs a third fewer flights. It assumes that
differences lie symmetrically about the shift (paired; under "no difference" they do of themselves), or that B's numbers
are A's, moved. It does not see a tail that grows while the middle stays.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray, check_share, numbers
from hoverslam.harness.statistics.difference import ShareDifference

EXACT = 50  # flights up to which signed ranks are counted, and not taken as normal
FEW = 20  # flights an arm below which the interval of different flights is not given
HALVINGS = 100
PRECISION = 1e-10  # of the range of all pairs


def paired_shift(differences: FloatArray, confidence: float = 0.95) -> ShareDifference:
    """Shift of paired differences (n,), finite, in their unit."""
    d = np.sort(numbers(differences))
    averages = len(d) * (len(d) + 1) // 2
    rank = _signed_rank(len(d), 0.5 - 0.5 * check_share("confidence", confidence))

    def at_most(t: float) -> int:
        # ordered pairs count every average of two different flights twice, and of one flight with itself once
        return int((np.searchsorted(d, 2.0 * t - d, side="right").sum() + np.searchsorted(d, t, side="right")) // 2)

    if not len(d):
        return ShareDifference(None, None, None, confidence)
    return _interval(at_most, (float(d[0]), float(d[-1])), averages, rank, confidence)


def unpaired_shift(a: FloatArray, b: FloatArray, confidence: float = 0.95) -> ShareDifference:
    """Shift from `a` (n,) to `b` (m,), positive where b is larger; no interval with fewer than 20 flights in an arm."""
    first, second = np.sort(numbers(a)), np.sort(numbers(b))
    pairs = len(first) * len(second)
    if pairs == 0:
        return ShareDifference(None, None, None, confidence)
    tail, rank = 0.5 - 0.5 * check_share("confidence", confidence), 0
    if min(len(first), len(second)) >= FEW:
        rank = _normal_rank(pairs, pairs * (len(first) + len(second) + 1) / 12.0, tail)

    def at_most(t: float) -> int:
        return int(np.searchsorted(second, t + first, side="right").sum())

    ends = float(second[0] - first[-1]), float(second[-1] - first[0])
    return _interval(at_most, ends, pairs, rank, confidence)


Side = Literal["greater", "less"]


def paired_p(differences: FloatArray, than: float, side: Side) -> float:
    """p-value of Wilcoxon's signed ranks that the shift is greater (less) than `than`; 1 without flights."""
    from scipy.stats import wilcoxon

    off = numbers(differences) - than
    if not off.any():  # nothing but ties, or no flights
        return 1.0
    return float(wilcoxon(off, alternative=side, zero_method="zsplit").pvalue)


def unpaired_p(a: FloatArray, b: FloatArray, than: float, side: Side) -> float:
    """p-value of the rank-sum test that the shift from `a` to `b` is greater (less) than `than`; 1 without flights."""
    from scipy.stats import mannwhitneyu

    if not len(a) or not len(b):
        return 1.0
    return float(mannwhitneyu(numbers(b) - than, numbers(a), alternative=side).pvalue)


def _interval(
    at_most: Callable[[float], int], ends: tuple[float, float], count: int, rank: int, confidence: float
) -> ShareDifference:
    lower, upper = (_ranked(at_most, ends, k) for k in ((count + 1) // 2, count // 2 + 1))
    value = 0.5 * (lower + upper)
    if rank < 1:
        return ShareDifference(value, None, None, confidence)
    low, high = (_ranked(at_most, ends, k) for k in (rank, count + 1 - rank))
    return ShareDifference(value, low, high, confidence)


def _ranked(at_most: Callable[[float], int], ends: tuple[float, float], rank: int) -> float:
    """The number of that rank, found by halving: n log n a step, where listing all pairs would take n squared."""
    low, high = ends
    if at_most(low) >= rank:
        return low
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if high - low <= PRECISION * (ends[1] - ends[0]):
            break
        if at_most(middle) >= rank:
            high = middle
        else:
            low = middle
    return high


def _signed_rank(flights: int, tail: float) -> int:
    """Largest rank k with P(signed-rank sum <= k - 1) <= tail; 0 for none."""
    if flights > EXACT:
        return _normal_rank(flights * (flights + 1) // 2, flights * (flights + 1) * (2 * flights + 1) / 24.0, tail)
    ways = np.ones(1)
    for rank in range(1, flights + 1):
        with_it = np.zeros(len(ways) + rank)
        with_it[: len(ways)] += ways
        with_it[rank:] += ways
        ways = with_it
    return int((np.cumsum(ways) / 2.0**flights <= tail).sum())


def _normal_rank(count: int, variance: float, tail: float) -> int:
    from scipy.stats import norm

    return max(0, int(np.floor(0.5 * count + 0.5 + float(norm.ppf(tail)) * np.sqrt(variance))))
