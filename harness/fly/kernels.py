"""Compiles kernels in parallel, which halves the wait for the first flight on a machine.

Three processes need machine code: the flight program compiles its own while it gets ready, a second process compiles
the plant's and leaves them in the cache, and a third those of judging, as soon as one of the first two is done and
while the flight is flown. What one of them could not do is compiled where it is called, as if there were none.

    with Compilation(show) as kernels: if kernels.begin(scenario):         # not all is kept
            ...                             # the flight program gets ready
            kernels.program_is_ready()
            kernels.wait_for(PLANT)
        ...                                 # the flight is flown
        kernels.wait_for(JUDGING)

The processes end with this one, however it ends: their standard input is a pipe of its.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from hoverslam.scenarios.schema import Scenario

PLANT, JUDGING = "plant", "judging"
PARTS = {
    PLANT: ("advance", "sense", "truth"),
    JUDGING: ("required_throttle", "coast", "on_coast", "least_descent", "one_descent", "air_along"),
}
"""Kernels that Python calls; each is compiled with all that it calls."""
PROGRAM = 1
"""What a flight program compiles counts as one: nothing tells how far it is."""
COMPILING = "compiling kernels: one to two minutes on two cores, only the first time on this machine"
"""What every command says before it does."""
Step = Callable[[], object]
Show = Callable[[int, int], object]
"""Given how many kernels there are now, and of how many."""


def tell_compiling(say: Callable[[str], object], *, cold: bool | None = None) -> None:
    """Say that kernels will be compiled, where they will; those of a flight, unless the caller knows (`cold`)."""
    from hoverslam.plant.kernels.compiled import are_warm

    if not are_warm() if cold is None else cold:
        say(COMPILING)


def _mark() -> Path | None:
    """The file that is there once all parts were compiled; vehicles of any shape share machine code."""
    from hoverslam.plant.kernels.compiled import CACHE

    return None if CACHE is None else CACHE / "all-compiled"


class Compilation:
    """See the module. `show` is called from threads, once for each kernel that is new."""

    def __init__(self, show: Show = lambda _done, _of: None) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._readers: dict[str, threading.Thread] = {}
        self._done: dict[str, int] = {}
        self._open, self._scenario = False, ""
        self._mark: Path | None = None

    def begin(self, scenario: Scenario) -> bool:
        """Start on the plant's, where not all is kept; false where nothing is to be done."""
        self._mark = _mark()
        self._open = self._mark is not None and not self._mark.exists()
        self._scenario = scenario.model_dump_json()
        self._start(PLANT)
        return self._open

    def program_is_ready(self) -> None:
        """The flight program has its kernels: its core is free for those of judging."""
        self._count("program", PROGRAM)
        self._start(JUDGING)

    def wait_for(self, part: str) -> None:
        """Return once a part is compiled and kept, or could not be; a KeyboardInterrupt goes through."""
        if part in self._readers:
            self._readers[part].join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._open = False
        for process in self._processes.values():
            process.kill()
        for reader in self._readers.values():
            reader.join()

    def _start(self, part: str) -> None:
        """Start the process of a part, once; what keeps it from starting costs time and nothing else."""
        with self._lock:
            if not self._open or part in self._processes:
                return
            command = [sys.executable, "-P", "-m", "hoverslam.harness.fly.kernels", part]
            with suppress(OSError):
                self._processes[part] = process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                    start_new_session=True,  # Ctrl-C is for us, and tells it in turn
                )  # fmt: skip
                self._readers[part] = threading.Thread(target=self._read, args=(part, process), daemon=True)
                self._readers[part].start()

    def _read(self, part: str, process: "subprocess.Popen[str]") -> None:
        """Count what a process tells until it ends; the next part begins then, if it has not."""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError), process.stdin, process.stdout:
            process.stdin.write(self._scenario + "\n")
            process.stdin.flush()
            for number, _ in enumerate(process.stdout, start=1):
                self._count(part, number)
        if process.wait() == 0:
            self._count(part, len(PARTS[part]))
        self._start(JUDGING)
        if self._mark is not None and [one.poll() for one in self._processes.values()] == [0] * len(PARTS):
            with suppress(OSError):
                self._mark.touch()

    def _count(self, part: str, done: int) -> None:
        with self._lock:
            told = self._done.get(part, 0)
            self._done[part] = max(told, done)
            if told < done and self._open:
                self._show(sum(self._done.values()), PROGRAM + sum(map(len, PARTS.values())))


def main(part: str) -> int:
    """Compile a part for the scenario on standard input, a line for each kernel that is done; ends with that pipe."""
    scenario = Scenario.model_validate(json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_it, daemon=True).start()
    _tell_each(PARTS[part])
    for step in plant_steps(scenario) if part == PLANT else judging_steps(scenario):
        step()
    return 0


def _end_with_it() -> None:
    sys.stdin.read()
    os._exit(1)


def _tell_each(names: tuple[str, ...]) -> None:
    """From now on, print the name of each of these kernels when it is compiled."""
    from numba.core import event

    class Told(event.Listener):
        def on_start(self, event: event.Event) -> None:
            """Nothing to tell."""

        def on_end(self, event: event.Event) -> None:
            if (name := event.data["dispatcher"].__name__) in names:
                print(name, flush=True)  # noqa: T201  read by the process that started this one

    event.register("numba:compile", Told())  # type: ignore[no-untyped-call]  # numba has no types


def plant_steps(scenario: Scenario) -> Iterator[Step]:
    """Calls that compile the plant's kernels."""
    from hoverslam.harness.build.build import build_plant

    plant = build_plant(scenario, scenario.seed)  # flies ahead, and reads the gauges once
    yield lambda: plant.truth(np.zeros(plant.truth_layout.width))


def judging_steps(scenario: Scenario) -> Iterator[Step]:
    """Calls that compile the kernels of judging: of a stage over the pad with three engines to land on."""
    from hoverslam.harness.build.build import build_plant
    from hoverslam.harness.window.ignition import NO_TRACE
    from hoverslam.harness.window.landing_engines import NOBODY
    from hoverslam.harness.window.oracle import Oracle
    from hoverslam.plant.oracle.descent import NEVER_S, EngineGroup, EnginePlan, Falling
    from hoverslam.plant.oracle.ignition import least_descent, on_coast

    plant = build_plant(scenario, scenario.seed, feels=False)
    at, row = plant.truth_layout.slice, np.zeros(plant.truth_layout.width)
    for name, value in {"altitude_agl_m": 3e3, "mass_kg": 4e4, "lox_kg": 8e3, "lch4_kg": 2.5e3, "cg_m": 15.0}.items():
        row[at(name)] = value
    row[at("vel_enu_mps")] = (0.0, 0.0, -300.0)
    oracle, lone, pair = Oracle(plant), *(EngineGroup(n, 1.0, 0.0, 0.0, NEVER_S) for n in (1.0, 2.0))
    question = oracle.question(row, EnginePlan(lone, pair, NOBODY, NOBODY))
    start = Falling((0.0, 0.0, 3e3), (0.0, 0.0, -300.0), question.lox_kg, question.lch4_kg, question.rest_kg)
    yield lambda: plant.required_throttle(row, 3)
    fall: list[np.ndarray] = []
    yield lambda: fall.append(oracle.coast(question, start, 0.0))
    yield lambda: on_coast(question, fall[0], 0.0)
    yield lambda: oracle.bounds(question, fall[0])
    yield lambda: least_descent(plant.params, question, start, NO_TRACE)
    yield lambda: oracle.traced(question, start, 0.0)
    yield lambda: oracle.optimum_kg(question, start)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
