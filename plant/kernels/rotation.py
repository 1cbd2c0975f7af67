"""Three-vectors and unit quaternions as tuples of floats.

A quaternion q = (w, x, y, z) named q_a_b takes components in frame b to components in frame a:
v_a = rotate(q_a_b, v_b). Hamilton product, active convention: Kuipers, Quaternions and Rotation Sequences, ch. 5.
"""

import math

from hoverslam.plant.kernels.compiled import kernel

Vec = tuple[float, float, float]
Quat = tuple[float, float, float, float]


@kernel
def add(a: Vec, b: Vec) -> Vec:
    """Sum of two vectors."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


@kernel
def sub(a: Vec, b: Vec) -> Vec:
    """Difference a - b."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@kernel
def scale(k: float, a: Vec) -> Vec:
    """k times a."""
    return (k * a[0], k * a[1], k * a[2])


@kernel
def axpy(k: float, a: Vec, b: Vec) -> Vec:
    """k a + b."""
    return (k * a[0] + b[0], k * a[1] + b[1], k * a[2] + b[2])


@kernel
def dot(a: Vec, b: Vec) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def cross(a: Vec, b: Vec) -> Vec:
    """Vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


@kernel
def norm(a: Vec) -> float:
    """Length."""
    return math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])


@kernel
def multiply(p: Quat, q: Quat) -> Quat:
    """Hamilton product: q_a_c = multiply(q_a_b, q_b_c)."""
    return (
        p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3],
        p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
        p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1],
        p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0],
    )


@kernel
def conjugate(q: Quat) -> Quat:
    """Inverse of a unit quaternion."""
    return (q[0], -q[1], -q[2], -q[3])


@kernel
def normalise(q: Quat) -> Quat:
    """Back to unit length."""
    k = 1.0 / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
    return (k * q[0], k * q[1], k * q[2], k * q[3])


@kernel
def rotate(q: Quat, v: Vec) -> Vec:
    """v_a = rotate(q_a_b, v_b)."""
    u = (q[1], q[2], q[3])
    t = scale(2.0, cross(u, v))
    return add(axpy(q[0], t, v), cross(u, t))


@kernel
def rotate_back(q: Quat, v: Vec) -> Vec:
    """v_b = rotate_back(q_a_b, v_a)."""
    return rotate(conjugate(q), v)


@kernel
def rate(q: Quat, omega_b_radps: Vec) -> Quat:
    """Time derivative of q_i_b turning at the body rate omega_b."""
    d = multiply(q, (0.0, omega_b_radps[0], omega_b_radps[1], omega_b_radps[2]))
    return (0.5 * d[0], 0.5 * d[1], 0.5 * d[2], 0.5 * d[3])
