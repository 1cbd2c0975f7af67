"""Scenarios, vehicles and flight loads that were made, built and flown for a moment in this process."""

import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hoverslam.gnc.load import LoadError, read_load
from hoverslam.harness.build.build import resolved_load
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.vehicle import load_vehicle, resolved_vehicle, shipped_vehicles
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario
from tests.evidence.made_files import as_toml, changed

FRAMES, MOST_TICKS = 8, 25
"""Flown of each, and the most ticks of a frame."""


@cache
def _scenarios() -> dict[str, dict[str, Any]]:
    return {name: load(name).model_dump(mode="json", exclude_none=True) for name in shipped()}


@cache
def _vehicles() -> dict[str, dict[str, Any]]:
    return {name: resolved_vehicle(name).tree for name in shipped_vehicles()}


@cache
def _shapes() -> frozenset[VehicleShape]:
    return frozenset(load_vehicle(name).shape for name in shipped_vehicles())


@cache
def _case_of(vehicle: str) -> str:
    """A shipped scenario of a vehicle; one of another stage where there is none."""
    of_it = [name for name, tree in _scenarios().items() if tree["vehicle"]["file"] == vehicle]
    return next(iter(of_it), "zq3-landing")


def scenario(folder: Path, rng: random.Random) -> None:
    """Any shipped scenario, changed."""
    path = folder / "made.toml"
    path.write_bytes(as_toml(changed(rng.choice(list(_scenarios().values())), rng), rng))
    fly(_prepared(load(str(path))), rng)


def vehicle(folder: Path, rng: random.Random) -> None:
    """Any shipped vehicle, changed."""
    name, path = rng.choice(list(_vehicles())), folder / "made.toml"
    path.write_bytes(as_toml(changed(_vehicles()[name], rng), rng))
    fly(_prepared(load(_case_of(name), {"vehicle.file": f'"{path}"'})), rng)


def flight_load(folder: Path, rng: random.Random) -> None:
    """Any shipped flight load, changed; also read by the reference flight software, as it would be in flight."""
    name, path = rng.choice(list(_scenarios())), folder / "made.toml"
    path.write_bytes(as_toml(changed(resolved_load(load(name).flight_load.file, name).tree, rng), rng))
    made = _prepared(load(name, {"flight_load.file": f'"{path}"'}))
    try:
        read_load(made.plan.flight_load, 0.01)
    except LoadError:
        return  # a program that refuses its load says so itself
    fly(made, rng)


def _prepared(scenario: Scenario) -> Prepared:
    """As for a flight, where kernels for such a stage are there; else as far as it goes without flying it ahead."""
    there = load_vehicle(scenario.vehicle.file, scenario.vehicle.override).shape in _shapes()
    return prepare(scenario, "made", feels=there)


def fly(prepared: Prepared, rng: random.Random) -> None:
    """A few frames, engines and all; raises what the plant raises. Kernels are those of shipped stages: no others."""
    if prepared.plant.shape not in _shapes():
        return
    plant, ticks = prepared.plant, min(prepared.plan.frame_ticks, MOST_TICKS)
    sensors, truth = np.zeros(plant.sensor_layout.width), np.zeros(plant.truth_layout.width)
    command, at = np.zeros(plant.command_layout.width), plant.command_layout.slice
    draws = np.random.default_rng(rng.getrandbits(32))
    for _ in range(FRAMES):
        plant.truth(truth)
        if not np.isfinite(truth).all():
            raise ArithmeticError(f"truth at tick {plant.tick}: {np.flatnonzero(~np.isfinite(truth))}")
        plant.sense(sensors)
        for name, low, high in (("throttle", 0.3, 1.1), ("gimbal_rad", -0.3, 0.3), ("fin_rad", -0.8, 0.8)):
            command[at(name)] = draws.uniform(low, high, command[at(name)].size)
        for name in ("engine_on", "rcs_open", "leg_deploy"):
            command[at(name)] = draws.integers(0, 2, command[at(name)].size)
        plant.advance(command, ticks)
