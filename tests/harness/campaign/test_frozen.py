"""Workers that say nothing, and clocks that are set. Oracles: a cluster made by hand, a clock that the test turns."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from harness.campaign import run
from harness.campaign.run import FROZEN_S, LOADING_S, _Alive
from tests.harness.clock import Clock


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
    assert said == [f"worker a has not answered for {deadline_s:.0f} s: its flights are handed on"]


def test_dask_waits_by_a_clock_that_nobody_can_set_and_listens_for_no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed.scheduler
    import distributed.worker
    import tornado.ioloop

    from harness.campaign import steady

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
