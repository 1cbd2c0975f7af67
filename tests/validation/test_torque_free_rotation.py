"""A body that nothing turns: what stays constant, and how the rest must move.

| verifies | Euler's equations and the quaternion rate inside rk4 |
| gravity | WGS-84, J2: pulls at the centre of gravity, so it turns nothing |
| air | none (density factor 0) |
| vehicle | bare rigid body of 50 t, inertias of a brick or of a spinning top |
| oracle | rotational energy and angular momentum in space; precession of a symmetric top (Goldstein, sec. 5.6); |
|        | Jacobi's elliptic functions for the brick (Landau and Lifshitz, Mechanics, sec. 37) by scipy |
| tolerance | 1e-8 relative and 1e-7 rad: RK4 at 10 ms and 0.7 rad/s loses (omega dt)^5 / 120 a step, 4,000 times |
"""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.special import ellipj

from hoverslam.plant.kernels.body.mass import MassProperties
from tests.plant.coasting import attitude_of, coast, rigid_row
from tests.plant.stage import column, plant

STEP_S, SECONDS = 0.01, 40.0
STEPS = round(SECONDS / STEP_S)
DRIFT = 1e-8  # relative, over 40 s: 4000 steps of (omega dt)^5 / 120 with omega dt = 0.007
PHASE_RAD = 1e-7  # the same drift over 28 rad of turn
BRICK_KGM2 = (2.0e5, 5.0e5, 9.0e5)
TOP_KGM2 = (2.2e5, 9.8e6, 9.8e6)  # the stage itself
PARAMS = plant(column=column(density=0.0)).params
PLACE_M, SPEED_MPS = (7.0e6, 0.0, 0.0), (0.0, 7000.0, 1000.0)
START = Rotation.from_rotvec([0.4, -1.1, 0.7])


def body(inertia: tuple[float, float, float]) -> MassProperties:
    return MassProperties(50_000.0, (15.0, 0.0, 0.0), inertia)


def turned(inertia: tuple[float, float, float], omega: tuple[float, float, float], steps: int = STEPS) -> np.ndarray:
    """The rigid state after free rotation from the start attitude."""
    return coast(PARAMS, body(inertia), rigid_row(PLACE_M, SPEED_MPS, START, omega), STEP_S, steps)


@pytest.mark.parametrize("omega", [(0.7, 0.02, 0.01), (0.01, 0.7, 0.01), (0.02, 0.01, 0.7)], ids=["x", "y", "z"])
def test_energy_and_angular_momentum_in_space_stay_what_they_were(omega: tuple[float, float, float]) -> None:
    after, inertia = turned(BRICK_KGM2, omega), np.array(BRICK_KGM2)
    start_nms = START.apply(inertia * omega)
    end_nms = attitude_of(after).apply(inertia * after[10:13])
    np.testing.assert_allclose(end_nms, start_nms, atol=DRIFT * float(np.linalg.norm(start_nms)))
    assert inertia @ after[10:13] ** 2 == pytest.approx(inertia @ np.square(omega), rel=DRIFT)
    assert np.linalg.norm(after[6:10]) == pytest.approx(1.0, abs=1e-14)


def test_the_middle_axis_is_the_unstable_one() -> None:
    # a brick that starts about its middle axis turns over; about the others it does not
    furthest = {}
    for axis, name in enumerate("xyz"):
        omega = np.full(3, 0.01)
        omega[axis] = 0.7
        states = [turned(BRICK_KGM2, (omega[0], omega[1], omega[2]), steps) for steps in range(200, STEPS, 200)]
        furthest[name] = min(state[10 + axis] for state in states)
    assert furthest["y"] < -0.6
    assert min(furthest["x"], furthest["z"]) > 0.6


def test_a_symmetric_top_precesses_about_its_angular_momentum() -> None:
    # omega = L / I + (1 - I_x / I) omega_x e_x, both parts constant: one turn in space, one about the axis
    omega = np.array([0.5, 0.1, -0.05])
    inertia = np.array(TOP_KGM2)
    momentum = START.apply(inertia * omega)
    precession = Rotation.from_rotvec(momentum / inertia[1] * SECONDS)
    spin = Rotation.from_rotvec([(1.0 - inertia[0] / inertia[1]) * omega[0] * SECONDS, 0.0, 0.0])
    after = turned(TOP_KGM2, (0.5, 0.1, -0.05))
    assert (attitude_of(after) * (precession * START * spin).inv()).magnitude() < PHASE_RAD
    np.testing.assert_allclose(after[10:13], spin.inv().apply(omega), atol=PHASE_RAD)


@pytest.mark.parametrize("seconds", [3.0, 17.0, 40.0])
def test_a_brick_turns_along_jacobis_elliptic_functions(seconds: float) -> None:
    i1, i2, i3 = BRICK_KGM2
    w1, w3 = 0.3, 0.6  # rad/s, and nothing about the middle axis at the start
    energy2, momentum2 = i1 * w1**2 + i3 * w3**2, (i1 * w1) ** 2 + (i3 * w3) ** 2
    assert momentum2 > energy2 * i2, "the case of the book: the motion goes about the third axis"
    modulus = (i2 - i1) * (energy2 * i3 - momentum2) / ((i3 - i2) * (momentum2 - energy2 * i1))
    rate = np.sqrt((i3 - i2) * (momentum2 - energy2 * i1) / (i1 * i2 * i3))
    sn, cn, dn, _ = ellipj(rate * seconds, modulus)
    about_2 = np.sqrt((energy2 * i3 - momentum2) / (i2 * (i3 - i2)))
    after = turned(BRICK_KGM2, (w1, 0.0, w3), round(seconds / STEP_S))
    np.testing.assert_allclose(after[10:13], (w1 * cn, about_2 * sn, w3 * dn), atol=PHASE_RAD)
