"""Changing one key of a scenario at a time: the tree to change, its leaves, and the bits that come of it."""

import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from harness.flight import Prepared, prepare
from scenarios.load import load
from scenarios.schema import Scenario

FAULTS = """
[[faults]]
kind = "engine_hard_start"
target = 1
at = "3 s"
for_s = 20.0
numbers.spike = 1.5
numbers.hurts = 5.0
[[faults]]
kind = "sensor_bias"
target = "gnss"
at = "altitude_agl_m < 9000"
numbers.bias = 2.0
"""
Path_ = tuple[str | int, ...]


def base() -> dict[str, Any]:
    """The default scenario, whole, with two faults in it and a cross-range."""
    tree = load("zq3-landing").model_dump(mode="json", exclude_none=True)
    return {**tree, **tomllib.loads(FAULTS)}


def fingerprint(prepared: Prepared) -> tuple[Any, ...]:
    """Everything that plant, loop, flight software and judge are given, but for the callable of the judge."""
    plan = {key: value for key, value in vars(prepared.plan).items() if key != "run_id"}
    judged_by = prepared.context._replace(required_throttle=None)
    plant = prepared.plant
    return (
        plant.params.tobytes(),
        plant.state.tobytes(),
        json.dumps(plan, sort_keys=True),
        prepared.requirements.model_dump_json(),
        judged_by,
    )


def flown(tree: dict[str, Any]) -> tuple[Any, ...]:
    return fingerprint(prepare(Scenario.model_validate(tree), "sweep"))


def leaves(tree: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every number and text, inside arrays too."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if items is None:
        yield path, tree
        return
    for key, value in items:
        yield from leaves(value, (*path, key))


def changed(tree: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    copy: Any = deepcopy(tree)
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    if path[-1] == "kind":  # numbers are those of a kind
        inner["numbers"] = {}
    return dict(copy)


def dotted(path: Path_) -> str:
    return ".".join(map(str, path))


BASE = base()
