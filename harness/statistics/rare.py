"""The chance of something rare, and how sure one may be: what importance sampling hands back."""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import check_share


class Rare(NamedTuple):
    """Chance of failure. `variation` is the coefficient of variation, standard error over chance.

    The interval takes the logarithm of the estimate as normal; `note` says what stands against believing it, if
    anything.
    `calls`: flights flown. `effective`: how many failures plainly counted would be worth as much; None where not known.
    """

    chance: float | None
    low: float
    high: float
    confidence: float
    standard_error: float | None
    variation: float | None
    calls: int
    effective: float | None
    note: str | None


def estimate(chance: float, variation: float, calls: int, confidence: float, effective: float | None) -> Rare:
    """A positive estimate with its log-normal interval; no note."""
    from scipy.stats import norm

    half = float(norm.ppf(0.5 + 0.5 * check_share("confidence", confidence))) * float(np.sqrt(np.log1p(variation**2)))
    low, high = chance * np.exp(-half), min(1.0, chance * float(np.exp(half)))
    return Rare(chance, float(low), high, confidence, chance * variation, variation, calls, effective, None)
