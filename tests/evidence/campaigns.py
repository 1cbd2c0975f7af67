"""What campaigns cost as they grow, on one core and two, and what aimed ones say: python -m tests.evidence.campaigns.

One line a campaign in docs/evidence/campaigns.csv, written as soon as it is over, so that it can be done in parts: a
line of older sources stays until its campaign is flown again. From them follows docs/evidence/campaigns.md. Times are
of commands from start to exit, everything included; a rate is that between the first flight that is there and the last,
start and page left out. Memory is the sum over all processes of a campaign of what is resident, shared pages in each,
at its highest. Wants a machine that does nothing else.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil

from hoverslam.harness.campaign.store import DATABASE
from hoverslam.harness.statistics.proportion import proportion
from tests.evidence import pairs as bare_pairs
from tests.evidence.tables import FOLDER, MINUTES, Row, digest, made, progress, publish, read, today, write

COLUMNS = (
    "name", "flights", "workers", "interleaved", "passed", "wall_s", "flying_s", "a_minute", "driver_mb", "all_mb",
    "counted", "chance", "low", "high", "pairs_gain", "date", "sources",
)  # fmt: skip
RARE, AIMED_FLIGHTS, AIMED_SEED = "R-21", 500, 500_001
AIM = f"""scenario = "zq3-landing"
flights = {AIMED_FLIGHTS}
first_seed = {AIMED_SEED}

[aim]
shift = {{ normal_force = -2.0 }}
nominal = 0.1
failure = "{RARE}"
"""
"""Flights that overturn at touchdown are about one in a hundred, most where the hull has little normal force."""
CORES = [(f"{word} {turn}", 192, ("--workers", str(workers))) for turn in (1, 2)
         for word, workers in (("one core", 1), ("two cores", 2))]  # fmt: skip
PLANS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    **{f"of {n}": ("zq3-landing", n, ("--logs", "20")) for n in (10, 100, 1000)},
    **{name: ("zq3-landing", n, ("--logs", "0", *more)) for name, n, more in CORES},
    "alone": ("zq3-landing", 1000, ("--interleave", "1")),
    "aimed": ("aimed.toml", AIMED_FLIGHTS, ("--logs", "0")),
    "of 3000": ("zq3-landing", 3000, ("--logs", "20")),
}
"""Campaign, flights, options; in the order in which they are flown."""
ASKED_MINUTES = {"of 1000": 6.0, "alone": 9.0}
ASKED_CORES = 1.9


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, write, print; exit code 1 where something asked for was not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.campaigns", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin nothing after so long")
    parser.add_argument("--only", nargs="+", default=list(PLANS), choices=list(PLANS), help="of them")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the campaign ends with us
    table, sources, end_s = given.folder / "campaigns.csv", digest(), time.monotonic() + 60.0 * given.minutes
    rows = {row["name"]: row for row in read(table)}
    missing = [name for name in given.only if name not in rows or rows[name]["sources"] != sources]
    with tempfile.TemporaryDirectory() as folder, progress() as shown:
        (Path(folder) / "aimed.toml").write_text(AIM, encoding="utf-8")
        task = shown.add_task("campaigns", total=len(missing))
        for name in missing:
            if time.monotonic() > end_s:
                break
            gain = f"{pairs_gain():.2f}" if name.startswith("two cores") else ""
            rows[name] = {
                "name": name,
                **fly(Path(folder), name),
                "pairs_gain": gain,
                "date": today(),
                "sources": sources,
            }
            write(table, COLUMNS, [rows[one] for one in PLANS if one in rows])
            shown.advance(task)
    kept = [rows[name] for name in PLANS if name in rows]
    if kept:
        publish(table.with_suffix(".md"), report(kept))
    return int(not all(reached for _, _, reached in asked(kept)))


def fly(folder: Path, name: str) -> Row:
    """One campaign, watched from outside."""
    campaign, flights, options = PLANS[name]
    out = folder / name.replace(" ", "-")
    line = [sys.executable, "-P", "-m", "hoverslam.harness.cli", "campaign", campaign, "-n", str(flights), "--json"]
    began_s = time.monotonic()
    with subprocess.Popen([*line, *options, "--out", str(out)], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as driver:  # fmt: skip
        try:
            watched = watch(driver, out, flights)
            told = json.loads(driver.communicate()[0])
        except BaseException:
            driver.terminate()
            raise
    wall_s = time.monotonic() - began_s
    rare = told["rare"] or _counted(told)
    return {
        "flights": flights,
        "workers": options[options.index("--workers") + 1] if "--workers" in options else 2,
        "interleaved": options[options.index("--interleave") + 1] if "--interleave" in options else 16,
        "passed": told["success"]["successes"],
        "wall_s": f"{wall_s:.1f}",
        **watched,
        "counted": told["failed_by"].get(RARE, 0),
        **{key: f"{rare[key]:.3g}" for key in ("chance", "low", "high")},
    }


def pairs_gain() -> float:
    """What the second core is worth to flights by themselves."""
    first, second = sorted(os.sched_getaffinity(0))[:2]
    return bare_pairs.gain((first, second))


def _counted(told: Mapping[str, Any]) -> dict[str, float | None]:
    """The same of flights that were not aimed at anything."""
    share = proportion(told["failed_by"].get(RARE, 0), told["flights"])
    return {"chance": share.share, "low": share.low, "high": share.high}


def watch(driver: "subprocess.Popen[str]", out: Path, flights: int) -> Row:
    """When flights came in, and the highest that was resident."""
    first: tuple[float, int] | None = None
    last_s = driver_mb = all_mb = 0.0
    while driver.poll() is None:
        there, now_s = count(out / DATABASE), time.monotonic()
        if there and first is None:
            first = now_s, there
        if there < flights or not last_s:
            last_s = now_s
        own, whole = resident_mb(driver.pid)
        driver_mb, all_mb = max(driver_mb, own), max(all_mb, whole)
        time.sleep(0.25)
    begun_s, at_first = first or (last_s, flights)
    rate = 60.0 * (flights - at_first) / (last_s - begun_s) if flights > at_first else None
    return {
        "flying_s": f"{last_s - begun_s:.1f}", "a_minute": "" if rate is None else f"{rate:.0f}",
        "driver_mb": f"{driver_mb:.0f}", "all_mb": f"{all_mb:.0f}",
    }  # fmt: skip


def count(database: Path) -> int:
    """Flights that are committed; none while there is no table."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM flights").fetchone()[0])
    return 0


def resident_mb(pid: int) -> tuple[float, float]:
    """Of a process, and of it with all that it started."""
    sizes = []
    with suppress(psutil.Error):
        driver = psutil.Process(pid)
        for process in (driver, *driver.children(recursive=True)):
            with suppress(psutil.Error):
                sizes.append(process.memory_info().rss / 2**20)
    return (sizes[0], sum(sizes)) if sizes else (0.0, 0.0)


def asked(rows: Sequence[Row]) -> Iterator[tuple[str, str, bool]]:
    """What was asked for, what came, and whether that is it."""
    named = {row["name"]: row for row in rows}
    for name, minutes in ASKED_MINUTES.items():
        if name in named:
            took = float(named[name]["wall_s"]) / 60.0
            how = "interleaved" if name == "of 1000" else "one at a time"
            yield f"1,000 landings {how}, at most {minutes:g} min", f"{took:.2f} min", took <= minutes
    pairs = [(named[f"one core {turn}"], named[f"two cores {turn}"]) for turn in (1, 2) if f"two cores {turn}" in named]
    if pairs:
        gains = [float(two["a_minute"]) / float(one["a_minute"]) for one, two in pairs]
        shown = " and ".join(f"{gain:.2f}" for gain in gains)
        bare = " and ".join(str(two["pairs_gain"]) for _, two in pairs)
        came = f"{shown} x; the same flights just before, without a campaign around them, {bare} x"
        yield f"two cores against one, at least {ASKED_CORES:g} x", came, sum(gains) / len(gains) >= ASKED_CORES
    plain = named.get("of 3000") or named.get("of 1000")
    if "aimed" in named and plain:
        aimed = named["aimed"]
        meets = float(aimed["low"]) <= float(plain["high"]) and float(plain["low"]) <= float(aimed["high"])
        what = f"{RARE} fails: {AIMED_FLIGHTS} aimed flights agree with {int(plain['flights']):,} plain ones"
        yield what, f"{_share(aimed)} against {_share(plain)}", meets


def _share(row: Row) -> str:
    return f"{float(row['chance']):.2%} ({float(row['low']):.2%} to {float(row['high']):.2%})"


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# What campaigns cost, and what aimed ones say"
    yield ""
    yield "Dispersed landings of `zq3-landing` from 40 km, the reference flight software in its own processes."
    yield ""
    yield "| asked | measured | |"
    yield "| --- | --- | --- |"
    for what, came, reached in asked(rows):
        yield f"| {what} | {came} | {'yes' if reached else '**no**'} |"
    yield ""
    heads = ("campaign", "flights", "cores", "in the air", "pass", "command, s", "flights a minute", "driver, all, MB")
    yield f"| {' | '.join(heads)} | fail {RARE} |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    for row in rows:
        air, memory = f"{row['workers']} x {row['interleaved']}", f"{row['driver_mb']}, {row['all_mb']}"
        rare = f"{row['counted']}: {_share(row)}"
        cells = (
            row["name"],
            row["flights"],
            row["workers"],
            air,
            row["passed"],
            row["wall_s"],
            row["a_minute"],
            memory,
            rare,
        )
        yield "| " + " | ".join(map(str, cells)) + " |"
    yield ""
    yield from made("tests.evidence.campaigns", rows, "campaigns.csv")


if __name__ == "__main__":
    sys.exit(main())
