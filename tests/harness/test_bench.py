"""The benchmark's figures. Oracle: the promised keys, and figures that contradict each other would show."""

import json

import pytest

from harness import bench, bench_lockstep
from harness.bench import bench_command, plant_step

FIGURES = {
    "lockstep": {"us_per_frame": 50.0, "floor_us_per_frame": 40.0, "ratio": 1.25},
    "plant": {"us_per_step": 1.1},
    "run": {"realtime_factor": 80.0, "wall_s": 0.95},
}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_lockstep, "measure", lambda: FIGURES["lockstep"])
    monkeypatch.setattr(bench, "plant_step", lambda: FIGURES["plant"])
    monkeypatch.setattr(bench, "whole_flight", lambda: FIGURES["run"])


def test_the_json_has_exactly_the_promised_keys(measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_command(as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == FIGURES


def test_people_get_a_line_for_each_figure(measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    bench_command(as_json=False)
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == ["lockstep", "plant", "run"]
    assert "1.25 x the bare transport (40.0 us)" in out


def test_a_plant_step_takes_some_time_and_less_than_real_time() -> None:
    assert 0.0 < plant_step()["us_per_step"] < 1000.0


def test_lockstep_costs_at_least_what_bare_transport_costs() -> None:
    figures = bench_lockstep.measure(blocks=1, block_frames=50)
    assert set(figures) == set(FIGURES["lockstep"])
    assert all(value > 0.0 for value in figures.values())
