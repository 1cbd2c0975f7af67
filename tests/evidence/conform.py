"""Flight programs that obey, and all those that are each wrong in one way: python -m tests.evidence.conform.

The tests hold a third of them in each run. A line of docs/evidence/conform.csv is a program with the checks that it
failed or that warn; from them, and from those of `conform_sound`, follows docs/evidence/conform.md.
"""

import argparse
import sys
from collections.abc import Sequence

from hoverslam.harness.fly.courses import DEFAULT, courses_of
from tests.evidence.conform_sound import sound
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed
from tests.harness.test_conform import LONGER, SECONDS, TALK, adverse, beside, held, wrong
from tests.programs.wrong import FAILS, WARNS

COLUMNS = ("program", "meant", "found", "date", "sources")


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold what is missing, and write the page; 1 where a program failed anything that it should not."""
    parser = argparse.ArgumentParser(prog="conform", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    given = parser.parse_args(arguments)
    courses, programs = courses_of(DEFAULT, SECONDS), {**FAILS, **WARNS}

    def row(name: str) -> Row:
        meant = programs[name][1]
        names = beside(meant) if name in FAILS else [*TALK, meant]
        found = adverse(held(wrong(name), courses, names, **LONGER.get(name, {})))
        return {"program": name, "meant": meant, "found": ", ".join(f"{one} {how}" for one, how in found.items())}

    obeying, all_obey = sound(given.minutes)
    rows = resumed(FOLDER / "conform.csv", COLUMNS, [(name,) for name in programs], row, given.minutes)
    other = [one for one in rows if one["found"].split(" ")[0] != one["meant"] or "," in one["found"]]
    lines = [
        *obeying,
        "# Programs that are wrong in one way", "",
        f"Of {len(rows)} programs {len(rows) - len(other)} fail, or are warned of, that check and no other.",
        "", "| program | check | found |", "| --- | --- | --- |",
        *(f"| {one['program']} | {one['meant']} | {one['found']} |" for one in rows), "",
    ]  # fmt: skip
    publish(FOLDER / "conform.md", [*lines, *made("tests.evidence.conform", rows, "conform.csv")])
    return 0 if len(rows) == len(programs) and all_obey and not other else 1


if __name__ == "__main__":
    sys.exit(main())
