"""Changing one key of a scenario at a time: the tree to change, its leaves, and the bits that come of it."""

import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario

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
DRAWN = """
[drawn]
rest = "seed"
thrust_common = 0.5
thrust_engine = [0.5, -0.5]
isp = 0.5
dead_time_s = [0.5, -0.5]
shut_delay_s = [0.5, -0.5]
dry_mass = 0.5
propellant_kg = 0.5
axial_force = 0.5
normal_force = 0.5
cg_axial_m = 0.5
cg_lateral_m = [0.5, -0.5]
release_position_m = [0.5, -0.5, 1.0]
release_velocity_mps = [0.5, -0.5, 1.0]
release_attitude_deg = [0.5, -0.5, 1.0]
wind_mps = [0.5, -0.5]
wind_column = 0.5
density = 0.5
density_column = 0.5
"""
Path_ = tuple[str | int, ...]


def base() -> dict[str, Any]:
    """The default scenario, whole, with two faults in it, and most outcomes stated."""
    tree = load("zq3-landing", {"pad.slope_deg": "1.0", "strings.count": "3"}).model_dump(
        mode="json", exclude_none=True
    )
    return {**tree, **tomllib.loads(FAULTS), **tomllib.loads(DRAWN)}


def fingerprint(prepared: Prepared) -> tuple[Any, ...]:
    """Everything that plant, loop, flight software and judge are given, but for the callable of the judge."""
    plan = {key: value for key, value in vars(prepared.plan).items() if key != "run_id"}
    judged_by = prepared.context._replace(
        required_throttle=None, window=None, vehicle=None, pad_slope_rad=0.0, pad_slope_azimuth_rad=0.0
    )  # the last three are for drawing: a number that only they would show has no effect
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
