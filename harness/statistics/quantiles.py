"""Quantiles with confidence intervals that assume no distribution: order statistics and binomial ranks.

The r-th smallest of n lies below the true quantile p exactly if at least r of n flights do, which is binomial:
David and Nagaraja, Order Statistics (3rd ed., 2003), section 7.1; for an upper bound alone, Wilks, Annals of
Mathematical Statistics 12 (1941) 91. Holds for any distribution; ties only make it hold more often.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray, check_share, finite_or_none, numbers
from hoverslam.harness.statistics.proportion import Side


class Quantile(NamedTuple):
    """A quantile of `flights` numbers. A bound is None where the sample is too small for it (`flights_needed` says how
    many it takes for every bound asked for), where it was not asked for, or where it falls on a flight without end.
    """

    probability: float
    value: float | None
    low: float | None
    high: float | None
    confidence: float
    flights: int
    flights_needed: int


def quantile(values: FloatArray, probability: float, confidence: float = 0.95, side: Side = "both") -> Quantile:
    """Sample quantile of `values` (n,) in their unit, median-unbiased (Hyndman and Fan's type 8), with its interval.

    +inf is a number here: a flight whose miss has no end counts as worse than all others. NaN raises ValueError.
    """
    array = np.sort(numbers(values))
    if np.isnan(array).any():
        raise ValueError(f"{int(np.isnan(array).sum())} of {array.size} values are NaN: leave them out, or give +inf")
    low, high = ranks(array.size, probability, confidence, side)
    return Quantile(
        check_share("probability", probability),
        _value(array, probability),
        finite_or_none(array[low - 1]) if low is not None else None,
        finite_or_none(array[high - 1]) if high is not None else None,
        check_share("confidence", confidence),
        array.size,
        flights_needed(probability, confidence, side),
    )


def ranks(flights: int, probability: float, confidence: float, side: Side = "both") -> tuple[int | None, int | None]:
    """Ranks (from 1) of the order statistics that bound the quantile; None where no flight is extreme enough.

    Each bound fails with at most (1 - confidence) / 2, or 1 - confidence where only one is asked for.
    """
    from scipy.stats import binom

    tail = (1.0 - confidence) / (2.0 if side == "both" else 1.0)
    below = binom.cdf(np.arange(flights + 1), flights, probability)  # below[k] = P(at most k flights below)
    # x_(r) > quantile happens where at most r - 1 flights lie below; x_(s) < quantile where at least s do
    low = int(np.searchsorted(below, tail, side="right")) if side != "high" else 0
    high = int(np.searchsorted(below, 1.0 - tail)) + 1 if side != "low" else 0
    return (low or None), (high if 1 <= high <= flights else None)


def flights_needed(probability: float, confidence: float = 0.95, side: Side = "both") -> int:
    """Fewest flights from which every bound asked for exists: 299 for an upper bound of the 99 % at 95 %."""
    tail = (1.0 - confidence) / (2.0 if side == "both" else 1.0)
    upper = np.log(tail) / np.log(probability)
    lower = np.log(tail) / np.log1p(-probability)
    wanted = {"both": max(upper, lower), "high": upper, "low": lower}[side]
    return max(1, int(np.ceil(wanted - 1e-9)))


def _value(ordered: FloatArray, probability: float) -> float | None:
    if not ordered.size:
        return None
    position = (ordered.size + 1.0 / 3.0) * probability - 2.0 / 3.0
    position = min(max(position, 0.0), ordered.size - 1.0)
    below = int(position)
    share = position - below
    if share == 0.0:
        return finite_or_none(ordered[below])
    return finite_or_none((1.0 - share) * ordered[below] + share * ordered[below + 1])
