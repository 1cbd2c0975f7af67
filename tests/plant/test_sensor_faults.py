"""Sensors that fail. Oracle: the same flight with sound ones."""

import numpy as np
import pytest

from plant.faults import Trigger
from tests.plant.failing import fault, sensed
from tests.plant.stage import FloatArray


@pytest.mark.parametrize(
    ("sensor", "field"),
    [("gyro", "imu_dangle_b_rad"), ("radar", "radar_range_m"), ("lox_level", "lox_level_m"), ("gnss", "gnss_pos_e_m")],
)
def test_a_failed_sensor_reports_what_its_fault_says(sensor: str, field: str) -> None:
    frames, when = 100, Trigger("time", delay_s=0.5)
    sound = sensed(frames)
    last = max(i for i in range(frames) if sensor != "gnss" or sound[i]["gnss_new"][0] > 0.5)
    span_s = 0.01 if sensor == "gyro" else 1.0

    def seen(kind: str, **numbers: float) -> list[dict[str, FloatArray]]:
        return sensed(frames, fault(kind, when, sensor, **numbers))

    np.testing.assert_allclose(
        seen("sensor_bias", bias=2.0)[last][field], sound[last][field] + 2.0 * span_s, rtol=1e-12
    )
    np.testing.assert_array_equal(seen("sensor_bias", bias=2.0)[40][field], sound[40][field])
    assert np.isnan(seen("sensor_nan")[last][field]).all()
    np.testing.assert_array_equal(seen("sensor_late", by_s=0.2)[last][field], sound[last - 20][field])
    stuck = seen("sensor_stuck")
    fresh = [i for i in range(55, frames) if sensor != "gnss" or sound[i]["gnss_new"][0] > 0.5]
    np.testing.assert_array_equal(stuck[fresh[0]][field], stuck[fresh[-1]][field])
    rough = seen("sensor_noisy", sigma=3.0)
    off = np.array([rough[i][field] - sound[i][field] for i in fresh]).ravel() / span_s
    few = 4.0 / np.sqrt(2 * off.size)  # four sigma of a standard deviation
    assert np.std(off) == pytest.approx(3.0, rel=few)


def test_a_silent_receiver_gives_no_fix_until_it_is_over() -> None:
    outage = fault("sensor_silent", Trigger("time", delay_s=0.3), "gnss", lasts_s=0.4)
    fixes = [i for i, row in enumerate(sensed(100, outage)) if row["gnss_new"][0] > 0.5]
    sound = [i for i, row in enumerate(sensed(100)) if row["gnss_new"][0] > 0.5]
    assert fixes == [i for i in sound if not 29 <= i < 69]
