"""The three files that a scenario names, read: vehicle, flight load and requirement set, each over what it extends.

They are read once, when a flight is prepared, and kept with it: what is copied into its run folder is what was flown,
whatever becomes of the files meanwhile.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from hoverslam.harness.build.build import resolved_load
from hoverslam.harness.judge.sets import document_of, resolved_requirements
from hoverslam.harness.record.copies import copy_of
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.harness.record.names import COPIES, FLIGHT_LOAD_FILE, VEHICLE_FILE
from hoverslam.harness.record.toml_text import toml_text
from hoverslam.plant.extends import Resolved
from hoverslam.plant.toml_file import TomlError, parsed
from hoverslam.plant.vehicle import resolved_vehicle
from hoverslam.scenarios.load import REFERENCES
from hoverslam.scenarios.schema import Scenario

KEYS = {name: key for name, (key, *_) in zip(COPIES, REFERENCES, strict=True)}
"""Which key of a scenario names the file that a copy is of."""
WORDS = {name: noun for name, (*_, noun) in zip(COPIES, REFERENCES, strict=True)}


class Inputs(NamedTuple):
    """What was read."""

    vehicle: Resolved
    load: Resolved
    requirements: Resolved

    @property
    def trees(self) -> dict[str, dict[str, Any]]:
        """What each says, as a file states it, by the name of its copy."""
        documents = (self.vehicle.tree, self.load.tree, document_of(self.requirements))
        return dict(zip(COPIES, documents, strict=True))


def references(scenario: Scenario) -> dict[str, str]:
    """What a scenario names, by the name of its copy: a shipped name or a path."""
    return dict(zip(COPIES, (scenario.vehicle.file, scenario.flight_load.file, scenario.requirements.set), strict=True))


def read_inputs(scenario: Scenario, places: Mapping[str, str] | None = None) -> Inputs:
    """Read them where the scenario says, or else at `places`, by the name of the copy.

    Raises VehicleError, ScenarioError and RequirementSetError.
    """
    found = references(scenario) | dict(places or {})
    return Inputs(*(read(name, found[name], scenario.name) for name in COPIES))


def read(name: str, reference: str, scenario: str) -> Resolved:
    """The file that is copied under this name, from where `reference` says; `scenario` says whose it is in mistakes."""
    if name == FLIGHT_LOAD_FILE:
        return resolved_load(reference, scenario)
    return resolved_vehicle(reference) if name == VEHICLE_FILE else resolved_requirements(reference)


def stored_inputs(stored: StoredRun, scenario: Scenario) -> Inputs:
    """Those of a stored run: its folder's own copies; of what it has no copy of, the file that its scenario names.

    Raises RecordError for a copy that was changed after it was written, and as `read_inputs`.
    """
    return read_inputs(scenario, copies_of(stored))


def copies_of(stored: StoredRun) -> dict[str, str]:
    """Where the copies of a stored run lie, by name. Raises RecordError for one that was changed since."""
    return {name: str(path) for name in COPIES if (path := copy_of(stored, name)) is not None}


def scenario_again(stored: StoredRun) -> Scenario:
    """The scenario of a stored run; raises RecordError where this version cannot read it."""
    try:
        return Scenario.model_validate(stored.scenario)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        text = f"run folder {stored.folder}: this version cannot read its scenario ({place}: {first['msg']})"
        raise RecordError(f"{text}; fly it again") from None


def naming(scenario: Scenario, places: Mapping[str, str]) -> dict[str, Any]:
    """A scenario as plain data that names copies, by what they are called, at these places."""
    tree = scenario.model_dump(mode="json", exclude_none=True)
    for name, place in places.items():
        table, key = KEYS[name].split(".")
        tree[table][key] = place
    return tree


def texts(inputs: Inputs, tell: Callable[[str], object] = lambda _: None) -> dict[str, str]:
    """The copies of a run folder: resolved, as TOML. One that could not be read back is left out, and that is told."""
    made = {}
    for name, tree in inputs.trees.items():
        head = f"# The {WORDS[name]} of this flight, over what it extends; run.json says of what file, in {KEYS[name]}."
        text = f"{head}\n{toml_text(tree)}"
        if why := _unreadable(text, tree):
            tell(f"no copy of the {WORDS[name]} is kept, for it {why}; keep its file to fly this flight again")
        else:
            made[name] = text
    return made


def _unreadable(text: str, tree: Mapping[str, Any]) -> str:
    """Why a text does not give its tree again: files that extend one another may be too long as one."""
    try:
        return "" if parsed(text) == tree else "cannot be written as TOML"
    except TomlError as wrong:
        return str(wrong)
