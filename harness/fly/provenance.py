"""The inputs of a run as stored in `run.json`, and which of them have changed since."""

import hashlib
import shlex
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.fly import identity
from hoverslam.harness.fly.inputs import WORDS, Inputs, read, references, scenario_again, stored_inputs
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.record.flight_record import FlightRecord, StoredRun
from hoverslam.harness.record.names import COPIES
from hoverslam.scenarios.schema import Scenario

DECIDING = ("scenario", "vehicle", "load", "requirements", "plant", "judge")
"""Parts of the identity that decide what a stored flight is when it is flown or judged again."""
OF_PROGRAM = ("command", "binary")
"""Parts that decide it as well where a flight program flies it again."""
FILES = dict(zip(Inputs._fields, COPIES, strict=True))
"""Of each part that is a file, its copy."""


def provenance(scenario: Scenario, record: FlightRecord, inputs: Inputs) -> dict[str, Any]:
    """The version of this tool, the digests of all that decides the flight, and the program: command, file, hash."""
    return {
        "hoverslam": version("hoverslam"),
        "identity": identity.identity_of(scenario, record.command, inputs)._asdict(),
        "program": _program(record.command),
    }


def _program(command: str | None) -> dict[str, Any]:
    """The file that a command starts, with its SHA-256 as `sha256sum` shows it; none for what is started by hand.

    Of several commands (one a line) each is in `strings`.
    """
    if command is not None and "\n" in command:
        strings = [_program(None if one == identity.REFERENCE else one) for one in command.split("\n")]
        return {"command": command, "file": None, "sha256": None, "strings": strings}
    told: dict[str, Any] = {"command": command or identity.REFERENCE, "file": None, "sha256": None}
    if command in {None, WAIT}:
        return told
    found = shutil.which(shlex.split(str(command))[0])
    if found is None or not Path(found).is_file():
        return told
    with Path(found).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {**told, "file": str(Path(found).resolve()), "sha256": digest}


def changed_since(stored: StoredRun, gnc: str | None = None) -> list[str]:
    """What a stored run was flown with and is not flown or judged with now, in words; nothing of a run that says none.

    `gnc`: the program that flies it again, where one does. What the folder has a copy of is the same whatever became of
    the file: see `copies_used`. Raises as `stored_inputs`.
    """
    then = identity.of_record(stored.identity)
    if then is None:
        return []
    program = stored.record.command if gnc in {None, WAIT} else gnc
    scenario = scenario_again(stored)
    now = identity.identity_of(scenario, program, stored_inputs(stored, scenario))
    parts = DECIDING if gnc in {None, WAIT} else DECIDING + OF_PROGRAM
    named = references(scenario)
    return [_named(part, named) for part in parts if getattr(then, part) != getattr(now, part)]


def _named(part: str, named: Mapping[str, str]) -> str:
    """A part in words, with the file that the scenario names for it."""
    return f"{identity.WORDS[part]} ({named[FILES[part]]})" if part in FILES else identity.WORDS[part]


class CopyUsed(NamedTuple):
    """A copy in a run folder that stands in for a file: which, of what, and what that says now where we are."""

    copy: str
    of: str
    now: Literal["same", "changed", "gone"]

    def __str__(self) -> str:
        became = {"same": "says the same", "changed": "says something else now", "gone": "cannot be read here"}
        return f"{self.copy} of the run folder is used: the {WORDS[self.copy]} {self.of} {became[self.now]}"


def copies_used(stored: StoredRun) -> list[CopyUsed]:
    """What of a stored run comes from its own folder. Raises as `stored_inputs`."""
    scenario = scenario_again(stored)
    ours, named = stored_inputs(stored, scenario), references(scenario)
    return [CopyUsed(name, named[name], _now(name, scenario, ours)) for name in COPIES if name in stored.copies]


def _now(name: str, scenario: Scenario, ours: Inputs) -> Literal["same", "changed", "gone"]:
    """What became of a file. Only what it says counts, as in an identity."""
    try:
        there = read(name, references(scenario)[name], scenario.name)
    except users_mistakes():
        return "gone"
    mine = ours[COPIES.index(name)]
    return "same" if identity.says(there.tree) == identity.says(mine.tree) else "changed"
