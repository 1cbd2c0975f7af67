"""Geodetic and Earth-fixed coordinates on the WGS-84 ellipsoid.

| verifies | geodetic to Earth-fixed, geodetic altitude, the pad's axes, in the plant and in the flight software |
| gravity | none |
| air | none |
| vehicle | none |
| oracle | three points of validation.md sec. 3; pymap3d |
| tolerance | 1e-6 m: the points are printed to the micrometre, and the altitude claims to be that good |
"""

import math

import numpy as np
import pymap3d
import pytest

from hoverslam.gnc.load import PadBelief
from hoverslam.gnc.model import from_enu, pad_position, to_enu
from hoverslam.plant.kernels.world.earth import (
    earth_from_enu,
    enu_from_earth,
    geodetic_altitude,
    geodetic_to_earth,
    make_site,
)

MICROMETRE = 1e-6
ROUNDING = 1e-14
GNC_M = 1e-4  # m: the flight software writes the squared eccentricity with eleven digits, 3e-15 x 6.4e6 m and rounding
POINTS = {
    (30.0, 45.0, 1_000.0): (3909680.130219, 3909680.130219, 3170873.735384),
    (40.96, 100.29, 10_000.0): (-862973.879339, 4753354.234212, 4165624.977241),
    (-45.0, 170.0, 100_000.0): (-4518594.946460, 796750.203954, -4558059.086985),
}
PLACES = [(lat, lon) for lat in (-90.0, -51.0, 0.0, 38.6, 89.9) for lon in (-120.0, 0.0, 103.1)]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_the_published_points_are_met_by_both_packages(point: tuple[float, float, float]) -> None:
    latitude, longitude, altitude_m = math.radians(point[0]), math.radians(point[1]), point[2]
    np.testing.assert_allclose(geodetic_to_earth(latitude, longitude, altitude_m), POINTS[point], atol=MICROMETRE)
    np.testing.assert_allclose(pad_position(PadBelief(latitude, longitude, altitude_m)), POINTS[point], atol=GNC_M)


@pytest.mark.parametrize(("latitude_deg", "longitude_deg"), PLACES)
def test_the_altitude_is_found_again_from_0_to_200_km(latitude_deg: float, longitude_deg: float) -> None:
    for altitude_m in np.linspace(0.0, 200_000.0, 21):
        x, y, z = pymap3d.geodetic2ecef(latitude_deg, longitude_deg, altitude_m)
        assert geodetic_altitude((x, y, z)) == pytest.approx(altitude_m, abs=MICROMETRE)


@pytest.mark.parametrize(("latitude_deg", "longitude_deg"), PLACES)
def test_east_north_and_up_are_pymap3ds_in_both_packages(latitude_deg: float, longitude_deg: float) -> None:
    site = make_site(math.radians(latitude_deg), math.radians(longitude_deg), 0.0)
    pad = PadBelief(math.radians(latitude_deg), math.radians(longitude_deg), 0.0)
    for v in np.random.default_rng(3).normal(size=(3, 3)):
        vector = (float(v[0]), float(v[1]), float(v[2]))
        earth_fixed = pymap3d.enu2uvw(*v, latitude_deg, longitude_deg)
        np.testing.assert_allclose(earth_from_enu(site, vector), earth_fixed, atol=10 * ROUNDING)
        np.testing.assert_allclose(from_enu(pad, vector), earth_fixed, atol=10 * ROUNDING)
        np.testing.assert_allclose(enu_from_earth(site, earth_from_enu(site, vector)), v, atol=10 * ROUNDING)
        np.testing.assert_allclose(to_enu(pad, from_enu(pad, vector)), v, atol=10 * ROUNDING)
