"""Workers that say nothing or fail, and clocks that are set. Oracles: a cluster by hand, a clock that a test turns."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hoverslam.harness.campaign import run
from hoverslam.harness.campaign.cluster import ClusterLostError
from hoverslam.harness.campaign.flyer import CampaignFlown, FlightJob
from hoverslam.harness.campaign.run import FROZEN_S, LOADING_S, MOST_FAILURES, SCHEDULER_GONE_S, CampaignRun, _Alive
from hoverslam.harness.campaign.sampling import Sample
from hoverslam.harness.campaign.store import Store
from hoverslam.scenarios.campaign import Campaign
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.clock import Clock
from tests.harness.fake_plant import PROGRAMS, ROOT
from tests.harness.test_cli import DEADLINE_S, ECHO_GNC, ENVIRONMENT, clean

__all__ = ["clean"]


class Workers:
    """Two workers of which one was heard last at a moment that the test says."""

    status = "running"

    def __init__(self) -> None:
        self.heard: dict[str, float] = {"tls://a": 0.0, "tls://b": 0.0}

    def scheduler_info(self, n_workers: int = 5) -> dict[str, Any]:
        assert n_workers
        return {"workers": {at: {"name": at[-1], "last_seen": heard} for at, heard in self.heard.items()}}


@pytest.mark.parametrize(("flown", "deadline_s"), [({"a", "b"}, FROZEN_S), (set(), LOADING_S)])
@pytest.mark.parametrize("jump_s", [0.0, -86_400.0, 86_400.0])
def test_the_worker_of_which_nothing_is_heard_is_taken_out_whatever_the_wall_clock_does(
    flown: set[str], deadline_s: float, jump_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, workers, said, out = Clock(), Workers(), list[str](), list[tuple[str, float]]()
    monkeypatch.setattr(run, "time", clock)
    monkeypatch.setattr(run, "hand_on", lambda _client, address: out.append((address, clock.now_s)))
    alive = _Alive(workers, said.append)
    alive.check_each(set(flown), LOADING_S)
    begun_s, has_flown = clock.now_s, set(flown)
    while clock.now_s < begun_s + deadline_s + 5.0:
        clock.now_s += 1.0
        workers.heard["tls://b"] = clock.now_s + (jump_s if clock.now_s > begun_s + 3.0 else 0.0)
        alive.check_each(has_flown, LOADING_S)
        if out:
            workers.heard.pop("tls://a", None)
    assert out == [("tls://a", begun_s + deadline_s + 1.0)]
    assert said == [f"worker a has not answered for {deadline_s:.0f} s: its flights go to another worker"]


def test_time_for_which_the_driver_was_stopped_freezes_nobody_and_loses_no_scheduler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, workers, out = Clock(), Workers(), list[str]()
    monkeypatch.setattr(run, "time", clock)
    monkeypatch.setattr(run, "hand_on", lambda _client, address: out.append(address))
    alive = _Alive(workers, lambda _: None)
    alive.check_each({"a", "b"}, LOADING_S)
    for _ in range(5):
        clock.now_s += 86_400.0
        alive.check_each({"a", "b"}, LOADING_S)
        alive.check()
    assert out == []
    workers.status = "connecting"
    clock.now_s += 86_400.0
    alive.check()
    for _ in range(int(SCHEDULER_GONE_S) - 2):  # two seconds of the last day count
        clock.now_s += 1.0
        alive.check()
    clock.now_s += 1.0
    with pytest.raises(ClusterLostError, match="does not answer for 10 s"):
        alive.check()


class Held:
    """A batch that is done, and whose results lie with a worker that does not answer."""

    status = "finished"

    def result(self, timeout: float | None = None) -> None:
        assert timeout is not None, "it would wait for ever"
        raise TimeoutError


def test_the_results_of_a_worker_that_froze_when_it_was_done_are_not_waited_for() -> None:
    campaign = CampaignRun.__new__(CampaignRun)
    campaign._verdicts = {3: (True, "hash"), 4: (True, "other hash")}
    done: Any = Held()
    assert campaign._took_batch([3, 4], done), "all of it was told as it ended"
    assert not campaign._took_batch([4, 5], done), "looked at again later, when it may have been handed on"


DRIVER = (
    "import hoverslam.harness.campaign.run as run\nrun.FROZEN_S = 4.0\nfrom hoverslam.harness.cli import main\nmain()\n"
)
DAY_BACK = (
    "import time\n"
    "begun, wall, monotonic = time.monotonic(), time.time, time.monotonic\n"
    "time.time = lambda: wall() - (86_400.0 if monotonic() > begun + 1.5 else 0.0)\n"
)
"""A wall clock that is set back by a day in every process, a second and a half after it began."""


@pytest.fixture
def day_back(tmp_path: Path) -> dict[str, str]:
    """The environment of processes whose wall clock jumps."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(DAY_BACK)
    return {
        **ENVIRONMENT,
        "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}",
        "FREEZE_ONCE": str(tmp_path / "once"),
    }


def flown(*command: str, cwd: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-P", "-c", DRIVER, *command]
    return subprocess.run(
        line, cwd=cwd, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


@pytest.mark.usefixtures("clean")
def test_a_campaign_goes_on_with_a_frozen_worker_and_a_wall_clock_that_jumps(
    tmp_path: Path, day_back: dict[str, str]
) -> None:
    gnc = f"{sys.executable} {PROGRAMS / 'freezes_its_worker.py'}"
    options = ("-n", "3", "--workers", "1", "--interleave", "1", "--logs", "0", "--gnc", gnc, "--out", "c", "--json")
    done = flown("campaign", "zq3-last-5km", *options, cwd=tmp_path, environment=day_back)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["flights"] == 3
    assert "worker 0 has not answered for 4 s: its flights go to another worker" in done.stderr
    assert (tmp_path / "once").exists()


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize(
    "command",
    [("run", "zq3-last-5km"), ("hunt", "dispersions", "--scenario", "zq3-last-5km", "--budget", "1", "--workers", "1")],
    ids=["run", "hunt"],
)
def test_a_run_and_a_hunt_come_to_their_end_too(
    command: tuple[str, ...], tmp_path: Path, day_back: dict[str, str]
) -> None:
    options = ("--gnc", ECHO_GNC, "--out", "here", "--json")
    done = flown(*command, *options, cwd=tmp_path, environment=day_back)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["verdict"] == "FAIL" if command[0] == "run" else told["flights"] == 1


def test_dask_waits_by_a_clock_that_nobody_can_set_and_listens_for_no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed.scheduler
    import distributed.worker
    import tornado.ioloop

    from hoverslam.harness.campaign import steady

    loop: Any = tornado.ioloop.IOLoop
    clocks = [steady.steady, lambda: loop.time(None), distributed.scheduler.time, distributed.worker.time]
    before = [clock() for clock in clocks]
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() - 86_400.0)
    after = [clock() for clock in clocks]
    assert all(0.0 <= later - earlier < 60.0 for earlier, later in zip(before, after, strict=True))
    node = SimpleNamespace(services={})
    distributed.node.ServerNode.start_http_server(node, [], None)
    assert node.services == {}


def test_only_failures_one_after_the_other_end_a_campaign(tmp_path: Path) -> None:
    """A worker that dies now and then, in a campaign of thousands of flights, costs those flights and no more."""
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": 100})
    lost: Any = SimpleNamespace(status="error", exception=lambda: OSError("made"))
    with Store.create(tmp_path / "c", {**ABOUT, "campaign": campaign.model_dump(mode="json")}) as store:
        flying = CampaignRun(Sample(campaign, campaign.base()), store, FlightJob({}))
        for place in range(0, 20, 2):
            flying._give_up([place], lost)
            flying._take(CampaignFlown(made(place + 1), 0.5), "0")
        assert (len(flying.progress.not_flown), flying.progress.flown) == (10, 10)
        for place in range(20, 19 + MOST_FAILURES):
            flying._give_up([place], lost)
        with pytest.raises(ClusterLostError, match="flight 22: OSError: made"):
            flying._give_up([22], lost)
