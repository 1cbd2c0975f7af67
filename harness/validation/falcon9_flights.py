"""Three flown glides of a Falcon 9 first stage as the public webcasts showed them, and what is read off them.

The path angle at the start is not shown. It is fitted to the altitudes of the first twelve seconds, given the measured
speed and gravity and without any model of drag. Dynamic pressure is that of the speed in the US standard atmosphere.
"""

import math
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.kernels.world.atmosphere import standard_air

FLIGHTS = ("CRS-11", "OTV-5", "ZUMA")
LANDMARK_M = 4500.0  # where the landing burns began
TAIL_OFF_S = 1.0  # from the lowest speed until the telemetry falls freely
WINDOW_S = 12.0  # chosen: long enough for half a degree, too thin an air for much lift
ALTITUDE_STEP_M = 100.0
GRAVITY_MPS2, RADIUS_M = 9.70, 6.40e6  # at 30 km over the Cape


class Track(NamedTuple):
    """A glide, flown or predicted: time from its start, altitude, speed over the turning Earth, dynamic pressure."""

    time_s: FloatArray
    altitude_m: FloatArray
    speed_mps: FloatArray
    q_pa: FloatArray


class GlideStart(NamedTuple):
    """Where a glide begins. The path angle is negative going down; `path_sigma_rad` is its standard deviation."""

    altitude_m: float
    speed_mps: float
    path_rad: float
    path_sigma_rad: float


class Landmarks(NamedTuple):
    """What the gates are about; speed and time are those at 4.5 km."""

    peak_q_pa: float
    speed_mps: float
    time_s: float


@cache
def flown(flight: str) -> Track:
    """The telemetry of a flight from one second after its lowest speed, when the engines have tailed off."""
    table = files("hoverslam.harness") / "validation" / "tables" / f"falcon9_{flight.lower()}.csv"
    with table.open(encoding="utf-8") as lines:
        rows = np.genfromtxt((line for line in lines if line[0].isdigit()), delimiter=",")
    rows = rows[rows[:, 0] > rows[0, 0] + TAIL_OFF_S - 0.1]
    time_s, speed, altitude = rows[:, 0] - rows[0, 0], rows[:, 1], 1000.0 * rows[:, 2]
    density = np.array([standard_air(h).density_kgpm3 for h in altitude])
    return Track(time_s, altitude, speed, 0.5 * density * speed**2)


def _descended(track: Track, altitude_m: float, path_rad: float) -> FloatArray:
    """Altitudes of a point that starts so, has the measured speed and is turned by gravity alone (no lift)."""
    altitudes = [altitude_m]
    steps = np.diff(track.time_s), 0.5 * (track.speed_mps[1:] + track.speed_mps[:-1])
    for dt_s, speed in zip(*steps, strict=True):
        turned = path_rad - (GRAVITY_MPS2 / speed - speed / RADIUS_M) * math.cos(path_rad) * dt_s
        altitudes.append(altitudes[-1] + speed * math.sin(0.5 * (path_rad + turned)) * dt_s)
        path_rad = turned
    return np.array(altitudes)


def fit_path(whole: Track) -> GlideStart:
    """State at the start of a glide: altitude and path angle by least squares over its first twelve seconds."""
    head = Track(*(column[whole.time_s <= WINDOW_S] for column in whole))
    sigma = ALTITUDE_STEP_M / math.sqrt(12.0)
    guess = (head.altitude_m[0], math.radians(-70.0))
    fit = least_squares(lambda p: (_descended(head, p[0], p[1]) - head.altitude_m) / sigma, guess, x_scale=(100.0, 0.1))
    spread = math.sqrt(np.linalg.inv(fit.jac.T @ fit.jac)[1, 1])
    return GlideStart(float(fit.x[0]), float(head.speed_mps[0]), float(fit.x[1]), spread)


@cache
def flight_path(flight: str) -> GlideStart:
    """State at the start of the glide of a flight."""
    return fit_path(flown(flight))


def landmarks(track: Track) -> Landmarks:
    """Peak and crossing from parabolas through the samples around them, the same for flown and for predicted."""
    near = np.abs(track.time_s - track.time_s[np.argmax(track.q_pa)]) <= 4.0
    top = np.polyfit(track.time_s[near], track.q_pa[near], 2)
    peak = top[2] - top[1] ** 2 / (4.0 * top[0])
    near = np.abs(track.time_s - track.time_s[np.argmin(np.abs(track.altitude_m - LANDMARK_M))]) <= 3.0
    time_s = np.polyval(np.polyfit(track.altitude_m[near] - LANDMARK_M, track.time_s[near], 2), 0.0)
    speed = np.polyval(np.polyfit(track.time_s[near] - time_s, track.speed_mps[near], 2), 0.0)
    return Landmarks(float(peak), float(speed), float(time_s))
