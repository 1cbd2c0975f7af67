"""CMA-ES. Oracles: functions whose minimum is known, and what Hansen's tutorial says of its invariance."""

import numpy as np
import pytest

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.hunt.cmaes import CmaEs


def minimised(function: object, start: FloatArray, generations: int, seed: int = 1) -> CmaEs:
    search = CmaEs(start, 0.5, np.random.default_rng(seed))
    for _ in range(generations):
        points = search.ask()
        search.tell(points, [function(point) for point in points])  # type: ignore[operator]  # a function of a point, of whatever arity
    return search


def test_finds_the_minimum_of_a_sphere() -> None:
    goal = np.arange(6) / 3.0
    search = minimised(lambda x: float(np.sum((x - goal) ** 2)), np.zeros(6), 150)
    assert search.mean == pytest.approx(goal, abs=1e-4)


def test_learns_the_shape_of_a_long_turned_ellipsoid() -> None:
    """Axes of 1 to 1000, turned: without the covariance, steps of this many generations get nowhere near."""
    turn, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((4, 4)))
    lengths = np.array([1.0, 10.0, 100.0, 1000.0])
    search = minimised(lambda x: float(np.sum((lengths * (turn @ (x - 1.0))) ** 2)), np.zeros(4), 400)
    assert search.mean == pytest.approx(np.ones(4), abs=1e-3)


def test_only_the_order_of_values_counts() -> None:
    plain = minimised(lambda x: float(np.sum(x**2)), np.ones(3), 30)
    bent = minimised(lambda x: float(np.exp(np.sum(x**2))), np.ones(3), 30)
    assert np.array_equal(plain.mean, bent.mean)


def test_the_same_seed_asks_the_same() -> None:
    a, b = (minimised(lambda x: float(np.sum(x**4)), np.ones(5), 20, seed=9) for _ in range(2))
    assert np.array_equal(a.mean, b.mean)
