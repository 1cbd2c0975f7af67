"""Estimates two properties of the air in the glide: lift of the stage, and error of the forecast wind.

A stage with a lean against the air gets a lateral force in proportion to that lean. A wind that differs from the
forecast adds a lean that was not commanded. An extended Kalman filter of three numbers tells the two apart: the lift
factor, which does not change, and the wind error, a first-order Gauss-Markov process over height, as forecast errors
are.
"""

import math

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Load
from hoverslam.gnc.model import trimmed_lift
from hoverslam.gnc.rotation import Vec, inner, minus, outer, plus, times

LIFT_SIGMA = 0.2  # of the believed lift; chosen, as the first estimate of C_N is trusted
WIND_SIGMA_MPS = 5.0  # chosen: a forecast some hours old
LIFT, EAST, NORTH, COV = 0, 1, 2, 3  # places in the row: lift factor, wind error, their covariance (3, 3)
WIND_LENGTH_M = 3000.0  # chosen: over which the forecast's error changes
GUST_MPS, GUST_S = 2.5, 1.0  # chosen: what of the wind is no part of the error to be learnt
FROM_PA = 8e3  # chosen: less air tells little
FLOOR_MPS2 = 0.1  # chosen: sideways, of accelerometer and of what moves aboard
MODEL_SHARE = 0.05  # chosen: of the modelled force, for what the model lacks


@kernel
def start_air(air: np.ndarray) -> None:
    """No deviation known, in place. Row: lift factor, wind error east and north [m/s], covariance (3, 3)."""
    air[:] = 0.0
    air[LIFT] = 1.0
    air[COV], air[COV + 4], air[COV + 8] = LIFT_SIGMA**2, WIND_SIGMA_MPS**2, WIND_SIGMA_MPS**2


@kernel
def wind_error(air: np.ndarray) -> Vec:
    """Wind less forecast, here [m/s]."""
    return (air[EAST], air[NORTH], 0.0)


@kernel
def fading(height_m: float) -> float:
    """Remaining correlation of a wind error over a difference in altitude."""
    return math.exp(-abs(height_m) / WIND_LENGTH_M)


@kernel
def sink(air: np.ndarray, way_m: float) -> None:
    """Propagate the wind error over a descent in altitude, in place: smaller, with more uncertainty."""
    keep = fading(way_m)
    fresh = (1.0 - keep * keep) * WIND_SIGMA_MPS**2
    for i in range(3):
        for j in range(3):
            factor = (keep if i else 1.0) * (keep if j else 1.0)
            air[COV + 3 * i + j] *= factor
    air[EAST] *= keep
    air[NORTH] *= keep
    air[COV + 4] += fresh
    air[COV + 8] += fresh


@kernel
def take(air: np.ndarray, gradient: Vec, innovation: float, variance: float) -> None:
    """One scalar measurement, in place."""
    g = (
        air[COV] * gradient[0] + air[COV + 1] * gradient[1] + air[COV + 2] * gradient[2],
        air[COV + 3] * gradient[0] + air[COV + 4] * gradient[1] + air[COV + 5] * gradient[2],
        air[COV + 6] * gradient[0] + air[COV + 7] * gradient[1] + air[COV + 8] * gradient[2],
    )
    s = inner(gradient, g) + variance
    for i in range(3):
        air[i] += g[i] / s * innovation
        for j in range(3):
            air[COV + 3 * i + j] -= g[i] * g[j] / s
    air[LIFT] = min(max(air[LIFT], 0.3), 2.0)


@kernel
def learn(
    load: Load,
    air: np.ndarray,
    mass_kg: float,
    cg_m: float,
    q_pa: float,
    speed_mps: float,
    axial_n: float,
    lean: Vec,
    against: Vec,
    force_enu: Vec,
    push_enu: Vec,
) -> None:
    """The sideways force of one frame, in place.

    `lean` is the nose less the direction against the motion through air as forecast, `against`; `force_enu` the
    specific force where the fins, pushing one way, cancel by turning the stage what they push (`still_point_m`),
    `push_enu` what the engines push [N].
    """
    if q_pa < FROM_PA:
        return
    drift = wind_error(air)
    felt = minus(lean, times(1.0 / speed_mps, minus(drift, times(inner(drift, against), against))))
    size = math.sqrt(inner(felt, felt))
    lift = trimmed_lift(load.stage, q_pa, 1.0, cg_m, size)
    seen = minus(times(mass_kg, force_enu), push_enu)
    seen = minus(seen, times(inner(seen, against), against))
    modelled = minus(times(axial_n, lean), times(air[LIFT] * lift, felt))
    off = minus(seen, modelled)
    per_mps = air[LIFT] * lift / speed_mps
    gust, model, floor = lift * GUST_MPS / speed_mps, MODEL_SHARE * lift * size, FLOOR_MPS2 * mass_kg
    variance = (gust * gust + model * model + floor * floor) * GUST_S / load.frame_s
    factor = air[LIFT]
    take(air, (-lift * felt[0], per_mps, 0.0), off[0], variance)
    moved = -lift * felt[1] * (air[LIFT] - factor)  # what the first measurement has already explained of the second
    take(air, (-lift * felt[1], 0.0, per_mps), off[1] - moved, variance)


@kernel
def still_point_m(fin_m: float, mass_kg: float, cg_m: float, lateral_kgm2: float) -> float:
    """Centre of percussion for a push at the fins, on the axis."""
    return cg_m - lateral_kgm2 / (mass_kg * (fin_m - cg_m))


@kernel
def force_at(force_b: Vec, arm_b: Vec, rate_b: Vec, before_b: Vec, dt_s: float) -> Vec:
    """Specific force at a point `arm_b` from where it was measured, from the turn rate now and a frame before."""
    spin = times(1.0 / dt_s, minus(rate_b, before_b))
    return plus(force_b, plus(outer(spin, arm_b), outer(rate_b, outer(rate_b, arm_b))))
