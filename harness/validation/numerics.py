"""Accuracy of the integrator: its order, conserved quantities, and the effect of the step size on a touchdown.

Order: the result with steps h, h/2 and h/4 on a smooth case; the two differences of a fourth-order method stand in the
ratio of 16 (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, sec. II.4).
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.nesc_cases import BRICK, CASES, DROPPED, start, surroundings
from hoverslam.harness.validation.rigid_flight import Body, Grid, fly
from hoverslam.plant.kernels.world.earth import WGS84

FOURTH_ORDER = 16.0
RATIO_GATE = 1.0
"""The next term of the error, at steps coarse enough for the first to stand above rounding."""
DRIFT_SECONDS = 600
NORM_GATE = 1e-14
"""Every step ends with a normalisation, which leaves rounding."""
KEPT_GATE = 1e-11
"""Relative; chosen: rounding of 600,000 steps adds up to 1e-13, a fifth-order term of the step would be seen."""
TOUCHDOWN_GATE_M = 0.01
ORBIT = [7.0e6, 0.0, 0.0, 0.0, 7000.0, 1000.0]
"""Position [m] and velocity [m/s] well above the air."""


class Smooth(NamedTuple):
    """A case without a kink, and which columns of its state are looked at."""

    name: str  # ends with the coarsest step
    body: Body
    rigid: FloatArray
    seconds: float
    steps: int
    columns: slice


def numerics() -> list[Check]:
    """Order, conserved quantities and the touchdown."""
    return [*_order(), *_kept(), *_touchdown()]


def _in_orbit(rate_degps: tuple[float, float, float]) -> FloatArray:
    return np.array([*ORBIT, 1.0, 0.0, 0.0, 0.0, *np.radians(rate_degps)])


def _order() -> list[Check]:
    drop = CASES[6]
    cases = (
        Smooth("orbit, 20 s", DROPPED, _in_orbit((0.0, 0.0, 0.0)), 600.0, 30, slice(0, 3)),
        Smooth("tumbling brick, 50 ms", BRICK, _in_orbit((10.0, 20.0, 30.0)), 30.0, 600, slice(6, 10)),
        Smooth("fall in the troposphere, 1 s", drop.body, start(drop), 30.0, 30, slice(0, 3)),
    )
    return [_check_order(case) for case in cases]


def _check_order(case: Smooth) -> Check:
    around = surroundings(CASES[6])
    steps = (case.steps, 2 * case.steps, 4 * case.steps)
    ends = [fly(case.body, around, case.rigid, Grid(case.seconds / n, n, 1))[1][case.columns] for n in steps]
    coarse, fine = (float(np.linalg.norm(a - b)) for a, b in pairwise(ends))
    off = abs(coarse / fine - FOURTH_ORDER) if fine > 0.0 else np.nan
    return Check("numerics", case.name, "ratio on halving, off 16", off, RATIO_GATE, "", "fourth order")


def _kept() -> list[Check]:
    """A tumbling brick in orbit at the booster's step."""
    flight = fly(BRICK, surroundings(CASES[6]), _in_orbit((10.0, 20.0, 30.0)), Grid(0.001, 1000, DRIFT_SECONDS))
    inertia = np.array(BRICK.mass.inertia_kgm2)
    norm = np.linalg.norm(flight[:, 6:10], axis=1)
    spin = _spin_momentum(flight, inertia)
    quantities: list[tuple[str, float, float]] = [
        ("quaternion norm", float(np.max(np.abs(norm - 1.0))), NORM_GATE),
        ("energy of rotation", _drift(np.sum(inertia * flight[:, 10:13] ** 2, axis=1)), KEPT_GATE),
        ("angular momentum in space", _drift(spin), KEPT_GATE),
        ("energy in orbit", _drift(_orbit_energy(flight)), KEPT_GATE),
        ("polar angular momentum", _drift(np.cross(flight[:, 0:3], flight[:, 3:6])[:, 2]), KEPT_GATE),
    ]
    case = f"tumbling brick in orbit, {DRIFT_SECONDS} s"
    return [Check("numerics", case, name, error, gate, "relative", "invariant") for name, error, gate in quantities]


def _drift(values: FloatArray) -> float:
    """The largest departure from the first value, relative to it."""
    first = np.linalg.norm(values[0])
    return float(np.max(np.abs(values - values[0])) / first)


def _spin_momentum(flight: FloatArray, inertia_kgm2: FloatArray) -> FloatArray:
    """I omega in inertial axes, by the quaternion formula written out for rows."""
    w, u = flight[:, 6:7], flight[:, 7:10]
    body = inertia_kgm2 * flight[:, 10:13]
    turned = 2.0 * np.cross(u, body)
    return np.asarray(body + w * turned + np.cross(u, turned))


def _orbit_energy(flight: FloatArray) -> FloatArray:
    """Kinetic energy and the J2 potential for a unit of mass (Vallado, Fundamentals of Astrodynamics, eq. 8-25)."""
    pos, vel = flight[:, 0:3], flight[:, 3:6]
    r = np.linalg.norm(pos, axis=1)
    legendre = 0.5 * (3.0 * (pos[:, 2] / r) ** 2 - 1.0)
    potential = -WGS84.gm_m3ps2 / r * (1.0 - WGS84.bulge_m2 / 1.5 / r**2 * legendre)
    return np.asarray(0.5 * np.sum(vel**2, axis=1) + potential)


def _touchdown() -> list[Check]:
    from hoverslam.harness.validation.reflown import SCENARIO, change_by_halving

    change, case = change_by_halving(), f"{SCENARIO}, half the step"
    moved = {"touchdown moved across": change.across_m, "touchdown moved up": change.up_m}
    source = "recorded commands and gusts"
    return [Check("numerics", case, name, error, TOUCHDOWN_GATE_M, "m", source) for name, error in moved.items()]
