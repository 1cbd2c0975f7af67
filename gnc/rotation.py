"""Vectors and quaternions of the flight software: written apart from the plant's, held to the same outside oracle.

q_a_b = (w, x, y, z) takes body components to frame a. Small rotations compose from the left when they are given in
frame a and from the right when in the body frame.
"""

import math

from hoverslam.gnc.compiled import kernel

Vec = tuple[float, float, float]
Quat = tuple[float, float, float, float]


@kernel
def plus(a: Vec, b: Vec) -> Vec:
    """Sum."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


@kernel
def minus(a: Vec, b: Vec) -> Vec:
    """Difference."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@kernel
def times(k: float, a: Vec) -> Vec:
    """Multiple."""
    return (k * a[0], k * a[1], k * a[2])


@kernel
def inner(a: Vec, b: Vec) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def outer(a: Vec, b: Vec) -> Vec:
    """Vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


@kernel
def length(a: Vec) -> float:
    """Euclidean norm."""
    return math.sqrt(inner(a, a))


@kernel
def unit(a: Vec) -> Vec:
    """Direction; the zero vector stays zero."""
    n = length(a)
    return times(1.0 / n, a) if n > 1e-12 else (0.0, 0.0, 0.0)


@kernel
def compose(p: Quat, q: Quat) -> Quat:
    """q_a_c of q_a_b and q_b_c."""
    w = p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3]
    x = p[0] * q[1] + q[0] * p[1] + p[2] * q[3] - p[3] * q[2]
    y = p[0] * q[2] + q[0] * p[2] + p[3] * q[1] - p[1] * q[3]
    z = p[0] * q[3] + q[0] * p[3] + p[1] * q[2] - p[2] * q[1]
    return (w, x, y, z)


@kernel
def from_rotation_vector(v: Vec) -> Quat:
    """Quaternion of a rotation vector [rad]."""
    angle = length(v)
    half = 0.5 * angle
    k = math.sin(half) / angle if angle > 1e-8 else 0.5 - angle * angle / 48.0
    return (math.cos(half), k * v[0], k * v[1], k * v[2])


@kernel
def unit_quaternion(q: Quat) -> Quat:
    """Renormalised."""
    k = 1.0 / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
    return (k * q[0], k * q[1], k * q[2], k * q[3])


@kernel
def to_frame(q: Quat, v: Vec) -> Vec:
    """Body components to frame a, by the rotation matrix of q_a_b."""
    w, x, y, z = q
    return (
        (1.0 - 2.0 * (y * y + z * z)) * v[0] + 2.0 * (x * y - w * z) * v[1] + 2.0 * (x * z + w * y) * v[2],
        2.0 * (x * y + w * z) * v[0] + (1.0 - 2.0 * (x * x + z * z)) * v[1] + 2.0 * (y * z - w * x) * v[2],
        2.0 * (x * z - w * y) * v[0] + 2.0 * (y * z + w * x) * v[1] + (1.0 - 2.0 * (x * x + y * y)) * v[2],
    )


@kernel
def to_body(q: Quat, v: Vec) -> Vec:
    """Frame a components to body."""
    return to_frame((q[0], -q[1], -q[2], -q[3]), v)


@kernel
def across(vector: Vec, axis: Vec) -> Vec:
    """The part of a vector across an axis."""
    return minus(vector, times(inner(vector, axis), axis))


@kernel
def limited(vector: Vec, most: float) -> Vec:
    """A vector no longer than `most`."""
    return times(min(1.0, most / (math.sqrt(inner(vector, vector)) + 1e-12)), vector)
