"""Wind and density by altitude, and Dryden turbulence on a fixed time grid.

Turbulence: MIL-F-8785C, 3.7.2. The stage flies along its vertical, so the gust component along the flight path (up)
takes the longitudinal form, first order, and the two across it (east, north) the transverse form, second order. Each
filter is discretised exactly for the scale length and airspeed of the moment, so the variance does not depend on the
step. Above 2,000 ft the turbulence is isotropic; below 1,000 ft scale and strength follow height; linear between.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.aero import Grid, lookup
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.noise import normal_pair
from hoverslam.plant.kernels.rotation import Vec

FOOT_M = 0.3048
HIGH_SCALE_M = 1750.0 * FOOT_M
SQRT3 = math.sqrt(3.0)


class AirColumn(NamedTuple):
    """Steady wind and density factor every `step_m` of altitude above mean sea level, from zero; held at the ends."""

    step_m: float
    east_mps: np.ndarray
    north_mps: np.ndarray
    density_factor: np.ndarray


class TurbulenceParams(NamedTuple):
    """Low-altitude strength follows the wind at 20 ft; high-altitude strength is a table (MIL-F-8785C, fig. 7)."""

    w20_mps: float
    high_altitude_m: Grid
    high_sigma_mps: np.ndarray
    key: int


class GustState(NamedTuple):
    """Normalised filter states: one for the longitudinal component, two for each transverse one."""

    up: float
    east: float
    east2: float
    north: float
    north2: float


@kernel
def column_at(column: AirColumn, altitude_m: float) -> tuple[float, float, float]:
    """Wind to the east and to the north [m/s] and the density factor at an altitude."""
    last = column.east_mps.shape[0] - 1
    x = altitude_m / column.step_m
    x = min(x, float(last) - 1e-9) if x > 0.0 else 0.0  # a NaN goes to the ground: it must not become an index
    i = int(x)
    f = x - i
    return (
        column.east_mps[i] + f * (column.east_mps[i + 1] - column.east_mps[i]),
        column.north_mps[i] + f * (column.north_mps[i + 1] - column.north_mps[i]),
        column.density_factor[i] + f * (column.density_factor[i + 1] - column.density_factor[i]),
    )


@kernel
def low_altitude_turbulence(w20_mps: float, height_m: float) -> tuple[float, float, float, float]:
    """Scale lengths [m] and standard deviations [m/s], horizontal then vertical, between 10 and 1,000 ft."""
    h = min(max(height_m / FOOT_M, 10.0), 1000.0)
    base = 0.177 + 0.000823 * h
    sigma_w = 0.1 * w20_mps
    return h / base**1.2 * FOOT_M, h * FOOT_M, sigma_w / base**0.4, sigma_w


@kernel
def turbulence_at(params: TurbulenceParams, height_m: float) -> tuple[float, float, float, float]:
    """Scale lengths and standard deviations, horizontal then vertical, at a height above ground."""
    low = low_altitude_turbulence(params.w20_mps, height_m)
    f = min(max((height_m - 1000.0 * FOOT_M) / (1000.0 * FOOT_M), 0.0), 1.0)
    sigma = lookup(params.high_altitude_m, params.high_sigma_mps, height_m)
    return (
        low[0] + f * (HIGH_SCALE_M - low[0]),
        low[1] + f * (HIGH_SCALE_M - low[1]),
        low[2] + f * (sigma - low[2]),
        low[3] + f * (sigma - low[3]),
    )


@kernel
def step_longitudinal(state: float, ratio: float, noise: float) -> float:
    """First-order Gauss-Markov state of unit variance over a step of `ratio` time constants."""
    a = math.exp(-ratio)
    return a * state + math.sqrt(1.0 - a * a) * noise


@kernel
def step_transverse(x: float, y: float, ratio: float, noise: tuple[float, float]) -> tuple[float, float]:
    """Both states of the second-order Dryden filter over a step of `ratio` time constants, exact covariance.

    x' = (-x + w) / tau, y' = (-y + x) / tau with x and y scaled by sqrt(tau); the gust is
    sigma (sqrt3 x + (1 - sqrt3) y).
    """
    a = math.exp(-ratio)
    a2 = a * a
    q11 = 0.5 * (1.0 - a2)
    q12 = 0.25 - a2 * (0.5 * ratio + 0.25)
    q22 = 0.25 - a2 * (0.5 * ratio * ratio + 0.5 * ratio + 0.25)
    l11 = math.sqrt(max(q11, 0.0))
    l21 = q12 / l11 if l11 > 0.0 else 0.0
    l22 = math.sqrt(max(q22 - l21 * l21, 0.0))
    return a * x + l11 * noise[0], a * (y + ratio * x) + l21 * noise[0] + l22 * noise[1]


@kernel
def start_gusts(key: int) -> GustState:
    """Filter states drawn from their stationary distribution, so turbulence is fully there from the first tick."""
    up, _ = normal_pair(key, 0, 8)
    e, n = normal_pair(key, 0, 9), normal_pair(key, 0, 10)
    root = math.sqrt(0.5)
    return GustState(up, root * e[0], 0.5 * root * (e[0] + e[1]), root * n[0], 0.5 * root * (n[0] + n[1]))


@kernel
def gust_of(state: GustState, sigma_h_mps: float, sigma_v_mps: float) -> Vec:
    """Gust velocity, east-north-up [m/s], of these filter states at these strengths."""
    return (
        sigma_h_mps * (SQRT3 * state.east + (1.0 - SQRT3) * state.east2),
        sigma_h_mps * (SQRT3 * state.north + (1.0 - SQRT3) * state.north2),
        sigma_v_mps * state.up,
    )


@kernel
def first_gust(params: TurbulenceParams, height_m: float) -> Vec:
    """The gust at release, east-north-up [m/s]."""
    _, _, sigma_h, sigma_v = turbulence_at(params, height_m)
    return gust_of(start_gusts(params.key), sigma_h, sigma_v)


@kernel
def step_gusts(
    params: TurbulenceParams, state: GustState, step: int, height_m: float, airspeed_mps: float, dt_s: float
) -> tuple[GustState, Vec]:
    """Advance the filters by grid step `step`, dt long; the new states and the gust after it, east-north-up [m/s]."""
    length_h, length_v, sigma_h, sigma_v = turbulence_at(params, height_m)
    speed = max(airspeed_mps, 1.0)
    up_noise, _ = normal_pair(params.key, step, 0)
    up = step_longitudinal(state.up, speed * dt_s / length_v, up_noise)
    across = speed * dt_s / length_h
    east, east2 = step_transverse(state.east, state.east2, across, normal_pair(params.key, step, 1))
    north, north2 = step_transverse(state.north, state.north2, across, normal_pair(params.key, step, 2))
    after = GustState(up, east, east2, north, north2)
    return after, gust_of(after, sigma_h, sigma_v)
