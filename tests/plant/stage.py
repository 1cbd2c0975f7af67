"""Flights for the plant's tests: the shipped vehicle at a place that the test chooses, in air that the test chooses.

Places and attitudes are set by pymap3d and scipy, not by the plant's own geometry.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import pymap3d
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.engines.propulsion import ClusterScatter
from hoverslam.plant.kernels.world.wind import AirColumn
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import FlightSetup, ImuErrors, ReleaseState
from hoverslam.plant.vehicle import Vehicle, load_vehicle

FloatArray = NDArray[np.float64]
STEP_S = 0.001
COLUMN_STEP_M, COLUMN_POINTS = 500.0, 261  # as in scenarios: other sizes would compile other machine code
EARTH_RATE_RADPS = 7.292115e-5  # WGS-84
PAD_LATITUDE_RAD, PAD_LONGITUDE_RAD, PAD_ELEVATION_M = math.radians(38.6), math.radians(103.1), 1350.0
UPRIGHT = Rotation.from_matrix([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])  # x up, y east, z north
STILL = (0.0, 0.0, 0.0)


def shipped(**overrides: Any) -> Vehicle:
    """The shipped vehicle; `engine__rise_time_s=1.0` overrides engine.rise_time_s."""
    return load_vehicle("zq3_y1", {key.replace("__", "."): value for key, value in overrides.items()})


STAND = shipped(feed__thrust_per_pa=0.0)
"""The shipped vehicle with engines that burn as on their test stand, whatever the head in the tanks."""


def column(east_mps: float = 0.0, north_mps: float = 0.0, density: float = 1.0) -> AirColumn:
    """The same wind and density factor at every altitude; density 0 leaves no air load (ambient pressure stays)."""
    flat = np.ones(COLUMN_POINTS)
    return AirColumn(COLUMN_STEP_M, east_mps * flat, north_mps * flat, density * flat)


REFERENCE_RELEASE = ReleaseState(
    altitude_msl_m=40_000.0,
    range_m=15_000.0,
    left_m=0.0,
    azimuth_rad=math.radians(139.0),
    speed_mps=661.6,
    flight_path_rad=math.radians(-60.4),
    lox_kg=9310.0,
    lch4_kg=2660.0,
    rcs_kg=250.0,
)


def setup(engines: int = 9, **changes: Any) -> FlightSetup:
    """Release at 40 km over Minqin in still standard air; nothing dispersed, no noise, no faults."""
    ones = np.ones(engines)
    base = FlightSetup(
        latitude_rad=PAD_LATITUDE_RAD,
        longitude_rad=PAD_LONGITUDE_RAD,
        elevation_m=PAD_ELEVATION_M,
        release=REFERENCE_RELEASE,
        column=column(),
        turbulence="none",
        w20_mps=0.0,
        scatter=ClusterScatter(ones, ones, np.zeros(engines), np.zeros(engines)),
        imu=ImuErrors(noise=0.0),
        faults=(),
        seed=1,
        dt_s=STEP_S,
    )
    return base._replace(**changes)


def plant(vehicle: Vehicle | None = None, **changes: Any) -> Plant:
    """A plant at release; keyword arguments change the setup."""
    chosen = vehicle or shipped()
    return Plant(chosen, setup(chosen.shape.engines, **changes))


def noisy(**overrides: Any) -> Plant:
    """A plant in vacuum with its noise on and other numbers in its sensors."""
    vehicle = shipped(**{f"sensors__{key}": value for key, value in overrides.items()})
    return plant(vehicle, column=column(density=0.0), imu=ImuErrors(noise=1.0))


def command(plant: Plant, **fields: Any) -> FloatArray:
    """A command row with these fields, all else zero."""
    row = np.zeros(plant.command_layout.width)
    for name, value in fields.items():
        row[plant.command_layout.slice(name)] = value
    return row


def engines_on(plant: Plant, engines: tuple[int, ...], throttle: float, **fields: Any) -> FloatArray:
    """A command row that burns these engines at one throttle."""
    on = np.zeros(plant.shape.engines)
    on[list(engines)] = 1.0
    return command(plant, engine_on=on, throttle=throttle, **fields)


def truth(plant: Plant) -> dict[str, FloatArray]:
    """The truth row by name."""
    row = np.zeros(plant.truth_layout.width)
    plant.truth(row)
    return {field.name: row[plant.truth_layout.slice(field.name)].copy() for field in plant.truth_layout.fields}


def sense(plant: Plant) -> dict[str, FloatArray]:
    """The sensor row by name; takes the inertial increments out."""
    row = np.zeros(plant.sensor_layout.width)
    plant.sense(row)
    return {field.name: row[plant.sensor_layout.slice(field.name)].copy() for field in plant.sensor_layout.fields}


class Frame(NamedTuple):
    """Earth-fixed origin of the pad frame, and the rotation from east-north-up to Earth-fixed."""

    origin_e_m: FloatArray
    from_enu: Rotation


def pad_frame(setup: FlightSetup) -> Frame:
    """The pad frame by pymap3d."""
    lat, lon = math.degrees(setup.latitude_rad), math.degrees(setup.longitude_rad)
    axes = [pymap3d.enu2uvw(*unit, lat, lon) for unit in np.eye(3)]
    return Frame(np.array(pymap3d.geodetic2ecef(lat, lon, setup.elevation_m)), Rotation.from_matrix(np.array(axes).T))


def place(
    plant: Plant,
    foot_enu_m: tuple[float, float, float],
    vel_enu_mps: tuple[float, float, float] = STILL,
    attitude: Rotation = UPRIGHT,
    turn_b_radps: tuple[float, float, float] = STILL,
) -> None:
    """Put the stage at tick 0 somewhere over the pad; velocity and turn are relative to the turning Earth, no wind-up.

    The velocity is that of the centre of gravity, the place that of the centre of the foot plane.
    """
    frame, cg_b = pad_frame(plant.setup), plant.state["cg_m"][0].copy()
    from_b = frame.from_enu * attitude
    foot_e = frame.origin_e_m + frame.from_enu.apply(foot_enu_m)
    pos_i = foot_e + from_b.apply(cg_b - [plant.vehicle.legs.foot_m, 0.0, 0.0])
    spin_i = np.array([0.0, 0.0, EARTH_RATE_RADPS])
    vel_i = frame.from_enu.apply(vel_enu_mps) + np.cross(spin_i, pos_i)
    omega_b = np.asarray(turn_b_radps) + from_b.inv().apply(spin_i)
    x, y, z, w = from_b.as_quat()
    plant.state["rigid"][0] = np.concatenate([pos_i, vel_i, [w, x, y, z], omega_b])


def lock_legs(plant: Plant) -> None:
    """Legs out and locked at once."""
    plant.state["leg_progress"][0] = 1.0


def run_out(plant: Plant, row: FloatArray, longest_s: float) -> str | None:
    """Advance until the flight ends or the time is over; the outcome."""
    plant.advance(row, round(longest_s / STEP_S))
    return plant.outcome
