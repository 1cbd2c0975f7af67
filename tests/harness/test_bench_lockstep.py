"""The benchmark measures what it says; the figures themselves are for a quiet machine (`hoverslam bench`)."""

import numpy as np
import pytest

from harness import bench_fleet
from harness.bench_lockstep import SHAPE, StillPlant, measure
from plant.layout import sensor_layout


def test_the_benchmark_returns_its_three_figures() -> None:
    figures = measure(blocks=2, block_frames=100)
    assert set(figures) == {"us_per_frame", "floor_us_per_frame", "ratio"}
    assert figures["ratio"] == pytest.approx(figures["us_per_frame"] / figures["floor_us_per_frame"], abs=2e-3)
    assert figures["floor_us_per_frame"] > 5.0


def test_one_frame_in_ten_has_a_fix() -> None:
    plant, row = StillPlant(), np.zeros(sensor_layout(SHAPE).width)
    fixes = []
    for _ in range(20):
        plant.sense(row)
        fixes.append(row[sensor_layout(SHAPE).slice("gnss_new")].item())
    assert fixes == ([1.0] + [0.0] * 9) * 2


def test_the_benchmark_of_interleaving_compares_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_fleet, "BLOCK_FRAMES", 20)
    monkeypatch.setattr(bench_fleet, "_flights", lambda session, _flights: 0.5 if session.most > 1 else 0.75)
    figures = bench_fleet.measure()
    assert figures["frame_gain"] == pytest.approx(figures["alone_us_per_frame"] / figures["us_per_frame"], rel=1e-2)
    assert figures["us_per_frame"] > 5.0
    assert (figures["flights_per_min"], figures["alone_flights_per_min"], figures["flight_gain"]) == (120.0, 80.0, 1.5)
