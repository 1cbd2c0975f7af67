"""Two workers that fly at the same time, each with warm programs of its own and kept to a core.

What a worker does with a task is its own: a hunt takes margins, the case library whole summaries. One worker runs in
this process; two are processes of their own.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from plant.kernels.compiled import are_warm

MOST_WORKERS = 2
Task = TypeVar("Task")
Result = TypeVar("Result")
Taken = TypeVar("Taken", contravariant=True)
Given = TypeVar("Given", covariant=True)


class Worker(Protocol[Taken, Given]):
    """Flies one task after the other."""

    def fly(self, task: Taken, /) -> Given:
        """What it came to."""

    def close(self) -> None:
        """End its programs."""


class Crew(Generic[Task, Result]):
    """`hire` makes a worker for a core (None: any); with two workers it, tasks and results go between processes."""

    def __init__(self, hire: Callable[[int | None], Worker[Task, Result]], workers: int) -> None:
        self._hire, self.workers = hire, max(1, min(workers, MOST_WORKERS))
        self._alone: Worker[Task, Result] | None = None
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.workers == 1:
            self._alone = self._hire(None)
            return self
        start_tracker()
        context = multiprocessing.get_context("spawn")
        cores = context.Queue()
        for core in _cores(self.workers):
            cores.put(core)
        self._pool = ProcessPoolExecutor(self.workers, context, initializer=_begin, initargs=(self._hire, cores))
        return self

    def fly(self, tasks: Sequence[Task]) -> list[Result]:
        """All of them, in order."""
        return list(self.each(tasks))

    def each(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """The same, each as soon as it and those before it are there."""
        if self._alone is not None:
            yield from map(self._alone.fly, tasks)
            return
        assert self._pool is not None
        first = 0 if are_warm() else 1  # alone: it compiles for all that follow
        for some in (tasks[:first], tasks[first:]):
            yield from cast("Iterator[Result]", self._pool.map(_fly, some))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alone is not None:
            self._alone.close()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def start_tracker() -> None:
    """Start the process of multiprocessing that clears semaphores away, so that it outlives a terminal that is closed.

    It lets SIGINT and SIGTERM pass, and not SIGHUP: then they are cleared away by nobody, which it says at length.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        resource_tracker.ensure_running()
    finally:
        signal.signal(signal.SIGHUP, before)


def _cores(count: int) -> list[int | None]:
    there: list[int | None] = [*sorted(os.sched_getaffinity(0))] if hasattr(os, "sched_getaffinity") else [None]
    return [there[i % len(there)] for i in range(count)]


_worker: list[Worker[Any, Any]] = []


def _begin(hire: Callable[[int | None], Worker[Any, Any]], cores: Any) -> None:
    """In a worker: Ctrl-C is for the process that asks, which lets the flight end; programs go when the worker goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    _worker.append(hire(cores.get()))
    Finalize(None, _worker[0].close, exitpriority=10)


def end_with_parent() -> None:
    """A killed parent asks for nothing any more; the flight program ends with this process (`harness.guardian`)."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _fly(task: Any) -> Any:
    return _worker[0].fly(task)
