"""The plant as its callers see it: release, faults, ends, and the promise that a flight is a function of its setup.

Oracles: pymap3d and scipy for the release, bit-equality for determinism, the clock for faults.
"""

import math

import numpy as np
import pymap3d
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.faults import ArmedFault, Trigger
from hoverslam.plant.kernels.engines.engine import FAILED, RUNNING
from hoverslam.plant.plant import Plant, PlantDiverged
from hoverslam.plant.setup import FlightSetup, ImuErrors, ReleaseState
from tests.plant.stage import (
    REFERENCE_RELEASE,
    STEP_S,
    FloatArray,
    column,
    command,
    engines_on,
    lock_legs,
    pad_frame,
    place,
    plant,
    run_out,
    sense,
    setup,
    shipped,
    truth,
)

MICROMETRE = 1e-6  # m: rounding of Earth-centred numbers


def state_bytes(flying: Plant) -> bytes:
    """Every bit of the moving state."""
    return flying.state.tobytes()


def gusty(seed: int) -> Plant:
    """A noisy flight through turbulence in dense air."""
    low = REFERENCE_RELEASE._replace(altitude_msl_m=12_000.0)
    return plant(turbulence="moderate", w20_mps=7.0, imu=ImuErrors(noise=1.0), seed=seed, release=low)


def flown(flying: Plant, pieces: list[int]) -> bytes:
    """The state after these numbers of ticks, one after another, engines burning and fins out."""
    row = engines_on(flying, (0, 1, 5), 0.7, gimbal_rad=0.01, fin_rad=0.05)
    for ticks in pieces:
        flying.advance(row, ticks)
    return state_bytes(flying)


def test_the_same_seed_flies_the_same_bits() -> None:
    assert flown(gusty(4), [3000]) == flown(gusty(4), [3000])


def test_another_seed_flies_other_bits() -> None:
    assert flown(gusty(4), [3000]) != flown(gusty(5), [3000])


def test_ticks_in_pieces_are_the_ticks_in_one_go_bit_for_bit() -> None:
    whole = flown(gusty(4), [3000])
    assert flown(gusty(4), [10] * 300) == whole
    assert flown(gusty(4), [1, 999, 7, 1993]) == whole


def test_two_plants_side_by_side_do_not_disturb_each_other() -> None:
    alone = flown(gusty(4), [2000])
    one, other = gusty(4), gusty(5)
    row = engines_on(one, (0, 1, 5), 0.7, gimbal_rad=0.01, fin_rad=0.05)
    for _ in range(200):
        one.advance(row, 10)
        other.advance(row, 10)
    assert state_bytes(one) == alone


def test_reading_truth_changes_nothing_and_reading_sensors_only_what_they_hold() -> None:
    read, unread = gusty(4), gusty(4)
    for flying in (read, unread):
        flying.advance(command(flying), 555)
    truth(read)
    assert state_bytes(read) == state_bytes(unread)
    sense(read)
    changed = {
        name for name in read.state.dtype.names or () if not np.array_equal(read.state[name], unread.state[name])
    }
    assert changed <= {"imu", "gnss", "spoilt", "frames", "gauged"}


def test_switching_the_sensor_noise_on_leaves_the_flight_as_it_was() -> None:
    noisy, silent = gusty(4), plant(gusty(4).vehicle, **gusty(4).setup._replace(imu=ImuErrors(noise=0.0))._asdict())
    for flying in (noisy, silent):
        flying.advance(command(flying), 2000)
    np.testing.assert_array_equal(noisy.state["rigid"], silent.state["rigid"])


@pytest.mark.parametrize("azimuth_deg", [0.0, 90.0, 139.0, 270.0])
def test_the_release_is_short_of_the_pad_and_to_its_left_at_its_altitude(azimuth_deg: float) -> None:
    azimuth = math.radians(azimuth_deg)
    there = plant(release=REFERENCE_RELEASE._replace(azimuth_rad=azimuth, left_m=400.0))
    frame = pad_frame(there.setup)
    pos_i = there.state["rigid"][0][:3]
    east, north, _ = frame.from_enu.inv().apply(pos_i - frame.origin_e_m)
    downrange = east * math.sin(azimuth) + north * math.cos(azimuth)
    right = east * math.cos(azimuth) - north * math.sin(azimuth)
    assert (downrange, right) == (pytest.approx(-15_000.0, abs=MICROMETRE), pytest.approx(-400.0, abs=MICROMETRE))
    _, _, altitude_m = pymap3d.ecef2geodetic(*pos_i)
    assert altitude_m == pytest.approx(40_000.0, abs=1e-3)  # m: where the iteration stops


def test_the_release_flies_along_its_azimuth_and_path_angle_over_the_turning_earth() -> None:
    row = truth(plant())
    east, north, up = row["vel_enu_mps"]
    spin = 2.0 * 7.292115e-5 * 45.0  # m/s: the foot plane is some 20 m from the centre of gravity, which does not turn
    assert math.hypot(east, north, up) == pytest.approx(661.6, abs=spin)
    assert math.degrees(math.atan2(east, north)) == pytest.approx(139.0, abs=1e-3)
    assert math.degrees(math.asin(up / math.hypot(east, north, up))) == pytest.approx(-60.4, abs=1e-3)


def test_the_nose_points_against_the_velocity_and_body_y_to_the_right_of_the_azimuth() -> None:
    row = truth(plant())
    attitude = Rotation.from_quat(np.roll(row["q_enu_b"], -1))
    velocity = row["vel_enu_mps"] / np.linalg.norm(row["vel_enu_mps"])
    np.testing.assert_allclose(attitude.apply([1.0, 0.0, 0.0]), -velocity, atol=1e-5)
    azimuth = REFERENCE_RELEASE.azimuth_rad
    np.testing.assert_allclose(attitude.apply([0.0, 1.0, 0.0]), (math.cos(azimuth), -math.sin(azimuth), 0.0), atol=1e-9)
    np.testing.assert_array_equal(row["omega_b_radps"], 0.0)


def test_dispersions_of_the_release_move_place_speed_and_attitude_by_just_that() -> None:
    plain = truth(plant())
    offsets = ReleaseState(
        *REFERENCE_RELEASE[:9],
        pos_offset_enu_m=(100.0, -50.0, 30.0),
        vel_offset_enu_mps=(1.0, 2.0, -3.0),
        attitude_offset_rad=(0.0, 0.01, -0.02),
    )
    moved = truth(plant(release=offsets))
    arm = 25.0 * 0.0224  # m: the foot plane swings with the attitude about the centre of gravity
    np.testing.assert_allclose(moved["pos_enu_m"] - plain["pos_enu_m"], (100.0, -50.0, 30.0), atol=arm)
    np.testing.assert_allclose(moved["vel_enu_mps"] - plain["vel_enu_mps"], (1.0, 2.0, -3.0), atol=1e-2)
    turns = [Rotation.from_quat(np.roll(row["q_enu_b"], -1)) for row in (plain, moved)]
    turn = (turns[0].inv() * turns[1]).as_rotvec()
    np.testing.assert_allclose(turn, (0.0, 0.01, -0.02), atol=1e-6)  # rad: third order in the angle


def shutdown(engine: int, delay_s: float) -> ArmedFault:
    return ArmedFault("engine_shutdown", engine, Trigger("event", "landing_ignition", delay_s=delay_s))


def test_an_engine_shut_down_by_a_fault_fails_so_long_after_the_first_start_command() -> None:
    flying = plant(faults=(shutdown(1, 2.5), shutdown(5, 3.0)))
    flying.advance(command(flying), 400)
    row = engines_on(flying, (0, 1, 5), 0.8)
    failed_at: dict[int, float] = {}
    for _ in range(3500):
        flying.advance(row, 1)
        for engine in np.flatnonzero(truth(flying)["engine_state"] == FAILED):
            failed_at.setdefault(int(engine), (flying.tick - 400) * STEP_S)
    two_ticks = 2.5 * STEP_S
    assert failed_at == {1: pytest.approx(2.5, abs=two_ticks), 5: pytest.approx(3.0, abs=two_ticks)}
    assert truth(flying)["engine_state"][0] == RUNNING


def test_without_a_start_a_fault_never_comes() -> None:
    flying = plant(faults=(shutdown(0, 0.1),))
    flying.advance(command(flying), 1000)
    assert np.all(flying.state["healthy"] == 1.0)


def test_every_engine_of_a_dry_tank_fails() -> None:
    little = REFERENCE_RELEASE._replace(lch4_kg=100.0)
    flying = plant(release=little)
    run_out(flying, engines_on(flying, (0, 1, 5), 1.0), 6.0)
    row = truth(flying)
    np.testing.assert_array_equal(row["engine_state"][[0, 1, 5]], FAILED)
    assert row["lch4_kg"][0] == pytest.approx(0.0, abs=20.0)  # kg: what three engines draw while their pumps run down
    assert row["lox_kg"][0] > 8000.0


def test_legs_come_out_by_one_command_and_stay_out() -> None:
    flying = plant()
    flying.advance(command(flying, leg_deploy=1.0), 10)
    flying.advance(command(flying), 2600)
    np.testing.assert_array_equal(truth(flying)["leg_locked"], 1.0)


def test_a_command_beyond_the_stops_is_clipped_by_the_actuators() -> None:
    flying = plant()
    flying.advance(command(flying, gimbal_rad=9.0, fin_rad=-9.0, throttle=9.0), 2000)
    np.testing.assert_allclose(truth(flying)["gimbal_rad"], flying.vehicle.cluster.gimbal_limit_rad, rtol=1e-9)
    np.testing.assert_allclose(truth(flying)["fin_rad"], -flying.vehicle.fins.limit_rad, rtol=1e-9)


def test_a_fall_to_the_ground_ends_in_an_impact_and_nothing_moves_after_it() -> None:
    falling = plant()
    place(falling, (0.0, 0.0, 50.0), (0.0, 0.0, -30.0))
    assert falling.outcome is None
    assert run_out(falling, command(falling), 10.0) == "impact"
    ended = state_bytes(falling)
    falling.advance(command(falling), 1000)
    assert state_bytes(falling) == ended


def test_a_stage_set_down_softly_ends_at_rest() -> None:
    landing = plant()
    place(landing, (0.0, 0.0, 0.05), (0.2, 0.0, -1.0))
    lock_legs(landing)
    assert run_out(landing, command(landing), 10.0) == "at_rest"
    assert landing.tick * STEP_S > 1.5, "it is watched for a while"


def test_a_stage_at_rest_with_an_engine_still_burning_is_not_at_rest() -> None:
    landing = plant()
    place(landing, (0.0, 0.0, 0.0), (0.0, 0.0, -0.3))
    lock_legs(landing)
    landing.state["engines"][0, 0, :3] = (RUNNING, 5.0, 0.5)
    assert run_out(landing, engines_on(landing, (0,), 0.5), 6.0) is None
    assert run_out(landing, command(landing), 6.0) == "at_rest"


@pytest.mark.parametrize(
    ("number", "value"), [(0, np.inf), (2, np.nan), (3, np.nan), (5, 1e200), (6, np.nan), (11, np.nan)]
)
def test_a_state_that_is_no_longer_finite_is_raised_with_its_tick(number: int, value: float) -> None:
    broken = plant()
    broken.advance(command(broken), 123)
    broken.state["rigid"][0, number] = value  # position, velocity, quaternion, rate
    with pytest.raises(PlantDiverged, match=r"tick 12[3-9]"):
        broken.advance(command(broken), 6)


def test_a_period_that_is_not_a_whole_number_of_ticks_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"sensors\.gnss_period_s 0\.1005 s is not a whole number of 0\.001 s ticks"):
        plant(shipped(sensors__gnss_period_s=0.1005))
    with pytest.raises(ValueError, match=r"gust grid 0\.01 s is not a whole number of 0\.003 s ticks"):
        plant(dt_s=0.003)


def _after(seconds: float, dt_s: float) -> FloatArray:
    settings: FlightSetup = setup(dt_s=dt_s, column=column(east_mps=10.0))
    flying = Plant(shipped(), settings)
    flying.advance(command(flying, fin_rad=[0.1, 0.0, -0.1, 0.0]), round(seconds / dt_s))
    return np.array(flying.state["rigid"][0])


def test_half_the_step_ends_in_the_same_place() -> None:
    coarse, fine = _after(30.0, 0.001), _after(30.0, 0.0005)
    # first order: deflections are held over a tick, so the fins are half a millisecond late on their way out
    np.testing.assert_allclose(coarse[:3], fine[:3], atol=1e-3)
    np.testing.assert_allclose(coarse[3:6], fine[3:6], atol=1e-4)
