"""What a run was flown with, as `run.json` keeps it, and what of that is another now."""

import hashlib
import shlex
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hoverslam.harness.fly import identity
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.record.flight_record import FlightRecord, RecordError, StoredRun
from hoverslam.scenarios.schema import Scenario

DECIDING = ("scenario", "vehicle", "load", "requirements", "plant", "judge")
"""Parts of the identity that decide what a stored flight is when it is flown or judged again."""
OF_PROGRAM = ("command", "binary")
"""Parts that decide it as well where a flight program flies it again."""
FILES = {"vehicle": ("vehicle", "file"), "load": ("flight_load", "file"), "requirements": ("requirements", "set")}


def provenance(scenario: Scenario, record: FlightRecord) -> dict[str, Any]:
    """The version of this tool, the digests of all that decides the flight, and the program: command, file, hash."""
    return {
        "hoverslam": version("hoverslam"),
        "identity": identity.identity_of(scenario, record.command)._asdict(),
        "program": _program(record.command),
    }


def _program(command: str | None) -> dict[str, str | None]:
    """The file that a command starts, with its SHA-256 as `sha256sum` shows it; none for what is started by hand."""
    told: dict[str, str | None] = {"command": command or identity.REFERENCE, "file": None, "sha256": None}
    if command in {None, WAIT}:
        return told
    found = shutil.which(shlex.split(str(command))[0])
    if found is None or not Path(found).is_file():
        return told
    with Path(found).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {**told, "file": str(Path(found).resolve()), "sha256": digest}


def scenario_again(stored: StoredRun) -> Scenario:
    """The scenario of a stored run; raises RecordError where this version cannot read it."""
    try:
        return Scenario.model_validate(stored.scenario)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        text = f"run folder {stored.folder}: this version cannot read its scenario ({place}: {first['msg']})"
        raise RecordError(f"{text}; fly it again") from None


def changed_since(stored: StoredRun, gnc: str | None = None) -> list[str]:
    """What a stored run was flown with that is another now, in words; nothing of a run that does not say it.

    `gnc`: the program that flies it again, where one does. Raises VehicleError, ScenarioError and RequirementSetError
    for a file that is not there any more.
    """
    then = identity.of_record(stored.identity)
    if then is None:
        return []
    program = stored.record.command if gnc in {None, WAIT} else gnc
    now = identity.identity_of(scenario_again(stored), program)
    parts = DECIDING if gnc in {None, WAIT} else DECIDING + OF_PROGRAM
    return [_named(part, stored) for part in parts if getattr(then, part) != getattr(now, part)]


def _named(part: str, stored: StoredRun) -> str:
    """A part in words, with the file that the scenario names for it."""
    if part not in FILES:
        return identity.WORDS[part]
    table, key = FILES[part]
    return f"{identity.WORDS[part]} ({stored.scenario[table][key]})"
