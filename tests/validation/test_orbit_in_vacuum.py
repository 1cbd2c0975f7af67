"""Motion under gravitation alone, and the order of the integrator.

| verifies | rk4 and gravitation in the inertial frame |
| gravity | WGS-84, J2 |
| air | none (density factor 0) |
| vehicle | bare rigid body of 50 t |
| oracle | circular motion in the equator's plane, omega^2 = GM / r^3 (1 + 1.5 J2 (a/r)^2); conserved energy and |
|        | angular momentum about the pole; scipy's DOP853 with the J2 acceleration as Vallado writes it, eq. 8-30 |
| tolerance | 1e-3 m after 1,000 s of 1 s steps; 1e-12 relative for what is conserved; 4.0 +- 0.15 for the order |
"""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.mass import MassProperties
from tests.plant.coasting import FloatArray, attitude_of, coast, rigid_row
from tests.plant.stage import column, plant

GM, A_M, J2 = 3.986004418e14, 6378137.0, 1.08262982e-3
PARAMS = plant(column=column(density=0.0)).params
BODY = MassProperties(50_000.0, (15.0, 0.0, 0.0), (2.0e5, 5.0e5, 9.0e5))
CIRCULAR_M = 1e-3  # 1,000 steps of (n dt)^5 r / 120 with n dt = 1e-3, and rounding of 1e-9 m a step
CONSERVED = 1e-12  # relative
STILL = (0.0, 0.0, 0.0)
# a steep arc out of the air and back, some 300 km high: position m, velocity m/s
ARC = ([-0.9e6, 4.9e6, 4.2e6], [300.0, 1500.0, 1900.0])


def orbit(pos: object, vel: object, dt_s: float, steps: int, omega: object = STILL) -> FloatArray:
    return coast(PARAMS, BODY, rigid_row(pos, vel, Rotation.identity(), omega), dt_s, steps)


def acceleration(pos: FloatArray) -> FloatArray:
    r = float(np.linalg.norm(pos))
    bulge = 1.5 * J2 * (A_M / r) ** 2
    z2 = (pos[2] / r) ** 2
    return np.asarray(-GM * pos / r**3 * (1.0 + bulge * (np.array([1.0, 1.0, 3.0]) - 5.0 * z2)))


def reference(seconds: float) -> FloatArray:
    """Position and velocity on the arc by another integrator."""
    solved = solve_ivp(
        lambda _t, y: np.concatenate([y[3:], acceleration(y[:3])]),
        (0.0, seconds),
        np.concatenate(ARC),
        method="DOP853",
        rtol=1e-13,
        atol=1e-9,
    )
    return np.asarray(solved.y[:, -1])


def test_a_circle_in_the_plane_of_the_equator_stays_one_and_keeps_its_period() -> None:
    radius = A_M + 400e3
    rate = math.sqrt(GM / radius**3 * (1.0 + 1.5 * J2 * (A_M / radius) ** 2))
    after = orbit([radius, 0.0, 0.0], [0.0, rate * radius, 0.0], 1.0, 1000)
    angle = rate * 1000.0
    np.testing.assert_allclose(after[:3], radius * np.array([math.cos(angle), math.sin(angle), 0.0]), atol=CIRCULAR_M)


def test_energy_and_angular_momentum_about_the_pole_are_kept_on_an_inclined_arc() -> None:
    pos, vel = np.array(ARC[0]), np.array(ARC[1])
    after = orbit(pos, vel, 0.1, 4000)

    def energy(p: FloatArray, v: FloatArray) -> float:
        r = float(np.linalg.norm(p))
        legendre = 0.5 * (3.0 * (p[2] / r) ** 2 - 1.0)
        return float(0.5 * v @ v - GM / r * (1.0 - J2 * (A_M / r) ** 2 * legendre))

    assert energy(after[:3], after[3:6]) == pytest.approx(energy(pos, vel), rel=CONSERVED)
    assert np.cross(after[:3], after[3:6])[2] == pytest.approx(np.cross(pos, vel)[2], rel=CONSERVED)


def test_the_arc_is_that_of_another_integrator() -> None:
    after = orbit(*ARC, 0.05, 8000)
    there = reference(400.0)
    np.testing.assert_allclose(
        after[:3], there[:3], atol=1e-4
    )  # m: rounding of 8,000 steps of 1e-9 m, and both schemes
    np.testing.assert_allclose(after[3:6], there[3:], atol=1e-6)


def test_a_drop_at_the_pole_falls_as_normal_gravity_says() -> None:
    # the pole does not move: half g t^2 with the published 9.832184938 m/s2, and the gradient 2 g / r along the fall
    polar_m, seconds, g = 6356752.314245, 10.0, 9.832184938
    after = orbit([0.0, 0.0, polar_m], STILL, 0.01, 1000)
    fall = 0.5 * g * seconds**2 * (1.0 + 2.0 * g / polar_m * seconds**2 / 12.0)
    normal_gravity_mps2 = 2e-4  # what J2 leaves out
    assert polar_m - after[2] == pytest.approx(fall, abs=0.5 * normal_gravity_mps2 * seconds**2)


def test_halving_the_step_divides_the_error_by_sixteen() -> None:
    seconds, there = 320.0, reference(320.0)
    errors = [np.linalg.norm(orbit(*ARC, seconds / n, n)[:3] - there[:3]) for n in (20, 40, 80)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(orders, 4.0, atol=0.15)  # the next term of the error, at 16 s steps


def test_halving_the_step_divides_the_error_of_a_free_rotation_by_sixteen() -> None:
    spin = (0.3, 0.4, 0.5)
    fine = attitude_of(orbit(*ARC, 0.005, 4000, spin))
    errors = [(attitude_of(orbit(*ARC, 20.0 / n, n, spin)) * fine.inv()).magnitude() for n in (200, 400, 800)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(orders, 4.0, atol=0.15)  # the next term of the error, at 0.1 s steps
