"""Result of a hunt: the minimal failing flight as a scenario file, its evidence, and the command to repeat it."""

import os
import shlex
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.files import as_name, write_whole
from hoverslam.harness.fly.pilot import Pilot
from hoverslam.harness.hunt.causes import Cause, deviations, words
from hoverslam.harness.hunt.engine import HuntFailure
from hoverslam.harness.hunt.flyer import HuntJob
from hoverslam.harness.hunt.properties import Margin
from hoverslam.harness.program.opening import gnc_options
from hoverslam.harness.record.toml_text import toml_text
from hoverslam.scenarios.load import load
from hoverslam.scenarios.space import Case, Space

RUN_FOLDER = "run"


class Origin(NamedTuple):
    """What was hunted on, as it was named on the command line."""

    scenario: str
    sets: Mapping[str, str]
    strategy: str


class Fallen(NamedTuple):
    """A requirement that falls with a cause: how the smallest flight that breaks it came out, and how small that is."""

    id: str
    text: str
    margin: float | None
    unit: str
    first_flight: int
    shrink_flights: int
    deviations: list[dict[str, Any]]


class Found(NamedTuple):
    """A cause and its counterexample on disk; `requirements` as in `Fallen`.

    `id` is the requirement that its flight breaks by most of its limit.
    """

    cause: str
    deviations: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    id: str
    text: str
    margin: float | None
    unit: str
    first_flight: int
    shrink_flights: int
    faults: int
    off_nominal: int
    scenario: str
    command: str
    run_folder: str


def write_found(cause: Cause, space: Space, origin: Origin, job: HuntJob, out: Path) -> Found:
    """The scenario file, `<out>/<id>/<scenario>-<id>.toml`; its run folder comes with `fly_found`."""
    case, margin = cause.case, worst_of(cause)
    plain = as_name(margin.id)
    folder = out / plain
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{space.scenario.name}-{plain}".lower()[:80]
    path = folder / f"{name}.toml"
    command = shlex.join(["hoverslam", "run", str(path), *gnc_options(job.gnc)])
    write_whole(path, scenario_text(cause, space, origin, path, command))
    fallen = [_fallen(failure, space) for failure in cause.failures]
    return Found(
        words(space, case), _stated(space, case), [one._asdict() for one in fallen],
        margin.id, margin.text, margin.margin, margin.unit,
        min(one.first_flight for one in fallen), sum(one.shrink_flights for one in fallen),
        len(case.faults), len(case.steps), str(path), command, str(folder / RUN_FOLDER),
    )  # fmt: skip


def worst_of(cause: Cause) -> Margin:
    """What the flight of a cause breaks by most of its limit."""
    return min(cause.margins, key=lambda margin: margin.robustness)


def _fallen(failure: HuntFailure, space: Space) -> Fallen:
    margin, smallest = failure.margin, _stated(space, failure.case)
    return Fallen(
        margin.id, margin.text, margin.margin, margin.unit, failure.first_flight, failure.shrink_flights, smallest
    )


def _stated(space: Space, case: Case) -> list[dict[str, Any]]:
    return [one._asdict() for one in deviations(space, case)]


def scenario_text(cause: Cause, space: Space, origin: Origin, path: Path, command: str) -> str:
    """A scenario that extends the one that was hunted on and says what differs."""
    margin, base = worst_of(cause), space.scenario
    ordered = sorted(cause.margins, key=lambda one: one.robustness)
    why = words(space, cause.case)
    extends = os.path.relpath(origin.scenario, path.parent) if origin.scenario.endswith(".toml") else origin.scenario
    tree: dict[str, Any] = {
        "extends": extends,
        "name": path.stem,
        "description": f"found by a hunt: violates {', '.join(one.id for one in ordered)}; cause: {why}; {margin.text}"[
            :2000
        ],
        "seed": base.seed,
    }
    for dotted in origin.sets:
        _copy(base.model_dump(mode="json", exclude_none=True), tree, dotted.split("."))
    tree |= {key: value for key, value in space.tree(cause.case).items() if value}
    broken = [f"Violates {one.id}{how_far(one)}: {one.text}" for one in ordered]
    lines = (f"Cause: {why}", *broken, f"Fly it: {command}")
    return "".join(f"# {line}\n" for text in lines for line in text.splitlines()) + toml_text(tree)


def how_far(margin: Margin) -> str:
    """The margin in brackets, where there is a number."""
    return "" if margin.margin is None else f" (margin {f'{margin.margin:.3g} {margin.unit}'.strip()})"


def _copy(whole: Mapping[str, Any], tree: dict[str, Any], path: list[str]) -> None:
    """What was set on the command line, out of the scenario that came of it; an array as a whole."""
    key, *inner = path
    value = whole.get(key)
    if inner and isinstance(value, Mapping) and inner[0] in value:
        _copy(value, tree.setdefault(key, {}), inner)
    elif value is not None:
        tree[key] = value


def fly_found(found: Found, job: HuntJob) -> str:
    """Fly the file that was written, with all its evidence; the verdict. It has to break the same thing again."""
    from hoverslam.harness.fly.keep import keep

    folder = Path(found.run_folder)
    folder.mkdir(parents=True, exist_ok=True)
    with Pilot(job.gnc) as pilot:
        flown = pilot.fly(load(found.scenario), folder.name)
    return keep(flown.assessment, flown.prepared, folder).verdict


def adopt(found: Found, folder: Path) -> Path:
    """Copy the scenario to where regression cases are kept, so that it is flown with them; the new path.

    What is there stays: another case of that name, or one that somebody has changed, is not written over.
    """
    source = Path(found.scenario)
    folder.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    before = text.split('extends = "', 1)[1].split('"', 1)[0]
    if before.endswith(".toml"):
        moved = os.path.relpath(source.parent / before, folder)
        text = text.replace(f'extends = "{before}"', f'extends = "{moved}"', 1)
    for again in count(1):
        target = folder / (source.name if again == 1 else f"{source.stem}-{again}.toml")
        ours = text.replace(str(source), str(target))
        if not target.exists():
            return write_whole(target, ours)
        if target.read_bytes() == ours.encode():
            return target
    raise AssertionError
