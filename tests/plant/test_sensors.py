"""The avionics. With the noise off, measurements are exact up to their quantum.

Oracles: gravity and Earth rate for a stage at rest, rigid-body kinematics by numpy, pymap3d for the fix, plane geometry
for the radar.
"""

import math

import numpy as np
import pymap3d
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.sensors.units import measured_increment, quantise
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import ImuErrors
from tests.plant.stage import (
    EARTH_RATE_RADPS,
    PAD_LATITUDE_RAD,
    STAND,
    UPRIGHT,
    FloatArray,
    column,
    command,
    engines_on,
    lock_legs,
    pad_frame,
    place,
    plant,
    sense,
    shipped,
    truth,
)

STAGE = shipped()
SENSORS = STAGE.sensors
NORMAL_GRAVITY_MPS2 = 9.7966  # WGS-84 at 38.6 deg: 9.80046 on the ellipsoid, 3.086e-6 per metre less at 1,350 m + 15 m
# the Earth's rate along x (up), y (east) and z (north) of an upright stage
EARTH_B_RADPS = EARTH_RATE_RADPS * np.array([math.sin(PAD_LATITUDE_RAD), 0.0, math.cos(PAD_LATITUDE_RAD)])
VACUUM = column(density=0.0)
NOISY = ImuErrors(noise=1.0)


def at_rest() -> Plant:
    """The stage on its legs, settled for 1.4 s, just before the plant calls it at rest."""
    standing = plant(column=VACUUM)
    place(standing, (0.0, 0.0, -0.008))  # near the sag of its springs under 58 t
    lock_legs(standing)
    standing.advance(command(standing), 1200)
    sense(standing)
    standing.advance(command(standing), 200)
    return standing


def test_at_rest_on_the_pad_the_accelerometer_feels_gravity_and_the_gyro_the_earth() -> None:
    standing = at_rest()
    row = sense(standing)
    bounce, quantum = 2e-3, SENSORS.accel_quantum_mps / 0.2  # m/s2: what is left of the settling, and of rounding
    np.testing.assert_allclose(row["imu_dvel_b_mps"] / 0.2, (NORMAL_GRAVITY_MPS2, 0.0, 0.0), atol=bounce + quantum)
    rocking, quantum = 1e-5, SENSORS.gyro_quantum_rad / 0.2  # rad/s
    np.testing.assert_allclose(row["imu_dangle_b_rad"] / 0.2, EARTH_B_RADPS, atol=rocking + quantum)


def test_in_free_fall_the_unit_feels_only_what_the_turn_does_at_its_place() -> None:
    falling = plant(column=VACUUM)
    omega = np.array([0.3, 0.0, 0.0])  # in space, about the long axis: it stays as it is
    against_earth = omega - EARTH_B_RADPS
    place(falling, (0.0, 0.0, 20_000.0), turn_b_radps=tuple(against_earth))
    sense(falling)
    falling.advance(command(falling), 100)
    row = sense(falling)
    arm = np.array(SENSORS.imu_position_m) - [truth(falling)["cg_m"][0], 0.0, 0.0]
    felt = np.cross(omega, np.cross(omega, arm))
    np.testing.assert_allclose(row["imu_dvel_b_mps"], 0.1 * felt, atol=0.5 * SENSORS.accel_quantum_mps + 1e-9)
    np.testing.assert_allclose(row["imu_dangle_b_rad"], 0.1 * omega, atol=0.5 * SENSORS.gyro_quantum_rad + 1e-12)


def test_increments_add_up_to_the_motion_of_the_unit() -> None:
    # strapdown: what was felt, turned into space and with gravity added, is the change of the unit's velocity
    burning = plant()
    row = engines_on(burning, (0, 1, 5), 0.8, gimbal_rad=0.004, fin_rad=0.05)
    burning.advance(row, 2200)
    sense(burning)
    before, felt = _imu_state(burning), np.zeros(3)
    pull = []
    for _ in range(200):
        start = _attitude_i(burning)
        burning.advance(row, 1)
        felt += start.apply(sense_exact(burning))
        pull.append(_gravitation(burning))
    change = _imu_state(burning) - before
    expected = felt + 0.001 * np.sum(pull, axis=0)
    integration = 1e-3  # m/s of 6: first order in the turn of a tick
    np.testing.assert_allclose(change, expected, atol=integration)


def sense_exact(burning: Plant) -> FloatArray:
    """Velocity increment before quantisation."""
    increment = burning.state["imu"][0][:3].copy()
    burning.state["imu"][0] = 0.0
    return np.asarray(increment)


def _attitude_i(burning: Plant) -> Rotation:
    return Rotation.from_quat(np.roll(burning.state["rigid"][0][6:10], -1))


def _imu_state(burning: Plant) -> FloatArray:
    """Inertial velocity of the unit."""
    rigid, cg = burning.state["rigid"][0], burning.state["cg_m"][0]
    swing = np.cross(rigid[10:13], np.array(SENSORS.imu_position_m) - cg)
    return np.asarray(rigid[3:6] + _attitude_i(burning).apply(swing))


def _gravitation(burning: Plant) -> FloatArray:
    """Point mass and J2 at the stage (Vallado, eq. 8-25), good to 1e-7 m/s2 here."""
    pos = burning.state["rigid"][0][:3]
    r = np.linalg.norm(pos)
    z2 = (pos[2] / r) ** 2
    bulge = 1.5 * 1.08262982e-3 * (6378137.0 / r) ** 2
    factors = 1.0 + bulge * np.array([1.0 - 5.0 * z2, 1.0 - 5.0 * z2, 3.0 - 5.0 * z2])
    return np.asarray(-3.986004418e14 / r**3 * factors * pos)


def test_noise_off_means_exact_values() -> None:
    flying = plant()
    place(flying, (0.0, 0.0, 600.0), (0.0, 0.0, -50.0))
    flying.advance(command(flying), 160)
    first, again = sense(flying), plant(seed=99)
    place(again, (0.0, 0.0, 600.0), (0.0, 0.0, -50.0))
    again.advance(command(again), 160)
    for name, values in sense(again).items():
        np.testing.assert_array_equal(values, first[name], err_msg=name)
    row = truth(flying)
    area = math.pi * STAGE.lox.radius_m**2
    level = (row["lox_kg"][0] + STAGE.lox.residual_kg) / (STAGE.lox.density_kgpm3 * area)
    assert first["lox_level_m"][0] == pytest.approx(level, rel=1e-12)


def test_bias_scale_and_misalignment_enter_as_they_are_defined() -> None:
    true = (1.0, 2.0, -3.0)
    skew = (1e-3, -2e-3, 3e-3)  # small turn of the unit about its axes
    turned = np.array(true) - np.cross(skew, true)
    bias, gain = np.array([0.01, -0.02, 0.03]), np.array([1e-3, 2e-3, -1e-3])
    found = measured_increment(true, tuple(bias), tuple(gain), skew, (0.0, 0.0, 0.0), 1e-12, 0.5)
    np.testing.assert_allclose(found, (1.0 + gain) * turned + 0.5 * bias, atol=1e-11)


def test_a_reading_is_a_whole_number_of_quanta_and_the_nearest() -> None:
    for value in np.random.default_rng(1).normal(size=50):
        found = quantise(float(value), 0.01)
        assert found / 0.01 == pytest.approx(round(found / 0.01), abs=1e-9)
        assert abs(found - value) <= 0.005 + 1e-12


def test_noise_of_the_inertial_unit_has_its_density() -> None:
    readings = []
    falling = plant(column=VACUUM, imu=NOISY)
    place(falling, (0.0, 0.0, 60_000.0))
    for _ in range(2000):
        falling.advance(command(falling), 10)
        row = sense(falling)
        readings.append(np.concatenate([row["imu_dvel_b_mps"], row["imu_dangle_b_rad"]]))
    spread = np.std(np.array(readings), axis=0)
    expected = 0.1 * np.repeat([SENSORS.accel_noise_mps2_rthz, SENSORS.gyro_noise_radps_rthz], 3)  # root of 0.01 s
    four_sigma = 4.0 / math.sqrt(2 * 2000)  # relative error of a standard deviation from 2,000 draws
    np.testing.assert_allclose(spread, expected, rtol=four_sigma)


def test_a_fix_is_taken_every_period_and_comes_after_its_latency() -> None:
    flying = plant()
    seen: list[tuple[int, int]] = []
    for _ in range(35):
        flying.advance(command(flying), 10)
        row = sense(flying)
        if row["gnss_new"][0]:
            seen.append((flying.tick, int(row["gnss_time_ns"][0])))
        else:
            np.testing.assert_array_equal([*row["gnss_pos_e_m"], *row["gnss_time_ns"]], 0.0)
    assert seen == [(160, 100_000_000), (260, 200_000_000)]  # 10 Hz, 60 ms


def test_a_fix_is_the_antenna_at_the_time_of_the_fix() -> None:
    flying = plant(column=VACUUM)
    lean = Rotation.from_euler("xy", [20.0, -10.0], degrees=True) * UPRIGHT
    place(flying, (500.0, -800.0, 9_000.0), (30.0, 60.0, -250.0), lean, (0.02, 0.1, -0.05))
    flying.advance(command(flying), 100)
    row, frame = truth(flying), pad_frame(flying.setup)
    flying.advance(command(flying), 60)
    fix = sense(flying)
    attitude = Rotation.from_quat(np.roll(row["q_enu_b"], -1))
    arm = np.array(SENSORS.antenna_position_m) - [STAGE.legs.foot_m, 0.0, 0.0]
    earth_b = (frame.from_enu * attitude).inv().apply([0.0, 0.0, EARTH_RATE_RADPS])
    swing = np.cross(row["omega_b_radps"] - earth_b, arm)
    lat, lon = math.degrees(flying.setup.latitude_rad), math.degrees(flying.setup.longitude_rad)
    expected = pymap3d.enu2ecef(*(row["pos_enu_m"] + attitude.apply(arm)), lat, lon, flying.setup.elevation_m)
    np.testing.assert_allclose(fix["gnss_pos_e_m"], expected, atol=1e-6)
    velocity = frame.from_enu.apply(row["vel_enu_mps"] + attitude.apply(swing))
    np.testing.assert_allclose(fix["gnss_vel_e_mps"], velocity, atol=1e-6)


def test_noise_of_the_fix_has_its_size_across_and_along_the_vertical() -> None:
    clean, noisy = plant(column=VACUUM), plant(column=VACUUM, imu=NOISY)
    frame, errors = pad_frame(clean.setup), []
    for flying in (clean, noisy):
        place(flying, (0.0, 0.0, 90_000.0))
    for _ in range(600):
        clean.advance(command(clean), 100)
        noisy.advance(command(noisy), 100)
        a, b = clean.state["gnss"][0], noisy.state["gnss"][0]
        errors.append(np.concatenate([frame.from_enu.inv().apply(b[i : i + 3] - a[i : i + 3]) for i in (2, 5)]))
    expected = [SENSORS.gnss_horizontal_m] * 2 + [SENSORS.gnss_vertical_m] + [SENSORS.gnss_velocity_mps] * 3
    four_sigma = 4.0 / math.sqrt(2 * 600)
    np.testing.assert_allclose(np.std(np.array(errors), axis=0), expected, rtol=four_sigma)


@pytest.mark.parametrize("tilt_deg", [0.0, 10.0, 29.0])
def test_a_pencil_beam_measures_along_the_tail_from_its_own_place(tilt_deg: float) -> None:
    flying = plant(shipped(sensors__radar_beam_rad=0.0))
    lean = Rotation.from_euler("x", tilt_deg, degrees=True) * UPRIGHT
    place(flying, (0.0, 0.0, 500.0), attitude=lean)
    cosine = math.cos(math.radians(tilt_deg))
    height = 500.0 + (SENSORS.radar_position_m - STAGE.legs.foot_m) * cosine
    row = sense(flying)
    assert row["radar_valid"][0] == 1.0
    assert row["radar_range_m"][0] == pytest.approx(height / cosine, abs=1e-5)


@pytest.mark.parametrize(("height_m", "tilt_deg"), [(1_050.0, 0.0), (500.0, 31.0), (996.5, 26.0)])
def test_the_radar_is_silent_too_high_and_too_tilted(height_m: float, tilt_deg: float) -> None:
    flying = plant()
    place(flying, (0.0, 0.0, height_m), attitude=Rotation.from_euler("x", tilt_deg, degrees=True) * UPRIGHT)
    row = sense(flying)
    assert (row["radar_valid"][0], row["radar_range_m"][0]) == (0.0, 0.0)


def test_chamber_pressure_follows_the_level_and_is_nothing_while_off() -> None:
    burning = plant(STAND, imu=NOISY)
    burning.advance(engines_on(burning, (0,), 0.7), 3000)
    sense(burning)
    readings = []
    for _ in range(500):
        burning.advance(engines_on(burning, (0,), 0.7), 1)
        row = sense(burning)
        np.testing.assert_array_equal(row["chamber_pressure_pa"][1:], 0.0)
        readings.append(row["chamber_pressure_pa"][0])
    nominal = 0.7 * STAGE.engine.chamber_pressure_pa
    four_sigma = 4.0 * SENSORS.pressure_noise_fraction / math.sqrt(500)
    assert np.mean(readings) == pytest.approx(nominal, rel=four_sigma)
    assert np.std(readings) == pytest.approx(SENSORS.pressure_noise_fraction * nominal, rel=4.0 / math.sqrt(1000))


def test_tank_pressures_carry_the_column_of_liquid_under_the_felt_acceleration() -> None:
    falling = plant()
    falling.advance(command(falling), 20_000)
    sense(falling)
    row, felt = truth(falling), truth(falling)["accel_b_mps2"][0]
    level = sense(falling)["lox_level_m"][0]
    assert felt > 1.0
    expected = row["ullage_pa"][0] + STAGE.lox.density_kgpm3 * felt * level
    assert sense(falling)["lox_pressure_pa"][0] == pytest.approx(expected, rel=1e-9)
    assert row["accel_b_mps2"][0] == felt


def test_positions_switches_and_bottle_are_reported_as_they_are() -> None:
    flying = plant()
    row = command(flying, gimbal_rad=0.05, fin_rad=-0.2, leg_deploy=1.0)
    flying.advance(row, 2600)
    sense(flying)
    flying.advance(row, 10)
    reported, true = sense(flying), truth(flying)
    rounding = 1e-12  # of the means over a frame of what stands still
    np.testing.assert_allclose(reported["gimbal_rad"], true["gimbal_rad"], rtol=rounding)
    np.testing.assert_allclose(reported["fin_rad"], true["fin_rad"], rtol=rounding)
    np.testing.assert_array_equal(reported["leg_locked"], 1.0)
    np.testing.assert_array_equal(reported["leg_contact"], 0.0)
    full = STAGE.rcs.bottle_pressure_pa * 250.0 / STAGE.rcs.load_kg
    assert reported["rcs_pressure_pa"][0] == pytest.approx(full)
