"""Findings: what a guidance engineer is told besides the requirements."""

import math

import pytest

from hoverslam.harness.judge.findings import Finding, findings
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from tests.harness.flights import CONTEXT, Plan, commands_of, fly, truth_of, view


def found(record: FlightRecord, kind: str) -> list[Finding]:
    return [finding for finding in findings(view(record)) if finding.kind == kind]


def test_a_clean_flight_only_lacks_an_estimate() -> None:
    assert [finding.kind for finding in findings(view())] == ["no_estimate"]


def test_commands_beyond_a_limit_are_counted_with_the_first_and_the_worst() -> None:
    record = fly()
    commands_of(record)["gimbal_rad"][800:810, 3] = math.radians(7.0)
    commands_of(record)["gimbal_rad"][805, 3] = math.radians(-9.0)
    [finding] = found(record, "command_clipped")
    assert finding.time_s == pytest.approx(8.0)
    assert finding.count == 10
    assert finding.value == pytest.approx(-9.0)
    assert finding.limit == pytest.approx(6.0)
    assert finding.unit == "deg"
    assert "gimbal channel 3" in finding.text


@pytest.mark.parametrize(("throttle", "limit"), [(1.2, 1.05), (0.3, 0.5), (-0.4, 0.5)])
def test_throttle_beyond_ceiling_or_floor_of_a_burning_engine_is_clipped(throttle: float, limit: float) -> None:
    record = fly()
    commands_of(record)["throttle"][900, 0] = throttle
    [finding] = found(record, "command_clipped")
    assert finding.value == pytest.approx(throttle)
    assert (finding.limit, finding.count) == (limit, 1)


def test_throttle_of_an_engine_that_is_off_means_nothing() -> None:
    record = fly()
    commands_of(record)["throttle"][:, 8] = 7.0
    assert found(record, "command_clipped") == []


def test_a_command_at_the_limit_is_not_beyond_it() -> None:
    record = fly()
    commands_of(record)["gimbal_rad"][800:, 0] = CONTEXT.gimbal_max_rad * (1.0 + 1e-12)
    commands_of(record)["fin_rad"][:, 1] = -CONTEXT.fin_max_rad
    assert found(record, "command_clipped") == []


def test_an_inertial_unit_beyond_its_range_is_told_with_when_and_how_long() -> None:
    record = fly()
    truth_of(record)["imu_saturated_s"][700:] = 0.004
    truth_of(record)["imu_saturated_s"][750:] = 0.012
    [finding] = found(record, "imu_saturated")
    assert (finding.value, finding.unit) == (0.012, "s")
    assert finding.time_s == pytest.approx(7.0)


def test_a_lost_engine_is_named_with_the_answer_to_it() -> None:
    record = fly()
    truth_of(record)["engine_state"][800:, 5] = 5.0
    truth_of(record)["engine_level"][800:, 5] = 0.0
    commands_of(record)["engine_on"][840:, 5] = 0.0
    [finding] = found(record, "engine_lost")
    assert finding.time_s == pytest.approx(8.0)
    assert "engine 5 failed at 8.00 s in phase burn; response after 0.40 s (shut-down command)" in finding.text


def test_an_engine_that_flames_out_without_a_failure_code_is_lost_too() -> None:
    record = fly()
    truth_of(record)["engine_level"][1000:1700, 1] = 0.0
    [finding] = found(record, "engine_lost")
    assert finding.time_s == pytest.approx(10.0)


def test_a_spare_lit_late_is_noted() -> None:
    record = fly()
    commands_of(record)["engine_on"][840:1700, 3] = 1.0
    [late] = found(record, "late_start")
    assert late.value == pytest.approx(3.4)
    assert found(record, "engine_not_started")[0].text.startswith("start command of engine 3")


def test_running_out_of_propellant_above_the_ground_is_noted() -> None:
    record = fly()
    truth_of(record)["lox_kg"][1900:] = 0.0
    assert found(record, "tank_dry")[0].time_s == pytest.approx(19.0)


def test_a_throttle_at_its_ceiling_leaves_no_reserve() -> None:
    [finding] = found(fly(Plan(throttle=1.05)), "throttle_saturated")
    assert "ceiling for 100%" in finding.text


def test_a_bounce_is_measured() -> None:
    record = fly()
    truth_of(record)["foot_height_m"][2050:2060] = 0.25
    [finding] = found(record, "bounce")
    assert finding.value == pytest.approx(0.25)


def test_the_worst_navigation_error_is_noted() -> None:
    record = fly()
    for frame, error_m in ((500, 0.5), (1000, 2.0), (1500, 0.2)):
        position = truth_of(record)["pos_enu_m"][frame].copy()
        position[0] += error_m
        record.telemetry.append((frame, {"pos_enu_m": position.tolist()}))
    [finding] = found(record, "navigation_error")
    assert finding.value == pytest.approx(2.0)
    assert finding.time_s == pytest.approx(10.0)


def test_the_loss_of_the_flight_software_is_a_finding_even_before_the_first_frame() -> None:
    failure = GncFailure("died", "the program ended", 0, "start", 1, "")
    record = fly(Plan(outcome="gnc_lost"), failure)
    record.truth, record.commands, record.frames = record.truth[:0], record.commands[:0], 0
    assert [finding.kind for finding in findings(view(record))] == ["gnc_lost"]


def test_findings_come_in_order_of_time() -> None:
    record = fly()
    truth_of(record)["engine_state"][800:, 5] = 5.0
    commands_of(record)["throttle"][600, 0] = 2.0
    times = [finding.time_s for finding in findings(view(record)) if finding.time_s is not None]
    assert times == sorted(times)
    assert len(times) >= 2
