"""The regulator across the pad. Oracles: scipy's algebraic Riccati equation, a flight of the same linear system.

The cost that `solve` returns is checked against flights; what the table says of it is then checked against the cost.
"""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from hoverslam.gnc import lateral
from hoverslam.gnc.lateral import (
    FIRST_GAIN,
    HORIZON_S,
    LEAD,
    PUSH,
    STATES,
    STEP_S,
    TABLE_STEP_S,
    Nominal,
    gain_at,
    nominal_at,
    solve,
)
from hoverslam.gnc.load import Load
from hoverslam.gnc.prediction import TYPICAL_LEAN_RAD
from tests.gnc import beliefs

LOAD = beliefs.load()
STEADY = Nominal(push_mps2=20.0, damping_ps=0.05, lean_rad=0.05, place_pm2=0.04, side_mps2=1.0, blow_ps=0.05)
State = tuple[float, float, float, float, float]
# Place, speed, lean, commanded lean, wind: each kind alone, and all at once.
STARTS: list[State] = [
    (10.0, 0.0, 0.0, 0.0, 0.0),
    (0.0, 3.0, 0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.5),
    (-4.0, 1.0, 0.03, -0.02, -0.3),
]


def matrices(load: Load, now: Nominal, before: Nominal) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A, B, Q, R of place, speed, lean, commanded lean and wind over a step, from the equations in the docstring.

    The wind stays what it is; what it pushes goes with `blow_ps`, which changes from `before` to `now`.
    """
    lag = load.gains.lean_lag_s
    flow = np.zeros((5, 5))
    flow[0, 1] = 1.0
    flow[1, 1], flow[1, 2], flow[1, 4] = -now.damping_ps, now.push_mps2, 1.0
    flow[2, 2], flow[2, 3] = -1.0 / lag, 1.0 / lag
    a = np.eye(5) + STEP_S * flow
    a[4, 4] = now.blow_ps / before.blow_ps
    b = np.zeros((5, 2))
    b[3, 0], b[1, 1] = STEP_S, STEP_S
    q = STEP_S * np.diag([now.place_pm2, 0.0, now.lean_rad**-2, now.lean_rad**-2, 0.0])
    r = STEP_S * np.diag([load.gains.lean_rate_radps**-2, now.side_mps2**-2])
    return a, b, q, r


def gains_in(row: np.ndarray) -> np.ndarray:
    """The gains in a row of the table, (2, 5)."""
    return np.asarray(row[: 2 * STATES].reshape(2, STATES))


def flown(load: Load, table: np.ndarray, start: State, stray: np.ndarray) -> float:
    """Cost of a flight of len(stray) steps under the table's gains, from which the controls stray."""
    gains = load.gains
    rest = [gains.rest_place_m, gains.rest_speed_mps, gains.rest_lean_rad, gains.rest_lean_rad]
    end_cost = np.diag([*np.array(rest) ** -2.0, 0.0])
    x, total = np.array(start), 0.0
    for i in range(len(stray), 0, -1):
        a, b, q, r = matrices(load, nominal_at(load, (i - 1) * STEP_S), nominal_at(load, i * STEP_S))
        u = stray[i - 1] - gains_in(table[i - 1]) @ x
        total += float(x @ q @ x + u @ r @ u)
        x = a @ x + b @ u
    return total + float(x @ end_cost @ x)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests solve with constants of their own."""
    monkeypatch.setattr(lateral, "_SOLVED", {})


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """The table with every gain, not every fifth."""
    monkeypatch.setattr(lateral, "TABLE_STEP_S", STEP_S)
    return solve(LOAD)


def test_far_from_the_end_of_a_steady_flight_the_gain_is_the_algebraic_riccati_equations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lateral, "nominal_at", lambda load, to_go_s: STEADY)
    monkeypatch.setattr(lateral, "HORIZON_S", 60.0)
    table, costs = solve(LOAD)
    a, b, q, r = matrices(LOAD, STEADY, STEADY)
    # no control moves the wind, which is steady here: scipy's equation is that of the others alone
    own, b, wind = a[:4, :4], b[:4], a[:4, 4]
    p = solve_discrete_are(own, b, q[:4, :4], r)
    weight = r + b.T @ p @ b
    gain = np.linalg.solve(weight, b.T @ p @ own)
    closed = own - b @ gain
    # with a steady wind the slope of the cost is what it was a step before, carried there by the closed loop
    slope = np.linalg.solve(np.eye(4) - closed.T, closed.T @ p @ wind)
    wind_gain = np.linalg.solve(weight, b.T @ (p @ wind + slope))
    settled = 1e-6  # relative: 60 s are many time constants
    np.testing.assert_allclose(gains_in(table[-1])[:, :4], gain, rtol=settled)
    np.testing.assert_allclose(gains_in(table[-1])[:, 4], wind_gain, rtol=settled)
    np.testing.assert_allclose(costs[-1][:4, :4], p, rtol=settled, atol=settled * np.abs(p).max())
    np.testing.assert_allclose(costs[-1][:4, 4], slope, rtol=settled, atol=settled * np.abs(slope).max())


@pytest.mark.parametrize("start", STARTS)
def test_the_cost_is_that_of_a_flight_under_the_gains(start: State, every_step: tuple[np.ndarray, np.ndarray]) -> None:
    table, costs = every_step
    to_go = 500
    total = flown(LOAD, table, start, np.zeros((to_go, 2)))
    rounding = 1e-9
    assert total == pytest.approx(float(np.array(start) @ costs[to_go] @ np.array(start)), rel=rounding)


@pytest.mark.parametrize("start", STARTS)
def test_no_other_control_flies_cheaper(start: State, every_step: tuple[np.ndarray, np.ndarray]) -> None:
    table, costs = every_step
    best = float(np.array(start) @ costs[300] @ np.array(start))
    rng = np.random.default_rng(1)
    for size in (1e-4, 1e-2):
        for which in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
            assert flown(LOAD, table, start, size * rng.normal(size=(300, 2)) * which) > best


def test_costs_are_symmetric_and_positive_at_every_time() -> None:
    _, costs = solve(LOAD)
    assert costs.shape == (round(HORIZON_S / TABLE_STEP_S) + 1, STATES, STATES)
    assert not costs[0, 4].any(), "at touchdown the wind can do no more harm"
    for i, p in enumerate(costs):
        alive = p[:4, :4] if i == 0 else p
        scale = np.sqrt(np.diag(alive))
        unitless = alive / np.outer(scale, scale)
        np.testing.assert_allclose(unitless, unitless.T, atol=1e-9)
        assert np.linalg.eigvalsh(0.5 * (unitless + unitless.T))[0] > 0.0


def test_the_lead_is_the_cheapest_distance_for_a_speed_across() -> None:
    table, costs = solve(LOAD)
    for row, p in zip(table[1:], costs[1:], strict=True):
        best = -row[LEAD]

        def cost(place: float, p: np.ndarray = p) -> float:
            x = np.array([place, 1.0, 0.0, 0.0, 0.0])
            return float(x @ p @ x)

        assert cost(best) < min(cost(best - 0.1), cost(best + 0.1))
        # of the larger cost, from which a difference of small numbers is taken
        assert cost(best - 0.1) == pytest.approx(cost(best + 0.1), rel=1e-9), "the bottom of a parabola"


@pytest.mark.parametrize("to_go_s", [6.0, 10.0, 14.0])
def test_the_nominal_push_is_braking_less_the_lift_of_a_lean(to_go_s: float) -> None:
    now, stage, gains = nominal_at(LOAD, to_go_s), LOAD.stage, LOAD.gains
    speed = gains.hand_over_mps + gains.nominal_decel_mps2 * (to_go_s - gains.nominal_last_s)
    height = 0.5 * (speed**2 - gains.hand_over_mps**2) / gains.nominal_decel_mps2 + 1350.0  # above sea level
    density = np.exp(np.interp(height, 1000.0 * np.arange(48), LOAD.forecast.log_density))
    slope = stage.normal_slope + TYPICAL_LEAN_RAD * stage.normal_growth
    body = 0.5 * density * speed**2 * stage.ref_area_m2 * slope
    arms = [stage.fin_position_m - gains.nominal_cg_m, stage.normal_position_m - gains.nominal_cg_m]
    fins = -body * arms[1] / arms[0]  # the moments of fins and body cancel
    one_density = 0.02  # of the lift: an exponential through the pad's air instead of the forecast
    lift = (body + fins) / gains.nominal_mass_kg
    assert gains.nominal_decel_mps2 + 9.8 - now.push_mps2 == pytest.approx(lift, rel=one_density)
    assert now.damping_ps * speed == pytest.approx(lift, rel=one_density)
    assert solve(LOAD)[0][round(to_go_s / TABLE_STEP_S), PUSH] == now.push_mps2


def test_gains_are_looked_up_linearly_and_held_at_the_ends() -> None:
    table, _ = solve(LOAD)
    times_s = TABLE_STEP_S * np.arange(len(table))
    rounding = 1e-9  # of the largest gain
    for column in (0, STATES + 1, LEAD):
        for to_go_s in np.linspace(-1.0, HORIZON_S - 0.01, 37):
            expected = np.interp(max(to_go_s, FIRST_GAIN * TABLE_STEP_S), times_s, table[:, column])
            found = gain_at(table, float(to_go_s), column)
            assert found == pytest.approx(expected, abs=rounding * np.abs(table[:, column]).max())
        beyond = abs(table[-1, column] - table[-2, column]) * 0.002  # held a thousandth of a step before the last
        assert gain_at(table, 90.0, column) == pytest.approx(table[-1, column], abs=beyond)


def test_tables_are_remembered_for_what_they_were_solved_for_and_for_nothing_else() -> None:
    changed = LOAD._replace(gains=LOAD.gains._replace(lean_rate_radps=2.0 * LOAD.gains.lean_rate_radps))
    first, other, again = solve(LOAD), solve(changed), solve(LOAD)
    assert again[0] is first[0], "not solved again"
    assert not np.array_equal(first[0], other[0])
    np.testing.assert_array_equal(other[0], lateral._solve(changed)[0])
    with pytest.raises(ValueError, match="read-only"):
        again[0][0, 0] = 1.0
