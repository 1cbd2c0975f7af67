"""Run folders of failing flights: flown again from their rows, bit for bit, with all their evidence."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from hoverslam.harness.campaign.figures import independent
from hoverslam.harness.campaign.flyer import was_disturbed
from hoverslam.harness.campaign.sampling import tree_of
from hoverslam.harness.campaign.store import Store, StoreError
from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.identity import Identity, mistakes_are_changes, of_record, refuse_changed
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.program.opening import PATIENT, open_session
from hoverslam.harness.record.names import SUMMARY_FILE
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.load import told
from hoverslam.scenarios.schema import Scenario

FLIGHTS = "flights"
FEW = 3
"""So many logs are made before a second worker would have started."""


class Again(NamedTuple):
    """A flight to be flown for its run folder."""

    scenario: Scenario
    folder: Path
    identity: Identity | None = None


class LogFlyer:
    """One worker's program."""

    def __init__(self, gnc: str | None, core: int | None = None) -> None:
        """Raises UsageError where the program cannot be started."""
        self._gnc = gnc
        self._session = open_session(gnc, core=core, deadlines=PATIENT)

    def fly(self, again: Again) -> None:
        """Fly it and write its folder. Raises KeyboardInterrupt, and ChangedError where it would be another flight."""
        with mistakes_are_changes(again.scenario, self._gnc, again.identity):
            prepared = prepare(again.scenario, again.folder.name)
        if again.identity is not None:
            refuse_changed(again.scenario, self._gnc, again.identity)
        again.folder.mkdir(parents=True, exist_ok=True)
        record = self._session.fly(prepared.plant, prepared.plan)
        if was_disturbed(record):
            prepared = prepare(again.scenario, again.folder.name)
            record = self._session.fly(prepared.plant, prepared.plan)
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        keep(assess(record, prepared), prepared, again.folder, page=False)

    def close(self) -> None:
        """End the program."""
        self._session.close()


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
        say(f"flying {counted(len(missing), 'failed flight')} again for the log{'s' if len(missing) > 1 else ''}")
        identity = of_record(store.about["identity"])
        crew = Crew[Again, None](partial(LogFlyer, gnc), workers if len(missing) > FEW else 1, say)
        with crew:
            flown = crew.each([Again(scenario_of(store, place), folder, identity) for place, folder in missing.items()])
            for count, _ in enumerate(flown, 1):
                say(f"flying failed flights again for the logs: {count} of {len(missing)}")
    return [folder for folder in folders.values() if (folder / SUMMARY_FILE).is_file()]


def scenario_of(store: Store, place: int) -> Scenario:
    """The whole scenario of a flight. Raises StoreError where there is none that this version can read."""
    tree = tree_of(store.about["base"], store.row(place).changes)
    try:
        return Scenario.model_validate(tree)
    except ValidationError as invalid:
        mistakes = told(explain(invalid, tree)[:1], f"{store.path}: the scenario of flight {place}")
        raise StoreError(f"{mistakes}; this version cannot fly it again") from None
