"""Logs of failing flights. Oracle: flights of which it is known who failed, and a flyer that writes what it is told."""

from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hoverslam.harness.campaign import logs
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.commands.campaign import CampaignRequest, _keep_logs
from hoverslam.harness.record.names import SUMMARY_FILE
from tests.harness.campaign.rows import ABOUT, made


def failing(folder: Path) -> Store:
    """Six flights, of which 1, 3, 4 and 5 failed."""
    store = Store.create(folder, ABOUT)
    for place in range(6):
        store.add(made(place, fails=("R-21",) if place in {1, 3, 4, 5} else ()), 0.5, "0")
    return store


def test_the_first_failing_flights_are_flown_again_and_only_whole_folders_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flown: list[str] = []

    class Flyer:
        def __init__(self, _gnc: str | None, _identity: object, core: int | None = None) -> None:
            self.core = core

        def fly(self, again: logs.LogToFly) -> None:
            flown.append(again.folder.name)
            again.folder.mkdir(parents=True)
            if again.folder.name != "000004":  # the disk was full
                (again.folder / SUMMARY_FILE).touch()

        def close(self) -> None:
            flown.append("closed")

    monkeypatch.setattr(logs, "LogFlyer", Flyer)
    monkeypatch.setattr(logs, "scenario_of", lambda _store, place: place)
    there = tmp_path / logs.FLIGHTS / "000001"
    there.mkdir(parents=True)
    (there / SUMMARY_FILE).touch()
    with failing(tmp_path) as store:
        kept = logs.keep_logs(store, None, tmp_path, 3)
    assert flown == ["000003", "000004", "closed"], "of the first three, what is there stays"
    assert [folder.name for folder in kept] == ["000001", "000003"]


def test_who_is_interrupted_or_loses_a_worker_is_told_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    watch: Any = SimpleNamespace(show=said.append, say=said.append)

    def raising(error: BaseException) -> Any:
        def keep_logs(*_args: Any) -> list[Path]:
            raise error

        return keep_logs

    with failing(tmp_path) as store:
        monkeypatch.setattr(logs, "keep_logs", raising(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt, match=r"6 flights are kept in .*; resume with --resume"):
            _keep_logs(CampaignRequest("zq3-landing"), store, tmp_path, watch)
        monkeypatch.setattr(logs, "keep_logs", raising(BrokenProcessPool()))
        assert _keep_logs(CampaignRequest("zq3-landing"), store, tmp_path, watch) == []
    assert "died while it repeated failed flights for their logs; run it again with --resume" in said[-1]
