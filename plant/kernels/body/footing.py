"""Stability on the ground: the plane of the pad, and the margin of the centre of gravity against tipping over.

The pad is a plane through its centre without an end. Static figure only: a stage that moves may topple from inside its
footprint, and one that rocks may come back from outside it.
"""

import math

import numpy as np

from hoverslam.plant.kernels.body.dynamics import Rigid, point_over_pad
from hoverslam.plant.kernels.body.legs import UP, LegParams, foot_position
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.rotation import Vec, axpy, cross, dot, norm, scale, sub
from hoverslam.plant.kernels.world.earth import Site

NOTHING, BASE, TOP, LEG = 0, 1, 2, 3  # what met the ground that must not: nozzle end, upper end, a leg at its stop


@kernel
def standing_foot(legs: LegParams, leg: int, crushed_m: float, cg_m: Vec) -> Vec:
    """Where the foot of a crushed leg is from the centre of gravity, body axes [m]."""
    foot = foot_position(legs, leg)
    return sub((foot[0] + crushed_m, foot[1], foot[2]), cg_m)


@kernel
def next_locked(progress: np.ndarray, leg: int) -> int:
    """The next locked leg round the stage; the leg itself where there is no other."""
    n = progress.shape[0]
    for step in range(1, n):
        if progress[(leg + step) % n] >= 1.0:
            return (leg + step) % n
    return leg


@kernel
def over_edge(first: Vec, second: Vec) -> tuple[float, float]:
    """Angle [rad] and distance [m] by which the origin is inside the edge between two feet, going round to the left.

    The angle is that of the turn about the edge which brings the origin over it.
    """
    along = scale(1.0 / norm(sub(second, first)), sub(second, first))
    back = scale(-1.0, first)
    off = axpy(-dot(back, along), along, back)
    rise = axpy(-along[2], along, UP)
    inward = cross(rise, along)
    inside, high = dot(off, inward) / norm(inward), dot(off, rise) / norm(rise)
    return math.atan2(inside, high), inside


@kernel
def tip_margin(
    legs: LegParams, site: Site, rigid: Rigid, cg_m: Vec, progress: np.ndarray, crushed_m: np.ndarray, time_s: float
) -> tuple[float, float]:
    """Least angle [rad] and distance [m] of the centre of gravity inside the footprint of the locked legs.

    Negative outside; both 0 with fewer than two locked legs. Feet stand where they are, on the ground or not.
    """
    cg, _ = point_over_pad(site, rigid, (0.0, 0.0, 0.0), time_s)
    least_rad, least_m, edges = math.pi, 0.0, 0
    for leg in range(progress.shape[0]):
        other = next_locked(progress, leg)
        if progress[leg] < 1.0 or other == leg:
            continue
        here, _ = point_over_pad(site, rigid, standing_foot(legs, leg, crushed_m[leg], cg_m), time_s)
        there, _ = point_over_pad(site, rigid, standing_foot(legs, other, crushed_m[other], cg_m), time_s)
        angle, inside = over_edge(sub(here, cg), sub(there, cg))
        edges += 1
        if angle < least_rad:
            least_rad, least_m = angle, inside
    return (least_rad, least_m) if edges > 0 else (0.0, 0.0)
