"""Strategy files: which flights a hunt searches, and what must hold in them."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from hoverslam.plant.toml_file import is_file
from hoverslam.scenarios.drawn import LARGEST_SIGMA, Drawn
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.link_kinds import ALL_KINDS
from hoverslam.scenarios.load import ScenarioError, read_tree, shipped, told
from hoverslam.scenarios.table import Table

STEP_SIGMA = 0.25
"""Grid of deviations."""


def _array(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_array)]


class Limits(Table):
    """A strategy file: which flights are searched, and the property that is to hold in all of them."""

    property: str = Field(default="requirements", description="one of hoverslam.harness.hunt.properties")
    description: str = ""
    faults: int = Field(default=1, ge=0, le=4, description="largest number of faults in one flight")
    least_faults: int = Field(default=0, ge=0, le=4, description="smallest number of faults in one flight")
    off_nominal: int = Field(
        default=4, ge=0, le=100, description="largest number of dispersions off nominal in one flight"
    )
    sigma: float = Field(default=LARGEST_SIGMA, ge=STEP_SIGMA, le=LARGEST_SIGMA, description="largest deviation")
    dispersions: Names = Field(default=(), description="keys of [drawn]; default: all dispersions of the scenario")
    kinds: Names = Field(default=(), description="kinds of faults; default: all")


def read_limits(name_or_path: str) -> Limits:
    """A shipped strategy, or the path of a .toml file; raises ScenarioError."""
    known = shipped(folder="hunts")
    path = Path(name_or_path) if name_or_path.endswith(".toml") else known.get(name_or_path)
    if path is None or not is_file(path):
        raise ScenarioError(
            f"strategy {name_or_path!r}: unknown; shipped: {', '.join(known)}; or give the path of a .toml file"
        )
    tree = read_tree(path, name_or_path)
    try:
        limits = Limits.model_validate(tree)
    except ValidationError as invalid:
        found = explain(invalid, tree, Limits)
        raise ScenarioError(told(found, name_or_path)) from None
    known_names = (("dispersions", limits.dispersions, Drawn.model_fields), ("kinds", limits.kinds, ALL_KINDS))
    for key, given, there in known_names:
        if wrong := [name for name in given if name not in there or name == "rest"]:
            raise ScenarioError(f"{name_or_path}: {key}: no {wrong[0]!r}; known: {', '.join(there)}")
    return limits
