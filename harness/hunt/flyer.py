"""Flies cases for a hunt: one warm flight program a worker, judged without log, page or run folder."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from hoverslam.harness.fly.identity import Identity, mistakes_are_changes, refuse_changed
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.hunt.properties import PROPERTIES, Margin
from hoverslam.harness.judge.requirements import evaluate
from hoverslam.harness.program.opening import PATIENT, open_session
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.trace.flight import Flight
from hoverslam.plant.vehicle import VehicleError
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.schema import Scenario

LOST = "GNC_LOST"


class Job(NamedTuple):
    """What every flight of a hunt has in common: the property, the program, and one that must hold where it fails.

    `identity` is what they began with: a flight that finds other files is not flown.
    """

    property: str
    gnc: str | None
    baseline: str | None = None
    identity: Identity | None = None


class Flown(NamedTuple):
    """What a flight came to. `excused` where the baseline broke something too; `refused` why it could not be flown.

    `hash`: of the flight, empty where it was not kept.
    """

    margins: tuple[Margin, ...]
    outcome: str
    wall_s: float
    excused: bool = False
    refused: str = ""
    hash: str = ""

    @property
    def broken(self) -> tuple[Margin, ...]:
        """What is held against the program."""
        return () if self.excused else tuple(margin for margin in self.margins if margin.broken)

    def robustness(self, known: frozenset[str]) -> float:
        """The smallest of what has not been found broken before; 1 and above tells a search that there is nothing."""
        left = [margin.robustness for margin in self.margins if margin.id not in known]
        return 1.0 if self.excused or not left else min(left)


class Flyer:
    """One worker's programs. A program that is lost is started afresh with the next flight."""

    def __init__(self, job: Job, core: int | None = None) -> None:
        """Raises UsageError where a program cannot be started."""
        self.job, self.core = job, core
        self._under_test = open_session(job.gnc, core=core, deadlines=PATIENT)
        self._baseline: Session | None = None

    def fly(self, tree: dict[str, Any]) -> Flown:
        """Fly a scenario, given as its tree, to its margins. Raises ChangedError where a file is not what it was."""
        begun_s = time.perf_counter()
        try:
            scenario = Scenario.model_validate(tree)
            with mistakes_are_changes(scenario, self.job.gnc, self.job.identity):
                margins, outcome, flown = self._judged(scenario, self._under_test)
            if self.job.identity is not None:
                refuse_changed(scenario, self.job.gnc, self.job.identity)
        except (ScenarioError, VehicleError) as refused:
            return Flown((), "refused", 0.0, refused=str(refused))
        excused = False
        if self.job.baseline is not None and any(margin.broken for margin in margins):
            self._baseline = self._baseline or open_session(self.job.baseline, core=self.core, deadlines=PATIENT)
            excused = any(margin.broken for margin in self._judged(scenario, self._baseline)[0])
        return Flown(margins, outcome, time.perf_counter() - begun_s, excused, hash=flown)

    def _judged(self, scenario: Scenario, session: Session) -> tuple[tuple[Margin, ...], str, str]:
        prepared, record = _flown(scenario, session)
        if record.gnc_failure is not None and record.gnc_failure.kind == "hung":
            prepared, record = _flown(scenario, session)  # once may have been the host; twice is the program
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        if record.harness_error:
            raise RuntimeError(record.harness_error)
        if record.gnc_failure is not None:
            return (Margin(LOST, True, -1.0, None, "", record.gnc_failure.reason),), record.outcome, record.hash
        flight = Flight(record, prepared.context)
        results = evaluate(flight, prepared.requirements)
        return tuple(PROPERTIES[self.job.property](flight, results, scenario)), record.outcome, record.hash

    def close(self) -> None:
        """End the programs."""
        for session in (self._under_test, self._baseline):
            if session is not None:
                session.close()


def _flown(scenario: Scenario, session: Session) -> tuple[Prepared, FlightRecord]:
    prepared = prepare(scenario, "hunt")
    return prepared, session.fly(prepared.plant, prepared.plan)


def crew(job: Job, workers: int, say: Callable[[str], None] = lambda _: None) -> Crew[dict[str, Any], Flown]:
    """Workers for a hunt."""
    return Crew(partial(Flyer, job), workers, say)
