"""The navigation filter flown along the closed-form flight, its noise drawn as it believes; shared by its tests."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from hoverslam.gnc.navigation import ERRORS, Nav, antenna, predict_covariance, propagate, start_covariance, use_gnss
from tests.gnc import beliefs, strapdown
from tests.gnc.strapdown import FloatArray

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
FIX_FRAMES, LATENCY_FRAMES, COVARIANCE_FRAMES = 10, 6, 5
ZERO = (0.0, 0.0, 0.0)


class Flown(NamedTuple):
    """A filter after its flight: state, covariance, error (16) against the flight, smallest eigenvalues on the way."""

    nav: Nav
    cov: FloatArray
    error: FloatArray
    smallest: FloatArray
    asymmetry: float


def triple(values: FloatArray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def scalar_first(attitude: Rotation) -> tuple[float, float, float, float]:
    x, y, z, w = attitude.as_quat()
    return float(w), float(x), float(y), float(z)


def true_nav(time_s: float) -> Nav:
    """The flight at a time."""
    when = np.array([time_s])
    pos, vel, _ = strapdown.place(when)
    turn = strapdown.turn_rate_b(when)[0]
    return Nav(
        triple(pos[0]), triple(vel[0]), scalar_first(strapdown.attitude(when)[0]), ZERO, ZERO, triple(turn), ZERO
    )


def errors(nav: Nav, time_s: float, biases: FloatArray) -> FloatArray:
    """What would have to be added to the estimate to be right: the sixteen errors of the filter."""
    true = true_nav(time_s)
    believed = Rotation.from_quat(np.roll(nav.q_enu_b, -1))
    turn = (strapdown.attitude(np.array([time_s]))[0] * believed.inv()).as_rotvec()
    return np.concatenate(
        [
            np.subtract(true.pos_enu_m, nav.pos_enu_m),
            np.subtract(true.vel_enu_mps, nav.vel_enu_mps),
            turn,
            biases[:3] - nav.gyro_bias_radps,
            biases[3:6] - nav.accel_bias_mps2,
            biases[6:] - nav.axial_scale,
        ]
    )


def correlations(cov: FloatArray) -> FloatArray:
    """The covariance without its units."""
    sigma = np.sqrt(np.diag(cov))
    return np.asarray(cov / np.outer(sigma, sigma))


def start(rng: np.random.Generator) -> tuple[Nav, FloatArray]:
    """The true start, missed by as much as the load says it may be."""
    true, believed = true_nav(0.0), LOAD.start
    turn = Rotation.from_rotvec(rng.normal(scale=believed.attitude_sigma_rad, size=3))
    attitude = turn * strapdown.attitude(np.array([0.0]))[0]
    nav = true._replace(
        pos_enu_m=triple(true.pos_enu_m + rng.normal(scale=believed.pos_sigma_m, size=3)),
        vel_enu_mps=triple(true.vel_enu_mps + rng.normal(scale=believed.vel_sigma_mps, size=3)),
        q_enu_b=scalar_first(attitude),
    )
    cov = np.zeros((ERRORS, ERRORS))
    start_covariance(RECORD, cov)
    return nav, cov


def noisy_increments(frames: int, biases: FloatArray, rng: np.random.Generator) -> strapdown.Increments:
    """What this very unit reports; last of its biases is the scale error of the axial accelerometer."""
    exact, f = strapdown.increments(LOAD, frames), LOAD.filter
    root = math.sqrt(LOAD.frame_s)
    dvel = (
        exact.dvel_b_mps * [1.0 + biases[6], 1.0, 1.0]
        + LOAD.frame_s * biases[3:6]
        + rng.normal(scale=root * f.accel_noise_mps2_rthz, size=(frames, 3))
    )
    dangle = (
        exact.dangle_b_rad
        + LOAD.frame_s * biases[:3]
        + rng.normal(scale=root * f.gyro_noise_radps_rthz, size=(frames, 3))
    )
    return strapdown.Increments(dvel, dangle)


def noisy_fixes(frames: int, rng: np.random.Generator) -> FloatArray:
    """Fixes of every FIX_FRAMES, row by frame of the fix."""
    taken = np.arange(0, frames, FIX_FRAMES)
    exact, here, f = strapdown.fixes(LOAD, taken.astype(np.float64) * LOAD.frame_s), strapdown.earth(LOAD), LOAD.filter
    sigma_m = np.array([f.gnss_horizontal_m, f.gnss_horizontal_m, f.gnss_vertical_m])
    exact[:, :3] += here.turn_to_ecef(rng.normal(size=(taken.size, 3)) * sigma_m)
    exact[:, 3:] += here.turn_to_ecef(rng.normal(scale=f.gnss_velocity_mps, size=(taken.size, 3)))
    return exact


def fly(seed: int, seconds: float = 30.0, fixes_until_s: float = math.inf) -> Flown:
    """The filter over the flight with noise drawn as it believes, fixes late by LATENCY_FRAMES."""
    rng, frames = np.random.default_rng(seed), round(seconds / LOAD.frame_s)
    f = LOAD.filter
    sigmas = np.repeat([f.gyro_bias_radps, f.accel_bias_mps2, f.accel_scale], [3, 3, 1])
    biases = rng.normal(scale=sigmas)
    nav, cov = start(rng)
    felt, seen = noisy_increments(frames, biases, rng), noisy_fixes(frames, rng)
    past, work, smallest, asymmetry = np.zeros((frames + 1, 6)), np.zeros(64), [], 0.0
    past[0] = np.concatenate(antenna(RECORD["stage"], nav))
    for now in range(1, frames + 1):
        nav = propagate(RECORD, nav, triple(felt.dvel_b_mps[now - 1]), triple(felt.dangle_b_rad[now - 1]))
        past[now] = np.concatenate(antenna(RECORD["stage"], nav))
        if now % COVARIANCE_FRAMES == 0:
            predict_covariance(RECORD, nav, cov, COVARIANCE_FRAMES * LOAD.frame_s)
        taken = now - LATENCY_FRAMES
        if 0 < taken < fixes_until_s / LOAD.frame_s and taken % FIX_FRAMES == 0:
            nav = use_gnss(RECORD, nav, cov, work, past[taken], seen[taken // FIX_FRAMES])
            smallest.append(float(np.linalg.eigvalsh(correlations(cov))[0]))
            asymmetry = max(asymmetry, float(np.max(np.abs(correlations(cov) - correlations(cov).T))))
    return Flown(nav, cov, errors(nav, seconds, biases), np.array(smallest), asymmetry)
