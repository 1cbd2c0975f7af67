"""Sensors that fail. Oracle: the same flight with sound ones."""

import numpy as np
import pytest

from hoverslam.plant.faults import KINDS, SENSORS, ArmedFault, Trigger, refusal
from hoverslam.plant.layout import sensor_layout
from hoverslam.plant.sensors import TARGETS
from tests.plant.failing import fault, sensed
from tests.plant.stage import FloatArray, engines_on, place, plant, sense


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


def test_a_late_fix_comes_with_the_time_at_which_it_was_true() -> None:
    late = sensed(100, fault("sensor_late", Trigger("time"), "gnss", by_s=0.2))
    sound = sensed(100)
    for i in range(20, 100):
        for name in ("gnss_new", "gnss_time_ns", "gnss_pos_e_m", "gnss_vel_e_mps"):
            np.testing.assert_array_equal(late[i][name], sound[i - 20][name])


@pytest.mark.parametrize(
    ("sensor", "field", "span_s"), [("radar", "radar_range_m", 1.0), ("gyro", "imu_dangle_b_rad", 0.01)]
)
def test_a_drift_grows_with_the_time_since_it_began(sensor: str, field: str, span_s: float) -> None:
    drifting, sound = sensed(100, fault("sensor_drift", Trigger("time", delay_s=0.5), sensor, per_s=2.0)), sensed(100)
    for i, after_s in ((40, 0.0), (59, 0.1), (99, 0.5)):
        tick = 0.001 * 2.0 * span_s  # a fault wakes in the tick after its time
        np.testing.assert_allclose(drifting[i][field] - sound[i][field], 2.0 * after_s * span_s, atol=1.01 * tick)


def descent(*faults: ArmedFault) -> list[dict[str, FloatArray]]:
    """Sensor rows from legs up to the ground, everything aboard moving: in the end every sensor has changed."""
    flying = plant(faults=faults)
    place(flying, (0.0, 0.0, 35.0), (2.0, 0.0, 0.0), turn_b_radps=(0.0, 0.01, 0.0))
    rows, wanted = [], {"gimbal_rad": 0.01, "fin_rad": 0.1, "rcs_open": np.array([1, 0] * 4), "leg_deploy": 1.0}
    for _ in range(400):
        flying.advance(engines_on(flying, (0,), 0.8, **wanted), 10)
        rows.append(sense(flying))
    return rows


@pytest.fixture(scope="module")
def sound_descent() -> list[dict[str, FloatArray]]:
    return descent()


def sent(rows: list[dict[str, FloatArray]]) -> list[dict[str, FloatArray]]:
    """What of the rows reaches the flight software: no fix and no echo where there is none."""
    return [
        {
            name: values * row["gnss_new"]
            if name.startswith("gnss")
            else values * row["radar_valid"]
            if name.startswith("radar")
            else values
            for name, values in row.items()
        }
        for row in rows
    ]


def test_every_measurement_on_the_wire_belongs_to_a_sensor_that_can_fail() -> None:
    layout = sensor_layout(plant().shape)
    reached = set()
    for first, last, _, flag, _ in TARGETS.values():
        reached |= set(range(layout.slice(first).start, layout.slice(last).stop))
        reached |= set(range(*layout.slice(flag).indices(layout.width))) if flag else set()
    time_of_fix = layout.slice("gnss_time_ns").start
    assert set(range(layout.width)) - reached == {time_of_fix}, "which is late with its fix"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].target == "sensor"])
@pytest.mark.parametrize("sensor", SENSORS)
def test_every_failure_of_every_sensor_changes_what_is_sent_of_it_alone_or_is_refused(
    sensor: str, kind: str, sound_descent: list[dict[str, FloatArray]]
) -> None:
    if why := refusal(kind, sensor):
        assert "use" in why, "a refusal names the way out"
        return
    size = 1.0 if sensor.startswith("leg") else 0.3
    failing = descent(fault(kind, Trigger("time", delay_s=0.2), sensor, bias=size, sigma=size, per_s=size, by_s=0.3))
    first, last, _, flag, _ = TARGETS[sensor]
    own = {first, last, flag, "gnss_time_ns" if sensor == "gnss" else first}
    changed = set()
    for ours, theirs in zip(sent(failing), sent(sound_descent), strict=True):
        changed |= {name for name in ours if not np.array_equal(ours[name], theirs[name], equal_nan=True)}
        for name in ("leg_locked", "leg_contact"):
            assert set(ours[name]) <= {0.0, 1.0}, "a switch is on or off"
    assert first in changed
    assert changed <= own


def test_a_foot_switch_can_be_made_to_report_a_ground_that_is_not_there() -> None:
    at_once = Trigger("time")
    forced = descent(fault("sensor_bias", at_once, "leg_contact", bias=1.0))
    assert all(row["leg_contact"].all() for row in forced)
    never = descent(fault("sensor_bias", at_once, "leg_contact", bias=-1.0))
    assert not any(row["leg_contact"].any() for row in never)
