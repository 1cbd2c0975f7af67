"""What is drawn for a flight. Oracles: closed forms of a first-order Gauss-Markov profile; independence of streams."""

import math

import numpy as np
import pytest

from hoverslam.scenarios.dispersions import COLUMN_POINTS, COLUMN_STEP_M, draw
from hoverslam.scenarios.drawn import Dispersions

FLIGHTS = 1000
SIGMA, LENGTH_M = 0.04, 8000.0  # density: a twentieth or so, correlated over a scale height
WIND_LENGTH_M = 3000.0
CUT = 0.005  # of the variance: what a cut at three sigma takes from a normal number
# one independent number in two correlation lengths: 130 km x 1000 flights hold 8000 for the density
ERROR = 4.0 * math.sqrt(2.0 / (FLIGHTS * COLUMN_POINTS * COLUMN_STEP_M / (2.0 * LENGTH_M))) + CUT


def columns(name: str, sigmas: Dispersions) -> np.ndarray:
    """One row a flight."""
    return np.array([getattr(draw(sigmas, seed, 9), name) for seed in range(FLIGHTS)])


@pytest.fixture(scope="module")
def density() -> np.ndarray:
    return (columns("density", Dispersions(density=SIGMA)) - 1.0) / SIGMA


def correlation(rows: np.ndarray, lag_m: float) -> float:
    lag = round(lag_m / COLUMN_STEP_M)
    return float(np.mean(rows[:, : COLUMN_POINTS - lag] * rows[:, lag:]))


@pytest.mark.parametrize("lag_m", [0.0, 2000.0, 8000.0, 16_000.0, 60_000.0])
def test_density_deviates_together_over_a_scale_height(density: np.ndarray, lag_m: float) -> None:
    assert correlation(density, lag_m) == pytest.approx(math.exp(-lag_m / LENGTH_M), abs=ERROR)


def test_density_has_its_sigma_at_every_altitude_and_is_cut_at_three(density: np.ndarray) -> None:
    standard_error = 5.0 * math.sqrt(2.0 / FLIGHTS)  # 261 altitudes are looked at, so five of them
    np.testing.assert_allclose(np.mean(density**2, axis=0), 1.0, atol=standard_error + CUT)
    assert np.abs(density).max() <= 3.0 + 1e-12


def test_the_wind_deviates_over_three_kilometres_and_east_apart_from_north() -> None:
    east, north = (columns(name, Dispersions(wind_mps=1.0)) for name in ("wind_east_mps", "wind_north_mps"))
    for lag_m in (0.0, 3000.0, 9000.0):
        assert correlation(east, lag_m) == pytest.approx(math.exp(-lag_m / WIND_LENGTH_M), abs=ERROR)
    assert abs(float(np.mean(east * north))) < ERROR


def test_nothing_is_drawn_where_nothing_is_dispersed() -> None:
    still = draw(Dispersions(), 1, 9)
    assert still.density.tolist() == [1.0] * COLUMN_POINTS
    assert (still.isp, still.propellant_kg, still.plume) == (1.0, 0.0, 1.0)


def test_one_more_dispersion_leaves_the_others_as_they_were() -> None:
    few, more = draw(Dispersions(isp=0.01), 3, 9), draw(Dispersions(isp=0.01, density=0.04, thrust_engine=0.01), 3, 9)
    assert few.isp == more.isp
    assert more.density.tolist() != few.density.tolist()
