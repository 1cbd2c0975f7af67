"""Engine starts. Oracle: counts made by hand, Clopper and Pearson's closed form without failures."""

import pytest

from hoverslam.harness.statistics.relight import StartAttempt, relights

STARTS = [
    StartAttempt(1, 1, True, 7),
    StartAttempt(2, 1, False, 7),
    StartAttempt(2, 2, True, 7),
    StartAttempt(1, 1, True, 8),
    StartAttempt(2, 1, True, 8),
    StartAttempt(3, 1, False, 9),
    StartAttempt(3, 2, False, 9),
]


def test_starts_are_counted_by_attempt_and_by_engine() -> None:
    found = relights(STARTS)
    assert [(r.attempt, r.lit.successes, r.lit.trials) for r in found.by_attempt] == [(1, 3, 5), (2, 1, 2)]
    assert [(r.engine, r.lit.successes, r.lit.trials) for r in found.by_engine] == [(1, 2, 2), (2, 2, 3), (3, 0, 2)]
    both = {(r.engine, r.attempt): r.lit[:2] for r in found.by_engine_and_attempt}
    assert both == {(1, 1): (2, 2), (2, 1): (1, 2), (2, 2): (1, 1), (3, 1): (0, 1), (3, 2): (0, 1)}
    assert found.overall[:2] == (4, 7)


def test_bounds_are_exact() -> None:
    found = relights([StartAttempt(1, 1, True)] * 30, 0.9)
    assert found.overall.low == pytest.approx(0.05 ** (1 / 30))


def test_flights_with_a_dud_are_counted_once_a_flight() -> None:
    found = relights(STARTS).flights_with_a_dud
    assert found is not None
    assert found[:2] == (2, 3)
    assert relights([StartAttempt(1, 1, True)]).flights_with_a_dud is None


def test_no_starts_make_an_empty_table() -> None:
    found = relights([])
    assert found.overall.share is None
    assert found.by_engine == ()


def test_attempts_count_from_one() -> None:
    with pytest.raises(ValueError, match="attempt 0 of engine 4"):
        relights([StartAttempt(4, 0, True)])
