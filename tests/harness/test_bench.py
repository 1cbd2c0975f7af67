"""The benchmark's figures. Oracle: the promised keys, and figures that contradict each other would show."""

import json
import sys
from platform import machine

import pytest

from hoverslam.harness.bench import bench
from hoverslam.harness.bench import fleet as bench_fleet
from hoverslam.harness.bench import lockstep as bench_lockstep
from hoverslam.harness.bench import plant as bench_plant
from hoverslam.harness.bench import requirements as bench_requirements
from hoverslam.harness.bench import split as bench_split
from hoverslam.harness.bench.bench import bench_command
from hoverslam.scenarios.load import load

FIGURES = {
    "lockstep": {"us_per_frame": 50.0, "floor_us_per_frame": 40.0, "ratio": 1.25},
    "plant": {"us_per_step": 1.1},
    "jsbsim": {
        "version": "1.3.3",
        "step_s": 0.001,
        "ball": {"us_per_step": 4.5, "ratio": 4.1},
        "x24b": {"us_per_step": 5.9, "ratio": 5.4},
        "reason": "",
    },
    "basilisk": {
        "version": "2.12.1",
        "step_s": 0.001,
        "rigid_body": {"us_per_step": 11.0, "ratio": 10.0},
        "reason": "",
    },
    "run": {"realtime_factor": 80.0, "wall_s": 0.95},
    "split": {"us_per_frame": 70.0, "plant": 15.0, "flight_software": 20.0, "codec": 10.0, "transport": 25.0},
    "fleet": {
        "in_the_air": 16,
        "us_per_frame": 20.0,
        "alone_us_per_frame": 50.0,
        "frame_gain": 2.5,
        "flights_per_min": 120.0,
        "alone_flights_per_min": 80.0,
        "flight_gain": 1.5,
    },
    "requirements": {"ms_per_flight": 20.0, "clauses": 61, "frames": 7500},
}


STEPPED = ("plant", "jsbsim", "basilisk")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_lockstep, "measure", lambda: FIGURES["lockstep"])
    monkeypatch.setattr(
        bench_plant, "measure", lambda: {name: FIGURES[name] for name in ("plant", "jsbsim", "basilisk")}
    )
    monkeypatch.setattr(bench, "whole_flight", lambda: FIGURES["run"])
    monkeypatch.setattr(bench_split, "measure", lambda: FIGURES["split"])
    monkeypatch.setattr(bench_fleet, "measure", lambda: FIGURES["fleet"])
    monkeypatch.setattr(bench_requirements, "measure", lambda: FIGURES["requirements"])


def test_the_json_has_exactly_the_promised_keys(measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_command(as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == FIGURES


def test_people_get_a_line_for_each_figure(measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    bench_command(as_json=False)
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == [
        "lockstep", "plant", "jsbsim", "basilisk", "run", "split", "fleet", "judging",
    ]  # fmt: skip
    assert "70.0 us per frame: plant 15.0, flight software 20.0, codec 10.0, transport 25.0" in out
    assert "16 interleaved / alone: 20.0 / 50.0 us per frame, 120 / 80 flights per minute on one core (1.50 x)" in out
    assert "1.25 x the bare transport (40.0 us)" in out
    assert "ball 4.50 us per step, 4.1 x ours; x24b 5.90 us per step, 5.4 x ours (version 1.3.3)" in out


class Scripted:
    """Blocks that take what was written down: the second is twice as long, but for one round of a busy machine."""

    def __init__(self, seconds: list[float]) -> None:
        self.seconds = iter(seconds)

    def __call__(self, steps: int) -> float:
        return next(self.seconds)


def test_a_ratio_is_the_median_of_rounds_and_the_first_round_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = [9.0, 1e-3, 2e-3, 1e-3]
    blocks = {"ball": Scripted([1.0, 2e-3, 4e-3, 90e-3]), "x24b": Scripted([1.0, 3e-3, 6e-3, 3e-3])}
    monkeypatch.setattr(bench_plant, "plant_block", lambda: Scripted(ours))
    monkeypatch.setattr(bench_plant, "jsbsim_blocks", lambda: blocks)
    monkeypatch.setattr(bench_plant, "basilisk_blocks", lambda: {"rigid_body": Scripted([1.0, 5e-3, 20e-3, 5e-3])})
    monkeypatch.setattr(bench_plant, "installed", {"jsbsim": "1.3.3", "basilisk": "2.12.1"}.get)
    assert bench_plant.measure(rounds=3, steps=1000) == {
        "plant": {"us_per_step": 1.0},
        "jsbsim": {
            "version": "1.3.3",
            "step_s": 0.001,
            "ball": {"us_per_step": 4.0, "ratio": 2.0},
            "x24b": {"us_per_step": 3.0, "ratio": 3.0},
            "reason": "",
        },
        "basilisk": {
            "version": "2.12.1",
            "step_s": 0.001,
            "rigid_body": {"us_per_step": 5.0, "ratio": 5.0},
            "reason": "",
        },
    }


def test_without_jsbsim_the_bench_says_how_to_come_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_plant, "find_spec", lambda _: None)
    figures = bench_plant.measure(rounds=1, steps=100)
    assert 0.0 < figures["plant"]["us_per_step"] < 1000.0, "some time, and less than real time"
    for package, models in bench_plant.MODELS.items():
        told = figures[package]
        assert [told["version"], *(told[name] for name in models)] == [None] * (1 + len(models))
        assert f"{package} is not installed" in told["reason"]
        assert "pip install 'hoverslam[bench]'" in told["reason"]
        assert bench._beside(told, package) == told["reason"]


def test_jsbsim_is_part_of_a_developers_environment_wherever_it_has_a_wheel() -> None:
    """So the next test is never an empty one in CI."""
    assert (bench_plant.installed("jsbsim") is not None) or (sys.platform, machine()) == ("linux", "aarch64")


def test_models_of_jsbsim_are_stepped_beside_ours_and_say_nothing_on_standard_output(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each block checks by JSBSim's own clock that it flew as many steps as ours."""
    blocks = bench_plant.jsbsim_blocks()
    assert list(blocks) == ([] if bench_plant.installed("jsbsim") is None else ["ball", "x24b"])
    for block in blocks.values():
        assert 0.0 < block(50) < 50 * 1e-3, "slower than real time"
        assert block(50) > 0.0, "and again from its start"
    assert capfd.readouterr().out == ""


def test_what_is_timed_is_the_whole_plant() -> None:
    """Faults armed and one of them awake, gusts on, sensors noisy; told by the plant's own parameters."""
    scenario = load(bench_plant.SCENARIO, bench_plant.SETS)
    assert (len(scenario.faults), scenario.wind.turbulence, scenario.dispersions.sensors) == (2, "moderate", 1)
    assert bench_plant.plant_block()(1000) > 0.0, "and the plant takes it"


def test_lockstep_costs_at_least_what_bare_transport_costs() -> None:
    figures = bench_lockstep.measure(blocks=1, block_frames=50)
    assert set(figures) == {"us_per_frame", "floor_us_per_frame", "ratio"}
    assert all(value > 0.0 for value in figures.values())
