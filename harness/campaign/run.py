"""Flies a campaign to its end: hands flights to workers, commits each as it comes, stops where the test says so.

What it ends with depends on the campaign alone: not on how many workers there were, in which order flights ended, or
how often it was killed and gone on with.
"""

import contextlib
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.campaign.cluster import AHEAD, ClusterLostError, fly
from harness.campaign.flyer import FlightJob, Flown
from harness.campaign.row import Row
from harness.campaign.sampling import Sample
from harness.campaign.store import Store
from harness.statistics.sequential import Plan, State, plan, state
from plant.kernels.compiled import are_warm

if TYPE_CHECKING:
    from distributed import Client, Future

    Queue = queue.SimpleQueue[int]

LOOK_S, GONE_S = 1.0, 60.0
MOST_FAILURES = 3
"""Flights that we could not fly, one after the other, before a campaign is given up."""


@dataclass
class Progress:
    """Where a campaign stands. `flown` counts what this process flew, not what it found."""

    wanted: int
    done: int = 0
    flown: int = 0
    passed: int = 0
    failed_by: Counter[str] = field(default_factory=Counter)
    begun_s: float = field(default_factory=time.monotonic)
    test: State = "go on"
    not_flown: dict[int, str] = field(default_factory=dict)

    @property
    def flights_per_min(self) -> float:
        """Of those flown here."""
        return 60.0 * self.flown / max(time.monotonic() - self.begun_s, 1e-9)

    @property
    def left_s(self) -> float | None:
        """Until the last flight, at this rate; None before the first."""
        rate = self.flights_per_min
        return None if self.flown == 0 else 60.0 * (self.wanted - self.done) / rate


def test_plan(sample: Sample) -> Plan | None:
    """The sequential test of a campaign file; None where it has none."""
    stop = sample.campaign.stop
    if stop is None:
        return None
    return plan(stop.hardly, stop.at_least, stop.accept_wrongly, stop.reject_wrongly, sample.campaign.flights)


class CampaignRun:
    """See the module."""

    def __init__(
        self, sample: Sample, store: Store, gnc: str | None, watch: Callable[[Progress], None] = lambda _: None
    ) -> None:
        self._sample, self._store, self._watch = sample, store, watch
        self._job = FlightJob(sample.tree_of_all, gnc)
        self._test = test_plan(sample)
        self._verdicts = store.verdicts()
        self._counted = self._failures = 0
        self._cold = not are_warm()
        self.progress = Progress(sample.campaign.flights)
        for row in store.rows():
            self._count(row)
        self._look()

    def run(self, client: "Client") -> Progress:
        """Fly what is missing. Raises ClusterLostError, StoreError, KeyboardInterrupt; what was flown is kept."""
        missing = (place for place in range(self._sample.campaign.flights) if place not in self._verdicts)
        waiting: dict[int, Future[Any]] = {}
        over: Queue = queue.SimpleQueue()
        alive = _Alive(client)
        try:
            self._fill(client, missing, waiting, over)
            while waiting and self.progress.test == "go on":
                try:
                    place = over.get(timeout=LOOK_S)
                except queue.Empty:
                    alive.check()
                    continue
                self._take(place, waiting.pop(place))
                self._watch(self.progress)
                self._fill(client, missing, waiting, over)
        finally:
            with contextlib.suppress(Exception):
                client.cancel(list(waiting.values()))
        if self.progress.test != "go on":
            self._store.cut(self._counted)
        return self.progress

    def _fill(
        self,
        client: "Client",
        missing: Iterator[int],
        waiting: "dict[int, Future[Any]]",
        over: "queue.SimpleQueue[int]",
    ) -> None:
        """Keep every worker busy, and no more in the air than that."""
        while self.progress.test == "go on" and len(waiting) < self._most(client):
            place = next(missing, None)
            if place is None:
                return
            key = f"flight-{id(self)}-{place}"
            waiting[place] = client.submit(fly, self._job, self._sample.flight(place), key=key, pure=False)
            waiting[place].add_done_callback(lambda _, place=place: over.put(place))

    def _most(self, client: "Client") -> int:
        """In the air at once: enough for every worker; the first alone where it compiles for all that follow."""
        if self._cold and not self.progress.flown:
            return 1
        return AHEAD * max(len(client.scheduler_info()["workers"]), 1)

    def _take(self, place: int, future: "Future[Any]") -> None:
        if future.status != "finished":
            error = future.exception() if future.status == "error" else None
            self.progress.not_flown[place] = f"{type(error).__name__}: {error}" if error else str(future.status)
            if len(self.progress.not_flown) >= MOST_FAILURES:
                told = "; ".join(f"flight {p}: {why}" for p, why in self.progress.not_flown.items())
                raise ClusterLostError(told)
            return
        flown, worker = future.result()
        assert isinstance(flown, Flown)
        self._store.add(flown.row, flown.wall_s, worker)
        self.progress.flown += 1
        self._count(flown.row)
        self._look()

    def _count(self, row: Row) -> None:
        passed = row.verdict == "PASS"
        self._verdicts[row.place] = passed
        self.progress.done += 1
        self.progress.passed += passed
        for one in failed(row):
            self.progress.failed_by[one] += 1

    def _look(self) -> None:
        """Take in flights in the order of their places, as far as they are all there."""
        while self.progress.test == "go on" and self._counted in self._verdicts:
            self._failures += not self._verdicts[self._counted]
            self._counted += 1
            if self._test is not None:
                self.progress.test = state(self._test, self._counted, self._failures)


def failed(row: Row) -> list[str]:
    """Required requirements that a flight failed; the verdict where the program was lost."""
    ids = [one[0] for one in row.requirements if one[1] == "fail"]
    return ids or ([] if row.verdict == "PASS" else [row.verdict])


class _Alive:
    """Notices that a scheduler, or every worker, is gone for good."""

    def __init__(self, client: "Client") -> None:
        self._client, self._seen_s = client, time.monotonic()

    def check(self) -> None:
        """Raises ClusterLostError."""
        here = self._client.status == "running"
        if here and self._client.scheduler_info()["workers"]:
            self._seen_s = time.monotonic()
        elif time.monotonic() - self._seen_s > GONE_S:
            what = "no worker is left" if here else "the Dask scheduler is gone"
            raise ClusterLostError(f"{what} for {GONE_S:.0f} s")
