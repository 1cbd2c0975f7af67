"""What failure, or a number such as the miss, depends on: a ranking of dispersions that does not name noise.

Ranks, so that no distribution is assumed; each dispersion is asked about its direction and about its extremes (both
ends alike), each category (fault, sector of the wind) about each of its levels. All questions of one call share one
rate of false naming, by Holm. It sees one dispersion at a time: what two do together and neither alone stays hidden.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray, check_share, numbers
from hoverslam.harness.statistics.holm import holm
from hoverslam.harness.statistics.rank_tests import Answer, Shuffles, ranks, share_of_failures, together, two_groups

Columns = Mapping[str, Sequence[float] | FloatArray]
Categories = Mapping[str, Sequence[str]]
Kind = Literal["number", "category"]


class Influence(NamedTuple):
    """One dispersion or category, with the pattern of it that stands out most.

    `pattern`: where failures, or large values, are: `high`, `low`, `extremes`, `middle` of a number; or a level.
    `effect`, -1 to 1: against failure the rank-biserial coefficient of a number and the difference of failing shares of
    a level; against a number Spearman's coefficient, or the rank-biserial one of a level.
    `share`: Spearman's coefficient squared, the share of the variance of ranks that goes with this dispersion, with its
    interval at 95 % (Bonett and Wright, Psychometrika 65 (2000) 23); None against failure and for categories.
    `named`: shown, at the level of the whole family (`p_family`).
    """

    name: str
    kind: Kind
    pattern: str
    effect: float
    p: float
    p_family: float
    named: bool
    share: float | None
    share_low: float | None
    share_high: float | None
    flights: int


class _Question(NamedTuple):
    name: str
    kind: Kind
    pattern: str
    answer: Answer
    flights: int


_Judge = Callable[[FloatArray, BoolArray], Answer]
_LevelJudge = Callable[[BoolArray], Answer]


def what_fails(
    failed: Sequence[bool] | BoolArray,
    columns: Columns,
    categories: Categories | None = None,
    level: float = 0.05,
    seed: int = 0,
) -> tuple[Influence, ...]:
    """What failure depends on, surest first: `failed` (n,); `columns` name to (n,), NaN where a flight has no number.

    `categories`: name to n labels. Where nothing matters, at most `level` of such calls name anything. `seed`: of the
    permutations, so that the answer repeats.
    """
    bad = np.asarray(failed, dtype=np.bool_)
    shuffles = Shuffles(seed)
    questions = [
        *_about_numbers(columns, np.ones_like(bad), lambda x, here: two_groups(x, bad[here], shuffles)),
        *_about_levels(categories or {}, np.ones_like(bad), lambda inside: share_of_failures(inside, bad)),
    ]
    return _ranking(questions, level)


def what_moves(
    value: Sequence[float] | FloatArray,
    columns: Columns,
    categories: Categories | None = None,
    level: float = 0.05,
    seed: int = 0,
) -> tuple[Influence, ...]:
    """What a number of each flight depends on: `value` (n,), flights with NaN left out; otherwise as `what_fails`."""
    y = numbers(value)
    there = ~np.isnan(y)
    shuffles = Shuffles(seed)

    questions = [
        *_about_numbers(columns, there, lambda x, here: together(x, y[here], shuffles)),
        *_about_levels(categories or {}, there, lambda inside: two_groups(y[there], inside[there], shuffles)),
    ]
    return tuple(_with_share(influence) for influence in _ranking(questions, level))


def _about_numbers(columns: Columns, there: BoolArray, judge: _Judge) -> Iterator[_Question]:
    for name, column in columns.items():
        x = numbers(column)
        _check(name, len(x), len(there))
        here = ~np.isnan(x) & there
        answer = judge(x[here], here)
        yield _Question(name, "number", "high" if answer.effect >= 0.0 else "low", answer, int(here.sum()))
        answer = judge(np.abs(ranks(x[here])), here)
        yield _Question(name, "number", "extremes" if answer.effect >= 0.0 else "middle", answer, int(here.sum()))


def _about_levels(categories: Categories, there: BoolArray, judge: _LevelJudge) -> Iterator[_Question]:
    for name, labels in categories.items():
        array = np.array([str(label) for label in labels], dtype=object)
        _check(name, len(array), len(there))
        for level in sorted(set(array.tolist())):
            yield _Question(name, "category", level, judge(array == level), int(there.sum()))


def _ranking(questions: Sequence[_Question], level: float) -> tuple[Influence, ...]:
    check_share("level", level)
    family = holm([question.answer.p for question in questions]).tolist()
    surest = sorted(
        zip(questions, family, strict=True), key=lambda pair: (pair[0].answer.p, -abs(pair[0].answer.effect))
    )
    best: dict[str, Influence] = {}
    for (name, kind, pattern, (effect, p), flights), p_family in surest:
        named = p_family <= level
        best.setdefault(name, Influence(name, kind, pattern, effect, p, p_family, named, None, None, None, flights))
    return tuple(best.values())


def _with_share(influence: Influence) -> Influence:
    rho, flights = influence.effect, influence.flights
    if influence.kind == "category" or flights < 4:
        return influence
    half = 1.959964 * np.sqrt((1.0 + 0.5 * rho * rho) / (flights - 3))  # in Fisher's z
    middle = np.arctanh(min(abs(rho), 1.0 - 1e-12))
    low, high = np.tanh(max(0.0, middle - half)), np.tanh(middle + half)
    return influence._replace(share=rho * rho, share_low=float(low * low), share_high=float(high * high))


def _check(name: str, there: int, flights: int) -> None:
    if there != flights:
        raise ValueError(f"{name}: {there} values for {flights} flights")
