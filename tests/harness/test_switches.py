"""Every number of a vehicle under every switch: what is refused does nothing, and what is taken does something.

Oracle: the flight itself. Two plants, one with the number changed and nothing refused, fly the last 400 m with all that
moves moving; where no bit of truth or sensors differs, the number has no effect.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.build.build import build_plant
from hoverslam.harness.build.no_effect import refuse_no_effect
from hoverslam.plant.vehicle import VehicleError, load_vehicle
from hoverslam.scenarios.load import ScenarioError, load
from tests.harness.sweep import leaves

VEHICLE = tomllib.loads((files("hoverslam.plant") / "vehicles" / "zq3_y1.toml").read_text())
LOW = {
    "release.altitude_msl_m": "1500.0",
    "release.range_to_pad_m": "10.0",
    "release.speed_mps": "60.0",
    "release.flight_path_angle_deg": "-88.0",
    "dispersions.release_position_m": "0.0",
    "dispersions.release_velocity_mps": "0.0",
    "wind.altitude_msl_m": "[]",
    "wind.east_mps": "[]",
    "wind.north_mps": "[]",
    "dispersions.propellant_kg": "0.0",
}
FRAMES, FRAME_TICKS = 400, 10
Bits = tuple[bytes, bytes]


def scenario_of(switch: tuple[tuple[str, str], ...]) -> Any:
    return load("zq3-landing", LOW | dict(switch))


def flown(scenario: Any) -> Bits:
    """Truth and sensors of an open-loop flight with every actuator moved."""
    plant = build_plant(scenario, 1)
    commands = np.zeros(plant.command_layout.width)
    at = plant.command_layout.slice
    rows, seen = [], []
    for frame in range(FRAMES):
        commands[:] = 0.05 * np.sin(0.05 * frame + np.arange(commands.size))
        for name in ("engine_on", "throttle", "rcs_open", "leg_deploy"):
            commands[at(name)] = {"throttle": 0.7, "rcs_open": float(frame % 7 == 0)}.get(name, float(frame >= 20))
        truth, sensed = np.zeros(plant.truth_layout.width), np.zeros(plant.sensor_layout.width)
        plant.advance(commands, FRAME_TICKS)
        plant.sense(sensed)
        plant.truth(truth)
        rows.append(truth)
        seen.append(sensed)
        if plant.outcome is not None:
            break
    return np.array(rows).tobytes(), np.array(seen).tobytes()


def another(table: str, name: str) -> list[Any]:
    """Values near that of the file which the vehicle may take, whole arrays for arrays."""
    given = VEHICLE[table][name]
    for path, value in leaves(given):
        if not isinstance(value, int | float):
            return []
        if path == () and isinstance(value, int | float):
            return [value * 1.5, value * 0.5, value + 0.125, value * 0.01, value * 0.1, value * 3.0]
    grown = np.asarray(given, dtype=float) * 1.01 + 1e-3
    if name == "plume_factor":
        grown[0] = given[0]  # no thrust, no plume: any other is refused
    return [grown.tolist()]


@pytest.mark.parametrize("key", ["fins.span_yz", "cluster.gimballed", "rcs.position_m", "legs.angle_rad"])
def test_a_stage_without_fins_swivelling_engines_thrusters_or_legs_is_refused_by_the_key_that_is_empty(
    key: str,
) -> None:
    scenario = load("zq3-landing", {f"vehicle.override.{key}": "[]"})
    with pytest.raises(VehicleError, match=f"{key} is empty; a stage needs at least one"):
        load_vehicle(scenario.vehicle.file, scenario.vehicle.override)


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ({"vehicle.override.aero.axial_scale": "0.0"}, "dispersions.plume = "),
        ({"vehicle.override.aero.plume_scale": "0.0"}, "dispersions.plume = "),
        ({"vehicle.override.aero.normal_scale": "0.0"}, "dispersions.normal_force = "),
    ],
)
def test_a_dispersion_of_what_is_scaled_to_nothing_is_refused(sets: dict[str, str], said: str) -> None:
    scenario = load("zq3-landing", sets)
    with pytest.raises(ScenarioError, match=said):
        refuse_no_effect(scenario, load_vehicle(scenario.vehicle.file, scenario.vehicle.override))


ERRORS = [("sensors", name) for name in VEHICLE["sensors"]]
OFF: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    "sensors": ({"dispersions.sensors": "0"}, ERRORS),
    "relight": ({"dispersions.relight": "0"}, [("relight", name) for name in VEHICLE["relight"]]),
    "bending": (
        {"vehicle.override.bending.frequency_hz": "0.0"},
        [("bending", name) for name in VEHICLE["bending"] if name != "frequency_hz"],
    ),
    "drift": (
        {"vehicle.override.sensors.gyro_drift_radps": "0.0", "vehicle.override.sensors.accel_drift_mps2": "0.0"},
        [("sensors", "gyro_drift_s"), ("sensors", "accel_drift_s")],
    ),
    "axial force": (
        {"vehicle.override.aero.axial_scale": "0.0"},
        [("aero", name) for name in ("axial_mach", "axial", "plume_scale", "plume_thrust_coefficient", "plume_factor")],
    ),
    "normal force": (
        {"vehicle.override.aero.normal_scale": "0.0"},
        [("aero", name) for name in ("alpha_rad", "normal", "centre_of_pressure_m", "axial", "plume_scale")],
    ),
    "plume": (
        {"vehicle.override.aero.plume_scale": "0.0"},
        [("aero", name) for name in ("plume_thrust_coefficient", "plume_factor", "axial", "normal")],
    ),
    "radar below the plume": (
        {"vehicle.override.sensors.radar_plume_height_m": "0.0"},
        [("sensors", f"radar_plume_{name}") for name in ("probability", "hold_s")],
    ),
    "radar through the plume": (
        {"vehicle.override.sensors.radar_plume_probability": "0.0"},
        [("sensors", f"radar_plume_{name}") for name in ("height_m", "hold_s")],
    ),
    "multipath": (
        {"vehicle.override.sensors.gnss_multipath_m": "0.0"},
        [("sensors", "gnss_multipath_height_m"), ("sensors", "gnss_multipath_s")],
    ),
}


@cache
def refused(switch: str, table: str, name: str) -> bool | None:
    """Whether the key is refused with the switch off; None where no other value is taken at all."""
    sets, _ = OFF[switch]
    for value in another(table, name):
        try:
            scenario = load("zq3-landing", LOW | sets | {f"vehicle.override.{table}.{name}": repr(value)})
            vehicle = load_vehicle(scenario.vehicle.file, scenario.vehicle.override)
        except (ScenarioError, VehicleError):
            continue
        try:
            refuse_no_effect(scenario, vehicle)
        except ScenarioError as told:
            return f"vehicle.override.{table}.{name} = " in str(told)
        return False
    return None


@pytest.mark.parametrize("switch", OFF)
def test_a_number_is_refused_where_a_switch_leaves_it_without_effect_and_only_there(switch: str) -> None:
    sets, keys = OFF[switch]
    before = flown(load("zq3-landing", LOW | sets))
    wrong = []
    for table, name in keys:
        told = refused(switch, table, name)
        if told is None:
            continue
        changes = False
        for value in another(table, name):
            try:
                scenario = load("zq3-landing", LOW | sets | {f"vehicle.override.{table}.{name}": repr(value)})
                changes = changes or flown(scenario) != before
            except (ScenarioError, VehicleError):
                continue
        if changes is told:
            wrong.append(f"{table}.{name}: {'refused' if told else 'taken'}, and it changes {changes}")
    assert wrong == []
