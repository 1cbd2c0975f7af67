"""The mean of what gauges see since they were read last, as of the inertial unit.

`gauged` in the plant's state holds, for every gauge in the order of `chamber pressures, levels, outlet pressures,
gimbals, fins, bottle`, the sum over the ticks, the value at the last reading and the value now.
"""

import numpy as np

from hoverslam.plant.kernels.compiled import kernel

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
