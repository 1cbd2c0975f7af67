"""Interleaved flights, with real programs in processes of their own. Oracle: the same flights, each flown alone."""

import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.loop.plan import Deadlines, FlightPlan
from hoverslam.harness.program.fleet import FAULTLESS_LOSSES, FleetSession
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, encode
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.numbers import MOST_FLIGHTS, addressed, flight_of
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import sensor_layout
from tests.harness.fake_plant import (
    HERE,
    PATIENT,
    PROGRAMS,
    SHAPE,
    STRICT,
    FakePlant,
    FloatArray,
    nothing_left_behind,
    plan,
    program,
    session,
)
from tests.harness.linked import between

TOGETHER = [sys.executable, str(PROGRAMS / "together.py")]
ONE_BY_ONE = [*TOGETHER, "one_by_one"]
LINK_FAULTS = (between(5, 30, "link_drop", share=0.3), between(20, 40, "computer_restart", restart_s=0.03))


class Given(NamedTuple):
    """A flight to be flown; the plant can be built again from its number of frames."""

    plant: FakePlant
    plan: FlightPlan
    frames: int


def flight(name: str, frames: int = 60, load: dict[str, Any] | None = None, **changes: Any) -> Given:
    return Given(FakePlant(frames), plan(run_id=name, flight_load=load or {}, **changes), frames)


def anew(flown: Given) -> Given:
    return flown._replace(plant=FakePlant(flown.frames))


def fleet(command: Any = TOGETHER, most: int = 16, deadlines: Deadlines = PATIENT) -> FleetSession:
    return FleetSession(command, transport=ZmqHarness, most=most, again=anew, deadlines=deadlines, environment=HERE)


def mixed(count: int = 24) -> list[Given]:
    """Flights of different lengths and delays, some with faults of the link, one cut short."""
    lengths = random.Random(7).choices(range(1, 130), k=count)
    flights = [flight(f"f{i}", lengths[i], command_delay_ticks=i % 23) for i in range(count)]
    flights[3::7] = [flight(f"l{i}", 60, link_faults=LINK_FAULTS, seed=i) for i in range(len(flights[3::7]))]
    flights[-1] = flight("cut short", 500, max_frames=40)
    return flights


def alone(flights: Iterable[Given], command: Any = TOGETHER, deadlines: Deadlines = PATIENT) -> dict[str, FlightRecord]:
    with session(command, deadlines) as one:
        return {flown.plan.run_id: one.fly(flown.plant, flown.plan) for flown in map(anew, flights)}


def together(flights: Iterable[Given], by: FleetSession) -> dict[str, FlightRecord]:
    """Records by name; every flight comes once, with the plant that flew it."""
    found: dict[str, FlightRecord] = {}
    for flown, record in by.fly_all(flights):
        assert flown.plan.run_id == record.run_id not in found
        assert record.frames == 0 or flown.plant.ticks > 0
        found[record.run_id] = record
    return found


def all_of(record: FlightRecord) -> dict[str, Any]:
    """Everything but the time that it took, with arrays as bytes."""
    told = {name: value for name, value in vars(record).items() if name != "wall_s"}
    return {**told, "truth": record.truth.tobytes(), "commands": record.commands.tobytes()}


def assert_same(found: dict[str, FlightRecord], expected: dict[str, FlightRecord]) -> None:
    assert sorted(found) == sorted(expected)
    for name, record in found.items():
        assert all_of(record) == all_of(expected[name])


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.fixture(scope="module")
def expected() -> dict[str, FlightRecord]:
    return alone(mixed())


@pytest.mark.parametrize("most", [2, 5, 16])
def test_flights_together_are_those_flown_alone_bit_for_bit(most: int, expected: dict[str, FlightRecord]) -> None:
    with fleet(most=most) as many:
        found = together(mixed(), many)
        assert many.losses == []
    assert_same(found, expected)
    assert len({record.hash for record in found.values()}) == len(found), "they differ, so a mix-up would show"
    assert {record.outcome for record in found.values()} == {"at_rest", "max_time"}


def test_as_many_as_wanted_are_in_the_air_and_no_more() -> None:
    built, ended, air = 0, 0, []

    def source() -> Iterator[Given]:
        nonlocal built
        for i in range(12):
            built += 1
            yield flight(f"f{i}", 20 + 7 * i)

    with fleet(most=5) as many:
        for _ in many.fly_all(source()):
            air.append(built - ended)
            ended += 1
    assert air == [5] * 8 + [4, 3, 2, 1]


@pytest.mark.parametrize("command", [ONE_BY_ONE, program("flies_once")], ids=["one by one", "without reset"])
def test_a_program_without_the_capability_is_flown_one_flight_at_a_time(command: list[str]) -> None:
    flights = mixed(5)
    with fleet(command) as many:
        found = together(flights, many)
    assert list(found) == [flown.plan.run_id for flown in flights]
    assert_same(found, alone(flights, command))


def test_the_same_session_flies_alone_between_fleets() -> None:
    with fleet() as many:
        first = together([flight("a"), flight("b")], many)
        pid = many.pid
        single = many.fly(FakePlant(60), plan(run_id="a"))
        second = together([flight("a"), flight("b")], many)
        assert many.pid == pid
    assert all_of(single) == all_of(first["a"]) == all_of(second["a"])


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        ("kill", "died"),
        ("exit_7", "died"),
        ("hang", "hung"),
        ("silent", "hung"),
        ("nan_command", "protocol"),
        ("garbage", "protocol"),
        ("twice", "protocol"),
        ("unasked", "protocol"),
        ("foreign_ready", "protocol"),
        ("after_end", "protocol"),
    ],
)
def test_a_flight_that_loses_the_program_fails_as_alone_and_takes_no_other_with_it(deed: str, kind: str) -> None:
    flights = [flight(f"f{i}", 40 + i) for i in range(6)]
    flights[2] = flight("bad", 60, {"deed": deed, "frame": 30})
    with fleet(deadlines=STRICT) as many:
        found = together(flights, many)
        assert len(many.losses) <= 2, "each flies together at most twice"
    assert_same(found, alone(flights, deadlines=STRICT))
    assert [name for name, record in found.items() if record.outcome != "at_rest"] == ["bad"]
    assert found["bad"].gnc_failure is not None
    assert found["bad"].gnc_failure.kind == kind


def test_every_flight_of_many_that_lose_the_program_has_its_own_end() -> None:
    flights = [flight(f"f{i}", 50, {"deed": "exit_7", "frame": 10 + i} if i % 4 == 0 else {}) for i in range(12)]
    with fleet(most=4) as many:
        found = together(flights, many)
    assert_same(found, alone(flights))
    assert {name for name, record in found.items() if record.outcome == "gnc_lost"} == {"f0", "f4", "f8"}


def test_an_answer_given_to_another_flight_is_refused_and_does_nobody_harm() -> None:
    flights = [flight(f"f{i}", 50, {"deed": "mixed_up", "frame": 20} if i == 1 else {}) for i in range(4)]
    with fleet() as many:
        found = together(flights, many)
        assert "no frame of this flight waits for an answer" in many.losses[0].reason
    assert_same(found, alone(flights))
    assert all(record.outcome == "at_rest" for record in found.values())


def test_a_program_that_only_fails_with_many_is_trusted_with_one_at_a_time() -> None:
    flights = [flight(f"f{i}", 30, {"deed": "mixed_up", "frame": 3} if i % 2 else {}) for i in range(14)]
    with fleet(most=2) as many:
        found = together(flights, many)
        assert FAULTLESS_LOSSES <= len(many.losses) <= FAULTLESS_LOSSES + 1
    assert all(record.outcome == "at_rest" for record in found.values())
    assert len(found) == len(flights)


@pytest.mark.parametrize("deed", ["mute", "exit_at_once", "wrong_protocol"])
def test_a_program_that_does_not_come_is_lost_for_every_flight(deed: str) -> None:
    deadlines = STRICT._replace(hello_s=0.5 if deed == "mute" else 30.0)
    flights = [flight("a"), flight("b")]
    with fleet(program(deed), deadlines=deadlines) as many:
        found = together(flights, many)
    expected = alone(flights, program(deed), deadlines)
    assert [record.outcome for record in found.values()] == ["gnc_lost"] * 2
    assert {name: record.gnc_failure for name, record in found.items()} == {
        name: record.gnc_failure for name, record in expected.items()
    }


def test_a_plant_that_diverges_ends_its_own_flight_only() -> None:
    flights = mixed(4)
    sound = alone(flights)
    flights[0] = flights[0]._replace(plant=Diverging(50))
    with fleet() as many:
        found = together(flights, many)
    broken = found.pop(flights[0].plan.run_id)
    assert (broken.outcome, broken.frames) == ("harness_error", 11)
    assert_same(found, {name: sound[name] for name in found})


class Diverging(FakePlant):
    def advance(self, command: FloatArray, ticks: int) -> None:
        if self.ticks >= 100:
            raise ArithmeticError("velocity is not finite")
        super().advance(command, ticks)


class Interrupting(FakePlant):
    """Control-C, as the terminal sends it, in mid-flight."""

    def advance(self, command: FloatArray, ticks: int) -> None:
        if self.ticks == 500:
            os.kill(os.getpid(), signal.SIGINT)
        super().advance(command, ticks)


@pytest.mark.parametrize("command", [TOGETHER, ONE_BY_ONE])
def test_control_c_is_raised_after_what_was_finished(command: list[str]) -> None:
    flights = [flight("short", 20), flight("shorter", 10), flight("long", 90)]
    flights.insert(2, flights[2]._replace(plant=Interrupting(90)))
    found: list[tuple[str, str]] = []
    with fleet(command) as many:
        with pytest.raises(KeyboardInterrupt):
            found.extend((record.run_id, record.outcome) for _, record in many.fly_all(flights))
        assert many.pid is None
    assert sorted(found) == [("short", "at_rest"), ("shorter", "at_rest")]


def test_who_stops_listening_leaves_no_flight_in_the_air(expected: dict[str, FlightRecord]) -> None:
    with fleet() as many:
        for _ in many.fly_all(mixed()):
            break
        assert_same(together(mixed(), many), expected)


def test_what_is_wrong_with_a_flight_to_come_is_raised() -> None:
    def source() -> Iterator[Given]:
        yield flight("a")
        raise LookupError("no such scenario")

    with fleet() as many, pytest.raises(LookupError, match="no such scenario"):
        together(source(), many)


@pytest.mark.parametrize("most", [0, MOST_FLIGHTS + 1])
def test_how_many_may_fly_is_bounded(most: int) -> None:
    with pytest.raises(ValueError, match="must be 1 to 128"):
        FleetSession(TOGETHER, transport=ZmqHarness, most=most)


@given(st.integers(0, MOST_FLIGHTS - 1), st.integers(0, 2**40))
def test_a_message_is_addressed_by_nothing_but_its_flight(number: int, seq: int) -> None:
    sent = SensorWriter(SHAPE).encode(seq, 0, bytes(8 * sensor_layout(SHAPE).width))
    assert decode(addressed(sent, number), FROM_HARNESS) == {**decode(sent, FROM_HARNESS), "flight": number}


@given(st.integers(0, 2**40), st.randoms(use_true_random=False))
def test_the_flight_of_an_answer_is_found_in_any_order_of_keys(number: int, chance: random.Random) -> None:
    entries = [*{**harmless_command(SHAPE._asdict()), "flight": number, "telemetry": {"flight": 3}}.items()]
    assert flight_of(encode(dict(entries))) == number
    chance.shuffle(entries)
    assert flight_of(encode(dict(entries))) == number


def test_a_flight_is_a_whole_number() -> None:
    with pytest.raises(MessageRefused, match="flight = 'True': must be a whole number"):
        flight_of(encode({"type": "actuators", "flight": True}))
