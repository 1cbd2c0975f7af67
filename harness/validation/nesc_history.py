"""A check-case as a history with the column names of the published ones: feet, degrees, local north-east-down."""

import csv
import io
from pathlib import Path

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.files import write_whole
from hoverslam.harness.validation.nesc_cases import CASES, FOOT_M, SLUG_KG, surroundings
from hoverslam.harness.validation.nesc_cases import start as start_of
from hoverslam.harness.validation.rigid_flight import ALTITUDE, DENSITY, MACH, PRESSURE, Grid, fly
from hoverslam.plant.kernels.world.earth import Earth

EVERY_S, SECONDS = 0.1, 30.0
STEP_S = 0.001
"""That of the booster."""
TIME, HEIGHT = "time", "altitudeMsl_ft"
VELOCITY = tuple(f"feVelocity_ft_s_{axis}" for axis in "XYZ")
EULER = tuple(f"eulerAngle_deg_{angle}" for angle in ("Yaw", "Pitch", "Roll"))
RATE = tuple(f"bodyAngularRateWrtEi_deg_s_{axis}" for axis in ("Roll", "Pitch", "Yaw"))
AIR = ("airDensity_slug_ft3", "mach", "dynamicPressure_lbf_ft2")
COLUMNS = (TIME, HEIGHT, "latitude_deg", "longitude_deg", *VELOCITY, *EULER, *RATE, *AIR)
History = dict[str, FloatArray]


def history(number: int) -> History:
    """The flight of a check-case, every tenth of a second from 0 to 30 s."""
    case, rows = CASES[number], round(SECONDS / EVERY_S)
    flight = fly(case.body, surroundings(case), start_of(case), Grid(STEP_S, round(EVERY_S / STEP_S), rows))
    return in_published_units(flight, np.arange(rows + 1) / round(1.0 / EVERY_S), case.earth)


def in_published_units(flight: FloatArray, time_s: FloatArray, earth: Earth) -> History:
    """The columns of a flight as the published histories name them."""
    spin = np.array([0.0, 0.0, earth.omega_radps])
    to_earth = _about_z(-earth.omega_radps * time_s)
    pos_i, vel_i = flight[:, 0:3], flight[:, 3:6]
    pos_e = np.einsum("nij,nj->ni", to_earth, pos_i)
    vel_e = np.einsum("nij,nj->ni", to_earth, vel_i - np.cross(spin, pos_i))
    latitude, longitude = _latitude(pos_e, earth), np.arctan2(pos_e[:, 1], pos_e[:, 0])
    to_ned = _ned_axes(latitude, longitude)
    columns = [
        time_s,
        flight[:, ALTITUDE] / FOOT_M,
        np.degrees(latitude),
        np.degrees(longitude),
        *(np.einsum("nij,nj->ni", to_ned, vel_e).T / FOOT_M),
        *np.degrees(_euler(to_ned @ to_earth @ _matrices(flight[:, 6:10]))),
        *np.degrees(flight[:, 10:13].T),
        flight[:, DENSITY] * FOOT_M**3 / SLUG_KG,
        flight[:, MACH],
        flight[:, PRESSURE] * FOOT_M / SLUG_KG,
    ]
    return dict(zip(COLUMNS, columns, strict=True))


def write_csv(columns: History, path: Path) -> None:
    """The history as a file, every number with all its digits."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    write_whole(path, text.getvalue())


def _about_z(angle_rad: FloatArray) -> FloatArray:
    """Rotations about z, one for each angle."""
    c, s, zero = np.cos(angle_rad), np.sin(angle_rad), np.zeros_like(angle_rad)
    return _stack([[c, -s, zero], [s, c, zero], [zero, zero, zero + 1.0]])


def _stack(entries: list[list[FloatArray]]) -> FloatArray:
    """Matrices, one for each sample, from their entries over all samples."""
    return np.moveaxis(np.array(entries), -1, 0)


def _latitude(pos_e_m: FloatArray, earth: Earth) -> FloatArray:
    """Geodetic latitude by one step of Bowring (1976), as the plant finds its altitude."""
    p, z = np.hypot(pos_e_m[:, 0], pos_e_m[:, 1]), pos_e_m[:, 2]
    u = np.arctan2(z * earth.semi_major_m, p * earth.semi_minor_m)
    top = z + earth.normal_m * np.sin(u) ** 3
    return np.asarray(np.arctan2(top, p - earth.ecc2 * earth.semi_major_m * np.cos(u) ** 3))


def _ned_axes(latitude_rad: FloatArray, longitude_rad: FloatArray) -> FloatArray:
    """Rotations from Earth-fixed to local north, east, down."""
    sin_lat, cos_lat = np.sin(latitude_rad), np.cos(latitude_rad)
    sin_lon, cos_lon = np.sin(longitude_rad), np.cos(longitude_rad)
    return _stack(
        [
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [-sin_lon, cos_lon, np.zeros_like(sin_lon)],
            [-cos_lat * cos_lon, -cos_lat * sin_lon, -sin_lat],
        ]
    )


def _matrices(q: FloatArray) -> FloatArray:
    """Rotation matrices of unit quaternions, body to inertial (Kuipers, Quaternions and Rotation Sequences, 5.14)."""
    w, x, y, z = q.T
    return _stack(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _euler(ned_from_body: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Yaw, pitch, roll: the 3-2-1 sequence from local north-east-down to body axes."""
    m = ned_from_body
    yaw = np.arctan2(m[:, 1, 0], m[:, 0, 0])
    return yaw, np.arcsin(np.clip(-m[:, 2, 0], -1.0, 1.0)), np.arctan2(m[:, 2, 1], m[:, 2, 2])
