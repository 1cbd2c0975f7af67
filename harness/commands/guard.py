"""Runs a command so that whatever happens ends in the exit code that says whose fault it was, and one clear line."""

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hoverslam.harness.console.ending import Interrupted, came, has_come
from hoverslam.harness.console.ending import exit_code as interrupted_code
from hoverslam.harness.console.streams import unwritten
from hoverslam.harness.console.wrapping import width_of, wrapped
from hoverslam.harness.errors import OwnFaultError, users_mistakes
from hoverslam.harness.judge.verdict import EXIT_USAGE, Verdict
from hoverslam.harness.printable import printable_lines

EXIT_BROKEN_PIPE = 128 + 13


def guarded(command: Callable[[], int], *, as_json: bool, shows: bool = False) -> int:
    """The exit code of the command; an exception becomes a line on standard error and the code of its kind.

    `shows`: what it prints is all that it is for, so that it has failed where that could not be written. Of all others
    the exit code is the same whatever becomes of standard output.
    """
    code = _ended(command, as_json=as_json)
    error = unwritten()
    if error is None or not shows or code != 0:
        return code
    if error.errno == errno.EPIPE:  # as in `hoverslam show | head`: leave quietly as other tools do
        return EXIT_BROKEN_PIPE
    sys.stderr.write(
        f"hoverslam: error: standard output: cannot be written ({error.strerror}); redirect it to another file\n"
    )
    return EXIT_USAGE


def guarded_start(app: Callable[[], None]) -> None:
    """The command line as a whole: one that is ended before a command has begun tells so as well."""
    told_before = len(_interruptions)
    if why := not_text(sys.argv[1:], _here()):
        raise SystemExit(_report("configuration", why, EXIT_USAGE, as_json="--json" in sys.argv))
    try:
        app()
    except (KeyboardInterrupt, SystemExit) as ended:  # typer makes the latter of the former
        if len(_interruptions) > told_before or not (has_come() or isinstance(ended, KeyboardInterrupt)):
            raise
        raise SystemExit(_interrupted(KeyboardInterrupt(), as_json="--json" in sys.argv)) from None


def not_text(arguments: Sequence[str], here: str) -> str:
    """Which argument, or the current folder, holds bytes that are no text, and what to do; empty where none does.

    Such names cannot be written into any of our files, nor handed to a library that wants text.
    """
    remedy = "use a name in UTF-8"
    for number, argument in enumerate(arguments, 1):
        if not _is_text(argument):
            return f"argument {number}, {argument[:80]}: contains bytes that are not text; {remedy}"
    return (
        ""
        if _is_text(here)
        else (
            f"the current folder, {here[:200]}: contains bytes that are not text; {remedy}, or change to another folder"
        )
    )


def _is_text(name: str) -> bool:
    """Python keeps bytes that it cannot decode as halves of a pair."""
    return not any("\ud800" <= one <= "\udfff" for one in name)


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  as text, which is what is looked at
    except OSError:  # it was removed under our feet
        return ""


def _ended(command: Callable[[], int], *, as_json: bool) -> int:
    try:
        return command()
    except KeyboardInterrupt as interrupt:
        return _interrupted(interrupt, as_json=as_json)
    except OwnFaultError as fault:
        return _report("harness", str(fault), Verdict.HARNESS_ERROR.exit_code, as_json, fault.facts)
    except Exception as error:  # noqa: BLE001  the outermost edge: what nobody foresaw is the harness's own fault
        if isinstance(error, users_mistakes()):
            return _report("configuration", str(error), EXIT_USAGE, as_json)
        return _report("harness", _unforeseen(error), Verdict.HARNESS_ERROR.exit_code, as_json)


_interruptions: list[BaseException] = []
"""Those that were told."""


def _interrupted(interrupt: KeyboardInterrupt, *, as_json: bool) -> int:
    _interruptions.append(interrupt)
    facts = {"signal": came().name, "kept": None, "go_on": None}
    facts |= interrupt.facts if isinstance(interrupt, Interrupted) else {}
    told = str(interrupt) or "interrupted, nothing was stored"
    return _report("interrupted", told, interrupted_code(), as_json, facts)


def _unforeseen(error: Exception) -> str:
    """One line; the traceback, for whoever has to mend it, is in the run folder or else printed."""
    notes: list[str] = getattr(error, "__notes__", [])
    if not notes:
        sys.stderr.write(printable_lines("".join(traceback.format_exception(error))))
    return "; ".join([f"{type(error).__name__}: {error}", *notes])


def _report(kind: str, message: str, exit_code: int, as_json: bool, facts: Mapping[str, Any] = {}) -> int:
    heading = {"configuration": "error: ", "harness": f"{Verdict.HARNESS_ERROR.value}: "}.get(kind, "")
    for line in printable_lines(message).splitlines():
        for part in wrapped(f"hoverslam: {heading}{line}", width_of(sys.stderr)):
            sys.stderr.write(f"{part}\n")
    if as_json:
        verdict = Verdict.HARNESS_ERROR.value if kind == "harness" else None
        problem = {"verdict": verdict, "exit_code": exit_code, "error": {"kind": kind, "message": message}, **facts}
        sys.stdout.write(json.dumps(problem) + "\n")
    return exit_code
