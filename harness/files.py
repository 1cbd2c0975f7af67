"""Output files and folders: checked before the flight, written completely or not at all, never over foreign files.

A file appears under its name when all of it is on the disk, or not at all. Where a path names a file already, it is
replaced only if it carries the mark of the kind that is to be written; a link is followed, and stays.
"""

import errno
import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from hoverslam.harness.errors import UsageError

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+|^[.-]+")
HEAD_BYTES, TAIL_BYTES = 4096, 65536
"""Where the mark of a kind is looked for."""
IN_PROGRESS = ".part"


class Kind(NamedTuple):
    """What we write: in words, the endings that its names may have (none: any), and what tells it from others."""

    what: str
    suffixes: tuple[str, ...]
    marks: tuple[bytes, ...]


PAGE = Kind(
    "a report written by hoverslam",
    (),
    (
        b'<meta name="generator" content="hoverslam',
        b"script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:",
    ),
)
JUNIT = Kind("a JUnit report", (), (b"<testsuites",))


class Output(NamedTuple):
    """A file that was asked for: by which option, where, and of which kind."""

    option: str
    path: Path
    kind: Kind

    def tried(self) -> "Output":
        """Itself, if it can be written. Raises UsageError for what would fail later; leaves nothing behind."""
        with self._told():
            self._check_name()
            self._check_place()
            self._check_what_is_there()
            with whole(self.path, keep=False):
                pass
        return self

    def write(self, content: str | bytes) -> None:
        """All of it. Raises UsageError where that cannot be, as where another has put a file there meanwhile."""
        with self._told():
            self._check_what_is_there()
            write_whole(self.path, content)

    def write_or_tell(self, content: str | bytes) -> bool:
        """As `write`, of what comes after a verdict: where that cannot be it is said, and costs the verdict nothing."""
        try:
            self.write(content)
        except UsageError as lost:
            tell_lost(str(lost))
            return False
        return True

    def failed(self, error: OSError) -> UsageError:
        """What to tell of a disk that is full, or a place that is barred."""
        how = "" if self.option else " with --out"
        room = "free disk space, or " if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        return self._refused(f"cannot be written ({error.strerror}); {room}give another file{how}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self.failed(error) from None

    def _check_name(self) -> None:
        if self.kind.suffixes and self.path.suffix not in self.kind.suffixes:
            raise self._refused(f"must end in {' or '.join(self.kind.suffixes)}; give a name with this ending")

    def _check_place(self) -> None:
        folder = self.path.parent
        if not folder.is_dir():
            number = errno.ENOTDIR if folder.exists() else errno.ENOENT
            raise OSError(number, os.strerror(number))

    def _check_what_is_there(self) -> None:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:  # nothing, or a link that leads nowhere yet
            return
        if stat.S_ISDIR(mode):
            raise self._refused("is a folder; give a file")
        if not stat.S_ISREG(mode):
            raise self._refused("is a device, a pipe or a socket; give a file")
        if not is_ours(self.path, self.kind):
            raise self._refused(f"exists already and is not {self.kind.what}; give another name, or remove it first")
        if not os.access(self.path, os.W_OK):
            raise self._refused("is not writable; give another name, or change its permissions")

    def _refused(self, why: str) -> UsageError:
        return UsageError(f"{self.option} {self.path}: {why}".lstrip())


def tell_lost(why: str) -> None:
    """Say that a file which was asked for is not there, though what it was to tell stands."""
    from hoverslam.harness.console.console import progress

    progress().say(f"{why}; the verdict is not affected")


def is_ours(path: Path, kind: Kind) -> bool:
    """Whether a file carries the mark of a kind, or is empty. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(file.seek(0, os.SEEK_END) - TAIL_BYTES, 0))
        tail = file.read()
    return not head or any(mark in head or mark in tail for mark in kind.marks)


def as_name(text: str) -> str:
    """A name out of somebody's file as that of a file: nothing in it leads to another folder."""
    return NOT_IN_NAMES.sub("-", text)[:80] or "-"


def write_whole(path: Path, content: str | bytes) -> Path:
    """Put a file in place when all of it is on the disk. Raises OSError, and then leaves what was there before."""
    with whole(path) as file:
        file.write(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
    return path


@contextmanager
def whole(path: Path, *, keep: bool = True) -> Iterator[IO[bytes]]:
    """A file to write into, that takes the name `path` at the end unless something went wrong. Raises OSError."""
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".{secrets.token_hex(8)}{IN_PROGRESS}")
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep:
            with suppress(FileNotFoundError):
                partial.chmod(stat.S_IMODE(target.stat().st_mode))
            partial.replace(target)
            _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have the new name on the disk as well, where folders can be synchronised."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def tried_folder(folder: Path, option: str = "--out") -> None:
    """That a folder for many results is there, or can be made, and be written into. Raises UsageError."""
    try:
        if os.path.lexists(folder) and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        with whole(there / "tried", keep=False):
            pass
    except OSError as error:
        raise UsageError(f"{option} {folder}: cannot be used ({error.strerror}); give another folder") from None


@contextmanager
def claimed(folder: Path, holds: str = "", option: str = "--out") -> Iterator[Path]:
    """A folder that no other process can claim meanwhile: empty, or with the file `holds` in it that says it is ours.

    Gone again if nothing was put into it. The claim is a lock on the folder itself, which ends with this process
    whatever becomes of it. Raises UsageError.
    """
    descriptor = _claim(folder, option)
    try:
        if not (holds and (folder / holds).is_file()) and any(folder.iterdir()):
            raise UsageError(f"{option} {folder}: is not empty; give a new folder, or remove its files")
        yield folder
    finally:
        with suppress(OSError):  # it holds something, which is the usual case
            folder.rmdir()
        os.close(descriptor)


def _claim(folder: Path, option: str) -> int:
    """The descriptor that holds the lock. A folder that another removed in between is made again."""
    try:
        while True:
            is_new = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                _lock(descriptor, is_new=is_new)
                if os.path.samestat(os.fstat(descriptor), folder.stat()):
                    return descriptor
            except FileNotFoundError:
                pass
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
    except BlockingIOError:
        raise UsageError(f"{option} {folder}: another process is writing to it; give another folder") from None
    except OSError as error:
        raise UsageError(f"{option} {folder}: cannot be used ({error.strerror}); give another folder") from None


def _lock(descriptor: int, *, is_new: bool) -> None:
    """Raises BlockingIOError where another holds it. A folder that cannot be locked, on a network, has to be new."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        if not is_new:
            raise
