"""The single steps of the error-state filter. Oracle: textbook matrices and kinematics by numpy and scipy."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.gnc.load import Load
from hoverslam.gnc.navigation import (
    ERRORS,
    Nav,
    antenna,
    attitude_row,
    inject,
    measure,
    predict_covariance,
    start_covariance,
    use_radar,
)
from tests.gnc import strapdown
from tests.gnc.filtering import LOAD, RECORD, ZERO, scalar_first, triple, true_nav
from tests.gnc.strapdown import FloatArray

NAMES = ("pos_enu_m", "vel_enu_mps", "q_enu_b", "gyro_bias_radps", "accel_bias_mps2")


def dense_transition(nav: Nav, dt_s: float) -> FloatArray:
    """I + A dt of Sola's error state with the attitude error in east-north-up."""
    body = Rotation.from_quat(np.roll(nav.q_enu_b, -1)).as_matrix()
    f = body @ np.array(nav.force_b_mps2)
    cross = np.array([[0.0, -f[2], f[1]], [f[2], 0.0, -f[0]], [-f[1], f[0], 0.0]])
    a = np.zeros((ERRORS, ERRORS))
    a[0:3, 3:6] = np.eye(3)
    a[3:6, 6:9], a[3:6, 12:15] = -cross, -body
    a[6:9, 9:12] = -body
    a[3:6, 15] = -body[:, 0] * nav.force_b_mps2[0]
    return np.eye(ERRORS) + dt_s * a


def random_covariance(seed: int) -> FloatArray:
    square = np.random.default_rng(seed).normal(size=(ERRORS, ERRORS))
    return np.asarray(square @ square.T + 0.1 * np.eye(ERRORS))


def test_the_covariance_goes_forward_as_f_p_f_transposed() -> None:
    nav = true_nav(7.0)._replace(force_b_mps2=(21.0, -1.5, 0.8))
    before = random_covariance(4)
    moved = dense_transition(nav, 0.05) @ before @ dense_transition(nav, 0.05).T
    after = before.copy()
    predict_covariance(RECORD, nav, after, 0.05)
    noise = 1e-6  # of process noise on the diagonal, in covariances near one
    np.testing.assert_allclose(after, moved, atol=noise, rtol=1e-12)
    np.testing.assert_allclose(after - np.diag(np.diag(after)), moved - np.diag(np.diag(moved)), atol=1e-11)


def test_time_makes_everything_but_the_place_itself_less_known() -> None:
    nav = true_nav(7.0)._replace(force_b_mps2=(21.0, -1.5, 0.8))
    cov = np.zeros((ERRORS, ERRORS))
    predict_covariance(RECORD, nav, cov, 0.05)
    f = LOAD.filter
    np.testing.assert_array_equal(cov, np.diag(np.diag(cov)))
    np.testing.assert_array_equal(np.diag(cov)[:3], 0.0)
    np.testing.assert_allclose(np.diag(cov)[6:9], f.gyro_noise_radps_rthz**2 * 0.05, rtol=1e-12)
    assert np.all(np.diag(cov)[3:6] >= f.accel_noise_mps2_rthz**2 * 0.05), "and more, for the scale errors across"
    assert np.all(np.diag(cov)[9:] > 0.0)


def test_a_scalar_measurement_is_josephs_update() -> None:
    cov, rng = random_covariance(5), np.random.default_rng(6)
    row, prior = rng.normal(size=ERRORS), 0.1 * rng.normal(size=ERRORS)
    innovation, variance = 0.7, 0.3
    gain = cov @ row / (row @ cov @ row + variance)
    keep = np.eye(ERRORS) - np.outer(gain, row)
    expected_cov = keep @ cov @ keep.T + variance * np.outer(gain, gain)
    expected = prior + gain * (innovation - row @ prior)
    error = np.concatenate([prior, np.zeros(ERRORS)])
    assert measure(cov, error, row, innovation, variance, 50.0)
    np.testing.assert_allclose(error[:ERRORS], expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(cov, expected_cov, atol=1e-10)


@pytest.mark.parametrize(("sigmas", "taken"), [(5.9, True), (-5.9, True), (6.1, False), (-6.1, False)])
def test_the_gate_is_the_number_of_sigmas_of_the_innovation(sigmas: float, taken: bool) -> None:
    cov, row = random_covariance(7), np.eye(ERRORS)[2]
    before = cov.copy()
    error = np.zeros(2 * ERRORS)
    sigma = math.sqrt(cov[2, 2] + 0.25)
    assert measure(cov, error, row, sigmas * sigma, 0.25, 6.0) == taken
    assert bool(np.any(error[:ERRORS] != 0.0)) == taken
    assert bool(np.any(cov != before)) == taken


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_attitude_sensitivity_is_the_cross_product_with_the_arm(axis: int) -> None:
    arm, turn = np.array([1.5, -0.7, 38.0]), np.array([1e-3, -2e-3, 3e-3])
    row = np.zeros(ERRORS)
    attitude_row(row, axis, triple(arm))
    assert row[6:9] @ turn == pytest.approx(np.cross(turn, arm)[axis], rel=1e-12)
    np.testing.assert_array_equal(np.delete(row, [6, 7, 8]), 0.0)


def test_an_injected_error_moves_the_state_by_just_that_and_is_gone() -> None:
    nav = true_nav(3.0)
    error = np.linspace(0.01, 0.16, ERRORS)
    turn, given_error = error[6:9].copy(), error.copy()
    after = inject(nav, error)
    for name, part in zip(NAMES, (0, 3, None, 9, 12), strict=True):
        if part is not None:
            expected = np.add(getattr(nav, name), given_error[part : part + 3])
            np.testing.assert_allclose(getattr(after, name), expected, rtol=1e-14)
    assert after.axial_scale == nav.axial_scale + given_error[15]
    before, turned = (Rotation.from_quat(np.roll(q, -1)) for q in (nav.q_enu_b, after.q_enu_b))
    np.testing.assert_allclose((turned * before.inv()).as_rotvec(), turn, atol=1e-14)
    np.testing.assert_array_equal(error, 0.0)


def test_the_antenna_is_a_lever_arm_away_and_swings() -> None:
    nav = true_nav(12.0)
    pos, vel = antenna(RECORD["stage"], nav)
    seen = strapdown.fixes(LOAD, np.array([12.0]))
    here = strapdown.earth(LOAD)
    np.testing.assert_allclose(here.to_ecef(np.array([pos]))[0], seen[0, :3], atol=1e-6)
    np.testing.assert_allclose(here.turn_to_ecef(np.array([vel]))[0], seen[0, 3:], atol=1e-9)


def low_over_the_pad(tilt_rad: float, height_m: float) -> Nav:
    attitude = Rotation.from_euler("x", tilt_rad) * strapdown.UPRIGHT
    return Nav((0.0, 0.0, height_m), (0.0, 0.0, -20.0), scalar_first(attitude), ZERO, ZERO, ZERO, ZERO)


def height_sigma(height_m: float) -> FloatArray:
    return np.diag(np.repeat([height_m, 1.0, 1e-4, 1e-6, 1e-3, 3e-4], [3, 3, 3, 3, 3, 1]) ** 2)


@pytest.mark.parametrize("tilt_rad", [0.0, 0.2, -0.4, 0.5])
def test_an_echo_pulls_the_height_to_its_slant_range(tilt_rad: float) -> None:
    nav = low_over_the_pad(tilt_rad, 320.0)
    arm_b = [LOAD.stage.radar_m, 0.0, 0.0] - np.array(LOAD.stage.imu_m)
    arm = Rotation.from_quat(np.roll(nav.q_enu_b, -1)).apply(arm_b)
    true_height = 300.0  # of the inertial unit
    slant = (true_height + arm[2]) / math.cos(max(abs(tilt_rad) - LOAD.stage.radar_beam_rad, 0.0))
    after = use_radar(RECORD, nav, height_sigma(50.0), np.zeros(64), slant)
    little = 0.05  # m of the 20 m, for what the echo itself may be wrong by
    assert after.pos_enu_m[2] == pytest.approx(true_height, abs=little)
    np.testing.assert_allclose(after.pos_enu_m[:2], 0.0, atol=little)


def test_an_echo_of_a_stage_on_its_side_is_not_used() -> None:
    nav = low_over_the_pad(0.7, 320.0)
    assert use_radar(RECORD, nav, height_sigma(50.0), np.zeros(64), 250.0) == nav


def test_the_start_is_as_unsure_as_the_load_says() -> None:
    cov = np.ones((ERRORS, ERRORS))
    start_covariance(RECORD, cov)
    load: Load = LOAD
    sigmas = (
        load.start.pos_sigma_m,
        load.start.vel_sigma_mps,
        load.start.attitude_sigma_rad,
        load.filter.gyro_bias_radps,
        load.filter.accel_bias_mps2,
    )
    expected = [*np.repeat(sigmas, 3), load.filter.accel_scale]
    np.testing.assert_allclose(cov, np.diag(np.square(expected)), rtol=1e-14)
