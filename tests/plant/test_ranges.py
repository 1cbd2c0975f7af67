"""Each number of a vehicle has a range that all shipped vehicles are in. Oracle: the tables of parameters."""

import numpy as np
import pytest

from hoverslam.plant.ranges import UNITS, VEHICLE, beyond
from hoverslam.plant.vehicle import load_vehicle, shipped_vehicles


def test_every_number_of_every_table_has_a_range_and_nothing_else_has() -> None:
    vehicle = load_vehicle("zq3_y1")
    tables = {name: part for name, part in vehicle._asdict().items() if hasattr(part, "_fields")}
    assert {name: set(part._fields) for name, part in tables.items()} == {
        name: set(ranges) for name, ranges in VEHICLE.items()
    }


@pytest.mark.parametrize("name", shipped_vehicles())
def test_every_shipped_vehicle_is_inside_with_room_to_spare(name: str) -> None:
    vehicle = load_vehicle(name)
    assert list(beyond(vehicle)) == []
    for table, ranges in VEHICLE.items():
        for key, (low, high) in ranges.items():
            assert low < high
            if key.endswith(tuple(f"_{unit}" for unit in UNITS)) and table not in {"feed", "relight"}:
                values = np.abs(np.asarray(getattr(getattr(vehicle, table), key), dtype=float))
                assert values.max(initial=0.0) < high, f"{table}.{key}"
