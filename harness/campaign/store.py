"""The flights of a campaign in SQLite (write-ahead log): each committed as soon as it is over, none ever changed.

`flights` is a pure function of the campaign, so a campaign that was killed and went on ends with the very table of one
that was not. What is not (how long a flight took, who flew it) is in `costs`. One process writes; any number read.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from hoverslam.harness.campaign.database import Database, Say, StoreError, for_reading, for_writing
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.seal import (
    COLUMNS,
    TABLES,
    Seal,
    about_of,
    add_to_seal,
    check,
    checksum,
    row_of,
    rows_of,
    say_about,
    sealed,
    stored,
    whole_rows,
    write_seal,
)
from hoverslam.harness.console.console import progress
from hoverslam.harness.fly.identity import WORDS, Identity, of_record

__all__ = ["DATABASE", "Store", "StoreError"]

DATABASE, LOCK = "campaign.sqlite", "campaign.lock"
INSERT = f"INSERT OR IGNORE INTO flights VALUES ({', '.join('?' * (len(Row._fields) + 1))})"  # noqa: S608  our own columns
NOT_DECIDING = ("flights", "name", "description", "scenario", "set")
"""Of a campaign: how long it is, and what its identity says by content."""


def say_it(text: str) -> None:
    """On standard error."""
    progress().say(text)


class Store:
    """The database in a campaign's folder."""

    def __init__(self, database: Database, lock: IO[str] | None = None) -> None:
        self.path, self._database, self._lock = database.path, database, lock

    @classmethod
    def create(cls, folder: Path, about: Mapping[str, Any], say: Say = say_it) -> Self:
        """A new database; `about` says in full what is flown. Raises StoreError where there is one already."""
        return cls._begin(folder, about, say, resume=False)

    @classmethod
    def resume(cls, folder: Path, about: Mapping[str, Any], say: Say = say_it) -> Self:
        """The database of a campaign begun before, or a new one. Raises StoreError for another's, or a damaged one."""
        return cls._begin(folder, about, say, resume=True)

    @classmethod
    def _begin(cls, folder: Path, about: Mapping[str, Any], say: Say, *, resume: bool) -> Self:
        _make(folder)
        lock = _locked(folder)
        try:
            store = cls(for_writing(folder / DATABASE, say), lock)
        except BaseException:
            lock.close()
            raise
        try:
            store._begin_with(about, resume=resume)
        except BaseException:
            store.close()
            raise
        return store

    def _begin_with(self, about: Mapping[str, Any], *, resume: bool) -> None:
        ((count,),) = self._database.ask("SELECT count(*) FROM sqlite_master")
        if count == 0:
            self._database.change(lambda connection: _lay_out(connection, about))
        elif resume:
            check(self._database)
            self._check(about)
        else:
            text = "contains the flights of a campaign; resume it with --resume, or give a new folder"
            raise StoreError(f"--out {self.path.parent}: {text}")

    def _check(self, about: Mapping[str, Any]) -> None:
        """Refuse what is of another campaign; one that is only longer or shorter now goes on as such."""
        before, now = self.about, json.loads(json.dumps(about))
        if why := other_campaign(before, now):
            raise StoreError(
                f"{self.path}: belongs to another campaign: {why}; use the same inputs as before, or give another --out"
            )
        told = {key: now[key] for key in ("campaign", "base")}
        self._database.change(lambda connection: say_about(connection, told))

    @classmethod
    def read(cls, path: Path, say: Say = say_it) -> Self:
        """A campaign's folder or database, to be read only, and checked. Raises StoreError."""
        path = path / DATABASE if path.is_dir() else path
        if not path.is_file():
            raise StoreError(f"{path}: no such database; give the folder of a campaign")
        store = cls(for_reading(path, say))
        try:
            check(store._database)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def about(self) -> dict[str, Any]:
        """What is flown, in full."""
        return about_of(self._database)

    def add(self, row: Row, wall_s: float, worker: str) -> None:
        """Commit a flight; one that is there already stays. Raises StoreError, as where the disk is full."""
        values, costs = stored(row), (row.place, wall_s, worker)
        check_of_row = checksum(values)

        def adding(connection: sqlite3.Connection) -> None:
            if connection.execute(INSERT, [*values, check_of_row]).rowcount:
                write_seal(connection, add_to_seal(sealed(connection), [check_of_row]))
                connection.execute("INSERT OR REPLACE INTO costs VALUES (?, ?, ?, ?)", (*costs, checksum(costs)))

        self._database.change(adding)

    def places(self) -> set[int]:
        """Of the flights that are there."""
        return {place for (place,) in self._database.ask("SELECT place FROM flights")}

    def rows(self) -> Iterator[Row]:
        """All flights by place."""
        return rows_of(self._database)

    def row(self, place: int) -> Row:
        """One flight; raises StoreError where it is not there."""
        found = self._database.ask(f"SELECT {COLUMNS} FROM flights WHERE place = ?", (place,))  # noqa: S608  our own columns
        if not found:
            ((most,),) = self._database.ask("SELECT max(place) FROM flights")
            there = "it is empty" if most is None else f"the last flight is {most}"
            raise StoreError(f"{self.path}: no flight {place}; {there}")
        return row_of(self._database, found[0])

    def verdicts(self) -> dict[int, tuple[bool, str]]:
        """Whether each flight passed, and its hash, by place."""
        told = self._database.ask("SELECT place, verdict, hash FROM flights")
        return {place: (verdict == "PASS", flown) for place, verdict, flown in told}

    def cut(self, flights: int) -> None:
        """Leave the first so many: what a test that stopped did not ask for is no part of the campaign."""

        def cutting(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM flights WHERE place >= ?", (flights,))
            connection.execute("DELETE FROM costs WHERE place >= ?", (flights,))
            left = [one for (one,) in connection.execute("SELECT checksum FROM flights")]
            write_seal(connection, add_to_seal(Seal(0, 0), left))

        self._database.change(cutting)

    def wall_s(self) -> list[float]:
        """How long each flight took its worker, of those of which that can be read."""
        told = self._database.ask("SELECT place, wall_s, worker, checksum FROM costs ORDER BY place")
        return [wall for place, wall, worker, claimed in told if checksum((place, wall, worker)) == claimed]

    def close(self) -> None:
        """Fold the log into the file, and let another write."""
        self._database.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Salvaged(NamedTuple):
    """What can still be read of a campaign."""

    about: dict[str, Any]
    rows: Iterator[Row]


@contextmanager
def salvaged(path: Path) -> Iterator[Salvaged]:
    """A damaged campaign's folder or database, as far as it is as it was written. Raises StoreError."""
    path = path / DATABASE if path.is_dir() else path
    if not path.is_file():
        raise StoreError(f"{path}: no such database; give the folder of a campaign")
    database = for_reading(path, say_it)
    try:
        yield Salvaged(about_of(database), whole_rows(database))
    finally:
        database.close()


def _lay_out(connection: sqlite3.Connection, about: Mapping[str, Any]) -> None:
    """All tables at once: a kill leaves none."""
    for table in TABLES.values():
        connection.execute(table)
    say_about(connection, about)
    write_seal(connection, Seal(0, 0))


def other_campaign(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """In what two campaigns are not the same, in words; empty where one can go on as the other."""
    then, here = of_record(before["identity"]), of_record(now["identity"])
    assert here is not None
    if then is None:
        return "its inputs were recorded by another version"
    for name in Identity._fields:
        if getattr(then, name) != getattr(here, name):
            return f"{WORDS[name]} has changed{_shown(name, before, now)}"
    ours, theirs = (_deciding(about["campaign"]) for about in (before, now))
    key = next((key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)), "")
    return f"campaign: {key} has changed{_values(ours.get(key), theirs.get(key))}" if key else ""


def _shown(part: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The values, where two can be told in a line."""
    if part == "scenario":
        key, one, other = first_difference(before["base"], now["base"])
        return f" ({key}: {one!r} before, {other!r} now)" if key else ""
    files = {"vehicle": ("vehicle", "file"), "load": ("flight_load", "file"), "requirements": ("requirements", "set")}
    if part in files:
        table, key = files[part]
        return _values(before["base"].get(table, {}).get(key), now["base"].get(table, {}).get(key), same=" itself")
    return _values(before.get("gnc"), now.get("gnc")) if part == "command" else ""


def _values(one: Any, other: Any, same: str = "") -> str:
    if one == other:
        return f" ({one}{same})" if same else ""
    return f" ({one} before, {other} now)"


def first_difference(one: Any, other: Any, key: str = "") -> tuple[str, Any, Any]:
    """The first key, dotted, at which two trees are not the same, and what they say there."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys([*one, *other]):
            if one.get(name) != other.get(name):
                return first_difference(one.get(name), other.get(name), f"{key}.{name}" if key else str(name))
    return key, one, other


def _deciding(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """What decides each flight besides its identity: a Latin hypercube is another for every number of flights."""
    left_out = NOT_DECIDING if campaign.get("sampling") != "latin-hypercube" else NOT_DECIDING[1:]
    return {key: value for key, value in campaign.items() if key not in left_out}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"--out {folder}: cannot be used ({error.strerror}); give another folder") from None


def _locked(folder: Path) -> IO[str]:
    """Held while this process lives, whatever becomes of it."""
    try:
        lock = (folder / LOCK).open("a", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"--out {folder}: cannot be written ({error.strerror}); give another folder") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StoreError(
            f"{folder}: another process is flying this campaign; wait until it ends, or give another --out"
        ) from None
    return lock
