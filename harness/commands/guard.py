"""Runs a command so that whatever happens ends in the exit code that says whose fault it was, and one clear line."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from harness.printable import printable_lines
from harness.verdict import EXIT_INTERRUPTED, EXIT_USAGE, Verdict

TRACEBACK_FILE = "traceback.txt"
EXIT_BROKEN_PIPE = 128 + 13


class UsageError(Exception):
    """An argument that cannot be used: what, why, and the remedy, in one line."""


def guarded(command: Callable[[], int], *, as_json: bool) -> int:
    """The exit code of the command; an exception becomes a line on standard error and the code of its kind."""
    try:
        return command()
    except KeyboardInterrupt as interrupt:
        return _report("interrupted", str(interrupt) or "interrupted, nothing was kept", EXIT_INTERRUPTED, as_json)
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as error:  # noqa: BLE001  the outermost edge: what nobody foresaw is the harness's own fault
        if isinstance(error, users_mistakes()):
            return _report("configuration", str(error), EXIT_USAGE, as_json)
        return _report("harness", _unforeseen(error), Verdict.HARNESS_ERROR.exit_code, as_json)


USERS_MISTAKES = (
    ("scenarios.load", "ScenarioError"),
    ("plant.vehicle", "VehicleError"),
    ("harness.requirements", "RequirementSetError"),
)
"""What the parts raise for a mistake in the user's files. By name: a part that is not loaded has raised nothing, and
loading it to find out would make a typing slip cost the import of numba."""


def users_mistakes() -> tuple[type[Exception], ...]:
    """The exceptions that are the user's to correct."""
    loaded = ((sys.modules.get(module), name) for module, name in USERS_MISTAKES)
    return UsageError, *(getattr(module, name) for module, name in loaded if module is not None)


def keep_traceback(error: BaseException, folder: Path) -> None:
    """Put the traceback of an unforeseen error into the run folder, and a note of that on the error."""
    try:
        (folder / TRACEBACK_FILE).write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return  # a full disk, say: the traceback then goes to standard error
    error.add_note(f"traceback in {folder / TRACEBACK_FILE}")


def _unforeseen(error: Exception) -> str:
    """One line; the traceback, for whoever has to mend it, is in the run folder or else printed."""
    notes: list[str] = getattr(error, "__notes__", [])
    if not notes:
        sys.stderr.write(printable_lines("".join(traceback.format_exception(error))))
    return "; ".join([f"{type(error).__name__}: {error}", *notes])


def _report(kind: str, message: str, exit_code: int, as_json: bool) -> int:
    heading = {"configuration": "error: ", "harness": f"{Verdict.HARNESS_ERROR.value}: "}.get(kind, "")
    for line in printable_lines(message).splitlines():
        sys.stderr.write(f"hoverslam: {heading}{line}\n")
    if as_json:
        verdict = Verdict.HARNESS_ERROR.value if kind == "harness" else None
        problem = {"verdict": verdict, "exit_code": exit_code, "error": {"kind": kind, "message": message}}
        sys.stdout.write(json.dumps(problem) + "\n")
    return exit_code


def _closed_pipe() -> int:
    """Whoever read our output has gone, as in `hoverslam show | head`; leave quietly as other tools do."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains when it ends
    return EXIT_BROKEN_PIPE
