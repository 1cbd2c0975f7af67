"""How often `hoverslam compare` is wrong, on flights that were flown: python -m tests.evidence.gate [--fly].

Two banks of recorded flights, of the reference flight software and of one that forgets its legs in three flights of a
hundred (`tests.programs.planted`), are kept in docs/evidence/bank-*.json; --fly makes them again (half an hour). From
them trials are drawn: comparisons of 460 flights an arm. From what they say follows docs/evidence/gate.md.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hoverslam.harness.campaign.bank import read_bank
from hoverslam.harness.statistics.gate import Flights, Verdict
from tests.evidence.tables import FOLDER, machine, publish
from tests.evidence.trials import Trials, trials, trials_apart, trials_of_equals

FLIGHTS, TRIALS, BANK = 460, 200, 2000
PROGRAMS = {"reference": "reference", "forgetful": f"{sys.executable} -m tests.programs.planted forgetful"}
SEED = 20261121


class Found(NamedTuple):
    """What trials of one kind came to."""

    kind: str
    wanted: str
    trials: Trials


def bank(name: str, folder: Path = FOLDER) -> Flights:
    """The recorded flights of a build."""
    return read_bank(folder / f"bank-{name}.json").flights


@cache
@cache
def found(folder: Path = FOLDER) -> list[Found]:
    """All trials; the same for the same banks."""
    a, b, rng = bank("reference", folder), bank("forgetful", folder), np.random.default_rng(SEED)
    return [
        Found("equal builds, paired: each pair of flights on either side by chance", "at most 5 %",
              trials_of_equals(a, b, FLIGHTS, TRIALS, rng)),
        Found("the reference against itself under other seeds, unpaired", "at most 5 %",
              trials_apart(a, a, FLIGHTS, TRIALS, rng)),
        Found("the planted loss of 3 %, paired", "at least 90 %", trials(a, b, FLIGHTS, TRIALS, rng)),
    ]  # fmt: skip


def fly(folder: Path) -> None:
    """Make the banks: a campaign of each program, gone on with where it was left."""
    for name, program in PROGRAMS.items():
        out = Path("runs") / f"bank-{name}"
        subprocess.run(
            [sys.executable, "-P", "-m", "hoverslam.harness.cli", "campaign", "zq3-landing", "-n", str(BANK),
             "--gnc", program, "--out", str(out), "--resume", "--logs", "0",
             "--export", str(folder / f"bank-{name}.json")],
            check=True,
        )  # fmt: skip


def report(folder: Path) -> Iterator[str]:
    """The figures as a page."""
    a, b = bank("reference", folder), bank("forgetful", folder)
    yield "# How often the gate is wrong"
    yield ""
    passed = [int(one.passed.sum()) for one in (a, b)]
    yield f"Banks: {len(a.ids)} flights of `zq3-landing` by the reference, of which {passed[0]} pass, the same draws"
    yield f"by a build that forgets its legs in 3 flights of 100, of which {passed[1]} pass. {TRIALS} comparisons of"
    yield f"{FLIGHTS} flights an arm of each kind."
    yield ""
    yield "| comparisons | found `worse` | wanted | 95 % interval | other verdicts |"
    yield "| --- | ---: | --- | --- | --- |"
    for one in found(folder):
        share = one.trials.worse
        verdicts: tuple[Verdict, ...] = ("better", "no worse", "undecided")
        others = ", ".join(f"{name} {one.trials.count(name)}" for name in verdicts if one.trials.count(name))
        yield f"| {one.kind} | {share.successes} | {one.wanted} | {share.low:.1%} to {share.high:.1%} | {others} |"
    yield ""
    yield f"Drawn with `python -m tests.evidence.gate` on {machine()}; banks flown with `--fly`."


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly where asked, draw, write, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.gate", description=__doc__)
    parser.add_argument("--fly", action="store_true", help="fly the banks again first")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    if given.fly:
        fly(given.folder)
    publish(given.folder / "gate.md", report(given.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
