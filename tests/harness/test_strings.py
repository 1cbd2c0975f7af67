"""Several real flight programs as strings of one vehicle. Oracles: the flight of one of them alone, and known deeds."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.fly.replay import replay
from hoverslam.harness.loop.link_faults import arm
from hoverslam.harness.loop.plan import FlightPlan, PlantLike, Progress
from hoverslam.harness.loop.string_faults import StringFault, StringsPlan
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.record.flight_record import FlightRecord, StoredRun
from hoverslam.harness.record.run_folder import load, save
from hoverslam.harness.record.string_record import StringRecord
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import command_layout
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.rates import Rates
from hoverslam.scenarios.strings import Strings
from tests.harness.fake_plant import (
    HERE,
    PATIENT,
    PROGRAMS,
    SHAPE,
    STRICT,
    FakePlant,
    nothing_left_behind,
    plan,
    program,
)
from tests.harness.linked import between
from tests.harness.test_record import SCENARIO, assert_same

FRAMES = 60
METHODS = Strings().voter.model_dump()
THROTTLE = command_layout(SHAPE).slice("throttle").start


def turning(deed: str = "sound", frame: int = 0) -> str:
    return f"{sys.executable} {PROGRAMS / 'turning.py'} {deed} {frame}"


def string_fault(kind: str, target: str = "string[1]", first: int = 20, for_s: float = 0.0, **numbers: float) -> Fault:
    return Fault(kind=kind, target=target, at=f"{first / 100} s", for_s=for_s, numbers=numbers)


def strings(*faults: Fault, count: int | None = 3, cut_after: int = 5) -> StringsPlan:
    armed = [arm(fault, Rates()) for fault in faults]
    found = tuple(StringFault(i, int(one.direction[7]), one) for i, one in enumerate(armed))
    return StringsPlan(count, cut_after, METHODS, Strings().tolerance.model_dump(), found)


def session(*commands: str, strict: bool = False) -> FleetSession:
    first, *others = commands or (turning(),)
    deadlines = STRICT if strict else PATIENT
    return FleetSession(
        first, transport=ZmqHarness, most=4, others=others, deadlines=deadlines, environment=HERE, again=None
    )


def flown(by: FleetSession, given: StringsPlan | None, **changes: Any) -> FlightRecord:
    return by.fly(FakePlant(FRAMES), plan(strings=given, **changes))


@pytest.fixture(autouse=True, scope="module")
def folder() -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch, nothing_left_behind(patch) as folder:
        yield folder


@pytest.fixture(scope="module")
def warm() -> Iterator[FleetSession]:
    with session() as by:
        yield by


@pytest.fixture(scope="module")
def alone(warm: FleetSession) -> FlightRecord:
    return flown(warm, None)


def each(record: FlightRecord) -> list[StringRecord]:
    assert record.strings is not None
    return record.strings.each


def test_three_of_one_program_fly_as_one_does(warm: FleetSession, alone: FlightRecord) -> None:
    record = flown(warm, strings())
    assert alone.strings is None
    assert (record.hash, record.outcome, record.findings) == (alone.hash, "at_rest", [])
    assert list(record.telemetry) == list(alone.telemetry)
    assert [(one.name, one.cut, one.missed_frames, one.largest_deviation) for one in each(record)] == [
        ("turning sound", None, 0, {})
    ] * 3
    assert (record.command, record.gnc) == (alone.command, alone.gnc)


CUTS: dict[str, tuple[dict[str, Any], int | None, str, str]] = {
    "string_killed": ({}, 20, "killed", "killed"),
    "string_silent": ({}, 24, "missed", "missed 5 frames in a row"),
    "string_late": ({"frames": 3.0}, 24, "missed", "missed 5 frames in a row"),
    "string_stuck": ({}, None, "outvoted", "was outvoted in 5 frames in a row"),
    "string_corrupt": ({}, 24, "missed", "missed 5 frames in a row"),
    "string_restart": ({"restart_s": 0.02}, 24, "outvoted", "missed or was outvoted in 5 frames in a row"),
}


@pytest.mark.parametrize(("number", "kind"), list(enumerate(CUTS)))
def test_a_string_with_a_fault_is_cut_and_the_others_fly_on_as_one(
    number: int, kind: str, warm: FleetSession, alone: FlightRecord
) -> None:
    (numbers, frame, sort, why), number = CUTS[kind], number % 3
    record = flown(warm, strings(string_fault(kind, f"string[{number}]", **numbers)))
    cut = each(record)[number].cut
    assert cut is not None
    assert (cut.kind, cut.why, cut.fault) == (sort, why, 0)
    assert frame is None or cut.frame == frame
    assert cut.time_s == pytest.approx(cut.frame / 100)
    assert [one.cut is None for one in each(record)] == [i != number for i in range(3)]
    assert (record.hash, record.outcome, record.gnc_failure) == (alone.hash, "at_rest", None)
    assert len(record.telemetry) == FRAMES
    assert record.strings is not None
    assert record.strings.touched[0] >= 1


SHORT = {
    "late": (string_fault("string_late", for_s=0.01, frames=4.0), 4, 0),
    "corrupt": (string_fault("string_corrupt", for_s=0.04), 4, 0),
    "one bit": (string_fault("string_corrupt", "string[1].throttle[0]", for_s=0.04, bit=62.0), 0, 4),
    "a switch": (string_fault("string_corrupt", "string[1].leg_deploy", for_s=0.02), 0, 2),
}


@pytest.mark.parametrize("name", SHORT)
def test_a_string_that_comes_back_in_time_stays(name: str, warm: FleetSession, alone: FlightRecord) -> None:
    fault, missed, disagreed = SHORT[name]
    record = flown(warm, strings(fault))
    one = each(record)[1]
    assert (one.cut, one.missed_frames) == (None, missed)
    assert one.disagreed_frames == disagreed
    assert (record.hash, each(record)[0].missed_frames) == (alone.hash, 0)


def test_a_late_string_did_not_read_the_sensors_in_between(warm: FleetSession) -> None:
    late = flown(warm, strings(string_fault("string_late", "string[0]", for_s=0.01, frames=4.0)))
    lost = 4 - 1  # it read those of the frame that it was late with
    assert each(late)[0].largest_deviation == {"gimbal_rad": pytest.approx(1e-3 * lost)}


def test_a_stuck_string_repeats_what_it_said_before(warm: FleetSession, alone: FlightRecord) -> None:
    record = flown(warm, strings(string_fault("string_stuck", for_s=0.03)))
    sound = alone.commands[:, THROTTLE]
    expected = max(abs(sound[frame] - sound[19]) for frame in (20, 21, 22))
    assert each(record)[1].largest_deviation["throttle"] == pytest.approx(expected, rel=1e-12)


def test_a_restart_of_the_computer_restarts_all_strings(warm: FleetSession) -> None:
    restart = between(20, 20, "computer_restart", restart_s=0.05)
    one, three = (flown(warm, given, link_faults=(restart,)) for given in (None, strings()))
    assert one.hash == three.hash
    assert [string.missed_frames for string in each(three)] == [0, 0, 0]


def test_faults_of_the_link_act_between_vehicle_and_voter(warm: FleetSession) -> None:
    faults = (between(10, 40, "link_drop", share=0.3), between(5, 50, "link_duplicate", share=0.3))
    one, three, killed = (
        flown(warm, given, link_faults=faults, seed=3)
        for given in (None, strings(), strings(string_fault("string_killed", "string[0]")))
    )
    assert one.hash == three.hash == killed.hash
    assert each(three)[0].missed_frames == 0


def test_two_killed_are_told_and_a_third_loses_the_flight(warm: FleetSession, alone: FlightRecord) -> None:
    kills = [string_fault("string_killed", f"string[{number}]", frame) for number, frame in ((2, 10), (0, 20), (1, 30))]
    two = flown(warm, strings(*kills[:2]))
    assert (two.hash, two.gnc_failure) == (alone.hash, None)
    assert two.strings is not None
    assert two.strings.sentence == (
        "string 2 was cut 0.10 s after release: killed (fault 0 of the scenario), string 0 was cut 0.20 s after "
        "release: killed (fault 1 of the scenario); 1 of 3 strings flew to the end"
    )
    three = flown(warm, strings(*kills))
    assert (three.outcome, three.frames) == ("gnc_lost", 30)
    assert three.gnc_failure is not None
    assert three.gnc_failure.kind == "died"
    told = [f"string {number} was cut {time:.2f} s" for number, time in ((2, 0.1), (0, 0.2), (1, 0.3))]
    assert all(words in three.gnc_failure.reason for words in told)


def test_programs_that_differ_are_voted_and_the_wrong_one_is_cut() -> None:
    with session(turning("switched", 10), turning("other", 30), turning()) as by, session() as one:
        record, sound = flown(by, strings(count=None)), flown(one, None)
    cuts = [string.cut for string in each(record)]
    assert [cut and (cut.frame, cut.kind, cut.fault) for cut in cuts] == [(14, "outvoted", None), None, None]
    assert record.command == "\n".join([turning("switched", 10), turning("other", 30), turning()])
    assert record.gnc["name"] == "turning switched | turning other | turning sound"
    # two are left: what they command from frame 30 on is the mean, and nobody can tell who is wrong
    assert record.commands[:30].tobytes() == sound.commands[:30].tobytes()
    assert record.commands[30, THROTTLE] - sound.commands[30, THROTTLE] == pytest.approx(0.15)
    assert record.strings is not None
    assert record.strings.undecided_frames == FRAMES - 30
    assert dict(enumerate(report["by"] for _, report in record.telemetry))[5] == "switched"


DEEDS = {
    "exit_7": ("died", "the flight software exited with status 7", 7, 2),
    "wrong_seq": ("protocol", "actuators.seq = ", None, 2),
    "hang": ("hung", "", None, 2),
    "exit_at_once": ("died", "the flight software exited with status 7", 7, 0),
}


def test_strings_that_are_lost_by_their_own_doing_are_cut_at_once(alone: FlightRecord) -> None:
    sound, wrong = [turning()] * 4, [" ".join(program(deed, 2)) for deed in DEEDS]
    with session(*sound, *wrong, strict=True) as by:
        record = flown(by, strings(count=None))
    assert (record.hash, record.outcome, record.gnc_failure) == (alone.hash, "at_rest", None)
    for one, (kind, why, status, frame) in zip(each(record)[len(sound) :], DEEDS.values(), strict=True):
        assert one.cut is not None
        assert (one.cut.kind, one.cut.fault, one.cut.exit_status, one.cut.frame) == (kind, None, status, frame)
        assert why in one.cut.why
    assert [one.cut for one in each(record)[: len(sound)]] == [None] * 4


def test_strings_fly_again_after_one_was_killed_from_outside(alone: FlightRecord) -> None:
    looks: dict[int, list[tuple[int, int]]] = {}
    with session() as by:

        def strike(seen: Progress) -> None:
            looks[seen.frame] = list(seen.flown.cuts)
            if seen.frame == 20:
                os.kill(by._others[0].pid or 0, signal.SIGKILL)

        given = plan(strings=strings(), progress_every_frames=20)
        hit = by.fly(FakePlant(FRAMES), given, strike)
        after = flown(by, strings())
    cut = each(hit)[1].cut
    assert cut is not None
    assert (cut.kind, cut.exit_status, cut.frame) == ("died", -9, 21)
    assert [looks[20], looks[40]] == [[], [(1, 21)]], "who watches sees it as it happens"
    assert hit.hash == after.hash == alone.hash
    assert [one.cut for one in each(after)] == [None] * 3


def test_ctrl_c_ends_all_strings() -> None:
    def strike(seen: Progress) -> None:
        if seen.frame == 20:
            raise KeyboardInterrupt

    with session() as by:
        record = by.fly(FakePlant(FRAMES), plan(strings=strings(), progress_every_frames=20), strike)
        assert record.outcome == "interrupted"
        assert [one.supervisor for one in (by, *by._others)] == [None] * 3


def test_flights_with_strings_and_without_are_flown_in_one_go(warm: FleetSession, alone: FlightRecord) -> None:
    class Given:
        def __init__(self, name: str, given: StringsPlan | None) -> None:
            self.plant, self.plan = FakePlant(FRAMES), plan(run_id=name, strings=given)

    wanted = [Given(f"{i}", strings() if i in {0, 2, 3} else None) for i in range(5)]
    found = {record.run_id: record for _, record in warm.fly_all(wanted)}
    assert sorted(found) == ["0", "1", "2", "3", "4"]
    assert {record.hash for record in found.values()} == {alone.hash}
    assert sorted(name for name, record in found.items() if record.strings is not None) == ["0", "2", "3"]


def build(_stored: StoredRun) -> tuple[PlantLike, FlightPlan]:
    return FakePlant(FRAMES), plan(strings=strings(*STORED))


STORED = (string_fault("string_killed", "string[0]"), string_fault("string_restart", "string[2]", 40, restart_s=0.0))


def test_a_flight_with_strings_comes_back_from_its_folder_and_replays_both_ways(
    warm: FleetSession, tmp_path: Path
) -> None:
    record = flown(warm, strings(*STORED))
    save(record, tmp_path, SCENARIO)
    assert_same(load(tmp_path).record, record)
    assert json.loads((tmp_path / "run.json").read_text())["strings"]["each"][0]["cut"]["frame"] == 20
    for by in (None, warm):
        again = replay(tmp_path, build, by)
        assert (again.identical, again.replayed_hash, again.difference) == (True, record.hash, None)
