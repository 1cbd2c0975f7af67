"""From scenario to plant. Oracles: sigmas of the vehicle file, by what a sigma is; compass points, published speeds."""

import math
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.build.build import build_plant
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import ImuErrors
from hoverslam.scenarios.load import load

SEEDS = range(60)
UNITS = [
    ("chamber_pressure_bias_pa", 9, "pressure_bias_fraction"),
    ("gimbal_bias_rad", 10, "gimbal_bias_rad"),
    ("fin_bias_rad", 4, "fin_bias_rad"),
    ("level_bias_m", 2, "level_bias_m"),
    ("level_scale", 2, "level_scale"),
    ("tank_pressure_bias_pa", 3, "pressure_bias_fraction"),
]


def flights(sensors: int) -> list[Plant]:
    scenario = load("zq3-landing", {"dispersions.sensors": str(sensors)})
    return [build_plant(scenario, seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def dispersed() -> list[Plant]:
    return flights(1)


def own(plant: Plant, name: str) -> Any:
    return plant.params["sensors"][0][name]


@pytest.mark.parametrize(("name", "count", "sigma"), UNITS)
def test_units_differ_from_flight_to_flight_by_their_sigma(
    dispersed: list[Plant], name: str, count: int, sigma: str
) -> None:
    drawn = np.array([own(plant, name)[:count] for plant in dispersed]).ravel()
    vehicle = dispersed[0].vehicle
    full = {
        "chamber_pressure_bias_pa": vehicle.engine.chamber_pressure_pa,
        "tank_pressure_bias_pa": np.tile(
            [vehicle.lox.ullage_pa, vehicle.lch4.ullage_pa, vehicle.rcs.bottle_pressure_pa], len(SEEDS)
        ),
    }.get(name, 1.0)
    four_sigma = 4.0 / math.sqrt(2.0 * drawn.size)
    assert np.std(drawn / full) == pytest.approx(getattr(vehicle.sensors, sigma), rel=four_sigma)
    assert len(set(drawn)) == drawn.size
    assert not np.any([own(plant, name)[count:] for plant in dispersed])


def test_ideal_sensors_have_no_error_at_all() -> None:
    for plant in flights(0):
        assert plant.setup.imu == ImuErrors(noise=0.0)
        gauges = plant.setup.gauges
        assert not any(np.any(values) for values in gauges)
        assert not np.any(plant.state["wander"][0][:6])


CALM = {
    "wind.altitude_msl_m": "[]",
    "wind.east_mps": "[]",
    "wind.north_mps": "[]",
    "wind.w20_mps": "0.0",
    "wind.turbulence": "none",
    "dispersions.wind_mps": "0.0",
    "dispersions.release_position_m": "0.0",
}


def prepared(**sets: str) -> Prepared:
    """The default flight with these keys set; `wind__envelope="95"` sets wind.envelope."""
    return prepare(load("zq3-landing", {key.replace("__", "."): value for key, value in sets.items()}), "test")


@pytest.mark.parametrize(("from_deg", "east", "north"), [("270.0", 1.0, 0.0), ("0.0", 0.0, -1.0), ("135.0", -0.5, 0.5)])
def test_an_envelope_blows_on_the_stage_from_its_direction(from_deg: str, east: float, north: float) -> None:
    plant = load("zq3-landing", {**CALM, "wind.envelope": "99", "wind.from_deg": from_deg})
    flying = prepare(plant, "test").plant
    row = np.zeros(flying.truth_layout.width)
    flying.truth(row)
    scale = 40.0 + (40_000.0 - 23_000.0) / (50_000.0 - 23_000.0) * 80.0  # between 23 and 50 km, at 40
    expected = scale * np.array([east, north, 0.0]) / np.hypot(east, north)
    # centre of gravity and foot plane are 19 m apart, and the column holds a point every 500 m
    np.testing.assert_allclose(row[flying.truth_layout.slice("wind_enu_mps")], expected, atol=0.1)
