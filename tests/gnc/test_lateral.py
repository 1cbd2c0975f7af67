"""The regulator across the pad. Oracles: scipy's algebraic Riccati equation, a flight of the same linear system."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from gnc import lateral
from gnc.lateral import HORIZON_S, STEP_S, TABLE_STEP_S, Nominal, gate_lead_s, nominal_at, solve
from gnc.load import Load
from tests.gnc import beliefs

LOAD = beliefs.load()
STEADY = Nominal(push_mps2=20.0, damping_ps=0.05, lean_rad=0.05, place_pm2=0.04)


def matrices(load: Load, now: Nominal) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """A, B, Q, R of place, speed, lean and commanded lean over a step, from the equations in the module's docstring."""
    lag = load.gains.lean_lag_s
    flow = np.zeros((4, 4))
    flow[0, 1] = 1.0
    flow[1, 1], flow[1, 2] = -now.damping_ps, now.push_mps2
    flow[2, 2], flow[2, 3] = -1.0 / lag, 1.0 / lag
    a, b = np.eye(4) + STEP_S * flow, STEP_S * np.eye(4)[:, 3]
    q = STEP_S * np.diag([now.place_pm2, 0.0, now.lean_rad**-2, now.lean_rad**-2])
    return a, b, q, STEP_S * load.gains.lean_rate_radps**-2


def end_cost(load: Load) -> np.ndarray:
    gains = load.gains
    rest = np.array([gains.rest_place_m, gains.rest_speed_mps, gains.rest_lean_rad, gains.rest_lean_rad])
    return np.diag(rest**-2.0)


def test_far_from_the_end_of_a_steady_flight_the_gain_is_the_algebraic_riccati_equations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lateral, "nominal_at", lambda load, to_go_s: STEADY)
    monkeypatch.setattr(lateral, "HORIZON_S", 60.0)
    table, costs = solve(LOAD)
    a, b, q, r = matrices(LOAD, STEADY)
    p = solve_discrete_are(a, b[:, None], q, np.array([[r]]))
    gain = (b @ p @ a) / (r + b @ p @ b)
    settled = 1e-6  # relative: 60 s are many time constants
    np.testing.assert_allclose(table[-1, :4], gain, rtol=settled)
    np.testing.assert_allclose(costs[-1], p, rtol=settled, atol=settled * np.abs(p).max())


@pytest.mark.parametrize("start", [(10.0, 0.0, 0.0, 0.0), (0.0, 3.0, 0.0, 0.0), (-4.0, 1.0, 0.03, -0.02)])
def test_the_cost_is_that_of_a_flight_under_the_gains(
    start: tuple[float, float, float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lateral, "TABLE_STEP_S", STEP_S)  # every gain, not every fifth
    table, costs = solve(LOAD)
    to_go = 500
    x, total = np.array(start), 0.0
    for i in range(to_go, 0, -1):
        a, b, q, r = matrices(LOAD, nominal_at(LOAD, (i - 1) * STEP_S))
        u = -float(table[i - 1, :4] @ x)
        total += float(x @ q @ x) + r * u * u
        x = a @ x + b * u
    total += float(x @ end_cost(LOAD) @ x)
    rounding = 1e-9
    assert total == pytest.approx(float(np.array(start) @ costs[to_go] @ np.array(start)), rel=rounding)


def test_no_other_control_flies_cheaper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lateral, "TABLE_STEP_S", STEP_S)
    table, costs = solve(LOAD)
    rng, start = np.random.default_rng(1), np.array([8.0, -1.0, 0.0, 0.0])
    for size in (1e-4, 1e-2):
        x, total = start, 0.0
        for i in range(300, 0, -1):
            a, b, q, r = matrices(LOAD, nominal_at(LOAD, (i - 1) * STEP_S))
            u = -float(table[i - 1, :4] @ x) + size * rng.normal()
            total += float(x @ q @ x) + r * u * u
            x = a @ x + b * u
        total += float(x @ end_cost(LOAD) @ x)
        assert total > float(start @ costs[300] @ start)


def test_costs_are_symmetric_and_positive_at_every_time() -> None:
    _, costs = solve(LOAD)
    assert costs.shape == (round(HORIZON_S / TABLE_STEP_S) + 1, 4, 4)
    for p in costs:
        scale = np.sqrt(np.diag(p))
        unitless = p / np.outer(scale, scale)
        np.testing.assert_allclose(unitless, unitless.T, atol=1e-9)
        assert np.linalg.eigvalsh(0.5 * (unitless + unitless.T))[0] > 0.0


def test_the_lead_at_the_gate_is_the_cheapest_place_for_its_speed_across() -> None:
    _, costs = solve(LOAD)
    gains = LOAD.gains
    to_go = gains.nominal_last_s + (gains.gate_mps - gains.hand_over_mps) / gains.nominal_decel_mps2
    p = costs[round(to_go / TABLE_STEP_S)]
    lead = gate_lead_s(LOAD, costs)

    def cost(place: float) -> float:
        # one metre a second across, nose against the motion: it leans the other way by speed over speed
        x = np.array([place, 1.0, -1.0 / gains.gate_mps, -1.0 / gains.gate_mps])
        return float(x @ p @ x)

    best = -lead
    assert cost(best) < min(cost(best - 0.1), cost(best + 0.1))
    assert cost(best - 0.1) == pytest.approx(cost(best + 0.1), rel=1e-9), "the bottom of a parabola"
