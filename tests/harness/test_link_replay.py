"""Flights over a failing link in run folders, replays and findings. Oracle: the flight itself, flown again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hoverslam.harness.fly.replay import replay
from hoverslam.harness.judge.link_findings import link_findings
from hoverslam.harness.loop.plan import FlightPlan, PlantLike
from hoverslam.harness.record.flight_record import FlightRecord, StoredRun
from hoverslam.harness.record.run_folder import load, save
from hoverslam.plant.layout import command_layout
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.load import load as load_scenario
from tests.harness.fake_plant import ECHO, SHAPE, FakePlant, FloatArray, nothing_left_behind, plan, program, session
from tests.harness.linked import ALL, FRAMES, THROTTLE, between
from tests.harness.test_record import SCENARIO, assert_same


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def disturbed_plan() -> FlightPlan:
    return plan(link_faults=tuple(ALL))


def build(_stored: StoredRun) -> tuple[PlantLike, FlightPlan]:
    return FakePlant(FRAMES), disturbed_plan()


def flown_record(deed: list[str]) -> FlightRecord:
    with session(deed) as flights:
        return flights.fly(FakePlant(FRAMES), disturbed_plan())


@pytest.mark.parametrize("program_of", [ECHO, program("flies_once")], ids=["reset", "new process"])
def test_a_disturbed_flight_comes_back_from_its_folder_and_replays_both_ways(
    program_of: list[str], tmp_path: Path, clean: Path
) -> None:
    record = flown_record(program_of)
    assert (record.outcome, record.gnc_failure) == ("at_rest", None)
    assert record.link is not None
    assert record.link["restarts"] == 1
    save(record, tmp_path, SCENARIO)
    assert_same(load(tmp_path).record, record)
    again = replay(tmp_path, build)
    assert (again.identical, again.replayed_hash) == (True, record.hash)
    with session(program_of) as flights:
        again = replay(tmp_path, build, flights)
    assert (again.identical, again.replayed_hash, again.difference) == (True, record.hash, None)


def test_a_program_lost_on_a_disturbed_link_is_lost_as_ever(tmp_path: Path, clean: Path) -> None:
    record = flown_record(program("exit_7", 15))
    assert record.outcome == "gnc_lost"
    assert len(record.sensors) == len(record.answers) == record.frames
    save(record, tmp_path, SCENARIO)
    assert replay(tmp_path, build).identical


def test_a_link_that_fails_otherwise_is_named_by_its_first_message(tmp_path: Path, clean: Path) -> None:
    save(flown_record(ECHO), tmp_path, SCENARIO)
    other = replace(disturbed_plan(), link_faults=(between(7, 7, "link_drop"), *ALL[1:]))
    result = replay(tmp_path, lambda _stored: (FakePlant(FRAMES), other))
    assert result.difference is not None
    assert result.difference.field == "sensors.messages"
    assert result.difference.frame <= 7


def test_a_program_that_answers_otherwise_is_named_by_its_answer(tmp_path: Path, clean: Path) -> None:
    record = flown_record(ECHO)
    width = command_layout(SHAPE).width
    first = next(k for k, rows in enumerate(record.answers) if k > 20 and rows)
    row: FloatArray = np.frombuffer(record.answers[first]).copy()
    row[THROTTLE] = 0.5
    record.answers[first] = row.tobytes()
    assert len(row) % width == 0
    save(record, tmp_path, SCENARIO)
    with session(ECHO) as flights:
        difference = replay(tmp_path, build, flights).difference
    assert difference is not None
    assert (difference.frame, difference.field, difference.recorded) == (first, "answers.throttle[0]", 0.5)


def test_findings_tell_what_was_lost_how_long_the_gaps_were_and_what_did_nothing(clean: Path) -> None:
    stated = (
        Fault(kind="link_drop", target="sensors", at="0.1 s", for_s=0.05),
        Fault(kind="fin_stuck", target=1, at="0.1 s"),
        Fault(kind="link_drop", target="commands", at="0.3 s", for_s=0.12),
        Fault(kind="link_corrupt", target="sensors.radar_range_m", at="0 s", for_s=0.01),
    )
    faults = [between(10, 14, "link_drop"), between(30, 41, "link_drop", "commands")]
    faults.append(between(0, 0, "link_corrupt", "sensors.radar_range_m"))
    with session(ECHO) as flights:
        record = flights.fly(FakePlant(FRAMES), plan(link_faults=tuple(faults)))
    scenario = load_scenario("zq3-landing").model_copy(update={"faults": stated})
    sensors, commands, idle = link_findings(record, scenario)
    assert (sensors.kind, sensors.count) == ("link_sensors", 5)
    assert sensors.value == pytest.approx(0.05)
    assert sensors.text == "sensors link: of 60 frames, 5 lost; longest gap 0.050 s"
    assert (commands.kind, commands.count, commands.limit) == ("link_commands", 12, 0.1)
    assert commands.value == pytest.approx(0.13)
    assert commands.time_s == pytest.approx(0.13), "a frame that is not asked has no command: 0.1 s and three cycles"
    assert idle.text == "fault 3 (link_corrupt on sensors.radar_range_m, at 0 s) had no effect on any message"
