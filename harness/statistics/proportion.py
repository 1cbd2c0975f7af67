"""Share of successes with exact bounds: Clopper and Pearson, Biometrika 26 (1934) 404, by way of scipy.

Exact means: whatever the true share, the bounds hold it at least as often as stated. They cost width: in small samples
they hold it more often. Assumes flights that are independent draws with one probability of success.
"""

from typing import Literal, NamedTuple

from hoverslam.harness.statistics.arrays import check_share

Side = Literal["both", "low", "high"]
_ALTERNATIVE = {"both": "two-sided", "low": "greater", "high": "less"}


class Proportion(NamedTuple):
    """Successes among trials; `share` is None without trials. A one-sided bound leaves the other end at 0 or 1."""

    successes: int
    trials: int
    share: float | None
    low: float
    high: float
    confidence: float


def proportion(successes: int, trials: int, confidence: float = 0.95, side: Side = "both") -> Proportion:
    """Success with exact bounds; `side` says whether all of the doubt goes to one bound. No trials: 0 to 1.

    Raises ValueError unless 0 <= successes <= trials and 0 < confidence < 1.
    """
    check_share("confidence", confidence)
    successes, trials = int(successes), int(trials)
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: must lie between 0 and the number of trials")
    if trials == 0:
        return Proportion(0, 0, None, 0.0, 1.0, confidence)
    from scipy.stats import binomtest

    bounds = binomtest(successes, trials, alternative=_ALTERNATIVE[side]).proportion_ci(confidence, method="exact")
    return Proportion(successes, trials, successes / trials, float(bounds.low), float(bounds.high), confidence)
