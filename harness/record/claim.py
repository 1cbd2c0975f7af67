"""The run folder: created before the flight, so that a folder that is not writable is reported early."""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from hoverslam.harness.errors import UsageError, users_mistakes
from hoverslam.harness.files import claimed
from hoverslam.harness.record.names import TRACEBACK_FILE

RUNS = Path("runs")


@contextmanager
def run_folder(out: Path | None, scenario: str, seed: int) -> Iterator[Path]:
    """A new, empty folder; gone again if nothing was put in it. An unforeseen error leaves its traceback there."""
    with claimed(new_folder(f"{scenario}-s{seed}") if out is None else out) as folder:
        try:
            yield folder
        except Exception as error:  # passed on: only its traceback is kept
            if not isinstance(error, users_mistakes()):
                keep_traceback(error, folder)
            raise


def new_folder(what: str, runs: Path = RUNS) -> Path:
    """A folder named after the time and what is in it, as yet empty and made by nobody else."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{what}"
    for again in count(1):
        folder = runs / (name if again == 1 else f"{name}-{again}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                f"{folder}: cannot be created ({error.strerror}); give another folder with --out"
            ) from None
        return folder
    raise AssertionError


def keep_traceback(error: BaseException, folder: Path) -> None:
    """Put the traceback of an unforeseen error into the run folder, and a note of that on the error."""
    try:
        (folder / TRACEBACK_FILE).write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return  # a full disk, say: the traceback then goes to standard error
    error.add_note(f"traceback in {folder / TRACEBACK_FILE}")
