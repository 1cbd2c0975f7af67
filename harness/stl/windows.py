"""Largest and smallest values over sliding windows, and until, without a loop over samples.

Windows are cut off at the end of the trace; the largest value of an empty one is minus infinity. These are RTAMT's
rules. Only values that are there are copied, compared and negated: results are exact.
"""

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray


def window_max(values: FloatArray, begin: int, end: int | None) -> FloatArray:
    """For each i the largest of values[i + begin : i + end + 1], cut off at the end; None: up to the end.

    By doubling: the largest of 2 k neighbours is that of two runs of k, so n log(window) steps.
    """
    count = len(values)
    if begin >= count:
        return np.full(count, -np.inf)
    if end is None or end >= count - 1:
        to_the_end = np.maximum.accumulate(values[::-1])[::-1]
        return np.concatenate([to_the_end[begin:], np.full(begin, -np.inf)])
    width = end - begin + 1
    runs = np.concatenate([values[begin:], np.full(end, -np.inf)])
    span = 1
    while 2 * span <= width:
        runs = np.maximum(runs[:-span], runs[span:])
        span *= 2
    rest = width - span
    return np.asarray(np.maximum(runs[:count], runs[rest : rest + count]))


def window_min(values: FloatArray, begin: int, end: int | None) -> FloatArray:
    """The smallest; plus infinity for an empty window."""
    return -window_max(-values, begin, end)


def reach(needed: BoolArray, begin: int, end: int | None) -> BoolArray:
    """The frames that the windows of the needed frames look at."""
    ahead = window_max(needed[::-1].astype(np.float64), begin, end)[::-1]
    return np.asarray(ahead > 0.0)


def until(left: FloatArray, right: FloatArray, begin: int, end: int | None) -> FloatArray:
    """Robustness of left until[begin:end] right, in O(n log n) whatever the window.

    left U[a,b] right = F[a,b] right and G[0,a) left and (left U right) a frames on: Donzé, Ferrère and Maler,
    "Efficient robust monitoring for STL", CAV 2013.
    """
    later = _unbounded(left, right)
    shifted = np.concatenate([later[begin:], np.full(min(begin, len(later)), -np.inf)])
    held = window_min(left, 0, begin - 1) if begin > 0 else np.inf
    found = window_max(right, begin, end)
    return np.asarray(np.minimum(np.minimum(shifted, held), found))


def _unbounded(left: FloatArray, right: FloatArray) -> FloatArray:
    """u[i] = max(right[i], min(left[i], u[i + 1])), nothing after the end.

    Each step clamps what comes after between `low` and `high`; two clamps in a row are one, so they are composed by
    doubling instead of one after the other.
    """
    low, high = right, np.maximum(left, right)
    span = 1
    while span < len(low):
        inner_low, inner_high = low[span:], high[span:]
        outer_low, outer_high = low[:-span], high[:-span]
        low, high = (
            np.concatenate([np.maximum(outer_low, np.minimum(inner, outer_high)), tail])
            for inner, tail in ((inner_low, low[-span:]), (inner_high, high[-span:]))
        )
        span *= 2
    return low
