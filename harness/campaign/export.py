"""A campaign's flights as a table for other tools: CSV, or Parquet where pyarrow is there."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.campaign.bank import bank_of, write_bank
from harness.campaign.row import Row
from harness.campaign.store import Store
from harness.commands.guard import UsageError

NOT_A_COLUMN = ("track", "requirements", "starts", "features", "changes")


def export(store: Store, path: Path) -> int:
    """Write a row a flight to FILE.csv or FILE.parquet; how many. Raises UsageError."""
    flown = list(store.rows())
    copies = copies_of(flown)
    rows = [{**flat(row), "copy_of": copies.get(row.place)} for row in flown]
    names = list(dict.fromkeys(name for row in rows for name in row))
    writers = {".csv": _csv, ".parquet": _parquet}
    if path.suffix not in {*writers, ".json"}:
        raise UsageError(f"--export {path}: must end in .csv, .parquet or .json (a baseline for `hoverslam compare`)")
    try:
        if path.suffix == ".json":
            write_bank(bank_of(store, str(path)), path)
        else:
            writers[path.suffix](path, names, rows)
    except OSError as error:
        raise UsageError(f"--export {path}: cannot be written ({error.strerror}); give another file") from None
    return len(rows)


def copies_of(rows: Sequence[Row]) -> dict[int, int]:
    """The place of the first flight that each copy is bit-equal to, by the place of the copy."""
    first: dict[str, int] = {}
    return {row.place: first[row.hash] for row in rows if first.setdefault(row.hash, row.place) != row.place}


def flat(row: Row) -> dict[str, Any]:
    """One value a column: `margin.R-18` and `drawn.isp` beside the row's own; `faults` as JSON."""
    told = {name: value for name, value in row._asdict().items() if name not in NOT_A_COLUMN}
    told |= {f"margin.{name}": margin for name, _, margin, _ in row.requirements}
    told |= {f"status.{name}": status for name, status, _, _ in row.requirements}
    told |= {f"drawn.{name}": value for name, value in row.features.items()}
    return told | {"faults": json.dumps(row.changes.get("faults", []))}


def _csv(path: Path, names: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _parquet(path: Path, names: list[str], rows: list[dict[str, Any]]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(
            f"--export {path}: Parquet needs pyarrow; pip install 'hoverslam[parquet]', or give a .csv"
        ) from None
    columns = {name: [row.get(name) for row in rows] for name in names}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
