"""Loads derived from a trace. Oracle: closed forms on made-up rows."""

import numpy as np
import pytest

from hoverslam.harness.record.loads import LOADS, integral, loads, peaks
from hoverslam.plant.layout import truth_layout
from tests.harness.flights import SHAPE, fly, view

LAYOUT = truth_layout(SHAPE)


def test_each_load_is_in_the_unit_of_its_name() -> None:
    truth = np.zeros((3, LAYOUT.width))
    truth[:, LAYOUT.slice("time_s")] = [[0.0], [2.0], [4.0]]
    truth[1, LAYOUT.slice("q_pa")] = 50e3
    truth[1, LAYOUT.slice("alpha_rad")] = np.pi / 18.0
    truth[1, LAYOUT.slice("accel_b_mps2")] = [2.0 * 9.80665, 3.0 * 9.80665, -4.0 * 9.80665]
    truth[1, LAYOUT.slice("bending_nm")] = 3e6
    truth[1:, LAYOUT.slice("heat_flux_wpm2")] = 5e3
    row = {name: values[1] for name, values in loads(truth, LAYOUT).items()}
    assert row == pytest.approx({
        "dynamic_pressure_kpa": 50.0,
        "q_alpha_kpa_deg": 500.0,
        "axial_g": 2.0,
        "lateral_g": 5.0,
        "bending_moment_knm": 3000.0,
        "heat_flux_kwpm2": 5.0,
        "heat_load_kjpm2": 5.0,  # up to 5 kW/m2 over 2 s
    })  # fmt: skip
    assert loads(truth, LAYOUT)["heat_load_kjpm2"].tolist() == pytest.approx([0.0, 5.0, 15.0])
    assert row.keys() == LOADS.keys()


def test_the_integral_of_a_parabola_is_a_cubic() -> None:
    time_s = np.linspace(0.0, 3.0, 3001)
    trapezoid_error = 1e-6  # of a step of a millisecond
    np.testing.assert_allclose(integral(time_s**2, time_s), time_s**3 / 3.0, atol=trapezoid_error)
    assert integral(np.zeros(1), np.zeros(1)).tolist() == [0.0]


def test_a_peak_is_where_the_size_is_largest_and_only_in_the_air() -> None:
    values, time_s = np.array([1.0, -7.0, 3.0, 50.0]), np.arange(4.0)
    airborne = np.array([True, True, True, False])
    found = peaks({"axial_g": values}, airborne, time_s, 100.0 - time_s)
    assert [tuple(peak) for peak in found] == [("axial_g", -7.0, "g", 1.0, 99.0)]
    assert peaks({"axial_g": values}, ~np.ones(4, dtype=np.bool_), time_s, time_s) == []


def test_a_flight_that_never_began_has_no_peaks() -> None:
    record = fly()
    record.truth, record.commands, record.frames = record.truth[:0], record.commands[:0], 0
    assert view(record).peak_loads == []
