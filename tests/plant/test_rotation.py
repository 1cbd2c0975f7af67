"""The plant's vectors and quaternions. Oracle: numpy and scipy's Rotation (scalar last, active)."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels import rotation as kernels

ROUNDING = 1e-15  # relative, a few units in the last place of numbers of order one
SEED = 20251203


def _vectors(count: int) -> list[tuple[float, float, float]]:
    drawn = np.random.default_rng(SEED).normal(size=(count, 3))
    return [(float(x), float(y), float(z)) for x, y, z in drawn]


@pytest.mark.parametrize(("a", "b"), list(zip(_vectors(8)[:4], _vectors(8)[4:], strict=True)))
def test_vector_algebra_is_numpys(a: kernels.Vec, b: kernels.Vec) -> None:
    x, y = np.array(a), np.array(b)
    np.testing.assert_allclose(kernels.add(a, b), x + y, rtol=ROUNDING)
    np.testing.assert_allclose(kernels.sub(a, b), x - y, rtol=ROUNDING)
    np.testing.assert_allclose(kernels.scale(3.0, a), 3.0 * x, rtol=ROUNDING)
    np.testing.assert_allclose(kernels.axpy(3.0, a, b), 3.0 * x + y, rtol=4 * ROUNDING, atol=ROUNDING)
    np.testing.assert_allclose(kernels.cross(a, b), np.cross(x, y), rtol=4 * ROUNDING, atol=4 * ROUNDING)
    assert kernels.dot(a, b) == pytest.approx(float(x @ y), rel=4 * ROUNDING, abs=4 * ROUNDING)
    assert kernels.norm(a) == pytest.approx(float(np.linalg.norm(x)), rel=4 * ROUNDING)


def test_the_quaternion_rate_is_the_slope_of_an_attitude_that_turns_at_the_body_rate() -> None:
    start = Rotation.from_rotvec([0.3, -0.5, 0.9])
    omega_b = np.array([0.2, -0.4, 0.1])
    h = 1e-5  # s: central difference, h^2 |omega|^3 / 6 is 1e-12

    def quaternion(time_s: float) -> np.ndarray:
        return np.roll((start * Rotation.from_rotvec(omega_b * time_s)).as_quat(), 1)

    slope = (quaternion(h) - quaternion(-h)) / (2 * h)
    q = tuple(float(v) for v in quaternion(0.0))
    np.testing.assert_allclose(kernels.rate(q, tuple(omega_b)), slope, atol=1e-10)  # type: ignore[arg-type]  # three numbers


def test_normalise_keeps_the_direction_of_a_quaternion() -> None:
    q = np.array(kernels.normalise((3.0, -1.0, 2.0, 0.5)))
    assert np.linalg.norm(q) == pytest.approx(1.0, rel=ROUNDING)
    np.testing.assert_allclose(q * np.linalg.norm([3.0, -1.0, 2.0, 0.5]), [3.0, -1.0, 2.0, 0.5], rtol=4 * ROUNDING)


def test_the_conjugate_undoes_a_rotation() -> None:
    q = kernels.normalise((0.5, -0.1, 0.7, 0.2))
    unity = kernels.multiply(q, kernels.conjugate(q))
    np.testing.assert_allclose(unity, (1.0, 0.0, 0.0, 0.0), atol=4 * ROUNDING)
