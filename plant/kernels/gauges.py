"""Gauges aboard: chamber, tank and bottle pressures, tank levels, positions of gimbals and fins.

Each has a bias of its own, drawn once a flight, and white noise of every reading; a level has a scale error too.
"""

import numpy as np

from plant.kernels.compiled import kernel
from plant.kernels.noise import normal_pair
from plant.kernels.sensors import LANE_LEVELS, LANE_PRESSURE, LANE_TANK_PRESSURE, SensorParams


@kernel
def chamber_pressure(params: SensorParams, true_pa: float, engine: int, tick: int) -> float:
    """Reading of one engine's chamber pressure; it may be below zero."""
    n, _ = normal_pair(params.key, tick, LANE_PRESSURE + engine)
    return true_pa * (1.0 + params.noise * params.pressure_noise_fraction * n) + params.chamber_pressure_bias_pa[engine]


@kernel
def tank_pressure(params: SensorParams, true_pa: float, tank: int, tick: int) -> float:
    """Reading of a tank's or, as `tank` 2, of the cold gas bottle's pressure."""
    n, _ = normal_pair(params.key, tick, LANE_TANK_PRESSURE + tank)
    return true_pa * (1.0 + params.noise * params.pressure_noise_fraction * n) + params.tank_pressure_bias_pa[tank]


@kernel
def levels(params: SensorParams, lox_m: float, lch4_m: float, tick: int) -> tuple[float, float]:
    """Readings of both tank levels, never negative."""
    a, b = normal_pair(params.key, tick, LANE_LEVELS)
    spread, bias, slope = params.noise * params.level_noise_m, params.level_bias_m, params.level_scale
    return (
        max((1.0 + slope[0]) * lox_m + bias[0] + spread * a, 0.0),
        max((1.0 + slope[1]) * lch4_m + bias[1] + spread * b, 0.0),
    )


@kernel
def positions(
    params: SensorParams,
    true: np.ndarray,
    bias: np.ndarray,
    sigma: float,
    lane: int,
    tick: int,
    out: np.ndarray,
    at: int,
) -> int:
    """Readings of as many angles as `true` has, into `out` from `at`; returns where the next goes."""
    even, odd = 0.0, 0.0
    for i in range(true.shape[0]):
        if i % 2 == 0:
            even, odd = normal_pair(params.key, tick, lane + i // 2)
        out[at + i] = true[i] + bias[i] + params.noise * sigma * (even if i % 2 == 0 else odd)
    return at + true.shape[0]
