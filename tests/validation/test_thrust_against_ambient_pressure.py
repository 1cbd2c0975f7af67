"""One engine at every height.

| verifies | thrust and specific impulse against ambient pressure; that the plant takes the pressure of its altitude |
| gravity | none needed |
| air | US76 |
| vehicle | TQ-12A model of vehicle.md 1.1 |
| oracle | F = F_vac - p A_e (Sutton, eq. 2-13); 814 kN, 289.6 s at sea level, 902 kN, 321 s in vacuum, 286.6 kg/s |
| tolerance | half a unit of the last printed digit |
"""

import numpy as np
import pytest
from fluids.atmosphere import ATMOSPHERE_1976

from hoverslam.plant.kernels.engines.engine import EngineScatter, flow, thrust
from tests.plant.stage import STAND, engines_on, place, plant, shipped, truth

ENGINE = shipped().engine
NOMINAL = EngineScatter(1.0, 1.0, 0.0)
G0_MPS2, SEA_LEVEL_PA = 9.80665, 101_325.0


def test_sea_level_and_vacuum_are_those_of_the_data_sheet() -> None:
    assert thrust(ENGINE, NOMINAL, 1.0, SEA_LEVEL_PA) == pytest.approx(814e3, abs=0.5e3)
    assert thrust(ENGINE, NOMINAL, 1.0, 0.0) == pytest.approx(902e3, abs=0.5e3)
    assert flow(ENGINE, NOMINAL, 1.0) == pytest.approx(286.6, abs=0.1)
    isp = thrust(ENGINE, NOMINAL, 1.0, SEA_LEVEL_PA) / (G0_MPS2 * flow(ENGINE, NOMINAL, 1.0))
    assert isp == pytest.approx(289.6, abs=0.05)
    assert thrust(ENGINE, NOMINAL, 1.0, 0.0) / (G0_MPS2 * flow(ENGINE, NOMINAL, 1.0)) == pytest.approx(321.0, abs=0.05)


@pytest.mark.parametrize("level", [0.5, 0.8, 1.05])
@pytest.mark.parametrize("ambient_pa", [0.0, 20_000.0, 101_325.0])
def test_the_ambient_pressure_takes_its_share_on_the_exit_area_whatever_the_throttle(
    level: float, ambient_pa: float
) -> None:
    expected = level * 902e3 - ambient_pa * 0.871
    assert thrust(ENGINE, NOMINAL, level, ambient_pa) == pytest.approx(expected, rel=1e-12)


def test_specific_impulse_falls_with_the_throttle_as_the_data_sheet_allows() -> None:
    # vehicle.md 3.1: 0.5 to 1 % for each 10 % of throttle
    for level in (0.5, 0.6, 0.8):
        isp = thrust(ENGINE, NOMINAL, level, 0.0) / (G0_MPS2 * flow(ENGINE, NOMINAL, level))
        assert 0.05 * (1.0 - level) <= 1.0 - isp / 321.0 <= 0.10 * (1.0 - level)


def test_thrust_is_never_negative() -> None:
    assert thrust(ENGINE, NOMINAL, 0.01, SEA_LEVEL_PA) == 0.0


def test_an_engines_own_scatter_scales_its_thrust_and_its_impulse() -> None:
    own = EngineScatter(thrust=1.02, isp=0.99, dead_time_s=0.0)
    assert thrust(ENGINE, own, 0.8, 0.0) == pytest.approx(1.02 * 0.8 * 902e3, rel=1e-12)
    assert flow(ENGINE, own, 0.8) == pytest.approx(1.02 / 0.99 * flow(ENGINE, NOMINAL, 0.8), rel=1e-12)


@pytest.mark.parametrize("altitude_m", [2_000.0, 12_000.0, 30_000.0])
def test_a_burning_stage_feels_the_pressure_of_its_altitude(altitude_m: float) -> None:
    burning = plant(STAND)
    burning.advance(engines_on(burning, (0,), 0.9), 3000)
    place(burning, (0.0, 0.0, altitude_m - burning.setup.elevation_m), (0.0, 0.0, -100.0))
    burning.advance(engines_on(burning, (0,), 0.9), 1)
    centre = truth(burning)["altitude_msl_m"][0] + truth(burning)["cg_m"][0] - burning.vehicle.legs.foot_m
    expected = 0.9 * ENGINE.vacuum_thrust_n - ATMOSPHERE_1976(centre).P * ENGINE.exit_area_m2
    metre_n = 12.0 * ENGINE.exit_area_m2  # N: a metre of height is at most 12 Pa
    np.testing.assert_allclose(truth(burning)["thrust_n"][0], expected, atol=metre_n)
