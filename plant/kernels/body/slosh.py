"""Liquid that sways in an upright cylinder: a pendulum in each tank, two axes each, driven by what the wall feels.

Linear model of the first lateral mode (Abramson, NASA SP-106; Dodge, The New Dynamic Behavior of Liquids, 2000). The
pendulum's mass is part of the rigid stage's; to the stage it therefore pushes with minus its mass times its
acceleration relative to the wall. A wave as high as the liquid is deep, or half as high as the tank is wide, breaks:
its damping rises with the fourth power of the amplitude to critical there (chosen; ring baffles and breaking waves both
damp large waves more). Otherwise small angles; a stage that falls freely has no pendulum, only free liquid, which is
left out. Mass, place and stiffness follow the level on a grid in time, the frequency the specific force at once.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from hoverslam.plant.kernels.body.mass import TankParams, liquid_level
from hoverslam.plant.kernels.columns import HANGS_AT_M, PULL_PM, RATE_Y, RATE_Z, REACH_M, SWAY_KG, SWAY_Y, SWAY_Z
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.rotation import Vec, add, cross

FIRST_ROOT = 1.841  # of the derivative of the Bessel function J1
LEAST_AXIAL_MPS2 = 0.5  # chosen: below, the liquid is not held at the bottom
LEAST_LEVEL = 0.02  # of the radius
STEEPEST = 0.5  # chosen: of a surface, before its wave breaks
COLUMNS = 8  # of a pendulum: displacement and speed, body y and z; mass, stiffness, place, displacement that breaks


class SloshParams(NamedTuple):
    """Damping of the first mode over critical, baffles included; 1 holds the liquid still."""

    damping: Annotated[float, Field(gt=0.0, le=1.0)]


class Pendulum(NamedTuple):
    """The moving part of a liquid: mass, squared frequency over specific force, height over the gimbal plane, limit."""

    mass_kg: float
    stiffness_pm: float
    at_m: float
    breaks_m: float


@kernel
def pendulum(tank: TankParams, mass_kg: float) -> Pendulum:
    """First mode of this much liquid."""
    radius, level = tank.radius_m, liquid_level(tank, mass_kg)
    t = math.tanh(FIRST_ROOT * level / radius)
    share = radius * t / (2.199 * max(level, 1e-6))
    stiffness = FIRST_ROOT / radius * t
    return Pendulum(
        min(share, 1.0) * mass_kg,
        stiffness,
        tank.bottom_m + level - 1.086 * radius * math.tanh(0.92 * level / radius),
        min(level / radius, STEEPEST) / stiffness,  # the surface leans as the pendulum does
    )


@kernel
def damping_now(damping: float, row: np.ndarray, omega2: float) -> float:
    """Damping over critical at the present amplitude."""
    sway2 = row[SWAY_Y] * row[SWAY_Y] + row[SWAY_Z] * row[SWAY_Z]
    over = (sway2 + (row[RATE_Y] * row[RATE_Y] + row[RATE_Z] * row[RATE_Z]) / omega2) / (row[REACH_M] * row[REACH_M])
    return min(damping + (1.0 - damping) * over * over, 1.0)


@kernel
def step_slosh(
    damping: float,
    tank: TankParams,
    row: np.ndarray,
    liquid_kg: float,
    felt: Vec,
    spin_radps2: Vec,
    cg_m: Vec,
    refresh: bool,
    dt_s: float,
) -> tuple[Vec, Vec]:
    """Advance the pendulum of a tank, in place; its push [N] on the stage and the moment about the centre of gravity.

    `felt` is the specific force of the centre of gravity, `spin` the angular acceleration, both of the last tick;
    `refresh` where mass, place and stiffness are to follow the level.
    """
    if refresh:
        row[SWAY_KG], row[PULL_PM], row[HANGS_AT_M], row[REACH_M] = pendulum(tank, liquid_kg)
    if felt[0] < LEAST_AXIAL_MPS2 or liquid_level(tank, liquid_kg) < LEAST_LEVEL * tank.radius_m:
        row[:4] = 0.0
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    omega2 = row[PULL_PM] * felt[0]
    arm = (row[HANGS_AT_M] - cg_m[0], -cg_m[1], -cg_m[2])
    wall = add(felt, cross(spin_radps2, arm))
    drag = 2.0 * damping_now(damping, row, omega2) * math.sqrt(omega2)
    ay = -wall[1] - omega2 * row[SWAY_Y] - drag * row[RATE_Y]
    az = -wall[2] - omega2 * row[SWAY_Z] - drag * row[RATE_Z]
    row[RATE_Y], row[RATE_Z] = row[RATE_Y] + dt_s * ay, row[RATE_Z] + dt_s * az
    row[SWAY_Y], row[SWAY_Z] = row[SWAY_Y] + dt_s * row[RATE_Y], row[SWAY_Z] + dt_s * row[RATE_Z]
    push = (0.0, -row[SWAY_KG] * ay, -row[SWAY_KG] * az)
    return push, cross(arm, push)
