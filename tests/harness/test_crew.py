"""Several workers at once. Oracle: what a plain loop gives, and the process ids of the workers."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly import workers
from hoverslam.harness.fly.workers import Crew, workers_for
from hoverslam.harness.program import alive
from tests.harness.clock import Clock

DEADLINE_S = 60.0
TWO = 2


class Squarer:
    """Squares, and tells who did."""

    def __init__(self, bias: int, core: int | None = None) -> None:
        self._bias = bias

    def fly(self, task: int) -> tuple[int, int]:
        if task < 0:
            raise ValueError(f"cannot fly {task}")
        return task * task + self._bias, os.getpid()

    def close(self) -> None: ...


class Waiter(Squarer):
    """Takes a task only when another worker, of two, has one at the same time."""

    def fly(self, task: int) -> tuple[int, int]:
        here = Path(os.environ["MEET_AT"])
        (here / str(os.getpid())).touch()
        end_s = time.monotonic() + DEADLINE_S
        while len(list(here.iterdir())) < TWO and time.monotonic() < end_s:
            os.sched_yield()
        return super().fly(task)


@pytest.mark.parametrize(("asked", "cores", "count"), [(None, 1, 1), (None, 5, 5), (1, 5, 1), (5, 5, 5)])
def test_there_is_a_worker_for_each_core_that_may_be_used_or_as_many_as_were_asked_for(
    asked: int | None, cores: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "allowed_cores", lambda: [*range(10, 10 + cores)])
    assert workers_for(asked) == count


@pytest.mark.parametrize(
    ("asked", "cores", "said"),
    [(3, 2, "1 to 2: .* 2 cores; leave it out for 2"), (0, 2, "1 to 2"), (2, 1, "1: .* 1 core; leave it out for 1")],
)
def test_more_workers_than_cores_are_refused_with_value_limit_and_remedy(
    asked: int, cores: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "allowed_cores", lambda: [*range(cores)])
    with pytest.raises(UsageError, match=f"^--workers {asked}: must be .*{said}"):
        workers_for(asked)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_are_flown_and_come_back_in_order(count: int) -> None:
    with Crew(partial(Squarer, 3), count) as crew:
        told = crew.fly(range(20))
    assert [value for value, _ in told] == [n * n + 3 for n in range(20)]
    at_home = {pid for _, pid in told} == {os.getpid()}
    assert at_home == (count == 1)
    assert multiprocessing.active_children() == []


def test_two_fly_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEET_AT", str(tmp_path))
    with Crew(partial(Waiter, 0), 2) as crew:
        assert len({pid for _, pid in crew.fly(range(6))}) == TWO


@pytest.mark.parametrize("count", [1, 2])
def test_each_comes_as_soon_as_it_is_there_and_an_error_comes_through(count: int) -> None:
    seen: list[int] = []
    with Crew(partial(Squarer, 0), count) as crew, pytest.raises(ValueError, match="cannot fly -1"):  # noqa: PT012  it is raised on the way
        for value, _ in crew.each([1, 2, -1, 3]):
            seen.append(value)
    assert seen == [1, 4]


HIRES = """
import os, sys, time
from functools import partial
from hoverslam.harness.fly.workers import Crew
from tests.harness.test_crew import Squarer
if __name__ == "__main__":
    with Crew(partial(Squarer, 0), 2) as crew:
        print(*{pid for _, pid in crew.fly(range(8))}, flush=True)
        time.sleep(600)
"""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "hires.py"
    script.write_text(HIRES)
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        parent.kill()
    end_s = time.monotonic() + DEADLINE_S
    while any(map(_is_there, pids)) and time.monotonic() < end_s:
        time.sleep(0.05)
    assert not any(map(_is_there, pids))


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Freezer(Squarer):
    """Stops itself with its second task, the first time that there is one in this folder; or kills itself."""

    signal = signal.SIGSTOP

    def fly(self, task: int) -> tuple[int, int]:
        mark = Path(os.environ["ONCE_AT"]) / "once"
        if task == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), self.signal)
        return super().fly(task)


class Dier(Freezer):
    """Is killed from outside."""

    signal = signal.SIGKILL


@pytest.mark.parametrize(("kind", "said"), [(Freezer, ["has not answered for 3 s"]), (Dier, ["died"])])
def test_the_tasks_of_a_worker_that_freezes_or_dies_are_handed_on_with_a_word(
    kind: type[Squarer], said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCE_AT", str(tmp_path))
    monkeypatch.setattr(alive, "FROZEN_S", 3.0)
    heard: list[str] = []
    with Crew(partial(kind, 3), 2, heard.append) as crew:
        assert [value for value, _ in crew.fly(range(20))] == [n * n + 3 for n in range(20)]
    assert [one in line for one, line in zip(said, heard, strict=True)] == [True]
    assert multiprocessing.active_children() == []


class Mortal(Squarer):
    """Is killed with every task."""

    def fly(self, task: int) -> tuple[int, int]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().fly(task)


def test_workers_that_are_lost_again_and_again_are_given_up() -> None:
    with Crew(partial(Mortal, 3), 2) as crew, pytest.raises(BrokenExecutor):
        crew.fly(range(20))


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_that_is_frozen_with_nothing_to_do_holds_nobody_up(
    which: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the two has the lock of the queue, which it takes with it when it is killed."""
    monkeypatch.setattr(alive, "FROZEN_S", 3.0)
    monkeypatch.setenv("MEET_AT", str(tmp_path))
    heard: list[str] = []
    with Crew(partial(Waiter, 0), 2, heard.append) as crew:
        pids = sorted({pid for _, pid in crew.fly(range(6))})
        os.kill(pids[which], signal.SIGSTOP)
    assert multiprocessing.active_children() == []
    assert all("has not answered for 3 s" in line for line in heard)
    assert heard


def test_time_for_which_we_were_stopped_ourselves_freezes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, silent, beating = Clock(), SimpleNamespace(pid=1), SimpleNamespace(pid=2)
    there: list[SimpleNamespace] = []
    monkeypatch.setattr(multiprocessing, "active_children", lambda: there)
    beats = SimpleNamespace(of=lambda pid: 7 if pid == 1 else clock.now_s)
    watched = alive.Watched(beats, clock.monotonic)  # type: ignore[arg-type]  # a list stands in for shared memory
    there.extend([silent, beating])
    clock.now_s += 86_400.0
    assert watched.frozen() == []
    clock.now_s += 86_400.0
    assert watched.frozen() == []
    found: list[tuple[object, float]] = []
    while not found:
        clock.now_s += 1.0
        found = list(watched.frozen())
        assert clock.now_s < 1000.0 + 2 * 86_400.0 + alive.FROZEN_S + 2.0
    assert found == [(silent, alive.FROZEN_S)]
