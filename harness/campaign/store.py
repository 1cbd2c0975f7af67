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
from typing import IO, Any, Self

from harness.campaign.row import Row

DATABASE, LOCK = "campaign.sqlite", "campaign.lock"
SCHEMA_VERSION = 1
AS_JSON = ("changes", "requirements", "starts", "features")
SQL_TYPES = {"place": "INTEGER PRIMARY KEY", "seed": "INTEGER", "track": "BLOB"}
TEXTS = ("failure", "verdict", "outcome", "explanation", "hash", "wind_from", "vehicle", "plant", "gnc", *AS_JSON)
INSERT = f"INSERT OR IGNORE INTO flights VALUES ({', '.join(f':{name}' for name in Row._fields)})"  # noqa: S608  names of our own columns


class StoreError(Exception):
    """A database that cannot be used, and what to do about it."""


class Store:
    """The database in a campaign's folder."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: IO[str] | None = None) -> None:
        self.path, self._connection, self._lock = path, connection, lock

    @classmethod
    def create(cls, folder: Path, about: Mapping[str, Any]) -> Self:
        """A new database; `about` says in full what is flown. Raises StoreError where there is one already."""
        _make(folder)
        return cls._begin(folder, about, _locked(folder), resume=False)

    @classmethod
    def resume(cls, folder: Path, about: Mapping[str, Any]) -> Self:
        """The database of a campaign begun before, or a new one. Raises StoreError where it is of another."""
        _make(folder)
        return cls._begin(folder, about, _locked(folder), resume=True)

    @classmethod
    def _begin(cls, folder: Path, about: Mapping[str, Any], lock: IO[str], *, resume: bool) -> Self:
        store = cls(folder / DATABASE, _connected(folder / DATABASE), lock)
        try:
            if not store._is_empty():
                if not resume:
                    text = "holds the flights of a campaign; go on with --resume, or give a new folder"
                    raise StoreError(f"--out {folder}: {text}")
                store._check(about)
                return store
            store._lay_out({"schema": SCHEMA_VERSION, **about})
        except BaseException:
            store.close()
            raise
        return store

    def _is_empty(self) -> bool:
        with _told(self.path):
            (count,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return bool(count == 0)

    def _lay_out(self, about: Mapping[str, Any]) -> None:
        """All tables at once: a kill leaves none."""
        with _told(self.path), self._connection as connection:
            connection.execute("BEGIN")
            connection.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
            connection.execute(_flights_table())
            connection.execute("CREATE TABLE costs (place INTEGER PRIMARY KEY, wall_s REAL, worker TEXT) STRICT")
            connection.executemany("INSERT INTO about VALUES (?, ?)", [(k, json.dumps(v)) for k, v in about.items()])

    def _check(self, about: Mapping[str, Any]) -> None:
        """Refuse what is of another campaign; one that is only longer or shorter now goes on as such."""
        before, now = self.about, json.loads(json.dumps({"schema": SCHEMA_VERSION, **about}))
        if _but_for_length(before.get("campaign")) == _but_for_length(now["campaign"]):
            self._say("campaign", now["campaign"])
            before["campaign"] = now["campaign"]
        for key, value in now.items():
            if before.get(key) != value:
                shown = f" ({before.get(key)} before, {value} now)" if isinstance(value, str | int) else ""
                text = f"is of another campaign: {key} is not the same{shown}; fly it as before, or give another --out"
                raise StoreError(f"{self.path}: {text}")

    def _say(self, key: str, value: Any) -> None:
        with _told(self.path), self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, json.dumps(value)))

    @classmethod
    def read(cls, path: Path, lock: IO[str] | None = None) -> Self:
        """A campaign's folder or database, to be read. Raises StoreError."""
        path = path / DATABASE if path.is_dir() else path
        if not path.is_file():
            raise StoreError(f"{path}: there is no such database; give the folder of a campaign")
        store = cls(path, _connected(path), lock)
        with _told(path):
            version = store.about.get("schema")
        if version != SCHEMA_VERSION:
            text = f"has schema {version}, this hoverslam reads {SCHEMA_VERSION}; read it with the one that wrote it"
            raise StoreError(f"{path}: {text}")
        return store

    @property
    def about(self) -> dict[str, Any]:
        """What is flown, in full."""
        with _told(self.path):
            return {key: json.loads(value) for key, value in self._connection.execute("SELECT key, value FROM about")}

    def add(self, row: Row, wall_s: float, worker: str) -> None:
        """Commit a flight; one that is there already stays. Raises StoreError, as where the disk is full."""
        values = {**row._asdict(), **{key: json.dumps(getattr(row, key)) for key in AS_JSON}}
        with _told(self.path), self._connection as connection:
            connection.execute(INSERT, values)
            connection.execute("INSERT OR REPLACE INTO costs VALUES (?, ?, ?)", (row.place, wall_s, worker))

    def places(self) -> set[int]:
        """Of the flights that are there."""
        with _told(self.path):
            return {place for (place,) in self._connection.execute("SELECT place FROM flights")}

    def rows(self) -> Iterator[Row]:
        """All flights by place."""
        with _told(self.path):
            for values in self._connection.execute("SELECT * FROM flights ORDER BY place"):
                row = Row(*values)
                yield row._replace(**{key: json.loads(getattr(row, key)) for key in AS_JSON})

    def row(self, place: int) -> Row:
        """One flight; raises StoreError where it is not there."""
        with _told(self.path):
            found = self._connection.execute("SELECT * FROM flights WHERE place = ?", (place,)).fetchone()
            most = self._connection.execute("SELECT max(place) FROM flights").fetchone()[0]
        if found is None:
            there = "it is empty" if most is None else f"it has places up to {most}"
            raise StoreError(f"{self.path}: there is no flight {place}; {there}")
        row = Row(*found)
        return row._replace(**{key: json.loads(getattr(row, key)) for key in AS_JSON})

    def verdicts(self) -> dict[int, bool]:
        """Whether each flight passed, by place."""
        with _told(self.path):
            return {p: v == "PASS" for p, v in self._connection.execute("SELECT place, verdict FROM flights")}

    def cut(self, flights: int) -> None:
        """Leave the first so many: what a test that stopped did not ask for is no part of the campaign."""
        with _told(self.path), self._connection as connection:
            connection.execute("DELETE FROM flights WHERE place >= ?", (flights,))
            connection.execute("DELETE FROM costs WHERE place >= ?", (flights,))

    def wall_s(self) -> list[float]:
        """How long each flight took its worker."""
        with _told(self.path):
            return [wall for (wall,) in self._connection.execute("SELECT wall_s FROM costs ORDER BY place")]

    def close(self) -> None:
        """Fold the log into the file, and let another write."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _but_for_length(campaign: Mapping[str, Any] | None) -> dict[str, Any]:
    """What decides each flight of a campaign: a Latin hypercube is another for every number of flights."""
    told = dict(campaign or {})
    if told.get("sampling") != "latin-hypercube":
        told.pop("flights", None)
    return told


def _flights_table() -> str:
    kinds = {name: SQL_TYPES.get(name, "TEXT NOT NULL" if name in TEXTS else "REAL") for name in Row._fields}
    return f"CREATE TABLE flights ({', '.join(f'{name} {kind}' for name, kind in kinds.items())}) STRICT"


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
            f"{folder}: another process is flying this campaign; wait for it, or give another --out"
        ) from None
    return lock


def _connected(path: Path) -> sqlite3.Connection:
    with _told(path):
        connection = sqlite3.connect(path, timeout=30.0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns what SQLite says into what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        remedy = "give the folder of a campaign"
        if "full" in text or "I/O" in text:
            remedy = "make room and go on with --resume; what was committed is safe"
        elif "locked" in text:
            remedy = "another process holds it; try again when it is done"
        elif "readonly" in text:
            remedy = "give it write permission"
        raise StoreError(f"{path}: {text}; {remedy}") from None
