"""Gravitation with the centrifugal part against WGS-84 normal gravity, and the ellipsoid against published points."""

import math

import numpy as np

from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.published import published
from hoverslam.plant.kernels.world.earth import OMEGA_RADPS, geodetic_altitude, geodetic_to_earth, gravitation

WGS84 = "WGS-84"
NORMAL_MPS2 = 2e-4
"""J2 with the centrifugal part leaves out the higher terms of the ellipsoid's field, worth up to 1.2e-4."""
MICROMETRE = 1e-6
"""The digits of the published points."""


def gravity() -> list[Check]:
    """The largest error at each height, and of the coordinates both ways."""
    return [*_normal_gravity(), *_geodesy()]


def _normal_gravity() -> list[Check]:
    table = published("gravity_normal")
    places = zip(table["latitude_deg"].tolist(), table["altitude_m"].tolist(), strict=True)
    errors = np.abs([_pull(*place) for place in places] - table["gravity_mps2"])
    return [
        Check(
            "gravity",
            f"{altitude_m / 1000.0:g} km, equator to pole",
            "normal gravity",
            float(np.max(errors[table["altitude_m"] == altitude_m])),
            NORMAL_MPS2,
            "m/s2",
            WGS84,
        )
        for altitude_m in np.unique(table["altitude_m"]).tolist()
    ]


def _pull(latitude_deg: float, altitude_m: float) -> float:
    """What a body at rest on the turning Earth feels there."""
    x, y, z = geodetic_to_earth(math.radians(latitude_deg), 0.0, altitude_m)
    gx, gy, gz = gravitation((x, y, z))
    return math.hypot(gx + OMEGA_RADPS**2 * x, gy + OMEGA_RADPS**2 * y, gz)


def _geodesy() -> list[Check]:
    table = published("geodetic_points")
    angles = (np.radians(table[name]).tolist() for name in ("latitude_deg", "longitude_deg"))
    found = [geodetic_to_earth(*place) for place in zip(*angles, table["altitude_m"].tolist(), strict=True)]
    theirs = np.stack([table[name] for name in ("x_m", "y_m", "z_m")], axis=1)
    heights = [geodetic_altitude((x, y, z)) for x, y, z in theirs.tolist()]
    errors = {
        "geodetic to Earth-fixed": np.abs(np.array(found) - theirs),
        "altitude of Earth-fixed": np.abs(np.array(heights) - table["altitude_m"]),
    }
    return [
        Check("gravity", "three points, 1 to 100 km", quantity, float(np.max(error)), MICROMETRE, "m", WGS84)
        for quantity, error in errors.items()
    ]
