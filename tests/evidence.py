"""Flies a scenario over many seeds and says how it went: python -m tests.evidence --seeds 200 [--scenario NAME].

The figures that a closing note quotes come from here. A table on standard output, every flight in evidence/<name>.json.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import beta

FOLDER = Path("evidence")
QUANTITIES = ("miss_m", "vertical_mps", "horizontal_mps", "tilt_deg", "rate_dps", "propellant_kg")
PERCENTILES = (1, 50, 95, 99)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly, write, print; exit code 1 when fewer flights pass than `--at-least` asks for."""
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N", help="fly seeds 1 to N")
    parser.add_argument("--first", type=int, default=1, metavar="S", help="first seed")
    parser.add_argument("--scenario", default="zq3-landing")
    parser.add_argument("--at-least", type=float, default=0.95, metavar="SHARE", help="share that must pass")
    given = parser.parse_args(arguments)
    seeds = range(given.first, given.first + given.seeds)
    summaries = fly_all(given.scenario, seeds)
    figures = count(summaries)
    FOLDER.mkdir(exist_ok=True)
    report = {"scenario": given.scenario, **figures, "flights": summaries}
    (FOLDER / f"{given.scenario}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    show(given.scenario, figures)
    return int(figures["pass_share"] < given.at_least)


def fly_all(scenario: str, seeds: Sequence[int]) -> list[dict[str, Any]]:
    """The summary of each seed's flight, in order; one pair of processes a core."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None] * (os.cpu_count() or 1)
    with ProcessPoolExecutor(len(cores)) as pool:
        shares = [pool.submit(fly_share, scenario, list(seeds[i :: len(cores)]), core) for i, core in enumerate(cores)]
        summaries = [summary for share in shares for summary in share.result()]
    return sorted(summaries, key=lambda summary: int(summary["seed"]))


def fly_share(scenario: str, seeds: Sequence[int], core: int | None) -> list[dict[str, Any]]:
    """Flights of one worker, with one warm flight program."""
    from harness.flight import assess, prepare
    from harness.session import Session
    from harness.summary import summarise
    from scenarios.load import load

    summaries = []
    with Session(core=core) as session:
        for seed in seeds:
            prepared = prepare(load(scenario, {"seed": str(seed)}), f"evidence-{seed}")
            record = session.fly(prepared.plant, prepared.plan)
            summaries.append(summarise(assess(record, prepared), None).model_dump(mode="json"))
    return summaries


def count(summaries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Shares, percentiles and what failed."""
    verdicts = Counter(summary["verdict"] for summary in summaries)
    touchdowns = [summary["touchdown"] for summary in summaries if summary["touchdown"] is not None]
    failures = Counter(
        requirement["id"]
        for summary in summaries
        for requirement in summary["requirements"]
        if requirement["status"] == "fail"
    )
    passed, flown = verdicts["PASS"], len(summaries)
    return {
        "flown": flown,
        "verdicts": dict(verdicts),
        "pass_share": passed / flown,
        "pass_share_lower_95": float(beta.ppf(0.05, passed, flown - passed + 1)) if passed else 0.0,
        "percentiles": {name: _percentiles([down[name] for down in touchdowns]) for name in QUANTITIES},
        "failed_requirements": dict(failures.most_common()),
        "not_passed": [summary["seed"] for summary in summaries if summary["verdict"] != "PASS"],
        "realtime_factor_median": float(np.median([summary["realtime_factor"] for summary in summaries])),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(values, p)) for p in PERCENTILES} if values else {}


def show(scenario: str, figures: dict[str, Any]) -> None:
    """The figures for people."""
    console = Console(highlight=False)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(figures["verdicts"].items()))
    share, lower = figures["pass_share"], figures["pass_share_lower_95"]
    console.print(
        f"{scenario}: {figures['flown']} seeds: {verdicts}; {share:.1%} pass, at least {lower:.1%} with 95 % confidence"
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("at touchdown")
    for p in PERCENTILES:
        table.add_column(f"p{p}", justify="right")
    for name, row in figures["percentiles"].items():
        table.add_row(name, *(f"{value:.3g}" for value in row.values()))
    console.print(table)
    if figures["not_passed"]:
        console.print(f"failed requirements: {figures['failed_requirements']}")
        console.print(f"seeds that did not pass: {', '.join(map(str, figures['not_passed']))}")
    console.print(f"median {figures['realtime_factor_median']:.0f} x real time; flights in {FOLDER}/{scenario}.json")


if __name__ == "__main__":
    sys.exit(main())
