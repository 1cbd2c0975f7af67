"""Flight programs of the package, each held to all checks of `hoverslam conform`: docs/evidence/conform-sound.csv.

Oracle of the evidence: the same checks find each of the programs that are wrong in one way (docs/evidence/conform.md).
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.fly.conform import conform
from hoverslam.harness.wire.conformance.verdicts import DOES_NOT_APPLY, PASSED, CheckResult
from tests.evidence.tables import FOLDER, ROOT, SOURCES, Row, digest_of, made, resumed
from tests.harness.wire.c_programs import CLIENT, done, landing

COLUMNS = ("program", "passed", "not_applicable", "other", "frame_times", "memory", "date", "sources")
TABLE = "conform-sound.csv"


def _new(language: str) -> Callable[[Path], Path]:
    """What `hoverslam new-gnc` makes, as a user makes it."""

    def make(folder: Path) -> Path:
        begun = CliRunner().invoke(app, ["new-gnc", str(folder / "new"), "--lang", language])
        if begun.exit_code != 0:
            raise RuntimeError(begun.output)
        return folder / "new"

    return make


def _built(folder: Path) -> list[str]:
    project = _new("c")(folder)
    done("make", "--silent", "-C", project)
    return [str(project / "fsw")]


def _written(folder: Path) -> list[str]:
    return [sys.executable, str(_new("python")(folder) / "gnc.py")]


PROGRAMS: dict[str, Callable[[Path], list[str] | None]] = {
    "the reference": lambda _: None,
    "the example in C that lands (sdk/c/examples/landing)": lambda folder: [str(landing(folder))],
    "hoverslam new-gnc --lang c": _built,
    "hoverslam new-gnc --lang python": _written,
}
"""How each is begun, in a folder of its own; None is the reference."""


def _row(name: str) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        results = list(conform(PROGRAMS[name](Path(folder))))
    return {"program": name, **_counted(results)}


def _counted(results: list[CheckResult]) -> Row:
    """How many passed and do not apply, what else was found, and what was measured."""
    counts, told = Counter(one.result for one in results), {one.name: one.told for one in results}
    other = [f"{one.name} {one.result}" for one in results if one.result not in {PASSED, DOES_NOT_APPLY}]
    return {
        "passed": counts[PASSED], "not_applicable": counts[DOES_NOT_APPLY], "other": ", ".join(other),
        "frame_times": told["frame-times"], "memory": told["memory"],
    }  # fmt: skip


def _sources(_: str) -> str:
    """Of all that decides a flight, and of the programs."""
    flown = [path for name in SOURCES for path in (ROOT / name).rglob("*") if path.suffix in {".py", ".toml"}]
    return digest_of([*flown, *(path for path in CLIENT.parent.rglob("*") if path.is_file())])


def sound(minutes: float) -> tuple[list[str], bool]:
    """The section of the page, and whether each program passes all that applies to it."""
    rows = resumed(FOLDER / TABLE, COLUMNS, [(name,) for name in PROGRAMS], _row, minutes, _sources)
    return [*_page(rows), *made("tests.evidence.conform", rows, TABLE), ""], _whole(rows)


def _whole(rows: list[Row]) -> bool:
    return len(rows) == len(PROGRAMS) and not any(row["other"] for row in rows)


def _page(rows: list[Row]) -> Iterator[str]:
    yield from (
        "# Programs that come with Hoverslam",
        "",
        "All checks of `hoverslam conform`, as a user holds them.",
        "",
    )
    yield "| program | passed | does not apply | anything else | from frame to answer | memory |"
    yield "| --- | ---: | ---: | --- | --- | --- |"
    for row in rows:
        told = " | ".join(str(row[name]) for name in COLUMNS[1:6])
        yield f"| {row['program']} | {told} |"
    yield ""
    yield "What does not apply are the checks of a fleet, for a program that flies one flight at a time. Times are of a"
    yield "machine with other work on it: they say what is usual, and only the deadline judges them."
    yield ""
