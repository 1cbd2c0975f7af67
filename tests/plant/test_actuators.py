"""The actuator: lag behind a rate limit. Oracle: scipy's DOP853 on x' = clip((command - x) / lag, +-rate)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from hoverslam.plant.kernels.effectors.actuators import clip, follow

EXACT = 1e-12  # relative: both ways are closed forms of the same curve
INTEGRATED = 1e-7  # of the travel: the integrator's own error at its kink, rtol 1e-10

finite = st.floats(-2.0, 2.0, allow_subnormal=False)
lags = st.floats(0.02, 0.5)
rates = st.floats(0.1, 3.0)


def _integrated(start: float, command: float, lag_s: float, rate_ps: float, end_s: float) -> float:
    def slope(_time_s: float, x: np.ndarray) -> np.ndarray:
        return np.clip((command - x) / lag_s, -rate_ps, rate_ps)

    solved = solve_ivp(slope, (0.0, end_s), [start], method="DOP853", rtol=1e-10, atol=1e-12, max_step=end_s / 50)
    return float(solved.y[0, -1])


@pytest.mark.parametrize(("start", "command"), [(0.0, 0.05), (0.0, 1.0), (0.4, -0.8), (1.0, 0.999)])
@pytest.mark.parametrize("end_s", [0.001, 0.3, 2.0])
def test_an_actuator_follows_as_its_differential_equation(start: float, command: float, end_s: float) -> None:
    lag_s, rate_ps = 0.2, 0.6
    reached = follow(start, command, lag_s, rate_ps, end_s)
    expected = _integrated(start, command, lag_s, rate_ps, end_s)
    assert reached == pytest.approx(expected, abs=INTEGRATED * abs(command - start))


@given(finite, finite, lags, rates)
def test_many_small_steps_end_where_one_large_step_ends(
    start: float, command: float, lag_s: float, rate_ps: float
) -> None:
    position = start
    for _ in range(100):
        position = follow(position, command, lag_s, rate_ps, 0.005)
    assert position == pytest.approx(follow(start, command, lag_s, rate_ps, 0.5), rel=EXACT, abs=EXACT)


@given(finite, finite, lags, rates, st.floats(1e-3, 1.0))
def test_it_never_overshoots_and_never_exceeds_its_rate(
    start: float, command: float, lag_s: float, rate_ps: float, dt_s: float
) -> None:
    position = follow(start, command, lag_s, rate_ps, dt_s)
    assert min(start, command) <= position <= max(start, command)
    assert abs(position - start) <= rate_ps * dt_s * (1.0 + EXACT) + EXACT


@given(finite, finite, lags, rates)
def test_its_mirror_image_moves_in_mirror_image(start: float, command: float, lag_s: float, rate_ps: float) -> None:
    assert follow(-start, -command, lag_s, rate_ps, 0.1) == -follow(start, command, lag_s, rate_ps, 0.1)


@given(finite, finite)
def test_clip_is_numpys(value: float, other: float) -> None:
    low, high = min(value, other), max(value, other)
    for x in (value, other, 0.5 * (low + high), low - 1.0, high + 1.0):
        assert clip(x, low, high) == np.clip(x, low, high)
