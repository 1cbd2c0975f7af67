"""What a comparison of two builds is about: the flights of each, the margins that are tolerated, the words of a
verdict.

The four verdicts, of one measure and of all together. Harm is how much B is worse than A, in the unit of the measure.

`worse`      harm beyond `alarm` is shown, and harm below `margin` is not. A gate fails. Where B is no worse than
             `alarm` in any measure, one false alarm in forty at most, over all measures together.
`no worse`   harm below `margin` is shown: B may be a little worse, but not by as much as matters. Each measure at its
             own 5 %, and all of them must: a build that is worse by its margin somewhere passes one time in twenty.
`better`     `no worse`, and a gain beyond `alarm` is shown in at least one measure; one false claim in forty.
`undecided`  none of these: too few flights. A strict gate fails here too; the number of flights needed is stated.

For success the alarm is 0: any loss of landings that is shown is one, unless it is shown to be below the margin. For
numbers alarm and margin are one: with the same seeds flown twice, differences that matter to nobody can be shown.
"""

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray
from hoverslam.harness.statistics.sensitivity import Categories, Columns

Verdict = Literal["worse", "no worse", "better", "undecided"]


NONE: Mapping[str, Any] = MappingProxyType({})


class Metric(NamedTuple):
    """A number of each flight and what harm of it is tolerated, in its own unit.

    `worse` and `better` are the words for a change ("touches down {change} faster"). `alarm` None: the margin.
    """

    name: str
    margin: float
    unit: str
    worse: str
    better: str
    higher_is_better: bool = False
    alarm: float | None = None

    @property
    def threshold(self) -> float:
        """Harm beyond which the build is called worse."""
        return self.margin if self.alarm is None else self.alarm


METRICS = (
    Metric("miss_m", 1.0, "m", "misses the centre by {change} more", "misses the centre by {change} less"),
    Metric("touchdown_mps", 0.2, "m/s", "touches down {change} faster", "touches down {change} slower"),
    Metric("tilt_deg", 0.5, "deg", "tilts {change} more at touchdown", "tilts {change} less at touchdown"),
    Metric("propellant_kg", 100.0, "kg", "keeps {change} less propellant", "keeps {change} more propellant", True),
)  # [C] a tenth of what leave to a good landing, rounded


class Gate(NamedTuple):
    """Margins, level and weights of a comparison.

    `level`: chance, over all measures, that two equal builds are told apart; half of it for `worse`, half for `better`.
    `success_weight`: the part of it that goes to success, which has least evidence in each flight; numbers share the
    rest. `confidence`: of the intervals that are shown. `words` of a category or dispersion: "wind_from": "in wind from
    the {level}".
    """

    success_margin: float = 0.02
    success_alarm: float = 0.0
    metrics: tuple[Metric, ...] = METRICS
    level: float = 0.05
    success_weight: float = 0.9
    confidence: float = 0.95
    words: Mapping[str, str] = NONE


class Flights(NamedTuple):
    """The flights of a campaign, in any order.

    `ids` (n) tell flights apart and name the same draw in two campaigns (its seed, or its number). `passed` (n,).
    `numbers`: name of a metric to (n,), NaN where a flight has none. `dispersions`: name to (n,), standardised.
    `categories`: name to n labels. `prints`: n fingerprints, equal for flights that are equal to the bit; empty where
    they are not known.
    """

    ids: Sequence[Hashable]
    passed: BoolArray
    numbers: Mapping[str, FloatArray] = NONE
    dispersions: Columns = NONE
    categories: Categories = NONE
    prints: Sequence[str] = ()

    def take(self, rows: Sequence[int]) -> "Flights":
        """The flights at these places, in this order."""
        at = np.asarray(rows, dtype=np.intp)
        return Flights(
            [self.ids[row] for row in at],
            np.asarray(self.passed, dtype=np.bool_)[at],
            {name: np.asarray(column, dtype=np.float64)[at] for name, column in self.numbers.items()},
            {name: np.asarray(column, dtype=np.float64)[at] for name, column in self.dispersions.items()},
            {name: np.asarray(labels, dtype=object)[at].tolist() for name, labels in self.categories.items()},
            [self.prints[row] for row in at] if self.prints else (),
        )

    @property
    def all_prints(self) -> Sequence[str]:
        """A fingerprint a flight, empty ones where they are not known."""
        return self.prints or [""] * len(self.ids)
