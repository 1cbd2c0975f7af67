"""Grid fins: normal force along the tangent of each fin from deflection and local flow, with the transonic bucket.

Slope against Mach: Washington and Miller, Grid fins - a new concept for missile stability and control, AIAA-93-0035.
No stall to 30 degrees of local incidence; beyond, the force is held.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from hoverslam.plant.kernels.aero import AirState, Grid, Table, lookup
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.actuators import clip
from hoverslam.plant.kernels.engines.engine import Positive
from hoverslam.plant.kernels.faults import FLOATING, HOW
from hoverslam.plant.kernels.rotation import Vec, add, cross

STALL_RAD = math.radians(30.0)


class FinParams(NamedTuple):
    """Fins hinged at `position_m` along x, `radius_m` off the axis, along these directions (y, z), unit vectors."""

    span_yz: Table
    area_m2: Positive
    position_m: float
    radius_m: Positive
    limit_rad: Annotated[float, Field(gt=0, lt=math.pi / 4)]
    rate_radps: Positive
    lag_s: Positive
    mach: Grid
    slope_prad: Table
    slope_scale: Positive


@kernel
def fin_aero(
    fins: FinParams, deflection_rad: np.ndarray, effects: np.ndarray, air: AirState, omega_b: Vec, cg_m: Vec
) -> tuple[Vec, Vec]:
    """Force [N] and moment about the centre of gravity [N m] of all fins, body axes.

    A positive deflection in base-first flow pushes along the tangent, a quarter turn from its span (c, s) about x:
    (0, -s, c).
    """
    force, moment = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    u = air.velocity_b_mps[0]
    forward = max(abs(u), 1.0)
    strength = air.q_pa * fins.area_m2 * fins.slope_scale * lookup(fins.mach, fins.slope_prad, air.mach)
    for i in range(deflection_rad.shape[0]):
        if effects[i, HOW] == FLOATING:
            continue
        c, s = fins.span_yz[i, 0], fins.span_yz[i, 1]
        arm = (fins.position_m - cg_m[0], fins.radius_m * c - cg_m[1], fins.radius_m * s - cg_m[2])
        spin = cross(omega_b, arm)
        across = -s * (air.velocity_b_mps[1] + spin[1]) + c * (air.velocity_b_mps[2] + spin[2])
        incidence = math.copysign(deflection_rad[i], -u * deflection_rad[i]) - across / forward
        push = strength * clip(incidence, -STALL_RAD, STALL_RAD)
        fin_force = (0.0, -s * push, c * push)
        force, moment = add(force, fin_force), add(moment, cross(arm, fin_force))
    return force, moment
