"""Measurements that no unit can mean: NaN or absurd increments are held, absurd gauges count as dead.

A bit that is flipped on the way makes 1e300 of a level. One such number would stay in the state for good, as NaN, and
with it every command after it.
"""

import math
from typing import NamedTuple

from hoverslam.gnc.layout import Counts
from hoverslam.gnc.load import Load
from hoverslam.harness.wire.contract import SENSORS, places

FORCE_MPS2 = 1000.0
RATE_RADPS = 100.0
LEVEL_M = 1000.0
PRESSURE = 10.0
"""Chosen, each far beyond what a sound or a biased unit reports; the pressure as a multiple of the rated one."""


class _Bound(NamedTuple):
    """Columns of a row, and the sum of magnitudes that they stay below. `holds`: as last time, instead of NaN."""

    at: slice
    limit: float
    holds: bool


class Plausible:
    """Of one flight: remembers the last increments that were plausible."""

    def __init__(self, load: Load, counts: Counts) -> None:
        at = places(SENSORS, counts)
        limits = {
            "imu_dvel_b_mps": (FORCE_MPS2 * load.frame_s, True),
            "imu_dangle_b_rad": (RATE_RADPS * load.frame_s, True),
            "chamber_pressure_pa": (PRESSURE * load.stage.chamber_pressure_pa * counts.engines, False),
            "lox_level_m": (LEVEL_M, False),
            "lch4_level_m": (LEVEL_M, False),
        }
        self._bounds = [_Bound(at[name], limit, holds) for name, (limit, holds) in limits.items()]
        self._last = [[0.0] * (bound.at.stop - bound.at.start) for bound in self._bounds]

    def mended(self, row: list[float]) -> list[float]:
        """The row of measurements, changed in place where it has to be."""
        for number, (at, limit, holds) in enumerate(self._bounds):
            values = row[at]
            if sum(map(abs, values)) <= limit:  # false for NaN
                self._last[number] = values
            elif holds:
                row[at] = self._last[number]
            else:
                row[at] = [value if abs(value) <= limit else math.nan for value in values]
        return row
