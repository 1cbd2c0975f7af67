"""Kills strings of the reference at random moments: python -m tests.evidence.strings [--kills 100].

One line a flight in docs/evidence/strings.csv, written as soon as it is over; docs/evidence/strings.md follows from it.
A flight of three strings with one or two killed is good where it is, bit for bit, the flight of one string and that of
two, it landed, and the verdict says which string was cut when.
"""

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from hoverslam.harness.fly.pilot import Pilot
from hoverslam.scenarios.load import load
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed

SCENARIO = "zq3-last-5km"
KILLS = 100
END_S = 24.0
"""Before the flight is over."""
SORTS = {"one": 1, "two": 2}
COLUMNS = ("killed", "number", "strings", "moments_s", "verdict", "same_hash", "told", "wall_s", "date", "sources")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, write, print; exit code 1 where a flight was not good."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.strings", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help="flights with one string killed")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no flight after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    file = given.folder / "strings.csv"
    wanted = [(sort, n) for n in range(given.kills) for sort in SORTS if sort == "one" or n % 5 == 0]
    with Pilot(None) as pilot:
        hashes = cache(lambda: undisturbed(pilot))
        rows = resumed(file, COLUMNS, wanted, lambda sort, n: one_flight(pilot, sort, n, hashes()), given.minutes)
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(not all(map(good, rows)))


def undisturbed(pilot: Pilot) -> set[str]:
    """The hashes of the flights of one string and of two: one and the same."""
    flights = (load(SCENARIO), load(SCENARIO, {"strings.count": "2"}))
    return {pilot.fly(scenario, "undisturbed").record.hash for scenario in flights}


def kill_sets(kills: Sequence[tuple[int, str]]) -> dict[str, str]:
    """Three strings, and which of them are killed when, as `--set` takes it."""
    faults = [f'{{kind = "string_killed", target = "string[{number}]", at = "{at}"}}' for number, at in kills]
    return {"strings.count": "3", "faults": f"[{', '.join(faults)}]"}


def told(number: int, time_s: float) -> str:
    """What a verdict says of a string that was killed."""
    return f"string {number} was cut {time_s:.2f} s after release: killed"


def one_flight(pilot: Pilot, sort: str, number: int, hashes: set[str]) -> Row:
    """A flight whose kills follow from its sort and number."""
    seed = int.from_bytes(hashlib.sha256(f"{sort}:{number}".encode()).digest()[:8], "little")
    chance, begun_s = random.Random(seed), time.monotonic()
    moments = [round(chance.uniform(0.0, END_S), 3) for _ in range(SORTS[sort])]
    kills = list(zip(chance.sample(range(3), SORTS[sort]), moments, strict=True))
    flown = pilot.fly(load(SCENARIO, kill_sets([(string, f"{at:.3f} s") for string, at in kills])), f"{sort}-{number}")
    frames = {string: -(-round(1000.0 * at) // 10) for string, at in kills}
    text = flown.assessment.explanation
    return {
        "killed": sort, "number": number, "strings": " ".join(str(string) for string, _ in kills),
        "moments_s": " ".join(f"{at:.3f}" for _, at in kills), "verdict": flown.assessment.verdict.value,
        "same_hash": int({flown.record.hash} == hashes),
        "told": int(all(told(string, frame / 100) in text for string, frame in frames.items())),
        "wall_s": f"{time.monotonic() - begun_s:.1f}",
    }  # fmt: skip


def good(row: Row) -> bool:
    """Whether it landed with the bits of those that were left, and the verdict says which were cut."""
    return row["verdict"] == "PASS" and int(row["same_hash"]) == 1 and int(row["told"]) == 1


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Strings that were killed"
    yield ""
    yield f"`{SCENARIO}`, three strings of the reference, one or two killed (`string_killed`) at a random moment"
    yield f"up to {END_S:g} s after release: ignition is at 4 s, touchdown at 23 s."
    yield ""
    yield "| killed | flights | landed | same hash as one string, and as two | the verdict says which and when |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for sort in SORTS:
        if of := [row for row in rows if row["killed"] == sort]:
            landed = sum(row["verdict"] == "PASS" for row in of)
            same, said = (sum(int(row[key]) for row in of) for key in ("same_hash", "told"))
            yield f"| {sort} | {len(of)} | {landed} | {same} | {said} |"
    yield ""
    yield from made("tests.evidence.strings", rows, "strings.csv")


if __name__ == "__main__":
    sys.exit(main())
