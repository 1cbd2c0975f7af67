"""The reference flight software on links that fail. Oracles: the verdict of each, the flight flown again."""

from pathlib import Path

import pytest

from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.fly.replay import replay
from hoverslam.harness.loop.plan import FlightPlan, PlantLike
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import StoredRun
from hoverslam.harness.record.run_folder import save
from hoverslam.scenarios.schema import Scenario
from tests.acceptance.conftest import Flown, fly

DROPPED = '{kind = "link_drop", target = "sensors", at = "0 s", numbers = {share = 0.01}}'
JITTERED = '{kind = "link_jitter", target = "commands", at = "landing_ignition", numbers = {most_s = 0.02}}'
TWICE = '{kind = "link_duplicate", target = "sensors", at = "20 s", for_s = 0.5}'
LOST = '{kind = "link_drop", target = "commands", at = "landing_ignition + 5 s", for_s = 0.2}'
RESTARTED = '{kind = "computer_restart", at = "altitude_agl_m < 20000"}'


def build(stored: StoredRun) -> tuple[PlantLike, FlightPlan]:
    prepared = prepare(Scenario.model_validate(stored.scenario), stored.record.run_id)
    return prepared.plant, prepared.plan


@pytest.mark.parametrize("faults", [DROPPED, JITTERED, TWICE, LOST], ids=["dropped", "jittered", "twice", "lost"])
def test_the_reference_lands_over_a_link_that_fails_a_little(warm: Session, nominal: Flown, faults: str) -> None:
    flown = fly(warm, sets={"faults": f"[{faults}]"})
    assert flown.record.hash != nominal.record.hash
    assert (flown.record.outcome, flown.assessment.verdict) == ("at_rest", "PASS")


def test_a_flight_with_every_timing_fault_replays_bit_for_bit_both_ways(warm: Session, tmp_path: Path) -> None:
    flown = fly(warm, sets={"faults": f"[{DROPPED}, {JITTERED}, {TWICE}, {RESTARTED}]"})
    kinds = {finding.kind for finding in flown.assessment.findings}
    assert {"link_sensors", "link_commands", "computer_restart"} <= kinds
    save(flown.record, tmp_path, flown.scenario)
    for session in (None, warm):
        again = replay(tmp_path, build, session)
        assert (again.identical, again.replayed_hash, again.difference) == (True, flown.record.hash, None)


def test_a_fault_that_never_comes_changes_no_bit_of_the_flight(warm: Session, nominal: Flown) -> None:
    never = '[{kind = "link_drop", target = "sensors", at = "touchdown + 100 s"}]'
    record = fly(warm, sets={"faults": never}).record
    assert record.sensors == nominal.record.sensors
    assert record.commands.tobytes() == nominal.record.commands.tobytes()
    assert record.truth.tobytes() == nominal.record.truth.tobytes()
