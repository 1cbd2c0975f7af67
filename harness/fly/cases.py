"""Flies whole cases with a warm flight program, a few at a time, and keeps the run folder of what went otherwise."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.fly.expected import as_it_should, held
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.pilot import FlownFlight, Pilot
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.record.claim import RUNS, new_folder
from hoverslam.scenarios.schema import Scenario

TOGETHER = 6
"""Cases at most in the air at once, where the program flies many: a frame then costs about half."""


class CaseJob(NamedTuple):
    """What all flights have in common: the program, where run folders go, and whether every flight has one."""

    gnc: str | None = None
    out: Path | None = None
    keep: bool = False


class CaseFlyer:
    """One worker's pilot."""

    def __init__(self, job: CaseJob, core: int | None = None) -> None:
        self._job, self._pilot = job, Pilot(job.gnc, core=core, most=TOGETHER)

    def fly(self, scenarios: Sequence[Scenario]) -> list[Summary]:
        """Cases to their summaries, in order, each held to what is written beside it. Raises as `Pilot.fly`."""
        all_flown = self._pilot.fly_all((one, one.name) for one in scenarios)
        found = {id(flown.prepared.scenario): self._summary(flown) for flown in all_flown}
        return [found[id(one)] for one in scenarios]

    def _summary(self, flown: FlownFlight) -> Summary:
        scenario = flown.prepared.scenario
        summary = held(summarise(flown.assessment, None), scenario.expected)
        if as_it_should(summary) and not self._job.keep:
            return summary
        folder = new_folder(f"{scenario.name}-s{scenario.seed}", self._job.out or RUNS)
        return keep(flown.assessment, flown.prepared, folder)

    def close(self) -> None:
        """End the program."""
        self._pilot.close()


Batch = Sequence[Scenario]


def crew(job: CaseJob, workers: int, say: Callable[[str], None] = lambda _: None) -> Crew[Batch, list[Summary]]:
    """Workers for a library of cases."""
    return Crew(partial(CaseFlyer, job), workers, say)


def batches(scenarios: Sequence[Scenario], workers: int) -> list[Batch]:
    """What is flown together, in order: few enough at a time that each worker is given several and progress shows."""
    size = max(1, min(TOGETHER, len(scenarios) // (2 * workers)))
    return [scenarios[at : at + size] for at in range(0, len(scenarios), size)]
