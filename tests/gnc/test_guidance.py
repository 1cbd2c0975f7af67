"""From the predicted gate to a lean. Oracles: the prediction flown again, vector algebra by numpy."""

import math
from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.air_data import start_air
from hoverslam.gnc.guidance import Place, Situation, aim_error, assess, solve_lean, steer_glide
from hoverslam.gnc.lateral import LEAD, TABLE_STEP_S, solve
from hoverslam.gnc.prediction import BurnPlan, Ending, Learnt, lean_axes, lean_limit, predict
from hoverslam.gnc.rotation import Vec
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
TABLE = solve(LOAD)[0]
MASS_KG, CG_M = 56e3, 16.0
ROUNDING = 1e-9
# Position and velocity on the way down, without a lean 450 m to 1150 m off at the gate.
GLIDES: list[tuple[Vec, Vec]] = [
    ((-2600.0, 2900.0, 12000.0), (100.0, -115.0, -520.0)),
    ((-1400.0, 1500.0, 8000.0), (80.0, -90.0, -470.0)),
    ((-1250.0, -900.0, 8000.0), (90.0, 50.0, -480.0)),
]


def learnt_air(factor: float = 1.0, east_mps: float = 0.0, north_mps: float = 0.0) -> np.ndarray:
    air = np.zeros(12)
    start_air(air)
    air[:3] = factor, east_mps, north_mps
    return air


def situation(pos: Vec, vel: Vec, air: np.ndarray) -> Situation:
    return assess(RECORD, Place(pos, vel, pos, vel, 18.8), MASS_KG, 0.0, 0.0, air)


def gliding(along: float, right: float) -> BurnPlan:
    return BurnPlan(3.0, 0.84, 0.0, 3000.0, 19.0, (along, right))


def known(pos: Vec, air: np.ndarray) -> Learnt:
    return Learnt(1.0, 1.0, float(air[0]), CG_M, (float(air[1]), float(air[2]), 0.0), pos[2])


def gate(pos: Vec, vel: Vec, lean: tuple[float, float]) -> np.ndarray:
    """Where the glide under a held lean brings it to the gate, on the map."""
    end = predict(RECORD, gliding(*lean), known(pos, learnt_air()), pos, vel, MASS_KG)
    return np.array(end.gate_pos_enu_m[:2])


def test_the_situation_is_that_of_the_air_as_forecast_and_learnt() -> None:
    pos, vel = (0.0, 0.0, 8000.0 - LOAD.pad.elevation_m), (80.0, -90.0, -470.0)
    now = situation(pos, vel, learnt_air(1.2, 5.0, -3.0))
    wind = np.array([LOAD.forecast.east_mps[8] + 5.0, LOAD.forecast.north_mps[8] - 3.0, 0.0])
    stream = np.array(vel) - wind
    speed = float(np.linalg.norm(stream))
    pressure = 0.5 * math.exp(LOAD.forecast.log_density[8]) * speed**2
    mach = speed / LOAD.forecast.sound_mps[8]
    stage = LOAD.stage
    assert now.speed_mps == pytest.approx(speed, rel=ROUNDING)
    assert now.q_pa == pytest.approx(pressure, rel=ROUNDING)
    assert now.drag_n == pytest.approx(pressure * 15.9 * np.interp(mach, stage.axial_mach, stage.axial), rel=ROUNDING)
    fins = pressure * stage.fin_area_m2 * np.interp(mach, stage.fin_mach, stage.fin_slope)
    assert now.fin_n_prad == pytest.approx(fins, rel=ROUNDING)
    np.testing.assert_allclose(now.against, -stream / speed, atol=ROUNDING)
    assert now.lift_factor == 1.2


def test_the_aim_is_off_by_the_distance_less_what_the_speed_across_still_closes() -> None:
    burn_s = 10.0
    end = Ending(
        (0.0, 0.0, 30.0), (0.0, 0.0, -19.0), 30.0, (-150.0, 60.0, 2500.0), (40.0, -20.0, -350.0), 30.0 - burn_s
    )
    at = (burn_s + LOAD.gains.nominal_last_s) / TABLE_STEP_S
    lead = np.interp(at, np.arange(len(TABLE)), TABLE[:, LEAD])
    expected = np.array([-150.0, 60.0]) + lead * np.array([40.0, -20.0])
    np.testing.assert_allclose(aim_error(RECORD, TABLE, end), expected, atol=1e-6)


@pytest.mark.parametrize(("pos", "vel"), GLIDES)
@pytest.mark.parametrize("air", [learnt_air(), learnt_air(1.2, 4.0, -3.0)])
def test_the_lean_solved_a_few_times_leads_to_the_gate(pos: Vec, vel: Vec, air: np.ndarray) -> None:
    now, plan = situation(pos, vel, air), gliding(0.0, 0.0)
    before = aim_error(RECORD, TABLE, predict(RECORD, plan, known(pos, air), pos, vel, MASS_KG))
    assert math.hypot(*before) > 100.0, "m: something to do"
    for _ in range(6):
        along, right, _ = solve_lean(RECORD, now, plan, known(pos, air), TABLE)
        plan = gliding(along, right)
    assert math.hypot(*plan.lean) < 1.0, "within what can be held"
    off = aim_error(RECORD, TABLE, predict(RECORD, plan, known(pos, air), pos, vel, MASS_KG))
    assert math.hypot(*off) < 1.0, "m: of a thousand; each step leaves a tenth or less"


@pytest.mark.parametrize("pos", [(0.0, 0.0, 200.0), (0.0, 0.0, 20.0)])
def test_near_the_ground_no_lean_is_asked_for_that_would_do_nothing(pos: Vec) -> None:
    vel = (10.0, 5.0, -60.0)
    now = situation(pos, vel, learnt_air())
    along, right, _ = solve_lean(RECORD, now, gliding(0.0, 0.0), known(pos, learnt_air()), TABLE)
    assert math.hypot(along, right) < 0.2


@pytest.mark.parametrize(("pos", "vel"), GLIDES)
def test_a_lean_moves_the_gate_the_other_way(pos: Vec, vel: Vec) -> None:
    ahead = np.array(vel[:2]) / math.hypot(vel[0], vel[1])
    to_the_right = np.array([ahead[1], -ahead[0]])
    for size in (0.2, 0.8):
        by_right, by_left = (gate(pos, vel, (0.0, s * size)) - gate(pos, vel, (0.0, 0.0)) for s in (1.0, -1.0))
        assert by_right @ to_the_right < -100.0 * size, "m: lift pushes against the lean"
        assert by_left @ to_the_right > 100.0 * size
        on, back = (gate(pos, vel, (s * size, 0.0)) - gate(pos, vel, (0.0, 0.0)) for s in (1.0, -1.0))
        assert on @ ahead < -100.0 * size, "m: a lean along the motion shortens"
        assert back @ ahead > 100.0 * size


@pytest.mark.parametrize("vel", [(100.0, -115.0, -520.0), (-3.0, 0.5, -400.0)])
@pytest.mark.parametrize("nose", [(0.0, 0.0, 1.0), (-0.1, 0.2, 0.97), (0.15, 0.1, 0.98)])
def test_the_axes_of_a_lean_are_at_right_angles_and_right_handed(vel: Vec, nose: Vec) -> None:
    n = np.array(nose) / np.linalg.norm(nose)
    along, right = (np.array(axis) for axis in lean_axes(vel, (float(n[0]), float(n[1]), float(n[2]))))
    axes = np.array([along, n, right])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=ROUNDING)
    assert np.linalg.det(axes) == pytest.approx(1.0, abs=ROUNDING)
    assert along @ [*vel[:2], 0.0] > 0.0
    assert right @ [vel[1], -vel[0], 0.0] > 0.0, "seen from above"


def test_the_largest_lean_is_no_more_than_the_hull_and_the_angle_allow() -> None:
    for q_pa in (1e3, 2e4, 6e4, 9e4):
        limit = lean_limit(RECORD, q_pa, MASS_KG, 1.0, CG_M)
        stage, arm = LOAD.stage, LOAD.stage.fin_position_m - CG_M
        body = q_pa * 15.9 * (stage.normal_slope + 0.15 * stage.normal_growth) * limit
        push = body + body * (CG_M - stage.normal_position_m) / arm  # and that of the fins, which cancels its moment
        assert limit <= LOAD.gains.glide_angle_rad
        assert push / MASS_KG <= LOAD.gains.hull_mps2
        assert limit == LOAD.gains.glide_angle_rad or push / MASS_KG > 0.999 * LOAD.gains.hull_mps2, "and no less"


@pytest.mark.parametrize(("pos", "vel"), GLIDES)
def test_the_commanded_lean_is_across_the_motion_and_within_the_limit(pos: Vec, vel: Vec) -> None:
    now, rng = situation(pos, vel, learnt_air()), np.random.default_rng(2)
    limit = lean_limit(RECORD, now.q_pa, MASS_KG, 1.0, CG_M)
    for along, right, to_go_s in rng.uniform((-1.0, -1.0, 0.0), (1.5, 1.0, 60.0), size=(200, 3)):
        lean = np.array(steer_glide(RECORD, now, CG_M, along, right, to_go_s))
        assert np.linalg.norm(lean) <= limit * (1.0 + ROUNDING)
        assert lean @ now.against == pytest.approx(0.0, abs=ROUNDING)


@pytest.mark.parametrize(("along", "right"), [(0.3, -0.2), (-0.6, 0.1), (0.0, 0.4)])
def test_once_the_arc_is_over_the_constant_lean_is_commanded(along: float, right: float) -> None:
    pos, vel = GLIDES[0]
    now, gains = situation(pos, vel, learnt_air()), LOAD.gains
    limit = lean_limit(RECORD, now.q_pa, MASS_KG, 1.0, CG_M)
    ahead, side = (np.array(axis) for axis in lean_axes(vel, now.against))
    for to_go_s in (0.0, gains.arc_until_s):
        lean = steer_glide(RECORD, now, CG_M, along, right, to_go_s)
        expected = limit * (along * ahead + gains.cross_gain * right * side)
        np.testing.assert_allclose(lean, expected, atol=1e-8)  # rad; the guard of the division is 1e-9


def test_before_the_arc_a_lean_under_its_share_is_given_later() -> None:
    pos, vel = GLIDES[0]
    now, gains = situation(pos, vel, learnt_air()), LOAD.gains
    ahead = np.array(lean_axes(vel, now.against)[0])
    early, late = gains.arc_until_s + 30.0, gains.arc_until_s

    def given(along: float, to_go_s: float) -> float:
        return float(ahead @ steer_glide(RECORD, now, CG_M, along, 0.0, to_go_s))

    assert given(gains.arc_share - 0.2, early) < given(gains.arc_share - 0.2, late) - 0.01
    assert given(gains.arc_share, early) == pytest.approx(given(gains.arc_share, late), abs=1e-8)
    assert given(gains.arc_share + 0.1, early) > given(gains.arc_share + 0.1, late) + 0.01
