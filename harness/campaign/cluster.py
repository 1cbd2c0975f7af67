"""Workers of a campaign: a Dask cluster on this machine, one kept to each core, or any Dask scheduler by its address.

A worker keeps its flight program warm from flight to flight. A worker that dies is replaced and its flight flown
again; its flight program dies with it (`harness.guardian`). The local cluster talks over TLS with keys made for the
run, because whoever can talk to a scheduler can run code.
"""

import contextlib
import logging
import os
import pickle
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.campaign.flyer import CampaignFlyer, FlightJob, Flown
from harness.campaign.sampling import Flight
from harness.commands.guard import UsageError

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 3
"""Flights handed out to each worker, so that none waits for the driver."""
CONNECT_S, CLOSE_S = 20.0, 10.0


class ClusterLostError(Exception):
    """The scheduler or all workers are gone; what was flown is kept."""


@contextlib.contextmanager
def cluster(workers: int, scheduler: str | None = None) -> "Iterator[Client]":
    """A client of workers, gone when this ends. Raises UsageError for a scheduler that does not answer."""
    _quiet()
    from distributed import Client, LocalCluster
    from distributed.security import Security

    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            why = f"no Dask scheduler answers there ({error}); start one, or leave it out"
            raise UsageError(f"--scheduler {scheduler}: {why}") from None
        try:
            yield client
        finally:
            with contextlib.suppress(Exception):
                client.close(timeout=CLOSE_S)
        return
    security = Security.temporary()
    local = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, protocol="tls",
        security=security, silence_logs=logging.CRITICAL, memory_limit=0,
    )  # fmt: skip
    client = Client(local, security=security, set_as_default=False)
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=CLOSE_S)
        with contextlib.suppress(Exception):
            local.close(timeout=CLOSE_S)


def _quiet() -> None:
    """Dask logs much that is no news: a worker that comes back, a connection that closes at the end."""
    for name in ("distributed", "distributed.nanny", "distributed.worker", "distributed.scheduler", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


_flyers: dict[bytes, CampaignFlyer] = {}
"""Of this worker process, by their job: one at a time."""


def fly(job: FlightJob, flight: Flight) -> tuple[Flown, str]:
    """In a worker: fly with its warm program."""
    from distributed import get_worker

    worker = get_worker()
    key = pickle.dumps(job)
    if key not in _flyers:
        for old in _flyers.values():
            old.close()
        _flyers.clear()
        _flyers[key] = CampaignFlyer(job, _core(worker.name))
    return _flyers[key].fly(flight), str(worker.name)


def let_go() -> None:
    """In a worker: end its program."""
    while _flyers:
        _flyers.popitem()[1].close()


def _core(name: object) -> int | None:
    """Workers of the local cluster are numbered; each has a core of its own. Others are placed by the host."""
    if not isinstance(name, int) or not hasattr(os, "sched_getaffinity"):
        return None
    there = sorted(os.sched_getaffinity(0))
    return there[name % len(there)]


def ignore_interrupts() -> None:
    """In a worker: Ctrl-C is for the driver, which lets flights end."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
