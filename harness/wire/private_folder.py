"""The folder in which a run's socket lies: made for it, closed to other users, and known to be abandoned when it is.

A lock (flock(2)) on a file in it is held as long as the harness lives, frozen or not; the kernel lets go of it when the
process is gone, however it ended. A folder whose lock is free has no owner.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hoverslam.harness.wire.errors import EndpointError

MAX_IPC_PATH_BYTES = 107
"""Longest path of a Unix socket (sun_path, with its terminating zero)."""
PREFIX, SOCKET, LOCK = "hoverslam-", "wire", "owner"


class PrivateFolder:
    """A new folder that only this user can enter, at a path short enough for a socket."""

    def __init__(self) -> None:
        """Raises EndpointError where there is no place for one."""
        for parent in parents():
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            new = self.path / f"{LOCK}.new"
            self._lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            new.rename(self.path / LOCK)  # never there unlocked: another harness would take the folder for abandoned
            return
        raise EndpointError("no temporary folder has a path short enough for a socket; set TMPDIR to a short path")

    def remove(self) -> None:
        """Remove it with what lies in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def parents() -> list[str]:
    """Where private folders may be."""
    places = dict.fromkeys((tempfile.gettempdir(), "/tmp"))  # noqa: S108  mkdtemp makes a folder of mode 0700 in it
    return [place for place in places if len(os.fsencode(place)) < MAX_IPC_PATH_BYTES - 40]


def abandoned() -> Iterator[Path]:
    """Private folders of this user whose harness is gone."""
    for parent in parents():
        for folder in Path(parent).glob(f"{PREFIX}*"):
            try:
                if folder.lstat().st_uid == os.getuid() and _is_free(folder / LOCK):
                    yield folder
            except OSError:
                continue  # of another kind, or gone meanwhile


def _is_free(lock: Path) -> bool:
    descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
