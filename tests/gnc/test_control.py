"""Attitude control and allocation. Oracle: forces at their arms, by numpy's cross product, from the commands."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from gnc.control import Authority, allocate, attitude_error, offset_moment, wanted_moment
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
STAGE = LOAD.stage
CG_M, INERTIA = 15.9, (2.2e5, 9.5e6, 9.5e6)
ZERO = (0.0, 0.0, 0.0)
ROUNDING_NM = 1e-3
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def burning(*engines: int) -> FloatArray:
    thrust = np.zeros(len(STAGE.engine_yz_m))
    thrust[list(engines)] = 7e5
    return thrust


def authority(thrust_n: FloatArray, q_pa: float, fin_n_prad: float) -> Authority:
    return Authority(float(thrust_n.sum()), q_pa, fin_n_prad, CG_M, INERTIA)


def asked(
    moment: tuple[float, float, float],
    thrust_n: FloatArray,
    q_pa: float = 0.0,
    fin_n_prad: float = 0.0,
    trim: tuple[float, float, float] = ZERO,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gimbals (n, 2), fins and valves for a moment."""
    gimbals, fins = np.zeros(2 * len(STAGE.gimbal_engine)), np.zeros(len(STAGE.fin_span_yz))
    valves = np.zeros(len(STAGE.thruster_position_m))
    now = authority(thrust_n, q_pa, fin_n_prad)
    allocate(RECORD, now, moment, trim, thrust_n, gimbals, fins, valves)
    return gimbals.reshape(-1, 2), fins, valves


def by_gimbals(gimbals: FloatArray, thrust_n: FloatArray) -> FloatArray:
    """The first angle pushes toward body z, the second toward body y, at the gimbal plane."""
    total = np.zeros(3)
    for (a, b), engine in zip(gimbals, STAGE.gimbal_engine.astype(int), strict=True):
        arm = np.array([-CG_M, *STAGE.engine_yz_m[engine]])
        total += np.cross(arm, thrust_n[engine] * np.array([0.0, b, a]))
    return total


def by_fins(fins: FloatArray, fin_n_prad: float) -> FloatArray:
    """A positive angle pushes along (0, -s, c): a quarter turn from the span, base first."""
    total = np.zeros(3)
    for angle, (c, s) in zip(fins, STAGE.fin_span_yz, strict=True):
        arm = np.array([STAGE.fin_position_m - CG_M, STAGE.fin_radius_m * c, STAGE.fin_radius_m * s])
        total += np.cross(arm, fin_n_prad * angle * np.array([0.0, -s, c]))
    return total


def by_gas(valves: FloatArray) -> FloatArray:
    total = np.zeros(3)
    for is_open, place, direction in zip(valves, STAGE.thruster_position_m, STAGE.thruster_direction, strict=True):
        total += is_open * np.cross(place - np.array([CG_M, 0.0, 0.0]), STAGE.thruster_n * direction)
    return total


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
