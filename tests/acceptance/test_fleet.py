"""Interleaved flights of the reference flight software. Oracle: each flown alone in the warm session."""

from collections.abc import Iterator, Mapping

import pytest

from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.load import load
from tests.acceptance.conftest import PATIENT, Flown, fly
from tests.harness.fake_plant import ROOT, nothing_left_behind

SHORT = {"rates.max_time_s": "9"}
LOW = {"release.altitude_msl_m": "9000"}
FLIGHTS: list[tuple[str, Mapping[str, str]]] = [
    ("zq3-landing", {}),
    ("zq3-landing", {"seed": "2", **SHORT}),
    ("zq3-gnss-lost", {}),
    ("lm12a-landing", {"seed": "3", **SHORT}),
    ("zq3-landing", {"seed": "4", **LOW}),
]


def flights() -> Iterator[Prepared]:
    for number, (scenario, sets) in enumerate(FLIGHTS):
        yield prepare(load(scenario, sets), str(number))


def test_flights_of_many_kinds_together_are_those_flown_alone(
    warm: Session, nominal: Flown, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [nominal.record, *(fly(warm, scenario, sets=sets).record for scenario, sets in FLIGHTS[1:])]
    with (
        nothing_left_behind(monkeypatch),
        FleetSession(transport=ZmqHarness, most=4, deadlines=PATIENT, environment={"PYTHONPATH": str(ROOT)}) as many,
    ):
        found = {int(record.run_id): record for _, record in many.fly_all(flights())}
        assert many.losses == []
    assert [found[number].hash for number in range(len(FLIGHTS))] == [record.hash for record in expected]
    for number, record in enumerate(expected):
        assert found[number].outcome == record.outcome
        assert found[number].truth.tobytes() == record.truth.tobytes()
        assert found[number].telemetry == record.telemetry
