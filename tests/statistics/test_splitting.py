"""Subset simulation. Oracles: the normal's tail, chi-square, brute force, the count of calls; scatter of many runs."""

import numpy as np
import pytest
from scipy.stats import chi2, norm

from hoverslam.harness.statistics.arrays import FloatArray
from hoverslam.harness.statistics.rare import pool
from hoverslam.harness.statistics.splitting import Splitting, splitting
from tests.statistics.coverage import enough

RUNS = 40


class Counted:
    """A margin that knows how many flights were asked of it."""

    def __init__(self, beta: float) -> None:
        self.beta, self.calls = beta, 0

    def __call__(self, z: FloatArray) -> FloatArray:
        self.calls += len(z)
        return np.asarray(self.beta - z.sum(axis=1) / np.sqrt(z.shape[1]))


@pytest.mark.parametrize(("deviates", "beta"), [(2, 3.5), (30, 4.0)])
def test_a_plane_in_many_deviates(deviates: int, beta: float) -> None:
    """40 runs: log of their mean within the scatter of the mean plus the known bias; every call counted."""
    rng = np.random.default_rng(40)
    true, chances, stated, held = float(norm.sf(beta)), [], [], 0
    for _ in range(RUNS):
        margin = Counted(beta)
        found = splitting(margin, deviates, rng).rare
        assert found.chance is not None
        assert found.variation is not None
        assert found.calls == margin.calls
        chances.append(found.chance)
        stated.append(found.variation)
        held += found.low <= true <= found.high
    spread = np.std(chances) / np.mean(chances)
    assert abs(np.mean(chances) / true - 1.0) <= 4.0 * spread / np.sqrt(RUNS) + np.mean(np.square(stated)) / 2.0
    assert 0.8 < np.mean(stated) / spread < 2.5  # stated is an upper limit; the scatter of 40 runs is known to 11 %
    assert enough(held, RUNS, 0.95)


def test_outside_a_sphere_failures_lie_everywhere() -> None:
    found = splitting(lambda z: 5.5 - np.sqrt((z * z).sum(axis=1)), 3, np.random.default_rng(41))
    true = float(chi2.sf(5.5**2, 3))
    assert found.rare.low <= true <= found.rare.high
    assert (np.sqrt((found.failures**2).sum(axis=1)) > 5.5).all()
    margins = [level.margin for level in found.levels]
    assert margins == sorted(margins, reverse=True)


def test_a_thousandth_is_what_brute_force_says() -> None:
    """The quadratic limit against two million plain flights; eight runs pooled."""
    rng = np.random.default_rng(42)

    def margin(z: FloatArray) -> FloatArray:
        return np.asarray(3.2 - z[:, 0] + 0.2 * z[:, 1] ** 2)

    plain = float((margin(rng.standard_normal((2_000_000, 2))) < 0.0).mean())
    runs = [splitting(margin, 2, rng).rare for _ in range(8)]
    pooled = pool(runs, 0.999)
    assert pooled.low <= plain <= pooled.high
    assert pooled.calls == sum(run.calls for run in runs)
    assert pooled.calls < 40_000


def test_what_is_not_rare_is_counted_plainly() -> None:
    found = splitting(Counted(0.5), 3, np.random.default_rng(43), Splitting(flights=2000))
    assert len(found.levels) == 1
    assert found.rare.calls == 2000
    assert found.rare.chance == pytest.approx(float(norm.sf(0.5)), abs=4.0 * np.sqrt(0.2 / 2000))


def test_a_plateau_is_admitted() -> None:
    """A margin that says no more than pass or fail cannot be climbed down: no estimate, and a note."""
    found = splitting(lambda z: np.where(z[:, 0] > 4.5, -1.0, 1.0), 2, np.random.default_rng(44)).rare
    assert found.chance is None
    assert found.note is not None
    assert found.high == 1.0


def test_the_same_seed_gives_the_same_answer() -> None:
    one, other = (splitting(Counted(3.0), 4, np.random.default_rng(45)).rare for _ in range(2))
    assert one == other


def test_a_margin_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN among them: True"):
        splitting(lambda z: np.full(len(z), np.nan), 2, np.random.default_rng(46))
    with pytest.raises(ValueError, match="kept must be"):
        splitting(Counted(3.0), 2, np.random.default_rng(46), Splitting(kept=0.9))
