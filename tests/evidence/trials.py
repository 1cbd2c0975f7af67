"""How often `compare` is wrong, measured: many small comparisons drawn from two large banks of recorded flights."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.compare import compare, twins
from hoverslam.harness.statistics.gate import Flights, Gate, Verdict
from hoverslam.harness.statistics.proportion import Proportion, proportion


class Trials(NamedTuple):
    """Verdicts of as many comparisons, in the order drawn, and the share of them that said `worse`."""

    verdicts: tuple[Verdict, ...]
    worse: Proportion

    def count(self, verdict: Verdict) -> int:
        """How many of them came out so."""
        return self.verdicts.count(verdict)


def trials(
    bank_a: Flights, bank_b: Flights, flights: int, count: int, rng: np.random.Generator, gate: Gate | None = None
) -> Trials:
    """`count` paired comparisons of `flights` an arm: the same draws in both, those that both banks have.

    Drawn by flight, without replacement within a trial.
    """
    a, b = _twins(bank_a, bank_b, flights)
    return _verdicts((_paired(a, b, flights, rng, swap=False) for _ in range(count)), gate, paired=True)


def trials_of_equals(
    bank_a: Flights, bank_b: Flights, flights: int, count: int, rng: np.random.Generator, gate: Gate | None = None
) -> Trials:
    """As `trials`, but each pair changes sides with one chance in two: A/A comparisons, paired.

    They have the disagreements of two real builds, flight by flight, and no difference between the two.
    """
    a, b = _twins(bank_a, bank_b, flights)
    return _verdicts((_paired(a, b, flights, rng, swap=True) for _ in range(count)), gate, paired=True)


def trials_apart(
    bank_a: Flights, bank_b: Flights, flights: int, count: int, rng: np.random.Generator, gate: Gate | None = None
) -> Trials:
    """`count` unpaired comparisons: no draw stands in both arms. One bank given twice makes A/A under other seeds."""
    _check(bank_a, bank_b, 2 * flights)
    return _verdicts((_apart(bank_a, bank_b, flights, rng) for _ in range(count)), gate, paired=False)


def _twins(bank_a: Flights, bank_b: Flights, flights: int) -> tuple[Flights, Flights]:
    rows_a, rows_b = twins(bank_a, bank_b)
    a, b = bank_a.take(rows_a), bank_b.take(rows_b)
    _check(a, b, flights)
    return a, b


def _check(bank_a: Flights, bank_b: Flights, wanted: int) -> None:
    if len(bank_a.ids) < wanted or len(bank_b.ids) < wanted:
        raise ValueError(f"banks of {len(bank_a.ids)} and {len(bank_b.ids)} flights: {wanted} in each are wanted")


def _verdicts(arms: Iterable[tuple[Flights, Flights]], gate: Gate | None, *, paired: bool) -> Trials:
    verdicts = tuple(compare(a, b, gate, paired=paired, explain=False).verdict for a, b in arms)
    return Trials(verdicts, proportion(verdicts.count("worse"), len(verdicts)))


def _paired(
    bank_a: Flights, bank_b: Flights, flights: int, rng: np.random.Generator, *, swap: bool
) -> tuple[Flights, Flights]:
    rows = rng.choice(len(bank_a.ids), flights, replace=False)
    a, b = bank_a.take(rows.tolist()), bank_b.take(rows.tolist())
    if not swap:
        return a, b
    turned = rng.random(flights) < 0.5
    one = np.where(turned, b.passed, a.passed), np.where(turned, a.passed, b.passed)
    names = [name for name in a.numbers if name in b.numbers]
    numbers_a = {name: np.where(turned, b.numbers[name], a.numbers[name]) for name in names}
    numbers_b = {name: np.where(turned, a.numbers[name], b.numbers[name]) for name in names}
    return a._replace(passed=one[0], numbers=numbers_a), b._replace(passed=one[1], numbers=numbers_b)


def _apart(bank_a: Flights, bank_b: Flights, flights: int, rng: np.random.Generator) -> tuple[Flights, Flights]:
    """Different draws: of B none that A has here, wherever the banks share ids."""
    rows = rng.choice(len(bank_a.ids), flights, replace=False)
    a = bank_a.take(rows.tolist())
    taken = set(a.ids)
    free = [row for row, name in enumerate(bank_b.ids) if name not in taken]
    return a, bank_b.take(rng.choice(free, flights, replace=False).tolist())
