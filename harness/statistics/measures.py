"""One measure of two builds: how much worse B is, with interval and p-values, before several are weighed together."""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray
from hoverslam.harness.statistics.difference import (
    PairTable,
    ShareDifference,
    mcnemar,
    paired_difference,
    score,
    unpaired_difference,
)
from hoverslam.harness.statistics.gate import Flights, Gate, Metric
from hoverslam.harness.statistics.shift import Side, paired_p, paired_shift, unpaired_p, unpaired_shift

MOST_FLIGHTS = 10_000_000  # beyond this, the number of flights needed is no answer


class Evidence(NamedTuple):
    """Harm of one measure in its unit; `a` and `b` are shares of success, or medians.

    `p_worse`: that harm does not exceed the alarm; `p_better`: that the gain does not. `below_margin`: harm below the
    margin is shown. `flights_needed`: in each arm, to settle it if estimates stay as they are; None where that is not
    known.
    """

    a: float | None
    b: float | None
    harm: ShareDifference
    flights: int
    p_worse: float
    p_better: float
    below_margin: bool
    flights_needed: int | None


def success_paired(a: Flights, b: Flights, gate: Gate) -> tuple[Evidence, PairTable]:
    """Success over the same flights: McNemar's mid-p and Newcombe's interval. Rows of `a` and `b` belong together."""
    table = PairTable(
        int((a.passed & b.passed).sum()),
        int((a.passed & ~b.passed).sum()),
        int((~a.passed & b.passed).sum()),
        int((~a.passed & ~b.passed).sum()),
    )
    p = mcnemar(table.only_a, table.only_b)
    sure = paired_difference(table, 1.0 - 2.0 * gate.level)
    p_worse, p_better = p.a_oftener, p.b_oftener
    if gate.success_alarm > 0.0:  # no exact test of another loss than none: the interval decides
        p_worse = _p_of_interval(table, gate.success_alarm)
        p_better = _p_of_interval(PairTable(table.both, table.only_b, table.only_a, table.neither), gate.success_alarm)
    evidence = Evidence(
        float(a.passed.mean()) if table.flights else None,
        float(b.passed.mean()) if table.flights else None,
        paired_difference(table, gate.confidence),
        table.flights,
        p_worse,
        p_better,
        sure.high is not None and sure.high < gate.success_margin,
        _needed(sure, gate.success_margin, gate.success_alarm, table.flights),
    )
    return evidence, table


def success_unpaired(a: Flights, b: Flights, gate: Gate) -> Evidence:
    """Success over different flights: Miettinen and Nurminen's score for p-values and interval."""
    counts = (int(a.passed.sum()), len(a.passed)), (int(b.passed.sum()), len(b.passed))
    sure = unpaired_difference(*counts, 1.0 - 2.0 * gate.level)
    here = bool(counts[0][1] and counts[1][1])
    return Evidence(
        float(a.passed.mean()) if here else None,
        float(b.passed.mean()) if here else None,
        unpaired_difference(*counts, gate.confidence),
        min(counts[0][1], counts[1][1]),
        _upper(score(*counts, gate.success_alarm)) if here else 1.0,
        _upper(-score(*counts, -gate.success_alarm)) if here else 1.0,
        sure.high is not None and sure.high < gate.success_margin,
        _needed(sure, gate.success_margin, gate.success_alarm, min(counts[0][1], counts[1][1])),
    )


def number(a: Flights, b: Flights, metric: Metric, gate: Gate, *, paired: bool) -> Evidence:
    """A number of the flights that have it: of both flights of a pair, or of each arm."""
    sign = -1.0 if metric.higher_is_better else 1.0
    x, y = sign * a.numbers[metric.name], sign * b.numbers[metric.name]
    if paired:
        both = np.isfinite(x) & np.isfinite(y)
        x, y = x[both], y[both]
    else:
        x, y = x[np.isfinite(x)], y[np.isfinite(y)]
    shown = paired_shift(y - x, gate.confidence) if paired else unpaired_shift(x, y, gate.confidence)
    alarm = metric.threshold
    flights = min(len(x), len(y))
    return Evidence(
        float(sign * np.median(x)) if flights else None,
        float(sign * np.median(y)) if flights else None,
        shown,
        flights,
        _p(x, y, alarm, "greater", paired=paired),
        _p(x, y, -alarm, "less", paired=paired),
        _p(x, y, metric.margin, "less", paired=paired) <= gate.level,
        _needed(_at_level(shown, gate), metric.margin, alarm, flights),
    )


def _at_level(shown: ShareDifference, gate: Gate) -> ShareDifference:
    """An interval for planning, as wide as the one-sided level wants it: that of a normal estimate, scaled."""
    from scipy.special import ndtri

    if shown.value is None or shown.low is None or shown.high is None:
        return shown
    scale = float(ndtri(1.0 - gate.level) / ndtri(0.5 + 0.5 * gate.confidence))
    low, high = (shown.value + scale * (end - shown.value) for end in (shown.low, shown.high))
    return ShareDifference(shown.value, low, high, 1.0 - 2.0 * gate.level)


def _p(x: FloatArray, y: FloatArray, than: float, side: Side, *, paired: bool) -> float:
    return paired_p(y - x, than, side) if paired else unpaired_p(x, y, than, side)


def _needed(sure: ShareDifference, margin: float, alarm: float, flights: int) -> int | None:
    """Flights an arm until the interval, which shrinks with their root, leaves the margin or the alarm outside."""
    if sure.value is None or sure.low is None or sure.high is None:
        return None
    wanted = []
    if sure.value < margin:
        wanted.append(((sure.high - sure.value) / (margin - sure.value)) ** 2)
    if sure.value > alarm:
        wanted.append(((sure.value - sure.low) / (sure.value - alarm)) ** 2)
    needed = int(np.ceil(flights * min(wanted))) if wanted and min(wanted) < MOST_FLIGHTS else MOST_FLIGHTS
    return needed if needed < MOST_FLIGHTS else None


def _p_of_interval(table: PairTable, alarm: float) -> float:
    """Smallest level at which the paired interval's lower end exceeds the alarm, one-sided."""
    from scipy.optimize import brentq

    def above(level: float) -> float:
        low = paired_difference(table, 1.0 - 2.0 * level).low
        return (low if low is not None else -1.0) - alarm

    if above(0.4999) <= 0.0:
        return 1.0
    return float(brentq(above, 1e-12, 0.4999)) if above(1e-12) < 0.0 else 1e-12


def _upper(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(-z))
