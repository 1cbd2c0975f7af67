"""Cleans up after a killed harness: ends processes that carry its mark, and removes its private folders.

The mark is a variable in a process's environment, which every child inherits; it names an endpoint or a token that no
other run ever had. A process that has cleared its environment is found by its guardian only.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hoverslam.harness.program.guardian import name_of
from hoverslam.harness.wire.private_folder import SOCKET, abandoned


def end_marked(name: str, value: str) -> list[str]:
    """Kill every process with this variable in its environment; returns those that could not be, as `PID NAME`.

    Looks again until no new one appears, since one may start another. Where there is no /proc none is found.
    """
    mark, seen = f"{name}={value}".encode(), set[int]()
    while new := set(_marked(mark)) - seen:
        seen |= new
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in new:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
    return [f"{pid} {name_of(pid)}" for pid in seen if not _may_signal(pid)]


def clear_abandoned() -> None:
    """Remove private folders of this user whose harness is dead, and end what still runs for it."""
    for folder in abandoned():
        end_marked("HOVERSLAM_ENDPOINT", f"ipc://{folder / SOCKET}")
        shutil.rmtree(folder, ignore_errors=True)


def _marked(mark: bytes) -> Iterator[int]:
    for entry in Path("/proc").iterdir() if Path("/proc/self").exists() else ():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)


def _may_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    except ProcessLookupError:
        return True
    return True
