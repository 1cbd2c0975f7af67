"""The flight software's vectors and quaternions. Oracle: numpy and scipy's Rotation.

`validation/test_rotation_conventions.py` holds this and the plant's code to one outside oracle.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hoverslam.gnc import rotation as flight_software

ROUNDING = 1e-14
number = st.floats(-100.0, 100.0, allow_subnormal=False)
vectors = st.tuples(number, number, number)
Vec = tuple[float, float, float]


@given(vectors, vectors)
def test_vector_algebra_is_numpys(a: Vec, b: Vec) -> None:
    x, y = np.array(a), np.array(b)
    np.testing.assert_allclose(flight_software.plus(a, b), x + y, atol=ROUNDING)
    np.testing.assert_allclose(flight_software.minus(a, b), x - y, atol=ROUNDING)
    np.testing.assert_allclose(flight_software.times(-2.5, a), -2.5 * x, atol=ROUNDING)
    product_rounding = 1e4 * ROUNDING  # numbers up to 1e4
    np.testing.assert_allclose(flight_software.outer(a, b), np.cross(x, y), atol=product_rounding)
    assert flight_software.inner(a, b) == pytest.approx(float(x @ y), abs=10 * product_rounding)
    assert flight_software.length(a) == pytest.approx(float(np.linalg.norm(x)), rel=ROUNDING, abs=1e-150)


def test_a_direction_has_unit_length_and_the_zero_vector_none() -> None:
    np.testing.assert_allclose(flight_software.unit((0.0, -3.0, 4.0)), (0.0, -0.6, 0.8), atol=ROUNDING)
    assert flight_software.unit((0.0, 0.0, 0.0)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("angle_rad", [0.0, 1e-12, 1e-9, 0.99e-8, 1.01e-8, 1e-5, 0.3, 3.0, 6.0])
def test_a_rotation_vector_becomes_scipys_quaternion(angle_rad: float) -> None:
    vector = angle_rad * np.array([2.0, -1.0, 2.0]) / 3.0
    found = np.array(flight_software.from_rotation_vector((vector[0], vector[1], vector[2])))
    expected = np.roll(Rotation.from_rotvec(vector).as_quat(), 1)
    np.testing.assert_allclose(found * np.sign(found @ expected), expected, atol=ROUNDING)


def test_small_turns_compose_from_the_right_in_the_body_and_from_the_left_in_the_frame() -> None:
    start, turn = Rotation.from_rotvec([0.4, 0.2, -0.9]), (0.01, -0.02, 0.03)
    w, x, y, z = np.roll(start.as_quat(), 1)
    small = flight_software.from_rotation_vector(turn)
    in_body = flight_software.compose((w, x, y, z), small)
    in_frame = flight_software.compose(small, (w, x, y, z))
    for found, expected in (
        (in_body, start * Rotation.from_rotvec(turn)),
        (in_frame, Rotation.from_rotvec(turn) * start),
    ):
        np.testing.assert_allclose(found, np.roll(expected.as_quat(), 1), atol=ROUNDING)


def test_renormalising_keeps_the_direction() -> None:
    q = np.array(flight_software.unit_quaternion((2.0, 0.5, -1.0, 0.25)))
    assert np.linalg.norm(q) == pytest.approx(1.0, rel=ROUNDING)
    np.testing.assert_allclose(q / q[0], (1.0, 0.25, -0.5, 0.125), rtol=10 * ROUNDING)
