"""Cold gas. Oracle: cross products by numpy, the specific impulse, Tsiolkovsky's bookkeeping of a bottle."""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.effectors.rcs import rcs_load
from tests.plant.stage import command, plant, shipped, truth

STAGE = shipped()
RCS = STAGE.rcs
CG_M = (15.5, 0.01, -0.02)
ROUNDING = 1e-12  # relative
THRUSTERS = range(STAGE.shape.thrusters)


@pytest.mark.parametrize("thruster", THRUSTERS)
def test_each_thruster_pushes_along_its_direction_at_its_place(thruster: int) -> None:
    opening = np.eye(len(THRUSTERS))[thruster]
    force, moment, flow = rcs_load(RCS, opening, 200.0, CG_M)
    push = RCS.thrust_n * RCS.direction[thruster]
    np.testing.assert_allclose(force, push, rtol=ROUNDING)
    np.testing.assert_allclose(moment, np.cross(RCS.position_m[thruster] - np.array(CG_M), push), rtol=ROUNDING)
    assert flow == pytest.approx(RCS.thrust_n / (9.80665 * RCS.isp_s), rel=ROUNDING)


def test_the_pods_make_pure_moments_about_all_three_axes_in_both_senses() -> None:
    moments = [np.array(rcs_load(RCS, np.eye(8)[i], 200.0, (15.5, 0.0, 0.0))[1]) for i in THRUSTERS]
    for axis in range(3):
        assert max(m[axis] for m in moments) == pytest.approx(-min(m[axis] for m in moments), rel=ROUNDING)
        assert max(m[axis] for m in moments) > 0.0
    roll_force = sum(np.array(rcs_load(RCS, np.eye(8)[i], 200.0, CG_M)[0]) for i in THRUSTERS if moments[i][0] > 0.0)
    np.testing.assert_allclose(roll_force, 0.0, atol=1e-9)


def test_directions_are_unit_vectors() -> None:
    np.testing.assert_allclose(np.linalg.norm(RCS.direction, axis=1), 1.0, rtol=ROUNDING)


def test_an_empty_bottle_gives_nothing() -> None:
    assert rcs_load(RCS, np.ones(8), 0.0, CG_M) == ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0)


def test_a_pair_on_opposite_sides_rolls_the_stage_as_its_moment_says() -> None:
    flying = plant()
    rolling = command(flying, rcs_open=[1, 0, 0, 0, 1, 0, 0, 0])
    flying.advance(rolling, 1000)
    rate = truth(flying)["omega_b_radps"][0]
    # a valve opens exponentially: over t it has given t - lag (1 - e^(-t / lag)) of full thrust
    open_s = 1.0 - RCS.valve_lag_s * (1.0 - math.exp(-1.0 / RCS.valve_lag_s))
    expected = 2 * RCS.thrust_n * 2.25 * open_s / STAGE.body.dry_inertia_kgm2[0]
    one_tick = 1e-3  # relative to a second of push
    fins_damp = 2e-3  # relative: roll damping of the fins at 40 km
    assert rate == pytest.approx(expected, rel=one_tick + fins_damp)


def test_the_bottle_drains_by_the_impulse_that_was_given() -> None:
    flying = plant()
    before = truth(flying)["rcs_kg"][0]
    flying.advance(command(flying, rcs_open=[1, 0, 0, 0, 1, 0, 0, 0]), 5000)
    open_s = 5.0 - RCS.valve_lag_s
    used = 2 * RCS.thrust_n * open_s / (9.80665 * RCS.isp_s)
    assert before - truth(flying)["rcs_kg"][0] == pytest.approx(used, rel=5e-4)  # half a tick of five seconds


def test_a_half_open_command_is_no_command() -> None:
    flying = plant()
    flying.advance(command(flying, rcs_open=0.49), 100)
    assert truth(flying)["rcs_kg"][0] == 250.0
    assert np.all(truth(flying)["rcs_open"] == 0.0)
