"""Faults. Oracles: the taxonomy's signatures in thrust, chamber pressure and flow against a healthy twin engine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoverslam.plant import faults as names
from hoverslam.plant.faults import EVENTS, FAMILIES, KINDS, QUANTITIES, SORTS, ArmedFault, Trigger, clashes
from hoverslam.plant.kernels import faults as kernel
from hoverslam.plant.kernels.engines.engine import FAILED, RUNNING, STARTING
from hoverslam.plant.plant import Plant
from tests.plant.failing import PAIR, THROTTLE, burning, fault, history
from tests.plant.stage import STAND, STEP_S, command, engines_on, place, plant, sense, truth

EXACT = 1e-9  # relative: rounding of sums
RUNNING_BY_S = 2.5  # dead time 0.8, rise 0.9


def constant(kind: str) -> int:
    """The kernel's code of a kind, by its name."""
    return int(getattr(kernel, kind.removeprefix("engine_").upper()))


def test_names_and_codes_are_in_one_order() -> None:
    coded = [(code, name) for code, name in enumerate(KINDS) if KINDS[name].family != "life"]  # known by its family
    assert [constant(name) for _, name in coded] == [code for code, _ in coded]
    assert {kind.family for kind in KINDS.values()} == set(FAMILIES)
    assert tuple(range(len(SORTS))) == (kernel.TIME, kernel.EVENT, kernel.BELOW, kernel.ABOVE)
    assert tuple(range(len(EVENTS))) == (kernel.LANDING_IGNITION, kernel.TOUCHDOWN)
    seen = (kernel.ALTITUDE, kernel.SPEED, kernel.MACH, kernel.Q, kernel.LOX, kernel.LCH4)
    assert seen == tuple(range(len(QUANTITIES)))
    assert {kind.mode for kind in KINDS.values() if kind.mode} == {f"R{i}" for i in range(1, 14)}


def test_an_igniter_that_fails_gives_no_pressure_and_the_second_attempt_lights() -> None:
    flying = burning(fault("engine_no_light"))
    seen = history(flying, 3.0)
    assert seen["chamber_pressure_pa"][-1][0] == 0.0
    assert seen["engine_state"][-1].tolist() == [STARTING, RUNNING]
    flying.advance(engines_on(flying, (5,), THROTTLE), 10)  # given up: commanded off
    again = history(flying, 3.0)
    assert again["engine_state"][-1].tolist() == [RUNNING, RUNNING]


def test_a_slow_start_takes_that_much_longer_to_the_same_level() -> None:
    seen = history(burning(fault("engine_slow_start", factor=2.0)), 4.0)["chamber_pressure_pa"]
    half = 0.5 * seen[-1, 1]
    slow, sound = (float(np.argmax(seen[:, i] > half)) for i in (0, 1))
    rise_s = 0.9
    assert (slow - sound) * 5 * STEP_S == pytest.approx(0.5 * rise_s, abs=0.02)  # s: half a rise later at its middle
    np.testing.assert_allclose(seen[-1, 0], seen[-1, 1], rtol=EXACT)


def test_a_hard_start_spikes_and_may_end_its_neighbour() -> None:
    shock = fault("engine_hard_start", spike=2.0, spike_s=0.05, hurts=5.0)
    seen = history(burning(shock), RUNNING_BY_S, every=1)
    nominal = plant().vehicle.engine.chamber_pressure_pa
    assert seen["chamber_pressure_pa"][:, 0].max() == pytest.approx(2.0 * nominal, rel=EXACT)
    assert np.count_nonzero(seen["chamber_pressure_pa"][:, 0] > 1.5 * nominal) == pytest.approx(50, abs=2)  # ticks
    assert seen["engine_state"][-1].tolist() == [RUNNING, FAILED]


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("engine_warm_inlet", 0.66, 0.78), ("engine_gas_ingestion", 0.4, 0.9), ("engine_low_thrust", 0.75, 0.75)],
)
def test_weak_engines_swing_between_the_stated_shares(kind: str, least: float, most: float) -> None:
    seen = history(burning(fault(kind), seconds=RUNNING_BY_S), 1.0, every=1)
    share = seen["chamber_pressure_pa"][:, 0] / seen["chamber_pressure_pa"][:, 1]
    grid = 0.02  # shares: extremes between two ticks
    assert share.min() == pytest.approx(least, abs=grid)
    assert share.max() == pytest.approx(most, abs=grid)
    assert np.all(seen["flow_kgps"][:, 0] < seen["flow_kgps"][:, 1])
    assert np.all(seen["thrust_n"][:, 0] < seen["thrust_n"][:, 1])


def test_a_collapsing_ullage_and_a_fire_take_thrust_over_their_time() -> None:
    for kind, loss, over_s in (("engine_low_tank_pressure", 0.3, 3.0), ("engine_aft_fire", 0.6, 4.0)):
        flying = burning(fault(kind, Trigger("time", delay_s=RUNNING_BY_S)), seconds=RUNNING_BY_S)
        seen = history(flying, over_s + 0.5)
        share = seen["chamber_pressure_pa"][:, 0] / seen["chamber_pressure_pa"][:, 1]
        half = round(0.5 * over_s / STEP_S / 5)
        assert share[half] == pytest.approx(1.0 - 0.5 * loss, abs=0.01)
        assert share[-1] == pytest.approx(1.0 - loss, rel=EXACT)
        dead = seen["reading_pa"][-1, 0] == 0.0
        assert dead == (kind == "engine_aft_fire")


def test_a_stuck_valve_holds_the_level_and_still_lets_the_engine_be_shut_down() -> None:
    flying = burning(
        fault("engine_valve_stuck", Trigger("time", delay_s=RUNNING_BY_S)), seconds=RUNNING_BY_S + 0.5, vehicle=STAND
    )
    seen = history(flying, 2.0, throttle=0.6)["chamber_pressure_pa"]
    np.testing.assert_allclose(seen[:, 0], seen[0, 0], rtol=EXACT)
    assert seen[-1, 1] < 0.8 * seen[0, 1]
    flying.advance(command(flying), 2000)
    assert truth(flying)["thrust_n"][1] == 0.0


def test_an_unstable_engine_oscillates_more_and_more_and_burns_through() -> None:
    when = Trigger("event", "landing_ignition", delay_s=RUNNING_BY_S)
    flying = burning(fault("engine_instability", when, over_s=0.2), seconds=RUNNING_BY_S)
    seen = history(flying, 0.5, every=1)
    share = seen["chamber_pressure_pa"][:, 0] / seen["chamber_pressure_pa"][:, 1]
    assert np.ptp(share[10:60]) < np.ptp(share[120:190])
    assert seen["engine_state"][-1].tolist() == [FAILED, RUNNING]


def test_a_lying_sensor_changes_the_reading_and_nothing_else() -> None:
    seen = history(burning(fault("engine_false_pressure", factor=0.2), seconds=RUNNING_BY_S), 0.2)
    np.testing.assert_allclose(seen["thrust_n"][:, 0], seen["thrust_n"][:, 1], rtol=EXACT)
    np.testing.assert_allclose(seen["reading_pa"][:, 0], 0.2 * seen["reading_pa"][:, 1], rtol=EXACT)


def test_gas_in_the_line_shifts_the_mixture_and_the_books_balance() -> None:
    flying = burning(fault("engine_gas_ingestion", mixture=0.5), seconds=RUNNING_BY_S)
    before = flying.state["tanks_kg"][0].copy()
    seen = history(flying, 1.0, every=1)
    drawn = before - flying.state["tanks_kg"][0]
    ratio = flying.vehicle.engine.mixture_ratio
    flows = seen["flow_kgps"].sum(axis=0) * STEP_S
    shares = np.array([0.5 * ratio / (1.0 + 0.5 * ratio), ratio / (1.0 + ratio)])
    assert drawn[0] == pytest.approx(float(flows @ shares), rel=1e-6)
    assert drawn[0] + drawn[1] == pytest.approx(float(flows.sum()), rel=1e-6)


ACTUATORS = ("gimbal_stuck", "gimbal_slow", "gimbal_hard_over", "fin_stuck", "fin_hydraulics")


@pytest.mark.parametrize("kind", ACTUATORS)
def test_a_failed_actuator_does_not_follow_and_the_others_do(kind: str) -> None:
    flying = plant(faults=(fault(kind),))
    row = command(flying, gimbal_rad=0.05, fin_rad=0.2)
    flying.advance(row, 150)
    gimbals, fins = truth(flying)["gimbal_rad"].reshape(-1, 2), truth(flying)["fin_rad"]
    limit, rate = flying.vehicle.cluster.gimbal_limit_rad, flying.vehicle.cluster.gimbal_rate_radps
    there = 1e-3  # rad: lags of 35 and 80 ms, after 150 ms not quite at rest
    if kind.startswith("gimbal"):
        wanted = {"gimbal_stuck": 0.0, "gimbal_slow": 0.2 * rate * 0.15, "gimbal_hard_over": min(limit, rate * 0.15)}[
            kind
        ]
        np.testing.assert_allclose(gimbals[PAIR[0]], wanted, atol=5e-3)  # rad: the lag before the stop
        np.testing.assert_allclose(np.delete(gimbals, PAIR[0], axis=0), gimbals[0, 0], atol=there)
        assert gimbals[0, 0] > 0.04
    elif kind == "fin_stuck":
        assert fins[PAIR[0]] == 0.0
        assert np.delete(fins, PAIR[0]).min() > 0.09
    else:
        assert np.all(fins < 0.05 * flying.vehicle.fins.rate_radps * 0.15 * (1.0 + EXACT))


def test_a_floating_fin_gives_no_force() -> None:
    turned = []
    for faults in ((), (fault("fin_floating", target=0), fault("fin_floating", target=2))):
        flying = plant(faults=faults)
        place(flying, (0.0, 0.0, 8000.0), (0.0, 0.0, -600.0))
        flying.advance(command(flying, fin_rad=np.array([0.1, 0.0, -0.1, 0.0])), 100)
        turned.append(float(np.abs(truth(flying)["omega_b_radps"]).max()))
    assert turned[1] < 0.02 * turned[0]


def test_thrusters_gas_and_legs_fail_as_said() -> None:
    flying = plant(
        faults=(
            fault("thruster_open", target=0),
            fault("thruster_closed", target=1),
            fault("gas_leak", target=0, flow_kgps=2.0),
            fault("leg_unlocked", target=2),
        )
    )
    before = truth(flying)["rcs_kg"][0]
    flying.advance(command(flying, rcs_open=np.array([0, 1, 1, 0, 0, 0, 0, 0]), leg_deploy=1.0), 4000)
    now = truth(flying)
    assert (now["rcs_open"][:3] > 0.5).tolist() == [True, False, True]
    assert now["leg_locked"].tolist() == [1.0, 1.0, 0.0, 1.0]
    two_thrusters = 2.0 * flying.vehicle.rcs.thrust_n / (9.80665 * flying.vehicle.rcs.isp_s)
    valve_s = flying.vehicle.rcs.valve_lag_s
    lost = before - now["rcs_kg"][0]
    assert lost == pytest.approx(4.0 * (2.0 + two_thrusters), abs=3.0 * valve_s * two_thrusters)


def wakes(trigger: Trigger) -> Plant:
    """A stage that falls for 0.2 s, then lights its engines, at the tick at which the fault wakes."""
    flying = plant(faults=(fault("gimbal_stuck", trigger),))
    place(flying, (0.0, 0.0, 3000.0), (0.0, 0.0, -300.0))
    flying.advance(command(flying), 200)
    row = engines_on(flying, PAIR, THROTTLE)
    while flying.state["effects"]["woken"][0, 0] < 0:
        flying.advance(row, 1)
        assert flying.tick < 3000
    return flying


@pytest.mark.parametrize(
    ("trigger", "after_s"),
    [(Trigger("time", delay_s=0.7), 0.7), (Trigger("event", "landing_ignition", delay_s=0.4), 0.6)],
)
def test_a_fault_wakes_by_time_and_by_event(trigger: Trigger, after_s: float) -> None:
    two_ticks = 2.5 * STEP_S
    assert wakes(trigger).tick * STEP_S == pytest.approx(after_s, abs=two_ticks)


@pytest.mark.parametrize(
    ("trigger", "a_tick"),
    [
        (Trigger("below", "altitude_agl_m", 2900.0), 0.3),
        (Trigger("below", "speed_mps", 280.0), 0.04),
        (Trigger("below", "mach", 0.88), 1e-4),
        (Trigger("below", "q_pa", 34_500.0), 30.0),
        (Trigger("below", "lox_kg", 9000.0), 0.5),
        (Trigger("below", "lch4_kg", 2600.0), 0.2),
    ],
)
def test_a_fault_wakes_by_condition(trigger: Trigger, a_tick: float) -> None:
    """`a_tick`: by how much the quantity changes in about a tick."""
    seen = float(truth(wakes(trigger))[trigger.what][0])
    assert seen == pytest.approx(trigger.threshold, abs=2.0 * a_tick)


def test_a_condition_above_its_threshold_wakes_at_once() -> None:
    assert wakes(Trigger("above", "speed_mps", 200.0)).tick == 200


def test_a_fault_that_ends_leaves_no_trace_in_the_actuator() -> None:
    flying = plant(faults=(fault("gimbal_stuck", lasts_s=0.5),))
    row = command(flying, gimbal_rad=0.05)
    flying.advance(row, 490)
    assert truth(flying)["gimbal_rad"][2 * PAIR[0]] == 0.0
    flying.advance(row, 500)
    assert truth(flying)["gimbal_rad"][2 * PAIR[0]] == pytest.approx(0.05, abs=1e-4)  # rad: seven lags


@settings(derandomize=True, deadline=None, max_examples=40)
@given(kind=st.sampled_from(list(KINDS)), seed=st.integers(1, 5))
def test_a_fault_always_changes_the_flight_that_it_applies_to(kind: str, seed: int) -> None:
    def flown(*faults: ArmedFault) -> bytes:
        flying = plant(faults=faults, seed=seed, turbulence="light")
        place(flying, (0.0, 0.0, 6000.0), (0.0, 0.0, -400.0))
        row = engines_on(flying, PAIR, 0.9, gimbal_rad=0.02, fin_rad=0.1, leg_deploy=1.0, rcs_open=np.array([1, 0] * 4))
        flying.advance(row, 2500)
        row[flying.command_layout.slice("throttle")] = 0.7
        flying.advance(row, 500)
        moving = [flying.state[name].tobytes() for name in ("rigid", "engines", "tanks_kg", "leg_progress")]
        seen = []
        for _ in range(12):
            seen.append(sense(flying))
            flying.advance(row, 10)
        return b"".join(moving) + b"".join(field.tobytes() for one in seen for field in one.values())

    target: int | str = {"thruster_open": 1, "thruster_closed": 0, "engine_no_chill": 3}.get(kind, PAIR[0])
    if KINDS[kind].target == "sensor":
        target = "gnss" if kind == "sensor_silent" else "gyro"
    assert flown(fault(kind, target=target, bias=0.1, sigma=0.1, per_s=0.1)) != flown()


def test_faults_that_would_undo_one_another_are_refused_with_the_reason() -> None:
    low, warm = fault("engine_low_thrust"), fault("engine_warm_inlet")
    assert clashes((low, warm)) == [(0, 1, "both act on the pressure of the same engine")]
    assert clashes((low, fault("engine_warm_inlet", target=5))) == []
    assert clashes((low, fault("engine_valve_stuck"))) == []
    assert "would also end the other" in clashes((low, fault("engine_valve_stuck", lasts_s=1.0)))[0][2]
    assert "hydraulic supply" in clashes((fault("fin_stuck"), fault("fin_hydraulics")))[0][2]
    assert names.code(EVENTS, "touchdown") == kernel.TOUCHDOWN
