"""How far a simulated coverage may be off: with a fixed seed a test either holds or does not, but a lucky seed is no
proof.

`enough` and `rare_enough` fail only what is truly below (above) the stated chance with odds of 10,000 to 1 on the
simulation.
"""

from scipy.stats import binom

ODDS = 1e-4


def enough(held: int, trials: int, stated: float) -> bool:
    """Whether `held` of `trials` agrees with a chance of at least `stated`."""
    return held >= float(binom.ppf(ODDS, trials, stated))


def rare_enough(wrong: int, trials: int, stated: float) -> bool:
    """Whether `wrong` of `trials` agrees with a chance of at most `stated`."""
    return wrong <= float(binom.ppf(1.0 - ODDS, trials, stated))
