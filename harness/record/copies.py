"""Copies of the files that a scenario names, in its run folder: from these it is flown and judged again anywhere.

`run.json` keeps the SHA-256 of each under `copies`. A folder that an older version wrote has none.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from hoverslam.harness.files import write_whole
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.plant.toml_file import MOST_BYTES, TomlError, is_file, parsed, read_text

AGAIN = "copy the folder again from where it was flown, or fly it again"


def write_copies(texts: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write each text under its name; the SHA-256 of each, as `run.json` keeps them. Raises RecordError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / name, text.encode())
    except OSError as error:
        raise RecordError(f"cannot write the run folder {folder}: {error}; give another folder with --out") from error
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def copy_of(stored: StoredRun, name: str) -> Path | None:
    """Where a copy lies; None where the folder was written without. Raises RecordError where it is not as written."""
    if name not in stored.copies:
        return None
    path = stored.folder / name
    if not is_file(path):
        raise RecordError(f"run folder {stored.folder}: {name} is missing, which it was written with; {AGAIN}")
    if _sha256(path) != stored.copies[name]:
        why = f"{name} was changed after it was written: its checksum does not match"
        raise RecordError(f"run folder {stored.folder}: {why}; {AGAIN}")
    _refuse_a_stranger(path)
    return path


def _sha256(path: Path) -> str:
    """Of as much as the longest file that is read; of one that cannot be read, of nothing."""
    try:
        with path.open("rb") as file:
            return hashlib.sha256(file.read(MOST_BYTES + 1)).hexdigest()
    except OSError:
        return ""


def _refuse_a_stranger(path: Path) -> None:
    """A copy extends nothing: one that does was made by somebody to have us read files beyond the folder."""
    try:
        tree = parsed(read_text(path))
    except TomlError as wrong:
        raise RecordError(f"{wrong.at(str(path))}; {AGAIN}") from None
    if "extends" in tree:
        raise RecordError(f"{path}: extends: stands in no copy that hoverslam writes; {AGAIN}")
