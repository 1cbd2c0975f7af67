"""A campaign's flights as a table for other tools: CSV, or Parquet where pyarrow is there."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hoverslam.harness.campaign.bank import bank_of, write_bank
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.errors import UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.files import Kind, Output

NOT_A_COLUMN = ("track", "requirements", "starts", "features", "changes")
MARK = b"hoverslam"
"""A key of the metadata of our Parquet files."""
KINDS = {
    ".csv": Kind("a table of a campaign", (".csv",), (b"place,seed,failure,verdict",)),
    ".parquet": Kind("a table of a campaign", (".parquet",), (MARK,)),
    ".json": Kind("a baseline of hoverslam", (".json",), (b'"format": "hoverslam-baseline-',)),
}


def wanted(path: Path) -> Output:
    """The file of `--export`. Raises UsageError for a name whose ending says nothing, and where pyarrow is missing."""
    if path.suffix not in KINDS:
        raise UsageError(
            f"--export {path}: must end in .csv, .parquet or .json (a baseline for `hoverslam compare`); change "
            f"its name; change its "
            "name"
        )
    if path.suffix == ".parquet":
        check_extra("hoverslam campaign --export FILE.parquet", "parquet", "give a .csv")
    return Output("--export", path, KINDS[path.suffix])


def export(store: Store, path: Path) -> int:
    """Write a row a flight to FILE.csv or FILE.parquet, or a baseline; how many. Raises UsageError."""
    output = wanted(path).tried()
    flown = list(store.rows())
    copies = copies_of(flown)
    rows = [{**flat(row), "copy_of": copies.get(row.place)} for row in flown]
    names = list(dict.fromkeys(name for row in rows for name in row))
    try:
        if path.suffix == ".json":
            write_bank(bank_of(store, str(path)), path)
        else:
            output.write((_csv if path.suffix == ".csv" else _parquet)(names, rows))
    except OSError as error:
        raise output.failed(error) from None
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


def _csv(names: list[str], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _parquet(names: list[str], rows: list[dict[str, Any]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    columns = {name: [row.get(name) for row in rows] for name in names}
    table = pyarrow.table(columns).replace_schema_metadata({MARK: b"flights of a campaign"})
    pyarrow.parquet.write_table(table, data := io.BytesIO())
    return data.getvalue()
