"""A range of numbers, and those that many numbers of a vehicle share; chosen, as `plant.ranges` says."""

from typing import NamedTuple


class Range(NamedTuple):
    """Both ends belong to it."""

    low: float
    high: float


LENGTH_M = Range(-200.0, 200.0)
SIZE_M = Range(0.05, 50.0)
SCALE = Range(0.0, 10.0)
PRESSURE_PA = Range(1e3, 1e8)
LAG_S = Range(1e-3, 10.0)
TIME_S = Range(0.0, 600.0)
SHAPE = Range(-10.0, 10.0)
SLOPE_PM = Range(-10.0, 10.0)
MACH = Range(0.0, 100.0)
