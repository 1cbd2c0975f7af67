"""The predicted end of a descent. Oracles: rocket equation and free fall in a vacuum, scipy's `solve_ivp` in air."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from gnc import model
from gnc.load import read_load
from gnc.prediction import Plan, excess, predict, risen, solve_throttle
from tests.gnc import beliefs

G0 = 9.80665
NEVER_M, AT_ONCE_M = -1e9, 1e9
# Over a step of 0.1 s mass is held at its first value: half a step of flow is 35 kg of 55 t, 0.06 % of the braking.
HELD_MASS = 35.0 / 55e3
LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)


def in_vacuum(isp_loss: float = 0.0) -> Any:
    """The reference load without air, wind, or a start transient."""
    values = beliefs.table()
    forecast = values["forecast"]
    for key in ("log_density", "log_pressure"):
        forecast[key] = [-200.0] * len(forecast[key])
    for key in ("east_mps", "north_mps"):
        forecast[key] = [0.0] * len(forecast[key])
    values["stage"].update(dead_time_s=0.0, rise_time_s=1e-9, isp_loss_per_level=isp_loss)
    return beliefs.record(read_load(values, beliefs.FRAME_S))


def weight_mps2(record: Any, height_m: float) -> float:
    return -float(model.gravity(record["pad"], (0.0, 0.0, height_m))[2])


def test_a_burn_in_a_vacuum_obeys_the_rocket_equation() -> None:
    record, mass, throttle, v0, v1 = in_vacuum(), 55e3, 0.8, 200.0, 20.0
    plan = Plan(3.0, throttle, 10.0, AT_ONCE_M, v1, 0.0, 1.0)
    end = predict(record, plan, (0.0, 0.0, 2000.0), (0.0, 0.0, -v0), mass)
    force = 3.0 * throttle * LOAD.stage.vacuum_thrust_n
    exhaust = LOAD.stage.vacuum_isp_s * G0
    g = weight_mps2(record, 1500.0)  # over 1 km it changes by 3 parts in ten thousand
    t = end.time_s
    gained = -exhaust * math.log1p(-force / exhaust * t / mass)
    assert v0 + g * t - gained == pytest.approx(v1, abs=2.0 * HELD_MASS * v0), "m/s"
    assert end.vel_enu_mps[2] == pytest.approx(-v1, abs=1e-9)
    ratio = 1.0 - force / exhaust * t / mass
    sunk = v0 * t + 0.5 * g * t * t - exhaust * t - exhaust * mass * exhaust / force * ratio * math.log(ratio)
    assert 2000.0 - end.pos_enu_m[2] == pytest.approx(sunk, abs=2.0 * HELD_MASS * 1000.0), "m"


def test_a_fall_in_a_vacuum_is_a_parabola() -> None:
    record = in_vacuum()
    plan = Plan(3.0, 0.8, 0.0, NEVER_M, 20.0, 0.0, 1.0)
    end = predict(record, plan, (0.0, 0.0, 3000.0), (0.0, 0.0, -100.0), 50e3)
    g = weight_mps2(record, 1500.0)
    t = end.time_s
    assert 3000.0 - end.pos_enu_m[2] == pytest.approx(100.0 * t + 0.5 * g * t * t, abs=1.0), (
        "m: gravity grows on the way"
    )
    # the Earth turns away under what falls: omega cos(latitude) (g t^3 / 3 + v t^2) to the east
    east = 7.292115e-5 * math.cos(LOAD.pad.latitude_rad) * (g * t**3 / 3.0 + 100.0 * t * t)
    assert end.pos_enu_m[0] == pytest.approx(east, rel=0.02)


@pytest.mark.parametrize("throttle", [0.75, 0.85, 1.0])
def test_in_air_it_ends_where_a_fine_integration_ends(throttle: float) -> None:
    mass, stop, load = 56e3, 19.0, LOAD
    pos, vel = (-150.0, 90.0, 3000.0), (35.0, -25.0, -390.0)
    plan = Plan(3.0, throttle, 0.0, AT_ONCE_M, stop, 250.0, 1.0)
    end = predict(RECORD, plan, pos, vel, mass)

    def slope(t: float, y: np.ndarray) -> list[float]:
        place, speed = tuple(y[:3]), y[3:6]
        density, pressure, sound, east, north = model.air(RECORD["forecast"], model.altitude(RECORD["pad"], place))
        wind = np.array([east, north, 0.0])
        level = throttle * risen(RECORD, t)
        push = 3.0 * model.thrust(RECORD["stage"], level, pressure) if level > 0.0 else 0.0
        air_speed = float(np.linalg.norm(speed - wind))
        brake = push + model.drag(RECORD["stage"], density, sound, air_speed, push)
        share = min(max((float(np.linalg.norm(speed)) - 30.0) / 70.0, 0.0), 1.0)
        heading = (speed - share * wind) / np.linalg.norm(speed - share * wind)
        free = np.add(model.gravity(RECORD["pad"], place), model.coriolis(RECORD["pad"], tuple(speed)))
        return [*speed, *(free - brake / y[6] * heading), -3.0 * model.flow(load.stage, level)]

    def slow_enough(t: float, y: np.ndarray) -> float:
        return float(y[5] + stop)

    slow_enough.terminal = True  # type: ignore[attr-defined]  # how scipy wants it
    fine = solve_ivp(slope, (0.0, 60.0), [*pos, *vel, mass], events=slow_enough, rtol=1e-8, atol=1e-6, max_step=0.1)
    np.testing.assert_allclose(end.pos_enu_m, fine.y[:3, -1], atol=2.0 * HELD_MASS * 3000.0, err_msg="m")
    np.testing.assert_allclose(end.vel_enu_mps, fine.y[3:6, -1], atol=0.1, err_msg="m/s")
    assert end.time_s == pytest.approx(float(fine.t[-1]), abs=0.02)


@pytest.mark.parametrize("height", [20.0, 60.0, 200.0])
def test_the_solved_throttle_stops_at_the_height(height: float) -> None:
    pos, vel, mass = (0.0, 0.0, 3000.0), (20.0, -20.0, -390.0), 56e3
    guess = 0.8
    for _ in range(3):  # as in flight, where each solution begins from the one before
        guess, _ = solve_throttle(RECORD, Plan(3.0, guess, 0.0, AT_ONCE_M, 19.0, 250.0, 1.0), height, pos, vel, mass)
    end = predict(RECORD, Plan(3.0, guess, 0.0, AT_ONCE_M, 19.0, 250.0, 1.0), pos, vel, mass)
    assert end.vel_enu_mps[2] == pytest.approx(-19.0, abs=1e-6)
    assert end.pos_enu_m[2] == pytest.approx(height, abs=0.6), "m: half a metre is close enough for it"


def test_more_weight_or_less_height_takes_more_throttle() -> None:
    plan, vel = Plan(3.0, 0.8, 0.0, AT_ONCE_M, 19.0, 250.0, 1.0), (0.0, 0.0, -390.0)
    k, _ = solve_throttle(RECORD, plan, 30.0, (0.0, 0.0, 3000.0), vel, 54e3)
    heavier, _ = solve_throttle(RECORD, plan, 30.0, (0.0, 0.0, 3000.0), vel, 57e3)
    lower, _ = solve_throttle(RECORD, plan, 30.0, (0.0, 0.0, 2900.0), vel, 54e3)
    assert heavier > k + 0.01
    assert lower > k + 0.01


def test_a_plan_that_cannot_stop_counts_as_too_low() -> None:
    plan = Plan(1.0, 0.5, 0.0, AT_ONCE_M, 19.0, 250.0, 1.0)
    end = predict(RECORD, plan, (0.0, 0.0, 1000.0), (0.0, 0.0, -300.0), 56e3)
    assert -end.vel_enu_mps[2] > 100.0, "it hits"
    assert excess(plan, end, 30.0) < end.pos_enu_m[2] - 30.0 - 100.0


def test_the_gate_lies_where_the_descent_passes_its_speed() -> None:
    plan = Plan(3.0, 0.85, 0.0, AT_ONCE_M, 19.0, 250.0, 1.0)
    end = predict(RECORD, plan, (0.0, 0.0, 3000.0), (20.0, -20.0, -390.0), 56e3)
    assert 250.0 < -end.gate_vel_enu_mps[2] < 254.0, "m/s: the last step before, at about 30 m/s2"
    assert end.pos_enu_m[2] < end.gate_pos_enu_m[2] < 3000.0


def test_the_rise_is_the_smooth_step_after_the_dead_time() -> None:
    stage = LOAD.stage
    assert risen(RECORD, stage.dead_time_s) == 0.0
    assert risen(RECORD, stage.dead_time_s + 0.5 * stage.rise_time_s) == pytest.approx(0.5)
    assert risen(RECORD, stage.dead_time_s + 2.0 * stage.rise_time_s) == 1.0
