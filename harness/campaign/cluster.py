"""Workers of a campaign: a Dask cluster on this machine, one kept to each core, or any Dask scheduler by its address.

A worker keeps its flight program warm from flight to flight. A worker that dies is replaced and its flight flown
again; its flight program dies with it (`harness.program.guardian`). The local cluster talks over TLS with keys made
for the run, because whoever can talk to a scheduler can run code.
"""

import asyncio
import contextlib
import logging
import pickle
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hoverslam.harness.campaign.flyer import CampaignFlown, CampaignFlyer, FlightJob
from hoverslam.harness.campaign.sampling import CampaignPlace
from hoverslam.harness.console.ending import held
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.workers import start_tracker
from hoverslam.harness.program.pinning import core_of
from hoverslam.harness.safe_path import safe_children

if TYPE_CHECKING:
    from distributed import Client as Client
    from distributed import Future as Future
    from distributed import Scheduler

AHEAD = 3
"""Flights handed out to each worker, so that none waits for the driver."""
CONNECT_S, CLOSE_S = 20.0, 10.0
IDLE_S = 60.0


class ClusterLostError(Exception):
    """The scheduler or all workers are gone; what was flown is kept."""


@contextlib.contextmanager
def cluster(workers: int, scratch: Path, scheduler: str | None = None) -> "Iterator[Client]":
    """A client of workers, gone when this ends, as is the folder `scratch`.

    Raises UsageError for a scheduler that does not answer.
    """
    _quiet()
    if scheduler is not None:
        with _elsewhere(scheduler) as client:
            yield client
        return
    with safe_children(), _here(workers, scratch) as client:
        yield client


@contextlib.contextmanager
def _here(workers: int, scratch: Path) -> "Iterator[Client]":
    """A signal waits until all of it has started: it cannot be ended half-way."""
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    import hoverslam.harness.campaign.steady as steady

    start_tracker()
    own = {"temporary-directory": str(scratch), "distributed.worker.preload": [steady.NAME]}
    dask.config.set(own | {"distributed.scheduler.worker-ttl": None})  # who is silent is seen by `CampaignRun`
    security = Security.temporary()
    started: list[LocalCluster | Client] = []
    try:
        with held():
            local = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
                protocol="tls", security=security, silence_logs=logging.CRITICAL, memory_limit=0,
                local_directory=str(scratch),
            )  # fmt: skip
            started.append(local)
            started.append(Client(local, security=security, set_as_default=False))
        yield started[-1]
    finally:
        for one in reversed(started):
            with contextlib.suppress(Exception):
                one.close(timeout=CLOSE_S)
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _elsewhere(scheduler: str) -> "Iterator[Client]":
    """A client of somebody's scheduler."""
    from distributed import Client

    try:
        client = Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        why = f"no Dask scheduler answers ({error}); start one, or remove the option"
        raise UsageError(f"--scheduler {scheduler}: {why}") from None
    try:
        yield client
    finally:
        if client.status == "running":
            land(client)
        with contextlib.suppress(Exception):
            client.close(timeout=CLOSE_S if client.status == "running" else 1.0)


def hand_on(client: "Client", address: str) -> None:
    """Take a worker out: its flights go to the others at once, and its nanny puts another in its place."""
    with contextlib.suppress(Exception):
        client.run_on_scheduler(_remove, address)


async def _remove(address: str, dask_scheduler: "Scheduler") -> None:
    worker = dask_scheduler.workers.get(address)
    nanny = None if worker is None else worker.nanny
    await dask_scheduler.remove_worker(address, stimulus_id=f"frozen-{address}", close=False)
    if nanny:
        rpc = dask_scheduler.rpc(nanny)
        asyncio.ensure_future(rpc.restart(close=True, timeout=1.0))  # noqa: RUF006  nobody waits for it


def _quiet() -> None:
    """Dask logs much that is no news: a worker that comes back, a connection that closes at the end."""
    for name in ("distributed", "distributed.nanny", "distributed.worker", "distributed.scheduler", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class _Hangar:
    """Warm flight programs of this worker process that no flight uses just now."""

    def __init__(self) -> None:
        self._lock, self._free, self._uses = threading.Lock(), list[tuple[FlightJob, CampaignFlyer]](), 0

    def take(self, job: FlightJob, core: int | None) -> CampaignFlyer:
        """One that flies this job; those of another are ended."""
        with self._lock:
            self._uses += 1
            mine = [flyer for of, flyer in self._free if of == job]
            others = [flyer for of, flyer in self._free if of != job]
            self._free = [(job, flyer) for flyer in mine[1:]]
        for flyer in others:
            flyer.close()
        return mine[0] if mine else CampaignFlyer(job, core)

    def give(self, job: FlightJob, flyer: CampaignFlyer) -> None:
        """Back from a flight; ended where no other follows within `IDLE_S`, as when the driver was killed."""
        with self._lock:
            self._free.append((job, flyer))
            uses = self._uses
        timer = threading.Timer(IDLE_S, self._close_unused, (uses,))
        timer.daemon = True
        timer.start()

    def _close_unused(self, uses: int) -> None:
        if uses == self._uses:
            self.close()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            free, self._free = self._free, []
        for _, flyer in free:
            flyer.close()


_hangar = _Hangar()


def fly(job: FlightJob, flights: Sequence[CampaignPlace], topic: str) -> tuple[list[CampaignFlown], str]:
    """In a worker: fly with a warm program. What happens is told to the driver at once, each flight as it ends.

    Returns all flights, and who flew them.
    """
    from distributed import get_worker

    worker, flown = get_worker(), []
    flyer = _hangar.take(job, _core(worker.name))
    try:
        for one in flyer.fly(flights):
            flown.append(one)
            worker.log_event(topic, pickle.dumps((one, str(worker.name))))
        for why in flyer.lost():
            worker.log_event(topic, pickle.dumps((why, str(worker.name))))
        return flown, str(worker.name)
    finally:
        _hangar.give(job, flyer)


def land(client: "Client") -> None:
    """End the programs of all workers, once what is in the air has come down."""
    with contextlib.suppress(Exception):
        workers = list(client.scheduler_info(n_workers=-1)["workers"])
        asked = [client.submit(_hangar_close, pure=False, workers=[one], allow_other_workers=False) for one in workers]
        for future in asked:
            future.result(timeout=CLOSE_S)


def _hangar_close() -> None:
    _hangar.close()


def _core(name: object) -> int | None:
    """Workers of the local cluster are numbered; each has a core of its own. Others are placed by the host."""
    return core_of(name) if isinstance(name, int) else None
