"""The example in C beside the reference, on the same seeds, in turn: python -m tests.evidence.c_example [--seeds 200].

A line of docs/evidence/c-example.csv is a block of flights, written as soon as it is over: twenty dispersed flights of
one of the programs (`land`); one flight alone or sixteen at once, whose frames are timed (`alone`, `fleet`); a campaign
on one core or on two (`1 worker`, `2 workers`). From them follows docs/evidence/c-example.md. Who begins changes from
round to round; only the ratio of a round counts, never its times.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import open_fleet
from hoverslam.harness.statistics.difference import mcnemar
from hoverslam.harness.statistics.proportion import proportion
from hoverslam.scenarios.load import load
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed
from tests.harness.wire.c_programs import landing

SCENARIO = "zq3-landing"
FIRST_SEED, SEEDS, BLOCK = 1000, 200, 20
"""Seeds from 1000 on report: neither program was tuned or chosen by them."""
ROUNDS, TOGETHER, FLIGHTS = 5, 16, 32
PROGRAMS = ("C", "reference")
COLUMNS = ("sort", "block", "program", "flights", "passed", "lost_seeds", "frames", "wall_s", "date", "sources")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, write, print; exit code 1 where the example in C lands less than 95 in 100."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.c_example", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="a multiple of twenty")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin nothing after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        commands = {"C": str(landing(Path(folder))), "reference": None}
        make = partial(one_block, commands)
        rows = resumed(given.folder / "c-example.csv", COLUMNS, wanted(given.seeds, given.rounds), make, given.minutes)
    if rows:
        publish(given.folder / "c-example.md", report(rows))
    flights, passed = landed(rows, "C")
    return int(flights > 0 and passed < 0.95 * flights)


def wanted(seeds: int, rounds: int) -> list[tuple[str, int, str]]:
    """Sort, block and program of every line, in the order in which they are flown."""
    sorts = [("land", block) for block in range(seeds // BLOCK)]
    sorts += [(sort, number) for number in range(rounds) for sort in ("alone", "fleet", "1 worker", "2 workers")]
    return [(sort, block, name) for sort, block in sorts for name in PROGRAMS[:: 1 if block % 2 else -1]]


def one_block(commands: dict[str, str | None], sort: str, block: int, program: str) -> Row:
    """One line."""
    key = {"sort": sort, "block": block, "program": program}
    if sort.endswith(("worker", "workers")):
        return key | campaign(commands[program], int(sort.split()[0]))
    if sort == "land":
        return key | flown(
            commands[program], range(FIRST_SEED + BLOCK * block, FIRST_SEED + BLOCK * (block + 1)), BLOCK
        )
    many = TOGETHER if sort == "fleet" else 1
    return key | flown(commands[program], range(1, 1 + many), many)


def flown(command: str | None, seeds: range, most: int) -> Row:
    """Flights of these seeds, `most` at once; timed without the start of the program."""

    def flights() -> Iterator[Prepared]:
        for seed in seeds:
            yield prepare(load(SCENARIO, {"seed": str(seed)}), str(seed))

    with open_fleet(command, most=most) as fleet:
        warm = prepare(load("zq3-last-5km", {"rates.max_time_s": "0.1"}), "warm")
        fleet.fly(warm.plant, warm.plan, None)
        ready, began_s = list(flights()), time.perf_counter()
        records = list(fleet.fly_all(iter(ready)))
        wall_s = time.perf_counter() - began_s
    lost = sorted(
        int(prepared.plan.run_id)
        for prepared, record in records
        if assess(record, prepared).verdict is not Verdict.PASS
    )
    return {
        "flights": len(records), "passed": len(records) - len(lost), "lost_seeds": " ".join(map(str, lost)),
        "frames": sum(record.frames for _, record in records), "wall_s": f"{wall_s:.3f}",
    }  # fmt: skip


def campaign(command: str | None, workers: int) -> Row:
    """A campaign as the command line flies it, with the start of everything."""
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-P", "-m", "hoverslam.harness.cli", "campaign", SCENARIO, "-n", str(FLIGHTS)]
        line += [
            "--workers",
            str(workers),
            "--logs",
            "0",
            "--out",
            f"{folder}/out",
            *(["--gnc", command] if command else []),
        ]
        began_s = time.perf_counter()
        subprocess.run(line, check=True, capture_output=True)
        wall_s = time.perf_counter() - began_s
    return {"flights": FLIGHTS, "passed": "", "lost_seeds": "", "frames": "", "wall_s": f"{wall_s:.3f}"}


def landed(rows: Sequence[Row], program: str) -> tuple[int, int]:
    """How many flights there were, and how many passed."""
    of = [row for row in rows if row["sort"] == "land" and row["program"] == program]
    return sum(int(row["flights"]) for row in of), sum(int(row["passed"]) for row in of)


def lost_seeds(rows: Sequence[Row], program: str) -> set[str]:
    """Seeds of flights that did not pass."""
    return {seed for row in rows if row["program"] == program for seed in str(row["lost_seeds"]).split()}


def ratios(rows: Sequence[Row], sort: str) -> list[float]:
    """Time of the example in C over that of the reference, round by round."""
    took = {(row["block"], row["program"]): float(row["wall_s"]) for row in rows if row["sort"] == sort}
    rounds = {block for block, _ in took}
    return [
        took[one, "C"] / took[one, "reference"] for one in rounds if {(one, name) for name in PROGRAMS} <= set(took)
    ]


def rate(rows: Sequence[Row], sort: str, program: str) -> float:
    """Flights a minute, the median of the rounds."""
    return median(
        60.0 * FLIGHTS / float(row["wall_s"]) for row in rows if (row["sort"], row["program"]) == (sort, program)
    )


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# The landing example in C, beside the reference"
    yield ""
    yield f"`{SCENARIO}`, seeds from {FIRST_SEED} on, both programs on the same ones. The example is a port of the"
    yield "reference: no seed was used to tune or to choose it."
    yield ""
    yield "| program | flights | pass | share | 95 % interval (Clopper-Pearson) |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for name in PROGRAMS:
        flights, passed = landed(rows, name)
        if flights:
            found = proportion(passed, flights)
            yield f"| {name} | {flights} | {passed} | {passed / flights:.1%} | {found.low:.1%} to {found.high:.1%} |"
    lost = {name: lost_seeds(rows, name) for name in PROGRAMS}
    only_c, only_reference = (sorted(lost[a] - lost[b]) for a, b in (PROGRAMS, PROGRAMS[::-1]))
    yield ""
    chance = mcnemar(len(only_c), len(only_reference)).exact
    yield f"Lost by C alone: {', '.join(only_c) or 'none'}; by the reference alone:"
    yield f"{', '.join(only_reference) or 'none'}. McNemar, exact: p = {chance:.2f}."
    yield ""
    yield "Time of C over that of the reference, in turn: the median of the rounds, and their range."
    yield ""
    yield "| what | rounds | C over reference |"
    yield "| --- | ---: | --- |"
    names = {"alone": "a frame, one flight", "fleet": f"a frame, {TOGETHER} flights at once"}
    names |= {"1 worker": f"a campaign of {FLIGHTS} flights on one core", "2 workers": "the same on two cores"}
    for sort, name in names.items():
        if shares := ratios(rows, sort):
            yield f"| {name} | {len(shares)} | {median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f}) |"
    for sort in ("1 worker", "2 workers"):
        if ratios(rows, sort):
            told = ", ".join(f"{rate(rows, sort, name):.0f} with {name}" for name in PROGRAMS)
            yield ""
            yield f"Flights a minute with {sort}, start of everything included, on that machine in that hour: {told}."
    yield ""
    yield from made("tests.evidence.c_example", rows, "c-example.csv")


if __name__ == "__main__":
    sys.exit(main())
