"""Run folders of failing flights: flown again from their rows, bit for bit, with all their evidence."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from hoverslam.harness.campaign.figures import independent
from hoverslam.harness.campaign.sampling import tree_of
from hoverslam.harness.campaign.store import Store, StoreError
from hoverslam.harness.fly.identity import Identity, of_record
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.pilot import Pilot
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.record.names import SUMMARY_FILE
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.load import told
from hoverslam.scenarios.schema import Scenario

FLIGHTS = "flights"
FEW = 3
"""So many logs are made before another worker would have started."""


class LogToFly(NamedTuple):
    """A flight to be flown for its run folder."""

    scenario: Scenario
    folder: Path


class LogFlyer:
    """One worker's pilot."""

    def __init__(self, gnc: str | None, identity: Identity | None, core: int | None = None) -> None:
        self._pilot = Pilot(gnc, core=core, identity=identity)

    def fly(self, again: LogToFly) -> None:
        """Fly it and write its folder. Raises as `Pilot.fly`."""
        flown = self._pilot.fly(again.scenario, again.folder.name)
        again.folder.mkdir(parents=True, exist_ok=True)
        keep(flown.assessment, flown.prepared, again.folder, page=False)

    def close(self) -> None:
        """End the program."""
        self._pilot.close()


def keep_logs(
    store: Store, gnc: str | None, out: Path, most: int, workers: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:  # fmt: skip
    """Fly the first failing flights again, as many as are to be kept, no copies; those that are there stay.

    Returns the folders that are whole. Raises KeyboardInterrupt, ChangedError, and BrokenExecutor where a worker died.
    """
    wanted = [row.place for row in independent(list(store.rows())) if row.verdict != "PASS"][:most]
    folders = {place: out / FLIGHTS / f"{place:06d}" for place in wanted}
    missing = {place: folder for place, folder in folders.items() if not (folder / SUMMARY_FILE).is_file()}
    if missing:
        say(f"repeating {counted(len(missing), 'failed flight')} to store the log{'s' if len(missing) > 1 else ''}")
        identity = of_record(store.about["identity"])
        crew = Crew[LogToFly, None](partial(LogFlyer, gnc, identity), min(workers, -(-len(missing) // FEW)), say)
        with crew:
            flown = crew.each([LogToFly(scenario_of(store, place), folder) for place, folder in missing.items()])
            for count, _ in enumerate(flown, 1):
                say(f"repeating failed flights to store the logs: {count} of {len(missing)}")
    return [folder for folder in folders.values() if (folder / SUMMARY_FILE).is_file()]


def scenario_of(store: Store, place: int) -> Scenario:
    """The whole scenario of a flight. Raises StoreError where there is none that this version can read."""
    tree = tree_of(store.about["base"], store.row(place).changes)
    try:
        return Scenario.model_validate(tree)
    except ValidationError as invalid:
        mistakes = told(explain(invalid, tree)[:1], f"{store.path}: the scenario of flight {place}")
        raise StoreError(f"{mistakes}; this version cannot fly it; use the version that wrote the database") from None
