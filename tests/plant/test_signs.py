"""What a positive command does. Oracle: docs/wire.md's sentences, as directions, and lever arms by numpy.

A step on one actuator, and the same flight without it: which way velocity and turn rate part, in body axes.
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from gnc.node import EVENT_NAMES, MODES
from harness.build import flight_load
from harness.wire.signs import table
from plant.plant import Plant
from scenarios.load import load
from tests.plant.stage import REFERENCE_RELEASE, command, engines_on, plant, sense, shipped, truth

FloatArray = NDArray[np.float64]
VEHICLE = shipped()
X, Y, Z = np.eye(3)
DOCS = Path(__file__).parents[2] / "docs"
WIRE, LOAD = DOCS / "wire.md", DOCS / "flight-load.md"
SMALL_RAD, HELD = 0.03, 120
"""A deflection below every limit, and ticks: an actuator has moved by then and the stage hardly turned."""


def low() -> Plant:
    """Falling base first, straight down, through dense air, and nothing dispersed."""
    release = REFERENCE_RELEASE._replace(altitude_msl_m=9000.0, range_m=0.0, speed_mps=500.0, flight_path_rad=-1.5533)
    return plant(release=release)


def after(flown: Plant, row: FloatArray, first: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Velocity in body axes and turn rate after the step; `first` is commanded until the engines run."""
    if first is not None:
        flown.advance(first, 3000)
    flown.advance(row, HELD)
    now = truth(flown)
    attitude = Rotation.from_quat(now["q_enu_b"], scalar_first=True)
    return attitude.inv().apply(now["vel_enu_mps"]), now["omega_b_radps"]


def parted(row: FloatArray, still: FloatArray, first: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """How a command parts a flight from the same without it."""
    (vel, turn), (vel_0, turn_0) = after(low(), row, first), after(low(), still, first)
    return vel - vel_0, turn - turn_0


def lever(push: FloatArray, at_m: FloatArray, cg_m: float) -> FloatArray:
    """Direction of the moment of a push."""
    moment: FloatArray = np.cross(at_m - np.array([cg_m, 0.0, 0.0]), push)
    return moment


def nose(turn: FloatArray) -> FloatArray:
    """Where a turn moves the nose."""
    moved: FloatArray = np.cross(turn, X)
    return moved


@pytest.mark.parametrize(("axis", "pushes", "turns", "nose_goes"), [(0, Z, Y, -Z), (1, Y, -Z, -Y)], ids=["y", "z"])
def test_a_positive_gimbal_angle_leans_the_thrust_as_the_wire_says(
    axis: int, pushes: FloatArray, turns: FloatArray, nose_goes: FloatArray
) -> None:
    flown = low()
    still = engines_on(flown, (0,), 0.9)
    angles = np.zeros(2 * flown.shape.gimballed)
    angles[axis] = SMALL_RAD  # of the first that swivels: engine 0, on the axis
    _, turn = parted(engines_on(flown, (0,), 0.9, gimbal_rad=angles), still, still)
    assert turn @ turns > 0.9 * np.linalg.norm(turn) > 0.0
    assert nose(turn) @ nose_goes > 0.0
    assert lever(pushes, np.zeros(3), truth(flown)["cg_m"][0]) @ turn > 0.0


@pytest.mark.parametrize("fin", range(4))
def test_a_positive_fin_angle_pushes_a_quarter_turn_from_its_span(fin: int) -> None:
    flown = low()
    angles = np.zeros(flown.shape.fins)
    angles[fin] = SMALL_RAD
    _, turn = parted(command(flown, fin_rad=angles), command(flown))
    c, s = VEHICLE.fins.span_yz[fin]
    pushes = np.array([0.0, -s, c])
    at = np.array([VEHICLE.fins.position_m, VEHICLE.fins.radius_m * c, VEHICLE.fins.radius_m * s])
    assert nose(turn) @ pushes > 0.0, "the fins are over the centre of gravity"
    assert turn @ X > 0.0
    assert np.all(np.sign(turn[1:]) * np.sign(lever(pushes, at, truth(flown)["cg_m"][0])[1:]) >= -1e-9)


def test_all_fins_at_one_angle_roll_the_stage_about_its_nose() -> None:
    flown = low()
    _, turn = parted(command(flown, fin_rad=np.full(flown.shape.fins, SMALL_RAD)), command(flown))
    assert turn[0] > 10.0 * np.linalg.norm(turn[1:])


@pytest.mark.parametrize("thruster", range(8))
def test_a_thruster_moves_the_nose_where_it_pushes(thruster: int) -> None:
    flown = low()
    on = np.zeros(flown.shape.thrusters)
    on[thruster] = 1.0
    _, turn = parted(command(flown, rcs_open=on), command(flown))
    direction = VEHICLE.rcs.direction[thruster]
    wanted = lever(direction, VEHICLE.rcs.position_m[thruster], truth(flown)["cg_m"][0])
    assert nose(turn) @ direction > 0.0
    assert np.sign(turn[0]) == np.sign(wanted[0])


def test_an_engine_that_is_on_pushes_along_the_nose() -> None:
    flown = low()
    row = engines_on(flown, (0,), 0.9)
    push, _ = parted(row, command(flown), row)
    assert push[0] > 0.0


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


def test_the_page_of_the_wire_has_the_table() -> None:
    assert table() in WIRE.read_text(encoding="utf-8")


def test_the_page_of_the_flight_load_has_every_key_and_no_other() -> None:
    page = re.findall(r"`((?:pad|start|forecast|stage|filter|gains)\.\w+)`", LOAD.read_text(encoding="utf-8"))
    told = flight_load(load("zq3-landing"))
    assert set(page) == {f"{name}.{key}" for name, keys in told.items() for key in keys}


def test_the_dictionary_of_telemetry_names_what_is_reported_and_read() -> None:
    text = WIRE.read_text(encoding="utf-8").split("## Telemetry")[1].split("\n## ")[0]
    assert [name for name in (*EVENT_NAMES.values(), *MODES.values()) if f"`{name}`" not in text] == []
