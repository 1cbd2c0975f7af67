"""Lift and wind learnt in the glide. Oracles: forces from a lift and a wind that are known, rigid-body mechanics."""

import math
from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.air_data import (
    FLOOR_MPS2,
    FROM_PA,
    GUST_MPS,
    GUST_S,
    LIFT_SIGMA,
    WIND_LENGTH_M,
    WIND_SIGMA_MPS,
    force_at,
    learn,
    sink,
    start_air,
    still_point_m,
)
from hoverslam.gnc.model import trimmed_lift
from hoverslam.gnc.rotation import Vec
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
MASS_KG, CG_M, Q_PA, SPEED_MPS, AXIAL_N = 55e3, 16.0, 4e4, 400.0, 8e5
SIGMAS = 3.0  # of the filter's own: once in 370 for each number, with seeds that are fixed
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def vec(a: FloatArray) -> Vec:
    return float(a[0]), float(a[1]), float(a[2])


def fresh() -> FloatArray:
    air = np.zeros(12)
    start_air(air)
    return air


def sigmas(air: FloatArray) -> FloatArray:
    """Of lift factor, wind error east and north."""
    return np.asarray(np.sqrt(np.diag(air[3:].reshape(3, 3))))


def across(vector: FloatArray, axis: FloatArray) -> FloatArray:
    return np.asarray(vector - (vector @ axis) * axis)


def wandering(rng: np.random.Generator, frames: int, size: float) -> FloatArray:
    """East and north, Gauss-Markov; correlated for half of GUST_S, both ways together GUST_S, as the filter has it."""
    keep = math.exp(-LOAD.frame_s / (0.5 * GUST_S))
    values = np.zeros((frames, 3))
    values[0, :2] = size * rng.normal(size=2)
    for i in range(1, frames):
        values[i, :2] = keep * values[i - 1, :2] + math.sqrt(1.0 - keep**2) * size * rng.normal(size=2)
    return values


def fly(
    air: FloatArray, factor: float, wind: FloatArray, seed: int, lean_rad: float = 0.12, push_n: float = 0.0
) -> None:
    """A minute's glide with a lean that goes round, in air off the forecast by `wind` and by gusts; filter in place."""
    rng, frames = np.random.default_rng(seed), 6000
    gusts, jolts = wandering(rng, frames, GUST_MPS), wandering(rng, frames, FLOOR_MPS2)
    forecast_flow = np.array([80.0, -60.0, -385.0])  # the motion through the air as forecast
    against = -forecast_flow / np.linalg.norm(forecast_flow)
    speed = float(np.linalg.norm(forecast_flow))
    for i in range(frames):
        angle, size = 2.0 * math.pi * i / 2500.0, lean_rad * (1.0 + 0.5 * math.sin(i / 400.0))
        lean = across(size * np.array([math.cos(angle), math.sin(angle), 0.0]), against)
        flow = forecast_flow - wind - gusts[i]
        true_against = -flow / np.linalg.norm(flow)
        felt = across(lean + against, true_against)
        lift = factor * trimmed_lift(RECORD["stage"], Q_PA, 1.0, CG_M, float(np.linalg.norm(felt)))
        push = np.array([push_n, -0.5 * push_n, 0.0])
        force = AXIAL_N * (against + lean) - lift * felt + push
        felt_mps2 = force / MASS_KG + jolts[i]
        learn(RECORD, air, MASS_KG, CG_M, Q_PA, speed, AXIAL_N, vec(lean), vec(against), vec(felt_mps2), vec(push))


@pytest.mark.parametrize(
    ("factor", "wind", "seed"), [(1.0, (0.0, 0.0), 1), (1.25, (6.0, -3.0), 2), (0.75, (-4.0, 7.0), 3)]
)
def test_lift_and_wind_are_found_as_surely_as_the_filter_says(
    factor: float, wind: tuple[float, float], seed: int
) -> None:
    air = fresh()
    fly(air, factor, np.array([*wind, 0.0]), seed)
    off = air[:3] - [factor, *wind]
    assert np.all(np.abs(off) < SIGMAS * sigmas(air)), f"{off} against {sigmas(air)}"
    assert np.all(sigmas(air) < 0.2 * np.array([LIFT_SIGMA, WIND_SIGMA_MPS, WIND_SIGMA_MPS])), "a minute tells much"
    covariance = air[3:].reshape(3, 3)
    np.testing.assert_allclose(covariance, covariance.T, atol=1e-12)
    assert np.linalg.eigvalsh(covariance)[0] > 0.0


def test_what_the_engines_push_is_not_taken_for_wind() -> None:
    calm, pushed = fresh(), fresh()
    fly(calm, 1.1, np.zeros(3), 4)
    fly(pushed, 1.1, np.zeros(3), 4, push_n=3e4)
    rounding = 1e-9
    np.testing.assert_allclose(pushed, calm, atol=rounding)


def test_without_a_lean_the_wind_is_found_and_the_lift_is_not() -> None:
    air = fresh()
    fly(air, 1.0, np.array([0.5, 0.0, 0.0]), 5, lean_rad=0.0)
    assert sigmas(air)[0] > 0.9 * LIFT_SIGMA, "half a metre a second of wind leans the stage by a milliradian"
    assert sigmas(air)[1] < 0.2 * WIND_SIGMA_MPS


def test_thin_air_teaches_nothing() -> None:
    air = fresh()
    learn(RECORD, air, MASS_KG, CG_M, 0.99 * FROM_PA, SPEED_MPS, AXIAL_N, (0.1, 0.0, 0.0), (0.0, 0.0, 1.0),
          (9.0, 9.0, 9.0), (0.0, 0.0, 0.0))  # fmt: skip
    np.testing.assert_array_equal(air, fresh())


@pytest.mark.parametrize("way_m", [1.0, 800.0, 5000.0])
def test_sinking_fades_the_wind_and_what_is_known_of_it(way_m: float) -> None:
    rng = np.random.default_rng(6)
    root = rng.normal(size=(3, 3))
    before = np.array([[0.01, 0.1, 0.1], [0.1, 1.0, 1.0], [0.1, 1.0, 1.0]]) * (root @ root.T)
    air = np.array([1.1, 4.0, -2.0, *before.ravel()])
    sink(air, way_m)
    keep = math.exp(-way_m / WIND_LENGTH_M)
    f, rounding = np.diag([1.0, keep, keep]), 1e-12
    fresh_variance = (1.0 - keep**2) * np.diag([0.0, WIND_SIGMA_MPS**2, WIND_SIGMA_MPS**2])
    np.testing.assert_allclose(air[:3], [1.1, 4.0 * keep, -2.0 * keep], rtol=rounding)
    np.testing.assert_allclose(air[3:].reshape(3, 3), f @ before @ f.T + fresh_variance, rtol=rounding)


def test_sinking_leaves_the_spread_of_forecast_errors_as_it_is() -> None:
    air = fresh()
    for _ in range(1000):
        sink(air, 4.0)
    np.testing.assert_allclose(air, fresh(), atol=1e-9)


def test_the_force_at_a_point_is_that_of_a_spinning_rigid_body() -> None:
    rng = np.random.default_rng(7)
    force, arm, rate, before = rng.normal(size=(4, 3)) * [[5.0], [20.0], [0.1], [0.1]]
    turning = (rate - before) / LOAD.frame_s
    expected = force + np.cross(turning, arm) + np.cross(rate, np.cross(rate, arm))
    found = force_at(vec(force), vec(arm), vec(rate), vec(before), LOAD.frame_s)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_push_at_the_fins_moves_the_still_point_not_at_all() -> None:
    fin_m, inertia = LOAD.stage.fin_position_m, np.diag([2.2e5, 9.5e6, 9.5e6])
    still = still_point_m(fin_m, MASS_KG, CG_M, inertia[1, 1])
    push = np.array([0.0, 3e4, -2e4])
    turning = np.linalg.solve(inertia, np.cross([fin_m - CG_M, 0.0, 0.0], push))
    moved = push / MASS_KG + np.cross(turning, [still - CG_M, 0.0, 0.0])
    np.testing.assert_allclose(moved, 0.0, atol=1e-12)
