"""WGS-84 Earth: ellipsoid, J2 gravitation, rotation about its axis.

The inertial frame i coincides with the Earth-fixed frame e at tick 0. Constants: NIMA TR8350.2 (WGS-84); GM, J2 and
the rotation rate are those that the NASA NESC check-cases use (NASA/TM-2015-218675).
"""

import math
from typing import NamedTuple

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.rotation import Vec

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1.0 / 298.257223563
ECC2 = FLATTENING * (2.0 - FLATTENING)
GM_M3PS2 = 3.986004418e14
J2 = 1.08262982e-3
OMEGA_RADPS = 7.292115e-5


class Earth(NamedTuple):
    """Pull, figure and turn of a planet; the products that each evaluation would otherwise form again are kept.

    `bulge_m2` is 3/2 J2 a^2; `normal_m` is b e^2 / (1 - e^2), the first factor of Bowring's formula.
    """

    gm_m3ps2: float
    bulge_m2: float
    semi_major_m: float
    semi_minor_m: float
    ecc2: float
    normal_m: float
    omega_radps: float


def make_earth(gm_m3ps2: float, j2: float, semi_major_m: float, flattening: float, omega_radps: float) -> Earth:
    """The Earth of these constants: a sphere where the flattening is zero, at rest where omega is."""
    ecc2, semi_minor_m = flattening * (2.0 - flattening), semi_major_m * (1.0 - flattening)
    bulge_m2 = 1.5 * j2 * semi_major_m * semi_major_m
    normal_m = ecc2 / (1.0 - ecc2) * semi_minor_m
    return Earth(gm_m3ps2, bulge_m2, semi_major_m, semi_minor_m, ecc2, normal_m, omega_radps)


WGS84 = make_earth(GM_M3PS2, J2, SEMI_MAJOR_M, FLATTENING, OMEGA_RADPS)


class Site(NamedTuple):
    """A place on the ellipsoid: Earth-fixed position and the rows of the rotation from Earth-fixed to east-north-up."""

    pos_e_m: Vec
    east_e: Vec
    north_e: Vec
    up_e: Vec
    elevation_m: float


@kernel
def gravitation(pos_i_m: Vec, earth: Earth = WGS84) -> Vec:
    """Gravitation of the oblate Earth [m/s2], without the centrifugal part; J2 term after Vallado, eq. 8-30."""
    x, y, z = pos_i_m
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    s2 = z * z / r2
    k = -earth.gm_m3ps2 / (r2 * r)
    j = earth.bulge_m2 / r2
    lateral = k * (1.0 + j * (1.0 - 5.0 * s2))
    axial = k * (1.0 + j * (3.0 - 5.0 * s2))
    return (lateral * x, lateral * y, axial * z)


@kernel
def geodetic_altitude(pos_e_m: Vec, earth: Earth = WGS84) -> float:
    """Height above the ellipsoid [m] by one step of Bowring (1976); below a micrometre from 0 to 200 km."""
    p = math.sqrt(pos_e_m[0] * pos_e_m[0] + pos_e_m[1] * pos_e_m[1])
    z = pos_e_m[2]
    tan_u = z * earth.semi_major_m / (p * earth.semi_minor_m + 1e-9)
    cos2 = 1.0 / (1.0 + tan_u * tan_u)
    cos_u = math.sqrt(cos2)
    sin_u = tan_u * cos_u
    top = z + earth.normal_m * sin_u * sin_u * sin_u
    bottom = p - earth.ecc2 * earth.semi_major_m * cos_u * cos_u * cos_u
    length = math.sqrt(top * top + bottom * bottom)
    sin_lat, cos_lat = top / length, bottom / length
    return p * cos_lat + z * sin_lat - earth.semi_major_m * math.sqrt(1.0 - earth.ecc2 * sin_lat * sin_lat)


@kernel
def geodetic_to_earth(latitude_rad: float, longitude_rad: float, altitude_m: float) -> Vec:
    """Earth-fixed position [m] of a geodetic point."""
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    n = SEMI_MAJOR_M / math.sqrt(1.0 - ECC2 * sin_lat * sin_lat)
    r = (n + altitude_m) * cos_lat
    return (r * math.cos(longitude_rad), r * math.sin(longitude_rad), (n * (1.0 - ECC2) + altitude_m) * sin_lat)


@kernel
def make_site(latitude_rad: float, longitude_rad: float, elevation_m: float) -> Site:
    """The site at a geodetic point."""
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    sin_lon, cos_lon = math.sin(longitude_rad), math.cos(longitude_rad)
    return Site(
        geodetic_to_earth(latitude_rad, longitude_rad, elevation_m),
        (-sin_lon, cos_lon, 0.0),
        (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
        elevation_m,
    )


@kernel
def enu_from_earth(site: Site, v: Vec) -> Vec:
    """Components of an Earth-fixed vector along the site's east, north and up."""
    e, n, u = site.east_e, site.north_e, site.up_e
    return (
        e[0] * v[0] + e[1] * v[1] + e[2] * v[2],
        n[0] * v[0] + n[1] * v[1] + n[2] * v[2],
        u[0] * v[0] + u[1] * v[1] + u[2] * v[2],
    )


@kernel
def earth_from_enu(site: Site, v: Vec) -> Vec:
    """Earth-fixed components of a vector given along the site's east, north and up."""
    e, n, u = site.east_e, site.north_e, site.up_e
    return (
        e[0] * v[0] + n[0] * v[1] + u[0] * v[2],
        e[1] * v[0] + n[1] * v[1] + u[1] * v[2],
        e[2] * v[0] + n[2] * v[1] + u[2] * v[2],
    )


@kernel
def earth_from_inertial(time_s: float, v: Vec, earth: Earth = WGS84) -> Vec:
    """Earth-fixed components of an inertial vector, `time_s` after the frames coincided."""
    c, s = math.cos(earth.omega_radps * time_s), math.sin(earth.omega_radps * time_s)
    return (c * v[0] + s * v[1], c * v[1] - s * v[0], v[2])


@kernel
def inertial_from_earth(time_s: float, v: Vec, earth: Earth = WGS84) -> Vec:
    """Inertial components of an Earth-fixed vector, `time_s` after the frames coincided."""
    c, s = math.cos(earth.omega_radps * time_s), math.sin(earth.omega_radps * time_s)
    return (c * v[0] - s * v[1], c * v[1] + s * v[0], v[2])


@kernel
def surface_velocity(pos_i_m: Vec, earth: Earth = WGS84) -> Vec:
    """Inertial velocity [m/s] of the air and ground that turn with the Earth at this place."""
    return (-earth.omega_radps * pos_i_m[1], earth.omega_radps * pos_i_m[0], 0.0)
