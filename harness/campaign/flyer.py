"""Flies the flights of a campaign with a warm flight program, to rows."""

import signal
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from harness.campaign.row import Row, row_of
from harness.campaign.sampling import Flight, tree_of
from harness.commands.program import PATIENT, open_session
from harness.flight import Prepared, assess, prepare
from harness.record import FlightRecord
from scenarios.schema import Scenario


class FlightJob(NamedTuple):
    """What all flights of a campaign have in common: the scenario, and the program."""

    base: Mapping[str, Any]
    gnc: str | None = None


class Flown(NamedTuple):
    """A flight's row and what it cost."""

    row: Row
    wall_s: float


class CampaignFlyer:
    """One worker's program. One that is lost is started afresh with the next flight."""

    def __init__(self, job: FlightJob, core: int | None = None) -> None:
        """Raises UsageError where the program cannot be started."""
        self._job, self._session = job, open_session(job.gnc, core=core, deadlines=PATIENT)

    def fly(self, flight: Flight) -> Flown:
        """A flight to its row. Raises KeyboardInterrupt, and RuntimeError where we ourselves failed."""
        begun_s = time.perf_counter()
        scenario = Scenario.model_validate(tree_of(self._job.base, flight.changes))
        prepared, record = self._flown(scenario, flight.place)
        if was_disturbed(record):
            prepared, record = self._flown(scenario, flight.place)
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        if record.harness_error:
            raise RuntimeError(record.harness_error)
        return Flown(row_of(flight, assess(record, prepared), prepared), time.perf_counter() - begun_s)

    def _flown(self, scenario: Scenario, place: int) -> tuple[Prepared, FlightRecord]:
        prepared = prepare(scenario, f"place-{place}")
        return prepared, self._session.fly(prepared.plant, prepared.plan)

    def close(self) -> None:
        """End the program."""
        self._session.close()


def was_disturbed(record: FlightRecord) -> bool:
    """Whether a program was lost in a way that may have been the host's: silent too long, or killed from outside.

    Once may be the host; in the flight that follows it is the program. One that crashes of itself is not asked twice.
    """
    lost = record.gnc_failure
    return lost is not None and (lost.kind == "hung" or lost.exit_status == -signal.SIGKILL)
