"""Difference of two shares of success, with intervals, for the same flights flown twice and for different flights.

Paired: Newcombe's square-and-add interval with his correction of the correlation (method 10; Statistics in Medicine 17
(1998) 2635) and McNemar's test, exact and mid-p (Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13
(2013) 91: mid-p keeps its level and wastes less of it). Unpaired: Miettinen and Nurminen's score interval (Statistics
in Medicine 4 (1985) 213).
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import check_share


class ShareDifference(NamedTuple):
    """A difference with its two-sided interval, in the unit of what is compared; None where there is too little."""

    value: float | None
    low: float | None
    high: float | None
    confidence: float


class PairTable(NamedTuple):
    """Flights flown by A and by B: passed by both, by one alone, by neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def flights(self) -> int:
        """All of them."""
        return self.both + self.only_a + self.only_b + self.neither


class McNemar(NamedTuple):
    """p-values from the flights that only one passes: exact two-sided; mid-p that A, or B, passes oftener."""

    exact: float
    a_oftener: float
    b_oftener: float


def wilson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of a share, by scipy."""
    from scipy.stats import binomtest

    bounds = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return float(bounds.low), float(bounds.high)


def paired_difference(table: PairTable, confidence: float = 0.95) -> ShareDifference:
    """Share passed by A less share passed by B over the same flights."""
    check_share("confidence", confidence)
    flights = table.flights
    if flights == 0:
        return ShareDifference(None, None, None, confidence)
    passed_a, passed_b = table.both + table.only_a, table.both + table.only_b
    share_a, share_b = passed_a / flights, passed_b / flights
    (low_a, high_a), (low_b, high_b) = (wilson(passed, flights, confidence) for passed in (passed_a, passed_b))
    phi, value = correlation(table), share_a - share_b
    low = value - _together(share_a - low_a, high_b - share_b, phi)
    high = value + _together(high_a - share_a, share_b - low_b, phi)
    return ShareDifference(value, max(-1.0, low), min(1.0, high), confidence)


def correlation(table: PairTable) -> float:
    """Phi of the two outcomes, corrected downwards where positive as Newcombe's method 10 has it."""
    both, only_a, only_b, neither = table
    product = float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if product == 0.0:
        return 0.0
    agreement = float(both * neither - only_a * only_b)
    if agreement > 0.0:
        agreement = max(0.0, agreement - 0.5 * table.flights)
    return agreement / float(np.sqrt(product))


def mcnemar(only_a: int, only_b: int) -> McNemar:
    """McNemar's test from the flights that only A, and only B, passes; without any all three say nothing."""
    from scipy.stats import binom, binomtest

    either = only_a + only_b
    if either == 0:
        return McNemar(1.0, 0.5, 0.5)
    half = 0.5 * float(binom.pmf(only_a, either, 0.5))
    a_oftener, b_oftener = (float(binom.sf(count - 1, either, 0.5)) - half for count in (only_a, only_b))
    return McNemar(float(binomtest(only_a, either).pvalue), a_oftener, b_oftener)


def unpaired_difference(a: tuple[int, int], b: tuple[int, int], confidence: float = 0.95) -> ShareDifference:
    """Share passed by A less share passed by B; `a` and `b` are (passed, flights), different flights."""
    from scipy.optimize import brentq
    from scipy.stats import norm

    (passed_a, flights_a), (passed_b, flights_b) = a, b
    if not flights_a or not flights_b:
        return ShareDifference(None, None, None, confidence)
    value = passed_a / flights_a - passed_b / flights_b
    z = float(norm.ppf(0.5 + 0.5 * check_share("confidence", confidence)))

    def beyond(delta: float) -> float:
        return abs(score(a, b, delta)) - z

    edge = 1.0 - 1e-12
    low = -1.0 if beyond(-edge) <= 0.0 or value <= -edge else float(brentq(beyond, -edge, value, xtol=1e-10))
    high = 1.0 if beyond(edge) <= 0.0 or value >= edge else float(brentq(beyond, value, edge, xtol=1e-10))
    return ShareDifference(value, low, high, confidence)


def score(a: tuple[int, int], b: tuple[int, int], delta: float) -> float:
    """Miettinen and Nurminen's z that A's share exceeds B's by more than `delta`; standard normal at the edge."""
    (passed_a, flights_a), (passed_b, flights_b) = a, b
    gap = passed_a / flights_a - passed_b / flights_b - delta
    share_a = _constrained(a, b, delta)
    share_b = min(1.0, max(0.0, share_a - delta))
    flights = flights_a + flights_b
    variance = share_a * (1.0 - share_a) / flights_a + share_b * (1.0 - share_b) / flights_b
    variance *= flights / (flights - 1.0)
    if variance <= 0.0:
        return 0.0 if gap == 0.0 else float(np.copysign(np.inf, gap))
    return float(gap / np.sqrt(variance))


def _constrained(a: tuple[int, int], b: tuple[int, int], delta: float) -> float:
    """Likeliest share of A where it exceeds that of B by `delta`: the root of a cubic (Farrington and Manning 1990)."""
    (passed_b, flights_b), (passed_a, flights_a) = b, a
    flights = flights_a + flights_b
    # cubic in B's share p, with A's share p + delta
    c3 = float(flights)
    c2 = (flights_a + 2.0 * flights_b) * delta - flights - (passed_a + passed_b)
    c1 = (flights_b * delta - flights - 2.0 * passed_b) * delta + passed_a + passed_b
    c0 = passed_b * delta * (1.0 - delta)
    q = (c2 / (3.0 * c3)) ** 3 - c1 * c2 / (6.0 * c3**2) + c0 / (2.0 * c3)
    p = float(np.copysign(np.sqrt(max(0.0, (c2 / (3.0 * c3)) ** 2 - c1 / (3.0 * c3))), q))
    if p == 0.0:
        share_b = -c2 / (3.0 * c3)
    else:
        angle = (np.pi + np.arccos(min(1.0, max(-1.0, q / p**3)))) / 3.0
        share_b = 2.0 * p * float(np.cos(angle)) - c2 / (3.0 * c3)
    return min(1.0, max(0.0, min(1.0, max(0.0, share_b)) + delta))


def _together(one: float, other: float, phi: float) -> float:
    return float(np.sqrt(max(0.0, one * one - 2.0 * phi * one * other + other * other)))
