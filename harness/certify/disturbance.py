"""Disturbs the processes of a flight, to show that the result does not change: busy cores, stopped processes.

Whatever is started here runs under a guardian (`harness.program.supervisor`), so that it is gone when we are.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from hoverslam.harness.loop.plan import Progress, ProgressCallback
from hoverslam.harness.program.pinning import allowed_cores
from hoverslam.harness.program.supervisor import Supervisor

STOPPED_S = 0.1
"""How long a process is stopped: twice what the link waits before it looks whether its peer still lives."""
BETWEEN_STOPS_S = 0.3
LOOKS_BETWEEN_STOPS = 25
"""Of the flight, which is looked at every half second; a flight of 75 s has its program stopped six times."""
COUNT = """import os, sys
if hasattr(os, "sched_setaffinity"): os.sched_setaffinity(0, {int(sys.argv[1])})
while True: pass"""


@contextmanager
def every_core_busy() -> Iterator[int]:
    """A process that does nothing but count on each core that this one may use; says how many."""
    cores = allowed_cores()
    with ExitStack() as ends:
        for core in cores:
            hog = Supervisor([sys.executable, "-I", "-S", "-c", COUNT, str(core)], {})
            ends.callback(hog.kill)
            hog.start()
        yield len(cores)


class ProgramStopper:
    """Stops a flight program now and then, from inside its flight, and lets it go on a moment later."""

    def __init__(self, pid: Callable[[], int | None]) -> None:
        self.stops = 0
        self._pid = pid
        self._looks = 0
        self._timers: list[threading.Timer] = []

    def watch(self) -> ProgressCallback:
        """What the frame loop calls."""
        return self._look

    def finish(self) -> None:
        """Wait until what was stopped goes on."""
        for timer in self._timers:
            timer.join()

    def _look(self, _progress: Progress) -> None:
        self._looks += 1
        pid = self._pid() if self._looks % LOOKS_BETWEEN_STOPS == 1 else None
        if pid is not None and _signal_group(pid, signal.SIGSTOP):
            self.stops += 1
            timer = threading.Timer(STOPPED_S, _signal_group, (pid, signal.SIGCONT))
            self._timers.append(timer)
            timer.start()


def stop_now_and_then(process: Supervisor, *, until_s: float) -> int:
    """Stop a supervised process again and again until it exits, or for so long; returns how often."""
    stops, spent_s = 0, 0.0
    while process.wait(BETWEEN_STOPS_S) is None and spent_s < until_s:
        if process.pid is not None and _signal_group(process.pid, signal.SIGSTOP):
            stops += 1
            process.wait(STOPPED_S)
            _signal_group(process.pid, signal.SIGCONT)
        spent_s += BETWEEN_STOPS_S + STOPPED_S
    return stops


def _signal_group(pid: int, number: int) -> bool:
    """Signal a program that leads its group. It is not reaped before its guardian is done, so the number is its own."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
