"""Stopping early: Wald's sequential probability ratio test for "success at least p0 with confidence 1 - alpha".

Wald, Sequential Analysis (1947), chapters 3 and 5. A build that truly succeeds with p0 or less is accepted with at most
`alpha`; one that succeeds with p1 or more is rejected with at most `beta`. Wald's own limits, (1 - beta) / alpha and
beta / (1 - alpha), keep that only about; those used here by default, 1 / alpha and beta, keep it always (his inequality
for likelihood ratios) and cost a few flights.

Flights are taken in the order of their numbers, not in that in which they finish: failures finish sooner.
"""

from collections.abc import Iterable, Iterator
from math import ceil, floor, log
from typing import Literal, NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray, check_share

State = Literal["accept", "reject", "go on", "undecided"]
SETTLED = 1e-12  # chance of being still under way that is neglected


class Plan(NamedTuple):
    """Accept: success above p0 is shown. `largest`: flights after which it ends, with numbers of failures for that end.

    `accept_at_end` is the largest number of failures still accepted, `reject_at_end` the smallest one rejected: as
    generous as `alpha` and `beta` allow, counted exactly. The likelihood of p1 over p0 decides at `accept_ratio` and
    `reject_ratio`. Between them the plan ends `undecided`. None: no such number.
    """

    p0: float
    p1: float
    alpha: float
    beta: float
    accept_ratio: float
    reject_ratio: float
    largest: int | None = None
    accept_at_end: int | None = None
    reject_at_end: int | None = None


class StopPoint(NamedTuple):
    """Where a plan stands: `flights` counted so far, or those at which it stopped."""

    state: State
    flights: int
    failures: int


def plan(
    p0: float, p1: float, alpha: float = 0.05, beta: float = 0.1, largest: int | None = None, *, wald: bool = False
) -> Plan:
    """A plan for success `p0` (to be beaten) against `p1` (a good build's); ends at `largest` flights if given.

    `wald`: with his approximate limits, under which a risk may be exceeded by a little.
    """
    for name, value in {"p0": p0, "p1": p1, "alpha": alpha, "beta": beta}.items():
        check_share(name, value)
    if not p0 < p1:
        raise ValueError(f"p0 = {p0}, p1 = {p1}: what a good build has must exceed what must be beaten")
    if not alpha + beta < 1.0:
        raise ValueError(f"alpha + beta = {alpha + beta}: must be below 1")
    ratios = ((1.0 - beta) / alpha, beta / (1.0 - alpha)) if wald else (1.0 / alpha, beta)
    made = Plan(p0, p1, alpha, beta, *ratios, largest)
    if largest is None:
        return made
    if largest < 1:
        raise ValueError(f"largest = {largest}: at least one flight")
    accepted = _allowed(made, p0, alpha, largest)
    rejected = _refused(made, p1, beta, largest)
    if accepted is not None and rejected is not None:
        rejected = max(rejected, accepted + 1)
    return made._replace(accept_at_end=accepted, reject_at_end=rejected)


def limits(made: Plan, flights: int) -> tuple[int | None, int | None]:
    """Accept at so many failures or fewer, reject at so many or more; None where `flights` are too few for either."""
    gain, loss = log(made.p1 / made.p0), log((1.0 - made.p0) / (1.0 - made.p1))
    accept = floor((flights * gain - log(made.accept_ratio)) / (gain + loss) + 1e-9)
    reject = ceil((flights * gain - log(made.reject_ratio)) / (gain + loss) - 1e-9)
    return (accept if accept >= 0 else None), (reject if reject <= flights else None)


def state(made: Plan, flights: int, failures: int) -> State:
    """Where a plan stands that has not stopped before: for one step; `follow` finds the first stop of many flights."""
    if not 0 <= failures <= flights:
        raise ValueError(f"{failures} failures in {flights} flights")
    if flights == 0:
        return "go on"
    accept, reject = limits(made, flights)
    if accept is not None and failures <= accept:
        return "accept"
    if reject is not None and failures >= reject:
        return "reject"
    if made.largest is None or flights < made.largest:
        return "go on"
    if made.accept_at_end is not None and failures <= made.accept_at_end:
        return "accept"
    return "reject" if made.reject_at_end is not None and failures >= made.reject_at_end else "undecided"


def follow(made: Plan, passed: Iterable[bool]) -> StopPoint:
    """The first stop in a row of flights (in the order of their numbers), or `go on` after the last."""
    flights = failures = 0
    for flight in passed:
        flights, failures = flights + 1, failures + (not flight)
        if (now := state(made, flights, failures)) != "go on":
            return StopPoint(now, flights, failures)
    return StopPoint("go on", flights, failures)


def success_at_least(made: Plan, stop: StopPoint, confidence: float = 0.95) -> float:
    """Exact lower bound of success after a stop, which accounts for the interim looks.

    Ends are ordered by stage: an earlier acceptance speaks for more, an earlier rejection for less (Jennison and
    Turnbull, Group Sequential Methods (2000), section 8.4). Clopper and Pearson's bound would here be too high.
    """
    check_share("confidence", confidence)
    if stop.state == "go on":
        raise ValueError("the plan has not stopped: there is no bound that may be read on the way")
    from scipy.optimize import brentq

    def excess(success: float) -> float:
        return _as_good(made, stop, success) - (1.0 - confidence)

    if excess(1e-9) >= 0.0:
        return 0.0
    return float(brentq(excess, 1e-9, 1.0 - 1e-12, xtol=1e-9))


class _Step(NamedTuple):
    before: float  # chance that this flight is flown at all
    accept: float
    reject: float
    left: FloatArray  # chance of k failures and still under way, shape (flights + 1,) without zeros at the end


def _walk(made: Plan, success: float, flights: int) -> Iterator[_Step]:
    left = np.ones(1)
    for n in range(1, flights + 1):
        before = float(left.sum())
        if before < SETTLED:
            return
        new = np.zeros(len(left) + 1)
        new[:-1] = left * success
        new[1:] += left * (1.0 - success)
        accept, reject = limits(made, n)
        accepted = float(new[: accept + 1].sum()) if accept is not None else 0.0
        if accept is not None:
            new[: accept + 1] = 0.0
        rejected = float(new[reject:].sum()) if reject is not None else 0.0
        left = new[:reject] if reject is not None else new
        yield _Step(before, accepted, rejected, left)


def _allowed(made: Plan, p0: float, alpha: float, largest: int) -> int | None:
    """Most failures that may still be accepted at the end; None where none may."""
    spent, left = 0.0, np.ones(1)
    for step in _walk(made, p0, largest):
        spent, left = spent + step.accept, step.left
    count = int((spent + np.cumsum(left) <= alpha).sum())
    return count - 1 if count else None


def _refused(made: Plan, p1: float, beta: float, largest: int) -> int | None:
    """Fewest failures that may be rejected at the end; None where none may."""
    spent, left = 0.0, np.ones(1)
    for step in _walk(made, p1, largest):
        spent, left = spent + step.reject, step.left
    count = int((spent + np.cumsum(left[::-1]) <= beta).sum())
    return len(left) - count if count else None


def _as_good(made: Plan, stop: StopPoint, success: float) -> float:
    """Chance of an end that speaks at least as much for the build as this one did."""
    accepted = rejected_before = 0.0
    left = np.ones(1)
    for n, step in enumerate(_walk(made, success, stop.flights), start=1):
        accepted, left = accepted + step.accept, step.left
        if n < stop.flights:
            rejected_before += step.reject
    accept, reject = limits(made, stop.flights)
    if accept is not None and stop.failures <= accept:
        return accepted
    if reject is not None and stop.failures >= reject:
        return 1.0 - rejected_before
    return accepted + float(left[: stop.failures + 1].sum())
