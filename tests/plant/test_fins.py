"""Grid fins, each by itself and together. Oracle: the sign of each axis by hand, numpy cross products, mirror images.

The authority and the transonic bucket are held to published numbers in `validation/test_grid_fin_authority.py`.
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.aero import air_state
from hoverslam.plant.kernels.effectors.fins import fin_aero
from tests.plant.stage import shipped

STAGE = shipped()
FINS = STAGE.fins
CG_M = (15.5, 0.0, 0.0)
SOUND = np.zeros((4, 2))
STILL = (0.0, 0.0, 0.0)
ROUNDING = 1e-12  # relative
FALLING = air_state((-350.0, 0.0, 0.0), 0.8, 330.0)
Vec = tuple[float, float, float]


def load(
    deflection: list[float], velocity: Vec = (-350.0, 0.0, 0.0), omega_b: Vec = STILL
) -> tuple[np.ndarray, np.ndarray]:
    force, moment = fin_aero(FINS, np.array(deflection), SOUND, air_state(velocity, 0.8, 330.0), omega_b, CG_M)
    return np.array(force), np.array(moment)


@pytest.mark.parametrize(
    ("fin", "push"), [(0, (0.0, 0.0, 1.0)), (1, (0.0, -1.0, 0.0)), (2, (0.0, 0.0, -1.0)), (3, (0.0, 1.0, 0.0))]
)
def test_a_positive_deflection_pushes_each_fin_a_quarter_turn_from_its_span(fin: int, push: Vec) -> None:
    force, moment = load([0.1 if i == fin else 0.0 for i in range(4)])
    np.testing.assert_allclose(force / np.linalg.norm(force), push, atol=ROUNDING)
    c, s = FINS.span_yz[fin]
    arm = np.array([FINS.position_m - CG_M[0], FINS.radius_m * c, FINS.radius_m * s])
    np.testing.assert_allclose(moment, np.cross(arm, force), rtol=ROUNDING, atol=1e-6)


@pytest.mark.parametrize(
    ("pattern", "axis"),
    [([1, 1, 1, 1], (1, 0, 0)), ([-1, 0, 1, 0], (0, 1, 0)), ([0, -1, 0, 1], (0, 0, 1))],
    ids=["roll", "pitch", "yaw"],
)
def test_each_axis_has_its_own_pattern_with_this_sign(pattern: list[int], axis: Vec) -> None:
    _, moment = load([0.1 * sign for sign in pattern])
    np.testing.assert_allclose(moment / np.linalg.norm(moment), axis, atol=ROUNDING)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_straight_fins_damp_a_turn_about_every_axis(axis: int) -> None:
    omega = np.zeros(3)
    omega[axis] = 0.2
    _, moment = load([0.0] * 4, omega_b=(omega[0], omega[1], omega[2]))
    assert moment[axis] < 0.0
    np.testing.assert_allclose(np.delete(moment, axis), 0.0, atol=1e-6)


def test_roll_damping_is_the_incidence_that_the_turn_makes() -> None:
    rate, speed = 0.2, 350.0
    _, moment = load([0.0] * 4, omega_b=(rate, 0.0, 0.0))
    slope = np.interp(FALLING.mach, FINS.mach, FINS.slope_prad)
    incidence = rate * FINS.radius_m / speed
    expected = 4 * FALLING.q_pa * FINS.area_m2 * slope * incidence * FINS.radius_m
    assert moment[0] == pytest.approx(-expected, rel=1e-9)


def test_straight_fins_stabilise_a_stage_that_falls_at_an_angle() -> None:
    force, moment = load([0.0] * 4, velocity=(-350.0, 0.0, 35.0))
    assert force[2] < 0.0, "against the sideways motion"
    assert moment[1] > 0.0, "about +y, which takes +z away from the motion"


def test_a_deflection_equal_to_the_angle_takes_the_load_off_a_fin() -> None:
    sideways = (-350.0, 0.0, 35.0)
    force, _ = load([0.1, 0.0, -0.1, 0.0], velocity=sideways)
    np.testing.assert_allclose(force, 0.0, atol=1e-6)  # N; the local angle is taken as w / u, here exactly 0.1


def test_the_force_is_held_beyond_thirty_degrees_of_local_incidence() -> None:
    for sideways_mps in (-250.0, -300.0):
        there = air_state((-350.0, 0.0, sideways_mps), 0.8, 330.0)
        force, _ = load([0.3, 0.0, -0.3, 0.0], velocity=(-350.0, 0.0, sideways_mps))
        slope = np.interp(there.mach, FINS.mach, FINS.slope_prad)
        most = 2 * there.q_pa * FINS.area_m2 * slope * math.radians(30.0)
        assert force[2] == pytest.approx(most, rel=ROUNDING)


def test_nose_first_a_deflection_pushes_the_other_way() -> None:
    base_first, _ = load([0.1, 0.0, 0.0, 0.0])
    nose_first, _ = load([0.1, 0.0, 0.0, 0.0], velocity=(350.0, 0.0, 0.0))
    np.testing.assert_allclose(nose_first, -base_first, rtol=ROUNDING, atol=1e-9)


def test_a_mirrored_wind_gives_a_mirrored_load() -> None:
    force, moment = load([0.0] * 4, velocity=(-350.0, 20.0, 35.0))
    there_force, there_moment = load([0.0] * 4, velocity=(-350.0, -20.0, 35.0))
    np.testing.assert_allclose(there_force, force * [1.0, -1.0, 1.0], rtol=ROUNDING, atol=1e-6)
    np.testing.assert_allclose(there_moment, moment * [-1.0, 1.0, -1.0], rtol=ROUNDING, atol=1e-6)


def test_fins_do_nothing_without_air() -> None:
    force, moment = fin_aero(
        FINS, np.full(4, 0.2), SOUND, air_state((-900.0, 5.0, 0.0), 0.0, 300.0), (0.1, 0.1, 0.1), CG_M
    )
    np.testing.assert_array_equal([*force, *moment], np.zeros(6))
