"""Importance sampling. Oracles: the normal's tail, chi-square, brute force with the same flights counted plainly."""

import numpy as np
import pytest
from scipy.stats import chi2, norm

from hoverslam.harness.statistics.arrays import FloatArray
from hoverslam.harness.statistics.importance import aim, draw, importance, log_ratio, proposal
from tests.statistics.coverage import enough


def linear(z: FloatArray, beta: float) -> FloatArray:
    """Fails where the mean direction of all deviates exceeds beta: chance norm.sf(beta), in any dimension."""
    return np.asarray(beta - z.sum(axis=1) / np.sqrt(z.shape[1]))


@pytest.mark.parametrize(("deviates", "beta"), [(2, 3.0), (10, 3.5), (40, 4.0)])
def test_a_plane_in_many_deviates(deviates: int, beta: float) -> None:
    """200 estimates: unbiased within four standard errors, interval as often right as stated (94 % asked of 95 %)."""
    rng = np.random.default_rng(30)
    where = proposal(np.full(deviates, beta / np.sqrt(deviates)))
    true = float(norm.sf(beta))
    runs = []
    for _ in range(200):
        z = draw(where, 1000, rng)
        runs.append(importance(where, z, linear(z, beta) < 0.0))
    chances = np.array([run.chance for run in runs])
    assert abs(chances.mean() - true) <= 4.0 * chances.std() / np.sqrt(200.0)
    assert enough(sum(run.low <= true <= run.high for run in runs), 200, 0.94)
    assert np.mean([run.standard_error for run in runs]) == pytest.approx(chances.std(), rel=0.2)


def test_a_sphere_outside_needs_a_wider_scale() -> None:
    """Fails outside a radius, in every direction: chance of chi-square; widened, not shifted."""
    rng = np.random.default_rng(31)
    where = proposal(np.zeros(3), 1.8)
    z = draw(where, 20_000, rng)
    found = importance(where, z, (z * z).sum(axis=1) > 25.0)
    true = float(chi2.sf(25.0, 3))
    assert found.standard_error is not None
    assert found.chance is not None
    assert abs(found.chance - true) <= 4.0 * found.standard_error
    assert found.variation is not None
    assert found.variation < 0.05


def test_a_thousandth_is_what_brute_force_says() -> None:
    """A quadratic limit in two deviates, against two million plain flights."""
    rng = np.random.default_rng(32)

    def failed(z: FloatArray) -> np.ndarray:
        return np.asarray(3.2 - z[:, 0] + 0.2 * z[:, 1] ** 2 < 0.0)

    plain = failed(rng.standard_normal((2_000_000, 2))).mean()
    pilot = rng.standard_normal((4000, 2)) * 2.0
    where = aim(pilot, failed(pilot))
    z = draw(where, 20_000, rng)
    found = importance(where, z, failed(z))
    assert found.chance is not None
    assert found.standard_error is not None
    together = np.hypot(found.standard_error, np.sqrt(plain / 2_000_000))
    assert abs(found.chance - plain) <= 4.0 * together


def test_without_a_shift_it_is_plain_counting() -> None:
    z = np.random.default_rng(33).standard_normal((500, 2))
    where = proposal(np.zeros(2))
    failed = z[:, 0] > 1.0
    found = importance(where, z, failed)
    assert log_ratio(where, z) == pytest.approx(0.0, abs=1e-12)
    assert found.chance == pytest.approx(failed.mean())
    assert found.effective == pytest.approx(failed.sum())
    assert found.standard_error == pytest.approx(np.sqrt(failed.mean() * (1.0 - failed.mean()) / 499.0))


def test_weights_average_one_and_are_bounded_by_the_nominal_share() -> None:
    where = proposal(np.full(4, 1.0), np.array([1.0, 2.0, 0.7, 1.0]), nominal=0.2)
    ratio = np.exp(log_ratio(where, draw(where, 100_000, np.random.default_rng(34))))
    assert ratio.max() <= 5.0 + 1e-9
    assert abs(ratio.mean() - 1.0) <= 4.0 * ratio.std() / np.sqrt(100_000.0)


def test_without_failures_there_is_an_upper_bound_alone() -> None:
    where = proposal(np.full(2, 3.0))
    z = draw(where, 1000, np.random.default_rng(35))
    found = importance(where, z, np.zeros(1000, dtype=bool))
    assert found.chance is None
    assert found.high == pytest.approx((1.0 - 0.05 ** (1 / 1000)) / 0.1)
    assert found.note is not None


def test_too_few_failures_are_said_to_be_too_few() -> None:
    where = proposal(np.zeros(2))
    z = draw(where, 1000, np.random.default_rng(36))
    assert "effective failures" in (importance(where, z, np.arange(1000) < 3).note or "")
    with pytest.raises(ValueError, match="no flight failed"):
        aim(z, np.zeros(1000, dtype=bool))
    with pytest.raises(ValueError, match="positive scale"):
        proposal(np.zeros(2), 0.0)
