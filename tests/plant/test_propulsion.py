"""All engines together: where they push, what they draw, which of them swivel. Oracle: sums by numpy."""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.engines.engine import OFF, RUNNING
from hoverslam.plant.kernels.engines.feed import Inlet, Relight
from hoverslam.plant.kernels.engines.propulsion import (
    CHARGES,
    STATE_COLUMNS,
    ClusterScatter,
    EngineType,
    Now,
    Push,
    first_start,
    step_cluster,
    step_gimbals,
    sum_cluster,
    thrust_vector,
)
from hoverslam.plant.kernels.faults import ENGINE_COLUMNS, heal_engine
from tests.plant.stage import FloatArray, shipped

STEP_S = 0.001
STAGE = shipped()
CLUSTER = STAGE.cluster
KIND = EngineType(STAGE.engine, STAGE.feed, Relight(0, STAGE.relight, 1))
FED = Inlet(0.0, 0.0, STAGE.lox.ullage_pa, 0.0)  # as on the test stand
ENGINES = STAGE.shape.engines
ONES = np.ones(ENGINES)
ROUNDING = 1e-12  # relative
SEA_LEVEL_PA = 101_325.0


def all_sound() -> FloatArray:
    effects = np.zeros((ENGINES, ENGINE_COLUMNS))
    for effect in effects:
        heal_engine(effect)
    return effects


SOUND = all_sound()


def rows(thrust_n: list[float]) -> FloatArray:
    """Engine rows that are running with these mean thrusts."""
    engines = np.zeros((ENGINES, STATE_COLUMNS))
    engines[:, 4] = thrust_n
    engines[:, 5] = np.asarray(thrust_n) / 3000.0
    engines[:, 0] = np.where(engines[:, 4] > 0.0, RUNNING, OFF)
    return engines


def gimbals(angles: dict[int, tuple[float, float]]) -> FloatArray:
    """The gimbal row in which these engines are swivelled."""
    swivelling = [int(engine) for engine in CLUSTER.gimballed]
    row = np.zeros(2 * len(swivelling))
    for engine, pair in angles.items():
        at = 2 * swivelling.index(engine)
        row[at : at + 2] = pair
    return row


def expected_sum(thrust_n: list[float], angles: dict[int, tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    """Force and moment about the gimbal plane, engine by engine: push along x, turned about y, then along y."""
    force, moment = np.zeros(3), np.zeros(3)
    for engine, size in enumerate(thrust_n):
        a, b = angles.get(engine, (0.0, 0.0))
        push = size * np.array([math.cos(a) * math.cos(b), math.sin(b), math.sin(a) * math.cos(b)])
        place = np.array([0.0, *CLUSTER.position_m[engine]])
        force, moment = force + push, moment + np.cross(place, push)
    return force, moment


def test_a_gimbal_turns_the_thrust_and_leaves_its_size() -> None:
    push = thrust_vector(800e3, 0.05, -0.03)
    assert math.hypot(*push) == pytest.approx(800e3, rel=ROUNDING)
    assert math.asin(push[1] / 800e3) == pytest.approx(-0.03, rel=ROUNDING)
    assert math.atan2(push[2], push[0]) == pytest.approx(0.05, rel=ROUNDING)


@pytest.mark.parametrize(
    "angles",
    [{}, {0: (0.1, 0.0)}, {0: (0.0, 0.1), 1: (-0.05, 0.02), 5: (0.03, 0.03)}],
    ids=["straight", "one", "three"],
)
def test_force_and_moment_are_the_sums_over_the_engines(angles: dict[int, tuple[float, float]]) -> None:
    thrust_n = [800e3, 700e3, 0.0, 0.0, 0.0, 750e3, 0.0, 0.0, 0.0]
    push: Push = sum_cluster(STAGE.engine.mixture_ratio, CLUSTER, SOUND, rows(thrust_n), gimbals(angles))
    force, moment = expected_sum(thrust_n, angles)
    np.testing.assert_allclose(push.force_b_n, force, rtol=ROUNDING, atol=1e-6)
    np.testing.assert_allclose(push.moment_b_nm, moment, rtol=ROUNDING, atol=1e-6)
    assert push.thrust_n == pytest.approx(sum(thrust_n), rel=ROUNDING)
    assert push.flow_kgps == pytest.approx(sum(thrust_n) / 3000.0, rel=ROUNDING)


def test_all_nine_engines_at_rest_push_straight_through_the_axis() -> None:
    push: Push = sum_cluster(STAGE.engine.mixture_ratio, CLUSTER, SOUND, rows([814e3] * 9), gimbals({}))
    moment_nm = 814e3 * 1e-3  # positions are written to a tenth of a millimetre, eight of them
    np.testing.assert_allclose(push.moment_b_nm, (0.0, 0.0, 0.0), atol=moment_nm)
    assert push.force_b_n[0] == pytest.approx(9 * 814e3, rel=ROUNDING)


def test_the_ring_is_where_the_data_sheet_puts_it() -> None:
    # vehicle.md 1.1: one centre engine, eight around it, ring radius 1.65 m; five of nine swivel
    radii = np.hypot(*CLUSTER.position_m.T)
    np.testing.assert_allclose(radii, [0.0] + [1.65] * 8, atol=1e-4)  # m: written to a tenth of a millimetre
    assert len(CLUSTER.gimballed) == 5


def test_gimbals_stop_at_their_limit_and_move_no_faster_than_their_rate() -> None:
    angles, before = np.zeros(10), np.zeros(10)
    wanted = np.array([1.0, -1.0] * 5)
    for _ in range(1500):
        step_gimbals(CLUSTER, np.zeros((5, 2)), angles, wanted, STEP_S)
        assert np.max(np.abs(angles - before)) <= CLUSTER.gimbal_rate_radps * STEP_S * (1.0 + ROUNDING)
        before[:] = angles
    np.testing.assert_allclose(angles, CLUSTER.gimbal_limit_rad * wanted, rtol=1e-9)  # 34 lags after the stop: e^-34


def step_from_cold(command: FloatArray, healthy: FloatArray, ticks: int) -> tuple[FloatArray, Push]:
    engines = np.zeros((ENGINES, STATE_COLUMNS))
    engines[:, 3], engines[:, CHARGES] = CLUSTER.starts, CLUSTER.charges
    scatter = ClusterScatter(ONES, ONES, np.zeros(ENGINES), np.zeros(ENGINES))
    push: Push
    for _ in range(ticks):
        push = step_cluster(
            KIND, CLUSTER, scatter, SOUND, engines, np.zeros(10), command, healthy, Now(SEA_LEVEL_PA, FED, 0, STEP_S)
        )
    return engines, push


def test_only_engines_that_are_commanded_and_can_start_burn() -> None:
    command = np.concatenate([np.ones(ENGINES), np.full(ENGINES, 0.8)])
    engines, push = step_from_cold(command, ONES, 2500)
    can_start = CLUSTER.starts > 0
    np.testing.assert_array_equal(engines[:, 0], np.where(can_start, RUNNING, OFF))
    one = 0.8 * STAGE.engine.vacuum_thrust_n - SEA_LEVEL_PA * STAGE.engine.exit_area_m2
    np.testing.assert_allclose(engines[:, 4], np.where(can_start, one, 0.0), rtol=1e-9)
    assert push.thrust_n == pytest.approx(5 * one, rel=1e-9)


def test_a_start_is_seen_in_the_dead_time_already() -> None:
    command = np.concatenate([np.eye(ENGINES)[1], np.full(ENGINES, 0.8)])
    nothing, _ = step_from_cold(np.zeros(2 * ENGINES), ONES, 1)
    one, push = step_from_cold(command, ONES, 1)
    assert not first_start(nothing)
    assert first_start(one)
    assert push.thrust_n == 0.0
