"""Legs on the pad. Oracles: statics, work and energy, Coulomb's law, and the design sum of the vehicle file."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.legs import crush, deploy, foot_force, foot_position
from hoverslam.plant.plant import Plant
from tests.plant.stage import UPRIGHT, column, command, lock_legs, place, plant, run_out, shipped, truth

STAGE = shipped()
LEGS = STAGE.legs
GRAVITY_MPS2 = 9.7985  # WGS-84 normal gravity at 38.6 deg and 1,350 m: 9.8022 at the ellipsoid, -3.086e-6 per metre
ROUNDING = 1e-12  # relative
FULL_KG = 48_000.0  # stage mass of the design sum in the vehicle file
Vec = tuple[float, float, float]


def over_the_pad(height_m: float, vel_enu_mps: Vec, attitude: Rotation = UPRIGHT, kg: float = FULL_KG) -> Plant:
    """A stage of this mass in a vacuum, legs locked, feet at this height and moving like this."""
    vehicle = shipped(body__dry_mass_kg=kg - 410.0)  # residuals 160 kg and 250 kg of gas are aboard
    empty = plant(vehicle).setup.release._replace(lox_kg=0.0, lch4_kg=0.0)
    standing = plant(vehicle, release=empty, column=column(density=0.0))
    place(standing, (0.0, 0.0, height_m), vel_enu_mps, attitude)
    lock_legs(standing)
    return standing


def test_a_leg_pushes_as_its_spring_and_damper_until_the_core_gives_way() -> None:
    gentle = foot_force(LEGS, -0.02, 0.0, (0.0, 0.0, -0.5))
    assert gentle[2] == pytest.approx(0.02 * LEGS.stiffness_npm + 0.5 * LEGS.damping_nspm, rel=ROUNDING)
    assert foot_force(LEGS, -0.2, 0.0, (0.0, 0.0, -3.0))[2] == LEGS.crush_n


def test_the_ground_never_pulls() -> None:
    assert foot_force(LEGS, -0.01, 0.0, (0.0, 0.0, 5.0))[2] == 0.0
    assert foot_force(LEGS, 0.01, 0.0, (0.0, 0.0, -5.0)) == (0.0, 0.0, 0.0)
    assert foot_force(LEGS, -0.3, 0.35, (0.0, 0.0, -1.0)) == (0.0, 0.0, 0.0), "a crushed leg has to come down first"


@pytest.mark.parametrize("direction_rad", [0.0, 1.1, 3.0])
def test_friction_is_coulombs_against_the_slide(direction_rad: float) -> None:
    slide = 2.0 * np.array([math.cos(direction_rad), math.sin(direction_rad)])
    force = np.array(foot_force(LEGS, -0.05, 0.0, (slide[0], slide[1], 0.0)))
    np.testing.assert_allclose(force[:2], -LEGS.friction * force[2] * slide / 2.0, rtol=ROUNDING, atol=1e-6)


def test_a_foot_that_sticks_pulls_as_a_spring_and_damper_until_it_slides() -> None:
    held = foot_force(LEGS, -0.05, 0.0, (0.0, 0.05, 0.0), (0.01, 0.0, 0.0))
    np.testing.assert_allclose(held[:2], (-0.01 * LEGS.side_stiffness_npm, -0.05 * LEGS.side_damping_nspm))
    sliding = foot_force(LEGS, -0.05, 0.0, (0.0, 0.0, 0.0), (0.3, -0.4, 0.0))
    np.testing.assert_allclose(sliding[:2], LEGS.friction * sliding[2] * np.array([-0.6, 0.8]), rtol=ROUNDING)


def test_on_a_slope_the_push_is_out_of_the_plane_and_friction_along_it() -> None:
    normal = (0.0, -math.sin(0.2), math.cos(0.2))
    downhill = (0.0, -2.0 * math.cos(0.2), -2.0 * math.sin(0.2))
    force = np.array(foot_force(LEGS, -0.05, 0.0, downhill, (0.0, 0.0, 0.0), normal))
    push = 0.05 * LEGS.stiffness_npm
    np.testing.assert_allclose(force, push * (np.array(normal) - 0.5 * LEGS.friction * np.array(downhill)), atol=1e-6)


def test_a_foot_at_rest_feels_no_friction() -> None:
    assert foot_force(LEGS, -0.05, 0.0, (0.0, 0.0, 0.0))[:2] == (0.0, 0.0)


def test_the_core_is_crushed_down_to_its_force_and_does_not_spring_back() -> None:
    deep = crush(LEGS, -0.4, 0.0)
    assert LEGS.stiffness_npm * (0.4 - deep) == pytest.approx(LEGS.crush_n, rel=ROUNDING)
    assert crush(LEGS, -0.1, deep) == deep


def test_four_feet_stand_on_a_circle_under_the_stage() -> None:
    feet = np.array([foot_position(LEGS, i) for i in range(4)])
    np.testing.assert_allclose(np.hypot(feet[:, 1], feet[:, 2]), LEGS.foot_radius_m, rtol=ROUNDING)
    np.testing.assert_allclose(feet.mean(axis=0), [LEGS.foot_m, 0.0, 0.0], atol=1e-9)


def test_legs_take_their_time_to_come_out_and_then_lock() -> None:
    progress, ticks = 0.0, 0
    while progress < 1.0:
        progress, ticks = deploy(progress, LEGS, 0.001), ticks + 1
    assert ticks == pytest.approx(LEGS.deploy_time_s / 0.001, abs=1)
    assert deploy(progress, LEGS, 0.001) == 1.0, "locked, it stays where it is"


def test_the_legs_carry_the_weight_at_rest() -> None:
    standing = over_the_pad(0.05, (0.0, 0.0, 0.0))
    assert run_out(standing, command(standing), 6.0) == "at_rest"
    squeeze = -truth(standing)["foot_height_m"]  # of the spring: height of the foot plus what is crushed
    weight = FULL_KG * GRAVITY_MPS2
    assert LEGS.stiffness_npm * squeeze.sum() == pytest.approx(weight, rel=1e-3)  # the settling ends at 0.05 m/s
    np.testing.assert_allclose(squeeze, squeeze.mean(), rtol=1e-3)
    assert np.all(truth(standing)["leg_contact"] == 1.0)


def test_a_soft_touchdown_gives_back_its_energy_to_the_damper_and_crushes_nothing() -> None:
    standing = over_the_pad(0.0, (0.0, 0.0, -1.0))
    assert run_out(standing, command(standing), 6.0) == "at_rest"
    assert np.all(truth(standing)["leg_stroke_m"] == 0.0)


@pytest.mark.parametrize("speed_mps", [4.0, 5.0, 6.0])
def test_a_hard_touchdown_spends_its_energy_on_the_crush_force(speed_mps: float) -> None:
    standing = over_the_pad(0.0, (0.0, 0.0, -speed_mps))
    deepest = 0.0
    for _ in range(300):
        standing.advance(command(standing), 1)
        deepest = max(deepest, -float(truth(standing)["pos_enu_m"][2]))
    # the damper takes each leg to its crush force at once and holds it there almost to the stop
    travel = 0.5 * FULL_KG * speed_mps**2 / (4 * LEGS.crush_n - FULL_KG * GRAVITY_MPS2)
    damper_fades = 0.05  # relative: in the last tenth of a metre per second the force is below the crush force
    assert deepest == pytest.approx(travel, rel=damper_fades)


def test_six_metres_a_second_at_48_tonnes_use_the_stroke_and_no_more() -> None:
    # vehicle file: crush force chosen so that 6 m/s at 48 t uses the stroke
    survived, lost = over_the_pad(0.0, (0.0, 0.0, -6.0)), over_the_pad(0.0, (0.0, 0.0, -7.0))
    assert run_out(survived, command(survived), 6.0) == "at_rest"
    crushed = float(truth(survived)["leg_stroke_m"].max())
    spring = LEGS.crush_n / LEGS.stiffness_npm
    assert crushed + spring == pytest.approx(LEGS.stroke_m, rel=0.05)  # rel: as in the test above
    assert run_out(lost, command(lost), 6.0) == "impact"


def test_a_sliding_stage_is_braked_by_friction() -> None:
    standing = over_the_pad(0.0, (2.0, 0.0, -0.5))
    standing.advance(command(standing), 20)
    felt, slide_mps = truth(standing)["accel_b_mps2"], truth(standing)["vel_enu_mps"][0]
    tilted = 1e-2  # relative: rad of lean after 20 ms, and the mean over a tick
    assert slide_mps > 0.5, "still sliding"
    assert felt[1] / felt[0] == pytest.approx(-LEGS.friction, rel=tilted)
    assert run_out(standing, command(standing), 8.0) == "at_rest"
    assert abs(truth(standing)["vel_enu_mps"][0]) < 0.01


def test_a_stage_without_legs_is_lost_on_the_ground() -> None:
    falling = over_the_pad(0.5, (0.0, 0.0, -1.0))
    falling.state["leg_progress"][0] = 0.0
    assert run_out(falling, command(falling), 6.0) == "impact"


def test_three_locked_legs_carry_and_the_fourth_that_is_stowed_does_not() -> None:
    landing = over_the_pad(0.0, (0.0, 0.0, -1.0))
    landing.state["leg_progress"][0, 2] = 0.0
    landing.advance(command(landing), 50)
    np.testing.assert_array_equal(truth(landing)["leg_contact"], [1.0, 1.0, 0.0, 1.0])
    assert truth(landing)["accel_b_mps2"][0] > GRAVITY_MPS2, "three legs brake a fall of 1 m/s"


def test_a_stage_that_leans_too_far_falls_over() -> None:
    # gnc.md: the centre of gravity leaves the base beyond atan(9 cos 45 deg / 19.4 m) = 18 deg
    leaning = over_the_pad(1.0, (0.0, 0.0, 0.0), Rotation.from_euler("x", 25.0, degrees=True) * UPRIGHT)
    assert run_out(leaning, command(leaning), 20.0) == "impact"
    standing = over_the_pad(0.6, (0.0, 0.0, 0.0), Rotation.from_euler("x", 3.0, degrees=True) * UPRIGHT)
    assert run_out(standing, command(standing), 20.0) == "at_rest"
