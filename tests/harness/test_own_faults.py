"""Workers and schedulers that are lost for good. Oracle: README's exit codes, and what a command says to go on with."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.campaign import cluster
from hoverslam.harness.campaign.run import CampaignRun
from hoverslam.harness.commands import cases
from hoverslam.harness.commands.campaign import CampaignRequest, campaign_command
from hoverslam.harness.commands.cases import CasesRequest, cases_command
from hoverslam.harness.commands.compare import CompareRequest, compare_command
from hoverslam.harness.commands.guard import guarded
from hoverslam.harness.commands.hunt import HuntRequest, hunt_command
from hoverslam.harness.hunt.engine import Hunt

COMMANDS: dict[str, Callable[[], int]] = {
    "hunt": lambda: hunt_command(HuntRequest(out=Path("out"), workers=1, as_json=True)),
    "cases": lambda: cases_command(CasesRequest(["zq3-landing", "zq3-light"], fly=True, out=Path("out"), as_json=True)),
    "campaign": lambda: campaign_command(CampaignRequest("zq3-landing", 2, out=Path("out"), as_json=True)),
    "compare": lambda: compare_command(
        CompareRequest("reference", "reference", "zq3-landing", 2, out=Path("out"), as_json=True)
    ),
}


@pytest.fixture(autouse=True)
def _workers_are_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def lost(*_: Any) -> None:
        raise BrokenExecutor("a process in the process pool was terminated abruptly")

    def scheduler_lost(*_: Any) -> None:
        raise cluster.ClusterLostError("no worker is left since 60 s")

    @contextmanager
    def no_cluster(*_: Any) -> Iterator[None]:
        yield None

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Hunt, "run", lost)
    monkeypatch.setattr(cases, "_fly", lost)
    monkeypatch.setattr(cluster, "cluster", no_cluster)
    monkeypatch.setattr(CampaignRun, "run", scheduler_lost)


@pytest.mark.parametrize("command", COMMANDS)
def test_workers_that_are_lost_for_good_are_our_fault_and_the_command_says_how_to_go_on(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(COMMANDS[command], as_json=True) == 4
    out, said = capsys.readouterr()
    told = json.loads(out)
    assert (told["verdict"], told["exit_code"], told["kept"]) == ("HARNESS_ERROR", 4, "out")
    assert "Traceback" not in said
    message = told["error"]["message"]
    if command == "cases":
        assert "0 of 2 cases flown; the rest: hoverslam cases zq3-landing zq3-light --fly" in message
        assert (told["flown"], told["go_on"]) == (0, "hoverslam cases zq3-landing zq3-light --fly")
    else:
        assert message.endswith("resume with --resume --out out")
        assert told["go_on"].endswith("--resume")
