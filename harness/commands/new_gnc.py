"""`hoverslam new-gnc`: a project to begin a flight program with, in a folder of its own."""

from importlib.resources import files
from pathlib import Path
from shlex import quote

from hoverslam.harness.commands.icd import NEW, copy_golden
from hoverslam.harness.commands.sdk import CLIENTS, handed_over
from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import Output, claimed, tried_folder

GOLDEN = "golden"
LANDING = {"c": ("sdk", "c", "examples", "landing")}
"""Where the example that lands lies in the package, in the languages in which there is one."""


def new_gnc_command(folder: Path, language: str, *, landing: bool = False, as_json: bool) -> int:
    """Write the project into a folder that is new or empty. Raises UsageError."""
    if language not in CLIENTS:
        raise UsageError(f"--lang {language}: must be one of {', '.join(CLIENTS)}; for another follow docs/wire.md")
    if landing and language not in LANDING:
        raise UsageError(
            f"--landing: there is one in {', '.join(LANDING)}, not in {language}; docs/first-landing.md leads to one"
        )
    tried_folder(folder, "new-gnc")
    with claimed(folder, option="new-gnc"):
        written = _project(folder, language, LANDING[language] if landing else ("sdk", "new", language))
    if as_json:
        print_json({"exit_code": 0, "language": language, "folder": str(folder), "files": written})
    else:
        results().say(f"{folder}: a flight program in {language.title()}; its README.md says what is where")
        tests = "" if landing else " && make test"
        results().say(f"next: cd {quote(str(folder))} && make{tests} && make fly")
    return 0


def _project(folder: Path, language: str, source: tuple[str, ...]) -> list[str]:
    """Names of the files that now are there."""
    for one in files("hoverslam").joinpath(*source).iterdir():
        if one.is_file():
            Output("new-gnc", folder / one.name, NEW).write(one.read_bytes())
    handed_over(CLIENTS[language], folder)
    copy_golden(folder / GOLDEN, "new-gnc")
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
