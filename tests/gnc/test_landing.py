"""Across and down. Oracles: forces at their arms, the nominal burn flown by numpy, closed forms, scipy's quadrature."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from scipy.integrate import quad

from hoverslam.gnc import model
from hoverslam.gnc.air_data import start_air
from hoverslam.gnc.control import SAFE_SHARE
from hoverslam.gnc.guidance import Place, Situation, assess
from hoverslam.gnc.landing import (
    LEAST_PUSH_MPS2,
    LEAST_SHARE,
    MOST_SHARE,
    calm_air,
    final_level,
    final_time,
    needed_rate,
    push_share,
    settling,
    side_push,
    steer_across,
)
from hoverslam.gnc.lateral import FIN_SHARE, TABLE_STEP_S, nominal_at, solve
from hoverslam.gnc.rotation import Vec
from tests.gnc.actuators import CG_M, LOAD, RECORD, STAGE, ZERO, asked, burning, by_fins, by_gimbals
from tests.gnc.actuators import fin_force as force_of_fins
from tests.gnc.actuators import gimbal_force as force_of_gimbals

TABLE, COSTS = solve(LOAD)
GAINS = LOAD.gains
THRUST = burning(0, 1, 5)
ROUNDING = 1e-9


def burning_at(height_m: float, descent_mps: float) -> Situation:
    """Three engines, two metres a second across, in calm air."""
    air = np.zeros(12)
    start_air(air)
    pos, vel = (0.0, 0.0, height_m), (2.0, -1.0, -descent_mps)
    return assess(RECORD, Place(pos, vel, pos, vel, 18.8), 54e3, float(THRUST.sum()), 3.0, air)


def lift_slope(now: Situation, lean_rad: float) -> float:
    """Force per lean of body and fins whose moments cancel, by numpy."""
    body = now.q_pa * 15.9 * now.lift_factor * (STAGE.normal_slope + STAGE.normal_growth * lean_rad)
    arms = [STAGE.normal_position_m - CG_M, STAGE.fin_position_m - CG_M]
    return float(np.linalg.solve([[1.0, 0.0], arms], [body, 0.0]).sum())


@pytest.mark.parametrize("wanted", [(0.5, 0.0), (-0.2, 0.6), (5.0, 0.0), (-30.0, 40.0)])
@pytest.mark.parametrize(("height_m", "descent_mps"), [(2500.0, 330.0), (300.0, 90.0)])
def test_fins_and_gimbals_push_as_wanted_and_turn_nothing(
    height_m: float, descent_mps: float, wanted: tuple[float, float]
) -> None:
    now = burning_at(height_m, descent_mps)
    fins_n = side_push(RECORD, now, CG_M, (0.0, *wanted))  # here the body's axes
    gimbals, fins, _ = asked(ZERO, THRUST, now.q_pa, now.fin_n_prad, side_n=fins_n)
    force = force_of_fins(fins, now.fin_n_prad) + force_of_gimbals(gimbals, THRUST)
    arm, full = STAGE.fin_position_m - CG_M, now.mass_kg * np.array([0.0, *wanted])
    most_fins = FIN_SHARE * 2.0 * now.fin_n_prad * STAGE.fin_limit_rad
    most_gimbals = GAINS.side_gimbal_rad * now.thrust_n
    most = min(most_fins * (1.0 + arm / CG_M), most_gimbals * (1.0 + CG_M / arm))
    expected = full * min(1.0, most / float(np.linalg.norm(full)))
    rounding = 1.0  # N and N m, of a hundred thousand
    np.testing.assert_allclose(force, expected, atol=rounding)
    np.testing.assert_allclose(by_fins(fins, now.fin_n_prad) + by_gimbals(gimbals, THRUST), 0.0, atol=rounding)
    assert np.max(np.abs(gimbals)) < SAFE_SHARE * STAGE.gimbal_limit_rad, "leaves some to turn with"


def test_calm_air_is_drag_along_the_nose_less_lift_across_the_motion() -> None:
    now = burning_at(2500.0, 330.0)
    nose = np.array([0.08, -0.05, 0.0])
    nose[2] = math.sqrt(1.0 - nose @ nose)
    ground = -np.array(now.vel_enu_mps) / np.linalg.norm(now.vel_enu_mps)
    lean = nose - (nose @ ground) * ground
    lift = lift_slope(now, float(np.linalg.norm(lean))) * lean
    found = calm_air(RECORD, now, CG_M, (0.08, -0.05, float(nose[2])))
    np.testing.assert_allclose(found, (now.drag_n * nose - lift) / now.mass_kg, rtol=ROUNDING)


def test_the_share_is_the_push_per_lean_over_the_nominal_one() -> None:
    now, nominal = burning_at(1500.0, 200.0), 25.0
    expected = (now.thrust_n + now.drag_n - lift_slope(now, 0.06)) / now.mass_kg / nominal
    assert LEAST_SHARE < expected < MOST_SHARE, "else this says nothing"
    assert push_share(RECORD, now, nominal, CG_M) == pytest.approx(expected, rel=ROUNDING)


def test_the_share_stays_within_its_limits_and_is_one_where_neither_is_sure() -> None:
    now = burning_at(1500.0, 200.0)
    assert push_share(RECORD, now, 100.0, CG_M) == LEAST_SHARE
    assert push_share(RECORD, now, LEAST_PUSH_MPS2, CG_M) == MOST_SHARE
    assert push_share(RECORD, now, LEAST_PUSH_MPS2 - 0.1, CG_M) == 1.0
    assert push_share(RECORD, now._replace(engines=1.0), 100.0, CG_M) == 1.0


class Flight(NamedTuple):
    """Place and speed across in each frame, and the most asked for: turn, lean, side push over what costs one."""

    place_m: np.ndarray
    speed_mps: np.ndarray
    turn_radps: float
    lean: float
    side: float


def fly(
    start_s: float,
    place: tuple[float, float],
    speed: tuple[float, float],
    wind: tuple[float, float] = (0.0, 0.0),
    told: float = 1.0,
    share: float = 1.0,
) -> Flight:
    """The nominal burn from a time to touchdown; `wind` [m/s], of which `told` is known, `share` of the nominal push.

    The equations in `gnc.lateral`'s docstring, a frame at a time.
    """
    dt, calm = LOAD.frame_s, burning_at(1500.0, 200.0)._replace(q_pa=0.0, drag_n=0.0)
    r, v, s, c = np.array(place), np.array(speed), np.zeros(2), np.zeros(2)
    places, speeds, turns, leans, sides = [], [], [], [], []
    for i in range(round(start_s / dt), 0, -1):
        now = nominal_at(LOAD, i * dt)
        blown = now.blow_ps * np.array(wind)
        seen = calm._replace(
            still_pos_enu_m=flat(r), still_vel_enu_mps=flat(v), thrust_n=share * float(now.push_mps2) * calm.mass_kg
        )
        lean, push = steer_across(
            RECORD, seen, TABLE, flat(s), flat(c), flat(told * blown), i * dt, GAINS.tilt_sine, CG_M
        )
        after, side = np.array(lean[:2]), np.array(push[:2])
        turns.append(float(np.linalg.norm(after - c)) / dt)
        leans.append(float(np.linalg.norm(after)))
        sides.append(float(np.linalg.norm(side) / now.side_mps2))
        pull = share * now.push_mps2 * s - now.damping_ps * v + side + blown
        r, v, s, c = r + dt * v + 0.5 * dt * dt * pull, v + dt * pull, s + dt / GAINS.lean_lag_s * (c - s), after
        places.append(r)
        speeds.append(v)
    return Flight(np.array(places), np.array(speeds), max(turns), max(leans), max(sides))


def flat(a: np.ndarray) -> Vec:
    return float(a[0]), float(a[1]), 0.0


@pytest.mark.parametrize(
    ("start_s", "place", "speed"),
    [
        (15.0, (-150.0, 0.0), (40.0, 0.0)),
        (18.0, (-150.0, 60.0), (35.0, -20.0)),
        (15.0, (60.0, -20.0), (-15.0, -2.0)),
        (10.0, (-30.0, 0.0), (10.0, 2.0)),
    ],
)
def test_the_nominal_burn_ends_on_the_pad_and_slow(
    start_s: float, place: tuple[float, float], speed: tuple[float, float]
) -> None:
    flight = fly(start_s, place, speed)
    # all cost is positive: what touchdown costs, a metre over rest_place_m squared and so on, is no more than the whole
    start = np.array([place, speed, (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)])
    cost = float(np.trace(start.T @ COSTS[round(start_s / TABLE_STEP_S)] @ start))
    ends = [flight.place_m[-1] / GAINS.rest_place_m, flight.speed_mps[-1] / GAINS.rest_speed_mps]
    assert np.linalg.norm(ends) ** 2 < cost
    # nearly all of it goes for leaning and pushing on the way: at the end each is within what costs one
    assert np.linalg.norm(ends[0]) < 1.0
    assert np.linalg.norm(ends[1]) < 1.0
    assert flight.turn_radps < GAINS.nose_rate_radps, "no limit was met, so the linear theory holds"
    assert flight.lean < GAINS.tilt_sine
    assert flight.side < 1.0 / GAINS.side_weight, "what fins and gimbals can give"


def test_a_wind_that_is_known_is_leant_against_in_time() -> None:
    told, untold = (fly(12.0, (0.0, 0.0), (0.0, 0.0), wind=(8.0, -3.0), told=t) for t in (1.0, 0.0))
    assert np.linalg.norm(told.place_m[-1]) < GAINS.rest_place_m
    assert np.linalg.norm(told.speed_mps[-1]) < GAINS.rest_speed_mps
    assert np.linalg.norm(untold.place_m[-1]) > 5.0 * np.linalg.norm(told.place_m[-1])


def test_more_push_than_nominal_flies_the_same_path_with_less_lean() -> None:
    nominal, strong = (fly(12.0, (-10.0, 3.0), (2.0, 0.0), share=k) for k in (1.0, 1.3))
    step_in_the_table_m = 5e-3  # for a tenth of a second the table goes over from three engines' push to one's
    np.testing.assert_allclose(strong.place_m, nominal.place_m, atol=step_in_the_table_m)
    assert strong.lean == pytest.approx(nominal.lean / 1.3, rel=1e-6)


@pytest.mark.parametrize("place", [(400.0, 0.0), (-900.0, 700.0)])
def test_however_far_off_it_turns_and_leans_no_more_than_it_may(place: tuple[float, float]) -> None:
    flight = fly(10.0, place, (0.0, 0.0))
    assert flight.turn_radps <= GAINS.nose_rate_radps * (1.0 + ROUNDING)
    assert flight.lean <= GAINS.tilt_sine * (1.0 + ROUNDING)


def profile_mps(height_m: float, rate_mps2: float) -> float:
    """Descent speed of the final profile."""
    speed = GAINS.final_decel_mps2 / GAINS.final_settle_ps
    low = (speed - GAINS.final_speed_mps) / GAINS.final_settle_ps
    if height_m < low:
        return GAINS.final_speed_mps + GAINS.final_settle_ps * height_m
    return math.sqrt(speed**2 + 2.0 * rate_mps2 * (height_m - low))


def test_settling_begins_where_speed_and_braking_go_over_smoothly() -> None:
    speed, low = settling(RECORD)
    assert speed == pytest.approx(profile_mps(low, 1.0), rel=ROUNDING)
    assert GAINS.final_settle_ps * speed == pytest.approx(GAINS.final_decel_mps2, rel=ROUNDING)  # v dv/dh


@pytest.mark.parametrize("height_m", [0.0, 1.0, 4.0, 15.0, 45.0])
def test_the_time_to_touchdown_is_that_of_the_profile(height_m: float) -> None:
    rate = GAINS.final_decel_mps2
    expected, _ = quad(lambda h: 1.0 / profile_mps(h, rate), 0.0, height_m, points=[settling(RECORD)[1]])
    assert final_time(RECORD, height_m, profile_mps(height_m, rate)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("height_m", "descent_mps"), [(45.0, 15.0), (45.0, 19.0), (60.0, 18.0)])
def test_the_needed_rate_brakes_to_the_settling_in_time(height_m: float, descent_mps: float) -> None:
    rate = needed_rate(RECORD, height_m, descent_mps)
    assert profile_mps(height_m, rate) == pytest.approx(descent_mps, rel=ROUNDING)


@pytest.mark.parametrize(("height_m", "descent_mps"), [(45.0, 16.0), (40.0, 18.0)])
def test_the_last_engine_sets_the_stage_down_at_the_final_speed(height_m: float, descent_mps: float) -> None:
    rate = needed_rate(RECORD, height_m, descent_mps)
    now = burning_at(height_m, descent_mps)._replace(engines=1.0, mass_kg=50e3, drag_n=0.0, thrust_n=0.0)
    h, v, dt, most, t = height_m, descent_mps, LOAD.frame_s, 0.0, 0.0
    while h > 0.0 and t < 30.0:
        level = final_level(RECORD, now._replace(vel_enu_mps=(0.0, 0.0, -v)), h, rate)
        most = max(most, model.thrust(RECORD["stage"], level, now.pressure_pa) / now.mass_kg - 9.8)
        v -= dt * (model.thrust(RECORD["stage"], level, now.pressure_pa) / now.mass_kg - 9.8)
        h, t = h - dt * v, t + dt
    # a height that falls by the speed leaves exp(-settle_ps t) of the way; by a frame's fall the speed is off
    assert v == pytest.approx(GAINS.final_speed_mps, abs=0.1), "m/s"
    assert most < 1.3 * max(rate, GAINS.final_decel_mps2), "braking steadily, then less and less"
