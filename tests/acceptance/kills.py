"""Kills of a campaign: at a moment of its life a process that takes part is killed with -9, and it is gone on with.

Used with a kill of most sorts by the tests, with twenty of each by `python -m tests.evidence.kills`.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.campaign.store import DATABASE
from tests.harness.fake_plant import ROOT

FLIGHTS = 4
CAMPAIGN = ("campaign", "zq3-last-5km", "-n", str(FLIGHTS), "--logs", "0")
VICTIMS = ("driver", "worker", "gnc", "scheduler")
DEADLINE_S = 300.0
MOST_RUNS = 4
"""A scheduler whose workers are slow to come, on a busy machine, is tried again."""
MARK = "HOVERSLAM_TEST_MARK"
"""Every process of a campaign under test has it in its environment, so that none is overlooked, or taken for one."""


class Killed(NamedTuple):
    """What came of a kill: exit codes of the runs until the campaign was whole, flights that were there at the kill."""

    victim: str
    moment: int
    codes: tuple[int, ...]
    there: int
    table: list[tuple[Any, ...]]
    left: list[int]


def environment(mark: str) -> dict[str, str]:
    """Of a command under test."""
    return {**os.environ, MARK: mark, "PYTHONPATH": str(ROOT)}


def marked(mark: str) -> dict[int, str]:
    """Process ids and command lines of all that have the mark."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                has = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes()
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if has and line:
                found[int(folder.name)] = line
    return found


def command(out: Path, *more: str) -> list[str]:
    """The campaign, to be begun or gone on with."""
    return [sys.executable, "-P", "-m", "hoverslam.harness.cli", *CAMPAIGN, "--resume", "--out", str(out), *more]


def whole(out: Path, mark: str, *more: str) -> list[tuple[Any, ...]]:
    """Fly it undisturbed; the table."""
    done = subprocess.run(
        command(out, *more),
        env=environment(mark),
        cwd=out.parent,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return table(out)


def table(out: Path) -> list[tuple[Any, ...]]:
    """All of the table `flights`."""
    connection = sqlite3.connect(out / DATABASE)
    try:
        return connection.execute("SELECT * FROM flights ORDER BY place").fetchall()
    finally:
        connection.close()


def count(out: Path) -> int:
    """Flights that are committed."""
    try:
        return len(table(out))
    except sqlite3.Error:
        return 0


def kill(out: Path, victim: str, moment: int, mark: str, delay_s: float = 0.0) -> Killed:
    """Kill when so many flights are there and a little later; go on until the campaign is whole."""
    codes, there = [], -1
    with Schedulers(out.parent, mark, wanted=victim == "scheduler") as schedulers:
        for attempt in range(MOST_RUNS):
            line, its = command(out, *schedulers.options), environment(mark)
            with subprocess.Popen(line, env=its, cwd=out.parent, stderr=subprocess.PIPE, text=True) as driver:
                if attempt == 0:
                    there = _strike(out, victim, moment, mark, delay_s, driver, schedulers)
                driver.communicate(timeout=DEADLINE_S)
            codes.append(driver.returncode)
            if driver.returncode == 0:
                break
            schedulers.renew()
    return Killed(victim, moment, tuple(codes), there, table(out), left(mark))


def _strike(
    out: Path,
    victim: str,
    moment: int,
    mark: str,
    delay_s: float,
    driver: "subprocess.Popen[str]",
    schedulers: "Schedulers",
) -> int:
    end_s = time.monotonic() + DEADLINE_S
    while count(out) < moment and driver.poll() is None and time.monotonic() < end_s:
        time.sleep(0.02)
    time.sleep(delay_s)
    there = count(out)
    while driver.poll() is None and time.monotonic() < end_s:
        targets = list(_targets(victim, mark, driver.pid, schedulers))
        if targets:
            os.kill(targets[0], signal.SIGKILL)
            break
        time.sleep(0.02)
    return there


def _targets(victim: str, mark: str, driver: int, schedulers: "Schedulers") -> Iterator[int]:
    if victim == "driver":
        yield driver
    elif victim == "scheduler":
        yield schedulers.scheduler.pid
    else:
        pattern = (
            r"spawn_main|dask[ -]worker|distributed.cli.dask_worker" if victim == "worker" else r" -m hoverslam.gnc "
        )
        found = {pid: line for pid, line in marked(mark).items() if "guardian.py" not in line}
        yield from (pid for pid, line in sorted(found.items()) if re.search(pattern, line))


def left(mark: str) -> list[int]:
    """What is still there ten seconds after the end."""
    end_s = time.monotonic() + 10.0
    while (there := marked(mark)) and time.monotonic() < end_s:
        time.sleep(0.1)
    return list(there)


class Schedulers:
    """A Dask scheduler and two workers as processes of their own, where they are wanted."""

    def __init__(self, folder: Path, mark: str, *, wanted: bool) -> None:
        self._folder, self._mark, self._wanted, self._turn = folder, mark, wanted, 0
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def options(self) -> tuple[str, ...]:
        """For the command line."""
        return ("--scheduler", self._address) if self._wanted else ()

    @property
    def scheduler(self) -> "subprocess.Popen[bytes]":
        """The scheduler's process."""
        return self._processes[0]

    def __enter__(self) -> "Schedulers":
        if self._wanted:
            self._start()
        return self

    def renew(self) -> None:
        """New ones in place of those of which one was killed."""
        if self._wanted:
            self._stop()
            self._start()

    def _start(self) -> None:
        self._turn += 1
        file = self._folder / f"scheduler-{self._mark}-{self._turn}.json"
        begin = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
        self._begin([*begin, "--no-dashboard", "--scheduler-file", str(file)])
        end_s = time.monotonic() + DEADLINE_S
        while not (found := re.search(r'"address": "([^"]+)"', file.read_text() if file.is_file() else "")):
            assert self.scheduler.poll() is None, "the scheduler ended at once"
            assert time.monotonic() < end_s, "no scheduler"
            time.sleep(0.05)
        self._address = found[1]
        worker = [sys.executable, "-P", "-m", "distributed.cli.dask_worker", self._address, "--nthreads", "1"]
        for name in ("one", "two"):
            self._begin(
                [
                    *worker,
                    "--name",
                    name,
                    "--no-dashboard",
                    "--death-timeout",
                    "10",
                    "--no-nanny",
                    "--local-directory",
                    str(self._folder / name),
                ]
            )

    def _begin(self, line: list[str]) -> None:
        quiet, its = subprocess.DEVNULL, environment(self._mark) | {"DASK_TEMPORARY_DIRECTORY": str(self._folder)}
        self._processes.append(subprocess.Popen(line, env=its, cwd=self._folder, stdout=quiet, stderr=quiet))

    def _stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._processes.clear()

    def __exit__(self, *_: object) -> None:
        self._stop()
