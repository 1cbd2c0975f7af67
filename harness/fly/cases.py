"""Flies whole cases one after the other with a warm flight program, and keeps the run folder of what went otherwise."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.expected import as_it_should, held
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.program.opening import PATIENT, open_session
from hoverslam.harness.record.claim import RUNS, new_folder
from hoverslam.scenarios.schema import Scenario


class CaseJob(NamedTuple):
    """What all flights have in common: the program, where run folders go, and whether every flight has one."""

    gnc: str | None = None
    out: Path | None = None
    keep: bool = False


class CaseFlyer:
    """One worker's program. One that is lost is started afresh with the next flight."""

    def __init__(self, job: CaseJob, core: int | None = None) -> None:
        """Raises UsageError where the program cannot be started."""
        self._job, self._session = job, open_session(job.gnc, core=core, deadlines=PATIENT)

    def fly(self, scenario: Scenario) -> Summary:
        """A case to its summary, held to what is written beside it."""
        prepared = prepare(scenario, scenario.name)
        record = self._session.fly(prepared.plant, prepared.plan)
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        assessment = assess(record, prepared)
        summary = held(summarise(assessment, None), scenario.expected)
        if as_it_should(summary) and not self._job.keep:
            return summary
        return keep(assessment, prepared, new_folder(f"{scenario.name}-s{scenario.seed}", self._job.out or RUNS))

    def close(self) -> None:
        """End the program."""
        self._session.close()


def crew(job: CaseJob, workers: int, say: Callable[[str], None] = lambda _: None) -> Crew[Scenario, Summary]:
    """Workers for a library of cases."""
    return Crew(partial(CaseFlyer, job), workers, say)
