"""Flies whole cases one after the other with a warm flight program, and keeps the run folder of what went otherwise."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.fly.expected import as_it_should, held
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.pilot import Pilot
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.record.claim import RUNS, new_folder
from hoverslam.scenarios.schema import Scenario


class CaseJob(NamedTuple):
    """What all flights have in common: the program, where run folders go, and whether every flight has one."""

    gnc: str | None = None
    out: Path | None = None
    keep: bool = False


class CaseFlyer:
    """One worker's pilot."""

    def __init__(self, job: CaseJob, core: int | None = None) -> None:
        self._job, self._pilot = job, Pilot(job.gnc, core=core)

    def fly(self, scenario: Scenario) -> Summary:
        """A case to its summary, held to what is written beside it. Raises as `Pilot.fly`."""
        flown = self._pilot.fly(scenario, scenario.name)
        summary = held(summarise(flown.assessment, None), scenario.expected)
        if as_it_should(summary) and not self._job.keep:
            return summary
        folder = new_folder(f"{scenario.name}-s{scenario.seed}", self._job.out or RUNS)
        return keep(flown.assessment, flown.prepared, folder)

    def close(self) -> None:
        """End the program."""
        self._pilot.close()


def crew(job: CaseJob, workers: int, say: Callable[[str], None] = lambda _: None) -> Crew[Scenario, Summary]:
    """Workers for a library of cases."""
    return Crew(partial(CaseFlyer, job), workers, say)
