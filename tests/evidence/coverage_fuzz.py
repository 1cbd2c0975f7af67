"""Coverage-guided fuzzing of decoders and file readers: python -m tests.evidence.coverage_fuzz [--batches 20].

atheris (libFuzzer) changes inputs so that they reach new branches of the instrumented Python; what it found is kept in
evidence/coverage-fuzz/ and is where the next batch begins. A line of docs/evidence/coverage-fuzz.csv is a batch,
written as soon as it is over; docs/evidence/coverage-fuzz.md follows from it. The part `fuzz` is another: it flies.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.evidence.fuzz_files import READERS
from tests.evidence.fuzz_targets import TARGETS
from tests.evidence.fuzzed import RSS_MB, TIMEOUT_S
from tests.evidence.tables import FOLDER, MINUTES, ROOT, Row, digest_of, made, publish, resumed

BATCHES = 20
COLUMNS = (
    "target", "batch", "executions", "bad", "why", "edges", "kept", "rss_mb", "slowest_s", "lines", "of", "wall_s",
    "date", "sources",
)  # fmt: skip
KEPT = ROOT / "evidence" / "coverage-fuzz"


def batch(target: str, number: int, kept: Path = KEPT, runs: int | None = None) -> Row:
    """So many executions, from the inputs that are kept and the valid ones; then what the kept ones reach."""
    begun_s, corpus = time.monotonic(), kept / re.sub(r"\W+", "-", target)
    corpus.mkdir(parents=True, exist_ok=True)
    for name, data in TARGETS[target].seeds().items():
        (corpus / name).write_bytes(data)
    count = TARGETS[target].runs if runs is None else runs
    options = ["--runs", str(count), "--seed", str(number + 1), "--kept", str(kept)]
    code, said = ran([target, str(corpus), *options])
    lines, of = covered(target, corpus)
    return {"target": target, "batch": number, **figures(code, said), "lines": lines, "of": of,
            "wall_s": f"{time.monotonic() - begun_s:.1f}"}  # fmt: skip


@cache
def sources(target: str) -> str:
    """Short hash of what a target's batches are about: its modules, its seeds and the versions of packages.

    Not of the feeds: executions remain true of the same modules when others are made in another way.
    """
    found = [Path(str(spec.origin)).resolve() for name in TARGETS[target].modules if (spec := find_spec(name))]
    ours = [path for path in found if path.is_relative_to(ROOT)]
    kind = target.partition(",")[0]
    shipped = (ROOT / READERS[kind][1]).glob("*.toml") if kind in READERS else ()
    seeds = repr(sorted(TARGETS[target].seeds().items()))
    return digest_of([*ours, *shipped, ROOT / "requirements.lock"], seeds)


def ran(arguments: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of `tests.evidence.fuzzed`; libFuzzer itself ends what takes too long or too much."""
    command = [sys.executable, "-m", "tests.evidence.fuzzed", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    return done.returncode, done.stdout


def covered(target: str, corpus: Path) -> tuple[int, int]:
    """Lines of functions of the target's modules that the kept inputs reach, and how many there are."""
    code, said = ran([target, str(corpus)])
    if code:
        return 0, 0
    modules = json.loads(said.strip().splitlines()[-1])
    return sum(one for one, _ in modules.values()), sum(all_ for _, all_ in modules.values())


def figures(code: int, said: str) -> Row:
    """What libFuzzer tells at its end; `bad` where it ended at an input, with the last line of what was raised."""
    told = dict(re.findall(r"^stat::(\w+):\s+(\d+)", said, re.MULTILINE))
    status = re.findall(r"cov: (\d+) ft: \d+ corp: (\d+)", said)
    raised = re.search(r"=== Uncaught Python exception: ===\n(.*)", said) or re.search(r"ERROR: (libFuzzer: .*)", said)
    why = raised[1] if raised else f"exit code {code}: {said.strip()[-80:]}" if code else ""
    return {
        "executions": int(told.get("number_of_executed_units", 0)), "bad": int(code != 0), "why": why[:120],
        "edges": status[-1][0] if status else 0, "kept": status[-1][1] if status else 0,
        "rss_mb": told.get("peak_rss_mb", 0), "slowest_s": told.get("slowest_unit_time_sec", 0),
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz what is missing, write, print; exit code 1 where an input was bad."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.coverage_fuzz", description=__doc__)
    parser.add_argument("--batches", type=int, default=BATCHES, metavar="N", help="of each target")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no batch after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    file = given.folder / "coverage-fuzz.csv"
    wanted = [(target, number) for number in range(given.batches) for target in TARGETS]
    rows = resumed(file, COLUMNS, wanted, batch, given.minutes, sources)
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(any(int(row["bad"]) for row in rows))


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# Coverage-guided fuzzing of decoders and file readers"
    yield ""
    yield "atheris (libFuzzer) makes inputs that reach new branches of the instrumented Python, beginning with the"
    yield "golden frames of the wire and the shipped files. *from the program*: what the harness decodes, through the"
    yield "quick reader and the full one, which must agree; *from the harness*: the Python client, the message models"
    yield "and the flight load as the reference reads it. *text*: a file through Python's TOML parser. *tree*: behind"
    yield "the parser, where an input is up to four changes to a shipped tree. An input is bad if it raises anything"
    yield f"but the refusal meant for it, takes longer than {TIMEOUT_S} s, or the process grows beyond {RSS_MB} MiB."
    yield ""
    yield "Edges: those of all instrumented modules. Lines: of the functions of the target's own modules"
    yield "(`tests/evidence/fuzz_targets.py`), those that the kept inputs reach."
    yield ""
    yield "| target | executions | bad | edges | kept inputs | lines reached | peak memory | slowest |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for target in TARGETS:
        if of := [row for row in rows if row["target"] == target]:
            yield line(target, of)
    yield ""
    yield from made("tests.evidence.coverage_fuzz", rows, "coverage-fuzz.csv")


def line(target: str, of: Sequence[Row]) -> str:
    """One target's row of the table."""
    count, bad = (sum(int(row[key]) for row in of) for key in ("executions", "bad"))
    lines, whole = int(of[-1]["lines"]), int(of[-1]["of"])
    share = f"{lines} of {whole} ({100 * lines / max(whole, 1):.0f} %)"
    rss, slowest = (max(int(row[key]) for row in of) for key in ("rss_mb", "slowest_s"))
    return (
        f"| {target} | {count:,} | {bad} | {of[-1]['edges']} | {of[-1]['kept']} | {share} | {rss} MiB | "
        f"{'under 1' if slowest == 0 else slowest} s |"
    )


if __name__ == "__main__":
    sys.exit(main())
