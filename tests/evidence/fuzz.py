"""Files and command lines that were made, every kind of them: python -m tests.evidence.fuzz [--batches 20].

Each is read or refused, with exit code 0, 1 or 2 and never a traceback; scenarios, vehicles and flight loads are also
built and flown for a moment. A line of docs/evidence/fuzz.csv is a batch with a seed of its own, written as soon as it
is over, so that it can be done in parts; from them follows docs/evidence/fuzz.md.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hoverslam.harness.campaign.store import StoreError
from hoverslam.harness.errors import users_mistakes
from tests.evidence import flown_files, read_files
from tests.evidence.made_commands import arguments, filled
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed

BATCH, BATCHES, SHARE = 150, 20, 10
"""Of each line of the table; lines of a kind that is flown; of another, one of so many."""
SLOW_S = 1.0
"""Of processor time: no file, however made, takes longer to refuse."""
COLUMNS = ("kind", "batch", "refused", "read", "ours", "slow", "worst", "wall_s", "date", "sources")


def command_line(folder: Path, rng: random.Random) -> None:
    """Any command with any arguments; raises where it ends in a traceback or with another code than 0, 1 and 2."""
    filled(folder, rng)
    read_files.asked(arguments(rng), folder)


KINDS: dict[str, Callable[[Path, random.Random], None]] = {
    "scenario": flown_files.scenario,
    "vehicle": flown_files.vehicle,
    "flight load": flown_files.flight_load,
    "requirement set": read_files.requirement_set,
    "campaign": read_files.campaign,
    "hunt": read_files.hunt,
    "baseline": read_files.baseline,
    "run.json": read_files.run_json,
    "flight.mcap": read_files.flight_mcap,
    "database": read_files.database,
    "ledger": read_files.ledger,
    "command line": command_line,
}
FLOWN = ("scenario", "vehicle", "flight load")
"""Kinds of which the most are made."""


def outcome(kind: str, seed: str) -> tuple[str, float, str]:
    """What one came to (refused, read, ours), its processor time, and of a fault its last line."""
    with tempfile.TemporaryDirectory() as name:
        begun_s, what, why = time.process_time(), "read", ""
        try:
            KINDS[kind](Path(name), random.Random(seed))
        except Exception as error:  # noqa: BLE001  anything but a mistake of the user's is what is looked for
            what = "refused" if isinstance(error, (StoreError, *users_mistakes())) else "ours"
            why = f"{seed}: {''.join(traceback.format_exception(error)[-2:])}" if what == "ours" else ""
        return what, time.process_time() - begun_s, why


def batch(kind: str, number: int, count: int = BATCH) -> Row:
    """So many of a kind, of seeds that kind, number and place say; the first of a process is not timed: it loads."""
    begun_s, counts, slow, worst = time.monotonic(), {"refused": 0, "read": 0, "ours": 0}, 0, ""
    outcome(kind, f"{kind}:first")
    for place in range(count):
        what, took_s, why = outcome(kind, f"{kind}:{number}:{place}")
        counts[what] += 1
        slow += what == "refused" and took_s > SLOW_S
        if why:
            worst = worst or why
            sys.stderr.write(f"{why}\n")
    told_of = {"worst": worst.strip().splitlines()[-1][:120] if worst else "", "slow": slow}
    return {"kind": kind, "batch": number, **counts, **told_of, "wall_s": f"{time.monotonic() - begun_s:.1f}"}


def main(given: Sequence[str] | None = None) -> int:
    """Make what is missing, write, print; exit code 1 where one was our fault or slow to refuse."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.fuzz", description=__doc__)
    parser.add_argument("--batches", type=int, default=BATCHES, metavar="N", help=f"of {BATCH}, of each kind flown")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no batch after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args(given)
    file = asked.folder / "fuzz.csv"
    wanted = [
        (kind, one) for one in range(asked.batches) for kind in KINDS if kind in FLOWN or SHARE * one < asked.batches
    ]
    rows = resumed(file, COLUMNS, wanted, batch, asked.minutes)
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(any(int(row["ours"]) or int(row["slow"]) for row in rows))


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Files and command lines that were made"
    yield ""
    yield "A shipped file with up to four of its values changed (to what no table can hold, by powers of ten, taken"
    yield "out, put elsewhere), one in eight damaged as text; of results, with the checksums mended. Scenarios,"
    yield "vehicles and flight loads that are read are built and flown for a moment with random commands. Command lines"
    yield f"go as far as where a process would start. Seeds: kind, batch of {BATCH}, place in it. Our fault is"
    yield "a traceback, an exit code other than 0, 1 and 2, or a plant that is not finite; slow is what took longer"
    yield f"than {SLOW_S:g} s of processor time to be refused. A certificate is written and never read."
    yield ""
    yield "| kind | made | refused | read | our fault | slow to refuse |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for kind in KINDS:
        of = [row for row in rows if row["kind"] == kind]
        refused, whole, ours, slow = (sum(int(row[c]) for row in of) for c in ("refused", "read", "ours", "slow"))
        if of:
            yield f"| {kind} | {refused + whole + ours} | {refused} | {whole} | {ours} | {slow} |"
    yield ""
    yield from made("tests.evidence.fuzz", rows, "fuzz.csv")


if __name__ == "__main__":
    sys.exit(main())
