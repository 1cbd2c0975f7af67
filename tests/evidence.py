"""Flies a scenario over many seeds and says how it went: python -m tests.evidence --seeds 200 [--scenario NAME].

The figures that a closing note quotes come from here. One line a flight in <folder>/<scenario>.csv, written as soon as
the flight is over, so that a run can be done in parts: what is there is not flown again while scenario, flight load,
vehicle and sources are the same. From the lines follows <folder>/<scenario>.md. One pair of processes a core.
"""

import argparse
import csv
import hashlib
import multiprocessing
import os
import platform
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from scipy.stats import beta

from harness.crew import end_with_parent

ROOT = Path(__file__).parents[1]
FOLDER = Path("docs") / "evidence"
SOURCES = ("harness", "gnc", "plant", "scenarios")
QUANTITIES = ("miss_m", "vertical_mps", "horizontal_mps", "tilt_deg", "rate_dps", "propellant_kg")
COLUMNS = ("seed", "verdict", "outcome", *QUANTITIES, "failed", "sim_s", "wall_s", "hash", "flown", "sources")
PERCENTILES = (1, 50, 95, 99)
BATCH = 5
"""Flights of a worker between two reports; a warm flight program is started once for each batch."""
Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, write, print; exit code 1 when fewer flights pass than `--at-least` asks for."""
    given = _arguments(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    table = given.folder / f"{given.scenario}.csv"
    sources = digest()
    wanted = range(given.first, given.first + given.seeds)
    rows = {int(row["seed"]): row for row in read(table) if row["sources"] == sources}
    missing = [seed for seed in wanted if seed not in rows]
    with progress() as shown:
        task = shown.add_task(given.scenario, total=len(wanted), completed=len(wanted) - len(missing))
        for batch in fly_all(given.scenario, missing):
            if digest() != sources:
                sys.exit("evidence: the sources changed while flying; start again, nothing of this batch was kept")
            rows |= {row["seed"]: {**row, "sources": sources} for row in batch}
            write(table, [rows[seed] for seed in sorted(rows)])
            shown.advance(task, len(batch))
    flown = [rows[seed] for seed in sorted(rows)]
    figures = count(flown)
    page = "\n".join(report(given.scenario, figures, command(given), sources)) + "\n"
    table.with_suffix(".md").write_text(page, encoding="utf-8")
    Console(highlight=False, markup=False, soft_wrap=True).print(page)
    return int(figures["pass_share"] < given.at_least)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N", help="fly N seeds")
    parser.add_argument("--first", type=int, default=1, metavar="S", help="the first of them")
    parser.add_argument("--scenario", default="zq3-landing", help="shipped scenario")
    parser.add_argument("--at-least", type=float, default=0.95, metavar="SHARE", help="share that must pass")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the tables go")
    return parser.parse_args(arguments)


def command(given: argparse.Namespace) -> str:
    """What to type for the same table."""
    first = "" if given.first == 1 else f" --first {given.first}"
    scenario = "" if given.scenario == "zq3-landing" else f" --scenario {given.scenario}"
    return f'make evidence ARGS="--seeds {given.seeds}{first}{scenario}"'


def progress() -> Progress:
    """A bar on standard error."""
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def digest() -> str:
    """Short hash of everything that decides a flight besides its seed and the machine."""
    found = hashlib.blake2b(digest_size=6)
    packages = [path for name in SOURCES for path in (ROOT / name).rglob("*") if path.suffix in {".py", ".toml"}]
    for path in sorted([*packages, ROOT / "requirements.lock"]):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def fly_all(scenario: str, seeds: Sequence[int]) -> Iterator[list[Row]]:
    """Rows of the seeds, batch by batch as they are done; one pair of processes a core."""
    cores: list[int | None] = [*sorted(os.sched_getaffinity(0))] if hasattr(os, "sched_getaffinity") else [None]
    context = multiprocessing.get_context("spawn")
    free = context.Queue()
    for core in cores:
        free.put(core)
    with ProcessPoolExecutor(len(cores), context, initializer=_take_core, initargs=(free,)) as pool:
        batches = [seeds[at : at + BATCH] for at in range(0, len(seeds), BATCH)]
        for done in as_completed([pool.submit(fly_batch, scenario, batch) for batch in batches]):
            yield done.result()


_core: list[int | None] = [None]


def _take_core(free: Any) -> None:
    """Each worker keeps to a core of its own, and its flight program with it."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    _core[0] = free.get()
    if _core[0] is not None:
        os.sched_setaffinity(0, {_core[0]})


def fly_batch(scenario: str, seeds: Sequence[int]) -> list[Row]:
    """Flights of one worker, with one warm flight program."""
    from harness.flight import assess, prepare
    from harness.session import Session
    from harness.summary import summarise
    from scenarios.load import load

    rows = []
    with Session(core=_core[0]) as session:
        for seed in seeds:
            prepared = prepare(load(scenario, {"seed": str(seed)}), f"evidence-{seed}")
            record = session.fly(prepared.plant, prepared.plan)
            rows.append(row_of(summarise(assess(record, prepared), None).model_dump(mode="json")))
    return rows


def row_of(summary: Mapping[str, Any]) -> Row:
    """The line of a flight."""
    touchdown = summary["touchdown"] or dict.fromkeys(QUANTITIES)
    failed = [requirement["id"] for requirement in summary["requirements"] if requirement["status"] == "fail"]
    return {
        "seed": summary["seed"],
        "verdict": summary["verdict"],
        "outcome": summary["outcome"],
        **{name: "" if touchdown[name] is None else f"{touchdown[name]:.5g}" for name in QUANTITIES},
        "failed": " ".join(failed),
        "sim_s": f"{summary['sim_s']:.2f}",
        "wall_s": f"{summary['wall_s']:.2f}",
        "hash": summary["hash"][:16],
        "flown": datetime.now(UTC).date().isoformat(),
        "sources": "",
    }


def read(table: Path) -> list[Row]:
    """The lines so far."""
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(table: Path, rows: Iterable[Row]) -> None:
    """All lines at once; a reader, or a kill, never sees half of them."""
    partial = table.with_suffix(".part")
    with partial.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(table)


def count(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares, percentiles and what failed."""
    verdicts = Counter(row["verdict"] for row in rows)
    failures = Counter(requirement for row in rows for requirement in row["failed"].split())
    passed, flown = verdicts["PASS"], len(rows)
    return {
        "flown": flown,
        "seeds": (min(int(row["seed"]) for row in rows), max(int(row["seed"]) for row in rows)),
        "verdicts": dict(verdicts),
        "pass_share": passed / flown,
        "pass_share_lower_95": float(beta.ppf(0.05, passed, flown - passed + 1)) if passed else 0.0,
        "percentiles": {name: _percentiles([float(row[name]) for row in rows if row[name]]) for name in QUANTITIES},
        "failed_requirements": dict(failures.most_common()),
        "not_passed": [int(row["seed"]) for row in rows if row["verdict"] != "PASS"],
        "realtime_factor_median": float(np.median([float(row["sim_s"]) / float(row["wall_s"]) for row in rows])),
        "dates": sorted({row["flown"] for row in rows}),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(values, p)) for p in PERCENTILES} if values else {}


def report(scenario: str, figures: Mapping[str, Any], typed: str, sources: str) -> Iterator[str]:
    """The figures as a page."""
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(figures["verdicts"].items()))
    first, last = figures["seeds"]
    yield f"# {scenario}, {figures['flown']} seeds ({first} to {last})"
    yield ""
    share, lower = figures["pass_share"], figures["pass_share_lower_95"]
    yield f"{verdicts}: {share:.1%} pass; with 95 % confidence at least {lower:.1%}."
    yield ""
    yield "| at touchdown | " + " | ".join(f"p{p}" for p in PERCENTILES) + " |"
    yield "| --- |" + " ---: |" * len(PERCENTILES)
    for name, values in figures["percentiles"].items():
        yield f"| `{name}` | " + " | ".join(f"{value:.3g}" for value in values.values()) + " |"
    yield ""
    if figures["not_passed"]:
        failed = ", ".join(f"{name} in {number}" for name, number in figures["failed_requirements"].items())
        seeds = ", ".join(map(str, figures["not_passed"]))
        yield f"Requirements that failed: {failed or 'none'}. Seeds that did not pass: {seeds}."
        yield ""
    yield f"Median {figures['realtime_factor_median']:.0f} x real time, one pair of processes a core."
    yield ""
    yield f"Flown {' to '.join(figures['dates'][:: max(len(figures['dates']) - 1, 1)])} with `{typed}` on {machine()};"
    yield f"sources {sources}. Every flight: [{scenario}.csv]({scenario}.csv)."


def machine() -> str:
    """What of the machine decides bits and speed; not its name."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    processor = names[0].partition(": ")[2] if names else platform.machine()
    return (
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores of {processor}"
    )


if __name__ == "__main__":
    sys.exit(main())
