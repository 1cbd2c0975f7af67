"""Keeps the two processes of a lockstep pair on one core.

The loop is serial: only one of the two ever has work, and a message between two cores costs twice what it costs on
one. Where the system offers no affinity (macOS) nothing is pinned and flights only take longer.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CAN_PIN = hasattr(os, "sched_setaffinity")


def allowed_cores() -> list[int]:
    """The cores that this process may use; where the system tells of none, all that there are."""
    return sorted(os.sched_getaffinity(0)) if CAN_PIN else list(range(os.cpu_count() or 1))


def core_of(worker: int) -> int | None:
    """The core of the worker of this number, from 0 on; None where nothing is pinned."""
    there = allowed_cores()
    return there[worker % len(there)] if CAN_PIN else None


def default_core() -> int | None:
    """The core that this process is on now, so that flights of two processes do not meet on one; None without pinning.

    The 39th field of proc_pid_stat(5).
    """
    if not CAN_PIN:
        return None
    mine = os.sched_getaffinity(0)
    try:
        now = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[36])
    except (OSError, IndexError, ValueError):
        return min(mine)
    return now if now in mine else min(mine)


@contextmanager
def on_one_core(core: int | None, *program_pids: int | None) -> Iterator[None]:
    """Hold this process and programs, with their children and all their threads, on a core; ours are freed after.

    Threads are taken one by one, because affinity belongs to a thread and those of ZeroMQ exist already. All are held
    as batch work meanwhile (Linux, SCHED_BATCH): one that is woken waits until the one at work has to wait itself, so
    that what is queued for the other side goes over in one switch.
    """
    if core is None or not CAN_PIN:
        yield
        return
    before = {thread: os.sched_getaffinity(thread) for thread in _threads(os.getpid())}
    taken = [*before, *(t for program in program_pids for pid in _family(program) for t in _threads(pid))]
    for thread in taken:
        with suppress(ProcessLookupError, PermissionError):
            os.sched_setaffinity(thread, {core})
    batch = [thread for thread in taken if _reschedule(thread, os.SCHED_OTHER, os.SCHED_BATCH)]
    try:
        yield
    finally:
        for thread, cores in before.items():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, cores)
        for thread in batch:
            _reschedule(thread, os.SCHED_BATCH, os.SCHED_OTHER)


def _reschedule(thread: int, policy: int, wanted: int) -> bool:
    """Move a thread from one scheduling policy to another; false where it has a third, or may not be moved."""
    try:
        if os.sched_getscheduler(thread) != policy:
            return False
        os.sched_setscheduler(thread, wanted, os.sched_param(0))
    except OSError:
        return False
    return True


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
