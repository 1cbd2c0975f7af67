"""Landing legs on the pad: spring and damper behind a crush core that deforms permanently at a set force.

Friction is Coulomb's. Below its limit a foot sticks: the leg pulls sideways as a spring and damper from where it came
down; beyond, the foot drags that place along (Cundall and Strack, 1979). A leg that is not locked carries nothing.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from hoverslam.plant.kernels.aero import Table
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import NotNegative, Positive
from hoverslam.plant.kernels.rotation import Vec, add, axpy, dot, norm, scale

NONE, UP = (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)


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
    side_stiffness_npm: Positive
    side_damping_nspm: NotNegative
    deploy_time_s: Positive


@kernel
def foot_position(legs: LegParams, leg: int) -> Vec:
    """Undeformed foot from the gimbal plane on the axis, body axes [m]."""
    angle = legs.angle_rad[leg]
    return (legs.foot_m, legs.foot_radius_m * math.cos(angle), legs.foot_radius_m * math.sin(angle))


@kernel
def foot_force(
    legs: LegParams, height_m: float, crushed_m: float, vel_enu_mps: Vec, dragged_m: Vec = NONE, normal_enu: Vec = UP
) -> Vec:
    """Ground force on one locked leg, east-north-up [N].

    Height is that of the undeformed foot over the plane with this normal, `dragged` how far it is from where it sticks.
    """
    squeeze = -height_m - crushed_m
    if squeeze <= 0.0:
        return (0.0, 0.0, 0.0)
    rise = dot(vel_enu_mps, normal_enu)
    push = legs.stiffness_npm * squeeze - legs.damping_nspm * rise
    push = min(max(push, 0.0), legs.crush_n)
    slide = axpy(-rise, normal_enu, vel_enu_mps)
    pull = add(scale(legs.side_stiffness_npm, dragged_m), scale(legs.side_damping_nspm, slide))
    share = min(1.0, legs.friction * push / max(norm(pull), 1e-9))
    return axpy(-share, pull, scale(push, normal_enu))


@kernel
def stick(
    legs: LegParams, row: np.ndarray, foot_enu_m: Vec, vel_enu_mps: Vec, crushed_m: float, normal_enu: Vec
) -> Vec:
    """How far a foot on the ground is from where it sticks, along the plane; that place is kept in the row, in place.

    Columns: east, north, up, whether it sticks. A foot that its spring can no longer hold drags the place after it.
    """
    if row[3] < 0.5:
        row[0], row[1], row[2], row[3] = foot_enu_m[0], foot_enu_m[1], foot_enu_m[2], 1.0
    dragged = dragged_from(row, foot_enu_m, normal_enu)
    push = foot_force(legs, dot(foot_enu_m, normal_enu), crushed_m, vel_enu_mps, (0.0, 0.0, 0.0), normal_enu)
    reach = legs.friction * max(dot(push, normal_enu), 0.0) / legs.side_stiffness_npm
    size = norm(dragged)
    if size > reach:
        keep = reach / size
        for i in range(3):
            row[i] += (1.0 - keep) * dragged[i]
        return scale(keep, dragged)
    return dragged


@kernel
def dragged_from(row: np.ndarray, foot_enu_m: Vec, normal_enu: Vec) -> Vec:
    """How far a foot is from where it sticks, along the plane; nothing where it does not stick yet."""
    if row[3] < 0.5:
        return (0.0, 0.0, 0.0)
    off = (foot_enu_m[0] - row[0], foot_enu_m[1] - row[1], foot_enu_m[2] - row[2])
    return axpy(-dot(off, normal_enu), normal_enu, off)


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
