"""Rare failures by subset simulation (adaptive multilevel splitting), where no aim is known: Au and Beck, Probabilistic
Engineering Mechanics 16 (2001) 263.

The chance of failure is a product of chances that are not small: of falling under a first margin, then under a smaller
one given the first, and so on. Each level is grown from the worst flights of the one before by Markov chains among
standard normal deviates (the modified Metropolis algorithm: each deviate on its own, so that many deviates do no
harm). The margin must vary among flights that pass: splitting climbs down it, and sees nothing on a plateau.

The estimate is biased by the order of its variance (Au and Beck, section 5). Its error takes levels as fully
correlated, their upper limit: independent levels would say about half, and measured runs lie between. `rare.pool`
several runs where the error matters.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray
from hoverslam.harness.statistics.rare import Rare, estimate

Margin = Callable[[FloatArray], FloatArray]


class Splitting(NamedTuple):
    """`flights` a level, share of them `kept` as seeds of the next, most levels, half-width of a proposed move [sigma].

    Au and Beck's choices: a tenth kept, moves uniform within one sigma.
    """

    flights: int = 1000
    kept: float = 0.1
    levels: int = 10
    move: float = 1.0


class Level(NamedTuple):
    """One level: flights under `margin` have the chance `chance` given the level before; `variation` of that."""

    margin: float
    chance: float
    variation: float


class Split(NamedTuple):
    """The estimate, the levels that led to it, and deviates of flights that failed, shape (m, d)."""

    rare: Rare
    levels: tuple[Level, ...]
    failures: FloatArray


class _Population(NamedTuple):
    z: FloatArray  # (chains, length, d)
    margin: FloatArray  # (chains, length)


def splitting(
    margin: Margin, deviates: int, rng: np.random.Generator, how: Splitting | None = None, confidence: float = 0.95
) -> Split:
    """Chance that `margin` is negative, for `deviates` independent standard normal numbers a flight.

    `margin` takes z (n, d) and gives (n,), no NaN; it is called once for the first level, then once for each step of
    all chains together, so that n flights can fly at the same time.
    """
    how = how or Splitting()
    chains, length = _shape(how)
    first = rng.standard_normal((chains * length, deviates))
    population = _Population(first.reshape(chains, length, deviates), _ask(margin, first).reshape(chains, length))
    levels: list[Level] = []
    calls, under = chains * length, np.inf
    for _ in range(how.levels):
        edge = float(np.partition(population.margin.ravel(), chains - 1)[chains - 1])
        if edge < 0.0 or len(levels) == how.levels - 1 or edge >= under:
            break
        levels.append(_level(population, population.margin <= edge, edge, independent=not levels))
        population, flown = _grow(margin, population, edge, how, rng)
        calls, under = calls + flown, edge
    failed = population.margin < 0.0
    chance = float(np.prod([level.chance for level in levels])) if levels else 1.0
    if not failed.any():
        return Split(_nothing(chance, calls, confidence), tuple(levels), np.empty((0, deviates)))
    levels.append(_level(population, failed, 0.0, independent=not levels))
    variation = float(sum(level.variation for level in levels))  # as if levels erred together
    found = estimate(
        chance * levels[-1].chance, variation, calls, confidence, 1.0 / variation**2 if variation else None
    )
    return Split(found, tuple(levels), population.z[failed])


def _shape(how: Splitting) -> tuple[int, int]:
    chains = round(how.flights * how.kept)
    if not 0.0 < how.kept <= 0.5 or chains < 2 or how.levels < 1 or not how.move > 0.0:
        raise ValueError(f"{how}: kept must be above 0 and at most 0.5, with at least two flights kept; move above 0")
    return chains, how.flights // chains


def _ask(margin: Margin, z: FloatArray) -> FloatArray:
    values = np.asarray(margin(z), dtype=np.float64)
    if values.shape != (len(z),) or np.isnan(values).any():
        raise ValueError(
            f"margin gave shape {values.shape} for {len(z)} flights, NaN among them: {np.isnan(values).any()}"
        )
    return values


def _grow(
    margin: Margin, old: _Population, edge: float, how: Splitting, rng: np.random.Generator
) -> tuple[_Population, int]:
    """The next level: a chain from each of as many flights under the edge as there are chains; flights flown for it."""
    chains, length, deviates = old.z.shape
    under = np.flatnonzero(old.margin.ravel() <= edge)
    seeds = rng.choice(under, chains, replace=False)
    new = _Population(np.empty_like(old.z), np.empty_like(old.margin))
    z, value, flown = old.z.reshape(-1, deviates)[seeds], old.margin.ravel()[seeds], 0
    for step in range(length):
        new.z[:, step], new.margin[:, step] = z, value
        if step == length - 1:
            break
        proposed = z + how.move * rng.uniform(-1.0, 1.0, z.shape)
        accepted = np.log(rng.random(z.shape)) < 0.5 * (z * z - proposed * proposed)
        candidate = np.where(accepted, proposed, z)
        moved = np.flatnonzero(accepted.any(axis=1))
        asked = _ask(margin, candidate[moved]) if len(moved) else np.empty(0)
        flown += len(moved)
        stay_under = asked <= edge
        z, value = z.copy(), value.copy()
        z[moved[stay_under]], value[moved[stay_under]] = candidate[moved[stay_under]], asked[stay_under]
    return new, flown


def _level(population: _Population, under: BoolArray, edge: float, *, independent: bool) -> Level:
    """Chance of a level and its coefficient of variation, autocorrelation along chains included (Au and Beck)."""
    flights, chance = under.size, float(under.mean())
    if chance in {0.0, 1.0}:
        return Level(edge, chance, 0.0)
    gamma = 0.0 if independent else _gamma(under.astype(np.float64) - chance)
    return Level(edge, chance, float(np.sqrt((1.0 - chance) / (chance * flights) * (1.0 + gamma))))


def _gamma(off: FloatArray) -> float:
    length, variance = off.shape[1], float((off * off).mean())
    lags = ((1.0 - lag / length) * float((off[:, :-lag] * off[:, lag:]).mean()) / variance for lag in range(1, length))
    return float(max(0.0, 2.0 * sum(lags)))


def _nothing(chance: float, calls: int, confidence: float) -> Rare:
    note = f"no failure down to a chance of about {chance:.1g}: more levels, or a margin that varies, would say more"
    return Rare(None, 0.0, 1.0, confidence, None, None, calls, None, note)
