"""Where each measurement lies in the frame row and each command in the command row, for a vehicle of any shape."""

from typing import NamedTuple

import numpy as np

from hoverslam.gnc.air_data import start_air
from hoverslam.gnc.compiled import as_record
from hoverslam.gnc.lateral import solve
from hoverslam.gnc.load import Load
from hoverslam.gnc.navigation import ERRORS, HISTORY, start_covariance
from hoverslam.gnc.notch import MEMORY
from hoverslam.gnc.rotation import Vec
from hoverslam.gnc.state import EVENTS, ROOM, State, Wiring
from hoverslam.harness.wire.contract import ACTUATORS, SENSORS, places, row_of


class Counts(NamedTuple):
    """How many of each thing the vehicle has, as `reset` tells it."""

    engines: int
    gimballed: int
    fins: int
    thrusters: int
    legs: int


def frame_width(counts: Counts) -> int:
    """Numbers in a frame row."""
    return sum(width for _, width in row_of(SENSORS, counts))


def wiring(counts: Counts) -> Wiring:
    """The places for a vehicle of this shape, as the contract has them."""
    seen, told = places(SENSORS, counts), places(ACTUATORS, counts)
    return Wiring(
        dvel=seen["imu_dvel_b_mps"].start,
        dangle=seen["imu_dangle_b_rad"].start,
        gnss=seen["gnss_new"].start,
        radar=seen["radar_valid"].start,
        pressure=seen["chamber_pressure_pa"].start,
        state=seen["engine_state"].start,
        lox_level=seen["lox_level_m"].start,
        lch4_level=seen["lch4_level_m"].start,
        angles=seen["gimbal_rad"].start,
        contact=seen["leg_contact"].start,
        engines=told["engine_on"].start,
        throttle=told["throttle"].start,
        gimbal=told["gimbal_rad"].start,
        fin=told["fin_rad"].start,
        thruster=told["rcs_open"].start,
        leg=told["leg_deploy"].start,
        legs=counts.legs,
        width=told["leg_deploy"].stop,
    )


def _nose_against(vel: Vec, azimuth_rad: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Body axes, east-north-up, of a stage that falls base first with body y to the right of the azimuth."""
    nose = -np.array(vel) / np.linalg.norm(vel)
    right = np.cross(np.array([np.sin(azimuth_rad), np.cos(azimuth_rad), 0.0]), nose)
    right /= np.linalg.norm(right)
    return nose, right, np.cross(nose, right)


def _quaternion(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """q_enu_b of these axes: the eigenvector of Bar-Itzhack's symmetric matrix (J. Guidance 23, 2000)."""
    k = np.array(
        [
            [x[0] + y[1] + z[2], y[2] - z[1], z[0] - x[2], x[1] - y[0]],
            [y[2] - z[1], x[0] - y[1] - z[2], y[0] + x[1], z[0] + x[2]],
            [z[0] - x[2], y[0] + x[1], y[1] - x[0] - z[2], z[1] + y[2]],
            [x[1] - y[0], z[0] + x[2], z[1] + y[2], z[2] - x[0] - y[1]],
        ]
    )
    q = np.linalg.eigh(k)[1][:, -1]
    return np.asarray(q if q[0] >= 0.0 else -q)


def start_state(load: Load, engines: int) -> np.ndarray:
    """The state record at release, from the load's beliefs."""
    nav = np.zeros(23)
    nav[0:3], nav[3:6] = load.start.pos_enu_m, load.start.vel_enu_mps
    nose, right, up = _nose_against(load.start.vel_enu_mps, load.start.azimuth_rad)
    nav[6:10] = _quaternion(nose, right, up)
    gain, _ = solve(load)
    air = np.zeros(12)
    start_air(air)
    cov = np.zeros((ERRORS, ERRORS))
    start_covariance(load, cov)
    return as_record(
        State(
            fitted=np.full(1, engines, dtype=np.int64),
            nav=nav,
            cov=cov,
            work=np.zeros(64),
            past=np.zeros((HISTORY, 6)),
            tanks=np.zeros(2),
            engines=np.tile([0.0, 0.0, 0.0, 0.0, 1.0, 0.0], (ROOM, 1)),
            asked=np.full(1, load.gains.ignition_throttle),
            short_s=np.zeros(1),
            throttle=np.full(2, load.gains.ignition_throttle),
            to_go_s=np.array([100.0]),
            miss_m=np.zeros(2),
            arc=np.zeros(2),
            ignite_at_m=np.array([load.gains.ignition_altitude_m]),
            lean=np.zeros(3),
            nose=np.array(nose),
            turn_radps=np.zeros(3),
            off_rad=np.zeros(1),
            steer=np.zeros(2),
            steers=np.zeros(1),
            side_n=np.zeros(3),
            unmet_mps2=np.zeros(2),
            blown_mps2=np.zeros(2),
            thrust_factor=np.ones(1),
            braking_mps2=np.array([load.gains.final_decel_mps2]),
            legs=np.zeros(1),
            clock=np.zeros(5, dtype=np.int64),
            events=np.zeros((EVENTS, 3)),
            foot=np.zeros(6),
            gain=gain,
            air=air,
            notch=np.zeros(MEMORY),
            rates=np.zeros(3),
        )
    )
