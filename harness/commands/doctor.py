"""`hoverslam doctor`: checks what a flight needs of this machine, and says how to correct what is wrong."""

import os
import platform
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal, NamedTuple

from rich.text import Text

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.console.table import Column
from hoverslam.harness.statistics.words import counted

Status = Literal["ok", "warning", "failed"]
PYTHONS = ((3, 11), (3, 14))
PRIVATE = 0o700
RUN_FOLDER_BYTES = 50_000_000
CLOCK_RESOLUTION_S = 1e-5


class MachineCheck(NamedTuple):
    """One line of the report; the remedy is empty where there is nothing to do."""

    name: str
    status: Status
    found: str
    remedy: str = ""


def doctor_command(*, as_json: bool) -> int:
    """Report; exit code 1 if something would prevent a flight."""
    checks = examine()
    failed = any(check.status == "failed" for check in checks)
    if as_json:
        print_json({"healthy": not failed, "checks": [check._asdict() for check in checks]})
    else:
        _print(checks)
    return int(failed)


def examine() -> list[MachineCheck]:
    """Every check, in the order in which they matter; one that breaks is itself a finding."""
    return [check for examination in EXAMINATIONS for check in _guarded(examination)]


def _guarded(examination: Callable[[], Iterator[MachineCheck]]) -> Iterator[MachineCheck]:
    try:
        yield from examination()
    except Exception as error:  # noqa: BLE001  whatever breaks a check is what the doctor is asked for
        name = examination.__name__.strip("_").replace("_", " ")
        yield MachineCheck(
            name, "failed", f"{type(error).__name__}: {error}", "install again: make setup, or pip install hoverslam"
        )


def _python() -> Iterator[MachineCheck]:
    found = f"{platform.python_version()} ({sys.executable})"
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        yield MachineCheck("python", "ok", found)
    else:
        yield MachineCheck("python", "failed", found, "install Python 3.11 to 3.13")


def _packages() -> Iterator[MachineCheck]:
    """What hoverslam's own metadata asks for, apart from extras."""
    wanted = [_distribution(text) for text in requires("hoverslam") or [] if "extra ==" not in text]
    found, missing = [], []
    for name in wanted:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield MachineCheck(
            "packages",
            "failed",
            f"missing: {', '.join(missing)}",
            "install again: make setup, or pip install hoverslam",
        )
    else:
        yield MachineCheck("packages", "ok", ", ".join(found))


def _distribution(requirement: str) -> str:
    for end, character in enumerate(requirement):
        if not (character.isalnum() or character in "-_."):
            return requirement[:end]
    return requirement


def _platform() -> Iterator[MachineCheck]:
    libc = " ".join(platform.libc_ver()).strip()
    found = f"{platform.system()} {platform.machine()} {libc}".strip()
    if platform.system() == "Windows":
        yield MachineCheck("platform", "failed", found, "run inside WSL")
    else:
        yield MachineCheck(
            "platform", "ok", f"{found}; flights are bit-equal on machines with the same CPU features and libc"
        )


def _processes() -> Iterator[MachineCheck]:
    """Whether all processes that a flight program starts are certain to end with it."""
    from hoverslam.harness.program.guardian import holds_all

    if holds_all():
        yield MachineCheck("processes", "ok", "all processes that a flight program starts end with it, or are reported")
        return
    found = "not guaranteed here: a process that leaves the process group of the flight program may continue unreported"
    yield MachineCheck("processes", "warning", found, "check for such processes after a flight, or fly on Linux")


def _cores() -> Iterator[MachineCheck]:
    if not hasattr(os, "sched_getaffinity"):
        found = f"{counted(os.cpu_count() or 1, 'core')}, no pinning on this system"
        yield MachineCheck(
            "cores",
            "warning",
            found,
            "not needed: results are the same, transport takes about 100 us per frame instead of 40",
        )
        return
    allowed = len(os.sched_getaffinity(0))
    busy = os.getloadavg()[0]
    found = f"{allowed} usable of {os.cpu_count()}, pinning works, load {busy:.1f}"
    if busy > allowed:
        yield MachineCheck(
            "cores", "warning", found, "stop other programs before measuring times; flights stay bit-equal"
        )
    else:
        yield MachineCheck("cores", "ok", found)


def _ipc() -> Iterator[MachineCheck]:
    """Opens the link that a run would open."""
    from hoverslam.harness.wire.errors import EndpointError
    from hoverslam.harness.wire.zmq_harness import ZmqHarness

    try:
        with ZmqHarness() as link:
            assert link.folder is not None
            folder, mode = link.folder, stat.S_IMODE(link.folder.stat().st_mode)
    except EndpointError as error:
        yield MachineCheck("ipc", "failed", str(error), "set TMPDIR to a short path on a local disk")
        return
    found = f"private folder {folder.parent}/{folder.name[:10]}..., mode {mode:04o}"
    if mode == PRIVATE:
        yield MachineCheck("ipc", "ok", found)
    else:
        yield MachineCheck("ipc", "failed", found, "set TMPDIR to a local file system that keeps permissions")


def _tcp() -> Iterator[MachineCheck]:
    """Opens a link on loopback, which needs CURVE in the libzmq that is in use."""
    from hoverslam.harness.wire.zmq_harness import ZmqHarness

    try:
        with ZmqHarness("tcp://127.0.0.1:*") as link:
            encrypted = link.keys is not None
    except Exception as error:  # noqa: BLE001  zmq's exceptions are known to harness.wire only
        remedy = "flights over ipc:// are not affected; for tcp:// install pyzmq from a wheel, which has CURVE"
        yield MachineCheck("tcp", "warning", f"{type(error).__name__}: {error}", remedy)
        return
    yield MachineCheck("tcp", "ok" if encrypted else "failed", f"loopback works, CURVE {'on' if encrypted else 'off'}")


def _kernel_cache() -> Iterator[MachineCheck]:
    from hoverslam.harness.fly.kernels import COMPILING
    from hoverslam.plant.kernels.compiled import CACHE, are_warm, cache_root

    remedy = "set XDG_CACHE_HOME to a writable folder"
    state = f"warm, {CACHE}" if are_warm() else f"cold, {CACHE}; the first flight begins with {COMPILING}"
    if CACHE is None:
        found = f"neither {cache_root() or 'a home folder'} nor a temporary folder is writable: each process compiles"
        yield MachineCheck("kernel cache", "warning", found, remedy)
    elif CACHE.parent != cache_root():
        found = f"{cache_root() or 'a home folder'} is not writable, a temporary folder is used instead; {state}"
        yield MachineCheck("kernel cache", "warning", found, remedy)
    else:
        yield MachineCheck("kernel cache", "ok", state)


def _disk() -> Iterator[MachineCheck]:
    free = shutil.disk_usage(Path.cwd()).free
    found = f"{free / 1e9:.1f} GB free under {Path.cwd()}"
    if not os.access(Path.cwd(), os.W_OK):
        yield MachineCheck("disk", "warning", f"{Path.cwd()} is not writable", "run elsewhere, or give --out")
    elif free < RUN_FOLDER_BYTES:
        yield MachineCheck("disk", "failed", found, "free some space: a run folder takes up to 50 MB")
    else:
        yield MachineCheck("disk", "ok", found)


def _clock() -> Iterator[MachineCheck]:
    """Flights do not depend on a clock; deadlines and measured times do."""
    clock = time.get_clock_info("monotonic")
    found = f"{clock.implementation}, resolution {clock.resolution:.0e} s"
    if clock.monotonic and clock.resolution <= CLOCK_RESOLUTION_S:
        yield MachineCheck("clock", "ok", found)
    else:
        yield MachineCheck(
            "clock", "warning", found, "times of `hoverslam bench` are coarse here; flights do not depend on the clock"
        )


EXAMINATIONS = (_python, _packages, _platform, _processes, _cores, _ipc, _tcp, _kernel_cache, _disk, _clock)


STYLES = {"failed": "red", "warning": "yellow", "ok": "green"}
COLUMNS = (Column("check"), Column("status"), Column("found", wraps=True))


def _print(checks: list[MachineCheck]) -> None:
    """Failed checks first."""
    console, order = results(), list(STYLES)
    rows = [
        (Text(one.name, "bold"), Text(one.status, STYLES[one.status]), Text(told))
        for one in sorted(checks, key=lambda one: order.index(one.status))
        for told in [f"{one.found}\n-> {one.remedy}" if one.remedy else one.found]
    ]
    console.tabulate(COLUMNS, rows, headed=False)
