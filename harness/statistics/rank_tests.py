"""Does a number differ between two groups, or go with another number? Ranks and permutations, two-sided.

Normal theory (Lehmann, Nonparametrics, sections 1.3 and 7.3) where both groups are large and the values vary; otherwise
permutations with p = (1 + as extreme) / (1 + drawn): Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray

IntArray = NDArray[np.int64]

DRAWS = 9_999
FEW = 10  # up to here a group is judged by permutations: sums of so few ranks are not normal far out
VARIED = 20  # so many values must differ from the commonest one before normal theory is believed
SMALL = 30  # from here Spearman's coefficient is judged by Student's t


class Shuffles:
    """Seeded ways to choose some of the flights, and orders of all; drawn once for each size and kept."""

    def __init__(self, seed: int = 0) -> None:
        self._seed, self._kept = seed, dict[tuple[int, int], IntArray]()

    def choose(self, flights: int, few: int) -> IntArray:
        """`few` different places among `flights`, DRAWS times: shape (DRAWS, few)."""
        if (flights, few) not in self._kept:
            self._kept[flights, few] = _choose(np.random.default_rng([self._seed, flights, few]), flights, few)
        return self._kept[flights, few]


class Answer(NamedTuple):
    """Effect, -1 to 1, and two-sided p-value."""

    effect: float
    p: float


NOTHING = Answer(0.0, 1.0)


def ranks(values: FloatArray) -> FloatArray:
    """Ranks about their mean, ties sharing theirs, shape as given."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values) - 0.5 * (len(values) + 1), dtype=np.float64)


def two_groups(values: FloatArray, inside: BoolArray, shuffles: Shuffles) -> Answer:
    """Are `values` (n,) larger inside a group than outside? The effect is the rank-biserial coefficient.

    It is P(inside larger) - P(inside smaller) of one flight from each (Kerby, Comprehensive Psychology 3 (2014) 1).
    """
    score, group, flights = ranks(values), int(inside.sum()), len(values)
    few = min(group, flights - group)
    if few == 0 or np.ptp(score) == 0.0:
        return NOTHING
    total = float(score[inside].sum())
    effect = 2.0 * total / (group * (flights - group))
    if few <= FEW or _varied(score) < VARIED:
        return Answer(effect, _permuted_sum(score, few, abs(total), shuffles))
    variance = few * (flights - few) / (flights * (flights - 1)) * float(score @ score)
    return Answer(effect, _two_sided(total / np.sqrt(variance)))


def together(x: FloatArray, y: FloatArray, shuffles: Shuffles) -> Answer:
    """Do `x` and `y` (n,) rise together? The effect is Spearman's coefficient."""
    rx, ry = ranks(x), ranks(y)
    if len(x) < 3 or np.ptp(rx) == 0.0 or np.ptp(ry) == 0.0:
        return NOTHING
    size = float(np.sqrt((rx @ rx) * (ry @ ry)))
    rho = float(rx @ ry) / size
    if len(x) < SMALL:
        drawn = ry[shuffles.choose(len(x), len(x))] @ rx
        return Answer(rho, _share_as_extreme(drawn, abs(rho) * size))
    if (varied := _varied(rx)) < VARIED:  # a fault that few flights have: where among y do those few lie?
        odd = rx != _commonest(rx)
        return Answer(rho, _permuted_sum(ry, varied, abs(float(ry[odd].sum())), shuffles))
    from scipy.stats import t

    freedom = len(x) - 2
    return Answer(rho, float(2.0 * t.sf(abs(rho) * np.sqrt(freedom / max(1.0 - rho * rho, 1e-300)), freedom)))


def share_of_failures(inside: BoolArray, failed: BoolArray) -> Answer:
    """Do flights inside a group fail oftener than others? Fisher's exact test; the effect is a difference of shares."""
    from scipy.stats import fisher_exact

    bad_in, bad_out = int((inside & failed).sum()), int((~inside & failed).sum())
    all_in, all_out = int(inside.sum()), int((~inside).sum())
    if not all_in or not all_out or not bad_in + bad_out:
        return NOTHING
    table = [[bad_in, all_in - bad_in], [bad_out, all_out - bad_out]]
    return Answer(bad_in / all_in - bad_out / all_out, float(fisher_exact(table).pvalue))


def _choose(rng: np.random.Generator, flights: int, few: int) -> IntArray:
    if few * few <= flights:  # mostly different anyhow: draw, and draw again where two are the same
        chosen = rng.integers(0, flights, (DRAWS, few))
        while len(again := np.flatnonzero((np.diff(np.sort(chosen, axis=1), axis=1) == 0).any(axis=1))):
            chosen[again] = rng.integers(0, flights, (len(again), few))
        return chosen
    rows = max(1, 1_000_000 // flights)  # at a time, to keep memory small
    parts = [rng.random((min(rows, DRAWS - k), flights)).argsort(axis=1)[:, :few] for k in range(0, DRAWS, rows)]
    return np.concatenate(parts)


def _commonest(score: FloatArray) -> float:
    values, counts = np.unique(score, return_counts=True)
    return float(values[np.argmax(counts)])


def _varied(score: FloatArray) -> int:
    return int(len(score) - np.unique(score, return_counts=True)[1].max())


def _permuted_sum(score: FloatArray, few: int, at_least: float, shuffles: Shuffles) -> float:
    return _share_as_extreme(score[shuffles.choose(len(score), few)].sum(axis=1), at_least)


def _share_as_extreme(drawn: FloatArray, at_least: float) -> float:
    # rounding must not make a draw of the same flights look less extreme than they are
    return float((1 + (np.abs(drawn) >= at_least * (1.0 - 1e-12)).sum()) / (1 + len(drawn)))


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2.0 * ndtr(-abs(z)))
