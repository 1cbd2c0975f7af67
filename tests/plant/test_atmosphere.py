"""The air between the published points, which `validation/test_us76.py` holds. Oracle: invariants of still air."""

import numpy as np

from hoverslam.plant.kernels.world.atmosphere import GAMMA, GAS_CONSTANT, standard_air

HYDROSTATIC = 1e-6  # relative: central difference over 20 m in scale heights of 6 km is (20/6000)^2 / 24
GEOPOTENTIAL_RADIUS_M = 6_356_766.0  # the standard's own Earth


def test_pressure_and_density_only_fall_on_the_way_up() -> None:
    rows = np.array([standard_air(float(h)) for h in np.arange(-1000.0, 130_001.0, 250.0)])
    assert np.all(np.diff(rows[:, 1]) < 0.0)
    assert np.all(np.diff(rows[:, 2]) < 0.0)


def test_the_pressure_carries_the_weight_of_the_air_above_up_to_86_km() -> None:
    for altitude_m in (100.0, 4_000.0, 15_000.0, 25_000.0, 40_000.0, 49_000.0, 60_000.0, 80_000.0):
        low, high = standard_air(altitude_m - 10.0), standard_air(altitude_m + 10.0)
        air = standard_air(altitude_m)
        gravity = 9.80665 * (GEOPOTENTIAL_RADIUS_M / (GEOPOTENTIAL_RADIUS_M + altitude_m)) ** 2
        fall = (low.pressure_pa - high.pressure_pa) / 20.0
        np.testing.assert_allclose(fall, air.density_kgpm3 * gravity, rtol=HYDROSTATIC)


def test_density_and_sound_follow_from_temperature_as_in_an_ideal_gas_up_to_86_km() -> None:
    for altitude_m in np.linspace(0.0, 86_000.0, 40):
        air = standard_air(float(altitude_m))
        np.testing.assert_allclose(air.density_kgpm3 * GAS_CONSTANT * air.temperature_k, air.pressure_pa, rtol=1e-14)
        np.testing.assert_allclose(air.sound_mps**2, GAMMA * GAS_CONSTANT * air.temperature_k, rtol=1e-14)
