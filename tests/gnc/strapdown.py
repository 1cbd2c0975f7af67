"""A flight in closed form for the filter's tests: place, attitude, what an inertial unit would report, fixes.

Written with numpy, scipy and pymap3d alone. The pad frame turns with the Earth; gravity is the J2 field with the
centrifugal part, so that an error of the model under test can not hide behind the same model.
"""

import math
from typing import NamedTuple

import numpy as np
import pymap3d
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hoverslam.gnc.load import Load

FloatArray = NDArray[np.float64]
GM, A_M, J2, OMEGA_RADPS = 3.986004418e14, 6378137.0, 1.08262982e-3, 7.292115e-5
UPRIGHT = Rotation.from_matrix([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])  # x up, y east, z north
START_M = np.array([-9000.0, 7000.0, 22_000.0])
SPEED_MPS = np.array([150.0, -110.0, -330.0])
BRAKE_MPS2 = np.array([-0.5, 0.6, 2.0])
SWAY_M, SWAY_RADPS = np.array([40.0, -30.0, 15.0]), 0.5
LEAN_RAD, LEAN_RADPS = np.array([0.12, -0.1, 0.2]), np.array([0.31, 0.23, 0.17])


class Earth(NamedTuple):
    """The pad seen by pymap3d."""

    latitude_deg: float
    longitude_deg: float
    elevation_m: float

    def to_ecef(self, pos_enu_m: FloatArray) -> FloatArray:
        """Earth-fixed places."""
        return np.array(pymap3d.enu2ecef(*pos_enu_m.T, self.latitude_deg, self.longitude_deg, self.elevation_m)).T

    def turn_to_ecef(self, v_enu: FloatArray) -> FloatArray:
        """Earth-fixed components of vectors."""
        return np.array(pymap3d.enu2uvw(*v_enu.T, self.latitude_deg, self.longitude_deg)).T

    def turn_to_enu(self, v_e: FloatArray) -> FloatArray:
        """East-north-up components of Earth-fixed vectors."""
        return np.array(pymap3d.ecef2enuv(*v_e.T, self.latitude_deg, self.longitude_deg)).T

    @property
    def rate_enu_radps(self) -> FloatArray:
        """The Earth's rotation."""
        return np.asarray(self.turn_to_enu(np.array([[0.0, 0.0, OMEGA_RADPS]]))[0])

    def gravity_enu(self, pos_enu_m: FloatArray) -> FloatArray:
        """J2 gravitation and centrifugal acceleration."""
        e = self.to_ecef(pos_enu_m)
        r = np.linalg.norm(e, axis=1, keepdims=True)
        z2 = (e[:, 2:] / r) ** 2
        bulge = 1.5 * J2 * (A_M / r) ** 2
        pull = -GM * e / r**3 * (1.0 + bulge * (np.array([1.0, 1.0, 3.0]) - 5.0 * z2))
        return self.turn_to_enu(pull + OMEGA_RADPS**2 * e * np.array([1.0, 1.0, 0.0]))


def earth(load: Load) -> Earth:
    """The Earth around the load's pad."""
    return Earth(math.degrees(load.pad.latitude_rad), math.degrees(load.pad.longitude_rad), load.pad.elevation_m)


def place(times_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Position, velocity and acceleration of the inertial unit over the pad."""
    t = times_s[:, None]
    sine, cosine = np.sin(SWAY_RADPS * t), np.cos(SWAY_RADPS * t)
    pos = START_M + SPEED_MPS * t + 0.5 * BRAKE_MPS2 * t**2 + SWAY_M * sine
    vel = SPEED_MPS + BRAKE_MPS2 * t + SWAY_RADPS * SWAY_M * cosine
    return pos, vel, BRAKE_MPS2 - SWAY_RADPS**2 * SWAY_M * sine


def attitude(times_s: FloatArray) -> Rotation:
    """A slow sway about upright."""
    return Rotation.from_rotvec(LEAN_RAD * np.sin(LEAN_RADPS * times_s[:, None])) * UPRIGHT


def turn_rate_b(times_s: FloatArray) -> FloatArray:
    """Body rate against the pad frame, by central difference (error 1e-10 rad/s)."""
    h = 1e-4
    return np.asarray((attitude(times_s - h).inv() * attitude(times_s + h)).as_rotvec() / (2.0 * h))


class Increments(NamedTuple):
    """Velocity and angle increments of each frame, exact."""

    dvel_b_mps: FloatArray
    dangle_b_rad: FloatArray


def increments(load: Load, frames: int) -> Increments:
    """What a perfect inertial unit adds up over each frame: Simpson's rule over ten parts."""
    here, dt = earth(load), load.frame_s
    weights = np.array([1.0, 4.0, 2.0, 4.0, 2.0, 4.0, 2.0, 4.0, 2.0, 4.0, 1.0]) / 30.0 * dt
    times = (np.arange(frames)[:, None] * dt + np.linspace(0.0, dt, 11)).ravel()
    pos, vel, acc = place(times)
    rate = here.rate_enu_radps
    felt_enu = acc - here.gravity_enu(pos) + 2.0 * np.cross(rate, vel)
    to_body = attitude(times).inv()
    felt_b = to_body.apply(felt_enu).reshape(frames, 11, 3)
    turn_b = (turn_rate_b(times) + to_body.apply(rate)).reshape(frames, 11, 3)
    return Increments(np.einsum("k,fki->fi", weights, felt_b), np.einsum("k,fki->fi", weights, turn_b))


def fixes(load: Load, times_s: FloatArray) -> FloatArray:
    """Exact Earth-fixed position and velocity of the antenna at these times."""
    here, arm = earth(load), np.array(load.stage.antenna_m) - np.array(load.stage.imu_m)
    pos, vel, _ = place(times_s)
    turned = attitude(times_s)
    swing = turned.apply(np.cross(turn_rate_b(times_s), arm))
    return np.hstack([here.to_ecef(pos + turned.apply(arm)), here.turn_to_ecef(vel + swing)])
