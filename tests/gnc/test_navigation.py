"""The error-state filter on a flight in closed form (`tests/gnc/strapdown.py`); its single steps are tested next door.

Oracles: the flight itself, and the Kalman filter's own promise that errors are as large as their covariance says.
"""

import numpy as np
import pytest
from scipy import stats

from hoverslam.gnc.navigation import ERRORS, Nav, antenna, propagate, use_gnss
from tests.gnc import strapdown
from tests.gnc.filtering import LOAD, RECORD, ZERO, Flown, errors, fly, scalar_first, triple, true_nav

SEEDS = range(6)


@pytest.fixture(scope="module")
def flights() -> list[Flown]:
    """The same flight under six draws of noise and start errors."""
    return [fly(seed) for seed in SEEDS]


def test_the_covariance_stays_symmetric_and_positive_definite(flights: list[Flown]) -> None:
    rounding = 1e-7  # relative to the standard deviations: 2e-16, blown up by (200 m / 0.06 m)^2 at the first fix
    assert max(flown.asymmetry for flown in flights) < rounding
    assert min(flown.smallest.min() for flown in flights) > 0.0


def test_errors_stay_inside_three_sigma(flights: list[Flown]) -> None:
    ratios = np.array([flown.error / np.sqrt(np.diag(flown.cov)) for flown in flights])
    assert np.max(np.abs(ratios[:, :9])) < 3.0, "position, velocity and attitude of six flights"
    assert np.mean(np.abs(ratios) < 3.0) > 0.97, "biases too; 99.7 % expected of 90 numbers"


def test_the_errors_are_as_large_as_the_filter_says_they_are(flights: list[Flown]) -> None:
    # normalised estimation error squared: chi-squared with 16 degrees of freedom a flight
    total = sum(float(flown.error @ np.linalg.solve(flown.cov, flown.error)) for flown in flights)
    freedom = ERRORS * len(flights)
    low, high = stats.chi2.ppf([1e-4, 1.0 - 1e-4], freedom)
    # bias noise of the filter is larger than a constant bias needs, so it may well be too modest, not too sure
    assert 0.5 * low < total < high


def test_the_filter_converges_from_its_start_error_to_centimetres(flights: list[Flown]) -> None:
    for flown in flights:
        assert np.linalg.norm(flown.error[:3]) < 0.2, "m; fixes of 0.06 m, at 300 m/s and 60 ms late"
        assert np.linalg.norm(flown.error[3:6]) < 0.1, "m/s"
        assert np.linalg.norm(flown.error[6:9]) < 0.02, "rad; it began at 0.025 in each axis"


def test_without_fixes_it_stays_as_close_as_it_says() -> None:
    for seed in SEEDS:
        flown = fly(seed, seconds=60.0, fixes_until_s=30.0)
        sigma = np.sqrt(np.diag(flown.cov))
        assert np.max(np.abs(flown.error / sigma)[:9]) < 3.5, "six flights, nine numbers each"
        assert sigma[0] > 0.3, "m: it knows that it knows less"
        assert np.linalg.norm(flown.error[:3]) < 10.0, "m after 30 s on the inertial unit alone"


def test_a_late_fix_is_held_against_the_place_of_its_own_time() -> None:
    nav, cov = true_nav(10.06), np.diag(np.full(ERRORS, 1.0))
    seen = strapdown.fixes(LOAD, np.array([10.0]))[0]
    past = np.concatenate(antenna(RECORD["stage"], true_nav(10.0)))
    after = use_gnss(RECORD, nav, cov, np.zeros(64), past, seen)
    moved_m = np.linalg.norm(np.subtract(after.pos_enu_m, nav.pos_enu_m))
    assert moved_m < 1e-3, "m: nothing to correct, although the stage flew 20 m since the fix"


def test_a_fix_far_outside_is_refused_and_changes_nothing() -> None:
    nav = true_nav(10.0)
    cov = np.diag(np.repeat([0.05, 0.05, 1e-3, 1e-6, 1e-3, 1e-4], [3, 3, 3, 3, 3, 1]) ** 2)
    past = np.concatenate(antenna(RECORD["stage"], nav))
    seen = strapdown.fixes(LOAD, np.array([10.0]))[0]
    outlier = seen + np.concatenate([strapdown.earth(LOAD).turn_to_ecef(np.full((1, 3), 20.0))[0], np.zeros(3)])
    believed = cov.copy()
    after = use_gnss(RECORD, nav, cov, np.zeros(64), past, outlier)
    np.testing.assert_allclose(after.pos_enu_m, nav.pos_enu_m, atol=1e-4)
    assert np.all(np.diag(cov)[:3] > 0.99 * np.diag(believed)[:3]), "the place is no better known than before"
    inside = seen + 0.1 * (outlier - seen) / 20.0
    taken = use_gnss(RECORD, nav, believed, np.zeros(64), past, inside)
    assert np.linalg.norm(np.subtract(taken.pos_enu_m, nav.pos_enu_m)) > 0.05


def test_a_perfect_unit_flies_the_whole_way_without_a_fix() -> None:
    frames = 3000
    felt, nav = strapdown.increments(LOAD, frames), true_nav(0.0)
    for dvel, dangle in zip(felt.dvel_b_mps, felt.dangle_b_rad, strict=True):
        nav = propagate(RECORD, nav, triple(dvel), triple(dangle))
    missed = errors(nav, frames * LOAD.frame_s, np.zeros(7))
    assert np.linalg.norm(missed[:3]) < 0.3, "m after 30 s: second order in frames of 10 ms"
    assert np.linalg.norm(missed[3:6]) < 0.03, "m/s"
    assert np.linalg.norm(missed[6:9]) < 1e-5, "rad: coning"


def test_a_unit_at_rest_on_the_pad_stays_there() -> None:
    here = strapdown.earth(LOAD)
    up = here.gravity_enu(np.zeros((1, 3)))[0]
    nav = Nav(ZERO, ZERO, scalar_first(strapdown.UPRIGHT), ZERO, ZERO, ZERO, ZERO)
    felt = triple(strapdown.UPRIGHT.inv().apply(-up) * LOAD.frame_s)
    turned = triple(strapdown.UPRIGHT.inv().apply(here.rate_enu_radps) * LOAD.frame_s)
    for _ in range(1000):
        nav = propagate(RECORD, nav, felt, turned)
    micrometre = 1e-6
    np.testing.assert_allclose([*nav.pos_enu_m, *nav.vel_enu_mps], 0.0, atol=10 * micrometre)
    np.testing.assert_allclose(nav.q_enu_b, scalar_first(strapdown.UPRIGHT), atol=1e-12)
