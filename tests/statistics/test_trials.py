"""How often the gate is wrong. Oracle: what was planted; the binomial says what 200 trials may show.

The stated rates are those of `gate`: `worse` one time in forty where builds are equal, however the flights are paired.
"""

import numpy as np
import pytest

from hoverslam.harness.statistics.gate import Flights, Gate
from tests.evidence.trials import trials, trials_apart, trials_of_equals
from tests.statistics.banks import bank
from tests.statistics.coverage import rare_enough

FLIGHTS, TRIALS = 460, 200


@pytest.mark.parametrize("flicker", [0.02])
def test_equal_builds_that_disagree_raise_few_alarms(flicker: float) -> None:
    """A/A by changing sides: the builds' disagreements stay, their difference goes."""
    a, b = bank(20, flicker=flicker), bank(20, flicker=flicker, build=1)
    found = trials_of_equals(a, b, FLIGHTS, TRIALS, np.random.default_rng(0))
    assert rare_enough(found.count("worse"), TRIALS, 0.025)
    assert found.count("worse") <= 0.05 * TRIALS
    assert rare_enough(found.count("better"), TRIALS, 0.025)


def test_one_build_under_other_seeds_raises_few_alarms() -> None:
    a = bank(21)
    found = trials_apart(a, a, FLIGHTS, TRIALS, np.random.default_rng(1))
    assert rare_enough(found.count("worse"), TRIALS, 0.025)
    assert found.count("worse") <= 0.05 * TRIALS


def test_a_planted_loss_of_three_percent_is_found() -> None:
    a, b = bank(22), bank(22, build=1, lost=0.03)
    found = trials(a, b, FLIGHTS, TRIALS, np.random.default_rng(2))
    assert found.worse.share is not None
    assert found.worse.share >= 0.9


def test_a_planted_hard_touchdown_is_found() -> None:
    a, b = bank(23), bank(23, build=1, slower_mps=0.3)
    assert trials(a, b, FLIGHTS, 20, np.random.default_rng(3)).count("worse") == 20


def test_a_build_that_is_worse_by_its_margin_seldom_passes() -> None:
    """The other risk: at a loss of exactly 2 %, `no worse` (or `better`) one time in twenty at most."""
    rng, passes = np.random.default_rng(4), 0
    for _ in range(10):
        a = bank(int(rng.integers(1 << 30)))
        a = a._replace(numbers={})
        found = trials(a, a._replace(passed=a.passed & ~_lost(rng, a, 0.02)), FLIGHTS, 20, rng, Gate())
        passes += found.count("no worse") + found.count("better")
    assert rare_enough(passes, 200, 0.06)  # Newcombe's interval is approximate: 6 % is granted for 5 %


def _lost(rng: np.random.Generator, flights: Flights, share: float) -> np.ndarray:
    lost = np.zeros(len(flights.ids), dtype=np.bool_)
    lost[rng.choice(np.flatnonzero(flights.passed), round(share * len(lost)), replace=False)] = True
    return lost


def test_banks_that_are_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="400 in each are wanted"):
        trials_apart(bank(24, 300), bank(24, 300), 200, 1, np.random.default_rng(5))
