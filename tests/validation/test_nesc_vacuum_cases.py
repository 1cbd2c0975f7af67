"""NASA's check-cases 1 and 2: a dropped sphere and a tumbling brick, no aerodynamics.

| verifies | gravitation, the turning Earth, Coriolis, free rotation and the frames between them |
| gravity | WGS-84, J2, rotating |
| air | none (density factor 0) |
| vehicle | brick of 0.155404754 slug, I = 0.00189422, 0.006211019, 0.007194665 slug ft2; the sphere falls alike |
| oracle | NASA/TM-2015-218675, sim_04 (small table below, from `case02_sim04.csv`; its fall is that of case 1) |
| tolerance | of validation.md sec. 1: height 1e-3 ft, speed 1e-5 ft/s, Euler angles 1e-5 deg, rates 1e-6 deg/s |
"""

import math
from typing import NamedTuple

import numpy as np
import pymap3d
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.mass import MassProperties
from tests.plant.coasting import attitude_of, coast, rigid_row
from tests.plant.stage import column, plant

FOOT_M, SLUG_KG = 0.3048, 14.59390294
OMEGA_RADPS = 7.292115e-5
STEP_S = 0.01
HEIGHT_FT, SPEED_FTPS, EULER_DEG, RATE_DEGPS = 1e-3, 1e-5, 1e-5, 1e-6
PARAMS = plant(column=column(density=0.0)).params
# slug ft2 in the order roll, pitch, yaw
BRICK = MassProperties(
    0.155404754 * SLUG_KG,
    (0.0, 0.0, 0.0),
    (
        0.001894220 * SLUG_KG * FOOT_M**2,
        0.006211019 * SLUG_KG * FOOT_M**2,
        0.007194665 * SLUG_KG * FOOT_M**2,
    ),
)
NED_AT_START = Rotation.from_matrix([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])  # latitude = longitude = 0


class Published(NamedTuple):
    """Height ft, Earth-relative velocity east and down ft/s, yaw, pitch, roll deg, inertial rates p, q, r deg/s."""

    height_ft: float
    velocity_ftps: tuple[float, float]
    euler_deg: tuple[float, float, float]
    rate_degps: tuple[float, float, float]


HISTORY = {
    10.0: Published(
        28400.2040727,
        (0.233326824216, 319.967327074),
        (-4.32133636889, 3.74133747365, -66.0190032425),
        (-2.41890222177, -23.5525695195, 28.12859263),
    ),
    20.0: Published(
        23600.3277108,
        (0.933485486831, 640.032383884),
        (-6.36969382585, 4.05982976745, 4.13831799799),
        (-5.42273467991, 22.7159305765, 28.6082817473),
    ),
    30.0: Published(
        15598.9043522,
        (2.10101108617, 960.293064507),
        (-4.28935504226, -3.81965492189, -56.1513075938),
        (12.6183907757, -17.3974747619, 31.1195888866),
    ),
}


def flown(seconds: float) -> np.ndarray:
    """The brick, dropped at 30,000 ft over latitude and longitude 0 with the Earth's surface speed of its height."""
    pos = np.array(pymap3d.geodetic2ecef(0.0, 0.0, 30_000.0 * FOOT_M))
    vel = np.cross([0.0, 0.0, OMEGA_RADPS], pos)
    rates = np.radians([10.0, 20.0, 30.0])
    return coast(PARAMS, BRICK, rigid_row(pos, vel, NED_AT_START, rates), STEP_S, round(seconds / STEP_S))


@pytest.mark.parametrize("seconds", HISTORY)
def test_the_brick_is_where_and_how_nasa_says(seconds: float) -> None:
    after, expected = flown(seconds), HISTORY[seconds]
    turn = Rotation.from_euler("z", OMEGA_RADPS * seconds)
    pos_e = turn.inv().apply(after[:3])
    latitude_deg, longitude_deg, height_m = pymap3d.ecef2geodetic(*pos_e)
    assert height_m / FOOT_M == pytest.approx(expected.height_ft, abs=HEIGHT_FT)
    vel_e = turn.inv().apply(after[3:6] - np.cross([0.0, 0.0, OMEGA_RADPS], after[:3]))
    east, north, up = pymap3d.ecef2enuv(*vel_e, latitude_deg, longitude_deg)
    np.testing.assert_allclose(
        [north, east, -up], np.array([0.0, *expected.velocity_ftps]) * FOOT_M, atol=SPEED_FTPS * FOOT_M
    )
    ned = Rotation.from_euler("z", math.radians(longitude_deg)) * NED_AT_START  # it stays on the equator
    euler_deg = (ned.inv() * turn.inv() * attitude_of(after)).as_euler("ZYX", degrees=True)
    np.testing.assert_allclose(euler_deg, expected.euler_deg, atol=EULER_DEG)
    np.testing.assert_allclose(np.degrees(after[10:13]), expected.rate_degps, atol=RATE_DEGPS)
