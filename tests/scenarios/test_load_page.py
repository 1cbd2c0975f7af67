"""The page of the flight load. Oracle: the shipped files by tomllib, the source of gnc by ast."""

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.load import NOT_NEEDED
from hoverslam.harness.build.build import flight_load
from hoverslam.plant.ranges import VEHICLE
from hoverslam.plant.vehicle import load_vehicle
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.load_keys import SHAPES
from hoverslam.scenarios.load_ranges import KEYS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "flight-load.md"
LOADS = sorted((ROOT / "scenarios" / "flight_loads").glob("*.toml"))
READ_AS = {"filter": {"filter", "settings"}}
"""How a table of the load is called where gnc reads it, if not by its own name."""


def leaves(tree: dict[str, Any]) -> Iterator[str]:
    """Dotted names of the keys of a load."""
    for table, keys in tree.items():
        assert isinstance(keys, dict), f"{table} is no table"
        yield from (f"{table}.{key}" for key in keys)


@pytest.mark.parametrize("file", LOADS, ids=lambda file: file.stem)
def test_every_key_of_every_shipped_flight_load_is_on_the_page(file: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    tree = {name: keys for name, keys in tomllib.loads(file.read_text(encoding="utf-8")).items() if name != "extends"}
    assert [key for key in leaves(tree) if f"| `{key}` |" not in text] == []


@pytest.mark.parametrize("name", shipped())
def test_what_is_sent_with_a_shipped_scenario_has_the_keys_and_shapes_of_the_page(name: str) -> None:
    scenario = load(name)
    told, shape = flight_load(scenario), load_vehicle(scenario.vehicle.file, scenario.vehicle.override).shape
    assert set(leaves(told)) == set(KEYS)
    lengths = {"engines": shape.engines, "gimballed": shape.gimballed, "fins": shape.fins, "thrusters": shape.thrusters}
    for key, (_, words, *_) in KEYS.items():
        table, leaf = key.split(".")
        there, stated = np.shape(told[table][leaf]), words.split(" x ") if words else []
        assert len(there) == len(stated), key
        for length, word in zip(there, stated, strict=True):
            wanted = length if word == "any" else lengths.setdefault(word, int(word) if word.isdigit() else length)
            assert length == wanted, f"{key}: {length}, not {wanted} {word}"


@pytest.mark.parametrize("name", shipped())
def test_the_dry_mass_that_is_told_is_without_residuals_and_with_half_the_gas(name: str) -> None:
    scenario = load(name)
    vehicle = load_vehicle(scenario.vehicle.file, scenario.vehicle.override)
    assert flight_load(scenario)["stage"]["dry_mass_kg"] == vehicle.body.dry_mass_kg + 0.5 * vehicle.rcs.load_kg


@pytest.mark.parametrize("name", shipped())
def test_the_geometry_and_rates_that_are_told_are_those_of_the_vehicle(name: str) -> None:
    scenario = load(name)
    vehicle = load_vehicle(scenario.vehicle.file, scenario.vehicle.override)
    engine, cluster, fins, rcs, legs = vehicle.engine, vehicle.cluster, vehicle.fins, vehicle.rcs, vehicle.legs
    built = {
        "engine_yz_m": cluster.position_m, "gimbal_engine": cluster.gimballed,
        "throttle_rate_ps": engine.throttle_rate_ps,
        "gimbal_limit_rad": cluster.gimbal_limit_rad, "gimbal_rate_radps": cluster.gimbal_rate_radps,
        "fin_span_yz": fins.span_yz, "fin_position_m": fins.position_m, "fin_radius_m": fins.radius_m,
        "fin_limit_rad": fins.limit_rad, "fin_rate_radps": fins.rate_radps, "thruster_position_m": rcs.position_m,
        "thruster_direction": rcs.direction, "foot_m": legs.foot_m, "foot_radius_m": legs.foot_radius_m,
    }  # fmt: skip
    told = flight_load(scenario)["stage"]
    for key, value in built.items():
        np.testing.assert_array_equal(told[key], value, err_msg=key)


def test_the_table_of_the_geometry_names_keys_that_there_are() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Where the geometry is")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+\.\w+)", table))
    assert {"stage.foot_radius_m", "legs.angle_rad"} <= named
    assert named - set(KEYS) - {f"{table}.{key}" for table, keys in VEHICLE.items() for key in keys} == set()


def test_every_word_in_a_shape_is_explained() -> None:
    words = itertools.chain.from_iterable(key.shape.split(" x ") for key in KEYS.values() if key.shape)
    assert {word for word in words if not word.isdigit()} == set(SHAPES)


def test_a_unit_is_that_at_the_end_of_the_name() -> None:
    ends = {
        "rad": "rad", "m": "m", "mps": "m/s", "m2": "m2", "kg": "kg", "kgm2": "kg m2", "kgpm3": "kg/m3", "n": "N",
        "s": "s", "pa": "Pa", "hz": "Hz", "mps2": "m/s2", "radps": "rad/s", "ps": "1/s", "yz": "",
    }  # fmt: skip
    stated = {name: key.unit for name, key in KEYS.items() if "_" in name and name.rpartition("_")[2] in ends}
    expected = {name: ends[name.rpartition("_")[2]] for name in stated}
    expected["stage.engine_yz_m"] = "m"
    assert stated == expected


def test_the_modules_on_the_page_are_those_that_read_the_key() -> None:
    readers: dict[tuple[str, str], set[str]] = {}
    for file in sorted((ROOT / "gnc").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                of = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                readers.setdefault((of, node.attr), set()).add(file.stem)
    found = {}
    for name in KEYS:
        table, leaf = name.split(".")
        called = READ_AS.get(table, {table})
        found[name] = sorted(set[str]().union(*(readers.get((one, leaf), set()) for one in called)))
    assert {name: key.used.split() for name, key in KEYS.items()} == found
    unread = {f"{table}.{key}" for table, keys in NOT_NEEDED.items() for key in keys}
    assert {name for name, modules in found.items() if not modules} == unread, "a key that nothing reads"
