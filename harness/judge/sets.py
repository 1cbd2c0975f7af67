"""Requirement sets as data: `scenarios/requirements/*.toml`, read strictly, each on top of what it extends.

A set that extends another adds its requirements; one with an id of the other changes it, key by key, and clauses that
it states take the place of all of them.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from hoverslam.harness.judge.clauses import Clause, Strict
from hoverslam.harness.stl.formula import Formula, Temporal, Until, nodes
from hoverslam.harness.stl.monitor import MonitorError, frames_of
from hoverslam.plant.extends import Folder, FoundFile, Layer, LayerError, Resolved, chain, origin, resolved
from hoverslam.plant.toml_file import is_file

Severity = Literal["required", "advisory"]


class RequirementSetError(Exception):
    """A requirement set that cannot be used: file, key, value, limit and remedy."""


class Requirement(Strict):
    """An id with the clauses that must all hold."""

    id: str = Field(min_length=1)
    title: str
    source: str
    severity: Severity = "required"
    clause: tuple[Clause, ...] = Field(min_length=1)


class RequirementSet(Strict):
    """What a flight is judged by."""

    name: str
    description: str = ""
    requirement: tuple[Requirement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _clauses_are_told_apart(self) -> Self:
        for requirement in self.requirement:
            if doubles := _doubles(clause.name for clause in requirement.clause):
                raise ValueError(f"{requirement.id} has two clauses {doubles}; give each its own name")
        return self


def _doubles(names: Iterable[str]) -> str:
    return ", ".join(sorted(name for name, count in Counter(names).items() if count > 1))


def shipped_sets() -> list[str]:
    """Names of the requirement sets that come with the package."""
    folder = files("hoverslam.scenarios").joinpath("requirements")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_requirements(name_or_path: str) -> RequirementSet:
    """A shipped set by name, or a set of the user's own by the path of a .toml file."""
    return requirements_of(resolved_requirements(name_or_path))


def requirements_of(given: Resolved) -> RequirementSet:
    """The set that a file says, checked. Raises RequirementSetError."""
    document = document_of(given)
    try:
        return RequirementSet.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = _key(document, first["loc"])
        layer = origin(f"requirement.{key}" if len(first["loc"]) > 1 else key, given.origins) or given.own
        raise RequirementSetError(f"{layer.label}: {key or 'the set'}: {_complaint(first)}") from None


def requirement_tree(name_or_path: str) -> dict[str, Any]:
    """What a set says, over what it extends, before anything is checked. Raises RequirementSetError."""
    return resolved_requirements(name_or_path).tree


def document_of(given: Resolved) -> dict[str, Any]:
    """A set as a file states it, its requirements in a list; in the tree they are by id."""
    return {**given.tree, "requirement": list(given.tree["requirement"].values())}


def resolved_requirements(name_or_path: str) -> Resolved:
    """A set over what it extends, its requirements by id, as yet unchecked. Raises RequirementSetError."""
    try:
        layers = chain(_find, name_or_path)
        for layer in layers:
            layer.tree["requirement"] = _by_id(layer)
        for base in layers[:-1]:
            base.tree.pop("name", None)
        layers[-1].tree.setdefault("name", Path(name_or_path).stem)
        return resolved(layers)
    except LayerError as wrong:
        raise RequirementSetError(str(wrong)) from None


def _find(reference: str, base: Folder, asked_by: str | None) -> FoundFile:
    """Where a set lies; the path of a file is relative to who names it."""
    if reference.endswith(".toml"):
        path = base / reference
        if not is_file(path):
            raise RequirementSetError(
                f"{asked_by or 'requirement set'} {reference}: no such file ({path}); check the path"
            )
        return FoundFile(path, str(path), path.parent if isinstance(path, Path) else base)
    if reference not in shipped_sets():
        close = difflib.get_close_matches(reference, shipped_sets(), n=1)
        guess = f" (did you mean {close[0]!r}?)" if close else ""
        raise RequirementSetError(
            f"{asked_by or 'requirement set'}: {reference!r} is not shipped{guess}; shipped: "
            f"{', '.join(shipped_sets())}; or give the path of a .toml file"
        )
    folder = files("hoverslam.scenarios").joinpath("requirements")
    return FoundFile(folder.joinpath(f"{reference}.toml"), f"{reference}.toml", folder)


def _by_id(layer: Layer) -> dict[str, Any]:
    """The requirements of a file by id, so that files laid over one another meet in them."""
    given = layer.tree.get("requirement", [])
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise RequirementSetError(
            f"{layer.label}: requirement: must be a list of tables; write each as [[requirement]]"
        )
    for number, entry in enumerate(given):
        if not isinstance(entry.get("id"), str):
            raise RequirementSetError(f"{layer.label}: requirement {number}: has no id; add one in quotes")
    if doubles := _doubles(entry["id"] for entry in given):
        raise RequirementSetError(f"{layer.label}: {doubles} appears twice; put its clauses under one [[requirement]]")
    return {entry["id"]: entry for entry in given}


def _key(document: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """Key path for people: the requirement by its id instead of its number."""
    parts = [str(part) for part in location]
    if len(location) > 1 and isinstance(location[1], int):
        parts[:2] = [str(document["requirement"][location[1]].get("id", location[1]))]
    return ".".join(parts)


def _complaint(error: Any) -> str:
    given = error["input"]
    shown = "" if isinstance(given, dict | list | BaseModel) else f" (given: {given!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{shown}"


def refuse_empty_windows(requirements: RequirementSet, period_s: float) -> None:
    """A window between two frames would judge nothing: say so before the flight."""
    for requirement in requirements.requirement:
        for clause in requirement.clause:
            try:
                _look_at_windows((clause.tree, *((clause.goal_tree,) if clause.goal_tree else ())), period_s)
            except MonitorError as wrong:
                where = f"{requirements.name}: {requirement.id}: {clause.name}"
                raise RequirementSetError(f"requirement set {where}: {wrong}") from None


def _look_at_windows(formulas: Collection[Formula], period_s: float) -> None:
    for node in (node for formula in formulas for node in nodes(formula)):
        if isinstance(node, Temporal | Until):
            frames_of(node.window, period_s)
