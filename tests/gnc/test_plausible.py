"""Measurements that no unit can mean never reach the state. Oracle: the rows themselves, and what was last sound."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from hoverslam.gnc.layout import Counts
from hoverslam.gnc.plausible import Plausible
from hoverslam.harness.wire.contract import SENSORS, places, row_of

COUNTS = Counts(engines=3, gimballed=1, fins=4, thrusters=2, legs=4)
AT = places(SENSORS, COUNTS)
INCREMENTS, GAUGES = ("imu_dvel_b_mps", "imu_dangle_b_rad"), ("chamber_pressure_pa", "lox_level_m", "lch4_level_m")


def row(**changes: float) -> list[float]:
    """A sound row, with the first value of some fields another."""
    values = [0.01] * sum(width for _, width in row_of(SENSORS, COUNTS))
    for name, value in changes.items():
        values[AT[name].start] = value
    return values


@pytest.fixture
def mended() -> Callable[[list[float]], list[float]]:
    load: Any = SimpleNamespace(frame_s=0.01, stage=SimpleNamespace(chamber_pressure_pa=1e7))
    return Plausible(load, COUNTS).mended


@pytest.mark.parametrize("name", INCREMENTS)
@pytest.mark.parametrize("absurd", [math.nan, math.inf, -1e300, 50.0])
def test_increments_that_are_absurd_are_those_of_the_frame_before(name: str, absurd: float, mended: Any) -> None:
    before = mended(row(**{name: 0.5}))
    assert before == row(**{name: 0.5})
    assert mended(row(**{name: absurd})) == before
    assert mended(row(**{name: 0.25})) == row(**{name: 0.25}), "and a sound one is taken again"


@pytest.mark.parametrize("name", GAUGES)
@pytest.mark.parametrize("absurd", [math.nan, math.inf, 1e300])
def test_a_gauge_that_is_absurd_counts_as_dead(name: str, absurd: float, mended: Any) -> None:
    found = mended(row(**{name: absurd}))
    assert math.isnan(found[AT[name].start])
    sound = row(**{name: absurd})
    assert [a for a in found if a == a] == [a for a in sound if a == a and abs(a) < 1e299]


def test_a_row_without_a_measurement_of_the_first_frame_begins_at_rest(mended: Any) -> None:
    assert mended(row(imu_dangle_b_rad=math.nan))[AT["imu_dangle_b_rad"]] == [0.0, 0.0, 0.0]
