"""What parts of the evidence share: a table of rows that survives a kill, and what it was made of."""

import csv
import hashlib
import os
import platform
from collections.abc import Iterable, Sequence
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
    found = hashlib.blake2b(digest_size=6)
    packages = [path for name in SOURCES for path in (ROOT / name).rglob("*") if path.suffix in {".py", ".toml"}]
    for path in sorted([*packages, ROOT / "requirements.lock"]):
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
