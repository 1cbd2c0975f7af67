"""Checksums of the database of a campaign: of each row, and of all rows together.

A row that was damaged is found by its own; one that vanished, or is there twice, by the sum over all. They guard
against accidents, not against somebody who means to deceive.
"""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from hoverslam.harness.campaign.database import DamagedError, Database, StoreError
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.statistics.words import agrees, counted
from hoverslam.scenarios.campaign import MOST_FLIGHTS, Campaign
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.load import told

AS_JSON = ("changes", "requirements", "starts", "features")
SQL_TYPES = {"place": "INTEGER PRIMARY KEY", "seed": "INTEGER", "track": "BLOB"}
TEXTS = ("failure", "verdict", "outcome", "explanation", "hash", "wind_from", "vehicle", "plant", "gnc", *AS_JSON)
KINDS = {name: SQL_TYPES.get(name, "TEXT NOT NULL" if name in TEXTS else "REAL") for name in Row._fields}
TABLES = {
    "about": "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT NOT NULL) STRICT",
    "flights": f"CREATE TABLE flights ({', '.join(f'{name} {kind}' for name, kind in KINDS.items())}, "
    "checksum TEXT NOT NULL) STRICT",
    "costs": "CREATE TABLE costs (place INTEGER PRIMARY KEY, wall_s REAL, worker TEXT, checksum TEXT NOT NULL) STRICT",
    "seal": "CREATE TABLE seal (one INTEGER PRIMARY KEY, flights INTEGER, total INTEGER) STRICT",
}
INNER: dict[str, TypeAdapter[Any]] = {
    "changes": TypeAdapter(dict[str, Any]),
    "requirements": TypeAdapter(list[tuple[str, str, float | None, str]]),
    "starts": TypeAdapter(list[tuple[int, int, bool]]),
    "features": TypeAdapter(dict[str, float]),
}
"""Of the columns that are JSON, what is in them."""
COLUMNS = ", ".join([*Row._fields, "checksum"])
NEEDED = ("campaign", "base", "plant", "identity")
"""Of `about`: without these a database says nothing."""
TOTAL_BITS = 62
AT_ONCE = 500
"""Rows read together."""


class _Judged(BaseModel):
    model_config = ConfigDict(extra="allow")

    set: str = ""


class _Base(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str = ""
    requirements: _Judged = _Judged()


class About(BaseModel):
    """What a database says of its campaign, as far as it is read without being flown."""

    campaign: Campaign
    base: _Base
    plant: str
    identity: dict[str, str]
    gnc: str | None = None


class Seal(NamedTuple):
    """How many flights there are, and the sum of their checksums."""

    flights: int
    total: int


def checksum(values: Sequence[Any]) -> str:
    """Of the values of a row as SQLite gives them back, with their types."""
    digest = hashlib.sha256()
    for value in values:
        if isinstance(value, float):
            part = b"f" + struct.pack("<d", value)
        elif isinstance(value, bytes):
            part = b"b" + value
        else:
            part = type(value).__name__[:1].encode() + str(value).encode("utf-8", "surrogatepass")
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()[:16]


def stored(row: Row) -> list[Any]:
    """The values of a row as SQLite gives them back: a real without a sign of zero, and no NaN."""
    told = {**row._asdict(), **{key: json.dumps(getattr(row, key)) for key in AS_JSON}}
    return [_real(value) if KINDS[name] == "REAL" else value for name, value in told.items()]


def _real(value: float | None) -> float | None:
    return None if value is None or value != value else float(value) + 0.0  # NaN alone is not itself


def add_to_seal(seal: Seal, checksums: Sequence[str]) -> Seal:
    """With more rows."""
    total = sum(int(one, 16) for one in checksums) + seal.total
    return Seal(seal.flights + len(checksums), total % (1 << TOTAL_BITS))


def write_seal(connection: sqlite3.Connection, seal: Seal) -> None:
    """Within the transaction that changed the flights."""
    connection.execute("INSERT OR REPLACE INTO seal VALUES (1, ?, ?)", seal)


def sealed(connection: sqlite3.Connection) -> Seal:
    """As it was last written."""
    found = connection.execute("SELECT flights, total FROM seal").fetchone()
    return Seal(*found)


def rows_of(database: Database) -> Iterator[Row]:
    """All flights by place, each checked. Raises DamagedError."""
    return (row_of(database, values) for values in _all(database))


def row_of(database: Database, values: Sequence[Any]) -> Row:
    """A flight from its values. Raises DamagedError."""
    *told, claimed = values
    if checksum(told) != claimed:
        raise DamagedError(f"{database.path}: flight {told[0]!r} was changed after it was written")
    row = Row(*told)
    try:
        return row._replace(**{key: _of_kind(key, json.loads(getattr(row, key))) for key in AS_JSON})
    except (ValueError, TypeError) as wrong:
        problem = str(wrong).splitlines()[0]
        raise DamagedError(
            f"{database.path}: flight {told[0]!r} is not a flight written by hoverslam ({problem})"
        ) from None


def _of_kind(key: str, value: Any) -> Any:
    """A value as it is, where it has the types of its column. Raises ValueError."""
    INNER[key].validate_python(value)
    return value


def about_of(database: Database) -> dict[str, Any]:
    """What is flown, in full. Raises DamagedError."""
    told = {}
    for key, value, claimed in database.ask("SELECT key, value, checksum FROM about"):
        if checksum((key, value)) != claimed:
            raise DamagedError(
                f"{database.path}: its description of the campaign ({key!r}) was changed after it was written"
            )
        told[key] = json.loads(value)
    return told


def say_about(connection: sqlite3.Connection, about: Mapping[str, Any]) -> None:
    """Within a transaction: write or replace what is flown."""
    told = [(key, json.dumps(value)) for key, value in about.items()]
    connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?, ?)", [(*pair, checksum(pair)) for pair in told])


def check(database: Database) -> None:
    """All of it, at opening.

    Raises DamagedError with how many flights can be saved and how; StoreError for what says of itself what no
    campaign of this version says.
    """
    try:
        _look(database)
    except DamagedError as damaged:
        raise DamagedError(f"{damaged}; {_saved(database)}") from None
    about = about_of(database)
    try:
        About.model_validate(about)
    except ValidationError as invalid:
        mistakes = told(explain(invalid, about, About)[:1], f"{database.path}: its description of the campaign")
        raise StoreError(f"{mistakes}; this version cannot read it; use the version that wrote it") from None


def _look(database: Database) -> None:
    path = database.path
    found = [text for (text,) in database.ask("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise DamagedError(f"{path}: is damaged ({' '.join(str(found[0]).split())[:120]})")
    tables: dict[Any, Any] = dict(database.ask("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    if tables != TABLES:
        raise DamagedError(f"{path}: is damaged (its tables are not those of a campaign)")
    missing = [key for key in NEEDED if key not in about_of(database)]
    if missing:
        raise DamagedError(f"{path}: is damaged (its {missing[0]} is missing)")
    seal = Seal(0, 0)
    for values in _all(database):
        row_of(database, values)
        seal = add_to_seal(seal, [values[-1]])
    claimed = Seal(*(database.ask("SELECT flights, total FROM seal") or [(-1, 0)])[0])
    if seal != claimed:
        raise DamagedError(
            f"{path}: is damaged (it contains {counted(seal.flights, 'flight')} of {claimed.flights:,} written)"
        )


def _all(database: Database) -> Iterator[Sequence[Any]]:
    """The values of each row; a few hundred at a time, so that a lock is waited for in between."""
    lowest, sql = -(1 << 63), f"SELECT {COLUMNS} FROM flights WHERE place > ? ORDER BY place LIMIT {AT_ONCE}"  # noqa: S608  constants of ours
    while found := database.ask(sql, (lowest,)):
        yield from found
        lowest = found[-1][0]


def whole_rows(database: Database) -> Iterator[Row]:
    """Every flight that can still be read as it was written, looked up one by one."""
    sql = f"SELECT {COLUMNS} FROM flights WHERE place = ?"  # noqa: S608  a constant of ours
    for place in sorted(_places(database)):
        try:
            found = database.ask(sql, (place,))
            yield from (row_of(database, values) for values in found if values[0] == place)
        except (StoreError, ValueError, TypeError):
            continue


def _places(database: Database) -> set[int]:
    """Of flights that may be there: those of the campaign, and those that are listed as far as the list can be read."""
    there = set(range(min(int(about_of(database)["campaign"]["flights"]), MOST_FLIGHTS)))
    with suppress(StoreError):
        there |= {place for (place,) in database.ask("SELECT place FROM flights") if isinstance(place, int)}
    return there


def _saved(database: Database) -> str:
    try:
        whole = all(key in about_of(database) for key in NEEDED)
        count = sum(1 for _ in whole_rows(database)) if whole else 0
    except (StoreError, ValueError, TypeError):
        whole = False
    if not whole:
        return (
            "its description of the campaign is unreadable, so nothing can be recovered; fly it again in another folder"
        )
    return (
        f"{counted(count, 'flight')} {agrees(count, 'is')} undamaged: `hoverslam salvage {database.path} --out NEW` "
        "copies them to a new folder, and --resume --out NEW flies the others"
    )
