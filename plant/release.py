"""Where and how a flight begins: the inertial state of the stage at release."""

import math

from hoverslam.plant.kernels.body.dynamics import Rigid
from hoverslam.plant.kernels.rotation import Quat, Vec, add, cross, multiply, normalise, scale
from hoverslam.plant.kernels.world.earth import (
    Site,
    earth_from_enu,
    geodetic_altitude,
    inertial_from_earth,
    surface_velocity,
)
from hoverslam.plant.setup import ReleaseState


def release_position(site: Site, release: ReleaseState) -> Vec:
    """Earth-fixed release point: over the ground track, at the altitude (Newton on the geodetic height)."""
    s, c = math.sin(release.azimuth_rad), math.cos(release.azimuth_rad)
    east = -release.range_m * s - release.left_m * c + release.pos_offset_enu_m[0]
    north = -release.range_m * c + release.left_m * s + release.pos_offset_enu_m[1]
    wanted = release.altitude_msl_m + release.pos_offset_enu_m[2]
    up = wanted - site.elevation_m
    for _ in range(4):
        point = add(site.pos_e_m, earth_from_enu(site, (east, north, up)))
        up += wanted - geodetic_altitude(point)
    return add(site.pos_e_m, earth_from_enu(site, (east, north, up)))


def attitude_from_axes(x: Vec, y: Vec, z: Vec) -> Quat:
    """q_a_b of the frame b whose axes have these components in a (Shepperd's method)."""
    w2, x2 = 1.0 + x[0] + y[1] + z[2], 1.0 + x[0] - y[1] - z[2]
    y2, z2 = 1.0 - x[0] + y[1] - z[2], 1.0 - x[0] - y[1] + z[2]
    candidates = {
        w2: (w2, y[2] - z[1], z[0] - x[2], x[1] - y[0]),
        x2: (y[2] - z[1], x2, x[1] + y[0], x[2] + z[0]),
        y2: (z[0] - x[2], x[1] + y[0], y2, y[2] + z[1]),
        z2: (x[1] - y[0], x[2] + z[0], y[2] + z[1], z2),
    }
    return normalise(candidates[max(candidates)])


def release_attitude(site: Site, release: ReleaseState, vel_e_mps: Vec) -> Quat:
    """q_i_b with the nose against the velocity and body y to the right of the azimuth, then the offset (at time 0)."""
    nose = scale(-1.0 / math.sqrt(sum(v * v for v in vel_e_mps)), vel_e_mps)
    downrange = earth_from_enu(site, (math.sin(release.azimuth_rad), math.cos(release.azimuth_rad), 0.0))
    right = cross(downrange, nose)
    right = scale(1.0 / math.sqrt(sum(v * v for v in right)), right)
    q = attitude_from_axes(nose, right, cross(nose, right))
    a = release.attitude_offset_rad
    return multiply(q, normalise((1.0, 0.5 * a[0], 0.5 * a[1], 0.5 * a[2])))


def release_state(site: Site, release: ReleaseState) -> Rigid:
    """Inertial state at time 0 of a stage that does not turn."""
    pos = release_position(site, release)
    across = release.speed_mps * math.cos(release.flight_path_rad)
    vel_enu = (
        across * math.sin(release.azimuth_rad),
        across * math.cos(release.azimuth_rad),
        release.speed_mps * math.sin(release.flight_path_rad),
    )
    vel_e = earth_from_enu(site, vel_enu)
    disturbed = earth_from_enu(site, add(vel_enu, release.vel_offset_enu_mps))
    vel_i = add(inertial_from_earth(0.0, disturbed), surface_velocity(pos))
    return Rigid(pos, vel_i, release_attitude(site, release, vel_e), (0.0, 0.0, 0.0))
