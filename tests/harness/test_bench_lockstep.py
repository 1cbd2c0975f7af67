"""The benchmark measures what it says; the figures themselves are for a quiet machine (`hoverslam bench`)."""

import numpy as np
import pytest

from hoverslam.harness.bench import fleet as bench_fleet
from hoverslam.harness.bench import split as bench_split
from hoverslam.harness.bench.lockstep import SHAPE, StillPlant, measure
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.plant.layout import sensor_layout


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


def test_the_parts_of_a_frame_are_told_apart_by_flying_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are scripted, those of the first round nine times as long: it counts for nothing."""
    ways: list[str] = []

    def fly(_session: object, plant: object, _plan: object) -> float:
        ways.append(type(plant).__name__)
        return (9.0 if len(ways) <= 3 else 1.0) * [70e-6, 55e-6, 35e-6][(len(ways) - 1) % 3] * 100

    plan = FlightPlan("bench", "bench", 0, 1000, 10, 10, 100)
    monkeypatch.setattr(bench_split, "_listen", lambda _session: (plan, SHAPE, [np.zeros(1)] * 100))
    monkeypatch.setattr(bench_split, "_fly", fly)
    monkeypatch.setattr(bench_split, "_codec", lambda _shape, rows: 10e-6 * len(rows))
    assert bench_split.measure(rounds=3) == {
        "us_per_frame": 70.0, "plant": 15.0, "flight_software": 20.0, "codec": 10.0, "transport": 25.0,
    }  # fmt: skip
    assert ways == ["Plant", "Played", "Played"] * 4


def test_the_parts_of_real_flights_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_split, "SCENARIO", "zq3-last-5km")
    figures = bench_split.measure(rounds=1)
    whole = figures.pop("us_per_frame")
    assert list(figures) == ["plant", "flight_software", "codec", "transport"]
    assert sum(figures.values()) == pytest.approx(whole, abs=0.03)
    assert min(whole, figures["codec"], figures["transport"]) > 5.0


def test_what_is_played_back_is_what_the_plant_measured() -> None:
    heard = bench_split.Listened(StillPlant())
    rows = np.zeros((2, 3, sensor_layout(SHAPE).width))
    for row in rows[0]:
        heard.sense(row)
    played = bench_split.Played(SHAPE, heard.rows)
    for row in rows[1]:
        played.sense(row)
    assert np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0, 0], rows[0, 1]), "one with a fix, one without"
    assert bench_split._codec(SHAPE, heard.rows) > 0.0
