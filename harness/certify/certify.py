"""A determinism certificate: one flight, flown again and again under conditions that must not matter.

warm      one after the other in one process of the flight program
fresh     each in a new process of the flight program
together  in processes of their own, harness and program, at the same time
loaded    with a process that counts on every core
stopped   with harness and flight program stopped (SIGSTOP, SIGCONT) now and then

The first flight is the reference: every other has to have its hash.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.certify.disturbance import every_core_busy, stop_now_and_then
from hoverslam.harness.certify.worker import WORKER_S, CertifyWorker, WorkerError, WorkerOrder
from hoverslam.harness.fly.inputs import Inputs
from hoverslam.harness.fly.keep import keep_record
from hoverslam.harness.fly.pilot import FlownFlight, Pilot
from hoverslam.harness.program.pinning import core_of
from hoverslam.harness.record.difference import Difference, Trace, first_difference
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.run_folder import load
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.schema import Scenario

CONDITIONS = ("warm", "fresh", "together", "loaded", "stopped")
LEAST = 6
"""Flights with which every condition has one, and two are flown together."""
AT_ONCE = 4
"""Workers at most at the same time."""
REFERENCE, OTHER, WORK = "reference", "different", "work"

Tell = Callable[[str], None]


class CertifyError(Exception):
    """Flights could not be flown to their end. `lost` says that it was the flight software's doing."""

    def __init__(self, why: str, *, lost: bool) -> None:
        super().__init__(why)
        self.lost = lost


class FlownOnce(NamedTuple):
    """One flight of a certificate; `reused`: by a process that had flown before; `tries`: as of a `FlownFlight`."""

    number: int
    condition: str
    hash: str
    frames: int
    outcome: str
    same: bool
    reused: bool
    program_stops: int
    harness_stops: int
    tries: int
    wall_s: float


class Parted(NamedTuple):
    """The first flight that was another one, and where it parts from the reference."""

    number: int
    condition: str
    difference: Difference | None


@dataclass
class Certificate:
    """What was flown and whether it was one flight. `kept`: run folders of the reference and of the first other one."""

    scenario: Scenario
    n: int
    reference: FlightRecord | None = None
    flights: list[FlownOnce] = field(default_factory=list)
    parted: Parted | None = None
    kept: list[Path] = field(default_factory=list)
    busy_cores: int = 0
    failure: CertifyError | None = None
    interrupted: bool = False

    @property
    def certified(self) -> bool:
        """Whether all flights were flown and are the same."""
        return self.parted is None and len(self.flights) == self.n


class Job(NamedTuple):
    """What is to be certified, where, and who wants to know how it goes. `inputs`: the scenario's files, read."""

    scenario: Scenario
    inputs: Inputs
    gnc: str | None
    n: int
    folder: Path
    tell: Tell


def allotted(n: int) -> dict[str, int]:
    """How many flights each condition gets of n; what does not divide is flown warm."""
    shares = dict.fromkeys(CONDITIONS, n // len(CONDITIONS))
    shares["together"] = max(2, shares["together"])
    shares["warm"] = n - sum(count for name, count in shares.items() if name != "warm")
    return shares


def certify(job: Job) -> Certificate:
    """Fly all of them, or up to one that does not reach its end. A difference does not stop the others."""
    shares, certificate = allotted(job.n), Certificate(job.scenario, job.n)
    book = _Book(job, certificate)
    try:
        with Pilot(job.gnc) as pilot:
            _warm(job, pilot, shares["warm"], book)
            _loaded(job, pilot, shares["loaded"], book)
        _fresh(job, shares["fresh"], book)
        _together(job, shares["together"], book)
        _stopped(job, shares["stopped"], book)
    except KeyboardInterrupt:
        told = f"interrupted after {len(certificate.flights)} of {job.n} flights"
        certificate.failure, certificate.interrupted = CertifyError(told, lost=False), True
    except CertifyError as failure:
        certificate.failure = failure
    except WorkerError as failure:
        certificate.failure = CertifyError(str(failure), lost=False)
    finally:
        shutil.rmtree(job.folder / WORK, ignore_errors=True)
    return certificate


class _Book:
    """Enters flights into a certificate and keeps the runs that have to be kept."""

    def __init__(self, job: Job, certificate: Certificate) -> None:
        self._job, self.certificate = job, certificate

    @property
    def number(self) -> int:
        """Of the next flight."""
        return len(self.certificate.flights) + 1

    def announce(self, condition: str, what: str) -> None:
        """Say which flight is next."""
        self._job.tell(f"flight {self.number} of {self._job.n}, {condition}: {what}")

    def enter(self, condition: str, flown: FlownFlight, *, reused: bool) -> None:
        """A flight that was flown here."""
        record, failure = flown.record, flown.record.gnc_failure
        lost = None if failure is None else f"{failure.kind} in frame {failure.frame}: {failure.reason}"
        self._check(lost, record.harness_error)
        self.certificate.reference = self.certificate.reference or record
        self._note(condition, _facts(flown), reused=reused, load_run=lambda: record)

    def enter_worker(self, condition: str, worker: CertifyWorker, harness_stops: int) -> None:
        """A flight that a worker flies; waits for it."""
        told = worker.result()
        self._check(told["gnc_failure"], told["harness_error"])
        facts = {key: told[key] for key in ("hash", "frames", "outcome", "wall_s", "program_stops", "tries")}
        self._note(
            condition,
            facts | {"harness_stops": harness_stops},
            reused=False,
            load_run=lambda: load(worker.run_folder).record,
        )

    def _check(self, lost: str | None, harness_error: str | None) -> None:
        if lost is not None:
            raise CertifyError(f"flight {self.number}: flight software {lost}", lost=True)
        if harness_error is not None:
            raise CertifyError(f"flight {self.number}: {harness_error}", lost=False)

    def _note(
        self, condition: str, facts: dict[str, Any], *, reused: bool, load_run: Callable[[], FlightRecord]
    ) -> None:
        reference, number = self.certificate.reference, self.number
        assert reference is not None
        same = facts["hash"] == reference.hash
        self.certificate.flights.append(FlownOnce(number, condition, same=same, reused=reused, **facts))
        if not same and self.certificate.parted is None:
            other = load_run()
            difference = first_difference(reference.shape, Trace.of(reference), Trace.of(other))
            self.certificate.parted = Parted(number, condition, difference)
            self._keep(REFERENCE, reference)
            self._keep(OTHER, other)

    def _keep(self, name: str, record: FlightRecord) -> None:
        keep_record(record, self._job, self._job.folder / name)
        self.certificate.kept.append(self._job.folder / name)


def _facts(flown: FlownFlight) -> dict[str, Any]:
    record = flown.record
    own = {"hash": record.hash, "frames": record.frames, "outcome": record.outcome, "wall_s": record.wall_s}
    return {**own, "program_stops": 0, "harness_stops": 0, "tries": flown.tries}


def _fly(job: Job, pilot: Pilot) -> FlownFlight:
    return pilot.fly(job.scenario, "certificate", inputs=job.inputs)


def _warm(job: Job, pilot: Pilot, count: int, book: _Book) -> None:
    before = None
    for _ in range(count):
        book.announce("warm", "one program, one flight after the other")
        flown, pid = _fly(job, pilot), pilot.pid
        book.enter("warm", flown, reused=pid == before)
        before = pid


def _loaded(job: Job, pilot: Pilot, count: int, book: _Book) -> None:
    with every_core_busy() as cores:
        book.certificate.busy_cores = cores
        for _ in range(count):
            book.announce("loaded", f"{counted(cores, 'busy process', 'busy processes')}, one per core")
            before = pilot.pid
            book.enter("loaded", _fly(job, pilot), reused=pilot.pid == before)


def _fresh(job: Job, count: int, book: _Book) -> None:
    for _ in range(count):
        book.announce("fresh", "a new process of the flight program")
        with Pilot(job.gnc) as pilot:
            flown = _fly(job, pilot)
        book.enter("fresh", flown, reused=False)


def _together(job: Job, count: int, book: _Book) -> None:
    while count:
        # never a single one left over for the last time
        some = count if count <= AT_ONCE else min(AT_ONCE, count - 2)
        book.announce("together", f"{counted(some, 'worker')} at the same time")
        with ExitStack() as ends:
            workers = [_worker(job, book, i, ends, stop_program=False) for i in range(some)]
            for worker in workers:
                worker.await_ready()
            for worker in workers:
                worker.go()
            for worker in workers:
                book.enter_worker("together", worker, 0)
        count -= some


def _stopped(job: Job, count: int, book: _Book) -> None:
    for _ in range(count):
        book.announce("stopped", "harness and flight program stopped at intervals")
        with ExitStack() as ends:
            worker = _worker(job, book, 0, ends, stop_program=True)
            worker.await_ready()
            worker.go()
            stops = stop_now_and_then(worker.process, until_s=WORKER_S)
            book.enter_worker("stopped", worker, stops)


def _worker(job: Job, book: _Book, index: int, ends: ExitStack, *, stop_program: bool) -> CertifyWorker:
    """A worker for the reference flight, on a core of its own where there are enough."""
    reference = book.certificate.reference
    assert reference is not None
    tree = job.scenario.model_dump(mode="json")
    order = WorkerOrder(tree, job.gnc, reference.hash, core_of(index), stop_program)
    worker = CertifyWorker(job.folder / WORK / f"{book.number}-{index}", order)
    ends.callback(worker.process.stop)
    worker.process.start()
    return worker
