"""The inputs of a flight, by content: one digest per part, so that two results can be shown to have the same inputs.

A file counts by what it says, with what it extends laid under it, and not by where it lies; a name and a description
say nothing. Of a flight program its command counts and the bytes of every file that the command names: of
`python my_gnc.py` the interpreter and the script, of `python -m my_gnc` or a folder the Python sources there. What a
script imports from elsewhere is not seen.
"""

import hashlib
import os
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.program.supervisor import PACKAGE_ROOT
from hoverslam.harness.record.digest import DIGITS, digest
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.inputs import Inputs

SAYS_NOTHING = frozenset({"name", "description", "expected"})
"""Keys for people, which change no flight and no verdict."""
REFERENCE = "reference"
SETTLED_S = 2.0
"""Times of files are coarse: one that changed so lately may change again without another time."""


class Identity(NamedTuple):
    """A digest of each part. `scenario` is without the seed and without its three files, which are parts themselves."""

    scenario: str
    vehicle: str
    load: str
    requirements: str
    plant: str
    judge: str
    command: str
    binary: str


WORDS = {
    "scenario": "the scenario",
    "vehicle": "the vehicle file, or one that it extends",
    "load": "the flight load file, or one that it extends",
    "requirements": "the requirement set file, or one that it extends",
    "plant": "the plant (its sources, or the version of numba)",
    "judge": "the harness (its sources that fly and judge)",
    "command": "the command of the flight program",
    "binary": "the flight program, or a file named in its command",
}
"""Each part in words."""
FILES = ("vehicle", "load", "requirements", "binary")
"""Parts that every flight reads from files again, and which may change while many are flown."""


class ChangedError(Exception):
    """A file that decides flights is no longer what it was when they were begun."""


def identity_of(
    scenario: Scenario, gnc: str | Sequence[str] | None = None, inputs: "Inputs | None" = None
) -> Identity:  # fmt: skip
    """The identity of a flight of this scenario by this program (None: the reference flight software).

    `inputs`: its files, where they were read already. Raises VehicleError, ScenarioError and RequirementSetError for
    one that cannot be used.
    """
    plant, judge = of_ourselves()
    return Identity(
        of_scenario(scenario),
        *(of_files(scenario) if inputs is None else of_inputs(inputs)),
        plant=plant,
        judge=judge,
        command=of_command(gnc),
        binary=of_binary(gnc),
    )


def of_record(told: object) -> Identity | None:
    """An identity from its plain data; None where it is none, as in what an older version wrote."""
    if not isinstance(told, Mapping) or set(told) != set(Identity._fields):
        return None
    return Identity(**told) if all(isinstance(value, str) for value in told.values()) else None


def differences(one: Identity, other: Identity, of: Iterable[str] = Identity._fields) -> list[str]:
    """The parts in which two are not the same, in words."""
    return [WORDS[name] for name in of if getattr(one, name) != getattr(other, name)]


def refuse_changed(scenario: Scenario, gnc: str | Sequence[str] | None, begun: Identity) -> None:
    """Raises ChangedError where a file is not what it was; to be asked after a flight has read them."""
    try:
        vehicle, load, requirements = of_files(scenario)
    except users_mistakes() as unusable:  # it could be used when they were begun
        raise ChangedError(f"a file changed since the first flight and can no longer be used ({unusable})") from None
    now = begun._replace(vehicle=vehicle, load=load, requirements=requirements, binary=of_binary(gnc))
    if changed := differences(begun, now, FILES):
        raise ChangedError(f"{' and '.join(changed)} changed since the first flight")


@contextmanager
def mistakes_are_changes(
    scenario: Scenario, gnc: str | Sequence[str] | None, begun: Identity | None
) -> Iterator[None]:  # fmt: skip
    """Within, where a file turns out to be wrong that is not what it was: ChangedError in place of the mistake."""
    try:
        yield
    except users_mistakes():
        if begun is not None:
            refuse_changed(scenario, gnc, begun)
        raise


def of_scenario(scenario: Scenario) -> str:
    """All that the scenario states itself, with the seed and the places of its files left out."""
    tree = scenario.model_dump(mode="json", exclude_none=True)
    for key in (*SAYS_NOTHING, "seed"):
        tree.pop(key, None)
    for table, key in (("vehicle", "file"), ("flight_load", "file"), ("requirements", "set")):
        tree.get(table, {}).pop(key, None)
    return digest(tree)


def of_files(scenario: Scenario) -> tuple[str, str, str]:
    """Vehicle, flight load and requirement set as they are now, resolved."""
    from hoverslam.harness.fly.inputs import read_inputs

    return of_inputs(read_inputs(scenario))


def of_inputs(inputs: "Inputs") -> tuple[str, str, str]:
    """Vehicle, flight load and requirement set as they were read."""
    vehicle, load, requirements = inputs
    return digest(says(vehicle.tree)), digest(load.tree), digest(says(requirements.tree))


def of_requirements(name_or_path: str) -> str:
    """A requirement set as it is now, resolved. Raises RequirementSetError."""
    from hoverslam.harness.judge.sets import requirement_tree

    return digest(says(requirement_tree(name_or_path)))


def says(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What of a file decides anything."""
    return {key: value for key, value in tree.items() if key not in SAYS_NOTHING}


DECIDING = ("build", "fly", "judge", "loop", "program", "record", "signals", "stl", "trace", "window", "wire")
"""Rooms of the harness that a flight's row depends on; the others fly many, or show what came of them."""


@cache
def of_ourselves() -> tuple[str, str]:
    """Plant and judge: the sources from which this process has loaded them."""
    from hoverslam.plant.kernels.compiled import PLANT

    plant = digest([PLANT, _sources(PACKAGE_ROOT / "hoverslam" / "scenarios")])
    parts = [PACKAGE_ROOT / "hoverslam" / "harness" / name for name in DECIDING]
    own = [[path.name, of_file(path)] for path in sorted((PACKAGE_ROOT / "hoverslam" / "harness").glob("*.py"))]
    return plant, digest([own, *map(_sources, parts)])


def of_command(gnc: str | Sequence[str] | None) -> str:
    """The words of a command; of several (strings, one a line) those of each."""
    if isinstance(gnc, str) and "\n" in gnc:
        return digest([of_command(one) for one in gnc.split("\n")])
    return digest(_words(gnc) or [REFERENCE])


def of_binary(gnc: str | Sequence[str] | None) -> str:
    """The bytes of all files that a command names, empty for a program that was started by hand."""
    if isinstance(gnc, str) and "\n" in gnc:
        return digest([of_binary(one) for one in gnc.split("\n")])
    words = _words(gnc)
    if words == [WAIT]:
        return ""
    if not words:
        return digest(
            [_sources(PACKAGE_ROOT / "hoverslam" / "gnc"), _sources(PACKAGE_ROOT / "hoverslam" / "harness" / "wire")]
        )
    found = [of_path(path) for word in _named(words) if (path := Path(word)).exists()]
    return digest(found)


def _words(gnc: str | Sequence[str] | None) -> list[str]:
    words = shlex.split(gnc) if isinstance(gnc, str) else list(gnc or ())
    return [] if words == [REFERENCE] else words


def _named(words: Sequence[str]) -> Iterable[str]:
    """What of a command may be a file or a folder."""
    yield shutil.which(words[0]) or words[0]
    for before, word in pairwise(words):
        yield word
        if word.startswith("-") and "=" in word:
            yield word.partition("=")[2]
        if before == "-m":
            module = word.replace(".", os.sep)
            yield from (module, f"{module}.py")


def of_path(path: Path) -> str:
    """A file's bytes, or the Python sources of a folder."""
    return _sources(path) if path.is_dir() else of_file(path)


def _sources(folder: Path) -> str:
    there = sorted(
        path for path in folder.rglob("*.py") if not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    return digest([[str(path.relative_to(folder)), of_file(path)] for path in there])


def of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, shortened; of one that cannot be read, a word that is no digest."""
    try:
        if not path.is_file():
            return "not a file"
        found = path.stat()
        if abs(time.time() - found.st_ctime) < SETTLED_S:
            return _bytes_of.__wrapped__(str(path))
        return _bytes_of(str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    except OSError as error:
        return f"unreadable ({error.strerror})"


@lru_cache(maxsize=4096)
def _bytes_of(path: str, *_stat: int) -> str:
    """Read once as long as the file system says that it is the same: programs cannot set a time of change."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
