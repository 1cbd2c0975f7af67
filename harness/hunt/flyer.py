"""Flies cases for a hunt: one warm flight program a worker, judged without log, page or run folder."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from hoverslam.harness.fly.identity import Identity
from hoverslam.harness.fly.pilot import FlownFlight, Pilot
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.hunt.properties import PROPERTIES, Margin
from hoverslam.plant.vehicle import VehicleError
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.schema import Scenario

LOST = "GNC_LOST"


class HuntJob(NamedTuple):
    """What every flight of a hunt has in common: the property, the program, and one that must hold where it fails.

    `identity` is what they began with: a flight that finds other files is not flown.
    """

    property: str
    gnc: str | None
    baseline: str | None = None
    identity: Identity | None = None


class HuntFlown(NamedTuple):
    """What a flight came to. `excused` where the baseline broke something too; `refused` why it could not be flown.

    `hash`: of the flight, empty where it was not kept. `again`: how often it was flown again, which no ledger keeps.
    """

    margins: tuple[Margin, ...]
    outcome: str
    wall_s: float
    excused: bool = False
    refused: str = ""
    hash: str = ""
    again: int = 0

    @property
    def broken(self) -> tuple[Margin, ...]:
        """What is held against the program."""
        return () if self.excused else tuple(margin for margin in self.margins if margin.broken)

    def robustness(self, known: frozenset[str]) -> float:
        """The smallest of what has not been found broken before; 1 and above tells a search that there is nothing."""
        left = [margin.robustness for margin in self.margins if margin.id not in known]
        return 1.0 if self.excused or not left else min(left)


class Flyer:
    """One worker's pilots: of the program under test, and of the baseline once something was broken."""

    def __init__(self, job: HuntJob, core: int | None = None) -> None:
        self.job = job
        self._under_test = Pilot(job.gnc, core=core, identity=job.identity)
        self._baseline = None if job.baseline is None else Pilot(job.baseline, core=core)

    def fly(self, tree: dict[str, Any]) -> HuntFlown:
        """Fly a scenario, given as its tree, to its margins. Raises as `Pilot.fly`, and OwnFaultError."""
        begun_s, excused = time.perf_counter(), False
        try:
            scenario = Scenario.model_validate(tree)
            flown = self._under_test.fly(scenario, "hunt").not_our_fault()
        except (ScenarioError, VehicleError) as refused:
            return HuntFlown((), "refused", 0.0, refused=str(refused))
        margins, record, again = self._margins(flown), flown.record, flown.tries - 1
        if self._baseline is not None and any(margin.broken for margin in margins):
            other = self._baseline.fly(scenario, "hunt").not_our_fault()
            excused, again = any(margin.broken for margin in self._margins(other)), again + other.tries - 1
        wall_s = time.perf_counter() - begun_s
        return HuntFlown(margins, record.outcome, wall_s, excused, hash=record.hash, again=again)

    def _margins(self, flown: FlownFlight) -> tuple[Margin, ...]:
        if (failure := flown.record.gnc_failure) is not None:
            return (Margin(LOST, True, -1.0, None, "", failure.reason),)
        flight, results, *_ = flown.assessment
        return tuple(PROPERTIES[self.job.property](flight, results, flown.prepared.scenario))

    def close(self) -> None:
        """End the programs."""
        for pilot in (self._under_test, self._baseline):
            if pilot is not None:
                pilot.close()


def crew(job: HuntJob, workers: int, say: Callable[[str], None] = lambda _: None) -> Crew[dict[str, Any], HuntFlown]:
    """Workers for a hunt."""
    return Crew(partial(Flyer, job), workers, say)
