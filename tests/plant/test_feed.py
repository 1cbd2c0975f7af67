"""From tanks to inlets. Oracles: p V^1.4, free fall, the exponential, Lubin and Springer's height by hand, the logistic
function of scipy, the binomial distribution."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from hoverslam.plant.kernels.engines.engine import FAILED, RISING, RUNNING, STARTING
from hoverslam.plant.kernels.engines.feed import (
    CLOSED_OFF,
    FEED_COLUMNS,
    GAP,
    GAP_SPEED,
    TANK_COLUMNS,
    Inlet,
    Relight,
    dip_mass,
    fed_factor,
    gas_share,
    head_pressure,
    light_probability,
    lights,
    settle,
    step_ullage,
    ullage_volume,
)
from hoverslam.plant.kernels.engines.propulsion import ATTEMPTS, CHARGES, GAS_TIME
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import stream_key
from tests.plant.failing import fault
from tests.plant.stage import STEP_S, command, engines_on, place, plant, setup, shipped, truth

STAGE = shipped()
FEED, RELIGHT, LOX = STAGE.feed, STAGE.relight, STAGE.lox
FED = Inlet(0.0, 0.0, LOX.ullage_pa, 0.0)
ONE_TICK = 1.5 * STEP_S
LINEAR = 1e-3  # relative: steps of a millisecond along an exponential


def sealed() -> np.ndarray:
    effect = np.zeros(TANK_COLUMNS)
    effect[CLOSED_OFF] = 1.0
    return effect


def test_gas_without_a_regulator_expands_as_an_adiabat() -> None:
    pressure, liquid, drawn = LOX.ullage_pa, 9000.0, 600.0
    start = ullage_volume(LOX, liquid)
    for tick in range(10_000):
        pressure = step_ullage(LOX, sealed(), pressure, liquid, drawn, 0.0, tick, STEP_S)
        liquid -= drawn * STEP_S
    assert pressure == pytest.approx(LOX.ullage_pa * (start / ullage_volume(LOX, liquid)) ** 1.4, rel=1e-6)


def test_liquid_that_moves_takes_the_pressure_down_to_its_floor_by_the_metre() -> None:
    pressure = LOX.ullage_pa
    for tick in range(3000):
        pressure = step_ullage(LOX, sealed(), pressure, 9000.0, 0.0, 2.0, tick, STEP_S)
    floor = LOX.collapse_floor_pa
    expected = floor + (LOX.ullage_pa - floor) * math.exp(-LOX.collapse_pm * 2.0 * 3.0)
    assert pressure == pytest.approx(expected, rel=LINEAR)


def test_the_slosh_event_of_the_data_sheet_costs_20_to_60_kpa() -> None:
    # half a metre at 0.5 Hz for three seconds, regulator at work
    pressure, lowest, sound = LOX.ullage_pa, LOX.ullage_pa, np.zeros(TANK_COLUMNS)
    for tick in range(3000):
        sway = abs(0.5 * 2.0 * math.pi * 0.5 * math.cos(2.0 * math.pi * 0.5 * tick * STEP_S))
        pressure = step_ullage(LOX, sound, pressure, 9000.0, 0.0, sway, tick, STEP_S)
        lowest = min(lowest, pressure)
    sealed_off = LOX.ullage_pa
    for tick in range(3000):
        sway = abs(0.5 * 2.0 * math.pi * 0.5 * math.cos(2.0 * math.pi * 0.5 * tick * STEP_S))
        sealed_off = step_ullage(LOX, sealed(), sealed_off, 9000.0, 0.0, sway, tick, STEP_S)
    assert 20e3 <= LOX.ullage_pa - sealed_off <= 60e3
    assert lowest > sealed_off  # the regulator makes some of it good


def test_the_regulator_brings_a_collapsed_tank_back_no_faster_than_it_can() -> None:
    pressure, sound = LOX.ullage_pa - 60e3, np.zeros(TANK_COLUMNS)
    for tick in range(2000):
        pressure = step_ullage(LOX, sound, pressure, 9000.0, 0.0, 0.0, tick, STEP_S)
    assert pressure == pytest.approx(LOX.ullage_pa - 60e3 + 2.0 * LOX.repress_paps, rel=1e-9)


@pytest.mark.parametrize(("metres", "axial", "seconds"), [(10.0, 0.006, 58.0), (10.0, 0.036, 23.6), (1.0, 20.0, 0.316)])
def test_a_liquid_off_its_sump_takes_the_time_of_a_fall(metres: float, axial: float, seconds: float) -> None:
    row = np.zeros(FEED_COLUMNS)
    row[GAP], ticks = metres, 0
    while row[GAP] > 0.0:
        settle(row, axial, 30.0, STEP_S)
        ticks += 1
    assert ticks * STEP_S == pytest.approx(math.sqrt(2.0 * metres / axial), abs=ONE_TICK)
    assert ticks * STEP_S == pytest.approx(seconds, rel=0.01)
    assert row[GAP_SPEED] == 0.0


def test_a_liquid_thrown_off_stops_at_the_top_of_its_tank() -> None:
    row = np.zeros(FEED_COLUMNS)
    for _ in range(5000):
        settle(row, -1.0, 3.0, STEP_S)
    assert row[GAP] == 3.0


def test_the_dip_over_the_outlet_is_that_of_lubin_and_springer() -> None:
    # one engine at 80 %: 180 kg/s of oxygen is 0.1525 m3/s; under 15 m/s2 0.69 (0.02327 / 15)^0.2 = 0.1892 m
    height = 0.1892
    by_hand = 1180.0 * math.pi * height**2 * (2.25 - height / 3.0)
    assert dip_mass(LOX, 180.0, 15.0) == pytest.approx(by_hand, rel=2e-3)
    assert dip_mass(LOX, 0.0, 15.0) == 0.0
    assert dip_mass(LOX, 180.0, 0.0) == 0.0


def test_gas_comes_from_the_dip_on_and_is_all_at_the_residual() -> None:
    row = np.zeros(FEED_COLUMNS)
    row[4] = 320.0
    assert gas_share(LOX, row, 321.0) == 0.0
    assert gas_share(LOX, row, 220.0) == pytest.approx(0.5)
    assert gas_share(LOX, row, LOX.residual_kg) == 1.0


def test_an_inlet_off_its_design_point_costs_thrust_as_the_data_sheet_says() -> None:
    # 0.5 % per 10 kPa and 1 % per kelvin
    assert fed_factor(FEED, FED, 0.0, 0, STEP_S) == 1.0
    assert fed_factor(FEED, FED._replace(lox_pa=-10e3), 0.0, 0, STEP_S) == pytest.approx(0.995)
    assert fed_factor(FEED, FED, 3.0, 0, STEP_S) == pytest.approx(0.97)
    cavitating = FED._replace(lox_pa=-90e3, outlet_pa=2.6e5)
    assert fed_factor(FEED, cavitating, 0.0, 0, STEP_S) == pytest.approx(1.0 - 0.045 - 0.10)


def test_an_engine_on_gas_swings_between_40_and_90_percent() -> None:
    swing = [fed_factor(FEED, FED._replace(gas=1.0), 0.0, tick, STEP_S) for tick in range(1000)]
    assert min(swing) == pytest.approx(0.4, abs=1e-4)  # the trough falls between two ticks
    assert max(swing) == pytest.approx(0.9, abs=1e-4)


@pytest.mark.parametrize(
    ("at", "warm_k", "earlier", "lost"),
    [
        (FED, 0.0, 0.0, 0.0),
        (FED, 0.0, 1.0, 0.7),
        (FED, 10.0, 0.0, 1.5),
        (FED._replace(short_pa=50e3), 0.0, 0.0, 1.5),
        (FED._replace(gas=1.0), 0.0, 0.0, 4.0),
    ],
)
def test_the_probability_to_light_is_logistic_in_what_is_wrong(
    at: Inlet, warm_k: float, earlier: float, lost: float
) -> None:
    assert light_probability(RELIGHT, at, warm_k, earlier) == pytest.approx(expit(logit(0.92) - lost), rel=1e-12)


def test_starts_fail_as_often_as_they_should_and_by_engine_and_attempt_alone() -> None:
    lit = [
        lights(Relight(1, RELIGHT, stream_key(seed, "relight")), FED, 0.0, float(attempt), engine)
        for seed in range(300)
        for attempt in range(2)
        for engine in range(3)
    ]
    firsts = np.array(lit).reshape(300, 2, 3)[:, 0].ravel()
    low, high = binom.interval(0.9999, firsts.size, RELIGHT.clean)
    assert low <= firsts.sum() <= high
    seconds = np.array(lit).reshape(300, 2, 3)[:, 1].ravel()
    low, high = binom.interval(0.9999, seconds.size, expit(logit(RELIGHT.clean) - RELIGHT.per_attempt))
    assert low <= seconds.sum() <= high
    assert all(lights(Relight(0, RELIGHT, 1), FED._replace(gas=1.0), 50.0, 3.0, e) for e in range(9))


def start(seconds: float, engines: tuple[int, ...] = (1, 5), base: Plant | None = None, **changes: Any) -> Plant:
    """These engines commanded on at 3 km, 300 m/s down; `seconds` later."""
    flying = base or plant(**changes)
    place(flying, (0.0, 0.0, 3000.0), (0.0, 0.0, -300.0))
    flying.advance(engines_on(flying, engines, 0.8), round(seconds / STEP_S))
    return flying


def warm(kelvin: float) -> dict[str, Any]:
    return {"release": setup(STAGE.shape.engines).release._replace(engine_warm_k=kelvin)}


@pytest.mark.parametrize(("kelvin", "waits_s"), [(0.0, 0.0), (5.0, 0.0), (6.0, 6.0 * math.log(6.0 / 5.0)), (40.0, 1.5)])
def test_a_warm_engine_waits_for_its_chill_down_but_not_for_ever(kelvin: float, waits_s: float) -> None:
    flying = start(0.0, **warm(kelvin))
    row, ticks = engines_on(flying, (1,), 0.8), 0
    while flying.state["engines"][0, 1, 0] != RISING:
        flying.advance(row, 1)
        ticks += 1
        assert ticks < 4000
    assert ticks * STEP_S == pytest.approx(STAGE.engine.dead_time_s + waits_s, abs=3.0 * STEP_S)


def test_a_bled_line_chills_and_one_whose_bleed_is_shut_warms() -> None:
    flying = plant(faults=(fault("engine_no_chill"),), **warm(12.0))
    place(flying, (0.0, 0.0, 20_000.0), (0.0, 0.0, -300.0))
    flying.advance(command(flying), 4000)
    kelvin = truth(flying)["feed_warm_k"]
    assert kelvin[5] == pytest.approx(12.0 * math.exp(-4.0 / FEED.chill_time_s), rel=LINEAR)
    assert kelvin[1] == pytest.approx(12.0 + 4.0 * FEED.warming_kps, rel=LINEAR)


def test_an_igniter_without_a_charge_lights_nothing() -> None:
    flying = start(4.0, base=plant(shipped(cluster__charges=[2, 0, 0, 1, 0, 2, 0, 1, 0])))
    assert truth(flying)["engine_state"][[1, 5]].tolist() == [STARTING, RUNNING]
    assert truth(flying)["thrust_n"][1] == 0.0


def test_a_start_given_up_before_the_igniter_fires_keeps_its_charge() -> None:
    fires_s = STAGE.engine.dead_time_s - FEED.igniter_s
    early, late = start(fires_s - 0.05), start(fires_s + 0.05)
    charges = [float(flying.state["engines"][0, 1, CHARGES]) for flying in (early, late)]
    assert charges == [2.0, 1.0]
    assert [float(flying.state["engines"][0, 1, ATTEMPTS]) for flying in (early, late)] == [0.0, 1.0]
    assert truth(late)["igniter_charges"][1] == 1.0


def test_an_engine_started_before_its_liquid_has_come_down_dies_of_gas() -> None:
    base = setup(STAGE.shape.engines).release._replace(unsettled_m=3.0)
    flying = plant(release=base)
    place(flying, (0.0, 0.0, 60_000.0), (0.0, 0.0, -100.0))  # hardly any air: nothing brings the liquid down
    row, seen = engines_on(flying, (1, 5), 0.8), []
    for _ in range(300):
        flying.advance(row, 10)
        seen.append(truth(flying))
    lit = next(i for i, now in enumerate(seen) if now["engine_state"][1] >= RISING)
    assert seen[lit]["gas_share"].max() == 1.0
    assert seen[-1]["unsettled_m"].max() == 0.0  # the engines' own push settles it
    settled_at = next(i for i, now in enumerate(seen) if now["unsettled_m"].max() == 0.0)
    if settled_at - lit > 100 * FEED.gas_limit_s:
        assert seen[-1]["engine_state"][1] == FAILED
    else:
        assert seen[-1]["engine_state"][1] == RUNNING
        assert seen[settled_at + 1]["gas_share"].max() == 0.0


def test_an_engine_that_draws_gas_for_longer_than_it_stands_is_lost() -> None:
    flying = start(2.5)
    row = engines_on(flying, (1, 5), 0.8)
    for _ in range(round(1.2 * FEED.gas_limit_s / STEP_S)):
        flying.state["feed"][0, 1, GAP] = 1.0  # held off its sump
        flying.advance(row, 1)
    assert truth(flying)["engine_state"][[1, 5]].tolist() == [FAILED, FAILED]
    assert flying.state["engines"][0, 1, GAS_TIME] == 0.0  # over with the engine


def test_gas_pulls_through_before_the_oxygen_is_used_up() -> None:
    flying = start(2.5, engines=(0, 1, 5))
    flying.state["tanks_kg"][0, 0] = LOX.residual_kg + 900.0
    row, left = engines_on(flying, (0, 1, 5), 1.0), []
    while truth(flying)["gas_share"][0] == 0.0:
        flying.advance(row, 10)
        left.append(float(truth(flying)["lox_kg"][0]))
    felt = float(truth(flying)["accel_b_mps2"][0])
    flow = float(truth(flying)["flow_kgps"].sum()) * 3.5 / 4.5
    assert left[-1] + LOX.residual_kg == pytest.approx(dip_mass(LOX, flow, felt), rel=0.03)  # kg a frame
    assert 100.0 < left[-1] < 700.0


def test_a_collapse_shows_at_the_tank_and_takes_thrust() -> None:
    sick = start(3.0, faults=(fault("tank_collapse", target=0, drop_pa=1.5e5, over_s=1.0),))
    well = start(3.0)
    fallen = truth(well)["ullage_pa"] - truth(sick)["ullage_pa"]
    assert fallen[0] > 1e5
    assert fallen[1] == pytest.approx(0.0, abs=1e3)  # Pa: the other tank meets another flight
    lost = 1.0 - truth(sick)["chamber_pressure_pa"][1] / truth(well)["chamber_pressure_pa"][1]
    assert 0.10 <= lost <= 0.60  # R6: ten to fifty percent


def test_a_tank_without_its_regulator_loses_pressure_as_it_drains() -> None:
    shut = start(6.0, faults=(fault("tank_unregulated", target=0),))
    assert truth(shut)["ullage_pa"][0] < truth(start(6.0))["ullage_pa"][0] - 1e3


def test_the_tank_sensor_reads_ullage_and_column() -> None:
    level = 9000.0 / (LOX.density_kgpm3 * math.pi * LOX.radius_m**2)
    assert head_pressure(LOX, 3.0e5, 9000.0, 20.0) == pytest.approx(3.0e5 + LOX.density_kgpm3 * 20.0 * level)


def test_engines_close_as_far_apart_as_their_valves_do() -> None:
    base = setup(STAGE.shape.engines)
    late = np.zeros(STAGE.shape.engines)
    late[5] = 0.03
    flying = start(4.0, scatter=base.scatter._replace(shut_delay_s=late))
    seen = []
    for _ in range(400):
        flying.advance(command(flying), 1)
        seen.append(truth(flying)["engine_level"][[1, 5]])
    half = 0.5 * np.array(seen[0])
    first, second = (int(np.argmax(np.array(seen)[:, i] < half[i])) for i in range(2))
    assert (second - first) * STEP_S == pytest.approx(0.03, abs=ONE_TICK)


def test_relight_failures_come_from_the_flights_own_stream() -> None:
    def lit(seed: int) -> list[bool]:
        flying = start(3.0, engines=(0, 1, 5), seed=seed, relight=True)
        return [bool(push > 0.0) for push in truth(flying)["thrust_n"][[0, 1, 5]]]

    outcomes = [lit(seed) for seed in range(1, 41)]
    assert outcomes[:5] == [lit(seed) for seed in range(1, 6)]
    low, high = binom.interval(0.9999, 120, RELIGHT.clean)
    assert low <= sum(map(sum, outcomes)) <= high
