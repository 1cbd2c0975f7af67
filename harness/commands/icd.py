"""`hoverslam icd`: the contract of the wire as a document, a JSON Schema or a header for C; messages as files."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.docs.icd import document
from hoverslam.harness.docs.icd_header import header
from hoverslam.harness.docs.icd_schema import schema
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import Kind, Output, claimed, tried_folder

FORMATS: dict[str, Callable[[], str]] = {
    "md": document,
    "json": lambda: json.dumps(schema(), indent=2) + "\n",
    "c": header,
}
MARKS = (
    b"# Hoverslam: interface control document",
    b'"title": "Hoverslam wire, protocol ',
    b"/* The wire of Hoverslam, ",
)
NEW = Kind("a file written by this command", (), ())
"""In a folder that was empty: whatever lies there now is not replaced."""
CONTRACT = Kind("a contract written by hoverslam icd", (), MARKS)


def icd_command(form: str, out: Path | None, golden: Path | None, *, as_json: bool) -> int:
    """Show the contract, or write it, or the golden frames, to where it was asked for. Raises UsageError."""
    if form not in FORMATS:
        raise UsageError(f"--format {form}: must be one of {', '.join(FORMATS)}")
    if golden is not None:
        return _golden(golden, as_json=as_json)
    text = FORMATS[form]()
    if out is not None:
        Output("--out", out, CONTRACT).write(text)
    if as_json:
        told = {"content": text} if out is None else {"written": str(out)}
        print_json({"exit_code": 0, "format": form, **told})
    elif out is None:
        results().out(text, end="")
    else:
        results().say(f"{out}: written")
    return 0


def _golden(folder: Path, *, as_json: bool) -> int:
    """Copy the golden frames into a new folder."""
    count = copy_golden(folder, "--golden")
    if as_json:
        print_json({"exit_code": 0, "written": str(folder), "files": count})
    else:
        results().say(f"{folder}: {count} files; index.json says what each holds, or why the harness refuses it")
    return 0


def copy_golden(folder: Path, option: str) -> int:
    """How many files now are in the folder, which has to be new or empty. Raises UsageError."""
    tried_folder(folder, option)
    with claimed(folder, option=option):
        frames = [one for one in files("hoverslam.harness.wire").joinpath("golden").iterdir() if one.is_file()]
        for one in frames:
            Output(option, folder / one.name, NEW).write(one.read_bytes())
        return len(frames)
