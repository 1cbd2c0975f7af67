"""No bit of any flight moves when code does. Oracle: hashes of the sources before, kept in `hashes.json`."""

from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.acceptance.conftest import PATIENT, Library
from tests.acceptance.hashes import TOGETHER, alone, differing, together
from tests.harness.fake_plant import ROOT


def test_the_case_library_has_the_hashes_that_it_had(library: Library) -> None:
    assert list(differing("cases", {name: one["hash"] for name, one in library.flights.items()})) == []


def test_dispersed_flights_and_links_that_fail_and_a_fleet_have_the_hashes_that_they_had(warm: Session) -> None:
    environment = {"PYTHONPATH": str(ROOT)}
    with FleetSession(transport=ZmqHarness, most=len(TOGETHER), deadlines=PATIENT, environment=environment) as many:
        flown = alone(warm) | together(many)
    assert list(differing("flights", flown)) == []
