"""Which way things point in the figures of signs, asked of the plant: each function evaluates it for a small value.

Body axes throughout, and the stage where it is said: upright over the pad, or falling base first.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hoverslam.harness.build.build import build_plant
from hoverslam.plant.kernels.aero import air_state, body_aero
from hoverslam.plant.kernels.effectors.fins import fin_aero
from hoverslam.plant.kernels.effectors.rcs import rcs_load
from hoverslam.plant.kernels.engines.propulsion import thrust_vector
from hoverslam.plant.kernels.rotation import Quat, Vec, add, cross, normalise, rate, rotate, rotate_back, scale, sub
from hoverslam.plant.kernels.world.earth import (
    enu_from_earth,
    gravitation,
    make_site,
    surface_velocity,
)
from hoverslam.plant.release import attitude_from_axes, release_attitude, release_state
from hoverslam.plant.setup import ReleaseState
from hoverslam.plant.vehicle import Vehicle, load_vehicle
from hoverslam.scenarios.load import load

SHOWN, SCENARIO = "zq3_y1", "zq3-landing"
SMALL_RAD = 0.05
FALL_MPS, DENSITY_KGPM3, SOUND_MPS = 300.0, 0.8, 335.0
EFFECTS = 2
"""Columns of a row of fault effects: which, and how much."""
NOSE: Vec = (1.0, 0.0, 0.0)
STILL: Vec = (0.0, 0.0, 0.0)
UPRIGHT = attitude_from_axes((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
"""q_enu_b of a stage with its nose up, body y to the east and z to the north."""
TILTS_DEG = (0.0, 10.0, 28.0)
"""For the radar: upright, inside the half-width of its beam, and beyond it."""


class ShownPush(NamedTuple):
    """What one positive command does: force, moment about the centre of gravity, where the nose then goes."""

    name: str
    at_m: Vec
    force: Vec
    moment: Vec

    @property
    def nose(self) -> Vec:
        """Direction in which the nose begins to move, across the axis."""
        return cross((0.0, self.moment[1], self.moment[2]), NOSE)


def _cg(vehicle: Vehicle) -> Vec:
    return (vehicle.body.dry_cg_m, 0.0, 0.0)


def _row(array: np.ndarray) -> Vec:
    return (float(array[0]), float(array[1]), float(array[2]))


def gimbals(vehicle: Vehicle) -> Iterator[ShownPush]:
    """The two angles of the engine on the axis: the share of its thrust that is new, and its moment."""
    ahead = thrust_vector(1.0, 0.0, 0.0)
    for number, angles in enumerate(((SMALL_RAD, 0.0), (0.0, SMALL_RAD))):
        force = sub(thrust_vector(1.0, *angles), ahead)
        arm = sub(STILL, _cg(vehicle))
        yield ShownPush("gimbal_rad[2k + 1]" if number else "gimbal_rad[2k]", STILL, force, cross(arm, force))


def fins(vehicle: Vehicle) -> Iterator[ShownPush]:
    """Each fin alone, the stage falling base first along its axis."""
    air = air_state((-FALL_MPS, 0.0, 0.0), DENSITY_KGPM3, SOUND_MPS)
    count = len(vehicle.fins.span_yz)
    for i, (c, s) in enumerate(vehicle.fins.span_yz):
        deflection = np.zeros(count)
        deflection[i] = SMALL_RAD
        force, moment = fin_aero(vehicle.fins, deflection, np.zeros((count, EFFECTS)), air, STILL, _cg(vehicle))
        at = (vehicle.fins.position_m, vehicle.fins.radius_m * float(c), vehicle.fins.radius_m * float(s))
        yield ShownPush(f"fin_rad[{i}]", at, force, moment)


def thrusters(vehicle: Vehicle) -> Iterator[ShownPush]:
    """Each thruster alone, its valve open."""
    for i, at in enumerate(vehicle.rcs.position_m):
        opening = np.zeros(len(vehicle.rcs.position_m))
        opening[i] = 1.0
        force, moment, _ = rcs_load(vehicle.rcs, opening, vehicle.rcs.load_kg, _cg(vehicle))
        yield ShownPush(f"rcs_open[{i}]", _row(at), force, moment)


class Attitude(NamedTuple):
    """Axes of the body at release by (ahead, right, up), velocity too; q_enu_b of that attitude, and of which path."""

    x: Vec
    y: Vec
    z: Vec
    velocity: Vec
    q_enu_b: Quat
    azimuth_deg: float
    path_deg: float


def at_release() -> Attitude:
    """The nominal release of the default scenario."""
    scenario = load(SCENARIO)
    given, pad = scenario.release, scenario.pad
    site = make_site(math.radians(pad.latitude_deg), math.radians(pad.longitude_deg), pad.elevation_m)
    azimuth = math.radians(given.azimuth_deg)
    path = math.radians(given.flight_path_angle_deg)
    release = ReleaseState(
        given.altitude_msl_m, given.range_to_pad_m, 0.0, azimuth, given.speed_mps, path, 0.0, 0.0, 0.0
    )
    state = release_state(site, release)
    velocity = sub(state.vel_i_mps, surface_velocity(state.pos_i_m))
    q = release_attitude(site, release, velocity)
    x, y, z = (enu_from_earth(site, rotate(q, axis)) for axis in (NOSE, (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    flying = _seen(enu_from_earth(site, scale(1.0 / given.speed_mps, velocity)), azimuth)
    q_enu_b = attitude_from_axes(x, y, z)
    x, y, z = (_seen(axis, azimuth) for axis in (x, y, z))
    return Attitude(x, y, z, flying, q_enu_b, given.azimuth_deg, given.flight_path_angle_deg)


def _seen(enu: Vec, azimuth: float) -> Vec:
    """Components ahead, to the right and up of a direction in east, north, up."""
    s, c = math.sin(azimuth), math.cos(azimuth)
    return (enu[0] * s + enu[1] * c, enu[0] * c - enu[1] * s, enu[2])


def felt_at_rest() -> Vec:
    """What accelerometers feel on a stage that stands upright at the pad, m/s2, body axes: no gravity, the ground."""
    pad = load(SCENARIO).pad
    site = make_site(math.radians(pad.latitude_deg), math.radians(pad.longitude_deg), pad.elevation_m)
    moved = surface_velocity(surface_velocity(site.pos_e_m))  # acceleration of a place on the turning Earth
    return rotate_back(UPRIGHT, enu_from_earth(site, sub(moved, gravitation(site.pos_e_m))))


def turned_by(omega_b: Vec) -> Vec:
    """Where the nose of an upright stage goes, east, north, up, after a small positive turn about a body axis."""
    after = normalise(_quat_add(UPRIGHT, rate(UPRIGHT, scale(SMALL_RAD, omega_b))))
    return sub(rotate(after, NOSE), rotate(UPRIGHT, NOSE))


def _quat_add(p: Quat, q: Quat) -> Quat:
    return (p[0] + q[0], p[1] + q[1], p[2] + q[2], p[3] + q[3])


class ShownEcho(NamedTuple):
    """A reading of the radar: tilt of the stage, height of the radar over the pad, and the range that it reports."""

    tilt_rad: float
    height_m: float
    range_m: float


def echoes(vehicle: Vehicle) -> Iterator[ShownEcho]:
    """A stage without errors of sensors, 400 m up, at each tilt."""
    calm = {f"dispersions.{name}": "0" for name in ("sensors", "release_position_m", "release_velocity_mps")}
    calm |= {"dispersions.release_attitude_deg": "0", "release.altitude_msl_m": "1750", "release.range_to_pad_m": "0"}
    for tilt in TILTS_DEG:
        path = {"release.speed_mps": "60", "release.flight_path_angle_deg": f"{tilt - 90.0}"}
        plant = build_plant(load(SCENARIO, calm | path), 1, feels=False)
        sensed, truth = np.zeros(plant.sensor_layout.width), np.zeros(plant.truth_layout.width)
        plant.sense(sensed)
        plant.truth(truth)
        angle = float(truth[plant.truth_layout.slice("tilt_rad")][0])
        feet = float(truth[plant.truth_layout.slice("pos_enu_m")][2])
        height = feet + (vehicle.sensors.radar_position_m - vehicle.legs.foot_m) * math.cos(angle)
        yield ShownEcho(angle, height, float(sensed[plant.sensor_layout.slice("radar_range_m")][0]))


class Lean(NamedTuple):
    """A stage that falls straight down with its nose to the east: angle of the flow, and force of the air over lift."""

    alpha_rad: float
    force_enu: Vec


def leaning(vehicle: Vehicle, wind_east_mps: float = 0.0, lean_rad: float = SMALL_RAD) -> Lean:
    """The body's own force across the axis, engines off; the wind is where it blows to, as everywhere."""
    s, c = math.sin(lean_rad), math.cos(lean_rad)
    q = attitude_from_axes((s, 0.0, c), (c, 0.0, -s), (0.0, 1.0, 0.0))
    through_air = rotate_back(q, add((0.0, 0.0, -FALL_MPS), (-wind_east_mps, 0.0, 0.0)))
    air = air_state(through_air, DENSITY_KGPM3, SOUND_MPS)
    body = vehicle.body
    force, _ = body_aero(vehicle.aero, body.ref_area_m2, body.ref_length_m, air, STILL, _cg(vehicle), 0.0)
    return Lean(air.alpha_rad, rotate(q, (0.0, force[1], force[2])))


def shown() -> Vehicle:
    """The vehicle of the figures."""
    return load_vehicle(SHOWN, {})
