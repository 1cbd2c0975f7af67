"""The truth row. Oracle: pymap3d and scipy, which put the stage where the test wants it."""

import math

import numpy as np
import pymap3d
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.rows import quaternion_over_pad
from hoverslam.plant.layout import Layout, VehicleShape, command_layout, sensor_layout, truth_layout
from tests.plant.stage import (
    STAND,
    UPRIGHT,
    column,
    command,
    engines_on,
    lock_legs,
    pad_frame,
    place,
    plant,
    shipped,
    truth,
)

MILLIMETRE = 1e-3
MICROMETRE = 1e-6  # 1e-9 m of rounding in numbers of 6e6 m, times a few operations
TILTS = [
    UPRIGHT,
    Rotation.from_euler("x", 12.0, degrees=True) * UPRIGHT,
    Rotation.from_euler("y", -70.0, degrees=True) * UPRIGHT,
    Rotation.from_euler("zx", [200.0, 179.0], degrees=True) * UPRIGHT,
    Rotation.from_euler("z", 90.0, degrees=True),
]


@pytest.mark.parametrize("attitude", TILTS)
def test_place_speed_and_attitude_are_those_the_stage_was_given(attitude: Rotation) -> None:
    flying = plant()
    place(flying, (300.0, -200.0, 5_000.0), (40.0, -30.0, -200.0), attitude)
    row = truth(flying)
    np.testing.assert_allclose(row["pos_enu_m"], (300.0, -200.0, 5_000.0), atol=MICROMETRE)
    np.testing.assert_allclose(row["vel_enu_mps"], (40.0, -30.0, -200.0), atol=MICROMETRE)
    assert row["speed_mps"][0] == pytest.approx(math.hypot(40.0, 30.0, 200.0), abs=MICROMETRE)
    there = np.roll(row["q_enu_b"], -1)
    assert (Rotation.from_quat(there) * attitude.inv()).magnitude() == pytest.approx(0.0, abs=1e-9)
    nose = attitude.apply([1.0, 0.0, 0.0])
    assert row["tilt_rad"][0] == pytest.approx(math.acos(nose[2]), abs=1e-7)  # the arc cosine loses half the digits


def test_the_velocity_is_that_of_the_foot_plane_when_the_stage_turns() -> None:
    flying = plant()
    place(flying, (0.0, 0.0, 500.0), turn_b_radps=(0.0, 0.1, 0.0))
    row = truth(flying)
    arm = row["cg_m"][0] - flying.vehicle.legs.foot_m
    # about +y (east here) the tail swings: omega x r = 0.1 east x (-arm) up = +0.1 arm north
    np.testing.assert_allclose(row["vel_enu_mps"], (0.0, 0.1 * arm, 0.0), atol=MICROMETRE)


def test_altitudes_are_those_of_the_foot_over_the_ellipsoid_and_over_the_pad() -> None:
    flying = plant()
    place(flying, (20_000.0, 5_000.0, 3_000.0))
    frame = pad_frame(flying.setup)
    foot = frame.origin_e_m + frame.from_enu.apply((20_000.0, 5_000.0, 3_000.0))
    _, _, altitude_m = pymap3d.ecef2geodetic(*foot)
    assert truth(flying)["altitude_msl_m"][0] == pytest.approx(altitude_m, abs=MICROMETRE)
    assert truth(flying)["altitude_agl_m"][0] == pytest.approx(altitude_m - 1350.0, abs=MICROMETRE)


def test_the_pad_turns_with_the_earth_under_a_stage_that_stands_still_in_space() -> None:
    flying = plant(column=column(density=0.0))
    place(flying, (0.0, 0.0, 20_000.0))
    flying.advance(command(flying), 1000)
    row = truth(flying)
    fall = 0.5 * 9.74  # m in a second, normal gravity at 21 km
    np.testing.assert_allclose(row["pos_enu_m"][:2], 0.0, atol=2e-2)  # m: Coriolis in a second, 4e-4 m; plumb line 1e-3
    assert row["pos_enu_m"][2] == pytest.approx(20_000.0 - fall, abs=1e-2)


def test_masses_are_those_of_the_release_and_the_propellant_that_can_be_drawn() -> None:
    row = truth(plant())
    assert row["lox_kg"][0] == pytest.approx(9310.0)
    assert row["lch4_kg"][0] == pytest.approx(2660.0)
    assert row["rcs_kg"][0] == 250.0
    assert row["mass_kg"][0] == pytest.approx(46_000.0 + 9310.0 + 120.0 + 2660.0 + 40.0 + 250.0)


def test_wind_reaches_the_row_and_the_angle_of_the_air() -> None:
    flying = plant(column=column(east_mps=20.0))
    place(flying, (0.0, 0.0, 5_000.0), (0.0, 0.0, -200.0))
    row = truth(flying)
    np.testing.assert_allclose(row["wind_enu_mps"], (20.0, 0.0, 0.0), atol=1e-12)
    assert row["alpha_rad"][0] == pytest.approx(math.atan2(20.0, 200.0), abs=1e-6)


def test_engine_numbers_are_of_the_engine_that_burns() -> None:
    flying = plant(STAND)
    flying.advance(engines_on(flying, (1,), 0.8), 3000)
    row = truth(flying)
    engine = flying.vehicle.engine
    assert row["engine_level"][1] == pytest.approx(0.8)
    assert row["chamber_pressure_pa"][1] == pytest.approx(0.8 * engine.chamber_pressure_pa)
    assert row["thrust_n"][1] == pytest.approx(0.8 * engine.vacuum_thrust_n, rel=1e-3)  # 300 Pa of back pressure
    others = [0, 2, 3, 4, 5, 6, 7, 8]
    for name in ("engine_level", "thrust_n", "chamber_pressure_pa", "flow_kgps", "engine_state"):
        np.testing.assert_array_equal(row[name][others], 0.0)


def test_foot_heights_are_over_the_pad_for_legs_out_or_stowed() -> None:
    flying = plant()
    lean = Rotation.from_euler("x", 10.0, degrees=True) * UPRIGHT
    place(flying, (0.0, 0.0, 40.0), attitude=lean)
    legs = flying.vehicle.legs
    feet = [[0.0, legs.foot_radius_m * math.cos(a), legs.foot_radius_m * math.sin(a)] for a in legs.angle_rad]
    expected = 40.0 + lean.apply(feet)[:, 2]
    np.testing.assert_allclose(truth(flying)["foot_height_m"], expected, atol=MICROMETRE)
    lock_legs(flying)
    np.testing.assert_allclose(truth(flying)["foot_height_m"], expected, atol=MICROMETRE)
    np.testing.assert_array_equal(truth(flying)["leg_locked"], 1.0)


def test_an_attitude_near_any_half_turn_is_read_without_loss() -> None:
    site = plant().params[0]["around"]["site"]
    frame = pad_frame(plant().setup)
    for axis in ([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, -2, 3]):
        half_turn = Rotation.from_rotvec(math.pi * (1 - 1e-7) * np.array(axis) / np.linalg.norm(axis))
        x, y, z, w = (frame.from_enu * half_turn).as_quat()
        found = quaternion_over_pad(site, (w, x, y, z), 0.0)
        back = Rotation.from_quat(np.roll(found, -1))
        assert (back * half_turn.inv()).magnitude() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("make", [command_layout, sensor_layout, truth_layout])
def test_the_fields_of_a_row_tile_it_without_gap_or_overlap(make: object) -> None:
    assert callable(make)
    layout: Layout = make(VehicleShape(engines=7, gimballed=3, fins=4, thrusters=6, legs=3))
    covered = np.zeros(layout.width)
    for field in layout.fields:
        covered[layout.slice(field.name)] += 1.0
        assert layout.slice(field.name).stop - layout.slice(field.name).start == field.width
    np.testing.assert_array_equal(covered, 1.0)


def test_a_field_that_is_not_in_a_row_is_answered_with_those_that_are() -> None:
    with pytest.raises(KeyError, match=r"no field 'thrust'.*engine_on.*leg_deploy"):
        plant(shipped()).command_layout.slice("thrust")
