"""Aerodynamic load of a stage that falls base first: tables in Mach and angle, centre of pressure, damping, plume.

The angle alpha is that between the flight direction and exact base-first. Axial force is C_A(M) cos^2 alpha (crossflow
independence, as the first-estimate table shows), body normal force and its centre of pressure are tables; behind a
retro plume the axial coefficient is scaled by kappa(C_T), C_T = T / (q S), after Jarvinen and Adams (1970) via Korzun.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BeforeValidator

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import NotNegative
from hoverslam.plant.kernels.rotation import Vec


def _increasing(values: object) -> np.ndarray:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size < 2 or not np.all(np.diff(array) > 0):
        raise ValueError("must be a list of at least two increasing numbers")
    return array


def _numbers(values: object) -> np.ndarray:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise ValueError("must be finite numbers, all rows of one length")
    return array


Grid = Annotated[np.ndarray, BeforeValidator(_increasing)]
Table = Annotated[np.ndarray, BeforeValidator(_numbers)]


class AeroParams(NamedTuple):
    """Tables of the body with its fins at rest; the scales are one unless dispersed.

    axial[M], normal[M, alpha] and centre_of_pressure_m[M, alpha] are for the body; the fins' normal force is added by
    `fins`. `plume_factor` is kappa on `plume_thrust_coefficient`.
    """

    axial_mach: Grid
    axial: Table
    mach: Grid
    alpha_rad: Grid
    normal: Table
    centre_of_pressure_m: Table
    pitch_damping: NotNegative
    plume_thrust_coefficient: Grid
    plume_factor: Table
    axial_scale: NotNegative
    normal_scale: NotNegative
    plume_scale: NotNegative


class BluffParams(NamedTuple):
    """A body with one drag coefficient at any attitude, and damping of its turn in the air about each axis.

    Not a stage: the sphere and the brick of check-cases. `damping` holds Clp, Cmq and Cnr on p b/2V, q c/2V and r b/2V
    with b and c in `length_m` (b, c, b). An area of zero means that the tables of `AeroParams` hold instead.
    """

    area_m2: float
    drag: float
    damping: Vec
    length_m: Vec


NOT_BLUFF = BluffParams(0.0, 0.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


class AirState(NamedTuple):
    """The stage's motion through the air around it."""

    velocity_b_mps: Vec
    speed_mps: float
    density_kgpm3: float
    q_pa: float
    mach: float
    alpha_rad: float


@kernel
def bracket(grid: np.ndarray, x: float) -> tuple[int, float]:
    """Left neighbour and fraction of x on an increasing grid; held at the ends."""
    last = grid.shape[0] - 1
    if x <= grid[0]:
        return 0, 0.0
    if x >= grid[last]:
        return last - 1, 1.0
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if grid[middle] <= x:
            low = middle
        else:
            high = middle
    return low, (x - grid[low]) / (grid[low + 1] - grid[low])


@kernel
def lookup(grid: np.ndarray, values: np.ndarray, x: float) -> float:
    """Linear interpolation, held at the ends."""
    i, f = bracket(grid, x)
    return values[i] + f * (values[i + 1] - values[i])


@kernel
def lookup2(table: np.ndarray, i: int, f: float, j: int, g: float) -> float:
    """Bilinear interpolation between brackets (i, f) and (j, g)."""
    low = table[i, j] + g * (table[i, j + 1] - table[i, j])
    high = table[i + 1, j] + g * (table[i + 1, j + 1] - table[i + 1, j])
    return low + f * (high - low)


@kernel
def air_state(velocity_b_mps: Vec, density_kgpm3: float, sound_mps: float) -> AirState:
    """Speed, dynamic pressure, Mach number and angle from base-first of a motion through air of this density."""
    u, v, w = velocity_b_mps
    lateral = math.sqrt(v * v + w * w)
    speed = math.sqrt(u * u + lateral * lateral)
    return AirState(
        velocity_b_mps,
        speed,
        density_kgpm3,
        0.5 * density_kgpm3 * speed * speed,
        speed / sound_mps,
        math.atan2(lateral, -u),
    )


@kernel
def plume_factor(aero: AeroParams, thrust_coefficient: float) -> float:
    """Share of the axial force that is left behind a retro plume; 1 with engines off, never above."""
    i, f = bracket(aero.plume_thrust_coefficient, thrust_coefficient)
    # no thrust, no plume, whatever the scale
    left = min(1.0, aero.plume_factor[i] * aero.plume_scale) if i > 0 else 1.0
    right = min(1.0, aero.plume_factor[i + 1] * aero.plume_scale)
    return left + f * (right - left)


@kernel
def bluff_aero(bluff: BluffParams, air: AirState, turn_b_radps: Vec) -> tuple[Vec, Vec]:
    """Force [N] and moment [N m] on a bluff body, body axes; the turn is relative to the air."""
    k = 0.5 * air.density_kgpm3 * air.speed_mps * bluff.area_m2
    u, v, w = air.velocity_b_mps
    c, b = bluff.damping, bluff.length_m
    force = (-k * bluff.drag * u, -k * bluff.drag * v, -k * bluff.drag * w)
    return force, (
        0.5 * k * c[0] * b[0] * b[0] * turn_b_radps[0],
        0.5 * k * c[1] * b[1] * b[1] * turn_b_radps[1],
        0.5 * k * c[2] * b[2] * b[2] * turn_b_radps[2],
    )


@kernel
def body_aero(
    aero: AeroParams, area_m2: float, length_m: float, air: AirState, omega_b: Vec, cg_m: Vec, thrust_n: float
) -> tuple[Vec, Vec]:
    """Force [N] and moment about the centre of gravity [N m] on the body, fins apart, body axes.

    Beyond 90 degrees, nose first, the tables are mirrored; that range only serves flights that are already lost.
    """
    qs = air.q_pa * area_m2
    u, v, w = air.velocity_b_mps
    if qs < 1e-9:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    mirrored = air.alpha_rad > 0.5 * math.pi
    alpha = math.pi - air.alpha_rad if mirrored else air.alpha_rad
    i, f = bracket(aero.mach, air.mach)
    j, g = bracket(aero.alpha_rad, alpha)
    cos_alpha = -u / air.speed_mps
    axial = lookup(aero.axial_mach, aero.axial, air.mach) * cos_alpha * abs(cos_alpha)
    axial *= aero.axial_scale * plume_factor(aero, thrust_n / qs)
    normal = lookup2(aero.normal, i, f, j, g) * aero.normal_scale
    arm = lookup2(aero.centre_of_pressure_m, i, f, j, g)
    if mirrored:
        arm = length_m - arm
    lateral = math.sqrt(v * v + w * w) + 1e-12
    force = (qs * axial, -qs * normal * v / lateral, -qs * normal * w / lateral)
    x = arm - cg_m[0]
    damping = qs * length_m * length_m * aero.pitch_damping / (2.0 * air.speed_mps)
    # axial force acts on the axis, so a lateral offset of the centre of gravity gives it an arm
    moment = (
        -cg_m[1] * force[2] + cg_m[2] * force[1],
        -x * force[2] - cg_m[2] * force[0] - damping * omega_b[1],
        x * force[1] + cg_m[1] * force[0] - damping * omega_b[2],
    )
    return force, moment
