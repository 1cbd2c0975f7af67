"""One engine through its life. Oracles: the smoothstep 3 x^2 - 2 x^3, the exponential, scipy's DOP853 for the lagged
throttle, and the bookkeeping of starts.

Times are whole milliseconds and the parameters are chosen so that they fall on ticks.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from hoverslam.plant.kernels.engines.engine import (
    FAILED,
    OFF,
    RISING,
    RUNNING,
    SHUTTING_DOWN,
    STARTING,
    EngineParams,
    EngineScatter,
    EngineState,
    step_engine,
)
from hoverslam.plant.kernels.engines.feed import Inlet, Relight
from hoverslam.plant.kernels.engines.propulsion import PRESSURE, STATE_COLUMNS, EngineType, Now, Order, step_one
from hoverslam.plant.kernels.faults import ENGINE_COLUMNS, heal_engine
from tests.plant.stage import shipped

STEP_S = 0.001
NOMINAL = EngineScatter(thrust=1.0, isp=1.0, dead_time_s=0.0)
PARAMS: EngineParams = shipped().engine
COLD = EngineState(phase=OFF, timer_s=0.0, level=0.0, starts=1.0)
HOT = EngineState(phase=RUNNING, timer_s=5.0, level=0.8, starts=1.0)
EXACT = 1e-9  # of nominal pressure: a thousand ticks of rounding
ONE_TICK = 1.5 * STEP_S  # s: an event inside a tick is seen at its end


def burn(
    state: EngineState,
    seconds: float,
    throttle: float = 0.8,
    on: bool = True,
    healthy: bool = True,
    scatter: EngineScatter = NOMINAL,
) -> list[EngineState]:
    """The engine tick by tick with one command held; the first entry is after the first tick."""
    history = []
    for _ in range(round(seconds / STEP_S)):
        state = step_engine(PARAMS, scatter, state, on, throttle, healthy, STEP_S)
        history.append(state)
    return history


def levels(history: list[EngineState]) -> np.ndarray:
    return np.array([state.level for state in history])


def first_time_s(history: list[EngineState], phase: int) -> float:
    return STEP_S * (1 + next(i for i, state in enumerate(history) if state.phase == phase))


@pytest.mark.parametrize("added_s", [0.0, 0.15, -0.1])
def test_nothing_burns_before_the_dead_time_of_this_very_engine_is_over(added_s: float) -> None:
    history = burn(COLD, 3.0, scatter=EngineScatter(1.0, 1.0, added_s))
    dead_s = PARAMS.dead_time_s + added_s
    assert first_time_s(history, RISING) == pytest.approx(dead_s, abs=ONE_TICK)
    assert np.all(levels(history)[: round(dead_s / STEP_S) - 1] == 0.0)


def test_the_level_rises_along_a_smoothstep_to_the_throttle() -> None:
    history = burn(COLD, 3.0, throttle=0.8)
    time_s = STEP_S * np.arange(1, len(history) + 1)
    x = np.clip((time_s - PARAMS.dead_time_s) / PARAMS.rise_time_s, 0.0, 1.0)
    steepest = 0.8 * 1.5 / PARAMS.rise_time_s  # per second, in the middle of the rise
    np.testing.assert_allclose(levels(history), 0.8 * (3 * x**2 - 2 * x**3), atol=steepest * ONE_TICK)
    assert history[-1].phase == RUNNING


@pytest.mark.parametrize(("wanted", "given_level"), [(0.2, 0.5), (0.0, 0.5), (0.5, 0.5), (1.05, 1.05), (2.0, 1.05)])
def test_a_running_engine_stays_between_floor_and_ceiling(wanted: float, given_level: float) -> None:
    assert burn(COLD, 6.0, throttle=wanted)[-1].level == pytest.approx(given_level, abs=EXACT)


@pytest.mark.parametrize("target", [1.05, 0.83, 0.5])
def test_the_throttle_lags_and_slews_as_its_differential_equation(target: float) -> None:
    def slope(_time_s: float, level: np.ndarray) -> np.ndarray:
        return np.clip((target - level) / PARAMS.throttle_lag_s, -PARAMS.throttle_rate_ps, PARAMS.throttle_rate_ps)

    times = np.arange(1, 2001) * STEP_S
    solved = solve_ivp(
        slope, (0.0, 2.0), [HOT.level], t_eval=times, method="DOP853", rtol=1e-10, atol=1e-12, max_step=0.01
    )
    integrator = 1e-7  # of nominal: scipy's error at the kink between slewing and lagging
    np.testing.assert_allclose(levels(burn(HOT, 2.0, throttle=target)), solved.y[0], atol=integrator)


def test_the_throttle_never_moves_faster_than_its_rate() -> None:
    for target in (1.05, 0.5):
        moves = np.abs(np.diff(levels(burn(HOT, 2.0, throttle=target)), prepend=HOT.level))
        assert np.max(moves) <= PARAMS.throttle_rate_ps * STEP_S * (1.0 + EXACT)


def test_a_throttle_command_during_the_rise_does_not_make_the_chamber_pressure_jump() -> None:
    rising = burn(COLD, PARAMS.dead_time_s + 0.9 * PARAMS.rise_time_s, throttle=0.8)[-1]
    after = step_engine(PARAMS, NOMINAL, rising, True, 0.5, True, STEP_S)
    steepest = 1.5 * PARAMS.throttle_ceiling / PARAMS.rise_time_s + PARAMS.throttle_rate_ps  # per second
    assert abs(after.level - rising.level) <= steepest * STEP_S


def test_shut_down_leaves_the_tail_off_impulse() -> None:
    history = burn(HOT, 3.0, on=False)
    felt = np.concatenate([[HOT.level], levels(history)])
    impulse_s = float(np.trapezoid(felt, dx=STEP_S)) / HOT.level
    cut_off = 1e-3 / HOT.level  # the engine counts as off once a thousandth of nominal is left
    # burns on until the valves close, then tails off
    assert impulse_s == pytest.approx(PARAMS.shut_delay_s + PARAMS.tail_off_s * (1.0 - cut_off), abs=ONE_TICK)
    assert history[-1] == EngineState(OFF, 0.0, 0.0, HOT.starts)


def test_the_tail_off_impulse_is_inside_the_range_of_the_data_sheet() -> None:
    # vehicle.md 3.1: 0.1 to 0.25 s of thrust, 80 to 200 kN s
    impulse_ns = PARAMS.tail_off_s * PARAMS.vacuum_thrust_n
    assert 80e3 <= impulse_ns <= 200e3


def test_every_light_uses_up_a_start() -> None:
    lit = burn(COLD._replace(starts=2.0), 3.0)[-1]
    assert lit.starts == 1.0
    off = burn(lit, 3.0, on=False)[-1]
    assert (off.phase, off.starts) == (OFF, 1.0)
    again = burn(off, 3.0)[-1]
    assert (again.phase, again.starts) == (RUNNING, 0.0)


def test_an_engine_without_starts_left_refuses() -> None:
    history = burn(COLD._replace(starts=0.0), 3.0)
    assert {state.phase for state in history} == {OFF}
    assert np.all(levels(history) == 0.0)


def test_a_light_aborted_in_the_dead_time_is_a_start_lost_and_no_thrust() -> None:
    aborted = burn(burn(COLD, 0.5)[-1], 0.5, on=False)
    assert np.all(levels(aborted) == 0.0)
    assert (aborted[-1].phase, aborted[-1].starts) == (OFF, 0.0)


def test_a_command_back_on_in_the_tail_off_does_not_light_a_shut_down_engine() -> None:
    dying = burn(HOT, 0.1, on=False)[-1]
    held = burn(dying, 2.0, on=True)
    assert dying.phase == SHUTTING_DOWN
    assert np.all(np.diff(levels(held)) <= 0.0)
    assert held[-1].starts == HOT.starts


@pytest.mark.parametrize(
    "start", [HOT, burn(COLD, 1.2)[-1], burn(COLD, 0.4)[-1]], ids=["running", "rising", "starting"]
)
def test_a_failed_engine_decays_and_never_comes_back(start: EngineState) -> None:
    failed = burn(start, 0.5, healthy=False)
    decay = start.level * np.exp(-STEP_S * np.arange(1, len(failed) + 1) / PARAMS.tail_off_s)
    np.testing.assert_allclose(levels(failed), decay, atol=EXACT)
    off = burn(failed[-1], 0.5, on=False)[-1]
    later = burn(off, 4.0, on=True)
    assert {state.phase for state in later} == {FAILED}
    assert later[-1].level < 1e-6


def test_a_starved_engine_never_gives_thrust() -> None:
    assert np.all(levels(burn(COLD, 4.0, healthy=False)) == 0.0)


ACTIONS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.5, 0.8, 1.05]), st.sampled_from([0.05, 0.4, 1.0, 2.5])), max_size=8
)


@given(ACTIONS)
def test_whatever_is_commanded_the_phases_follow_their_order_and_levels_stay_bounded(
    actions: list[tuple[bool, float, float]],
) -> None:
    allowed = {
        OFF: {OFF, STARTING},
        STARTING: {STARTING, RISING, SHUTTING_DOWN},
        RISING: {RISING, RUNNING, SHUTTING_DOWN},
        RUNNING: {RUNNING, SHUTTING_DOWN},
        SHUTTING_DOWN: {SHUTTING_DOWN, OFF},
    }
    state, step_s = COLD._replace(starts=3.0), 0.01
    for on, throttle, seconds in actions:
        for _ in range(round(seconds / step_s)):
            after = step_engine(PARAMS, NOMINAL, state, on, throttle, True, step_s)
            assert after.phase in allowed[state.phase]
            assert 0.0 <= after.level <= PARAMS.throttle_ceiling
            assert 0.0 <= after.starts <= state.starts
            state = after


def sound() -> np.ndarray:
    effect = np.zeros(ENGINE_COLUMNS)
    heal_engine(effect)
    return effect


def test_thrust_and_flow_of_a_tick_are_those_of_its_mean_level() -> None:
    row = np.zeros(STATE_COLUMNS)
    row[[0, 1, 2, 3, PRESSURE]] = RUNNING, 5.0, 0.8, 1.0, 0.8
    stage = shipped()
    kind = EngineType(PARAMS, stage.feed, Relight(0, stage.relight, 1))
    now = Now(50_000.0, Inlet(0.0, 0.0, stage.lox.ullage_pa, 0.0), 0, STEP_S)
    step_one(kind, NOMINAL, row, sound(), Order(True, 0.6, True), now, 0)
    mean = 0.5 * (0.8 + row[2])
    assert row[4] == pytest.approx(mean * PARAMS.vacuum_thrust_n - 50_000.0 * PARAMS.exit_area_m2, rel=1e-12)
    isp_s = PARAMS.vacuum_isp_s * (1.0 - PARAMS.isp_loss_per_level * (1.0 - mean))
    assert row[5] == pytest.approx(mean * PARAMS.vacuum_thrust_n / (9.80665 * isp_s), rel=1e-12)
    assert math.isclose(row[2], 0.8 - PARAMS.throttle_rate_ps * STEP_S, rel_tol=EXACT)


def test_a_valve_that_closes_inside_a_tick_closes_when_it_does_whatever_the_tick() -> None:
    late = EngineScatter(1.0, 1.0, 0.0, shut_delay_s=0.0003)

    def impulse_s(step_s: float) -> float:
        state, total = HOT, 0.0
        for _ in range(round(1.5 / step_s)):
            after = step_engine(PARAMS, late, state, False, 0.8, True, step_s)
            total, state = total + 0.5 * (state.level + after.level) * step_s, after
        return total / HOT.level

    eighth = 1e-3 / 8.0  # of a millisecond: what a trapezoid makes of the tick in which it closes
    assert impulse_s(0.001) == pytest.approx(impulse_s(0.0001), abs=eighth * 1.2)
    assert impulse_s(0.001) == pytest.approx(PARAMS.shut_delay_s + 0.0003 + PARAMS.tail_off_s, abs=1.5e-3)
