"""Detects a frozen child process: each child writes a heartbeat into shared memory.

The wall clock plays no part, nor does the time for which this process was itself stopped (Ctrl-Z, a debugger).
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

BEAT_S, LOOK_S = 0.5, 1.0
FROZEN_S, STARTING_S = 20.0, 60.0
"""How long a process may say nothing at all, and until its first beat."""


class OwnTime:
    """Seconds for which this process was at work: between two looks no more than two of the usual ones take."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._looked_s, self._passed_s = clock, clock(), 0.0

    def __call__(self) -> float:
        """Until this look."""
        now_s = self._clock()
        self._passed_s += min(now_s - self._looked_s, 2.0 * LOOK_S)
        self._looked_s = now_s
        return self._passed_s


class Beats:
    """Of so many processes, which get this object when they start and call `begin`."""

    def __init__(self, context: Any, count: int) -> None:
        self._told = context.Array("q", 2 * count, lock=False)
        """Process id and number of beats, of each."""

    def begin(self, slot: int) -> None:
        """In a process: beat from now on, until it ends or freezes."""
        self._told[2 * slot : 2 * slot + 2] = [os.getpid(), 1]
        threading.Thread(target=self._beat, args=(2 * slot + 1,), daemon=True).start()

    def _beat(self, at: int) -> None:
        while True:
            time.sleep(BEAT_S)
            self._told[at] += 1

    def of(self, pid: int) -> int:
        """Beats of a process so far."""
        pids = list(self._told[::2])
        return int(self._told[2 * pids.index(pid) + 1]) if pid in pids else 0

    def any(self) -> bool:
        """Whether one has begun."""
        return any(self._told[1::2])


class Watched:
    """The children that this process has from now on, looked at again and again."""

    def __init__(self, beats: Beats, clock: Callable[[], float] = time.monotonic) -> None:
        self._beats, self._now_s = beats, OwnTime(clock)
        self._heard: dict[int, tuple[int, float]] = {}
        self._others = {process.pid for process in multiprocessing.active_children()}

    def children(self) -> list[BaseProcess]:
        """Those that are there."""
        return [process for process in multiprocessing.active_children() if process.pid not in self._others]

    def frozen(self) -> list[tuple[BaseProcess, float]]:
        """Those that have said nothing for too long, and how long that is."""
        found, before, self._heard, now_s = [], self._heard, {}, self._now_s()
        for process in self.children():
            pid = process.pid or 0
            beats, (told, heard_s) = self._beats.of(pid), before.get(pid, (-1, now_s))
            self._heard[pid] = (beats, heard_s if beats == told else now_s)
            most_s = FROZEN_S if beats else STARTING_S
            if now_s - self._heard[pid][1] > most_s:
                found.append((process, most_s))
        return found
