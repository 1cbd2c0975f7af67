"""Attitude control and allocation. Oracle: forces at their arms, by numpy's cross product, from the commands."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.gnc.control import attitude_error, offset_moment, wanted_moment
from tests.gnc import beliefs
from tests.gnc.actuators import (
    CG_M,
    INERTIA,
    RECORD,
    STAGE,
    ZERO,
    asked,
    authority,
    burning,
    by_fins,
    by_gas,
    by_gimbals,
    fin_force,
    gimbal_force,
)

LOAD = beliefs.load()
ROUNDING_NM = 1e-3


@pytest.mark.parametrize("moment", [(0.0, 8e5, 0.0), (0.0, 0.0, -8e5), (0.0, 3e5, 4e5), (3e4, -2e5, 5e5)])
@pytest.mark.parametrize("engines", [(0, 1, 5), (0, 1, 3, 5, 7)])
def test_gimbals_alone_give_the_moment(moment: tuple[float, float, float], engines: tuple[int, ...]) -> None:
    thrust = burning(*engines)
    gimbals, _, _ = asked(moment, thrust)
    assert np.max(np.abs(gimbals)) < STAGE.gimbal_limit_rad
    np.testing.assert_allclose(by_gimbals(gimbals, thrust)[1:], moment[1:], atol=ROUNDING_NM)
    # ring engines opposite one another swivel against each other; what pitch and yaw leave over in roll is theirs
    np.testing.assert_allclose(by_gimbals(gimbals, thrust)[0], moment[0], atol=ROUNDING_NM)


@pytest.mark.parametrize("moment", [(0.0, 6e5, 0.0), (0.0, 0.0, 6e5), (5e4, 0.0, 0.0), (-4e4, 2e5, -3e5)])
def test_fins_alone_give_the_moment(moment: tuple[float, float, float]) -> None:
    strength = 2e5
    _, fins, valves = asked(moment, burning(), q_pa=3e4, fin_n_prad=strength)
    assert np.max(np.abs(fins)) < STAGE.fin_limit_rad
    share = 1e-6  # the newton metre in the divisor of the share
    np.testing.assert_allclose(by_fins(fins, strength), moment, rtol=share, atol=1.0)
    assert not valves.any(), "no gas in thick air"


@pytest.mark.parametrize("moment", [(0.0, 9e5, 0.0), (0.0, -4e5, 7e5), (6e4, 3e5, 3e5)])
def test_fins_and_gimbals_share_the_moment(moment: tuple[float, float, float]) -> None:
    strength, thrust = 1e5, burning(0, 1, 5)
    gimbals, fins, _ = asked(moment, thrust, q_pa=3e4, fin_n_prad=strength)
    np.testing.assert_allclose(by_fins(fins, strength) + by_gimbals(gimbals, thrust), moment, atol=1.0)
    assert np.max(np.abs(fins)) > 0.0
    assert np.max(np.abs(gimbals)) > 0.0


def test_trim_is_given_by_the_fins_while_they_can() -> None:
    strength, thrust, trim = 2e5, burning(0, 1, 5), (0.0, 4e5, -3e5)
    gimbals, fins, _ = asked(ZERO, thrust, q_pa=3e4, fin_n_prad=strength, trim=trim)
    np.testing.assert_allclose(by_fins(fins, strength), trim, atol=1.0)
    np.testing.assert_allclose(gimbals, 0.0, atol=1e-9)


def test_a_side_force_turns_nothing_and_is_the_fins_and_the_gimbals_together() -> None:
    strength, thrust, wanted = 2e5, burning(0, 1, 5), (0.0, 3e4, -2e4)
    gimbals, fins, _ = asked(ZERO, thrust, q_pa=3e4, fin_n_prad=strength, side_n=wanted)
    np.testing.assert_allclose(fin_force(fins, strength), wanted, atol=1.0)
    np.testing.assert_allclose(by_fins(fins, strength) + by_gimbals(gimbals, thrust), ZERO, atol=1.0)
    arm = STAGE.fin_position_m - CG_M
    np.testing.assert_allclose(gimbal_force(gimbals, thrust), arm / CG_M * np.array(wanted), atol=1.0)


@pytest.mark.parametrize("moment", [(0.0, 4e5, 0.0), (0.0, 0.0, -4e5), (2e4, -2e5, 3e5)])
@pytest.mark.parametrize("engines", [(0, 1, 3), (0, 3)])
def test_engines_that_push_unevenly_give_the_moment_about_every_axis(
    engines: tuple[int, ...], moment: tuple[float, float, float]
) -> None:
    thrust = burning(*engines)
    gimbals, _, _ = asked(moment, thrust)
    np.testing.assert_allclose(by_gimbals(gimbals, thrust), moment, atol=ROUNDING_NM)


def test_a_moment_beyond_reach_stops_at_the_stops_with_the_right_sign() -> None:
    thrust = burning(0, 1, 5)
    gimbals, fins, _ = asked((0.0, 1e8, -1e8), thrust, q_pa=3e4, fin_n_prad=1e5)
    assert np.max(np.abs(gimbals)) <= STAGE.gimbal_limit_rad
    assert np.max(np.abs(fins)) <= STAGE.fin_limit_rad
    given = by_fins(fins, 1e5) + by_gimbals(gimbals, thrust)
    assert given[1] > 0.0 > given[2]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_gas_in_thin_air_turns_the_asked_way(axis: int, sign: float) -> None:
    moment = [0.0, 0.0, 0.0]
    moment[axis] = sign * (2e4 if axis == 0 else 1.5e5)
    _, _, valves = asked((moment[0], moment[1], moment[2]), burning())
    given = by_gas(valves)
    assert sign * given[axis] > 0.0
    others = np.delete(given, axis)
    np.testing.assert_allclose(others, 0.0, atol=ROUNDING_NM)


def test_a_small_moment_opens_no_valve() -> None:
    _, _, valves = asked((500.0, 5e3, -5e3), burning())
    assert not valves.any()


def test_offset_engines_turn_the_stage_by_thrust_times_offset() -> None:
    thrust = burning(0, 1, 3)
    expected = sum(
        np.cross([-CG_M, *place], [force, 0.0, 0.0]) for place, force in zip(STAGE.engine_yz_m, thrust, strict=True)
    )
    np.testing.assert_allclose(offset_moment(RECORD["stage"], thrust), expected, atol=ROUNDING_NM)


@pytest.mark.parametrize("turn", [(0.0, 0.05, 0.0), (0.0, 0.0, -0.08), (0.04, 0.0, 0.0), (0.0, 0.03, 0.04)])
def test_the_attitude_error_is_the_turn_that_is_missing(turn: tuple[float, float, float]) -> None:
    here = Rotation.from_euler("zyx", [0.4, -1.2, 0.7])
    wanted = here * Rotation.from_rotvec(turn)
    x, y, z, w = here.as_quat()
    nose, right = wanted.apply([1.0, 0.0, 0.0]), wanted.apply([0.0, 1.0, 0.0])
    error = attitude_error((float(w), float(x), float(y), float(z)), tuple(nose), tuple(right))
    np.testing.assert_allclose(error, turn, atol=0.002, err_msg="rad: roll is second order beside a tilt of 0.05")


def test_the_wanted_moment_turns_toward_the_nose_and_against_the_rate() -> None:
    now = authority(burning(0, 1, 5), 0.0, 0.0)
    gains = LOAD.gains
    small = (0.0, 0.01, -0.02)
    stiff = wanted_moment(RECORD, now, small, ZERO, ZERO, 1.0)
    expected = np.array(INERTIA) * gains.rate_gain_ps * gains.angle_gain_ps * np.array(small)
    np.testing.assert_allclose(stiff, expected, rtol=1e-12, atol=ROUNDING_NM)
    damped = wanted_moment(RECORD, now, ZERO, (0.01, -0.02, 0.03), ZERO, 1.0)
    np.testing.assert_allclose(damped, np.array(INERTIA) * gains.rate_gain_ps * [-0.01, 0.02, -0.03], rtol=1e-12)


def test_a_large_error_asks_for_no_more_than_the_rate_limit() -> None:
    now, gains = authority(burning(0, 1, 5), 0.0, 0.0), LOAD.gains
    moment = wanted_moment(RECORD, now, (0.0, 0.6, -0.8), ZERO, ZERO, 1.0)
    rate = math.hypot(moment[1], moment[2]) / (INERTIA[1] * gains.rate_gain_ps)
    assert rate == pytest.approx(gains.rate_limit_radps, rel=1e-6)
