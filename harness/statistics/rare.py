"""The chance of something rare, and how sure one may be: what importance sampling and splitting both hand back."""

from collections.abc import Sequence
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


def pool(runs: Sequence[Rare], confidence: float = 0.95) -> Rare:
    """Mean of independent runs of equal size, its error from their scatter alone: believes no run's own error.

    At least two runs that each found something; the interval is Student's t about the mean, cut at 0 and 1.
    """
    from scipy.stats import t

    found = np.array([run.chance for run in runs if run.chance is not None])
    if len(found) != len(runs) or len(found) < 2:
        raise ValueError(f"{len(found)} of {len(runs)} runs have an estimate: at least two are wanted, and all")
    mean, error = float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found)))
    half = float(t.ppf(0.5 + 0.5 * confidence, len(found) - 1)) * error
    variation = error / mean if mean > 0.0 else None
    calls = sum(run.calls for run in runs)
    return Rare(mean, max(0.0, mean - half), min(1.0, mean + half), confidence, error, variation, calls, None, None)
