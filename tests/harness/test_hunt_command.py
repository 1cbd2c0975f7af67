"""`hoverslam hunt` from outside: what cannot be hunted is refused with what to do. Oracle: exit codes and messages."""

import inspect
from pathlib import Path

import pytest

from hoverslam.harness import cli
from hoverslam.harness.commands.hunt import HuntRequest
from hoverslam.harness.hunt.engine import SearchPlan
from tests.harness.test_cli import hoverslam


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["all"],
            "strategy 'all': unknown; shipped: cross-range, dispersions, everything, ignition-timing, relight",
        ),
        (["--method", "luck"], "--method luck: unknown; give one of: cmaes, hypothesis, random"),
        (["--resume"], "--resume: no hunt given; give its folder with --out"),
        (["--gnc", "wait"], "--gnc wait: not possible for many flights"),
        (["--gnc", "/no/such/program"], "/no/such/program"),
        (["--baseline", "/no/such/program"], "--baseline"),
        (["--scenario", "zq4"], "no scenario 'zq4'"),
    ],
)
def test_what_cannot_be_hunted_is_refused(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = hoverslam("hunt", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert not list(tmp_path.rglob("flights.jsonl"))


def test_all_agree_on_what_a_hunt_is_when_nothing_is_asked() -> None:
    asked, planned, offered = HuntRequest(), SearchPlan(), inspect.signature(cli.hunt).parameters
    for name in ("method", "budget", "shrink", "first"):
        assert getattr(asked, name) == getattr(planned, name) == offered[name].default


def test_a_property_that_there_is_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('property = "beauty"')
    done = hoverslam("hunt", "mine.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "property = 'beauty': unknown; give one of: requirements, ignition-timing" in done.stderr
