"""Landing legs on a flat pad: spring and damper behind a crush core that gives way at a set force, for good.

Friction is Coulomb's, made smooth below `slip_mps`. A leg that is not locked carries nothing.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from plant.kernels.aero import Table
from plant.kernels.compiled import kernel
from plant.kernels.engine import NotNegative, Positive
from plant.kernels.rotation import Vec


class LegParams(NamedTuple):
    """Feet on a circle of `foot_radius_m`, `foot_m` along x (negative: below the gimbal plane), at these angles."""

    angle_rad: Table
    foot_radius_m: Positive
    foot_m: float
    stroke_m: Positive
    stiffness_npm: Positive
    damping_nspm: NotNegative
    crush_n: Positive
    friction: Annotated[float, Field(ge=0, le=2)]
    slip_mps: Positive
    deploy_time_s: Positive


@kernel
def foot_position(legs: LegParams, leg: int) -> Vec:
    """Undeformed foot from the gimbal plane on the axis, body axes [m]."""
    angle = legs.angle_rad[leg]
    return (legs.foot_m, legs.foot_radius_m * math.cos(angle), legs.foot_radius_m * math.sin(angle))


@kernel
def foot_force(legs: LegParams, height_m: float, crushed_m: float, vel_enu_mps: Vec) -> Vec:
    """Ground force on one locked leg, east-north-up [N]; height is that of the undeformed foot."""
    squeeze = -height_m - crushed_m
    if squeeze <= 0.0:
        return (0.0, 0.0, 0.0)
    push = legs.stiffness_npm * squeeze - legs.damping_nspm * vel_enu_mps[2]
    push = min(max(push, 0.0), legs.crush_n)
    slide = math.sqrt(vel_enu_mps[0] ** 2 + vel_enu_mps[1] ** 2 + legs.slip_mps**2)
    drag = -legs.friction * push / slide
    return (drag * vel_enu_mps[0], drag * vel_enu_mps[1], push)


@kernel
def crush(legs: LegParams, height_m: float, crushed_m: float) -> float:
    """Crushed length after this moment: the core gives way until the spring carries no more than the crush force."""
    return max(crushed_m, -height_m - legs.crush_n / legs.stiffness_npm)


@kernel
def deploy(progress: float, legs: LegParams, dt_s: float) -> float:
    """Deployment from 0 (stowed) to 1 (locked) after dt of moving out."""
    return min(progress + dt_s / legs.deploy_time_s, 1.0)


@kernel
def any_locked(progress: np.ndarray) -> bool:
    """Whether at least one leg is out and locked."""
    for i in range(progress.shape[0]):
        if progress[i] >= 1.0:
            return True
    return False
