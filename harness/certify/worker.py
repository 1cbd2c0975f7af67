"""One flight in a process of its own, for a determinism certificate: python -m hoverslam.harness.certify.worker FOLDER.

Both ends of it. FOLDER holds job.json. The worker says `ready` when it could fly, flies when `go` is there, and leaves
result.json, and the run itself where it is not the flight that was expected. All of these are files in FOLDER.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.certify.disturbance import ProgramStopper
from hoverslam.harness.files import write_whole
from hoverslam.harness.fly.pilot import Pilot
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.program.supervisor import PACKAGE_ROOT, Supervisor
from hoverslam.harness.record.run_folder import save
from hoverslam.scenarios.schema import Scenario

JOB, READY, GO, RESULT, RUN = "job.json", "ready", "go", "result.json", "run"
LOOK_S = 0.01
PATIENCE_S = 600.0
"""For `go`: the others have to compile or load what we have loaded already."""

WORKER_S = 900.0
"""A worker that takes longer, alone or stopped now and then, is not going to end."""


class WorkerOrder(NamedTuple):
    """What a worker is to fly, the hash that is expected, and whether it stops its program now and then."""

    scenario: dict[str, Any]
    gnc: str | None
    hash: str
    core: int | None
    stop_program: bool


class WorkerError(Exception):
    """A worker did not reach the end of its flight; with its last words."""


class CertifyWorker:
    """A harness in a process of its own, under a guardian, and the folder through which it is spoken to."""

    def __init__(self, folder: Path, order: WorkerOrder) -> None:
        """`process` is to be started, and stopped, by whoever asked for it."""
        self._folder = folder.resolve()
        self._folder.mkdir(parents=True)
        (self._folder / JOB).write_text(json.dumps(order._asdict()), encoding="utf-8")
        path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
        command = [sys.executable, "-P", "-m", "hoverslam.harness.certify.worker", str(self._folder)]
        self.process = Supervisor(command, {"PYTHONPATH": path})

    @property
    def run_folder(self) -> Path:
        """Where the run is, if it was not the flight that was expected."""
        return self._folder / RUN

    def await_ready(self) -> None:
        """Until it could fly."""
        for _ in self._waits():
            if (self._folder / READY).exists():
                return
        raise self._failed()

    def go(self) -> None:
        """Let it fly."""
        (self._folder / GO).touch()

    def result(self) -> dict[str, Any]:
        """What it tells when it has flown."""
        for _ in self._waits():
            pass
        if self.process.exit_status != 0:
            raise self._failed()
        told: dict[str, Any] = json.loads((self._folder / RESULT).read_text(encoding="utf-8"))
        return told

    def _waits(self) -> Iterator[None]:
        """Goes on until the worker has exited, or for too long."""
        for _ in range(int(WORKER_S / LOOK_S)):
            if self.process.wait(LOOK_S) is not None:
                return
            yield

    def _failed(self) -> WorkerError:
        status = "did not end" if self.process.exit_status is None else f"exited with {self.process.exit_status}"
        last = self.process.stderr_tail().splitlines()[-1:]
        return WorkerError(f"a worker {status}: {' '.join(last)}")


def main(folder: Path) -> int:
    """Fly the job; returns the exit status."""
    job = json.loads((folder / JOB).read_text(encoding="utf-8"))
    scenario = Scenario.model_validate(job["scenario"])
    with Pilot(job["gnc"], core=job["core"]) as pilot:
        prepare(scenario, "loading")  # what it loads is there before the others are waited for
        assert pilot.pid is not None
        _await_go(folder)
        stopper = ProgramStopper(lambda: pilot.pid)
        watch = stopper.watch() if job["stop_program"] else None
        flown = pilot.fly(scenario, "certificate", watch)
        stopper.finish()
    record = flown.record
    if record.hash != job["hash"]:
        save(record, folder / RUN, scenario.model_dump(mode="json"))
    failure = record.gnc_failure
    told: dict[str, Any] = {
        "hash": record.hash,
        "frames": record.frames,
        "outcome": record.outcome,
        "wall_s": record.wall_s,
        "program_stops": stopper.stops,
        "tries": flown.tries,
        "gnc_failure": None if failure is None else f"{failure.kind} in frame {failure.frame}: {failure.reason}",
        "harness_error": record.harness_error,
    }
    write_whole(folder / RESULT, json.dumps(told))
    return 0


def _await_go(folder: Path) -> None:
    (folder / READY).touch()
    end_s = time.monotonic() + PATIENCE_S
    while not (folder / GO).exists():
        if time.monotonic() > end_s:
            raise TimeoutError("the start signal did not arrive")
        time.sleep(LOOK_S)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
