"""`hoverslam export`: a stored flight as CSV, Parquet or MATLAB tables, or the layout for viewers of its log.

Numbers are exactly those recorded. Existing files are never overwritten.
"""

import csv
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.record.fields import MEANINGS, unit
from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.record.tables import Column, Table, singles, tables

MATLAB_NAME = 63
"""Letters that a name may have there."""
MATLAB_KEYWORDS = frozenset({
    "break", "case", "catch", "classdef", "continue", "else", "elseif", "end", "for", "function", "global", "if",
    "otherwise", "parfor", "persistent", "return", "spmd", "switch", "try", "while",
})  # fmt: skip


class Format(NamedTuple):
    """How a format is written, and what it is called inside the run folder; a folder where `suffix` is empty."""

    write: Callable[[dict[str, Table], Path], None]
    name: str
    suffix: str


def export_command(run: Path, form: str, out: Path | None, *, as_json: bool) -> int:
    """Write it, say where it is. Raises UsageError."""
    if form not in FORMATS:
        raise UsageError(f"--format {form}: unknown; give one of {', '.join(FORMATS)}")
    made = FORMATS[form]
    target = run / made.name if out is None else out
    if made.suffix and target.suffix != made.suffix:
        raise UsageError(f"--out {target}: must end in {made.suffix}; give a name with this ending")
    if form == "parquet":
        check_extra("hoverslam export --format parquet", "parquet", "take csv or mat")
    found = _read(run)
    with new_place(target, is_folder=not made.suffix) as partial:
        made.write(found, partial)
    if as_json:
        print_json({"exit_code": 0, "run": str(run), "format": form, "written": str(target)})
    else:
        results().say(f"{form} of {run}: {target}")
    return 0


def _read(run: Path) -> dict[str, Table]:
    from hoverslam.harness.record.flight_record import RecordError
    from hoverslam.harness.record.run_folder import load

    try:
        return tables(load(run).record)
    except RecordError as error:
        raise UsageError(str(error)) from None


@contextmanager
def new_place(target: Path, *, is_folder: bool) -> Iterator[Path]:
    """A path to write to, which becomes `target` when all of it is there; nobody else can claim that meanwhile.

    The name is taken at once, by an empty file or folder, and is gone again if nothing came of it. Raises UsageError.
    """
    partial = target.with_name(f".{secrets.token_hex(8)}.part{target.suffix}")
    try:
        target.mkdir() if is_folder else target.touch(exist_ok=False)
        try:
            yield partial
            partial.replace(target)
        except BaseException:
            target.rmdir() if is_folder else target.unlink()
            raise
    except FileExistsError:
        raise UsageError(f"--out {target}: exists already; give another path with --out, or remove it first") from None
    except OSError as error:
        raise UsageError(f"--out {target}: cannot be written ({error.strerror}); give another path") from None
    finally:
        with suppress(NotADirectoryError):  # its folder is a file: nothing was written
            shutil.rmtree(partial, ignore_errors=True) if partial.is_dir() else partial.unlink(missing_ok=True)


def _csv(found: dict[str, Table], folder: Path) -> None:
    folder.mkdir()
    for name, table in found.items():
        columns = singles(table)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*map(cells, columns.values()), strict=True))
    with (folder / "columns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("table", "column", "unit", "meaning"))
        for name, table in found.items():
            writer.writerows((name, column, *_told(column)) for column in singles(table))


def cells(column: Column) -> list[str]:
    """The shortest text that gives the number again; empty where there was nothing, nan where there was no number."""
    absent = np.ma.getmaskarray(column)
    values = np.ma.getdata(column).tolist()
    return [
        "" if gone else str(int(value)) if isinstance(value, bool) else value if isinstance(value, str) else repr(value)
        for value, gone in zip(values, absent, strict=True)
    ]


def _told(column: str) -> tuple[str, str]:
    """Unit and meaning of a column, by the name of its field."""
    field = next((part for part in reversed(column.split(".")) if not part.isdigit()), column)
    return (load.unit, load.label) if (load := LOADS.get(field)) else (unit(field), MEANINGS.get(field, ""))


def _parquet(found: dict[str, Table], folder: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    folder.mkdir()
    for name, table in found.items():
        columns = {column: pyarrow.array(_plain(values)) for column, values in singles(table).items()}
        fields = [
            pyarrow.field(column, values.type, metadata=dict(zip(("unit", "meaning"), _told(column), strict=True)))
            for column, values in columns.items()
        ]
        made = pyarrow.Table.from_arrays(list(columns.values()), schema=pyarrow.schema(fields))
        pyarrow.parquet.write_table(made, folder / f"{name}.parquet")


def _plain(column: Column) -> Any:
    """An array where all of it is there, otherwise a list with None in the gaps: NaN is no gap."""
    absent = np.ma.getmaskarray(column)
    if not absent.any() and column.dtype != object:
        return np.ma.getdata(column)
    values = np.ma.getdata(column).tolist()
    return [None if gone else value for value, gone in zip(values, absent, strict=True)]


def _mat(found: dict[str, Table], path: Path) -> None:
    """A struct a table, a matrix a column; what is not there becomes NaN, in text the empty string."""
    from scipy.io import savemat

    structs = {name: _struct(table) for name, table in found.items()}
    savemat(path, structs, long_field_names=True, do_compression=True, oned_as="column")


def _struct(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, column in table.items():
        made[_matlab_name(name, made)] = _matrix(column)
    return made


def _matrix(column: Column) -> Any:
    absent = np.ma.getmaskarray(column)
    values = np.ma.getdata(column)
    if values.dtype == object:
        return np.where(absent, "", values).astype(object)
    if absent.any():
        return np.where(absent, np.nan, values.astype(np.float64))
    return values


def _matlab_name(name: str, taken: dict[str, Any]) -> str:
    """Letters, digits and underscores, a letter first, 63 at most, no keyword, and none twice."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    plain = (plain if plain[:1].isalpha() and plain not in MATLAB_KEYWORDS else f"x{plain}")[:MATLAB_NAME]
    count = 2
    while plain in taken:
        ending = f"_{count}"
        plain, count = plain[: MATLAB_NAME - len(ending)] + ending, count + 1
    return plain


def _layout(_found: dict[str, Table], path: Path) -> None:
    path.write_bytes(files("hoverslam.harness.viewers").joinpath("layout.json").read_bytes())


FORMATS = {
    "csv": Format(_csv, "csv", ""),
    "parquet": Format(_parquet, "parquet", ""),
    "mat": Format(_mat, "flight.mat", ".mat"),
    "layout": Format(_layout, "layout.json", ".json"),
}
