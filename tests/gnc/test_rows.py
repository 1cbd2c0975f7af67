"""Where the flight software looks and writes. Oracle: the plant's own layouts, for vehicles of several shapes."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.gnc.layout import Counts, frame_width, start_state, wiring
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout
from tests.gnc import beliefs

SHAPES = [VehicleShape(9, 5, 4, 8, 4), VehicleShape(1, 1, 4, 0, 3), VehicleShape(7, 3, 6, 12, 5)]


@pytest.mark.parametrize("shape", SHAPES)
def test_measurements_are_read_where_the_plant_puts_them(shape: VehicleShape) -> None:
    row, at = sensor_layout(shape), wiring(Counts(*shape))
    assert frame_width(Counts(*shape)) == row.width
    assert (row.slice("imu_dvel_b_mps").start, row.slice("imu_dangle_b_rad").start) == (at.dvel, at.dangle)
    assert at.angles == row.slice("gimbal_rad").start
    assert at.gnss == row.slice("gnss_new").start
    assert at.gnss + 1 == row.slice("gnss_time_ns").start
    assert at.gnss + 2 == row.slice("gnss_pos_e_m").start
    assert at.gnss + 5 == row.slice("gnss_vel_e_mps").start
    assert at.radar == row.slice("radar_valid").start
    assert at.radar + 1 == row.slice("radar_range_m").start
    assert at.pressure == row.slice("chamber_pressure_pa").start
    assert at.state == row.slice("engine_state").start
    assert at.lox_level == row.slice("lox_level_m").start
    assert at.lch4_level == row.slice("lch4_level_m").start
    assert at.contact == row.slice("leg_contact").start


@pytest.mark.parametrize("shape", SHAPES)
def test_commands_are_written_where_the_plant_reads_them(shape: VehicleShape) -> None:
    row, at = command_layout(shape), wiring(Counts(*shape))
    assert at.engines == row.slice("engine_on").start
    assert at.throttle == row.slice("throttle").start
    assert at.gimbal == row.slice("gimbal_rad").start
    assert at.fin == row.slice("fin_rad").start
    assert at.thruster == row.slice("rcs_open").start
    assert at.leg == row.slice("leg_deploy").start
    assert (at.legs, at.width) == (shape.legs, row.width)


def test_a_flight_begins_with_the_nose_against_the_motion_and_body_y_to_the_right() -> None:
    load = beliefs.load()
    nav = start_state(load, 9)["nav"][0]
    attitude = Rotation.from_quat(np.roll(nav[6:10], -1))
    fall = np.array(load.start.vel_enu_mps)
    np.testing.assert_allclose(attitude.apply([1.0, 0.0, 0.0]), -fall / np.linalg.norm(fall), atol=1e-12)
    azimuth = load.start.azimuth_rad
    right = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    assert attitude.apply([0.0, 1.0, 0.0]) @ right > 0.99
    np.testing.assert_array_equal(nav[0:6], [*load.start.pos_enu_m, *load.start.vel_enu_mps])
