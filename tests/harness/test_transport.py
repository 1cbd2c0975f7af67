"""A flight does not know what carries its messages. Oracles: the hash over ZeroMQ, and grimp's graph of imports."""

from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from hoverslam.harness.program import opening
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import WAIT
from tests.harness.fake_plant import ECHO, FakePlant, nothing_left_behind, plan, session
from tests.harness.test_fleet import flight
from tests.harness.toy_transport import OPEN, TOY, start_echo

BY_THREAD = Listeners(announce=start_echo)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder
    assert OPEN == {}


def test_over_another_transport_a_flight_has_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    with session(ECHO) as over_zmq:
        expected = over_zmq.fly(FakePlant(), plan())
    monkeypatch.setattr(opening, "TRANSPORT", TOY)
    with opening.open_session(WAIT, listeners=BY_THREAD) as over_queues:
        flown = [over_queues.fly(FakePlant(), plan(run_id=str(number))) for number in range(2)]
    assert expected.outcome == "at_rest"
    for record in flown:
        assert (record.hash, record.frames, record.outcome) == (expected.hash, expected.frames, expected.outcome)
        assert (record.findings, record.gnc, record.gnc_failure) == ([], expected.gnc, None)


def test_many_flights_at_once_have_the_same_hashes_too() -> None:
    with session(ECHO) as over_zmq:
        expected = {str(n): over_zmq.fly(FakePlant(n), plan(run_id=str(n))).hash for n in (20, 40, 60)}
    with FleetSession(WAIT, transport=TOY, most=3, listeners=BY_THREAD) as fleet:
        flown = {record.run_id: record.hash for _, record in fleet.fly_all(flight(str(n), n) for n in (20, 40, 60))}
        assert fleet.losses == []
    assert flown == expected
    assert len(set(flown.values())) == 3


def test_one_file_of_the_room_of_programs_knows_the_transport_that_is_used() -> None:
    graph = grimp.build_graph("hoverslam", cache_dir=None)
    knows = graph.find_modules_that_directly_import("hoverslam.harness.wire.zmq_harness")
    assert {
        name for name in knows if not name.startswith(("hoverslam.harness.bench.", "hoverslam.harness.commands."))
    } == {"hoverslam.harness.program.opening", "hoverslam.harness.program.examinee"}, (
        "the latter for checks of the wire"
    )
