"""Gauges aboard: chamber, tank and bottle pressures, tank levels, positions of gimbals and fins.

Each has a bias of its own, drawn once a flight, and white noise of every reading; a level has a scale error too. A
reading is the mean since the last one, as of the inertial unit: `gauged` in the plant's state holds, for every gauge in
the order of `chamber pressures, levels, outlet pressures, gimbals, fins, bottle`, the sum over the ticks, the value at
the last reading and the value now.
"""

import numpy as np

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.noise import normal_pair
from hoverslam.plant.kernels.sensors import LANE_LEVELS, LANE_PRESSURE, LANE_TANK_PRESSURE, SensorParams

SUM, LAST, NOW = 0, 1, 2  # rows of `gauged`


@kernel
def add_up(gauged: np.ndarray, count: int) -> None:
    """Take a tick's end into the sums of so many gauges, in place."""
    for i in range(count):
        gauged[SUM, i] += gauged[NOW, i]


@kernel
def average(gauged: np.ndarray, count: int, ticks: int) -> None:
    """The mean over so many ticks (trapezoidal rule) in place of the sums; without any, the values now."""
    for i in range(count):
        now = gauged[NOW, i]
        mean = (gauged[SUM, i] + 0.5 * (gauged[LAST, i] - now)) / ticks if ticks > 0 else now
        gauged[SUM, i], gauged[LAST, i] = mean, now


@kernel
def chamber_pressure(params: SensorParams, true_pa: float, engine: int, now_ns: int) -> float:
    """Reading of one engine's chamber pressure; it may be below zero."""
    n, _ = normal_pair(params.key, now_ns, LANE_PRESSURE + engine)
    return true_pa * (1.0 + params.noise * params.pressure_noise_fraction * n) + params.chamber_pressure_bias_pa[engine]


@kernel
def tank_pressure(params: SensorParams, true_pa: float, tank: int, now_ns: int) -> float:
    """Reading of a tank's or, as `tank` 2, of the cold gas bottle's pressure."""
    n, _ = normal_pair(params.key, now_ns, LANE_TANK_PRESSURE + tank)
    return true_pa * (1.0 + params.noise * params.pressure_noise_fraction * n) + params.tank_pressure_bias_pa[tank]


@kernel
def levels(params: SensorParams, lox_m: float, lch4_m: float, now_ns: int) -> tuple[float, float]:
    """Readings of both tank levels, never negative."""
    a, b = normal_pair(params.key, now_ns, LANE_LEVELS)
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
    now_ns: int,
    out: np.ndarray,
    at: int,
) -> int:
    """Readings of as many angles as `true` has, into `out` from `at`; returns where the next goes."""
    even, odd = 0.0, 0.0
    for i in range(true.shape[0]):
        if i % 2 == 0:
            even, odd = normal_pair(params.key, now_ns, lane + i // 2)
        out[at + i] = true[i] + bias[i] + params.noise * sigma * (even if i % 2 == 0 else odd)
    return at + true.shape[0]
