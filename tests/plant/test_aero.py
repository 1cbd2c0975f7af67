"""The body in the air. Oracles: numpy's interpolation, mirror images, and the signs that stability demands.

The published coefficients are held by `validation/test_base_first_aerodynamics.py`.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.aero import (
    AeroParams,
    AirState,
    air_state,
    body_aero,
    bracket,
    lookup,
    lookup2,
    plume_factor,
)
from tests.plant.stage import shipped

STAGE = shipped()
AERO: AeroParams = STAGE.aero
AREA_M2, LENGTH_M = STAGE.body.ref_area_m2, STAGE.body.ref_length_m
CG_M = (15.5, 0.0, 0.0)
STILL = (0.0, 0.0, 0.0)
ROUNDING = 1e-12  # relative
GRID = np.array([0.0, 1.0, 2.5, 4.0])
VALUES = np.array([1.0, -1.0, 3.0, 3.5])
Vec = tuple[float, float, float]


def air(
    mach: float, alpha_rad: float, roll_rad: float = 0.0, density: float = 0.4, sound_mps: float = 300.0
) -> AirState:
    """Falling base first at this angle; the sideways motion is along +z turned by the roll angle toward +y."""
    speed = mach * sound_mps
    side = speed * math.sin(alpha_rad)
    velocity = (-speed * math.cos(alpha_rad), side * math.sin(roll_rad), side * math.cos(roll_rad))
    return air_state(velocity, density, sound_mps)


def load(there: AirState, omega_b: Vec = STILL, cg_m: Vec = CG_M, thrust_n: float = 0.0) -> tuple[Vec, Vec]:
    force, moment = body_aero(AERO, AREA_M2, LENGTH_M, there, omega_b, cg_m, thrust_n)
    return force, moment


@given(st.floats(-1.0, 5.0))
def test_tables_are_read_as_numpy_interpolates_and_held_at_their_ends(x: float) -> None:
    assert lookup(GRID, VALUES, x) == pytest.approx(np.interp(x, GRID, VALUES), rel=ROUNDING, abs=ROUNDING)


@given(st.floats(-0.5, 4.5), st.floats(-0.5, 2.5))
def test_a_surface_is_interpolated_along_each_axis_in_turn(x: float, y: float) -> None:
    across = np.array([0.0, 1.0, 2.0])
    table = np.add.outer(VALUES, np.array([0.0, 5.0, -2.0])) * np.array([1.0, 2.0, -1.0])
    i, f = bracket(GRID, x)
    j, g = bracket(across, y)
    rows = [np.interp(y, across, row) for row in table]
    assert lookup2(table, i, f, j, g) == pytest.approx(np.interp(x, GRID, rows), rel=1e-9, abs=1e-9)


def test_the_angle_is_zero_falling_exactly_base_first_and_half_a_turn_nose_first() -> None:
    assert air_state((-300.0, 0.0, 0.0), 1.0, 300.0).alpha_rad == 0.0
    assert air_state((300.0, 0.0, 0.0), 1.0, 300.0).alpha_rad == pytest.approx(math.pi)
    assert air_state((-3.0, 0.0, -4.0), 1.0, 300.0).alpha_rad == pytest.approx(math.atan2(4.0, 3.0))


def test_speed_mach_and_dynamic_pressure_follow_from_the_motion() -> None:
    there = air_state((-200.0, 30.0, -40.0), 0.9, 320.0)
    speed = math.sqrt(200.0**2 + 50.0**2)
    assert there.speed_mps == pytest.approx(speed, rel=ROUNDING)
    assert there.mach == pytest.approx(speed / 320.0, rel=ROUNDING)
    assert there.q_pa == pytest.approx(0.5 * 0.9 * speed**2, rel=ROUNDING)


@pytest.mark.parametrize("mach", [0.6, 1.1, 2.2])
@pytest.mark.parametrize("roll_rad", [0.0, 1.0, 2.5, 4.0])
def test_the_air_pushes_back_along_the_axis_and_against_the_sideways_motion(mach: float, roll_rad: float) -> None:
    there = air(mach, math.radians(8.0), roll_rad)
    force, _ = load(there)
    assert force[0] > 0.0
    sideways = np.array(there.velocity_b_mps[1:])
    across = np.array(force[1:])
    assert across @ sideways == pytest.approx(-np.linalg.norm(across) * np.linalg.norm(sideways), rel=1e-9)


@pytest.mark.parametrize("mach", [0.6, 1.1, 2.2])
def test_the_load_turns_with_the_direction_of_the_wind(mach: float) -> None:
    plain_force, plain_moment = load(air(mach, 0.15))
    turned_force, turned_moment = load(air(mach, 0.15, roll_rad=0.7))
    about_x = Rotation.from_euler("x", -0.7)  # a wind turned from +z toward +y
    np.testing.assert_allclose(turned_force, about_x.apply(plain_force), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(turned_moment, about_x.apply(plain_moment), rtol=1e-9, atol=1e-3)


def test_the_moment_is_that_of_the_force_at_the_centre_of_pressure() -> None:
    cg = (15.5, 0.02, -0.03)
    there = air(0.8, math.radians(10.0), roll_rad=0.4)
    force, moment = load(there, cg_m=cg)
    pressure_m = AERO.centre_of_pressure_m[1][3]  # Mach 0.8 and 10 degrees are grid points
    arm = np.array([pressure_m, 0.0, 0.0]) - np.array(cg)
    np.testing.assert_allclose(moment, np.cross(arm, force), rtol=1e-4)  # the grid's angle has six digits


@pytest.mark.parametrize("ahead_m", [3.0, -3.0])
def test_a_centre_of_pressure_above_the_centre_of_gravity_turns_the_stage_back(ahead_m: float) -> None:
    there = air(0.8, math.radians(10.0))  # moving sideways toward +z
    cg = (AERO.centre_of_pressure_m[1][3] - ahead_m, 0.0, 0.0)
    _, moment = load(there, cg_m=cg)
    # turning about +y takes +z toward +x, away from the motion (-x, +z): the angle falls where the moment is positive
    assert math.copysign(1.0, moment[1]) == math.copysign(1.0, ahead_m)


@pytest.mark.parametrize("axis", [1, 2])
def test_a_turn_is_damped(axis: int) -> None:
    omega = tuple(0.1 if i == axis else 0.0 for i in range(3))
    there = air(1.1, 0.0)
    _, moment = load(there, omega_b=omega)  # type: ignore[arg-type]  # three numbers
    expected = there.q_pa * AREA_M2 * LENGTH_M**2 * AERO.pitch_damping * 0.1 / (2.0 * there.speed_mps)
    assert moment[axis] == pytest.approx(-expected, rel=ROUNDING)


@pytest.mark.parametrize(
    ("coefficient", "factor"), [(0.0, 1.0), (0.25, 0.75), (0.5, 0.5), (1.0, 0.25), (3.0, 0.1), (9.0, 0.1)]
)
def test_a_plume_takes_the_drag_that_the_data_sheet_says(coefficient: float, factor: float) -> None:
    # vehicle.md 2.4: kappa is 1 at 0, 0.5 at 0.5, 0.25 at 1, 0.1 from 3 on; linear between
    assert plume_factor(AERO, coefficient) == pytest.approx(factor, rel=ROUNDING)
    there = air(1.1, 0.0)
    bare, _ = load(there)
    burning, _ = load(there, thrust_n=coefficient * there.q_pa * AREA_M2)
    assert burning[0] / bare[0] == pytest.approx(factor, rel=1e-9)


def test_a_dispersed_plume_never_adds_drag() -> None:
    strong = AERO._replace(plume_scale=2.0)
    assert plume_factor(strong, 0.1) == 1.0
    assert plume_factor(strong, 1.0) == pytest.approx(0.5, rel=ROUNDING)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_plume_of_almost_nothing_takes_almost_nothing(scale: float) -> None:
    # an engine in its first tick or its last embers must not take half the drag away at once
    dispersed = AERO._replace(plume_scale=scale)
    assert plume_factor(dispersed, 1e-3) == pytest.approx(1.0, abs=0.01)


def test_there_is_no_load_without_air() -> None:
    assert load(air(2.0, 0.2, density=0.0), omega_b=(0.1, 0.1, 0.1)) == (STILL, STILL)


def test_nose_first_the_air_pushes_the_other_way() -> None:
    force, _ = load(air_state((300.0, 0.0, 0.0), 0.4, 300.0))
    base_first, _ = load(air_state((-300.0, 0.0, 0.0), 0.4, 300.0))
    assert force[0] == pytest.approx(-base_first[0], rel=ROUNDING)
