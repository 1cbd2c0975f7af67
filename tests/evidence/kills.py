"""Kills campaigns at random moments, fills their disks, goes on with them: python -m tests.evidence.kills [--kills 20].

One line a kill in docs/evidence/kills.csv, written as soon as it is over, so that it can be done in parts; from them
follows docs/evidence/kills.md. A kill is good where the table in the end is that of an undisturbed campaign, row by
row, and no process of it is left.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.acceptance.kills import CAMPAIGN, FLIGHTS, VICTIMS, kill, whole
from tests.evidence.full_disk import fill
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed

KILLS = 20
MOST_DELAY_S = 1.5
SORTS = (*VICTIMS, "disk")
FULL_DISKS = 5
"""A full disk has no moment to be unlucky in: fewer do."""
DISK_KB = (60, 210)
"""Room for some flights, not for all."""
COLUMNS = (
    "victim", "number", "moment", "delay_s", "there", "codes", "same_table", "left", "wall_s", "date",
    "sources",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill what is missing, write, print; exit code 1 where one was not good."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help="of each sort of process")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no kill after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    file = given.folder / "kills.csv"
    wanted = [(v, n) for n in range(given.kills) for v in SORTS if v != "disk" or n < FULL_DISKS]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        undisturbed = cache(lambda: whole(folder / "undisturbed", uuid.uuid4().hex))
        rows = resumed(
            file, COLUMNS, wanted, lambda victim, n: one_kill(folder, victim, n, undisturbed()), given.minutes
        )
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(not all(map(good, rows)))


def one_full_disk(folder: Path, number: int, undisturbed: list[tuple[Any, ...]]) -> Row:
    """A campaign on a disk that has no room for all of it; then there is room."""
    chance, begun_s = random.Random(f"disk:{number}"), time.monotonic()
    told = fill(folder, chance.randrange(*DISK_KB))
    assert told["code"] == 2, told["said"]
    assert told["integrity"] == "ok"
    clear = all(part in told["said"] for part in ("full", "free disk space", "--resume"))
    return {
        "victim": "disk", "number": number, "moment": told["kb"], "delay_s": "0", "there": told["there"],
        "codes": f"{told['code']} {told['after']}",
        "same_table": int(clear and told["table"] == [repr(row) for row in undisturbed]), "left": len(told["left"]),
        "wall_s": f"{time.monotonic() - begun_s:.0f}",
    }  # fmt: skip


def one_kill(folder: Path, victim: str, number: int, undisturbed: list[tuple[Any, ...]]) -> Row:
    """A kill at a moment that its sort and number say."""
    if victim == "disk":
        return one_full_disk(folder, number, undisturbed)
    seed = int.from_bytes(hashlib.sha256(f"{victim}:{number}".encode()).digest()[:8], "little")
    chance, begun_s = random.Random(seed), time.monotonic()
    moment, delay_s = chance.randrange(0, FLIGHTS - 1), chance.uniform(0.0, MOST_DELAY_S)
    told = kill(folder / f"{victim}-{number}", victim, moment, uuid.uuid4().hex, delay_s)
    return {
        "victim": victim, "number": number, "moment": moment, "delay_s": f"{delay_s:.2f}", "there": told.there,
        "codes": " ".join(map(str, told.codes)), "same_table": int(told.table == undisturbed), "left": len(told.left),
        "wall_s": f"{time.monotonic() - begun_s:.0f}",
    }  # fmt: skip


def good(row: Row) -> bool:
    """Whether nothing was lost and nothing is left."""
    return int(row["same_table"]) == 1 and int(row["left"]) == 0 and str(row["codes"]).endswith("0")


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Campaigns that were killed"
    yield ""
    yield f"`hoverslam {' '.join(CAMPAIGN)}`, one process of it killed with -9 at a random moment, then gone on with."
    yield f"`disk`: on a file system of {DISK_KB[0]} to {DISK_KB[1]} kB that fills up; gone on with when there is room."
    yield ""
    yield "| killed | kills | same table in the end, no process left | flights there at the kill |"
    yield "| --- | ---: | ---: | --- |"
    for victim in SORTS:
        of = [row for row in rows if row["victim"] == victim]
        if of:
            there = [int(row["there"]) for row in of]
            yield f"| {victim} | {len(of)} | {sum(map(good, of))} | {min(there)} to {max(there)} |"
    yield ""
    yield from made("tests.evidence.kills", rows, "kills.csv")


if __name__ == "__main__":
    sys.exit(main())
