"""How reliably engines start: by attempt, by engine, and both, with exact bounds.

A second attempt is made only where the first failed, so its share is conditional on that. Starts within a flight share
its weather, tanks and plumbing: the bounds take them as independent, and are too narrow where one cause fails several.
`flights_with_a_dud` counts by flight, where independence holds.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hoverslam.harness.statistics.proportion import Proportion, proportion


class StartAttempt(NamedTuple):
    """One attempt to light one engine: engine number, attempt from 1, whether it lit; `flight` tells flights apart."""

    engine: int
    attempt: int
    lit: bool
    flight: int | str | None = None


class Reliability(NamedTuple):
    """Starts that lit among those tried; None stands for all engines, or all attempts."""

    engine: int | None
    attempt: int | None
    lit: Proportion


class Relights(NamedTuple):
    """The table of engine starts. `flights_with_a_dud` is None where the starts do not say their flight."""

    overall: Proportion
    by_attempt: tuple[Reliability, ...]
    by_engine: tuple[Reliability, ...]
    by_engine_and_attempt: tuple[Reliability, ...]
    flights_with_a_dud: Proportion | None


def relights(starts: Iterable[StartAttempt], confidence: float = 0.95) -> Relights:
    """Reliability of starts in every grouping; groups in ascending order, none without a start."""
    tried = [StartAttempt(*start) for start in starts]
    if bad := [start for start in tried if start.attempt < 1]:
        raise ValueError(f"attempt {bad[0].attempt} of engine {bad[0].engine}: attempts count from 1")
    engines = sorted({start.engine for start in tried})
    attempts = sorted({start.attempt for start in tried})
    both = sorted({(start.engine, start.attempt) for start in tried})
    return Relights(
        overall=_lit(tried, confidence),
        by_attempt=tuple(_group(tried, None, attempt, confidence) for attempt in attempts),
        by_engine=tuple(_group(tried, engine, None, confidence) for engine in engines),
        by_engine_and_attempt=tuple(_group(tried, engine, attempt, confidence) for engine, attempt in both),
        flights_with_a_dud=_flights(tried, confidence),
    )


def _group(starts: Sequence[StartAttempt], engine: int | None, attempt: int | None, confidence: float) -> Reliability:
    mine = [start for start in starts if engine in {None, start.engine} and attempt in {None, start.attempt}]
    return Reliability(engine, attempt, _lit(mine, confidence))


def _lit(starts: Sequence[StartAttempt], confidence: float) -> Proportion:
    return proportion(sum(bool(start.lit) for start in starts), len(starts), confidence)


def _flights(starts: Sequence[StartAttempt], confidence: float) -> Proportion | None:
    if not starts or any(start.flight is None for start in starts):
        return None
    duds = {start.flight for start in starts if not start.lit}
    return proportion(len(duds), len({start.flight for start in starts}), confidence)
