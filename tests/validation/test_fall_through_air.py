"""Drag on a stage that falls base first over the pole, where nothing turns and the fall is a line.

| verifies | axial force, density, Mach number and dynamic pressure inside rk4 |
| gravity | WGS-84, J2, on the axis of rotation: no Coriolis, no centrifugal part |
| air | US76 still; for the terminal speed a thousand times as dense, so that it is reached at once |
| vehicle | shipped stage of 58 t, fins straight, engines off |
| oracle | v = sqrt(2 m g / (rho S C_A)) and v tanh(g t / v) at constant density; scipy's DOP853 with air from fluids |
| tolerance | 2e-3 of terminal speed (density grows by v^2 / g H = 1e-3 in one relaxation); 1e-6 of the twin |
"""

import math

import numpy as np
import pytest
from fluids.atmosphere import ATMOSPHERE_1976
from scipy.integrate import solve_ivp
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.mass import MassProperties
from hoverslam.plant.vehicle import Vehicle
from tests.plant.coasting import FloatArray, coast, rigid_row
from tests.plant.stage import column, plant, shipped

POLAR_M, POLAR_G_MPS2 = 6356752.314245, 9.832184938  # WGS-84
GM, A_M, J2 = 3.986004418e14, 6378137.0, 1.08262982e-3
STAGE = shipped()
MASS_KG = 58_000.0
BODY = MassProperties(MASS_KG, (15.6, 0.0, 0.0), (2.2e5, 9.8e6, 9.8e6))
UP_AT_THE_POLE = Rotation.from_euler("y", -90.0, degrees=True)  # body x along the axis of the Earth
TERMINAL = 2e-3  # relative
TWIN = 1e-6  # relative


def fall(vehicle: Vehicle, density: float, altitude_m: float, speed_mps: float, seconds: float) -> tuple[float, float]:
    """Altitude and downward speed after a fall from there."""
    params = plant(vehicle, column=column(density=density)).params
    start = rigid_row([0.0, 0.0, POLAR_M + altitude_m], [0.0, 0.0, -speed_mps], UP_AT_THE_POLE, [0.0, 0.0, 0.0])
    after = coast(params, BODY, start, 0.001, round(seconds / 0.001))
    np.testing.assert_allclose([*after[:2], *after[3:5]], 0.0, atol=1e-6)
    return float(after[2] - POLAR_M), -float(after[5])


def constant_axial(coefficient: float) -> Vehicle:
    """The shipped stage with one axial coefficient at every Mach number."""
    return STAGE._replace(aero=STAGE.aero._replace(axial=np.full(STAGE.aero.axial.shape, coefficient)))


def test_a_fall_in_thick_air_ends_at_the_terminal_speed() -> None:
    altitude, speed = fall(constant_axial(1.2), 1000.0, 3000.0, 0.0, 30.0)
    air = ATMOSPHERE_1976(altitude)
    area = STAGE.body.ref_area_m2
    gravity = POLAR_G_MPS2 - 3.086e-6 * altitude
    assert speed == pytest.approx(math.sqrt(2 * MASS_KG * gravity / (1000.0 * air.rho * area * 1.2)), rel=TERMINAL)


@pytest.mark.parametrize("seconds", [0.3, 0.7, 1.5])
def test_the_terminal_speed_is_approached_as_a_hyperbolic_tangent(seconds: float) -> None:
    _, speed = fall(constant_axial(1.2), 1000.0, 3000.0, 0.0, seconds)
    gravity = POLAR_G_MPS2 - 3.086e-6 * 3000.0
    density = 1000.0 * ATMOSPHERE_1976(3000.0).rho
    terminal = math.sqrt(2 * MASS_KG * gravity / (density * STAGE.body.ref_area_m2 * 1.2))
    assert speed == pytest.approx(terminal * math.tanh(gravity * seconds / terminal), rel=TERMINAL)


def slope(_time_s: float, state: FloatArray) -> list[float]:
    """Altitude and downward speed of the shipped stage, written apart."""
    altitude, speed = state
    air, r = ATMOSPHERE_1976(altitude), POLAR_M + altitude
    gravity = GM / r**2 * (1.0 - 3.0 * J2 * (A_M / r) ** 2)
    axial = np.interp(speed / air.v_sonic, STAGE.aero.axial_mach, STAGE.aero.axial)
    drag = 0.5 * air.rho * speed**2 * STAGE.body.ref_area_m2 * axial
    return [-speed, gravity - drag / MASS_KG]


def test_a_fall_from_40_km_is_that_of_a_twin_with_air_from_fluids() -> None:
    solved = solve_ivp(slope, (0.0, 50.0), [40_000.0, 600.0], method="DOP853", rtol=1e-9, atol=1e-6, max_step=0.5)
    altitude, speed = fall(STAGE, 1.0, 40_000.0, 600.0, 50.0)
    assert speed == pytest.approx(solved.y[1, -1], rel=TWIN)
    assert altitude == pytest.approx(solved.y[0, -1], abs=40_000.0 * TWIN)
