"""Turning Earth and inertial frame; the ellipsoid is in `validation/test_geodesy.py`. Oracle: scipy and numpy."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.world.earth import (
    earth_from_inertial,
    geodetic_altitude,
    inertial_from_earth,
    surface_velocity,
)

OMEGA_RADPS = 7.292115e-5  # WGS-84
PLACE_M = (-1.1e6, 4.9e6, 3.9e6)
MICROMETRE = 1e-6
POLAR_RADIUS_M = 6356752.314245  # WGS-84


@pytest.mark.parametrize("time_s", [0.0, 75.0, 3600.0])
def test_the_earth_turns_east_under_the_inertial_frame(time_s: float) -> None:
    turn = Rotation.from_euler("z", OMEGA_RADPS * time_s)
    np.testing.assert_allclose(inertial_from_earth(time_s, PLACE_M), turn.apply(PLACE_M), atol=1e-8)
    np.testing.assert_allclose(earth_from_inertial(time_s, PLACE_M), turn.inv().apply(PLACE_M), atol=1e-8)


def test_the_ground_moves_with_the_earths_rate_crossed_with_its_place() -> None:
    expected = np.cross([0.0, 0.0, OMEGA_RADPS], PLACE_M)
    np.testing.assert_allclose(surface_velocity(PLACE_M), expected, rtol=1e-15)


def test_a_pad_in_gansu_moves_east_at_some_360_metres_a_second() -> None:
    # validation by the almanac: 465.1 m/s at the equator times cos 38.6 deg, plus 0.2 % for the ellipsoid
    latitude = math.radians(38.6)
    place = (6.378e6 * math.cos(latitude), 0.0, 6.378e6 * math.sin(latitude))
    assert surface_velocity(place)[1] == pytest.approx(465.1 * math.cos(latitude), rel=3e-3)


def test_the_altitude_is_defined_over_the_very_pole() -> None:
    assert geodetic_altitude((0.0, 0.0, POLAR_RADIUS_M + 1234.0)) == pytest.approx(1234.0, abs=MICROMETRE)
    assert geodetic_altitude((0.0, 0.0, -POLAR_RADIUS_M)) == pytest.approx(0.0, abs=MICROMETRE)
