"""Random damage to every file that keeps results: python -m tests.evidence.damage [--damages 1000].

Bytes changed, runs of bytes zeroed or drawn anew, pages swapped, the end cut off, one damage at a time. What is read
then is refused, or is what was written. A line of docs/evidence/damage.csv is a batch of damages with a seed of its
own, written as soon as it is over, so that it can be done in parts; from them follows docs/evidence/damage.md.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.campaign.bank import read_bank, write_bank
from hoverslam.harness.campaign.store import Store, StoreError
from hoverslam.harness.errors import UsageError
from hoverslam.harness.hunt.engine import SearchPlan
from hoverslam.harness.hunt.ledger import LEDGER_FILE, Ledger
from hoverslam.harness.record.flight_record import RecordError
from hoverslam.harness.record.names import LOG_FILE, RUN_FILE
from hoverslam.harness.record.run_folder import load, save
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed
from tests.harness.campaign.damage import FLIGHTS, damaged, damages
from tests.harness.campaign.rows import ABOUT
from tests.harness.campaign.rows import made as made_row

DAMAGES, BATCH = 1000, 100
"""Of each kind of file; of each line of the table."""
OUTCOMES = {
    "refused": "refused",
    "read as it was": "as_it_was",
    "read as others": "as_others",
    "traceback": "traceback",
}
COLUMNS = ("kind", "batch", *OUTCOMES.values(), "wall_s", "date", "sources")


class Kept(NamedTuple):
    """A file of results, how it is read, what refuses it, and whether what was read is what was written."""

    file: Path
    read: Callable[[], Any]
    refused: type[Exception]
    same: Callable[[Any], bool]


def tried(kept: Kept, rng: random.Random, count: int) -> Counter[str]:
    """What reading came to, of so many damages, each to the file as it was."""
    content, outcomes = kept.file.read_bytes(), Counter[str]()
    for _ in range(count):
        kept.file.write_bytes(damaged(content, rng))
        outcomes[_outcome(kept)] += 1
    kept.file.write_bytes(content)
    return outcomes


def _outcome(kept: Kept) -> str:
    try:
        return "read as it was" if kept.same(kept.read()) else "read as others"
    except kept.refused:
        return "refused"
    except Exception:  # noqa: BLE001  anything but a mistake of the user's is what is looked for
        return "traceback"


def exact(found: object) -> str:
    """All that was read, every number to its last bit."""
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
        return repr(found)


def baseline(folder: Path) -> Kept:
    """Of a campaign of made flights."""
    with Store.create(folder / "campaign", ABOUT) as store:
        for place in range(FLIGHTS):
            store.add(made_row(place, fails=("R-21",) if place % 7 == 0 else ()), 0.5, "0")
    file = folder / "baseline.json"
    write_bank(read_bank(folder / "campaign"), file)
    whole = exact(read_bank(file))
    return Kept(file, lambda: read_bank(file), StoreError, lambda found: exact(found) == whole)


def run_folder(name: str) -> Callable[[Path], Kept]:
    """One of the two files of a run folder."""

    def kept(folder: Path) -> Kept:
        from tests.harness.test_record import SCENARIO, record_of

        save(record_of(), folder, SCENARIO)
        whole = exact(load(folder))
        return Kept(folder / name, lambda: load(folder), RecordError, lambda found: exact(found) == whole)

    return kept


def ledger(folder: Path) -> Kept:
    """Of a hunt by formulas; a flight whose line the end was cut from is flown again."""
    from tests.harness.hunt.model import ModelCrew
    from tests.harness.hunt.test_engine import ABOUT as HUNT
    from tests.harness.hunt.test_engine import breaks_in_wind, hunted

    def found() -> Any:
        return Ledger(folder, HUNT, resume=True)._flown

    hunted(ModelCrew(breaks_in_wind), folder, SearchPlan("random", 1, FLIGHTS))
    whole = found()
    return Kept(folder / LEDGER_FILE, found, UsageError, lambda some: some.items() <= whole.items())


FILES = {"baseline": baseline, "run.json": run_folder(RUN_FILE), "flight.mcap": run_folder(LOG_FILE), "ledger": ledger}
KINDS = ("database", *FILES)


def batch(kind: str, number: int, count: int = BATCH) -> Row:
    """So many damages to a kind of file, of a seed that kind and number say."""
    rng, begun_s = random.Random(f"{kind}:{number}"), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outcomes = damages(folder, rng, count) if kind == "database" else tried(FILES[kind](folder), rng, count)
    told = {column: outcomes[outcome] for outcome, column in OUTCOMES.items()}
    return {"kind": kind, "batch": number, **told, "wall_s": f"{time.monotonic() - begun_s:.1f}"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Damage what is missing, write, print; exit code 1 where one was read as others or ended in a traceback."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.damage", description=__doc__)
    parser.add_argument("--damages", type=int, default=DAMAGES, metavar="N", help="to each kind of file")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no batch after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    file = given.folder / "damage.csv"
    wanted = [(kind, number) for number in range(-(-given.damages // BATCH)) for kind in KINDS]
    rows = resumed(file, COLUMNS, wanted, batch, given.minutes)
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(any(int(row["as_others"]) or int(row["traceback"]) for row in rows))


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Results that were damaged"
    yield ""
    yield "One random damage at a time: a bit or byte changed, bytes zeroed or drawn anew, a page copied over another,"
    yield f"the end cut off. Seeds: the kind and the number of a batch of {BATCH}. The database is also salvaged."
    yield "What is read as it was had its damage where nothing is kept, or, in the ledger, at its end: flights whose"
    yield "lines are gone are flown again."
    yield ""
    yield f"| file | damages | {' | '.join(OUTCOMES)} |"
    yield f"| --- | {' | '.join(['---:'] * (1 + len(OUTCOMES)))} |"
    for kind in KINDS:
        of = [row for row in rows if row["kind"] == kind]
        sums = [sum(int(row[column]) for row in of) for column in OUTCOMES.values()]
        if of:
            yield f"| {kind} | {sum(sums)} | {' | '.join(map(str, sums))} |"
    yield ""
    yield from made("tests.evidence.damage", rows, "damage.csv")


if __name__ == "__main__":
    sys.exit(main())
