"""Gravitation plus the centrifugal part against the normal gravity of WGS-84.

| verifies | plant gravitation (J2) with the rotation rate, and the flight software's own gravity |
| gravity | WGS-84, J2, rotating |
| air | none |
| vehicle | none |
| oracle | normal gravity of WGS-84, validation.md sec. 3; the J2 potential, differentiated numerically |
| tolerance | 2e-4 m/s2: J2 plus centrifugal leaves out J4, worth up to 1.2e-4; 1e-8 m/s2 for the potential's slope |
"""

import math

import numpy as np
import pymap3d
import pytest

from hoverslam.gnc.load import PadBelief
from hoverslam.gnc.model import gravity
from hoverslam.plant.kernels.world.earth import gravitation

NORMAL_MPS2 = 2e-4
SLOPE_MPS2 = 1e-8
GM, A_M, J2, OMEGA_RADPS = 3.986004418e14, 6378137.0, 1.08262982e-3, 7.292115e-5
# latitude deg: at 0, 10 and 100 km
TABLE = {
    0.0: (9.780325336, 9.749519858, 9.478661321),
    30.0: (9.793247269, 9.762452727, 9.491688211),
    40.96: (9.802554344, 9.771767679, 9.501070888),
    45.0: (9.806197769, 9.775414187, 9.504743910),
    90.0: (9.832184938, 9.801423351, 9.530942200),
}
ALTITUDES_M = (0.0, 10_000.0, 100_000.0)
CASES = [(lat, h, g) for lat, row in TABLE.items() for h, g in zip(ALTITUDES_M, row, strict=True)]


def _place(latitude_deg: float, altitude_m: float, longitude_deg: float = 33.0) -> np.ndarray:
    return np.array(pymap3d.geodetic2ecef(latitude_deg, longitude_deg, altitude_m))


@pytest.mark.parametrize(("latitude_deg", "altitude_m", "expected_mps2"), CASES)
def test_the_plants_gravity_is_normal_gravity(latitude_deg: float, altitude_m: float, expected_mps2: float) -> None:
    x, y, z = _place(latitude_deg, altitude_m)
    pull = np.array(gravitation((x, y, z))) + OMEGA_RADPS**2 * np.array([x, y, 0.0])
    assert np.linalg.norm(pull) == pytest.approx(expected_mps2, abs=NORMAL_MPS2)


@pytest.mark.parametrize(("latitude_deg", "altitude_m", "expected_mps2"), CASES)
def test_the_flight_softwares_gravity_is_normal_gravity(
    latitude_deg: float, altitude_m: float, expected_mps2: float
) -> None:
    pad = PadBelief(math.radians(latitude_deg), math.radians(33.0), 0.0)
    pull = gravity(pad, (0.0, 0.0, altitude_m))
    assert np.linalg.norm(pull) == pytest.approx(expected_mps2, abs=NORMAL_MPS2)
    assert pull[2] < 0.0, "gravity points down, and up is positive"


def _potential(pos_m: np.ndarray) -> float:
    """J2 potential: Vallado, Fundamentals of Astrodynamics, eq. 8-25, written with the Legendre polynomial."""
    r = float(np.linalg.norm(pos_m))
    sine = pos_m[2] / r
    return float(GM / r * (1.0 - J2 * (A_M / r) ** 2 * 0.5 * (3.0 * sine * sine - 1.0)))


@pytest.mark.parametrize("latitude_deg", [-60.0, 0.0, 20.0, 75.0])
def test_gravitation_is_the_slope_of_the_j2_potential(latitude_deg: float) -> None:
    place, h = _place(latitude_deg, 50_000.0), 100.0  # m: truncation 2e-9, cancellation 5e-11 m/s2
    slope = [(_potential(place + h * unit) - _potential(place - h * unit)) / (2 * h) for unit in np.eye(3)]
    x, y, z = place
    np.testing.assert_allclose(gravitation((x, y, z)), slope, atol=SLOPE_MPS2)
