"""Plant and flight software each have their own rotation code; both are held to the same outside oracle here.

| verifies | q_a_b takes b components to a components; composition order; the inverse; in both packages |
| gravity | none |
| air | none |
| vehicle | none |
| oracle | scipy Rotation (scalar last, active); MathWorks quat2dcm (scalar first, passive), validation.md sec. 3 |
| tolerance | 1e-14, rounding of numbers of order one |
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import hoverslam.gnc.rotation as flight_software
import hoverslam.plant.kernels.rotation as plant_kernels

ROUNDING = 1e-14
MATHWORKS_QUATERNION = (1.0, 0.0, 1.0, 0.0)
MATHWORKS_MATRIX = [[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
Triple = tuple[float, float, float]


class Code(NamedTuple):
    """One package's rotation code under common names."""

    forward: Callable[[Any, Triple], Triple]
    back: Callable[[Any, Triple], Triple]
    compose: Callable[[Any, Any], Any]
    unit: Callable[[Any], Any]


CODES = {
    "plant": Code(plant_kernels.rotate, plant_kernels.rotate_back, plant_kernels.multiply, plant_kernels.normalise),
    "gnc": Code(
        flight_software.to_frame, flight_software.to_body, flight_software.compose, flight_software.unit_quaternion
    ),
}
ATTITUDES = Rotation.random(12, rng=np.random.default_rng(7))
both = pytest.mark.parametrize("code", CODES.values(), ids=CODES)


def _scalar_first(attitude: Rotation) -> tuple[float, ...]:
    x, y, z, w = attitude.as_quat()
    return float(w), float(x), float(y), float(z)


@both
def test_a_quaternion_takes_body_components_to_the_frame_as_scipys_active_rotation(code: Code) -> None:
    for attitude, v in zip(ATTITUDES, np.random.default_rng(8).normal(size=(12, 3)), strict=True):
        turned = code.forward(_scalar_first(attitude), tuple(v))
        np.testing.assert_allclose(turned, attitude.apply(v), atol=10 * ROUNDING)


@both
def test_going_back_is_scipys_inverse(code: Code) -> None:
    for attitude, v in zip(ATTITUDES, np.random.default_rng(9).normal(size=(12, 3)), strict=True):
        turned = code.back(_scalar_first(attitude), tuple(v))
        np.testing.assert_allclose(turned, attitude.inv().apply(v), atol=10 * ROUNDING)


@both
def test_neighbouring_frames_meet_in_a_product_as_in_scipy(code: Code) -> None:
    for q_a_b, q_b_c in zip(ATTITUDES[:6], ATTITUDES[6:], strict=True):
        product = np.array(code.compose(_scalar_first(q_a_b), _scalar_first(q_b_c)))
        expected = np.array(_scalar_first(q_a_b * q_b_c))
        np.testing.assert_allclose(product * np.sign(product @ expected), expected, atol=ROUNDING)


@both
def test_the_passive_matrix_of_mathworks_is_the_way_from_the_frame_to_the_body(code: Code) -> None:
    q = code.unit(MATHWORKS_QUATERNION)
    columns = [code.back(q, (float(x), float(y), float(z))) for x, y, z in np.eye(3)]
    np.testing.assert_allclose(np.array(columns).T, MATHWORKS_MATRIX, atol=ROUNDING)


@both
def test_a_quarter_turn_about_up_takes_forward_to_left(code: Code) -> None:
    q = code.unit((1.0, 0.0, 0.0, 1.0))
    np.testing.assert_allclose(code.forward(q, (1.0, 0.0, 0.0)), (0.0, 1.0, 0.0), atol=ROUNDING)
