"""Landing scatter. Oracles: normal theory in closed form, simulation, invariants of rotation and scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray
from hoverslam.harness.statistics.scatter import Ellipse, mean_impact, next_landing, scatter
from tests.statistics.coverage import enough, rare_enough

COVARIANCE_M2 = np.array([[9.0, 3.0], [3.0, 4.0]])
MEAN_M = np.array([1.0, -2.0])


def inside(ellipse: Ellipse, points: FloatArray) -> BoolArray:
    c, s = np.cos(ellipse.angle_rad), np.sin(ellipse.angle_rad)
    d, x = points[..., 0] - ellipse.downrange_m, points[..., 1] - ellipse.crossrange_m
    along, across = c * d + s * x, -s * d + c * x
    return np.asarray((along / ellipse.semi_major_m) ** 2 + (across / ellipse.semi_minor_m) ** 2 <= 1.0)


def test_with_many_landings_the_ellipse_is_that_of_the_normal() -> None:
    """Semi-axes: roots of chi-square's 95 % quantile (5.991, two degrees) times the eigenvalues of the covariance."""
    points = np.random.default_rng(1).multivariate_normal(MEAN_M, COVARIANCE_M2, 200_000)
    found = next_landing(points, 0.95)
    assert found is not None
    values, vectors = np.linalg.eigh(COVARIANCE_M2)
    tolerance = 0.01  # of 200,000 landings: standard error of a variance 0.3 %
    assert found.semi_minor_m == pytest.approx(np.sqrt(5.991 * values[0]), rel=tolerance)
    assert found.semi_major_m == pytest.approx(np.sqrt(5.991 * values[1]), rel=tolerance)
    assert found.angle_rad == pytest.approx(np.arctan2(vectors[1, 1], vectors[0, 1]) % np.pi, abs=tolerance)


@pytest.mark.parametrize("flights", [5, 40])
def test_ellipses_hold_what_they_promise_exactly(flights: int) -> None:
    """Few landings are the hard case: chi-square's ellipse would hold the next of five 78 times of 100, not 90."""
    rng = np.random.default_rng(2)
    next_held = mean_held = 0
    for _ in range(2000):
        points = rng.multivariate_normal(MEAN_M, COVARIANCE_M2, flights + 1)
        landing, mean = next_landing(points[:-1], 0.9), mean_impact(points[:-1], 0.9)
        assert landing is not None
        assert mean is not None
        next_held += int(inside(landing, points[-1]))
        mean_held += int(inside(mean, MEAN_M))
    for held in (next_held, mean_held):
        assert enough(held, 2000, 0.9)
        assert rare_enough(held, 2000, 0.9)


def test_cep_of_a_round_scatter_is_1_1774_sigma() -> None:
    points = np.random.default_rng(3).normal(0.0, 2.0, (20_000, 2))
    found = scatter(points[:, 0], points[:, 1])
    assert found.cep_m.value == pytest.approx(1.1774 * 2.0, rel=0.02)  # Rayleigh; standard error of the median 0.9 %
    assert found.miss_99_m.value == pytest.approx(3.0349 * 2.0, rel=0.04)
    assert found.miss_99_m.high is not None
    assert found.miss_99_m.value is not None
    assert found.miss_99_m.high > found.miss_99_m.value


def test_a_flight_that_never_came_down_is_outside_every_circle() -> None:
    found = scatter(np.array([1.0, 20.0, np.nan, 50.0]), np.array([0.0, 0.0, np.nan, 0.0]))
    assert (found.flights, found.landings) == (4, 3)
    assert [(within.radius_m, within.share.successes, within.share.trials) for within in found.within] == [
        (40.0, 2, 4),
        (10.0, 1, 4),
    ]
    assert found.cep_m.value == 35.0  # the middle of 1, 20, 50 and one without end


@pytest.mark.parametrize("flights", [0, 1, 2])
def test_too_few_landings_have_no_ellipse(flights: int) -> None:
    found = scatter(np.arange(float(flights)), np.zeros(flights))
    assert found.next_landing is None
    assert found.mean_impact is None


def test_landings_on_one_line_have_no_ellipse() -> None:
    assert next_landing(np.column_stack([np.arange(9.0), 2.0 * np.arange(9.0)]), 0.9) is None


@given(st.floats(-1.5, 1.5), st.floats(0.1, 50.0))
def test_turning_and_scaling_the_landings_turns_and_scales_the_ellipse(turn_rad: float, scale: float) -> None:
    points = np.random.default_rng(4).normal(size=(30, 2)) * [3.0, 1.0]
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    before, after = next_landing(points, 0.9), next_landing(scale * points @ np.array([[c, s], [-s, c]]), 0.9)
    assert before is not None
    assert after is not None
    assert after.semi_major_m == pytest.approx(scale * before.semi_major_m)
    assert after.semi_minor_m == pytest.approx(scale * before.semi_minor_m)
    assert np.sin(after.angle_rad - before.angle_rad - turn_rad) == pytest.approx(0.0, abs=1e-7)
    assert before.semi_minor_m <= before.semi_major_m
