"""The phase that is shown while a flight flies is the one that its record says. Oracle: the record, read as a whole."""

from dataclasses import replace

import pytest

from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.program.session import Session
from hoverslam.harness.trace.flight import Flight
from hoverslam.scenarios.load import load
from tests.harness.flights import phases

FLIGHTS = {
    "zq3-last-5km": ("glide", "ignition", "burn", "ground"),
    "zq3-engine-lost": ("glide", "ignition", "burn", "ground"),
    "zq3-engine-lost-no-spare": ("glide", "ignition", "burn"),
    "tianlong3-landing": ("glide", "ignition", "burn", "ground"),
}
"""Scenarios, and the phases that are shown in each: what strikes the ground is on it in the last row only."""


@pytest.mark.parametrize("scenario", FLIGHTS)
def test_every_frame_is_shown_in_the_phase_of_the_record(scenario: str, warm: Session) -> None:
    prepared = prepare(load(scenario), "phases")
    shown: dict[int, str] = {}

    def look(progress: Progress) -> None:
        shown[progress.frame] = progress.phase

    record = warm.fly(prepared.plant, replace(prepared.plan, progress_every_frames=1), look)
    told = phases(Flight(record, prepared.context))
    assert [told[frame] for frame in shown] == list(shown.values())
    assert len(shown) >= record.frames - 1
    assert tuple(dict.fromkeys(shown.values())) == FLIGHTS[scenario]
