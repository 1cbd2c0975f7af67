"""Flies the flights of a campaign with a warm flight program, many at once where it can, to rows."""

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hoverslam.harness.campaign.row import Row, row_of
from hoverslam.harness.campaign.sampling import Flight, tree_of
from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.identity import Identity, mistakes_are_changes, refuse_changed
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.program.opening import PATIENT, open_fleet
from hoverslam.harness.record.flight_record import FlightRecord
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


class Flown(NamedTuple):
    """A flight's row, and what it cost its worker."""

    row: Row
    wall_s: float


class CampaignFlyer:
    """One worker's program. One that is lost is started afresh for the flights that follow."""

    def __init__(self, job: FlightJob, core: int | None = None) -> None:
        """Raises UsageError where the program cannot be started."""
        self._job = job
        self._session = open_fleet(job.gnc, job.interleave, core=core, deadlines=PATIENT, asked=job.deadline)

    def fly(self, flights: Sequence[Flight]) -> Iterator[Flown]:
        """Each as it ends. Raises KeyboardInterrupt, ChangedError, and RuntimeError where we ourselves failed."""
        of, before_s = {_run_id(flight): flight for flight in flights}, time.perf_counter()
        for pair in self._session.fly_all(self._prepared(flight) for flight in flights):
            flight = of[pair[0].plan.run_id]
            prepared, record = self._again(flight) if was_disturbed(pair[1]) else pair
            if record.outcome == "interrupted":
                raise KeyboardInterrupt
            if record.harness_error:
                raise RuntimeError(record.harness_error)
            row = row_of(flight, assess(record, prepared), prepared)
            before_s, spent_s = time.perf_counter(), time.perf_counter() - before_s
            yield Flown(row, spent_s)

    def _again(self, flight: Flight) -> tuple[Prepared, FlightRecord]:
        prepared = self._prepared(flight)
        return prepared, self._session.fly(prepared.plant, prepared.plan)

    def _prepared(self, flight: Flight) -> Prepared:
        scenario = Scenario.model_validate(tree_of(self._job.base, flight.changes))
        with mistakes_are_changes(scenario, self._job.gnc, self._job.identity):
            prepared = prepare(scenario, _run_id(flight))
        if self._job.identity is not None:
            refuse_changed(scenario, self._job.gnc, self._job.identity)
        return prepared

    def lost(self) -> list[str]:
        """Why the program was lost with several flights in the air, since this was last asked."""
        told = [loss.reason for loss in self._session.losses]
        self._session.losses.clear()
        return told

    def close(self) -> None:
        """End the program."""
        self._session.close()


def _run_id(flight: Flight) -> str:
    return f"place-{flight.place}"


def was_disturbed(record: FlightRecord) -> bool:
    """Whether a program was lost in a way that may have been the host's: silent too long, or killed from outside.

    Once may be the host; in the flight that follows it is the program. One that crashes of itself is not asked twice.
    """
    lost = record.gnc_failure
    return lost is not None and (lost.kind == "hung" or lost.exit_status == -signal.SIGKILL)
