"""A stage on the ground: slopes, toppling, bounces, first touch. Oracles: statics, Coulomb, a mass on a spring."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.footing import BASE, TOP
from hoverslam.plant.plant import Plant
from tests.plant.stage import UPRIGHT, FloatArray, column, command, lock_legs, place, plant, run_out, shipped, truth

GRAVITY_MPS2 = 9.7985  # as in test_legs
DOWN = math.radians(45.0)  # azimuth of the fall line: north-east
STAGE = shipped()
LEGS = STAGE.legs
APOTHEM_M = LEGS.foot_radius_m * math.cos(math.pi / 4.0)  # of the square of four feet
SETTLES = Rotation.from_euler("x", 0.0)


def standing(
    slope_deg: float = 0.0,
    height_m: float = 0.0,
    sink_mps: float = 0.0,
    azimuth_rad: float = 0.0,
    lean: Rotation | None = None,
    **overrides: Any,
) -> Plant:
    """A stage with locked legs over a pad in a vacuum that falls that way, square to the pad."""
    vehicle = shipped(**{"slosh__damping": 1.0, **overrides})
    empty = plant(vehicle).setup.release._replace(lox_kg=0.0, lch4_kg=0.0)
    slope = math.radians(slope_deg)
    on_pad = plant(
        vehicle, release=empty, column=column(density=0.0), slope_rad=slope, slope_azimuth_rad=float(azimuth_rad)
    )
    axis = np.array([math.cos(azimuth_rad), -math.sin(azimuth_rad), 0.0])  # horizontal, left of the fall line's right
    square = Rotation.from_rotvec(-slope * axis)
    up = square.apply([0.0, 0.0, 1.0])
    attitude = square * (lean or SETTLES) * UPRIGHT
    place(on_pad, tuple(height_m * up), (0.0, 0.0, -sink_mps), attitude)
    lock_legs(on_pad)
    return on_pad


def centre_height_m(on_pad: Plant) -> float:
    """Of the centre of gravity over the feet."""
    return float(truth(on_pad)["cg_m"][0]) - LEGS.foot_m


def heights(on_pad: Plant, ticks: int) -> FloatArray:
    """Height of the lowest foot, one number a tick."""
    row, out = command(on_pad), []
    for _ in range(ticks):
        on_pad.advance(row, 1)
        out.append(truth(on_pad)["foot_height_m"].min())
    return np.array(out)


@pytest.mark.parametrize("azimuth_rad", [0.0, 1.0, 4.0])
def test_feet_on_a_slope_are_as_high_as_the_plane_says(azimuth_rad: float) -> None:
    over = standing(8.0, height_m=2.0, azimuth_rad=azimuth_rad)
    np.testing.assert_allclose(truth(over)["foot_height_m"], 2.0, atol=1e-5)
    flat = standing(0.0, height_m=2.0)
    north = np.array([math.sin(azimuth_rad), math.cos(azimuth_rad)])
    place(flat, (100.0 * north[0], 100.0 * north[1], 0.0))
    level = truth(flat)["foot_height_m"].mean()
    tilted = standing(8.0, azimuth_rad=azimuth_rad)
    place(tilted, (100.0 * north[0], 100.0 * north[1], 0.0))
    # a hundred metres down the fall line the ground is lower, by the plane
    drop = 100.0 * math.sin(math.radians(8.0))
    assert truth(tilted)["foot_height_m"].mean() - level * math.cos(math.radians(8.0)) == pytest.approx(drop, abs=1e-3)


def fall_line(slope_rad: float) -> FloatArray:
    """Unit vector down the slope that falls to the north-east."""
    level = math.cos(slope_rad)
    return np.array([math.sin(DOWN) * level, math.cos(DOWN) * level, -math.sin(slope_rad)])


# tan of the friction angle is the coefficient: 0.2 is 11.3 deg, well under the 18 deg at which the stage would topple
@pytest.mark.parametrize("slope_deg", [3.0, 8.0, 10.5])
def test_on_a_slope_below_the_friction_angle_a_stage_stays(slope_deg: float) -> None:
    on_pad = standing(slope_deg, azimuth_rad=DOWN, legs__friction=0.2)
    on_pad.advance(command(on_pad), 1400)  # before it may be called at rest
    downhill, begun = fall_line(math.radians(slope_deg)), truth(on_pad)
    assert run_out(on_pad, command(on_pad), 10.0) == "at_rest"
    went = (truth(on_pad)["pos_enu_m"] - begun["pos_enu_m"]) @ downhill
    # what speed the first contact left it with is braked by what friction has over the slope
    braking = GRAVITY_MPS2 * (0.2 * math.cos(math.radians(slope_deg)) - math.sin(math.radians(slope_deg)))
    speed = max(float(begun["vel_enu_mps"] @ downhill), 0.0)
    assert went < 0.01 + speed**2 / (2.0 * braking)


@pytest.mark.parametrize("slope_deg", [12.0, 15.0])
def test_on_a_slope_above_the_friction_angle_a_stage_slides_ever_faster(slope_deg: float) -> None:
    on_pad = standing(slope_deg, azimuth_rad=DOWN, legs__friction=0.2)
    assert run_out(on_pad, command(on_pad), 2.0) is None
    downhill, before = fall_line(math.radians(slope_deg)), truth(on_pad)["vel_enu_mps"]
    on_pad.advance(command(on_pad), 1000)
    gained = (truth(on_pad)["vel_enu_mps"] - before) @ downhill
    slope = math.radians(slope_deg)
    rocking = 0.02  # m/s, of the stage on its legs
    assert gained == pytest.approx(GRAVITY_MPS2 * (math.sin(slope) - 0.2 * math.cos(slope)), abs=rocking)


@pytest.mark.parametrize(("over_deg", "outcome"), [(-0.7, "at_rest"), (0.7, "impact")])
def test_a_stage_topples_on_a_slope_steeper_than_apothem_over_height(over_deg: float, outcome: str) -> None:
    # downhill between two feet, which stick: the friction angle is 45 deg
    level = standing()
    critical_deg = math.degrees(math.atan(APOTHEM_M / centre_height_m(level)))
    # legs so stiff that the stage does not lean on its own springs
    stiff = {
        "legs__stiffness_npm": 4.5e7,
        "legs__crush_n": 1e8,
        "legs__friction": 1.0,
        "legs__side_stiffness_npm": 4.5e7,
    }
    on_pad = standing(critical_deg + over_deg, azimuth_rad=0.0, **stiff)
    assert run_out(on_pad, command(on_pad), 60.0) == outcome
    row = truth(on_pad)
    if outcome == "at_rest":
        assert math.degrees(row["tip_margin_rad"][0]) == pytest.approx(-over_deg, abs=0.4)  # deg: it rocks a little yet
    else:
        assert row["tip_margin_rad"][0] < 0.0
        assert row["struck"][0] in (BASE, TOP)
        assert np.all(row["leg_touched_s"] >= 0.0), "the legs came first"


@pytest.mark.parametrize("slope_deg", [0.0, 6.0])
def test_the_margin_is_the_angle_and_distance_to_the_nearest_edge(slope_deg: float) -> None:
    over = standing(slope_deg, height_m=1.0)
    height, row = centre_height_m(over), truth(over)
    whole, slope = math.atan(APOTHEM_M / height), math.radians(slope_deg)
    assert row["tip_margin_rad"][0] == pytest.approx(whole - slope, abs=1e-6)
    distance = math.hypot(APOTHEM_M, height) * math.sin(whole - slope)
    assert row["tip_margin_m"][0] == pytest.approx(distance, abs=1e-4)


def test_a_leg_that_is_not_locked_takes_its_part_of_the_footprint_away() -> None:
    over = standing(height_m=1.0)
    over.state["leg_progress"][0, 1] = 0.5
    # the edge between its neighbours goes through the axis
    assert truth(over)["tip_margin_m"][0] == pytest.approx(0.0, abs=1e-6)
    over.state["leg_progress"][0] = 0.0
    assert truth(over)["tip_margin_rad"][0] == 0.0


def test_a_stage_set_down_upright_touches_with_all_feet_at_once() -> None:
    falling = standing(height_m=0.3, sink_mps=1.0)
    run_out(falling, command(falling), 1.0)
    touched = truth(falling)["leg_touched_s"]
    fall_s = (math.sqrt(1.0 + 2.0 * GRAVITY_MPS2 * 0.3) - 1.0) / GRAVITY_MPS2
    np.testing.assert_allclose(touched, fall_s, atol=2e-3)  # two ticks
    np.testing.assert_array_equal(touched, touched[0])


def test_the_lowest_leg_of_a_leaning_stage_touches_first() -> None:
    lean = Rotation.from_euler("y", 2.0, degrees=True)  # about north: the east goes down
    falling = standing(height_m=0.6, sink_mps=1.0, lean=lean)
    run_out(falling, command(falling), 1.0)
    row, attitude = truth(falling), lean * UPRIGHT
    feet = [[0.0, LEGS.foot_radius_m * math.cos(a), LEGS.foot_radius_m * math.sin(a)] for a in LEGS.angle_rad]
    lowest = attitude.apply(feet)[:, 2]
    pairs = row["leg_touched_s"][np.argsort(lowest)]
    assert max(pairs[:2]) < min(pairs[2:])


def test_before_contact_no_leg_has_touched_and_nothing_has_struck() -> None:
    row = truth(standing(height_m=2.0))
    np.testing.assert_array_equal(row["leg_touched_s"], -1.0)
    assert row["struck"][0] == 0.0


def rebound_m(kg: float, spring: float, damper: float, speed_mps: float) -> float:
    """How high a mass jumps off a spring and damper that push and never pull."""

    def fall(_t: float, state: FloatArray) -> tuple[float, float]:
        height, rise = state
        push = max(-spring * height - damper * rise, 0.0) if height < 0.0 else 0.0
        return rise, push / kg - GRAVITY_MPS2

    path = solve_ivp(fall, (0.0, 1.5), (-1e-9, -speed_mps), max_step=1e-4, rtol=1e-8)
    return float(path.y[0].max())


@pytest.mark.parametrize("damping_nspm", [2e4, 5e4, 1.5e5])
def test_a_bounce_keeps_the_energy_that_spring_and_damper_leave(damping_nspm: float) -> None:
    speed = 3.0
    falling = standing(sink_mps=speed, legs__damping_nspm=damping_nspm, legs__crush_n=1e9, legs__stroke_m=2.0)
    kg = float(truth(falling)["mass_kg"][0])
    highest = heights(falling, 1500).max()
    assert highest == pytest.approx(rebound_m(kg, 4.0 * LEGS.stiffness_npm, 4.0 * damping_nspm, speed), rel=0.02)
    assert highest < speed**2 / (2.0 * GRAVITY_MPS2), "never more than it came with"


def test_a_second_bounce_is_lower_than_the_first() -> None:
    falling = standing(sink_mps=4.0, legs__damping_nspm=5e4, legs__crush_n=1e9, legs__stroke_m=2.0)
    height = heights(falling, 6000)
    flights = np.flatnonzero(np.diff((height > 0.0).astype(int)))
    tops = [height[a:b].max() for a, b in zip(flights[::2], flights[1::2], strict=False)]
    assert len(tops) > 2
    assert np.all(np.diff(tops[:3]) < 0.0)


def test_a_stage_that_leans_beyond_its_footprint_is_not_at_rest_however_slowly_it_goes() -> None:
    just_over = math.degrees(math.atan(APOTHEM_M / centre_height_m(standing()))) + 0.3
    lean = Rotation.from_euler("x", just_over, degrees=True)
    leaning = standing(height_m=APOTHEM_M * math.sin(math.radians(just_over)), lean=lean, legs__friction=1.0)
    assert run_out(leaning, command(leaning), 60.0) == "impact"
