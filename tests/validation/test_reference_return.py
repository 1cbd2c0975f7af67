"""The unpowered fall of the whole plant from 40 km against an independent reference return of the same stage.

| verifies | release, gravity, air, axial drag, stability of a free fall, all of six degrees of freedom together |
| gravity | WGS-84, J2, rotating |
| air | US76, no wind |
| vehicle | shipped stage at 57.8 t, fins straight, engines off |
| oracle | `zq3_reference_return.csv` (reference R1 of vehicle.md), rows below: altitude, speed, q, time |
| tolerance | speed 1 %, q 2 %, time 0.3 s: the reference reads the same drag bins otherwise, up to 5 % of drag around |
|           | Mach 1.8, and its azimuth is not given, worth 0.1 % of speed over the turning Earth |
"""

import math
from typing import NamedTuple

import numpy as np
import pytest

from hoverslam.plant.plant import Plant
from tests.plant.stage import REFERENCE_RELEASE, FloatArray, command, plant, shipped, truth

SPEED, PRESSURE, TIME_S = 0.01, 0.02, 0.3


class Row(NamedTuple):
    """A row of the reference return."""

    time_s: float
    altitude_m: float
    speed_mps: float
    q_pa: float


RELEASE = Row(400.050, 39971.337, 661.939, 875.374)
PATH_RAD = -math.asin((41101.233 - 38804.060) / 4.0 / 661.939)  # from the altitudes of the rows before and after
TABLE = [
    Row(406.050, 36358.809, 709.695, 1722.251),
    Row(412.050, 32423.090, 755.082, 3596.426),
    Row(418.050, 28192.747, 793.932, 7627.168),
    Row(424.050, 23728.966, 818.062, 16296.586),
    Row(430.050, 19160.625, 810.992, 33151.532),
    Row(436.050, 14736.517, 748.904, 56606.265),
    Row(442.050, 10807.569, 628.036, 73443.590),
    Row(448.050, 7593.986, 498.719, 68355.685),
    Row(452.050, 5812.468, 430.233, 62230.274),
    Row(456.050, 4249.286, 380.176, 57558.914),
]


def reference_plant() -> Plant:
    """The stage at the reference's release; 410 kg of gas and residuals are part of its 57,814 kg."""
    release = REFERENCE_RELEASE._replace(
        altitude_msl_m=RELEASE.altitude_m,
        speed_mps=RELEASE.speed_mps,
        flight_path_rad=PATH_RAD,
        lox_kg=9000.0,
        lch4_kg=57_814.0 - 46_000.0 - 410.0 - 9000.0,
    )
    return plant(shipped(), release=release)


def flown() -> FloatArray:
    """Time, altitude of the centre of gravity, speed, q, angle from base-first, every 20 ms down to 3.5 km."""
    falling, history = reference_plant(), []
    altitude = RELEASE.altitude_m
    while altitude > 3500.0:
        falling.advance(command(falling), 20)
        row = truth(falling)
        altitude = row["altitude_msl_m"][0] + row["cg_m"][0] - falling.vehicle.legs.foot_m
        history.append([falling.tick * 0.001, altitude, *row["speed_mps"], *row["q_pa"], *row["alpha_rad"]])
    return np.array(history)


@pytest.fixture(scope="module")
def fall() -> FloatArray:
    """One fall, read by all tests."""
    return flown()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.altitude_m / 1000:.1f}km")
def test_the_fall_passes_each_altitude_at_the_speed_and_time_of_the_reference(fall: FloatArray, row: Row) -> None:
    time_s, speed, q = (np.interp(-row.altitude_m, -fall[:, 1], fall[:, column]) for column in (0, 2, 3))
    assert speed == pytest.approx(row.speed_mps, rel=SPEED)
    assert q == pytest.approx(row.q_pa, rel=PRESSURE)
    assert time_s == pytest.approx(row.time_s - RELEASE.time_s, abs=TIME_S)


def test_the_dynamic_pressure_peaks_where_the_data_sheet_says(fall: FloatArray) -> None:
    # vehicle.md 1.1: 73 kPa at 10.6 km
    peak = fall[np.argmax(fall[:, 3])]
    assert peak[3] == pytest.approx(73e3, rel=PRESSURE)
    assert peak[1] == pytest.approx(10_600.0, abs=300.0)  # m: a flat top, 1 % of q is 1 km wide


def test_the_stage_falls_base_first_by_itself(fall: FloatArray) -> None:
    assert np.max(np.degrees(fall[:, 4])) < 3.0, "the path turns down under it, and it follows"
    assert np.max(np.degrees(fall[fall[:, 1] < 10_000.0, 4])) < 0.5
