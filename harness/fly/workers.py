"""Workers that fly at the same time, each with warm programs of its own and kept to a core.

What a worker does with a task is its own: a hunt takes margins, the case library whole summaries, the logs of a
campaign run folders. One worker runs in this process; several are processes of their own.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from multiprocessing import connection, resource_tracker
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from hoverslam.harness.errors import UsageError
from hoverslam.harness.program.alive import LOOK_S, Beats, Watched
from hoverslam.harness.program.pinning import allowed_cores, core_of
from hoverslam.harness.safe_path import safe_children
from hoverslam.harness.statistics.words import counted

MOST_LOST = 3
"""Workers in a row, without a result between them."""
Task = TypeVar("Task")
Result = TypeVar("Result")
Taken = TypeVar("Taken", contravariant=True)
Given = TypeVar("Given", covariant=True)


def workers_for(asked: int | None) -> int:
    """How many workers `--workers` means: one for each core that this process may use, or fewer. Raises UsageError."""
    most = len(allowed_cores())
    if asked is None:
        return most
    if not 1 <= asked <= most:
        why = f"a worker has a core to itself, and this process may use {counted(most, 'core')}"
        raise UsageError(
            f"--workers {asked}: must be {'1' if most == 1 else f'1 to {most}'}: {why}; leave it out for {most}"
        )
    return asked


class Worker(Protocol[Taken, Given]):
    """Flies one task after the other."""

    def fly(self, task: Taken, /) -> Given:
        """What it came to."""

    def close(self) -> None:
        """End its programs."""


class Crew(Generic[Task, Result]):
    """`hire` makes a worker for a core (None: any); with several workers it, tasks and results go between processes.

    Where one of several says nothing for `harness.program.alive.FROZEN_S`, or dies, all are replaced and what was not
    done is handed out again, with a word to `say`.
    """

    def __init__(
        self,
        hire: Callable[[int | None], Worker[Task, Result]],
        workers: int,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._hire, self.workers, self._say = hire, workers, say
        self._alone: Worker[Task, Result] | None = None
        self._pool: ProcessPoolExecutor | None = None
        self._safely = ExitStack()

    def __enter__(self) -> Self:
        if self.workers == 1:
            self._alone = self._hire(None)
        else:
            self._safely.enter_context(safe_children())
            self._start()
        return self

    def _start(self) -> None:
        start_tracker()
        context = multiprocessing.get_context("spawn")
        self._beats, places = Beats(context, self.workers), context.Queue()
        self._watched, self._froze = Watched(self._beats), False
        for slot in range(self.workers):
            places.put((slot, core_of(slot)))
        given = (self._hire, places, self._beats)
        self._pool = ProcessPoolExecutor(self.workers, context, initializer=_begin, initargs=given)

    def fly(self, tasks: Sequence[Task]) -> list[Result]:
        """All of them, in order."""
        return list(self.each(tasks))

    def each(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """The same, each as soon as it and those before it are there.

        Raises BrokenExecutor where workers are lost again and again.
        """
        if self._alone is not None:
            yield from map(self._alone.fly, tasks)
            return
        done = lost = 0
        while done < len(tasks):
            try:
                for future in self._handed_out(tasks[done:]):
                    result = self._result(future)
                    done, lost = done + 1, 0
                    yield result
            except BrokenExecutor:
                lost += 1
                if lost == MOST_LOST or not self._beats.any():
                    raise
                if not self._froze:
                    self._say("a worker died: its flights go to another worker")
                self._renew()

    def _handed_out(self, tasks: Sequence[Task]) -> "list[Future[Result]]":
        assert self._pool is not None
        return [self._pool.submit(_fly, task) for task in tasks]

    def _result(self, future: "Future[Result]") -> Result:
        while not wait([future], LOOK_S).done:
            if self._end_frozen():
                raise BrokenExecutor("a worker froze")
        return future.result()

    def _end_frozen(self) -> bool:
        frozen = self._watched.frozen()
        for process, silent_s in frozen:
            self._say(f"a worker has not answered for {silent_s:.0f} s: its flights go to another worker")
            process.kill()
        self._froze = self._froze or bool(frozen)
        return bool(frozen)

    def _renew(self) -> None:
        """Other workers in place of these; their flight programs end with them (`harness.program.guardian`)."""
        for process in self._watched.children():
            process.kill()
        assert self._pool is not None
        self._pool.shutdown(cancel_futures=True)
        self._start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alone is not None:
            self._alone.close()
        with self._safely:
            if self._pool is None:
                return
            self._pool.shutdown(wait=False, cancel_futures=True)
            everyone = self._watched.children()
            while there := self._watched.children():
                connection.wait([process.sentinel for process in there], LOOK_S)
                if self._end_frozen() or any(process.exitcode for process in everyone):
                    for process in there:  # the queue's lock may have gone with the one that is gone
                        process.kill()
            self._pool.shutdown()


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


_worker: list[Worker[Any, Any]] = []


def _begin(hire: Callable[[int | None], Worker[Any, Any]], places: Any, beats: Beats) -> None:
    """In a worker: Ctrl-C is for the process that asks, which lets the flight end; programs go when the worker goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    slot, core = places.get()
    worker = hire(core)
    beats.begin(slot)
    _worker.append(worker)
    Finalize(None, worker.close, exitpriority=10)


def end_with_parent() -> None:
    """A killed parent asks for nothing any more; the flight program ends with this process, by its guardian."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _fly(task: Any) -> Any:
    return _worker[0].fly(task)
