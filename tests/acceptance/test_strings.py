"""Three strings of the reference, some of them killed. Oracle: the flight of one string alone."""

from collections.abc import Iterator

import pytest

from hoverslam.harness.fly.pilot import FlownFlight, Pilot
from hoverslam.harness.fly.summary import summarise
from hoverslam.scenarios.load import load
from tests.evidence.strings import SCENARIO, kill_sets, told
from tests.harness.fake_plant import nothing_left_behind


@pytest.fixture(scope="module")
def pilot() -> Iterator[Pilot]:
    with pytest.MonkeyPatch.context() as patch, nothing_left_behind(patch), Pilot(None) as pilot:
        yield pilot


@pytest.fixture(scope="module")
def alone(pilot: Pilot) -> FlownFlight:
    return pilot.fly(load(SCENARIO), "alone")


def test_a_flight_with_strings_killed_is_the_flight_of_the_one_that_is_left(pilot: Pilot, alone: FlownFlight) -> None:
    kills = [(1, "landing_ignition + 1.5 s"), (0, "2.345 s")]
    flown = pilot.fly(load(SCENARIO, kill_sets(kills)), "killed")
    assert flown.record.hash == alone.record.hash
    assert flown.assessment.verdict.value == "PASS"
    assert flown.tries == 1
    assert flown.record.strings is not None
    cuts = flown.record.strings.cuts
    assert [number for number, _ in cuts] == [0, 1]
    assert all(told(number, cut.time_s) in flown.assessment.explanation for number, cut in cuts)
    assert summarise(flown.assessment, None).strings == flown.record.strings
