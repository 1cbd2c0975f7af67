"""Flies a campaign to its end: hands flights to workers, commits each as it comes, stops where the test says so.

What it ends with depends on the campaign alone: not on how many workers there were, in which order flights ended, or
how often it was killed and resumed.
"""

import contextlib
import pickle
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hoverslam.harness.campaign.cluster import AHEAD, ClusterLostError, fly, hand_on
from hoverslam.harness.campaign.figures import failed_ids
from hoverslam.harness.campaign.flyer import CampaignFlown, FlightJob
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.sampling import Sample
from hoverslam.harness.campaign.stopping import stop_plan
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.fly.identity import ChangedError
from hoverslam.harness.program.alive import LOOK_S, OwnTime
from hoverslam.harness.statistics.sequential import State, state
from hoverslam.plant.kernels.compiled import are_warm

if TYPE_CHECKING:
    from hoverslam.harness.campaign.cluster import Client, Future

    Queue = queue.SimpleQueue[int | bytes]

SCHEDULER_GONE_S, WORKERS_GONE_S = 10.0, 60.0
"""How long a scheduler, or every worker, may be away: a worker that died is replaced in seconds."""
FROZEN_S, LOADING_S, COMPILING_S = 20.0, 60.0, 300.0
"""How long a worker may say nothing at all before its flights are handed on; until it has flown once it may be kept
from it by loading kernels, or compiling them."""
MOST_FAILURES = 3
"""Consecutive harness failures after which a campaign is aborted."""


@dataclass
class CampaignProgress:
    """Where a campaign stands. `flown` counts what this process flew, not what it found.

    `passed` and `failed_by` count flights that differ, `copies` those that are bit-equal to one of these.
    """

    wanted: int
    done: int = 0
    flown: int = 0
    passed: int = 0
    copies: int = 0
    failed_by: Counter[str] = field(default_factory=Counter)
    begun_s: float = field(default_factory=time.monotonic)
    test: State = "go on"
    not_flown: dict[int, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    @property
    def flights_per_min(self) -> float:
        """Of those flown here."""
        return 60.0 * self.flown / max(time.monotonic() - self.begun_s, 1e-9)

    @property
    def left_s(self) -> float | None:
        """Until the last flight, at this rate; None before the first."""
        rate = self.flights_per_min
        return None if self.flown == 0 else 60.0 * (self.wanted - self.done) / rate


class MistakeError(Exception):
    """Some flights of a campaign cannot be flown for what its files say: which, and why."""


def _named(places: Sequence[int]) -> str:
    return f"flight {places[0]}" if len(places) == 1 else f"one of the flights {places[0]} to {places[-1]}"


class CampaignRun:
    """See the module."""

    def __init__(
        self, sample: Sample, store: Store, job: FlightJob,
        watch: Callable[[CampaignProgress], None] = lambda _: None, say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._say, self._have_flown = say, set[str]()
        self._sample, self._store, self._watch = sample, store, watch
        self._job = job
        self._test = stop_plan(sample.campaign)
        self._verdicts = store.verdicts()
        self._seen: set[str] = set()
        self._judged: set[str] = set()
        self._counted = self._failures = self._gave_up = 0
        self._cold = True
        self.progress = CampaignProgress(sample.campaign.flights)
        for row in store.rows():
            self._count(row)
        self._look()

    def run(self, client: "Client") -> CampaignProgress:
        """Fly what is missing; what was flown is kept.

        Raises ClusterLostError, StoreError, ChangedError, MistakeError, KeyboardInterrupt.
        """
        self._cold = not are_warm()
        missing = deque(place for place in range(self._sample.campaign.flights) if place not in self._verdicts)
        waiting: dict[int, tuple[list[int], Future[Any]]] = {}
        news: Queue = queue.SimpleQueue()
        alive, topic = _Alive(client, self._say), f"flown-{uuid.uuid4().hex}"
        client.subscribe_topic(topic, lambda event: news.put(event[1]))
        try:
            self._fill(client, missing, waiting, news, topic)
            while waiting and self.progress.test == "go on":
                alive.check_each(self._have_flown, COMPILING_S if self._cold else LOADING_S)
                try:
                    told = news.get(timeout=LOOK_S)
                except queue.Empty:
                    alive.check()
                    continue
                if isinstance(told, bytes):
                    self._hear(*pickle.loads(told))  # noqa: S301 - Dask's own wire, which pickles whatever it carries
                elif self._took_batch(*waiting[told]):
                    del waiting[told]
                else:
                    alive.check()
                    news.put(told)
                    continue
                self._watch(self.progress)
                self._fill(client, missing, waiting, news, topic)
        finally:
            with contextlib.suppress(Exception):
                client.cancel([future for _, future in waiting.values()])
            with contextlib.suppress(Exception):
                client.unsubscribe_topic(topic)
        if self.progress.test != "go on":
            self._store.cut(self._counted)
        return self.progress

    def _fill(
        self, client: "Client", missing: deque[int], waiting: "dict[int, tuple[list[int], Future[Any]]]", news: "Queue",
        topic: str,
    ) -> None:  # fmt: skip
        """Keep every worker busy, and no more in the air than that."""
        workers = max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
        while missing and self.progress.test == "go on" and len(waiting) < self._most(workers):
            places = [missing.popleft() for _ in range(self._batch(len(missing), workers))]
            flights = [self._sample.flight(place) for place in places]
            future = client.submit(fly, self._job, flights, topic, key=f"{topic}-{places[0]}", pure=False)
            waiting[places[0]] = (places, future)
            future.add_done_callback(lambda _, first=places[0]: news.put(first))

    def _most(self, workers: int) -> int:
        """Batches handed out: enough for every worker; one alone where it compiles for all that follow."""
        return 1 if self._cold and not self.progress.flown else AHEAD * workers

    def _batch(self, missing: int, workers: int) -> int:
        """Flights of a batch: as many as are in the air at once, fewer where not every worker would have some."""
        if self._cold and not self.progress.flown:
            return 1
        return max(min(self._job.interleave, -(-missing // (AHEAD * workers))), 1)

    def _hear(self, told: CampaignFlown | str, worker: str) -> None:
        """A flight that ended, or why the program was lost with several in the air."""
        if isinstance(told, str):
            self.progress.lost.append(told)
        else:
            self._take(told, worker)

    def _took_batch(self, places: list[int], future: "Future[Any]") -> bool:
        """Take in what is not there of a batch that is done; false where that has yet to come.

        Its worker may have frozen since: one that is asked for what it holds might never answer.
        """
        if future.status in {"error", "cancelled"}:
            self._give_up(places, future)
        elif any(place not in self._verdicts for place in places):
            try:
                flown, worker = future.result(timeout=LOOK_S)
            except (TimeoutError, OSError):
                return False
            for one in flown:
                self._take(one, worker)
        return True

    def _give_up(self, places: list[int], future: "Future[Any]") -> None:
        error = future.exception() if future.status == "error" else None
        if isinstance(error, ChangedError):
            raise error
        if isinstance(error, users_mistakes()):
            raise MistakeError(f"{_named(places)} cannot be flown: {error}")
        why = f"{type(error).__name__}: {error}" if error else str(future.status)
        self.progress.not_flown |= dict.fromkeys((p for p in places if p not in self._verdicts), why)
        self._gave_up += 1
        if self._gave_up >= MOST_FAILURES:
            told = "; ".join(f"flight {p}: {why}" for p, why in self.progress.not_flown.items())
            raise ClusterLostError(told)

    def _take(self, one: CampaignFlown, worker: str) -> None:
        """Commit a flight, unless it is there: a batch tells each when it ends, and holds all in the end."""
        if one.row.place in self._verdicts:
            return
        self._store.add(one.row, one.wall_s, worker)
        self._have_flown.add(worker)
        self._gave_up = 0
        self.progress.flown += 1
        self._count(one.row)
        self._look()

    def _count(self, row: Row) -> None:
        passed = row.verdict == "PASS"
        self._verdicts[row.place] = (passed, row.hash)
        self.progress.done += 1
        if row.hash in self._seen:
            self.progress.copies += 1
            return
        self._seen.add(row.hash)
        self.progress.passed += passed
        for one in failed_ids(row):
            self.progress.failed_by[one] += 1

    def _look(self) -> None:
        """Take in flights in the order of their places, as far as they are all there; the test counts no copy."""
        while self.progress.test == "go on" and self._counted in self._verdicts:
            passed, flown = self._verdicts[self._counted]
            self._counted += 1
            if self._test is not None and flown not in self._judged:
                self._judged.add(flown)
                self._failures += not passed
                self.progress.test = state(self._test, len(self._judged), self._failures)
        if self._test is not None and self.progress.test == "go on" and self._counted == self._sample.campaign.flights:
            self.progress.test = "undecided"


class _Alive:
    """Notices that a scheduler, or every worker, is gone for good, and that a worker is frozen."""

    def __init__(self, client: "Client", say: Callable[[str], None]) -> None:
        self._client, self._say, self._now_s = client, say, OwnTime(time.monotonic)
        self._seen_s = 0.0
        self._heard: dict[str, tuple[Any, float]] = {}

    def check_each(self, flown: set[str], first_s: float) -> None:
        """Hand on the flights of a worker of which nothing was heard for too long; by our clock, not by theirs, and not
        while we were ourselves stopped.

        `flown` names those that have flown; one that is new in its place has not, and may take `first_s`.
        """
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        now_s, before, self._heard = self._now_s(), self._heard, {}
        self._seen_s = now_s if workers else self._seen_s
        for address, told in workers.items():
            heard, name = told.get("last_seen"), str(told.get("name", address))
            if address not in before:
                flown.discard(name)
            most_s = FROZEN_S if name in flown else first_s
            said, at_s = before.get(address, (None, now_s))
            self._heard[address] = (heard, at_s if said == heard else now_s)
            if now_s - self._heard[address][1] > most_s:
                del self._heard[address]
                self._say(f"worker {name} has not answered for {most_s:.0f} s: its flights go to another worker")
                hand_on(self._client, address)

    def check(self) -> None:
        """Raises ClusterLostError."""
        here = self._client.status == "running"
        if here and self._client.scheduler_info()["workers"]:
            self._seen_s = self._now_s()
            return
        most_s = WORKERS_GONE_S if here else SCHEDULER_GONE_S
        if self._now_s() - self._seen_s > most_s:
            what = "no worker is left" if here else "the Dask scheduler does not answer"
            raise ClusterLostError(f"{what} for {most_s:.0f} s")
