"""The inertial unit: drift of its biases, random walk, range.

Oracles: Allan variances in closed form (IEEE Std 952-1997, annex C), rigid-body kinematics.
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.sensors.units import gauss_markov
from tests.plant.stage import FloatArray, column, command, noisy, place, plant, sense, shipped, truth

VACUUM = column(density=0.0)
SENSORS = shipped().sensors


def allan_variance(rate: FloatArray, readings: int) -> FloatArray:
    """Overlapping Allan variance of each column over clusters of so many readings."""
    total = np.cumsum(np.vstack([np.zeros((1, rate.shape[1])), rate]), axis=0)
    mean = (total[readings:] - total[:-readings]) / readings
    return np.asarray(0.5 * np.mean((mean[readings:] - mean[:-readings]) ** 2, axis=0))


def random_walk(density: float, span_s: float) -> float:
    """Of white noise: angle or velocity random walk."""
    return density**2 / span_s


def drift(sigma: float, correlation_s: float, span_s: float) -> float:
    """Of a first-order Gauss-Markov process (IEEE Std 952-1997, eq. C.20, with q^2 = 2 sigma^2 / T)."""
    r = span_s / correlation_s
    return 2.0 * sigma**2 / r * (1.0 - (3.0 - 4.0 * math.exp(-r) + math.exp(-2.0 * r)) / (2.0 * r))


CORRELATION_S, FLIGHT_S, READ_S = 2.0, 600.0, 0.01


@pytest.fixture(scope="module")
def readings() -> FloatArray:
    """Rates and specific forces read in ten minutes of free fall, with drifts large enough to be seen in that time."""
    falling = noisy(
        gyro_drift_radps=1e-4, gyro_drift_s=CORRELATION_S, accel_drift_mps2=5e-3, accel_drift_s=CORRELATION_S
    )
    place(falling, (0.0, 0.0, 300_000.0), (0.0, 0.0, 3500.0))
    rows, idle, row = [], command(falling), np.zeros(falling.sensor_layout.width)
    for _ in range(round(FLIGHT_S / READ_S)):
        falling.advance(idle, 10)
        falling.sense(row)
        rows.append(row[:6] / READ_S)
    return np.array(rows)


@pytest.mark.parametrize("span_s", [0.02, 0.1, 0.5, 2.0, 4.0, 8.0])
def test_the_allan_variance_is_that_of_the_random_walk_and_the_drift(readings: FloatArray, span_s: float) -> None:
    seen = allan_variance(readings, round(span_s / READ_S)).reshape(2, 3).mean(axis=1)
    expected = [
        random_walk(SENSORS.accel_noise_mps2_rthz, span_s) + drift(5e-3, CORRELATION_S, span_s),
        random_walk(SENSORS.gyro_noise_radps_rthz, span_s) + drift(1e-4, CORRELATION_S, span_s),
    ]
    independent = 3.0 * FLIGHT_S / max(span_s, CORRELATION_S)  # of three axes
    four_sigma = 4.0 * math.sqrt(2.0 / independent)
    grid = 0.05  # the drift stands still for 0.1 s of its 2 s
    np.testing.assert_allclose(seen, expected, rtol=four_sigma + grid)


def test_a_gauss_markov_process_keeps_its_size_and_forgets_as_it_should() -> None:
    normal, x = np.random.default_rng(3).standard_normal(50_000), [0.0]
    for n in normal:
        x.append(gauss_markov(x[-1], 2.0, 5.0, 1.0, n))
    series = np.array(x[100:])
    independent = series.size / 10.0  # twice the correlation time
    assert np.std(series) == pytest.approx(2.0, rel=4.0 / math.sqrt(2.0 * independent))
    for lag in (1, 5):
        kept = float(np.corrcoef(series[:-lag], series[lag:])[0, 1])
        assert kept == pytest.approx(math.exp(-lag / 5.0), abs=4.0 / math.sqrt(independent))


def test_how_often_the_unit_is_read_changes_neither_its_drift_nor_any_other_sensor() -> None:
    rows, drifts = [], []
    for ticks in (10, 80):
        flying = noisy()
        place(flying, (0.0, 0.0, 900.0), (0.0, 0.0, -20.0))
        for _ in range(160 // ticks):
            flying.advance(command(flying), ticks)
            last = sense(flying)
        drifts.append(flying.state["wander"].copy())
        rows.append({name: values for name, values in last.items() if not name.startswith("imu")})
    np.testing.assert_array_equal(drifts[0], drifts[1])
    assert rows[0]["gnss_new"][0] == rows[0]["radar_valid"][0] == 1.0
    rounding = 1e-12  # of the means that gauges report
    for name, values in rows[0].items():
        np.testing.assert_allclose(values, rows[1][name], rtol=rounding, err_msg=name)


def test_a_drift_leaves_every_other_noise_as_it_was() -> None:
    steady, drifting = noisy(gyro_drift_radps=0.0), noisy(gyro_drift_radps=1e-3)
    rows = []
    for flying in (steady, drifting):
        place(flying, (0.0, 0.0, 900.0), (0.0, 0.0, -20.0))
        flying.advance(command(flying), 160)
        rows.append(sense(flying))
    for name in rows[0]:
        assert np.array_equal(rows[0][name], rows[1][name]) == (name != "imu_dangle_b_rad"), name


@pytest.mark.parametrize(("turn_radps", "clipped"), [(6.9, False), (9.0, True), (-9.0, True)])
def test_a_rate_beyond_the_range_is_clipped_and_said(turn_radps: float, clipped: bool) -> None:
    spinning = plant(column=VACUUM)
    place(spinning, (0.0, 0.0, 20_000.0), turn_b_radps=(turn_radps, 0.0, 0.0))
    sense(spinning)
    spinning.advance(command(spinning), 100)
    row = sense(spinning)
    most = math.copysign(min(abs(turn_radps), SENSORS.gyro_limit_radps), turn_radps)
    earth = 1e-5  # rad in 0.1 s
    assert row["imu_dangle_b_rad"][0] == pytest.approx(0.1 * most, abs=earth)
    assert truth(spinning)["imu_saturated_s"][0] == pytest.approx(0.1 if clipped else 0.0)


def test_an_acceleration_beyond_the_range_is_clipped_and_the_other_axes_are_not() -> None:
    spinning = plant(shipped(sensors__accel_limit_mps2=5.0), column=VACUUM)
    place(spinning, (0.0, 0.0, 20_000.0), turn_b_radps=(4.0, 0.0, 0.0))
    sense(spinning)
    spinning.advance(command(spinning), 100)
    row = sense(spinning)
    outward = SENSORS.imu_position_m[1] * 4.0**2
    assert outward > 5.0
    assert row["imu_dvel_b_mps"][1] == pytest.approx(-0.5, abs=SENSORS.accel_quantum_mps)
    assert abs(row["imu_dvel_b_mps"][2]) < 0.05
    assert truth(spinning)["imu_saturated_s"][0] == pytest.approx(0.1)
