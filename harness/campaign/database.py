"""The SQLite file of a campaign: opened only if it is one, read without touching it, waited for while it is locked.

Whether a file is ours is looked up in its first bytes, before SQLite sees it: SQLite would lock a stranger's file,
recover it, or fold its log into it. Reading leaves no file behind and needs no right to write.
"""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

APPLICATION_ID = int.from_bytes(b"HvSl")
SCHEMA_VERSION = 2
MAGIC = b"SQLite format 3\0"
HEADER_BYTES, VERSION_AT, APPLICATION_AT = 100, 60, 68
"""Of the file format of SQLite (sqlite.org/fileformat.html, 1.3)."""
TRY_S, LOCKED_S = 1.0, 600.0
"""How long SQLite tries to get a lock before we say so, and how long we go on trying."""

Say = Callable[[str], None]
Row = tuple[Any, ...]


class StoreError(Exception):
    """A database that cannot be used, and what to do about it."""


class DamagedError(StoreError):
    """A database that is ours, and not as it was written."""


class Database:
    """A connection. What it is asked is asked again while another process holds the file locked."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        say: Say,
        copy: "tempfile.TemporaryDirectory[str] | None" = None,
    ) -> None:
        self.path, self._connection, self._say, self._copy = path, connection, say, copy

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of an answer. Raises StoreError."""
        rows: list[Row] = self._patient(lambda connection: connection.execute(sql, values).fetchall())
        return rows

    def change(self, what: Callable[[sqlite3.Connection], None]) -> None:
        """Do it as one transaction: all of it or nothing. Raises StoreError, as where the disk is full."""

        def transaction(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                what(connection)

        self._patient(transaction)

    def _patient(self, what: Callable[[sqlite3.Connection], Any]) -> Any:
        begun_s, told = time.monotonic(), False
        while True:
            try:
                return what(self._connection)
            except sqlite3.Error as error:
                if not is_locked(error) or time.monotonic() - begun_s > LOCKED_S:
                    raise told_of(self.path, error) from None
            if not told:
                self._say(f"{self.path}: locked by another process; waiting up to {LOCKED_S / 60.0:.0f} min")
                told = True

    def close(self) -> None:
        """Fold the log into the file where this connection may write."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()


def is_ours(path: Path) -> bool:
    """Whether the file is a campaign's of this schema; False for one that is empty. Raises StoreError for any other."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    if not header:
        return False
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise StoreError(f"{path}: is not a campaign database; give the folder of a campaign")
    application, version = (int.from_bytes(header[at : at + 4]) for at in (APPLICATION_AT, VERSION_AT))
    if application != APPLICATION_ID:
        raise StoreError(
            f"{path}: is not marked as a campaign database: it belongs to another program, or to an old version of "
            "hoverslam; give the folder of a campaign, or read it with the version that wrote it"
        )
    if version != SCHEMA_VERSION:
        text = f"has schema {version}, this version reads {SCHEMA_VERSION}; read it with the version that wrote it"
        raise StoreError(f"{path}: {text}")
    return True


def for_writing(path: Path, say: Say) -> Database:
    """A database that is there, or a new one. Raises StoreError for a file that is not ours, which stays as it is."""
    there = path.exists() and is_ours(path)
    connection = _connected(f"{path.absolute()}", path, uri=False)
    database = Database(path, connection, say)
    try:
        if not there:  # the mark first: in write-ahead mode it would not be in the file at once
            database.ask(f"PRAGMA application_id = {APPLICATION_ID}")
            database.ask(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.ask("PRAGMA journal_mode = WAL")
        database.ask("PRAGMA synchronous = FULL")
    except BaseException:
        database.close()
        raise
    return database


def for_reading(path: Path, say: Say) -> Database:
    """A database that is there, as it is now. Raises StoreError. Neither the file nor its folder is written to."""
    if not is_ours(path):
        raise StoreError(f"{path}: is empty; give the folder of a campaign")
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if not log.is_file() or not log.stat().st_size:
        return Database(path, _connected(_uri(path, "immutable=1"), path), say)
    if index.is_file():  # somebody writes, or was killed: both files are there already
        return Database(path, _connected(_uri(path, "mode=ro"), path), say)
    copy = tempfile.TemporaryDirectory(prefix="hoverslam-read-")
    try:
        for one in (path, log):
            shutil.copy(one, copy.name)
        return Database(path, _connected(_uri(Path(copy.name) / path.name, "mode=rw"), path), say, copy)
    except OSError as error:
        copy.cleanup()
        raise StoreError(f"{path}: cannot be copied for reading ({error.strerror}); free disk space") from None
    except StoreError:
        copy.cleanup()
        raise


def _uri(path: Path, how: str) -> str:
    return f"file:{quote(os.fsencode(path.absolute()))}?{how}"


def _connected(where: str, path: Path, *, uri: bool = True) -> sqlite3.Connection:
    try:
        return sqlite3.connect(where, timeout=TRY_S, uri=uri, isolation_level=None)
    except sqlite3.Error as error:
        raise told_of(path, error) from None


def is_locked(error: sqlite3.Error) -> bool:
    """Whether it is another process that is in the way."""
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def told_of(path: Path, error: Exception) -> StoreError:
    """What SQLite says as what to do."""
    text = str(error)
    if is_damage(error):
        return DamagedError(f"{path}: {text}")
    remedy = "give the folder of a campaign"
    if "full" in text or "I/O" in text:
        remedy = "free disk space and resume with --resume; completed flights are safe"
    elif "locked" in text:
        remedy = (
            f"locked by another process for {LOCKED_S:.0f} s; when it has ended, resume with --resume; completed "
            "flights are safe"
        )
    elif "readonly" in text:
        remedy = "make it writable"
    return StoreError(f"{path}: {text}; {remedy}")


def is_damage(error: Exception) -> bool:
    """Whether the content of the file is what is wrong."""
    words = (
        "malformed",
        "corrupt",
        "not a database",
        "no such table",
        "no such column",
        "decode",
        "unsupported file format",
    )
    return any(word in str(error) for word in words)
