"""Keys of a scenario that would have no effect with this vehicle: refused before the flight.

The other half, for which no vehicle is needed, is `scenarios.no_effect`. The check of last resort is `refuse_unread`:
whatever else a scenario says has to have been read by the time the flight is built.
"""

import math
from collections.abc import Iterator

import numpy as np

from hoverslam.harness.build.switches import switches
from hoverslam.harness.statistics.words import counted
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2
from hoverslam.plant.layout import command_layout, sensor_layout
from hoverslam.plant.sensors import TARGETS
from hoverslam.plant.vehicle import Vehicle
from hoverslam.scenarios.dispersions import COLUMN_POINTS, COLUMN_STEP_M
from hoverslam.scenarios.drawn import EACH_ENGINE, LARGEST_SIGMA
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import ALL_KINDS, is_of_link, place
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.no_effect import NoEffect
from hoverslam.scenarios.reads import unread
from hoverslam.scenarios.schema import Scenario

LEAST_GRAVITY_MPS2 = 9.0  # at 130 km it is 9.4
LEAST_SOUND_MPS = 265.0  # US76, 268.5 m/s at the mesopause; less a margin
MOST_DENSITY_KGPM3 = 1.6  # US76 on the ground, and more than its dispersion
SCALES = {
    "axial_force": "axial_scale",
    "normal_force": "normal_scale",
    "plume": "plume_scale",
}
"""Dispersions that multiply a number of the table `aero`."""


def refuse_no_effect(scenario: Scenario, vehicle: Vehicle) -> None:
    """Raises ScenarioError naming every key that would have no effect with this vehicle."""
    checks = (
        _labels(scenario),
        _switched_off(scenario, vehicle),
        _dispersions(scenario, vehicle),
        _drawn(scenario, vehicle),
        _wind(scenario),
    )
    found = [mistake for check in checks for mistake in check]
    for i, fault in enumerate(scenario.faults):
        found += [mistake._replace(key=f"faults.{i}.{mistake.key}") for mistake in _fault(fault, scenario, vehicle)]
    _refuse(scenario, found)


def refuse_unread(scenario: Scenario, read: set[str]) -> None:
    """Raises ScenarioError naming every key that nothing reads."""
    why, remedy = "is not used in this flight", "remove it"
    _refuse(scenario, [NoEffect(key, value, why, remedy) for key, value in unread(scenario, read)])


def _refuse(scenario: Scenario, found: list[NoEffect]) -> None:
    if found:
        lines = (f"{scenario.name}: {f.key} = {_shown(f.value)}: {f.why}; {f.remedy}" for f in found)
        raise ScenarioError("\n".join(lines))


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else f"{value}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _labels(scenario: Scenario) -> Iterator[NoEffect]:
    for name in ("name", "description"):
        if name in scenario.vehicle.override:
            value = scenario.vehicle.override[name]
            yield NoEffect(f"vehicle.override.{name}", value, "has no effect on the flight", "set it in the scenario")


def _switched_off(scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    """Numbers of the vehicle, set in the scenario, of what is switched off in this flight."""
    for off, keys, why, remedy in switches(scenario, vehicle):
        for key, value in scenario.vehicle.override.items() if off else ():
            if any(key == named or key.startswith(f"{named}.") for named in keys):
                yield NoEffect(f"vehicle.override.{key}", value, why, remedy)


def _dispersions(scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    given = scenario.dispersions
    for key, name in SCALES.items():
        if key == "plume" and given.plume and vehicle.aero.axial_scale == 0.0:
            why = "scales an axial force of 0 (aero.axial_scale)"
            yield NoEffect("dispersions.plume", given.plume, why, "remove it")
        elif getattr(given, key) and getattr(vehicle.aero, name) == 0.0:
            why = f"scales aero.{name} of {vehicle.name}, which is 0"
            yield NoEffect(f"dispersions.{key}", getattr(given, key), why, "remove it")


def _drawn(scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    """Outcomes for more engines than there are."""
    for key in EACH_ENGINE:
        stated, engines = getattr(scenario.drawn, key) or (), vehicle.shape.engines
        if len(stated) > engines:
            why = f"has values for {counted(len(stated), 'engine')}, but {vehicle.name} has {engines}"
            yield NoEffect(f"drawn.{key}", stated, why, "shorten it")


def _wind(scenario: Scenario) -> Iterator[NoEffect]:
    """Entries of a profile that no point of the column in which the plant keeps it can see."""
    altitudes = scenario.wind.altitude_msl_m
    grid = COLUMN_STEP_M * np.arange(COLUMN_POINTS)
    for i, altitude in enumerate(altitudes):
        below = altitudes[i - 1] if i else -math.inf
        above = altitudes[i + 1] if i + 1 < len(altitudes) else math.inf
        if not ((grid > below) & (grid < above)).any():
            why = (
                f"lies between the points of the wind grid of the plant (every {COLUMN_STEP_M:g} m up to "
                f"{grid[-1]:g} m)"
            )
            yield NoEffect(f"wind.altitude_msl_m.{i}", altitude, why, "use wider spacing in the profile")


def _fault(fault: Fault, scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    if is_of_link(fault.kind):
        yield from _on_link(fault, vehicle)
    elif isinstance(fault.target, str):
        yield from _on_sensor(fault, fault.target, scenario, vehicle)
    elif ALL_KINDS[fault.kind].target == "engine":
        yield from _on_engine(fault, fault.target, vehicle)
    yield from _out_of_reach(fault, scenario, vehicle)


def _on_engine(fault: Fault, target: int, vehicle: Vehicle) -> Iterator[NoEffect]:
    starts = vehicle.cluster.starts
    lit = ", ".join(str(i) for i, count in enumerate(starts) if count >= 1.0) or "none"
    if starts[target] < 1.0:
        why = f"{vehicle.name} cannot start this engine (cluster.starts); it can start: {lit}"
        yield NoEffect("target", target, why, "name one of these")
    hurts = int(fault.numbers.get("hurts", -1.0))
    if hurts >= len(starts) or (hurts >= 0 and starts[hurts] < 1.0):
        why = f"is no engine that {vehicle.name} can start; it can start: {lit}"
        yield NoEffect("numbers.hurts", hurts, why, "name one of these")


def _on_sensor(fault: Fault, sensor: str, scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    target = TARGETS[sensor]
    at = sensor_layout(vehicle.shape).slice
    if at(target.last).stop == at(target.first).start:
        yield NoEffect("target", sensor, f"{vehicle.name} has none", "remove the fault")
    if sensor == "gnss" and vehicle.sensors.gnss_period_s >= scenario.rates.max_time_s:
        why = f"no GNSS fix is due within {scenario.rates.max_time_s:g} s (sensors.gnss_period_s)"
        yield NoEffect("target", sensor, why, "remove the fault")


def _on_link(fault: Fault, vehicle: Vehicle) -> Iterator[NoEffect]:
    """A field that this vehicle's messages do not have, or not so long."""
    direction, field, index = place(str(fault.target))
    if not field:
        return
    layout = sensor_layout(vehicle.shape) if direction == "sensors" else command_layout(vehicle.shape)
    width = layout.slice(field).stop - layout.slice(field).start
    if not width or (index is not None and index >= width):
        why = f"{vehicle.name} has {width} of {field}, counted from 0"
        yield NoEffect("target", fault.target, why, "name one of these" if width else "remove the fault")


def _out_of_reach(fault: Fault, scenario: Scenario, vehicle: Vehicle) -> Iterator[NoEffect]:
    """A condition that waits for more than the stage can ever have."""
    if fault.trigger.sort != "above":
        return
    most = _reach(scenario, vehicle)[fault.trigger.what]
    if fault.trigger.threshold >= most:
        why = f"never starts: {fault.trigger.what} cannot exceed {most:.4g} after this release"
        yield NoEffect("at", fault.at, why, "choose a lower threshold")


def _reach(scenario: Scenario, vehicle: Vehicle) -> dict[str, float]:
    """The most that each quantity can come to: all energy of the release and all propellant spent on it at once."""
    release, sigma = scenario.release, scenario.dispersions
    spare_kg = LARGEST_SIGMA * sigma.propellant_kg
    usable_kg = release.lox_kg + release.lch4_kg + spare_kg
    dry_kg = vehicle.body.dry_mass_kg * (1.0 - LARGEST_SIGMA * sigma.dry_mass)
    exhaust_mps = 1.2 * G0_MPS2 * vehicle.engine.vacuum_isp_s  # more than its dispersion
    burn_mps = exhaust_mps * math.log((dry_kg + usable_kg) / dry_kg)
    start_mps = release.speed_mps + 2.0 * LARGEST_SIGMA * sigma.release_velocity_mps
    start_m = release.altitude_msl_m - scenario.pad.elevation_m + 2.0 * LARGEST_SIGMA * sigma.release_position_m
    climb_mps = max(release.speed_mps * math.sin(math.radians(release.flight_path_angle_deg)), 0.0)
    climb_mps += burn_mps + 2.0 * LARGEST_SIGMA * sigma.release_velocity_mps
    top_m = start_m + climb_mps**2 / (2.0 * LEAST_GRAVITY_MPS2)
    speed_mps = math.sqrt(start_mps**2 + 2.0 * G0_MPS2 * max(start_m, 0.0)) + burn_mps
    air_mps = speed_mps + 300.0  # wind and gusts
    return {
        "altitude_agl_m": top_m,
        "speed_mps": speed_mps,
        "mach": air_mps / LEAST_SOUND_MPS,
        "q_pa": 0.5 * MOST_DENSITY_KGPM3 * air_mps**2,
        "lox_kg": release.lox_kg + spare_kg,
        "lch4_kg": release.lch4_kg + spare_kg,
    }
