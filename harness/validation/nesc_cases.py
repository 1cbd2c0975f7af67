"""The check-cases of NASA's Engineering and Safety Center, 1 to 10: bodies, Earths, winds and how each one starts.

Source: NASA/TM-2015-218675, Check-Cases for Verification of 6-Degree-of-Freedom Flight Vehicle Simulations, with the
constants that its published runs really used. All start at latitude and longitude 0 and are flown for 30 s.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.validation.rigid_flight import NONE, Body
from hoverslam.plant.kernels.aero import BluffParams
from hoverslam.plant.kernels.body.dynamics import Surroundings
from hoverslam.plant.kernels.body.mass import MassProperties
from hoverslam.plant.kernels.rotation import Vec, scale
from hoverslam.plant.kernels.world.earth import GM_M3PS2, OMEGA_RADPS, WGS84, Earth, make_earth, make_site
from hoverslam.plant.kernels.world.wind import AirColumn
from hoverslam.plant.release import attitude_from_axes

FOOT_M = 0.3048
SLUG_KG = 0.45359237 * 9.80665 / FOOT_M
SLUG_FT2 = SLUG_KG * FOOT_M**2
ROUND_FT = 20902255.199
ROUND = make_earth(GM_M3PS2, 0.0, ROUND_FT * FOOT_M, 0.0, OMEGA_RADPS)
ROUND_AT_REST = make_earth(GM_M3PS2, 0.0, ROUND_FT * FOOT_M, 0.0, 0.0)


def _body(mass_slug: float, inertia_slug_ft2: Vec, air: BluffParams) -> Body:
    return Body(MassProperties(mass_slug * SLUG_KG, NONE, scale(SLUG_FT2, inertia_slug_ft2)), air)


SPHERE_FT2 = 0.1963495 * FOOT_M**2
BRICK_SLUG, BRICK_SLUG_FT2 = 0.155404754, (0.00189422, 0.006211019, 0.007194665)
BRICK_FT2, BRICK_SPAN, BRICK_CHORD = 0.22222 * FOOT_M**2, 0.33333 * FOOT_M, 0.66667 * FOOT_M
NO_AIR = BluffParams(SPHERE_FT2, 0.0, NONE, NONE)
DRAG = BluffParams(SPHERE_FT2, 0.1, NONE, NONE)
DAMPING = BluffParams(BRICK_FT2, 0.0, (-1.0, -1.0, -1.0), (BRICK_SPAN, BRICK_CHORD, BRICK_SPAN))
DROPPED = _body(1.0, (3.6, 3.6, 3.6), NO_AIR)
SPHERE = _body(1.0, (3.6, 3.6, 3.6), DRAG)
BRICK = _body(BRICK_SLUG, BRICK_SLUG_FT2, NO_AIR)
DAMPED_BRICK = _body(BRICK_SLUG, BRICK_SLUG_FT2, DAMPING)

TUMBLE_DEGPS = (10.0, 20.0, 30.0)
EARTH_DEGPS = math.degrees(OMEGA_RADPS)
WIND_TOP_M = 20_000.0


class CheckCase(NamedTuple):
    """One check-case. The wind comes from the west: `wind_ftps` at sea level, and `shear_ps` more for each foot up."""

    title: str
    body: Body
    earth: Earth = WGS84
    altitude_ft: float = 30_000.0
    vel_ned_ftps: Vec = NONE
    yaw_deg: float = 0.0
    rate_degps: Vec = NONE
    wind_ftps: float = 0.0
    shear_ps: float = 0.0


UP_AND_EAST, UP_AND_NORTH = (0.0, 1000.0, -1000.0), (1000.0, 0.0, -1000.0)
CASES = {
    1: CheckCase("dropped sphere, no air", DROPPED),
    2: CheckCase("tumbling brick, no air", BRICK, rate_degps=TUMBLE_DEGPS),
    3: CheckCase("damped brick", DAMPED_BRICK, rate_degps=TUMBLE_DEGPS),
    4: CheckCase("dropped sphere, round Earth at rest", SPHERE, ROUND_AT_REST, rate_degps=TUMBLE_DEGPS),
    5: CheckCase("dropped sphere, round Earth", SPHERE, ROUND, rate_degps=TUMBLE_DEGPS),
    6: CheckCase("dropped sphere", SPHERE),
    7: CheckCase("dropped sphere, steady wind", SPHERE, wind_ftps=20.0),
    8: CheckCase("dropped sphere, wind varying with altitude", SPHERE, wind_ftps=-20.0, shear_ps=0.003),
    9: CheckCase("sphere thrown eastward", SPHERE, WGS84, 0.0, UP_AND_EAST, 90.0, (0.0, -EARTH_DEGPS, 0.0)),
    10: CheckCase("sphere thrown northward", SPHERE, WGS84, 0.0, UP_AND_NORTH, 0.0, (EARTH_DEGPS, 0.0, 0.0)),
}


def surroundings(case: CheckCase) -> Surroundings:
    """Earth and wind of the case; the wind is linear in height, so two points of the column are exact."""
    east_mps = np.array([case.wind_ftps * FOOT_M, case.wind_ftps * FOOT_M + case.shear_ps * WIND_TOP_M])
    return Surroundings(make_site(0.0, 0.0, 0.0), AirColumn(WIND_TOP_M, east_mps, np.zeros(2), np.ones(2)), case.earth)


def start(case: CheckCase) -> FloatArray:
    """The rigid state at tick 0, over latitude and longitude 0: north is z, east is y, down is -x."""
    north, east, down = (FOOT_M * v for v in case.vel_ned_ftps)
    radius = case.earth.semi_major_m + case.altitude_ft * FOOT_M
    s, c = math.sin(math.radians(case.yaw_deg)), math.cos(math.radians(case.yaw_deg))
    attitude = attitude_from_axes((0.0, s, c), (0.0, c, -s), (-1.0, 0.0, 0.0))
    velocity = (-down, east + case.earth.omega_radps * radius, north)
    return np.array([radius, 0.0, 0.0, *velocity, *attitude, *np.radians(case.rate_degps)])
