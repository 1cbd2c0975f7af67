"""Hunts for each planted fault by each method, and says how many flights they took: python -m tests.evidence.hunts.

One line a search in docs/evidence/hunt.csv, written as soon as it is over, so that it can be done in parts: what is
there is not hunted again while the sources are the same. From the lines follows docs/evidence/hunt.md. A failure counts
where the reference flight software breaks nothing of the property in the same flight. One search a core.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np

from hoverslam.harness.fly.workers import end_with_parent
from tests.evidence.tables import FOLDER, MINUTES, ROOT, Row, digest, made, progress, publish, read, today, write

BUDGET = 300
SEARCHES = 10
METHODS = ("cmaes", "hypothesis", "random")
PLANTED = {
    "late-ignition": (str(Path("tests") / "programs" / "windy.toml"), "ignition-timing"),
    "wrong-side": ("zq3-landing", "cross-range"),
    "no-spare": ("zq3-landing", "everything"),
}
"""Scenario and strategy in which each is hunted."""
COLUMNS = (
    "planted", "method", "seed", "flights", "excused", "id", "faults", "off_nominal", "shrink_flights", "wall_s",
    "date", "sources",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt what is missing, write, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.hunts", description=__doc__)
    parser.add_argument("--searches", type=int, default=SEARCHES, metavar="N", help="of each planted fault and method")
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--planted", nargs="+", default=list(PLANTED))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no search after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    table, sources = given.folder / "hunt.csv", digest()
    rows = {_key(row): row for row in read(table) if row["sources"] == sources}
    wanted = [(p, m, s) for s in range(given.searches) for m in given.methods for p in given.planted]
    missing = [one for one in wanted if one not in rows]
    with progress() as shown:
        task = shown.add_task("hunts", total=len(wanted), completed=len(wanted) - len(missing))
        for row in hunt_all(missing, time.monotonic() + 60.0 * given.minutes):
            rows[_key(row)] = {**row, "date": today(), "sources": sources}
            write(table, COLUMNS, [rows[key] for key in sorted(rows)])
            shown.advance(task)
    if rows:
        publish(table.with_suffix(".md"), report([rows[key] for key in sorted(rows)]))
    return 0


def _key(row: Row) -> tuple[str, str, int]:
    return row["planted"], row["method"], int(row["seed"])


def hunt_all(wanted: Sequence[tuple[str, str, int]], until_s: float) -> Iterator[Row]:
    """Rows as searches end, one search a core; none is begun after the time."""
    cores: list[int | None] = [*sorted(os.sched_getaffinity(0))] if hasattr(os, "sched_getaffinity") else [None]
    context = multiprocessing.get_context("spawn")
    free = context.Queue()
    for core in cores:
        free.put(core)
    with ProcessPoolExecutor(len(cores), context, initializer=_take_core, initargs=(free,)) as pool:
        for done in as_completed([pool.submit(hunt_one, *one, until_s) for one in wanted]):
            if (row := done.result()) is not None:
                yield row


def _take_core(free: Any) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    if (core := free.get()) is not None:
        os.sched_setaffinity(0, {core})


def hunt_one(
    planted: str, method: str, seed: int, until_s: float = float("inf"), shrink: int | None = None
) -> Row | None:
    """One search, to the first failure that counts; shrunk where there is one."""
    if time.monotonic() > until_s:
        return None
    from hoverslam.harness.hunt.engine import SHRINK_FLIGHTS, Hunt, SearchPlan
    from hoverslam.harness.hunt.flyer import HuntJob, crew
    from hoverslam.harness.hunt.ledger import Ledger
    from hoverslam.scenarios.limits import read_limits
    from hoverslam.scenarios.load import load
    from hoverslam.scenarios.space import Space

    begun_s = time.monotonic()
    scenario, strategy = PLANTED[planted]
    place = str(ROOT / scenario) if scenario.endswith(".toml") else scenario
    space = Space(load(place), read_limits(strategy))
    job = HuntJob(space.limits.property, f"{sys.executable} -m tests.programs.planted {planted}", "reference")
    plan = SearchPlan(method, seed, BUDGET, SHRINK_FLIGHTS if shrink is None else shrink, first=True)
    with tempfile.TemporaryDirectory() as folder, crew(job, 1) as alone:
        state = Hunt(space, alone, Ledger(Path(folder), {}, resume=False), plan).run()
    row: Row = dict.fromkeys(COLUMNS, "") | {
        "planted": planted,
        "method": method,
        "seed": seed,
        "excused": state.excused,
    }
    if state.failures:
        failure = min(state.failures.values(), key=lambda one: (len(one.case.faults), len(one.case.steps)))
        row |= {"flights": failure.first_flight, "id": failure.margin.id, "faults": len(failure.case.faults)}
        row |= {"off_nominal": len(failure.case.steps), "shrink_flights": failure.shrink_flights}
    return row | {"wall_s": f"{time.monotonic() - begun_s:.0f}"}


def flights(rows: Sequence[Row]) -> list[float]:
    """To the first failure of each search; infinitely many where the budget did not do."""
    return [float(row["flights"]) if row["flights"] else float("inf") for row in rows]


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Flights to the first failure"
    yield ""
    yield f"Budget {BUDGET} flights a search; a failure that the reference flight software shares is not counted."
    yield ""
    yield "| planted fault | method | searches | found | median | least | most | faults, off nominal when shrunk |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for planted, method in sorted({(row["planted"], row["method"]) for row in rows}):
        of = [row for row in rows if (row["planted"], row["method"]) == (planted, method)]
        found = [row for row in of if row["flights"]]
        count = flights(of)
        median, least, most = (_shown(x) for x in (float(np.median(count)), min(count), max(count)))
        size = ", ".join(str(max(int(row[key]) for row in found)) for key in ("faults", "off_nominal")) if found else ""
        yield f"| `{planted}` | {method} | {len(of)} | {len(found)} | {median} | {least} | {most} | {size} |"
    yield ""
    yield from made("tests.evidence.hunts", rows, "hunt.csv")


def _shown(count: float) -> str:
    return f"{count:g}" if np.isfinite(count) else f"> {BUDGET}"


if __name__ == "__main__":
    sys.exit(main())
