"""The echo of what was flown. Oracles: the scenario, ticks counted by hand, the standard library's reader of TOML."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.fly.applied import applied, asleep
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.record.toml_text import toml_text
from hoverslam.scenarios.load import load
from tests.harness.flights import fly

FAULTS = (
    '[{kind = "fin_stuck", target = 2, at = "0.05 s", for_s = 0.02},'
    ' {kind = "sensor_bias", target = "gnss", at = "altitude_agl_m < 38570", numbers = {bias = 3.0}},'
    ' {kind = "engine_low_thrust", target = 1, at = "landing_ignition + 1.5 s"}]'
)


def prepared(**sets: str) -> Prepared:
    named = {key.replace("__", "."): value for key, value in sets.items()}
    return prepare(load("zq3-landing", {"faults": FAULTS, "dispersions.release_position_m": "0.0", **named}), "test")


@pytest.fixture(scope="module")
def flown() -> Prepared:
    """A fifth of a second of falling, nothing commanded."""
    flight = prepared()
    flight.plant.advance(np.zeros(flight.plant.command_layout.width), 200)
    return flight


def test_faults_are_told_in_ticks_with_the_numbers_they_were_armed_with() -> None:
    stuck, bias, weak = applied(prepared(), flown=False)["faults"]
    assert (stuck["kind"], stuck["target"], stuck["delay_ticks"], stuck["duration_ticks"]) == ("fin_stuck", 2, 50, 20)
    assert (bias["threshold"], bias["numbers"], bias["duration_ticks"]) == (38570.0, {"bias": 3.0}, 0)
    assert (weak["delay_ticks"], weak["numbers"]) == (1500, {"loss": 0.25}), "the default of its kind"
    assert not any("came" in fault for fault in (stuck, bias, weak)), "nothing was flown yet"


def test_a_fault_is_told_with_the_tick_at_which_it_came_even_when_it_is_over(flown: Prepared) -> None:
    stuck, bias, weak = applied(flown, flown=True)["faults"]
    assert (stuck["came"], stuck["tick"], stuck["time_s"]) == (True, 50, pytest.approx(0.05))
    # the foot plane begins 38650 m less its way to the centre of gravity above the pad and sinks at 575 m/s
    assert bias["came"]
    assert 0 < bias["tick"] < 200
    assert (weak["came"], weak.get("tick")) == (False, None)


def test_a_fault_that_never_came_is_a_finding(flown: Prepared) -> None:
    assert list(asleep(flown)) == ["fault 2 (engine_low_thrust on 1, at landing_ignition + 1.5 s) never started"]


def test_faults_of_the_link_are_told_in_their_place_in_frames_or_ticks_and_with_a_record_when_they_came() -> None:
    faults = (
        '[{kind = "link_late", target = "commands", at = "0.055 s", for_s = 0.02, numbers = {by_s = 0.004}},'
        ' {kind = "fin_stuck", target = 2, at = "0.03 s"}, {kind = "computer_restart", at = "touchdown"}]'
    )
    flight = prepare(load("zq3-landing", {"faults": faults}), "test")
    late, stuck, restart = applied(flight, flown=False)["faults"]
    assert (late["ticks"], late["delay_ticks"], late["duration_ticks"]) == (4, 55, 20)
    assert (stuck["kind"], stuck["delay_ticks"]) == ("fin_stuck", 30)
    assert restart["frames"] == 25
    flight.plant.advance(np.zeros(flight.plant.command_layout.width), 100)
    truth = np.zeros((11, flight.plant.truth_layout.width))
    record = replace(fly(), shape=flight.plant.shape, truth=truth, frames=10)
    told = applied(flight, flown=True, record=record)["faults"]
    assert [fault.get("tick") for fault in told] == [60, 30, None], "the first frame after 55 ms"
    assert list(asleep(flight, record)) == ["fault 2 (computer_restart on 0, at touchdown) never started"]


def test_overrides_are_told_with_what_they_replaced() -> None:
    told = applied(prepared(vehicle__override__body__dry_mass_kg="47000.0", dispersions__dry_mass="0.0"), flown=False)
    assert told["overrides"]["vehicle"] == {"body.dry_mass_kg": {"file": 46000.0, "flown": 47000.0}}
    assert told["vehicle"]["body"]["dry_mass_kg"] == 47000.0


def test_what_was_drawn_is_what_the_plant_has() -> None:
    told = applied(prepared(), flown=False)
    assert told["vehicle"]["body"]["dry_mass_kg"] == pytest.approx(46_000.0 * told["drawn"]["dry_mass"])
    assert told["release"]["lox_kg"] == pytest.approx(9722.0 + told["drawn"]["propellant_kg"] * 3.5 / 4.5)
    assert len(told["air"]["density_factor"]) == len(told["air"]["east_mps"]) == 261
    assert told["rates"] == {"dt_s": 0.001, "frame_ticks": 10, "command_delay_ticks": 10, "max_frames": 14_000}
    assert told["release"]["time_from_liftoff_s"] == 400.0


def test_it_is_toml_that_reads_back(flown: Prepared) -> None:
    told = applied(flown, flown=True)
    assert tomllib.loads(toml_text(told)) == _without_empty(told)


SCALARS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text())
ARRAYS = st.lists(SCALARS, max_size=3)
TREES = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        SCALARS | ARRAYS,
        lambda inner: (
            st.dictionaries(st.text(max_size=8), inner, min_size=1, max_size=3)
            | st.lists(st.dictionaries(st.text(max_size=8), SCALARS, min_size=1, max_size=3), min_size=1, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@given(TREES)
def test_any_plain_tree_survives(tree: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(tree)) == tree


def _without_empty(tree: object) -> object:
    """An empty table is not written."""
    if isinstance(tree, dict):
        return {key: _without_empty(value) for key, value in tree.items() if value != {}}
    return [_without_empty(value) for value in tree] if isinstance(tree, list) else tree
