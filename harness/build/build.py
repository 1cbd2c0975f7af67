"""From a scenario to a plant at release and to the flight load: the only place where truth and beliefs are both read.

Neither is derived from the other: the plant comes from the vehicle file, the release and the dispersions; the load is
its own file, sent as it stands.
"""

import math
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from hoverslam.plant.extends import Folder, FoundFile, LayerError, Resolved, chain, copied, resolved
from hoverslam.plant.kernels.engines.propulsion import ClusterScatter
from hoverslam.plant.kernels.world.wind import AirColumn
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import FlightSetup, GaugeErrors, ImuErrors, ReleaseState
from hoverslam.plant.toml_file import is_file, not_finite
from hoverslam.plant.vehicle import SensorSpec, Vehicle, VehicleError, resolved_vehicle, vehicle_of
from hoverslam.scenarios.dispersions import COLUMN_POINTS, COLUMN_STEP_M, Draws, draw
from hoverslam.scenarios.link_kinds import ALL_KINDS, is_of_link
from hoverslam.scenarios.load import ScenarioError, shipped
from hoverslam.scenarios.load_ranges import load_mistakes
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.wind import profile


def build_plant(scenario: Scenario, seed: int, given: Resolved | None = None, *, feels: bool = True) -> Plant:
    """The plant of one flight at release; raises VehicleError or ScenarioError where a file cannot be used.

    `given`: the vehicle's file, where it was read already. `feels` as for Plant.
    """
    vehicle = vehicle_of(given or resolved_vehicle(scenario.vehicle.file), scenario.vehicle.override)
    _check_faults(scenario, vehicle)
    draws = draw(scenario.dispersions, seed, vehicle.shape.engines, scenario.drawn)
    setup = _setup(scenario, vehicle, draws, seed)
    try:
        return Plant(_dispersed(vehicle, draws), setup, feels=feels)
    except ValueError as wrong:  # a period that is no whole number of ticks, a table too fine
        raise VehicleError(f"{scenario.name}: {wrong}") from None


def _check_faults(scenario: Scenario, vehicle: Vehicle) -> None:
    shape = vehicle.shape
    there = {
        "engine": shape.engines,
        "gimballed engine": shape.gimballed,
        "fin": shape.fins,
        "thruster": shape.thrusters,
        "leg": shape.legs,
        "tank": 2,
    }
    for i, fault in enumerate(scenario.faults):
        target = ALL_KINDS[fault.kind].target
        if isinstance(fault.target, int) and fault.target >= there.get(target, 1):
            raise ScenarioError(
                f"{scenario.name}: faults.{i}.target = {fault.target}: {vehicle.name} counts {target} from 0 to "
                f"{there.get(target, 1) - 1}; use one of these"
            )


def _dispersed(vehicle: Vehicle, draws: Draws) -> Vehicle:
    """The vehicle of this flight: its type with this flight's deviations."""
    body = vehicle.body._replace(
        dry_mass_kg=vehicle.body.dry_mass_kg * draws.dry_mass,
        dry_cg_m=vehicle.body.dry_cg_m + draws.cg_axial_m,
        cg_offset_m=(
            vehicle.body.cg_offset_m[0] + draws.cg_lateral_m[0],
            vehicle.body.cg_offset_m[1] + draws.cg_lateral_m[1],
        ),
    )
    aero = vehicle.aero._replace(
        axial_scale=vehicle.aero.axial_scale * draws.axial_force,
        normal_scale=vehicle.aero.normal_scale * draws.normal_force,
        plume_scale=vehicle.aero.plume_scale * draws.plume,
    )
    fins = vehicle.fins._replace(slope_scale=vehicle.fins.slope_scale * draws.fin_force)
    return vehicle._replace(body=body, aero=aero, fins=fins)


def _release(scenario: Scenario, vehicle: Vehicle, draws: Draws) -> ReleaseState:
    """The start of this flight; more or less propellant keeps the mixture ratio and never overfills a tank."""
    given = scenario.release
    ratio = vehicle.engine.mixture_ratio
    lox = given.lox_kg + draws.propellant_kg * ratio / (1.0 + ratio)
    lch4 = given.lch4_kg + draws.propellant_kg / (1.0 + ratio)
    for key, mass, tank in (("lox_kg", lox, vehicle.lox), ("lch4_kg", lch4, vehicle.lch4)):
        if mass > tank.capacity_kg - tank.residual_kg:
            raise VehicleError(
                f"{scenario.name}: release.{key} = {mass:.0f} kg exceeds the tank of {vehicle.name} "
                f"({tank.capacity_kg:.0f} kg with residuals); lower it or change the vehicle"
            )
    roll, pitch, yaw = (math.radians(angle) for angle in draws.release_attitude_deg)
    return ReleaseState(
        given.altitude_msl_m,
        given.range_to_pad_m,
        given.crossrange_to_pad_m,
        math.radians(given.azimuth_deg),
        given.speed_mps,
        math.radians(given.flight_path_angle_deg),
        max(lox, 0.0),
        max(lch4, 0.0),
        given.rcs_kg,
        given.unsettled_m,
        given.engine_warm_k,
        draws.release_position_m,
        draws.release_velocity_mps,
        (roll, pitch, yaw),
    )


def _column(scenario: Scenario, draws: Draws) -> AirColumn:
    """True wind and density by altitude: the profile of the scenario with this flight's deviations."""
    mean = profile(scenario.wind, scenario.pad.elevation_m)
    altitude = COLUMN_STEP_M * np.arange(COLUMN_POINTS)
    known = mean.altitude_msl_m or (0.0,)
    east = np.interp(altitude, known, mean.east_mps or (0.0,)) + draws.wind_east_mps
    north = np.interp(altitude, known, mean.north_mps or (0.0,)) + draws.wind_north_mps
    return AirColumn(COLUMN_STEP_M, east, north, draws.density)


def _imu(spec: SensorSpec, draws: Draws, on: float) -> ImuErrors:
    def triple(row: int, sigma: float) -> tuple[float, float, float]:
        x, y, z = draws.imu[row] * sigma
        return float(x), float(y), float(z)

    return ImuErrors(
        triple(0, spec.gyro_bias_radps),
        triple(1, spec.accel_bias_mps2),
        triple(2, spec.imu_scale),
        triple(3, spec.imu_scale),
        triple(4, spec.imu_misalignment_rad),
        on,
    )


def _gauges(vehicle: Vehicle, draws: Draws) -> GaugeErrors:
    """This flight's offsets; those of pressures are a share of the full pressure."""
    spec, shape = vehicle.sensors, vehicle.shape
    share, levels = spec.pressure_bias_fraction, draws.level_gauge
    full = (vehicle.lox.ullage_pa, vehicle.lch4.ullage_pa, vehicle.rcs.bottle_pressure_pa)
    lox, lch4, gas = (share * pressure * float(n) for pressure, n in zip(full, draws.tank_pressure_gauge, strict=True))
    return GaugeErrors(
        tuple(share * vehicle.engine.chamber_pressure_pa * draws.chamber_pressure_gauge),
        (lox, lch4, gas),
        (spec.level_bias_m * float(levels[0, 0]), spec.level_bias_m * float(levels[0, 1])),
        (spec.level_scale * float(levels[1, 0]), spec.level_scale * float(levels[1, 1])),
        tuple(spec.gimbal_bias_rad * draws.gimbal_gauge[: 2 * shape.gimballed]),
        tuple(spec.fin_bias_rad * draws.fin_gauge[: shape.fins]),
    )


def _setup(scenario: Scenario, vehicle: Vehicle, draws: Draws, seed: int) -> FlightSetup:
    engines = vehicle.shape.engines
    shut_delay_s = np.maximum(draws.shut_delay_s, -vehicle.engine.shut_delay_s)
    return FlightSetup(
        math.radians(scenario.pad.latitude_deg),
        math.radians(scenario.pad.longitude_deg),
        scenario.pad.elevation_m,
        _release(scenario, vehicle, draws),
        _column(scenario, draws),
        scenario.wind.turbulence,
        scenario.wind.w20_mps if scenario.wind.turbulence != "none" else 0.0,
        ClusterScatter(draws.thrust, np.full(engines, draws.isp), draws.dead_time_s, shut_delay_s),
        _imu(vehicle.sensors, draws, float(scenario.dispersions.sensors)),
        tuple(fault.armed() for fault in scenario.faults if not is_of_link(fault.kind)),
        seed,
        scenario.rates.dt_s,
        _gauges(vehicle, draws),
        bool(scenario.dispersions.relight),
        math.radians(scenario.pad.slope_deg),
        math.radians(scenario.pad.slope_azimuth_deg),
    )


def _override(tree: dict[str, Any], overrides: Mapping[str, Any], where: str) -> None:
    for dotted, value in overrides.items():
        *parents, last = dotted.split(".")
        inner: Any = tree
        for parent in parents:
            inner = inner.get(parent) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last not in inner:
            known = ", ".join(inner) if isinstance(inner, dict) else ", ".join(tree)
            raise ScenarioError(f"{where}: flight_load.override.{dotted}: no such key; known: {known}")
        inner[last] = list(value) if isinstance(value, tuple) else value


def _find_load(reference: str, base: Folder, asked_by: str | None) -> FoundFile:
    """Where a flight load lies: a path ending in .toml, from the folder of who names it, or a shipped name."""
    if reference.endswith(".toml"):
        path = base / reference
        label, folder = str(path), path.parent if isinstance(path, Path) else base
    else:
        folder = files("hoverslam.scenarios") / "flight_loads"
        path, label = folder / f"{reference}.toml", f"{reference} (shipped)"
    if not is_file(path):
        named = f"{asked_by}: extends = {reference!r}" if asked_by else f"flight load {reference!r}"
        known = ", ".join(shipped(folder="flight_loads"))
        raise LayerError(f"{named}: no such flight load; shipped: {known}; or give the path of a .toml file")
    return FoundFile(path, label, folder)


def resolved_load(reference: str, scenario: str) -> Resolved:
    """A flight load, over what it extends, as yet unchecked; `scenario` names it. Raises ScenarioError."""
    try:
        return resolved(chain(_find_load, reference))
    except LayerError as wrong:
        raise ScenarioError(f"{scenario}: flight_load.file: {wrong}") from None


def flight_load(scenario: Scenario, given: Resolved | None = None) -> dict[str, Any]:
    """What the flight software is told: the load's file with the scenario's overrides, nothing of the truth.

    `given`: the file, where it was read already.
    """
    tree: dict[str, Any] = copied((given or resolved_load(scenario.flight_load.file, scenario.name)).tree)
    _override(tree, scenario.flight_load.override, scenario.name)
    if key := not_finite(tree):
        raise ScenarioError(f"{scenario.name}: flight load: {key}: must be a finite number; write a finite number")
    for mistake in load_mistakes(tree):
        raise ScenarioError(f"{scenario.name}: flight load: {mistake}")
    return tree
