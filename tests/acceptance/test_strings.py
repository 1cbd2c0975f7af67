"""Three strings of the reference, some of them killed. Oracle: the flight of one string alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.pilot import FlownFlight, Pilot
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


@pytest.mark.parametrize(
    "kills",
    [[(0, "2.345 s")], [(2, "landing_ignition + 1.5 s")], [(1, "altitude_agl_m < 30"), (0, "9.87 s")]],
    ids=["in the glide", "in the burn", "two"],
)
def test_a_flight_with_strings_killed_is_the_flight_of_those_that_are_left(
    kills: list[tuple[int, str]], pilot: Pilot, alone: FlownFlight, tmp_path: Path
) -> None:
    flown = pilot.fly(load(SCENARIO, kill_sets(kills)), "killed")
    assert flown.record.hash == alone.record.hash
    assert flown.assessment.verdict.value == "PASS"
    assert flown.tries == 1
    assert flown.record.strings is not None
    cuts = dict(flown.record.strings.cuts)
    assert sorted(cuts) == sorted(number for number, _ in kills)
    text = flown.assessment.explanation
    assert all(told(number, cut.time_s) in text for number, cut in cuts.items())
    if len(kills) > 1:
        summary = keep(flown.assessment, flown.prepared, tmp_path / "run")
        assert summary.strings == flown.record.strings
        page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
        assert page.count("</button>: killed (fault") == len(kills)
        assert all(f'"label":"string {number} cut"' in page for number in cuts)
