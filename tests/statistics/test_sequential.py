"""The sequential test. Oracles: Wald's published lines, simulation, binomial sums, coverage."""

import itertools
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hoverslam.harness.statistics.sequential import (
    Plan,
    StopPoint,
    follow,
    limits,
    plan,
    state,
    success_at_least,
)
from tests.statistics.coverage import enough, rare_enough

SETTLED = 1e-12  # chance of being still under way that is neglected
SMALL = plan(0.9, 0.98, 0.05, 0.1)
ENDING = plan(0.9, 0.98, 0.05, 0.1, largest=80)


class Operating(NamedTuple):
    """Chances of each end, and expected flights."""

    accept: float
    reject: float
    undecided: float
    flights: float


def operating(made: Plan, success: float) -> Operating:
    """At a true success, by counting paths (Girshick and others, 1946): the chance of each number of failures."""
    under_way, ends, flights = {0: 1.0}, dict.fromkeys(("accept", "reject", "undecided"), 0.0), 0.0
    for n in itertools.count(1):
        if (before := sum(under_way.values())) < SETTLED:
            break
        flights, reached = flights + before, dict[int, float]()
        for failures, chance in under_way.items():
            reached[failures] = reached.get(failures, 0.0) + chance * success
            reached[failures + 1] = chance * (1.0 - success)
        now = {failures: state(made, n, failures) for failures in reached}
        under_way = {failures: chance for failures, chance in reached.items() if now[failures] == "go on"}
        for failures in reached.keys() - under_way.keys():
            ends[now[failures]] += reached[failures]
    return Operating(**ends, flights=flights)


def wald_flights(made: Plan, success: float) -> float:
    """Wald's approximate expected number of flights without an end, at p0 and p1 alone (1947, section 3.5)."""
    upper, lower = np.log((1.0 - made.beta) / made.alpha), np.log(made.beta / (1.0 - made.alpha))
    gain, loss = np.log(made.p1 / made.p0), np.log((1.0 - made.p0) / (1.0 - made.p1))
    chance = {made.p0: made.alpha, made.p1: 1.0 - made.beta}[success]
    return float((chance * upper + (1.0 - chance) * lower) / (success * gain - (1.0 - success) * loss))


@pytest.mark.parametrize("flights", [24, 50, 62, 100, 140])
def test_limits_are_those_of_the_published_plan(flights: int) -> None:
    """NIST/SEMATECH e-Handbook, section 6.2.6: defective 0.01 against 0.10, producer's risk 0.05, consumer's 0.10 gives
    acceptance at -0.939 + 0.0397 n and rejection at 1.205 + 0.0397 n. Its alpha is our beta: it accepts good lots.
    """
    accept, reject = limits(plan(0.90, 0.99, alpha=0.10, beta=0.05, wald=True), flights)
    line = -0.939 + 0.0397 * flights, 1.205 + 0.0397 * flights
    assert accept == int(np.floor(line[0]))
    assert reject == int(np.ceil(line[1]))


def test_walds_own_example() -> None:
    """Wald 1947, section 5.3: 0.1 against 0.3, risks 0.02 and 0.03: intercepts -2.58 and 2.88, slope 0.186."""
    made = plan(0.7, 0.9, alpha=0.03, beta=0.02, wald=True)
    for flights in (20, 35, 60):
        assert limits(made, flights) == (
            int(np.floor(-2.5827 + 0.18619 * flights)),
            int(np.ceil(2.8755 + 0.18619 * flights)),
        )


def test_without_failures_acceptance_comes_when_walds_line_crosses_zero() -> None:
    first = next(n for n in range(1, 1000) if limits(SMALL, n)[0] is not None)
    assert first == int(np.ceil(np.log(1.0 / 0.05) / np.log(0.98 / 0.9)))
    assert state(SMALL, first, 0) == "accept"
    assert state(SMALL, first - 1, 0) == "go on"


@pytest.mark.parametrize("made", [SMALL, ENDING])
def test_errors_are_below_what_was_asked_for_and_as_computed(made: object) -> None:
    """1,000 simulated campaigns at each of p0 and p1, followed flight by flight."""
    assert made in (SMALL, ENDING)
    this = SMALL if made is SMALL else ENDING
    rng = np.random.default_rng(20)
    for success, wrong, limit in ((this.p0, "accept", this.alpha), (this.p1, "reject", this.beta)):
        stops = [follow(this, (rng.random(1500) < success).tolist()) for _ in range(1000)]
        share = sum(stop.state == wrong for stop in stops)
        exact = operating(this, success)
        expected = exact.accept if wrong == "accept" else exact.reject
        assert expected <= limit
        assert rare_enough(share, 1000, expected)
        assert enough(share, 1000, expected)
        flights = np.array([stop.flights for stop in stops], dtype=np.float64)
        assert abs(flights.mean() - exact.flights) <= 4.0 * flights.std() / np.sqrt(1000.0)


def test_walds_number_of_flights_is_near_the_exact_one() -> None:
    """He neglects the overshoot: too few flights, by less than a quarter here."""
    made = plan(0.9, 0.98, 0.05, 0.1, wald=True)
    for success in (made.p0, made.p1):
        assert 0.75 < wald_flights(made, success) / operating(made, success).flights < 1.0


def test_it_stops_earlier_than_a_fixed_number_of_flights_with_the_same_errors() -> None:
    """What it is for. The fixed test: fewest flights with a number of failures that keeps both errors."""
    fixed = next(
        n
        for n in range(20, 1000)
        if any(binom.cdf(c, n, 0.1) <= 0.05 and binom.sf(c, n, 0.02) <= 0.1 for c in range(n))
    )
    assert operating(SMALL, 0.98).flights < 0.75 * fixed
    assert operating(SMALL, 0.9).flights < 0.75 * fixed


def test_paths_are_counted_as_the_binomial_has_it_where_nothing_stops_them() -> None:
    made = plan(0.5, 0.9, 1e-12, 1e-12, largest=10)
    assert made.accept_at_end is None
    assert operating(made, 0.7) == pytest.approx((0.0, 0.0, 1.0, 10.0))


def test_the_end_is_as_generous_as_the_errors_allow() -> None:
    for largest in (40, 80, 150):
        made = plan(0.9, 0.98, 0.05, 0.1, largest=largest)
        assert operating(made, 0.9).accept <= 0.05
        assert operating(made, 0.98).reject <= 0.1
        if made.accept_at_end is not None and made.reject_at_end != made.accept_at_end + 1:
            bolder = made._replace(accept_at_end=made.accept_at_end + 1)
            assert operating(bolder, 0.9).accept > 0.05


@pytest.mark.parametrize("success", [0.85, 0.93, 0.97])
def test_the_bound_after_a_stop_holds_as_often_as_stated(success: float) -> None:
    """1,500 simulated campaigns. Exact, so at least as often as stated; each end is bounded once."""
    rng = np.random.default_rng(21)
    stops = [follow(ENDING, (rng.random(80) < success).tolist()) for _ in range(1500)]
    bounds = {stop: success_at_least(ENDING, stop, 0.9) for stop in set(stops)}
    assert enough(sum(bounds[stop] <= success for stop in stops), 1500, 0.9)


def test_more_failures_never_show_more() -> None:
    ends = [StopPoint(state(ENDING, 80, k), 80, k) for k in range(3, 8)]
    bounds = [success_at_least(ENDING, stop) for stop in ends]
    assert bounds == sorted(bounds, reverse=True)
    with pytest.raises(ValueError, match="has not stopped"):
        success_at_least(SMALL, StopPoint("go on", 5, 0))


@given(st.lists(st.booleans(), max_size=120))
def test_following_stops_at_the_first_limit_and_not_before(passed: list[bool]) -> None:
    stop = follow(ENDING, passed)
    states = [state(ENDING, n, passed[:n].count(False)) for n in range(1, stop.flights + 1)]
    assert all(now == "go on" for now in states[:-1])
    assert stop.flights == len(passed) if stop.state == "go on" else states[-1] == stop.state
    assert stop.flights <= 80


@pytest.mark.parametrize(
    ("p0", "p1", "alpha", "match"), [(0.99, 0.9, 0.05, "must exceed"), (0.9, 0.99, 0.95, "must be below 1")]
)
def test_plans_that_make_no_sense_are_refused(p0: float, p1: float, alpha: float, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        plan(p0, p1, alpha)
