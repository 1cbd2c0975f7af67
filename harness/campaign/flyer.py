"""Flies the flights of a campaign with a warm flight program, many at once where it can, to rows."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hoverslam.harness.campaign.row import Row, row_of
from hoverslam.harness.campaign.sampling import CampaignPlace, tree_of
from hoverslam.harness.fly.identity import Identity
from hoverslam.harness.fly.pilot import Pilot
from hoverslam.scenarios.schema import Scenario


class FlightJob(NamedTuple):
    """What all flights of a campaign have in common: the scenario, the program, how many are in the air at once.

    `identity` is what they began with: a flight that finds other files is not flown. `deadline` is what `--deadline`
    asked of the command [s], for workers that were started elsewhere.
    """

    base: Mapping[str, Any]
    gnc: str | None = None
    interleave: int = 1
    identity: Identity | None = None
    deadline: str | None = None


class CampaignFlown(NamedTuple):
    """A flight's row, and what it cost its worker."""

    row: Row
    wall_s: float


class CampaignFlyer:
    """One worker's pilot, and the scenarios of a campaign."""

    def __init__(self, job: FlightJob, core: int | None = None) -> None:
        self._job = job
        self._pilot = Pilot(job.gnc, core=core, most=job.interleave, identity=job.identity, deadline=job.deadline)

    def fly(self, flights: Sequence[CampaignPlace]) -> Iterator[CampaignFlown]:
        """Each as it ends. Raises as `Pilot.fly`, and OwnFaultError where we ourselves failed."""
        of, before_s = {_run_id(flight): flight for flight in flights}, time.perf_counter()
        for flown in self._pilot.fly_all((self._scenario(flight), _run_id(flight)) for flight in flights):
            flown.not_our_fault()
            row = row_of(of[flown.prepared.plan.run_id], flown.assessment, flown.prepared)
            before_s, spent_s = time.perf_counter(), time.perf_counter() - before_s
            yield CampaignFlown(row, spent_s)

    def _scenario(self, flight: CampaignPlace) -> Scenario:
        return Scenario.model_validate(tree_of(self._job.base, flight.changes))

    def lost(self) -> list[str]:
        """As `Pilot.lost`."""
        return self._pilot.lost()

    def close(self) -> None:
        """End the program."""
        self._pilot.close()


def _run_id(flight: CampaignPlace) -> str:
    return f"place-{flight.place}"
