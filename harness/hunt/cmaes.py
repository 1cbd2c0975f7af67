"""CMA-ES: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772, with its default parameters.

Asked for points and told what they are worth, it minimises. Nothing here knows of flights.
"""

import math

import numpy as np

from hoverslam.harness.arrays import FloatArray


def population(numbers: int) -> int:
    """Points of a generation, where there are so many numbers to be found."""
    return 4 + int(3 * math.log(numbers))


class CmaEs:
    """A normal distribution that moves and shapes itself toward smaller values."""

    def __init__(self, mean: FloatArray, step: float, rng: np.random.Generator, size: int | None = None) -> None:
        n = len(mean)
        self.mean, self.step, self._rng = np.array(mean, dtype=float), step, rng
        self.population = size or population(n)
        half = self.population // 2
        weights = math.log((self.population + 1) / 2) - np.log(np.arange(1, half + 1))
        self._weights = weights / weights.sum()
        mu = 1.0 / float(np.sum(self._weights**2))
        self._mu = mu
        self._c_sigma = (mu + 2) / (n + mu + 5)
        self._damping = 1 + 2 * max(0.0, math.sqrt((mu - 1) / (n + 1)) - 1) + self._c_sigma
        self._c_path = (4 + mu / n) / (n + 4 + 2 * mu / n)
        self._c_one = 2 / ((n + 1.3) ** 2 + mu)
        self._c_mu = min(1 - self._c_one, 2 * (mu - 2 + 1 / mu) / ((n + 2) ** 2 + mu))
        self._expected = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        self._path_sigma, self._path, self._covariance = np.zeros(n), np.zeros(n), np.eye(n)
        self._axes, self._lengths = np.eye(n), np.ones(n)
        self._generation = 0

    def ask(self) -> list[FloatArray]:
        """A generation of points."""
        drawn = self._rng.standard_normal((self.population, len(self.mean)))
        return [self.mean + self.step * (self._axes @ (self._lengths * z)) for z in drawn]

    def tell(self, points: list[FloatArray], values: list[float]) -> None:
        """What the points of a generation are worth; the least is best."""
        self._generation += 1
        best = [points[i] for i in np.argsort(values, kind="stable")[: len(self._weights)]]
        moved = [(point - self.mean) / self.step for point in best]
        step = np.sum([w * y for w, y in zip(self._weights, moved, strict=True)], axis=0)
        self.mean = self.mean + self.step * step
        whitened = self._axes @ ((self._axes.T @ step) / self._lengths)
        keep, mu = 1 - self._c_sigma, self._mu
        self._path_sigma = keep * self._path_sigma + math.sqrt(self._c_sigma * (2 - self._c_sigma) * mu) * whitened
        size = float(np.linalg.norm(self._path_sigma))
        settled = (
            size / math.sqrt(1 - keep ** (2 * self._generation)) < (1.4 + 2 / (len(self.mean) + 1)) * self._expected
        )
        drive = math.sqrt(self._c_path * (2 - self._c_path) * mu) if settled else 0.0
        self._path = (1 - self._c_path) * self._path + drive * step
        rank_mu = np.sum([w * np.outer(y, y) for w, y in zip(self._weights, moved, strict=True)], axis=0)
        left = 1 - self._c_one - self._c_mu + (0.0 if settled else self._c_one * self._c_path * (2 - self._c_path))
        self._covariance = (
            left * self._covariance + self._c_one * np.outer(self._path, self._path) + self._c_mu * rank_mu
        )
        self.step *= math.exp((self._c_sigma / self._damping) * (size / self._expected - 1))
        lengths, self._axes = np.linalg.eigh((self._covariance + self._covariance.T) / 2)
        self._lengths = np.sqrt(np.maximum(lengths, 1e-20))
