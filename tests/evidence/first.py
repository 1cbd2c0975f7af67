"""How long the first verdict on a machine takes, beside an older commit: python -m tests.evidence.first [--rounds 3].

Each round flies the default scenario once with the older commit's sources and once with these, each from an empty
cache and with the same interpreter and packages; who begins changes from round to round. Only the ratio of a round
counts, never its times. A line of docs/evidence/first.csv is a round, written as soon as it is over; from them follows
docs/evidence/first.md.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.evidence.tables import FOLDER, MINUTES, ROOT, Row, made, publish, resumed

BEFORE = "5fc84d2"
"""The last commit that compiled one kernel after the other in one process."""
ROUNDS = 3
COLUMNS = ("round", "before", "before_s", "now_s", "ratio", "date", "sources")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly the rounds that are missing; exit code 2 where the older commit is not there."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.first", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no round after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    wanted = [(number,) for number in range(1, given.rounds + 1)]
    with TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        if not unpacked(before):
            print(f"evidence: commit {BEFORE} is not in this repository; clone it with its history", file=sys.stderr)
            return 2
        rows = resumed(given.folder / "first.csv", COLUMNS, wanted, lambda one: raced(one, before), given.minutes)
    if rows:
        publish(given.folder / "first.md", report(rows))
    return 0


def unpacked(folder: Path) -> bool:
    """The older commit's sources in a folder; false where there is no such commit."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode == 0:
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return archive.returncode == 0


def raced(number: int, before: Path) -> Row:
    """One round."""
    trees = {"before_s": before, "now_s": ROOT}
    turn = iter(trees) if number % 2 else reversed(trees)
    took = {name: first_verdict_s(trees[name]) for name in turn}
    told = {name: f"{seconds:.1f}" for name, seconds in took.items()}
    return {"round": number, "before": BEFORE, **told, "ratio": f"{took['now_s'] / took['before_s']:.3f}"}


def first_verdict_s(tree: Path) -> float:
    """From the command to the end of a flight that passes, with the sources in a folder and nothing compiled."""
    with TemporaryDirectory() as folder:
        nested = (tree / "src").is_dir()  # the older commit has its packages at the top
        command = "hoverslam.harness.cli" if nested else "harness.cli"
        path = str(tree / "src") if nested else str(tree)
        environment = {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": f"{folder}/cache"}
        began_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-P", "-m", command, "run", "--out", f"{folder}/run"],
            env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        return time.perf_counter() - began_s


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    ratios = [float(row["ratio"]) for row in rows]
    yield "# The first verdict from an empty cache"
    yield ""
    yield f"Against commit {BEFORE}, in turn, {len(rows)} rounds: {median(ratios):.2f} of its time (median,"
    yield f"from {min(ratios):.2f} to {max(ratios):.2f})."
    yield ""
    yield from made("tests.evidence.first", rows, "first.csv")


if __name__ == "__main__":
    sys.exit(main())
