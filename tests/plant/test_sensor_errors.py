"""Errors of GNSS, radar and gauges beyond white noise: plumes, reflections, beam, biases. The unit's are next door.

Oracles: dynamic pressure and Mach number out of the truth, the binomial distribution, a cone of rays over a plane.
"""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.sensors.units import plume_hides
from hoverslam.plant.setup import GaugeErrors, ImuErrors
from hoverslam.plant.vehicle import VehicleError
from tests.plant.failing import PAIR, THROTTLE
from tests.plant.stage import (
    UPRIGHT,
    column,
    command,
    engines_on,
    noisy,
    place,
    plant,
    sense,
    shipped,
    truth,
)

VACUUM = column(density=0.0)
NOISY = ImuErrors(noise=1.0)
SENSORS = shipped().sensors


def braking(imu: ImuErrors) -> tuple[list[int], list[tuple[int, float, float]]]:
    """Ticks of the fixes of a supersonic burn, and tick, Mach number and thrust coefficient at each period."""
    flying = plant(imu=imu)
    place(flying, (0.0, 0.0, 6000.0), (0.0, 0.0, -480.0))
    row, area = engines_on(flying, (0, *PAIR), 1.0), flying.vehicle.body.ref_area_m2
    fixes, seen = [], []
    for _ in range(80):
        flying.advance(row, 100)
        now = truth(flying)
        seen.append((flying.tick, float(now["mach"][0]), float(now["thrust_n"].sum() / now["q_pa"][0] / area)))
        if flying.state["gnss"][0][1] == flying.tick:
            fixes.append(flying.tick)
    return fixes, seen


def test_there_is_no_fix_in_the_plume_nor_until_the_receiver_has_found_the_sky_again() -> None:
    fixes, seen = braking(NOISY)
    hidden = [
        tick
        for tick, mach, coefficient in seen
        if mach > SENSORS.gnss_plume_mach and coefficient > SENSORS.gnss_plume_thrust_coefficient
    ]
    again = hidden[-1] + round(SENSORS.gnss_plume_s * 1000)
    assert len(hidden) > 5
    assert hidden[0] > seen[0][0], "a time before the plume"
    assert fixes == [tick for tick, _, _ in seen if not hidden[0] <= tick < again]


def test_ideal_sensors_see_through_the_plume() -> None:
    fixes, seen = braking(ImuErrors(noise=0.0))
    assert fixes == [tick for tick, _, _ in seen]


@pytest.mark.parametrize("foot_m", [10.0, 60.0, 250.0])
def test_reflections_off_the_ground_grow_toward_it_and_stay_for_a_while(foot_m: float) -> None:
    vehicle = shipped(sensors__gnss_horizontal_m=0.0, sensors__gnss_vertical_m=0.0, sensors__gnss_multipath_m=1.0)
    first, later = [], []
    for seed in range(150):
        flying = plant(vehicle, column=VACUUM, imu=NOISY, seed=seed)
        exact = plant(vehicle, column=VACUUM)
        errors = []
        for one in (flying, exact):
            place(one, (0.0, 0.0, foot_m))
            one.advance(command(one), 100)
            errors.append(one.state["gnss"][0][2:5].copy())
            one.advance(command(one), 1000)
            errors.append(one.state["gnss"][0][2:5].copy())
        first.append(errors[0] - errors[2])
        later.append(errors[1] - errors[3])
    a, b = np.concatenate(first), np.concatenate(later)
    antenna_m = foot_m + SENSORS.antenna_position_m[0] - shipped().legs.foot_m
    share = max(1.0 - antenna_m / SENSORS.gnss_multipath_height_m, 0.0)
    if share == 0.0:
        np.testing.assert_array_equal(a, 0.0)
        return
    four_sigma = 4.0 / math.sqrt(2.0 * a.size)
    assert np.std(a) == pytest.approx(share, rel=four_sigma)
    kept = math.exp(-1.0 / SENSORS.gnss_multipath_s)
    assert float(np.corrcoef(a, b)[0, 1]) == pytest.approx(kept, abs=4.0 * (1.0 - kept**2) / math.sqrt(a.size))


def nearest_ground(height_m: float, tilt_rad: float, beam_rad: float) -> float:
    """The shortest ray to a plane out of a cone, by trying many."""
    off, around = np.meshgrid(np.linspace(0.0, beam_rad, 400), np.linspace(0.0, 2.0 * math.pi, 181))
    rays = np.stack([np.sin(off) * np.cos(around), np.sin(off) * np.sin(around), np.cos(off)], axis=-1)
    down = (Rotation.from_euler("y", tilt_rad).apply(rays.reshape(-1, 3)))[:, 2]
    return float(height_m / down.max())


@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, 21.0, 29.0])
@pytest.mark.parametrize("beam_deg", [0.0, 5.0, 20.0])
def test_the_echo_is_from_the_nearest_ground_in_the_beam(tilt_deg: float, beam_deg: float) -> None:
    flying = plant(shipped(sensors__radar_beam_rad=math.radians(beam_deg)))
    lean = Rotation.from_euler("x", tilt_deg, degrees=True) * UPRIGHT
    place(flying, (0.0, 0.0, 500.0), attitude=lean)
    height = 500.0 + (SENSORS.radar_position_m - shipped().legs.foot_m) * math.cos(math.radians(tilt_deg))
    rays = 5e-3  # m: between two rays of the cone
    expected = nearest_ground(height, math.radians(tilt_deg), math.radians(beam_deg))
    assert sense(flying)["radar_range_m"][0] == pytest.approx(expected, abs=rays)


@pytest.mark.parametrize(("height_m", "seen"), [(1.9, 0.0), (2.1, 1.0), (999.0, 1.0), (1001.0, 0.0)])
def test_the_range_gate_has_two_ends(height_m: float, seen: float) -> None:
    flying = plant()
    place(flying, (0.0, 0.0, height_m - SENSORS.radar_position_m + shipped().legs.foot_m))
    assert sense(flying)["radar_valid"][0] == seen


def test_an_empty_range_gate_is_refused() -> None:
    with pytest.raises(VehicleError, match=r"sensors.radar_min_m = 1000.0: the range gate is empty; make it less than"):
        shipped(sensors__radar_min_m=1000.0)


def echoes(burns: bool, foot_m: float, imu: ImuErrors = NOISY, probability: float = 0.5) -> list[float]:
    """Whether there is an echo, every 10 ms of a second, two intervals of the plume's draw in a row of twenty."""
    vehicle = shipped(sensors__radar_plume_probability=probability)
    flying = plant(vehicle, imu=imu)
    row = engines_on(flying, PAIR, THROTTLE) if burns else command(flying)
    place(flying, (0.0, 0.0, 3000.0))
    flying.advance(row, 2500)
    seen = []
    for _ in range(100):
        place(flying, (0.0, 0.0, foot_m))
        seen.append(float(sense(flying)["radar_valid"][0]))
        flying.advance(row, 10)
    return seen


def test_the_plume_hides_the_ground_for_whole_intervals_only_while_burning_and_low() -> None:
    seen = np.array(echoes(burns=True, foot_m=15.0)).reshape(10, 10)
    assert set(seen.mean(axis=1)) == {0.0, 1.0}
    assert echoes(burns=True, foot_m=15.0, probability=1.0) == [0.0] * 100
    assert echoes(burns=True, foot_m=15.0, probability=0.0) == [1.0] * 100
    assert echoes(burns=False, foot_m=15.0, probability=1.0) == [1.0] * 100
    assert echoes(burns=True, foot_m=40.0, probability=1.0) == [1.0] * 100
    assert echoes(burns=True, foot_m=15.0, imu=ImuErrors(noise=0.0), probability=1.0) == [1.0] * 100


def test_the_plume_hides_the_ground_as_often_as_stated() -> None:
    params = noisy().params["sensors"][0]
    hold, draws = int(params["radar_plume_hold_ticks"]), 4000
    lost = sum(plume_hides(params, 10.0, True, i * hold) for i in range(draws))
    assert stats.binomtest(lost, draws, SENSORS.radar_plume_probability).pvalue > 1e-4


BIASED = GaugeErrors(
    chamber_pressure_pa=(1e4, -2e4, 3e4),
    tank_pressure_pa=(100.0, -200.0, 3e4),
    level_m=(0.01, -0.02),
    level_scale=(0.005, -0.003),
    gimbal_rad=(1e-3, -2e-3, 3e-3),
    fin_rad=(4e-3, -5e-3),
)


def test_every_gauge_is_off_by_its_own_bias_and_scale() -> None:
    rows = []
    for gauges in (GaugeErrors(), BIASED):
        flying = plant(gauges=gauges)
        flying.advance(engines_on(flying, PAIR, THROTTLE, gimbal_rad=0.02, fin_rad=0.1), 2500)
        rows.append(sense(flying))
    right, off = rows

    def shift(name: str) -> list[float]:
        return [float(round(x, 9)) for x in off[name] - right[name]]

    assert shift("chamber_pressure_pa") == pytest.approx([1e4, -2e4, 3e4] + [0.0] * 6, abs=1e-6)
    assert shift("gimbal_rad") == pytest.approx([1e-3, -2e-3, 3e-3] + [0.0] * 7)
    assert shift("fin_rad") == pytest.approx([4e-3, -5e-3, 0.0, 0.0])
    assert shift("lox_pressure_pa") + shift("lch4_pressure_pa") + shift("rcs_pressure_pa") == pytest.approx(
        [100.0, -200.0, 3e4]
    )
    for name, scale, bias in (("lox_level_m", 0.005, 0.01), ("lch4_level_m", -0.003, -0.02)):
        assert shift(name) == pytest.approx([scale * float(right[name][0]) + bias], abs=1e-8)


def test_positions_and_pressures_are_as_noisy_as_stated() -> None:
    flying = plant(imu=NOISY)
    rows = []
    for _ in range(600):
        flying.advance(command(flying), 1)
        rows.append(sense(flying))
    four_sigma = 4.0 / math.sqrt(2.0 * 600)
    for name, sigma in (
        ("gimbal_rad", SENSORS.gimbal_noise_rad),
        ("fin_rad", SENSORS.fin_noise_rad),
        ("rcs_pressure_pa", SENSORS.pressure_noise_fraction * float(rows[0]["rcs_pressure_pa"][0])),
    ):
        values = np.array([row[name] for row in rows])
        np.testing.assert_allclose(np.std(values, axis=0), sigma, rtol=four_sigma, err_msg=name)
        if values.shape[1] > 1:
            apart = np.corrcoef(values.T) - np.eye(values.shape[1])
            assert np.max(np.abs(apart)) < 4.5 / math.sqrt(600), "each has noise of its own"
