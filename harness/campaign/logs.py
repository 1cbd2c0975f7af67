"""Run folders of failing flights: flown again from their rows, bit for bit, with all their evidence."""

from collections.abc import Callable
from pathlib import Path

from harness.campaign.sampling import tree_of
from harness.campaign.store import Store
from harness.commands.program import PATIENT, open_session
from scenarios.schema import Scenario

FLIGHTS = "flights"


def keep_logs(
    store: Store, gnc: str | None, out: Path, most: int, say: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Fly the first failing flights again, as many as are to be kept; those that are there stay."""
    from harness.commands.run import SUMMARY_FILE, keep
    from harness.flight import assess, prepare

    wanted = [row.place for row in store.rows() if row.verdict != "PASS"][:most]
    folders = {place: out / FLIGHTS / f"{place:06d}" for place in wanted}
    missing = {place: folder for place, folder in folders.items() if not (folder / SUMMARY_FILE).is_file()}
    if missing:
        with open_session(gnc, deadlines=PATIENT) as session:
            for count, (place, folder) in enumerate(missing.items(), 1):
                say(f"flying failed flight {place} again for its log ({count} of {len(missing)})")
                folder.mkdir(parents=True, exist_ok=True)
                prepared = prepare(scenario_of(store, place), folder.name)
                record = session.fly(prepared.plant, prepared.plan)
                if record.outcome == "interrupted":
                    raise KeyboardInterrupt
                keep(assess(record, prepared), prepared, folder, page=False)
    return list(folders.values())


def scenario_of(store: Store, place: int) -> Scenario:
    """The whole scenario of a flight. Raises StoreError where there is no such flight."""
    return Scenario.model_validate(tree_of(store.about["base"], store.row(place).changes))
