"""Keys that this vehicle would read to no effect, conditions beyond its reach. Oracle: the vehicle file, by hand."""

from typing import Any

import pytest

from hoverslam.harness.fly.prepare import prepare
from hoverslam.scenarios.load import ScenarioError, load
from hoverslam.scenarios.schema import Scenario


def fault(kind: str, target: Any = 0, at: str = "3 s", **numbers: float) -> dict[str, str]:
    """`--set` for one fault."""
    shown = f'"{target}"' if isinstance(target, str) else target
    given = ", ".join(f"{key} = {value}" for key, value in numbers.items())
    return {"faults": f'[{{kind = "{kind}", target = {shown}, at = "{at}", numbers = {{{given}}}}}]'}


CALM = {"wind.altitude_msl_m": "[0, 100, 500]", "wind.east_mps": "[0, 1, 2]", "wind.north_mps": "[0, 1, 2]"}
IDLE = [
    # cluster.starts = [2, 2, 0, 1, 0, 2, 0, 1, 0]
    (
        fault("engine_low_thrust", 2),
        "faults.0.target = 2: zq3_y1 cannot start this engine (cluster.starts); it can start: 0, 1, 3, 5, 7",
    ),
    (fault("engine_shutdown", 8), "faults.0.target = 8: zq3_y1 cannot start this engine"),
    (fault("engine_hard_start", 1, hurts=4.0), "faults.0.numbers.hurts = 4: is no engine that zq3_y1 can start"),
    (fault("engine_hard_start", 1, hurts=11.0), "faults.0.numbers.hurts = 11: is no engine that zq3_y1 can start"),
    (fault("fin_stuck", at="mach > 60"), 'faults.0.at = "mach > 60": never starts: mach cannot exceed'),
    (
        fault("fin_stuck", at="lox_kg > 11000"),
        'faults.0.at = "lox_kg > 11000": never starts: lox_kg cannot exceed 1.092e+04',
    ),
    (fault("fin_stuck", at="altitude_agl_m > 120000"), "never starts: altitude_agl_m cannot exceed"),
    (
        {"vehicle.override.name": "mine"},
        'vehicle.override.name = "mine": has no effect on the flight; set it in the scenario',
    ),
    (
        {"vehicle.override.sensors.gnss_velocity_mps": "0.2", "dispersions.sensors": "0"},
        "vehicle.override.sensors.gnss_velocity_mps = 0.2: is a sensor error, but sensors are ideal here",
    ),
    ({"vehicle.override.aero.plume_scale": "0.0"}, "dispersions.plume = (0.5, 2.0): scales aero.plume_scale"),
    ({"vehicle.override.aero.normal_scale": "0.0"}, "dispersions.normal_force = 0.2: scales aero.normal_scale"),
    (
        fault("link_corrupt", "commands.throttle[9]"),
        'faults.0.target = "commands.throttle[9]": zq3_y1 has 9 of throttle',
    ),
    (
        CALM,
        "wind.altitude_msl_m.1 = 100.0: lies between the points of the wind grid of the plant (every 500 m",
    ),
    (
        {**fault("sensor_nan", "gnss"), "vehicle.override.sensors.gnss_period_s": "200.0"},
        'faults.0.target = "gnss": no GNSS fix is due within 140 s',
    ),
]


@pytest.mark.parametrize(("sets", "expected"), IDLE)
def test_what_would_do_nothing_on_this_vehicle_is_refused(sets: dict[str, str], expected: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        prepare(load("zq3-landing", sets), "test")
    said = str(refused.value)
    assert said.startswith("zq3-landing: ")
    assert expected in said
    assert "; " in said, "with a remedy"
    assert "\n" not in said


TAKEN = [
    fault("engine_low_thrust", 3),
    fault("link_corrupt", "commands.throttle[8]"),
    fault("link_drop", "sensors"),
    fault("engine_hard_start", 1, hurts=7.0),
    fault("fin_stuck", at="mach > 2.5"),
    fault("fin_stuck", at="altitude_agl_m > 20000"),
    fault("fin_stuck", at="q_pa > 90000"),
    {"vehicle.override.sensors.gnss_velocity_mps": "0.2"},
    {"vehicle.override.sensors.gnss_period_s": "0.2", "dispersions.sensors": "0"},
    {"vehicle.override.cluster.starts": "[2, 2, 1, 1, 0, 2, 0, 1, 0]", **fault("engine_low_thrust", 2)},
]


@pytest.mark.parametrize("sets", TAKEN)
def test_what_does_something_is_taken(sets: dict[str, str]) -> None:
    assert prepare(load("zq3-landing", sets), "test").plant.outcome is None


def test_all_that_is_idle_is_told_at_once() -> None:
    sets = {**fault("engine_low_thrust", 2), "vehicle.override.name": "mine"}
    with pytest.raises(ScenarioError) as refused:
        prepare(load("zq3-landing", sets), "test")
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("name", ["zq3-landing", "zq3-engine-lost", "zq3-engine-lost-no-spare"])
def test_shipped_scenarios_have_nothing_idle_and_come_back_from_a_run_folder(name: str) -> None:
    scenario = load(name)
    prepare(Scenario.model_validate(scenario.model_dump(mode="json")), "stored")
