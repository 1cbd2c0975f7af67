"""What a positive command does. Oracle: harness.wire.signs as directions, and r x F by numpy from the vehicle file.

A step on one actuator, and the same flight without it: how force at the centre of gravity and turn rate part, in body
axes, within a few frames. Fins and gimbals fly at 58 kPa, thrusters where there is no air.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.docs.wire import elements, told
from hoverslam.harness.wire.signs import SIGNS
from hoverslam.plant.plant import Plant
from hoverslam.scenarios.load import load
from tests.plant.stage import REFERENCE_RELEASE, column, command, engines_on, plant, sense, shipped, truth

FloatArray = NDArray[np.float64]
VEHICLE = shipped()
FINS, RCS, CLUSTER = VEHICLE.fins, VEHICLE.rcs, VEHICLE.cluster
AXES = {"+x": (1.0, 0.0, 0.0), "+y": (0.0, 1.0, 0.0), "+z": (0.0, 0.0, 1.0)}
SMALL_RAD = 0.03
"""A deflection below every limit."""
HELD = 60
"""Ticks, six frames: an actuator has moved by then and the stage hardly turned."""
LIT = 3000
"""Ticks, three seconds: engines burn steadily by then."""
ALONG = 0.98
"""Least cosine of an angle between what is expected and what is flown: the rest is slosh, air and the turn."""
INERTIA_KGM2 = np.array(VEHICLE.body.dry_inertia_kgm2)
"""Of the empty stage: which axis turns how easily, to ten per cent with the propellant aboard."""


class Step(NamedTuple):
    """A positive command of one element: the rows with and without it, where it pushes and which way."""

    row: FloatArray
    still: FloatArray
    at_m: tuple[float, float, float]
    push: FloatArray


def low() -> Plant:
    """Falling base first, straight down, through dense air, and nothing dispersed."""
    release = REFERENCE_RELEASE._replace(altitude_msl_m=9000.0, range_m=0.0, speed_mps=500.0, flight_path_rad=-1.5533)
    return plant(release=release)


def high() -> Plant:
    """Without air."""
    return plant(column=column(density=0.0))


def push_of(field: str, which: int = 0) -> str:
    """What the table says of a field."""
    return [sign.push for sign in SIGNS if sign.field == field][which]


def gimbal(flown: Plant, number: int) -> Step:
    """One angle of one engine, with all engines that swivel burning: their ring is even."""
    engine, angles = int(CLUSTER.gimballed[number // 2]), np.zeros(2 * flown.shape.gimballed)
    angles[number] = SMALL_RAD
    burning = tuple(int(one) for one in CLUSTER.gimballed)
    y, z = CLUSTER.position_m[engine]
    return Step(
        engines_on(flown, burning, 0.8, gimbal_rad=angles),
        engines_on(flown, burning, 0.8),
        (0.0, y, z),
        np.array(AXES[push_of("gimbal_rad", number % 2)]),
    )


def throttle(flown: Plant, number: int) -> Step:
    """More of one engine, with all engines that swivel burning."""
    burning = tuple(int(one) for one in CLUSTER.gimballed)
    still = engines_on(flown, burning, 0.8)
    row = still.copy()
    row[flown.command_layout.slice("throttle")][burning[number]] = 0.9
    y, z = CLUSTER.position_m[burning[number]]
    return Step(row, still, (0.0, y, z), np.array(AXES[push_of("throttle")]))


def engine_on(flown: Plant, number: int) -> Step:
    """All but one of the engines that swivel, and all of them."""
    burning = tuple(int(one) for one in CLUSTER.gimballed)
    y, z = CLUSTER.position_m[burning[number]]
    rest = tuple(one for one in burning if one != burning[number])
    row, still = engines_on(flown, burning, 0.8), engines_on(flown, rest, 0.8)
    return Step(row, still, (0.0, y, z), np.array(AXES[push_of("engine_on")]))


def fin(flown: Plant, number: int) -> Step:
    """One fin; the table gives its push by the direction (c, s) in which it sticks out."""
    assert push_of("fin_rad") == "(0, -s, c)"
    angles = np.zeros(flown.shape.fins)
    angles[number] = SMALL_RAD
    c, s = FINS.span_yz[number]
    at = (FINS.position_m, FINS.radius_m * c, FINS.radius_m * s)
    return Step(command(flown, fin_rad=angles), command(flown), at, np.array([0.0, -s, c]))


def thruster(flown: Plant, number: int) -> Step:
    """One thruster; the table sends to the flight load, which is held to the vehicle file here."""
    assert push_of("rcs_open") == "thruster_direction[i]"
    told_of = flight_load(load("zq3-landing"))["stage"]
    on = np.zeros(flown.shape.thrusters)
    on[number] = 1.0
    at, push = told_of["thruster_position_m"][number], np.array(told_of["thruster_direction"][number])
    return Step(command(flown, rcs_open=on), command(flown), at, push)


def felt(make: Callable[[], Plant], before: FloatArray | None, row: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Specific force at the centre of gravity and turn rate, in body axes, after `row` was held."""
    flown = make()
    if before is not None:
        flown.advance(before, LIT)
    flown.advance(row, HELD)
    now = truth(flown)
    return now["accel_b_mps2"], now["omega_b_radps"]


def case(name: str, step: Callable[[Plant, int], Step], number: int, make: Callable[[], Plant], lit: bool) -> object:
    return pytest.param(step, number, make, lit, id=f"{name}[{number}]")


SWIVEL = len(CLUSTER.gimballed)
CASES = [
    *(case("gimbal_rad", gimbal, number, low, True) for number in range(2 * SWIVEL)),
    *(case("throttle", throttle, number, low, True) for number in range(SWIVEL)),
    *(case("fin_rad", fin, number, low, False) for number in range(len(FINS.span_yz))),
    *(case("rcs_open", thruster, number, high, False) for number in range(len(RCS.position_m))),
]


@pytest.mark.parametrize(("step", "number", "make", "lit"), CASES)
def test_a_positive_command_pushes_as_the_table_says_and_turns_the_stage_by_its_arm(
    step: Callable[[Plant, int], Step], number: int, make: Callable[[], Plant], lit: bool
) -> None:
    flown = make()
    one = step(flown, number)
    before = one.still if lit else None
    (force, turn), (force_0, turn_0) = felt(make, before, one.row), felt(make, before, one.still)
    pushed, turned = force - force_0, INERTIA_KGM2 * (turn - turn_0)
    moment = np.cross(np.array(one.at_m) - np.array([truth(flown)["cg_m"][0], 0.0, 0.0]), one.push)
    assert pushed @ one.push > ALONG * np.linalg.norm(pushed) > 0.0
    if np.any(np.abs(moment) > 1e-9):
        assert turned @ moment > ALONG * np.linalg.norm(turned) * np.linalg.norm(moment) > 0.0
    else:
        assert np.linalg.norm(turned) < 0.01 * np.linalg.norm(pushed) * truth(flown)["mass_kg"][0], "metres of arm"


@pytest.mark.parametrize("number", range(SWIVEL))
def test_an_engine_that_is_on_pushes_along_the_nose(number: int) -> None:
    one = engine_on(low(), number)
    push = felt(low, one.row, one.row)[0] - felt(low, one.still, one.still)[0]
    assert one.push.tolist() == [1.0, 0.0, 0.0]
    assert push[0] > 1.0, "m/s2: 700 kN on a stage of 60 t, and what the turning air adds"


def test_legs_go_out_and_do_not_come_back() -> None:
    flown = low()
    flown.advance(command(flown, leg_deploy=1.0), 4000)
    assert truth(flown)["leg_locked"].all()
    flown.advance(command(flown), 1000)
    assert truth(flown)["leg_locked"].all()


def test_all_fins_at_one_angle_roll_the_stage_about_its_nose() -> None:
    flown = low()
    angles = np.full(flown.shape.fins, SMALL_RAD)
    turn = felt(low, None, command(flown, fin_rad=angles))[1] - felt(low, None, command(flown))[1]
    assert turn[0] > 10.0 * np.linalg.norm(turn[1:])


def test_the_table_has_every_field_of_a_command() -> None:
    assert {sign.field for sign in SIGNS} == {field.name for field in low().command_layout.fields}


def test_the_elements_on_the_page_are_told_as_the_right_hand_rule_has_it() -> None:
    cg_m = VEHICLE.body.dry_cg_m
    said = {f"{one.field}[{one.number}]": told(one, cg_m) for one in elements(VEHICLE)}
    # by hand, on paper: under the centre of gravity the nose goes against the push, over it along; roll = y Fz - z Fy
    assert said["gimbal_rad[0]"] == ("-z", "")
    assert said["gimbal_rad[2]"] == ("-z", "+x")  # at y = 1.65, pushed to +z
    assert said["gimbal_rad[5]"] == ("-y", "-x")  # at z = 1.65, pushed to +y
    assert said["fin_rad[1]"] == ("-y", "+x")  # sticks out to +z
    assert said["rcs_open[1]"] == ("-z", "-x")  # at y = 2.25, pushed to -z


def test_the_inertial_unit_reports_a_turn_with_the_sign_of_the_turn() -> None:
    flown = low()
    row = command(flown, fin_rad=np.full(flown.shape.fins, SMALL_RAD))
    flown.advance(row, HELD)
    assert sense(flown)["imu_dangle_b_rad"][0] > 0.0
    assert sense(flown)["gimbal_rad"].shape == (2 * flown.shape.gimballed,)


def test_at_release_y_points_to_the_right_of_the_azimuth_and_z_ahead_and_up() -> None:
    flown = plant()
    now, azimuth = truth(flown), REFERENCE_RELEASE.azimuth_rad
    x, y, z = Rotation.from_quat(now["q_enu_b"], scalar_first=True).apply(np.eye(3))
    ahead = np.array([math.sin(azimuth), math.cos(azimuth), 0.0])
    right = np.array([math.cos(azimuth), -math.sin(azimuth), 0.0])
    assert x @ now["vel_enu_mps"] / np.linalg.norm(now["vel_enu_mps"]) == pytest.approx(-1.0, abs=1e-6)
    assert y @ right > 0.9999
    assert z @ ahead > 0.8
    assert z[2] > 0.4


def test_the_start_of_the_load_is_that_of_the_inertial_unit_and_truth_that_of_the_feet() -> None:
    scenario = load("zq3-landing")
    told, flown = (
        flight_load(scenario),
        plant(release=REFERENCE_RELEASE._replace(range_m=scenario.release.range_to_pad_m)),
    )
    now, imu = truth(flown), np.array(VEHICLE.sensors.imu_position_m)
    arm = imu - np.array([VEHICLE.legs.foot_m, 0.0, 0.0])
    unit = now["pos_enu_m"] + Rotation.from_quat(now["q_enu_b"], scalar_first=True).apply(arm)
    start = np.array(told["start"]["pos_enu_m"])
    assert np.linalg.norm(unit - start) < 5.0, "metres: the load states a nominal flight of its own, rounded"
    assert np.linalg.norm(now["pos_enu_m"] - start) > 35.0, "41.3 m of axis lie between feet and unit"
    assert told["stage"]["imu_m"] == pytest.approx(imu)
    assert told["stage"]["foot_m"] == pytest.approx(VEHICLE.legs.foot_m)


def test_levels_count_the_residuals_and_dry_mass_does_not() -> None:
    flown = plant()
    now, tank = truth(flown), VEHICLE.lox
    held_kg = now["lox_kg"][0] + tank.residual_kg
    level = sense(flown)["lox_level_m"][0]
    area_m2 = flight_load(load("zq3-landing"))["stage"]["tank_area_m2"]
    assert level * area_m2 * tank.density_kgpm3 == pytest.approx(held_kg, rel=1e-3)
    believed = flight_load(load("zq3-landing"))["stage"]["dry_mass_kg"]
    assert believed == VEHICLE.body.dry_mass_kg + 0.5 * VEHICLE.rcs.load_kg


def test_the_forecast_begins_at_sea_level_and_is_in_natural_logarithms() -> None:
    forecast = flight_load(load("zq3-landing"))["forecast"]
    assert math.exp(forecast["log_density"][0]) == pytest.approx(1.225, rel=2e-3)  # U.S. Standard Atmosphere 1976
    assert math.exp(forecast["log_pressure"][0]) == pytest.approx(101_325.0, rel=2e-3)
    assert forecast["step_m"] == 1000.0
    assert math.exp(forecast["log_density"][11]) == pytest.approx(0.36480, rel=5e-3)  # at 11 km
