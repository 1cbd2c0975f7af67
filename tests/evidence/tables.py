"""What parts of the evidence share: a table of rows that survives a kill, and what it was made of."""

import csv
import hashlib
import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

ROOT = Path(__file__).parents[2]
FOLDER = Path("docs") / "evidence"
SOURCES = ("harness", "gnc", "plant", "scenarios")
MINUTES = 55.0
"""Nothing is begun after so long; what is missing then is done by the next call."""
Row = dict[str, Any]


def progress() -> Progress:
    """A bar on standard error."""
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def digest() -> str:
    """Short hash of everything that decides a flight besides its seed and the machine."""
    packages = [path for name in SOURCES for path in (ROOT / name).rglob("*") if path.suffix in {".py", ".toml"}]
    return digest_of([*packages, ROOT / "requirements.lock"])


def digest_of(paths: Iterable[Path], more: str = "") -> str:
    """Short hash of the names and the content of files of the repository, and of what else decides."""
    found = hashlib.blake2b(more.encode(), digest_size=6)
    for path in sorted(paths):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def machine() -> str:
    """What of the machine decides bits and speed; not its name."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    processor = names[0].partition(": ")[2] if names else platform.machine()
    return (
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores of {processor}"
    )


def today() -> str:
    """The date, for a row."""
    return datetime.now(UTC).date().isoformat()


def read(table: Path) -> list[Row]:
    """The rows so far, every value as text."""
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(table: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """All rows at once; a reader, or a kill, never sees half of them."""
    table.parent.mkdir(parents=True, exist_ok=True)
    partial = table.with_suffix(".part")
    with partial.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(table)


def resumed(
    table: Path,
    columns: Sequence[str],
    wanted: Sequence[tuple[Any, ...]],
    make: Callable[..., Row],
    minutes: float,
    sources: Callable[[str], str] | None = None,
) -> list[Row]:
    """The rows of a table: of those wanted, what is missing is made, each written as soon as it is over.

    The first columns are the key of a row; rows of other sources are thrown away, and nothing is begun after so long.
    `sources` gives those of a row from its first column; without it they are everything that decides a flight.
    """
    end_s, everything = time.monotonic() + 60.0 * minutes, digest()
    of = sources or (lambda _: everything)
    rows = [row for row in read(table) if row["sources"] == of(row[columns[0]])]
    keys = columns[: len(wanted[0])] if wanted else ()
    done = {tuple(str(row[key]) for key in keys) for row in rows}
    missing = [one for one in wanted if tuple(map(str, one)) not in done]
    with progress() as shown:
        task = shown.add_task(table.stem, total=len(wanted), completed=len(wanted) - len(missing))
        for one in missing:
            if time.monotonic() > end_s:
                break
            rows.append({**make(*one), "date": today(), "sources": of(str(one[0]))})
            write(table, columns, rows)
            shown.advance(task)
    return rows


def publish(path: Path, lines: Iterable[str]) -> None:
    """A page, also on standard output."""
    page = "\n".join(lines) + "\n"
    path.write_text(page, encoding="utf-8")
    Console(highlight=False, markup=False, soft_wrap=True).print(page)


def made(module: str, rows: Sequence[Row], table: str) -> list[str]:
    """The foot of a page: when, with what, of which sources, where the rows are."""
    sources = ", ".join(sorted({str(row["sources"]) for row in rows}))
    dates = sorted({str(row["date"]) for row in rows})
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    return [
        f"Made with `python -m {module}` on {when}, {machine()};",
        f"sources {sources}. Every row: [{table}]({table}).",
    ]
