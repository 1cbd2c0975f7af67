"""Replay: equal when nothing changed, and otherwise the first frame and field that did."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hoverslam.harness.fly.replay import Build, replay
from hoverslam.harness.loop.plan import FlightPlan, PlantLike
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.harness.record.run_folder import save
from tests.harness.fake_plant import (
    ECHO,
    FakePlant,
    FloatArray,
    nothing_left_behind,
    plan,
    program,
    session,
)
from tests.harness.test_lockstep import answering, fly
from tests.harness.test_record import SCENARIO, record_of, rewritten


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def build(stored: StoredRun) -> tuple[PlantLike, FlightPlan]:
    assert stored.scenario == SCENARIO
    return FakePlant(frames=30), plan(run_id=stored.record.run_id)


def with_plant(plant: FakePlant) -> Build:
    return lambda _stored: (plant, plan())


def test_recorded_commands_give_the_recorded_flight(tmp_path: Path) -> None:
    record = record_of()
    save(record, tmp_path, SCENARIO)
    result = replay(tmp_path, build)
    assert result.identical
    assert result.difference is None
    assert result.recorded_hash == result.replayed_hash == record.hash
    assert (result.frames, result.environment) == (30, [])


def test_a_flight_that_was_cut_short_replays_as_far_as_it_went(tmp_path: Path) -> None:
    with session(program("exit_7", 17)) as flights:
        record = flights.fly(FakePlant(frames=30), plan())
    save(record, tmp_path, SCENARIO)
    assert record.frames == 17
    assert replay(tmp_path, build).identical


def test_a_flight_that_never_began_replays(tmp_path: Path) -> None:
    with session(program("exit_at_once")) as flights:
        record = flights.fly(FakePlant(frames=30), plan())
    save(record, tmp_path, SCENARIO)
    assert replay(tmp_path, build).identical


def test_a_sensor_that_changed_is_named_with_its_frame(tmp_path: Path) -> None:
    class Noisier(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            if self.ticks == 120:
                out[4] = np.nextafter(out[4], 10.0)

    save(record_of(), tmp_path, SCENARIO)
    result = replay(tmp_path, with_plant(Noisier(frames=30)))
    assert not result.identical
    assert result.difference is not None
    assert (result.difference.frame, result.difference.field) == (12, "sensors.imu_dangle_b_rad[1]")
    assert result.replayed_hash != result.recorded_hash
    assert str(result.difference).startswith("frame 12: sensors.imu_dangle_b_rad[1] was ")


def test_a_fix_that_went_missing_is_named(tmp_path: Path) -> None:
    class Deaf(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            out[6] = 0.0

    save(record_of(), tmp_path, SCENARIO)
    difference = replay(tmp_path, with_plant(Deaf(frames=30))).difference
    assert difference is not None
    assert (difference.frame, difference.field, difference.replayed) == (0, "sensors.gnss", None)


def test_a_zero_that_changed_its_sign_is_a_difference(tmp_path: Path) -> None:
    class Signed(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            out[0] = self.zero

        zero = 0.0

    class Negative(Signed):
        zero = -0.0

    record = record_of()
    _, recorder = fly(Signed(frames=30), answering())
    record.sensors, record.hash = recorder.sensors, recorder.hash()
    save(record, tmp_path, SCENARIO)
    assert replay(tmp_path, with_plant(Signed(frames=30))).identical
    difference = replay(tmp_path, with_plant(Negative(frames=30))).difference
    assert difference is not None
    assert difference.field == "sensors.imu_dvel_b_mps[0]"


def test_a_state_that_the_sensors_do_not_show_is_named(tmp_path: Path) -> None:
    class Elsewhere(FakePlant):
        def truth(self, out: FloatArray) -> None:
            super().truth(out)
            if self.ticks >= 100:
                out[3] += 1.0

    save(record_of(), tmp_path, SCENARIO)
    difference = replay(tmp_path, with_plant(Elsewhere(frames=30))).difference
    assert difference is not None
    assert (difference.frame, difference.field) == (10, "truth.pos_enu_m[2]")


def test_a_plant_that_lands_early_is_named(tmp_path: Path) -> None:
    save(record_of(), tmp_path, SCENARIO)
    difference = replay(tmp_path, with_plant(FakePlant(frames=20))).difference
    assert difference is not None
    assert (difference.frame, difference.field, difference.recorded, difference.replayed) == (20, "frames", 30, 20)


def test_a_plant_that_fails_says_so(tmp_path: Path) -> None:
    class Failing(FakePlant):
        def advance(self, command: FloatArray, ticks: int) -> None:
            raise ArithmeticError("diverged")

    save(record_of(), tmp_path, SCENARIO)
    result = replay(tmp_path, with_plant(Failing(frames=30)))
    assert result.harness_error is not None
    assert "diverged" in result.harness_error
    assert not result.identical


def test_the_program_flies_the_same_flight_again(tmp_path: Path) -> None:
    with session(ECHO) as flights:
        record = flights.fly(FakePlant(frames=30), plan())
        save(record, tmp_path, SCENARIO)
        result = replay(tmp_path, build, flights)
    assert result.identical
    assert result.replayed_hash == record.hash


def test_a_program_that_commands_something_else_is_found_out(tmp_path: Path) -> None:
    save(record_of(), tmp_path, SCENARIO)
    with session(ECHO) as flights:
        difference = replay(tmp_path, build, flights).difference
    assert difference is not None
    assert (difference.frame, difference.field) == (0, "actuators.throttle[0]")
    assert (difference.recorded, difference.replayed) == (1.0, 0.75)


def test_a_program_that_is_lost_in_the_replay_is_shown(tmp_path: Path) -> None:
    with session(ECHO) as flights:
        save(flights.fly(FakePlant(frames=30), plan()), tmp_path, SCENARIO)
    with session(program("exit_7", 9)) as flights:
        result = replay(tmp_path, build, flights)
    assert result.gnc_failure is not None
    assert (result.gnc_failure.frame, result.gnc_failure.exit_status) == (9, 7)
    assert result.difference is not None
    assert (result.difference.frame, result.difference.field) == (9, "frames")


def test_another_environment_is_told(tmp_path: Path) -> None:
    save(record_of(), tmp_path, SCENARIO)
    about = json.loads((tmp_path / "run.json").read_text())
    rewritten(tmp_path, environment={**about["environment"], "numpy": "1.26.0"})
    result = replay(tmp_path, build)
    assert result.identical
    (told,) = result.environment
    assert told.startswith("numpy: 1.26.0 at the flight, ")


def test_what_is_no_run_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        replay(tmp_path, build)
