"""Keeps the two processes of a lockstep pair on one core.

The loop is serial: only one of the two ever has work, and a message between two cores costs twice what it costs on
one. Where the system offers no affinity (macOS) nothing is pinned and flights only take longer.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CAN_PIN = hasattr(os, "sched_setaffinity")


def default_core() -> int | None:
    """The first core that this process may use; None where processes cannot be pinned."""
    return min(os.sched_getaffinity(0)) if CAN_PIN else None


@contextmanager
def on_one_core(core: int | None, program_pid: int | None) -> Iterator[None]:
    """Hold this process and the program, with its children and all their threads, on a core; ours are freed after.

    Threads are taken one by one, because affinity belongs to a thread and those of ZeroMQ exist already.
    """
    if core is None or not CAN_PIN:
        yield
        return
    before = {thread: os.sched_getaffinity(thread) for thread in _threads(os.getpid())}
    for thread in [*before, *(t for pid in _family(program_pid) for t in _threads(pid))]:
        with suppress(ProcessLookupError, PermissionError):
            os.sched_setaffinity(thread, {core})
    try:
        yield
    finally:
        for thread, cores in before.items():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, cores)


def _threads(pid: int) -> list[int]:
    try:
        return [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return [pid]


def _family(pid: int | None) -> Iterator[int]:
    if pid is None:
        return
    yield pid
    for thread in _threads(pid):
        with suppress(OSError):
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split():
                yield from _family(int(child))
