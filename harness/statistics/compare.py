"""Is build B worse than build A? One verdict from success and several numbers, with one rate of false alarms.

Flights of the same draw are paired (common random numbers): then only the flights that differ count, and far fewer are
needed. `gate` says what each verdict means; `docs/statistics.md` how often it is wrong, as measured.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.copies import apart, firsts
from hoverslam.harness.statistics.difference import PairTable, mcnemar
from hoverslam.harness.statistics.gate import Flights, Gate, Verdict
from hoverslam.harness.statistics.holm import holm
from hoverslam.harness.statistics.measures import Evidence, number, success_paired, success_unpaired
from hoverslam.harness.statistics.sensitivity import Influence, what_fails

SUCCESS = "success"


class Measure(NamedTuple):
    """One measure's share in the verdict: harm (how much B is worse) with its two-sided interval, in `unit`.

    `a`, `b`: share of success, or median. `p_worse` and `p_better` are adjusted for all measures; a claim is made at or
    below half of the gate's level. `flights_needed`: in each arm, where undecided, if estimates stay as they are.
    """

    name: str
    unit: str
    verdict: Verdict
    a: float | None
    b: float | None
    harm: float | None
    low: float | None
    high: float | None
    margin: float
    alarm: float
    p_worse: float
    p_better: float
    flights: int
    flights_needed: int | None


class Pairing(NamedTuple):
    """What one build lands and the other does not. `exact_p`: McNemar's exact test, two-sided."""

    both: int
    only_a: int
    only_b: int
    neither: int
    exact_p: float
    lost: tuple[Hashable, ...]
    gained: tuple[Hashable, ...]


class Comparison(NamedTuple):
    """The verdict of B against A. `pairing` is None where flights could not be paired. `where`: what the lost flights
    have in common, surest first; only those `named` are shown. `flights_needed`: the most that an undecided measure
    wants. Not counted, as no evidence of their own: `copies_a` and `copies_b`, flights (of a paired comparison: pairs)
    that are bit-equal to one that counts; `shared`, draws in both campaigns of an unpaired comparison, each of which
    counts on one side only.
    """

    verdict: Verdict
    flights_a: int
    flights_b: int
    flights: int
    confidence: float
    measures: tuple[Measure, ...]
    pairing: Pairing | None
    where: tuple[Influence, ...]
    flights_needed: int | None
    copies_a: int = 0
    copies_b: int = 0
    shared: int = 0


class Counted(NamedTuple):
    """The flights of both that are evidence, and how many are not: see `Comparison`."""

    a: Flights
    b: Flights
    copies_a: int
    copies_b: int
    shared: int


def evidence_of(a: Flights, b: Flights, *, paired: bool) -> Counted:
    """Without copies, and without draws on both sides where flights are not paired."""
    if paired:
        rows_a, rows_b = twins(a, b)
        one, other = a.take(rows_a), b.take(rows_b)
        both = [f"{x} {y}" if x and y else "" for x, y in zip(one.all_prints, other.all_prints, strict=True)]
        kept = firsts(both)
        copies = len(both) - len(kept)
        return Counted(one.take(kept), other.take(kept), copies, copies, 0)
    one, other = (side.take(firsts(side.all_prints)) for side in (a, b))
    found = apart(one.ids, other.ids, one.all_prints, other.all_prints)
    copies_a, copies_b = len(a.ids) - len(one.ids), len(b.ids) - len(other.ids)
    return Counted(one.take(found.a), other.take(found.b), copies_a, copies_b, found.shared)


def compare(
    a: Flights, b: Flights, gate: Gate | None = None, *, paired: bool | None = None, explain: bool = True
) -> Comparison:
    """Compare B with A. `paired` None: by ids where at least half of the smaller campaign has its twin, else unpaired.

    Flights without a twin are left out of a paired comparison, and copies of any. Numbers that either side does not
    have are not judged.
    """
    gate = gate or Gate()
    if paired is None:
        common, smaller = len(twins(a, b)[0]), min(len(a.ids), len(b.ids))
        paired = bool(common) and 2 * common >= smaller
    counted = evidence_of(a, b, paired=paired)
    one, other = counted.a, counted.b
    table: PairTable | None = None
    if paired:
        success, table = success_paired(one, other, gate)
    else:
        success = success_unpaired(one, other, gate)
    metrics = [metric for metric in gate.metrics if metric.name in one.numbers and metric.name in other.numbers]
    evidence = [success, *(number(one, other, metric, gate, paired=paired) for metric in metrics)]
    limits = [(gate.success_margin, gate.success_alarm), *((metric.margin, metric.threshold) for metric in metrics)]
    names = [(SUCCESS, ""), *((metric.name, metric.unit) for metric in metrics)]
    measures = _judged(evidence, names, limits, gate)
    return Comparison(
        overall([measure.verdict for measure in measures]),
        len(a.ids),
        len(b.ids),
        success.flights,
        gate.confidence,
        measures,
        _pairing(table, one, other) if table is not None else None,
        where(one, other, gate, paired=paired) if explain else (),
        max((measure.flights_needed or 0 for measure in measures), default=0) or None,
        *counted[2:],
    )


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of several: worse where any is, undecided where any is and none is worse, better where any is."""
    for verdict in ("worse", "undecided", "better"):
        if verdict in verdicts:
            return verdict
    return "no worse"


def twins(a: Flights, b: Flights) -> tuple[list[int], list[int]]:
    """Rows of A and B that flew the same draw, in A's order. Raises ValueError for an id that stands twice."""
    for label, ids in (("A", a.ids), ("B", b.ids)):
        if len(set(ids)) != len(ids):
            raise ValueError(f"campaign {label}: the same id stands twice; ids must tell flights apart")
    place = {name: row for row, name in enumerate(b.ids)}
    rows = [(row, place[name]) for row, name in enumerate(a.ids) if name in place]
    return [row for row, _ in rows], [row for _, row in rows]


def where(a: Flights, b: Flights, gate: Gate, *, paired: bool) -> tuple[Influence, ...]:
    """What marks the flights that B loses.

    Paired: of the flights that A lands, those that B does not against those that it does. Unpaired: of all flights that
    failed, those of B against those of A, which shows what B fails in oftener if both drew from the same dispersions.
    """
    if paired:
        rows = np.flatnonzero(a.passed)
        flights, lost = b.take(rows.tolist()), ~b.passed[rows]
        dispersions, categories = flights.dispersions, flights.categories
    else:
        bad_a, bad_b = (flights.take(np.flatnonzero(~flights.passed).tolist()) for flights in (a, b))
        lost = np.repeat([False, True], [len(bad_a.ids), len(bad_b.ids)])
        dispersions = {
            name: np.concatenate([np.asarray(column), np.asarray(bad_b.dispersions[name])])
            for name, column in bad_a.dispersions.items()
            if name in bad_b.dispersions
        }
        categories = {
            name: [*labels, *bad_b.categories[name]]
            for name, labels in bad_a.categories.items()
            if name in bad_b.categories
        }
    if not lost.any() or lost.all():
        return ()
    return what_fails(lost, dispersions, categories, gate.level)


def _judged(
    evidence: Sequence[Evidence],
    names: Sequence[tuple[str, str]],
    limits: Sequence[tuple[float, float]],
    gate: Gate,
) -> tuple[Measure, ...]:
    others = max(1, len(evidence) - 1)
    weights = [gate.success_weight, *[(1.0 - gate.success_weight) / others] * (len(evidence) - 1)]
    worse = holm([one.p_worse for one in evidence], weights).tolist()
    better = holm([one.p_better for one in evidence], weights).tolist()
    measures = []
    for one, (name, unit), (margin, alarm), p_worse, p_better in zip(
        evidence, names, limits, worse, better, strict=True
    ):
        verdict = _verdict(one.below_margin, p_worse <= 0.5 * gate.level, p_better <= 0.5 * gate.level)
        needed = one.flights_needed if verdict == "undecided" else None
        measures.append(
            Measure(
                name, unit, verdict, one.a, one.b, one.harm.value, one.harm.low, one.harm.high, margin, alarm,
                p_worse, p_better, one.flights, needed,
            )
        )  # fmt: skip
    return tuple(measures)


def _verdict(below_margin: bool, shown_worse: bool, shown_better: bool) -> Verdict:
    if below_margin:
        return "better" if shown_better else "no worse"
    return "worse" if shown_worse else "undecided"


def _pairing(table: PairTable, a: Flights, b: Flights) -> Pairing:
    lost = tuple(a.ids[row] for row in np.flatnonzero(a.passed & ~b.passed).tolist())
    gained = tuple(a.ids[row] for row in np.flatnonzero(~a.passed & b.passed).tolist())
    return Pairing(*table, mcnemar(table.only_a, table.only_b).exact, lost, gained)


def failing_first(comparison: Comparison) -> "list[Measure]":
    """Measures in the order in which a reader wants them."""
    order = ("worse", "undecided", "better", "no worse")
    return sorted(comparison.measures, key=lambda measure: order.index(measure.verdict))
