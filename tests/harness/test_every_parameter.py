"""Every number of a vehicle and of a flight load gets to where it is used. Oracle: the sweep of `test_every_key`."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.build import build
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.record.toml_text import toml_text
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.schema import Scenario
from tests.harness.sweep import BASE, Path_, changed, dotted, flown, leaves

FILES = {"vehicle.file", "flight_load.file", "requirements.set"}
VEHICLE = tomllib.loads((files("hoverslam.plant") / "vehicles" / "zq3_y1.toml").read_text())
LOAD = tomllib.loads((files("hoverslam.scenarios") / "flight_loads" / "zq3_reference.toml").read_text())
LABELS = {"name", "description"}
ONE_VALUE_ONLY = {("aero", "plume_factor", 0)}  # no thrust, no plume: any value but 1 is refused
VEHICLE_LEAVES = [(path, value) for path, value in leaves(VEHICLE) if path[0] not in LABELS]


@pytest.fixture(scope="module")
def as_it_is() -> tuple[Any, ...]:
    return flown(BASE)


@pytest.mark.parametrize("table", [key for key in VEHICLE if key not in LABELS])
def test_every_number_of_the_vehicle_file_reaches_the_kernels(table: str, as_it_is: tuple[Any, ...]) -> None:
    base = BASE if table != "relight" else {**BASE, "dispersions": {**BASE["dispersions"], "relight": 1}}
    before = as_it_is if base is BASE else flown(base)
    for path, value in VEHICLE_LEAVES:
        if path[0] == table:
            expected = None if path in ONE_VALUE_ONLY else True
            assert _reaches(path, value, base, before) is expected, f"{dotted(path)} changes nothing"


def _reaches(path: Path_, value: Any, base: dict[str, Any], as_it_is: tuple[Any, ...]) -> bool | None:
    """Whether another value flies other bits, None where none is taken. An override names a whole array."""
    key = tuple(part for part in path if isinstance(part, str))
    for other in (value + 1, value + 2, value + 0.001, 1.0001 * value, 0.5 * value, value - 1, 5.0 * value):
        whole: Any = changed(VEHICLE, path, int(other) if isinstance(value, int) else other)
        for part in key:
            whole = whole[part]
        try:
            now = flown({**base, "vehicle": {**base["vehicle"], "override": {dotted(key): whole}}})
        except (ValueError, ScenarioError):
            continue
        return now != as_it_is
    return None


def test_every_number_of_the_flight_load_reaches_the_flight_software() -> None:
    told = build.flight_load(Scenario.model_validate(BASE))
    for path, value in leaves(LOAD):
        key = tuple(part for part in path if isinstance(part, str))
        whole: Any = changed(LOAD, path, 0.985 * value + 1.1e-3 if isinstance(value, int | float) else f"{value}x")
        for part in key:
            whole = whole[part]
        tree = {**BASE, "flight_load": {**BASE["flight_load"], "override": {dotted(key): whole}}}
        assert build.flight_load(Scenario.model_validate(tree)) != told, dotted(path)


@pytest.mark.parametrize("key", sorted(FILES))
def test_another_file_changes_what_is_flown(key: str, tmp_path: Path, as_it_is: tuple[Any, ...]) -> None:
    source = {
        "vehicle.file": (VEHICLE, ("body", "dry_mass_kg"), 46_001.0),
        "flight_load.file": (LOAD, next(path for path, v in leaves(LOAD) if isinstance(v, float)), 1.25),
        "requirements.set": (
            tomllib.loads((files("hoverslam.scenarios") / "requirements" / "landing.toml").read_text()),
            ("requirement", 0, "clause", 0, "limit"),
            0.94,
        ),
    }
    path = tmp_path / "other.toml"
    path.write_text(toml_text(changed(*source[key])), encoding="utf-8")
    table, name = key.split(".")
    assert flown({**BASE, table: {**BASE[table], name: str(path)}}) != as_it_is


def test_every_parameter_of_the_kernels_is_read_by_one() -> None:
    """Reaching the record is not enough: some kernel, or who builds the plant, has to ask for the field by name."""
    folder = Path(str(files("hoverslam.plant")))
    sources = [*(folder / "kernels").rglob("*.py"), folder / "plant.py", Path(build.__file__)]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    names = set(_fields(prepare(Scenario.model_validate(BASE), "fields").plant.params.dtype))
    assert len(names) > 80
    assert sorted(name for name in names if not re.search(rf"\.{name}\b", code)) == []


def _fields(kind: np.dtype) -> Iterator[str]:
    for name in kind.names or ():
        yield name
        yield from _fields(kind.fields[name][0].base)  # type: ignore[index]  # a record has fields
