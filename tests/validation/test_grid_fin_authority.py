"""What the grid fins can do.

| verifies | slope against Mach number with the transonic bucket, force at a deflection, moment on the stage |
| gravity | none |
| air | q 60 kPa, and 5 kPa for a twelfth of it |
| vehicle | shipped stage, four fins of 4 m2, hinge 40 m up |
| oracle | AIAA-93-0035 as read in vehicle.md sec. 2.3; its authority check: 155 kN a fin, 8 MN m, 0.9 rad/s2 |
| tolerance | 0.1 per radian (readings off a figure, two digits); 1 % of the force; 15 % of moment and turn (one |
|           | digit, arm 24 to 27 m) |
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.aero import AirState, air_state
from hoverslam.plant.kernels.effectors.fins import fin_aero
from tests.plant.stage import shipped

FINS = shipped().fins
STILL = (0.0, 0.0, 0.0)
READING = 0.1  # per radian
# Mach: per radian, on fin frontal area
PUBLISHED = {
    0.5: 6.0,
    0.8: 5.6,
    0.95: 4.7,
    1.0: 4.1,
    1.1: 3.7,
    1.35: 3.3,
    1.6: 5.0,
    2.0: 4.6,
    2.5: 3.8,
    3.0: 3.2,
    3.5: 2.7,
}
TEN_DEGREES = math.radians(10.0)


def falling(mach: float, q_pa: float) -> AirState:
    speed = mach * 300.0
    return air_state((-speed, 0.0, 0.0), 2.0 * q_pa / speed**2, 300.0)


SOUND = np.zeros((4, 2))


def one_fin_n(mach: float, q_pa: float) -> float:
    """Force of one fin at ten degrees."""
    force, _ = fin_aero(
        FINS, np.array([TEN_DEGREES, 0.0, 0.0, 0.0]), SOUND, falling(mach, q_pa), STILL, (15.5, 0.0, 0.0)
    )
    return float(force[2])


@pytest.mark.parametrize("mach", PUBLISHED)
def test_the_slope_is_the_published_one(mach: float) -> None:
    slope = one_fin_n(mach, 60e3) / (60e3 * 4.0 * TEN_DEGREES)
    assert slope == pytest.approx(PUBLISHED[mach], abs=READING)


def test_the_bucket_is_deepest_between_mach_1_2_and_1_45() -> None:
    machs = np.linspace(0.6, 3.4, 200)
    slopes = np.array([one_fin_n(float(mach), 60e3) for mach in machs])
    transonic = machs < 2.0
    assert 1.2 < machs[transonic][np.argmin(slopes[transonic])] < 1.45


def test_ten_degrees_at_60_kpa_are_155_kilonewtons_a_fin() -> None:
    assert one_fin_n(1.1, 60e3) == pytest.approx(155e3, rel=0.01)
    assert one_fin_n(1.1, 5e3) == pytest.approx(155e3 / 12.0, rel=0.01)


def test_two_fins_turn_the_stage_at_nine_tenths_of_a_radian_a_second_squared() -> None:
    _, moment = fin_aero(
        FINS, np.array([-TEN_DEGREES, 0.0, TEN_DEGREES, 0.0]), SOUND, falling(1.1, 60e3), STILL, (15.5, 0.0, 0.0)
    )
    assert moment[1] == pytest.approx(8e6, rel=0.15)
    assert moment[1] / 9e6 == pytest.approx(0.9, rel=0.15)  # I_yy of 56 t: 9 to 10.2e6 kg m2
