"""Gusts as random series.

| verifies | longitudinal (first order) and transverse (second order) Dryden filters, and the whole gust of a tick |
| gravity | none |
| air | MIL-F-8785C, moderate, at 5 km above ground |
| vehicle | any: airspeed 300 m/s, and 60 |
| oracle | closed forms: variance sigma^2; autocorrelation e^-x and e^-x (1 - x / 2), x = lag times speed over length |
| tolerance | four standard errors of a series of that many correlation times (variance 2 / N, correlation 1 / N) |
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.world.wind import (
    TurbulenceParams,
    start_gusts,
    step_gusts,
    step_longitudinal,
    step_transverse,
)
from hoverslam.plant.plant import TURBULENCE_ALTITUDE_FT, TURBULENCE_SIGMA_FTPS
from hoverslam.plant.setup import stream_key

FOOT_M = 0.3048
SQRT3 = math.sqrt(3.0)
STEPS = 200_000
PARAMS = TurbulenceParams(
    w20_mps=7.0,
    high_altitude_m=np.array(TURBULENCE_ALTITUDE_FT) * FOOT_M,
    high_sigma_mps=np.array(TURBULENCE_SIGMA_FTPS["moderate"]) * FOOT_M,
    key=stream_key(1, "gusts"),
)
HEIGHT_M, LENGTH_M = 15_000.0 * FOOT_M, 1750.0 * FOOT_M
SIGMA_MPS = 8.0 * FOOT_M  # fig. 7 at 15,000 ft
FloatArray = np.ndarray


def longitudinal(x: FloatArray) -> FloatArray:
    """Correlation of the component along the flight path."""
    return np.asarray(np.exp(-x))


def transverse(x: FloatArray) -> FloatArray:
    """Correlation of a component across the flight path."""
    return np.asarray(np.exp(-x) * (1.0 - 0.5 * x))


def standard_errors(ratio: float) -> float:
    """One standard error of a correlation from the series: about one independent pair in two correlation times."""
    return math.sqrt(2.0 / (STEPS * ratio))


def correlation(series: FloatArray, lags: FloatArray) -> FloatArray:
    """Mean product at these lags over the known variance of one."""
    return np.array([float(np.mean(series[: len(series) - lag] * series[lag:])) for lag in lags])


def noise(count: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(count, 2))


def longitudinal_series(ratio: float) -> FloatArray:
    drawn, state, out = noise(STEPS, 1)[:, 0], 0.0, np.empty(STEPS)
    for i in range(STEPS):
        state = step_longitudinal(state, ratio, drawn[i])
        out[i] = state
    return out


@kernel
def _transverse_series(drawn: np.ndarray, ratio: float, out: np.ndarray) -> None:
    x, y = 0.0, 0.0
    for i in range(out.shape[0]):
        x, y = step_transverse(x, y, ratio, (drawn[i, 0], drawn[i, 1]))
        out[i] = 1.7320508075688772 * x + (1.0 - 1.7320508075688772) * y


def transverse_series(ratio: float) -> FloatArray:
    out = np.empty(STEPS)
    _transverse_series(noise(STEPS, 2), ratio, out)
    return out


@kernel
def _gust_series(params: TurbulenceParams, height_m: float, speed_mps: float, dt_s: float, out: np.ndarray) -> None:
    state = start_gusts(params.key)
    for i in range(out.shape[0]):
        state, gust = step_gusts(params, state, i, height_m, speed_mps, dt_s)
        out[i, 0], out[i, 1], out[i, 2] = gust


def gust_series(speed_mps: float, dt_s: float) -> FloatArray:
    """East, north, up [m/s], tick by tick."""
    out = np.empty((STEPS, 3))
    _gust_series(PARAMS, HEIGHT_M, speed_mps, dt_s, out)
    return out


@pytest.mark.parametrize("ratio", [0.02, 0.2, 1.0])
def test_the_longitudinal_filter_has_unit_variance_and_an_exponential_correlation(ratio: float) -> None:
    lags = np.unique(np.round(np.array([0.0, 0.5, 1.0, 2.0]) / ratio).astype(int))
    expected = longitudinal(lags * ratio)
    np.testing.assert_allclose(correlation(longitudinal_series(ratio), lags), expected, atol=4 * standard_errors(ratio))


@pytest.mark.parametrize("ratio", [0.02, 0.2, 1.0])
def test_the_transverse_filter_has_unit_variance_and_the_correlation_of_second_order(ratio: float) -> None:
    lags = np.unique(np.round(np.array([0.0, 0.5, 1.0, 2.0, 3.0]) / ratio).astype(int))
    expected = transverse(lags * ratio)
    np.testing.assert_allclose(correlation(transverse_series(ratio), lags), expected, atol=4 * standard_errors(ratio))
    # a first-order filter, the common mistake, would be far outside
    assert abs(float(longitudinal(np.array([2.0]))[0] - transverse(np.array([2.0]))[0])) > 4 * standard_errors(ratio)


@pytest.mark.parametrize(("speed_mps", "dt_s"), [(300.0, 0.01), (300.0, 0.1), (60.0, 0.1)])
def test_the_gusts_of_a_flight_have_the_strength_and_length_of_the_standard(speed_mps: float, dt_s: float) -> None:
    ratio = speed_mps * dt_s / LENGTH_M
    series = gust_series(speed_mps, dt_s) / SIGMA_MPS
    lags = np.round(np.array([0.0, 0.5, 1.0, 2.0]) / ratio).astype(int)
    for component, form in zip(series.T, (transverse, transverse, longitudinal), strict=True):
        np.testing.assert_allclose(correlation(component, lags), form(lags * ratio), atol=4 * standard_errors(ratio))


def test_the_components_are_independent() -> None:
    ratio = 30.0 / LENGTH_M
    series = gust_series(300.0, 0.1) / SIGMA_MPS
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(float(np.mean(series[:, a] * series[:, b]))) < 4 * standard_errors(ratio)


def test_turbulence_is_fully_there_from_the_first_tick() -> None:
    starts = np.array([start_gusts(stream_key(seed, "gusts")) for seed in range(4000)])
    east = SQRT3 * starts[:, 1] + (1.0 - SQRT3) * starts[:, 2]
    four_errors = 4.0 * math.sqrt(2.0 / 4000)
    np.testing.assert_allclose(np.var([starts[:, 0], east], axis=1), 1.0, atol=four_errors)
    one_step_later = [step_transverse(x, y, 0.5, (0.0, 0.0)) for _, x, y, _, _ in starts]
    decayed = np.array([SQRT3 * x + (1.0 - SQRT3) * y for x, y in one_step_later])
    assert float(np.mean(decayed * east)) == pytest.approx(float(transverse(np.array([0.5]))[0]), abs=four_errors)
