"""Steady wind by altitude, and how strong the gusts are where. Oracles: numpy's interpolation, MIL-F-8785C.

The gusts as random series are in `validation/test_dryden_turbulence.py`.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.plant.kernels.world.wind import AirColumn, TurbulenceParams, column_at, turbulence_at
from hoverslam.plant.plant import TURBULENCE_ALTITUDE_FT, TURBULENCE_SIGMA_FTPS
from hoverslam.plant.setup import stream_key
from tests.plant.stage import command, plant, truth

FOOT_M = 0.3048
ROUNDING = 1e-9  # m/s: linear interpolation of numbers below 100
STEP_M = 500.0
DRAWN = np.random.default_rng(5).normal(size=(3, 9))
COLUMN = AirColumn(STEP_M, *DRAWN)
MODERATE = TurbulenceParams(
    w20_mps=7.0,
    high_altitude_m=np.array(TURBULENCE_ALTITUDE_FT) * FOOT_M,
    high_sigma_mps=np.array(TURBULENCE_SIGMA_FTPS["moderate"]) * FOOT_M,
    key=stream_key(1, "gusts"),
)
# MIL-F-8785C fig. 7 as printed in validation.md sec. 2: ft, then ft/s
FIGURE_7_FT = (500.0, 1750.0, 3750.0, 7500.0, 15e3, 25e3, 35e3, 45e3, 55e3)
FIGURE_7 = {
    "moderate": (8.6, 9.6, 10.6, 10.1, 8.0, 6.6, 5.0, 4.2, 2.7),
    "severe": (15.6, 17.6, 23.0, 23.6, 22.1, 20.0, 16.0, 15.1, 12.1),
}


@given(st.floats(-2_000.0, 8_000.0))
def test_wind_and_density_are_linear_between_their_altitudes_and_held_beyond(altitude_m: float) -> None:
    grid = STEP_M * np.arange(9)
    expected = [np.interp(altitude_m, grid, values) for values in DRAWN]
    np.testing.assert_allclose(column_at(COLUMN, altitude_m), expected, atol=ROUNDING)


@pytest.mark.parametrize("height_ft", [10.0, 100.0, 999.0])
def test_near_the_ground_scale_and_strength_follow_the_height(height_ft: float) -> None:
    # MIL-F-8785C 3.7.3.4: Lw = h, Lu = Lv = h / (0.177 + 0.000823 h)^1.2, sigma_w = 0.1 W20
    base = 0.177 + 0.000823 * height_ft
    expected = (height_ft / base**1.2 * FOOT_M, height_ft * FOOT_M, 0.7 / base**0.4, 0.7)
    np.testing.assert_allclose(turbulence_at(MODERATE, height_ft * FOOT_M), expected, rtol=1e-12)


@pytest.mark.parametrize("name", FIGURE_7)
def test_aloft_the_strength_is_that_of_figure_7_and_the_scale_1750_feet(name: str) -> None:
    params = MODERATE._replace(high_sigma_mps=np.array(TURBULENCE_SIGMA_FTPS[name]) * FOOT_M)
    for height_ft, sigma_ftps in zip(FIGURE_7_FT[2:], FIGURE_7[name][2:], strict=True):
        expected = (1750.0, 1750.0, sigma_ftps, sigma_ftps)
        np.testing.assert_allclose(turbulence_at(params, height_ft * FOOT_M), np.array(expected) * FOOT_M, rtol=1e-9)


@pytest.mark.parametrize("name", FIGURE_7)
def test_the_whole_figure_is_in_the_table(name: str) -> None:
    assert TURBULENCE_ALTITUDE_FT[:9] == FIGURE_7_FT
    assert TURBULENCE_SIGMA_FTPS[name][:9] == FIGURE_7[name]


def test_the_change_from_low_to_high_turbulence_has_no_step() -> None:
    for edge_ft in (1000.0, 2000.0):
        below = turbulence_at(MODERATE, edge_ft * FOOT_M - 1e-6)
        above = turbulence_at(MODERATE, edge_ft * FOOT_M + 1e-6)
        np.testing.assert_allclose(above, below, rtol=1e-6)


def test_no_turbulence_means_no_gusts() -> None:
    calm = plant()
    calm.advance(command(calm), 500)
    np.testing.assert_array_equal(truth(calm)["wind_enu_mps"], 0.0)


def test_gusts_add_to_the_wind_and_another_seed_brings_others() -> None:
    def wind(seed: int) -> np.ndarray:
        low = plant().setup.release._replace(altitude_msl_m=8_000.0)
        gusty = plant(turbulence="severe", w20_mps=7.0, seed=seed, release=low)
        gusty.advance(command(gusty), 500)
        return truth(gusty)["wind_enu_mps"]

    assert np.all(np.abs(wind(1)) > 0.0)
    assert np.all(np.abs(wind(1)) < 6 * 23.6 * FOOT_M)  # six standard deviations of the strongest air
    np.testing.assert_array_equal(wind(1), wind(1))
    assert np.all(wind(1) != wind(2))
