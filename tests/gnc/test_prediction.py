"""The predicted end of a descent. Oracles: rocket equation and free fall in a vacuum, scipy's `solve_ivp` in air."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hoverslam.gnc import model
from hoverslam.gnc.air_data import WIND_LENGTH_M
from hoverslam.gnc.load import read_load
from hoverslam.gnc.prediction import (
    BURN_STEP_S,
    COAST_STEP_S,
    DEEPEST_M,
    BurnPlan,
    Learnt,
    excess,
    lean_limit,
    predict,
    risen,
    solve_throttle,
)
from tests.gnc import beliefs

G0 = 9.80665
NEVER_M, AT_ONCE_M = -1e9, 1e9
# Over a step of 0.1 s mass is held at its first value: half a step of flow is 35 kg of 55 t, 0.06 % of the braking.
HELD_MASS = 35.0 / 55e3
LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
UPRIGHT = (0.0, 0.0)
NOTHING = Learnt(
    thrust_factor=1.0, response=1.0, lift_factor=1.0, cg_m=16.0, wind_error=(0.0, 0.0, 0.0), wind_from_m=0.0
)
SOMETHING = Learnt(
    thrust_factor=0.97, response=1.0, lift_factor=1.2, cg_m=16.0, wind_error=(4.0, -3.0, 0.0), wind_from_m=3000.0
)


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
    plan = BurnPlan(3.0, throttle, 10.0, AT_ONCE_M, v1, UPRIGHT)
    end = predict(record, plan, NOTHING, (0.0, 0.0, 2000.0), (0.0, 0.0, -v0), mass)
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
    plan = BurnPlan(3.0, 0.8, 0.0, NEVER_M, 20.0, UPRIGHT)
    end = predict(record, plan, NOTHING, (0.0, 0.0, 3000.0), (0.0, 0.0, -100.0), 50e3)
    g = weight_mps2(record, 1500.0)
    t = end.time_s
    assert 3000.0 - end.pos_enu_m[2] == pytest.approx(100.0 * t + 0.5 * g * t * t, abs=1.0), (
        "m: gravity grows on the way"
    )
    # the Earth turns away under what falls: omega cos(latitude) (g t^3 / 3 + v t^2) to the east
    east = 7.292115e-5 * math.cos(LOAD.pad.latitude_rad) * (g * t**3 / 3.0 + 100.0 * t * t)
    assert end.pos_enu_m[0] == pytest.approx(east, rel=0.02)


def wind_at(place: np.ndarray, learnt: Learnt) -> tuple[tuple[float, float, float], np.ndarray]:
    """Density, pressure and speed of sound, and the wind as forecast and learnt."""
    density, pressure, sound, *wind = model.air(RECORD["forecast"], model.altitude(RECORD["pad"], tuple(place)))
    fading = math.exp(-abs(place[2] - learnt.wind_from_m) / WIND_LENGTH_M)
    return (density, pressure, sound), np.array([*wind, 0.0]) + fading * np.array(learnt.wind_error)


def free_fall(place: np.ndarray, speed: np.ndarray) -> np.ndarray:
    return np.add(model.gravity(RECORD["pad"], tuple(place)), model.coriolis(RECORD["pad"], tuple(speed)))


@pytest.mark.parametrize(("throttle", "learnt"), [(0.75, NOTHING), (0.85, NOTHING), (0.85, SOMETHING), (1.0, NOTHING)])
def test_in_air_it_ends_where_a_fine_integration_ends(throttle: float, learnt: Learnt) -> None:
    mass, stop, load = 56e3, 19.0, LOAD
    pos, vel = (-150.0, 90.0, 3000.0), (35.0, -25.0, -390.0)
    plan = BurnPlan(3.0, throttle, 0.0, AT_ONCE_M, stop, UPRIGHT)
    end = predict(RECORD, plan, learnt, pos, vel, mass)

    def slope(t: float, y: np.ndarray) -> list[float]:
        place, speed = y[:3], y[3:6]
        (density, pressure, sound), wind = wind_at(place, learnt)
        level = throttle * risen(RECORD, t)
        push = 3.0 * model.thrust(RECORD["stage"], level, pressure) if level > 0.0 else 0.0
        push *= learnt.thrust_factor
        air_speed = float(np.linalg.norm(speed - wind))
        brake = push + model.drag(RECORD["stage"], density, sound, air_speed, push)
        share = min(max((float(np.linalg.norm(speed)) - 30.0) / 70.0, 0.0), 1.0)
        heading = (speed - share * wind) / np.linalg.norm(speed - share * wind)
        return [*speed, *(free_fall(place, speed) - brake / y[6] * heading), -3.0 * model.flow(load.stage, level)]

    def slow_enough(t: float, y: np.ndarray) -> float:
        return float(y[5] + stop)

    slow_enough.terminal = True  # type: ignore[attr-defined]  # how scipy wants it
    start, exact = [*pos, *vel, mass], {"rtol": 1e-8, "atol": 1e-6, "max_step": 0.1}
    fine = solve_ivp(slope, (0.0, 60.0), start, events=slow_enough, dense_output=True, **exact)
    np.testing.assert_allclose(end.pos_enu_m, fine.y[:3, -1], atol=2.0 * HELD_MASS * 3000.0, err_msg="m")
    np.testing.assert_allclose(end.vel_enu_mps, fine.y[3:6, -1], atol=0.1, err_msg="m/s")
    assert end.time_s == pytest.approx(float(fine.t[-1]), abs=0.02)
    gate = fine.sol(end.gate_time_s)
    np.testing.assert_allclose(end.gate_pos_enu_m, gate[:3], atol=0.1, err_msg="m: thrust has hardly begun")
    np.testing.assert_allclose(end.gate_vel_enu_mps, gate[3:6], atol=0.1, err_msg="m/s")


@pytest.mark.parametrize("lean", [UPRIGHT, (0.6, -0.3), (-0.2, 0.9)])
def test_a_glide_with_a_lean_ends_where_a_fine_integration_ends(lean: tuple[float, float]) -> None:
    mass, learnt = 56e3, SOMETHING
    pos, vel = (-1900.0, 1700.0, 9000.0), (100.0, -90.0, -480.0)
    end = predict(RECORD, BurnPlan(3.0, 0.8, 0.0, NEVER_M, 19.0, lean), learnt, pos, vel, mass)
    upright = predict(RECORD, BurnPlan(3.0, 0.8, 0.0, NEVER_M, 19.0, UPRIGHT), learnt, pos, vel, mass)

    def slope(t: float, y: np.ndarray) -> list[float]:
        place, speed = y[:3], y[3:6]
        (density, _, sound), wind = wind_at(place, learnt)
        stream = speed - wind
        size = float(np.linalg.norm(stream))
        q_pa, nose = 0.5 * density * size**2, -stream / size
        ahead = np.array([speed[0], speed[1], 0.0])
        ahead -= (ahead @ nose) * nose
        ahead /= np.linalg.norm(ahead)
        most = lean_limit(RECORD, q_pa, mass, learnt.lift_factor, learnt.cg_m)
        side = lean[0] * ahead + lean[1] * np.cross(ahead, nose)
        angle = most * math.hypot(*lean)
        side /= max(math.hypot(*lean), 1e-9)
        hull = math.cos(angle) * nose + math.sin(angle) * side
        across_hull = math.cos(angle) * side - math.sin(angle) * nose
        lift = angle * model.trimmed_lift(RECORD["stage"], q_pa, learnt.lift_factor, learnt.cg_m, angle)
        axial = model.drag(RECORD["stage"], density, sound, size, 0.0) * math.cos(angle) ** 2
        return [*speed, *(free_fall(place, speed) + (axial * hull - lift * across_hull) / mass)]

    fine = solve_ivp(slope, (0.0, end.time_s), [*pos, *vel], rtol=1e-8, atol=1e-6)
    assert end.pos_enu_m[2] == pytest.approx(DEEPEST_M, abs=COAST_STEP_S * 300.0), "m"
    third_order = 0.5 * (LOAD.gains.glide_angle_rad * math.hypot(*lean)) ** 2  # of what the lean does: as its cosine
    moved_m = float(np.linalg.norm(np.subtract(end.pos_enu_m, upright.pos_enu_m)))
    turned_mps = float(np.linalg.norm(np.subtract(end.vel_enu_mps, upright.vel_enu_mps)))
    steps_m, steps_mps = 1.0, 0.1  # half a second each
    np.testing.assert_allclose(end.pos_enu_m, fine.y[:3, -1], atol=third_order * moved_m + steps_m)
    np.testing.assert_allclose(end.vel_enu_mps, fine.y[3:6, -1], atol=third_order * turned_mps + steps_mps)


@pytest.mark.parametrize("height", [20.0, 60.0, 200.0])
def test_the_solved_throttle_stops_at_the_height(height: float) -> None:
    pos, vel, mass = (0.0, 0.0, 3000.0), (20.0, -20.0, -390.0), 56e3
    guess = 0.8
    for _ in range(3):  # as in flight, where each solution begins from the one before
        guess, _ = solve_throttle(
            RECORD, BurnPlan(3.0, guess, 0.0, AT_ONCE_M, 19.0, UPRIGHT), NOTHING, height, pos, vel, mass
        )
    end = predict(RECORD, BurnPlan(3.0, guess, 0.0, AT_ONCE_M, 19.0, UPRIGHT), NOTHING, pos, vel, mass)
    assert end.vel_enu_mps[2] == pytest.approx(-19.0, abs=1e-6)
    assert end.pos_enu_m[2] == pytest.approx(height, abs=0.6), "m: half a metre is close enough for it"


def test_more_weight_or_less_height_takes_more_throttle() -> None:
    plan, vel = BurnPlan(3.0, 0.8, 0.0, AT_ONCE_M, 19.0, UPRIGHT), (0.0, 0.0, -390.0)
    k, _ = solve_throttle(RECORD, plan, NOTHING, 30.0, (0.0, 0.0, 3000.0), vel, 54e3)
    heavier, _ = solve_throttle(RECORD, plan, NOTHING, 30.0, (0.0, 0.0, 3000.0), vel, 57e3)
    lower, _ = solve_throttle(RECORD, plan, NOTHING, 30.0, (0.0, 0.0, 2900.0), vel, 54e3)
    assert heavier > k + 0.01
    assert lower > k + 0.01


def test_a_plan_that_cannot_stop_counts_as_too_low() -> None:
    plan = BurnPlan(1.0, 0.5, 0.0, AT_ONCE_M, 19.0, UPRIGHT)
    end = predict(RECORD, plan, NOTHING, (0.0, 0.0, 1000.0), (0.0, 0.0, -300.0), 56e3)
    assert -end.vel_enu_mps[2] > 100.0, "it hits"
    assert excess(plan, end, 30.0) < end.pos_enu_m[2] - 30.0 - 100.0


@pytest.mark.parametrize("coast_to_m", [AT_ONCE_M, 2500.0])
def test_the_gate_lies_halfway_through_the_rise(coast_to_m: float) -> None:
    plan = BurnPlan(3.0, 0.85, 0.0, coast_to_m, 19.0, UPRIGHT)
    end = predict(RECORD, plan, NOTHING, (0.0, 0.0, 3000.0), (20.0, -20.0, -390.0), 56e3)
    stage, fall_mps = LOAD.stage, 388.0  # a little less than at first: drag is more than the weight
    coast_s = max(3000.0 - coast_to_m, 0.0) / fall_mps
    halfway_s = coast_s + stage.dead_time_s + 0.5 * stage.rise_time_s
    step_s = BURN_STEP_S + (0.5 * COAST_STEP_S if coast_s > 0.0 else 0.0)  # a coast ends with the step that is nearest
    assert end.gate_time_s == pytest.approx(halfway_s, abs=step_s)


def test_the_rise_is_the_smooth_step_after_the_dead_time() -> None:
    stage = LOAD.stage
    assert risen(RECORD, stage.dead_time_s) == 0.0
    assert risen(RECORD, stage.dead_time_s + 0.5 * stage.rise_time_s) == pytest.approx(0.5)
    assert risen(RECORD, stage.dead_time_s + 2.0 * stage.rise_time_s) == 1.0


def test_engines_that_give_a_share_of_what_they_are_asked_for_stop_as_at_that_throttle() -> None:
    start = ((100.0, 0.0, 2500.0), (-10.0, 5.0, -330.0), 55e3)
    weak = predict(RECORD, BurnPlan(3.0, 1.0, 3.0, AT_ONCE_M, 20.0, UPRIGHT), NOTHING._replace(response=0.8), *start)
    sound = predict(RECORD, BurnPlan(3.0, 0.8, 3.0, AT_ONCE_M, 20.0, UPRIGHT), NOTHING, *start)
    np.testing.assert_allclose(weak.pos_enu_m, sound.pos_enu_m, rtol=1e-12)
