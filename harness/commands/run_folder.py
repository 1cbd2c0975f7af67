"""The folder that keeps a run: claimed before the flight, so that a place that cannot be written is known early."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from harness.commands.guard import UsageError, keep_traceback, users_mistakes
from harness.files import claimed

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
            raise UsageError(f"{folder}: cannot be made here ({error.strerror}); give a place with --out") from None
        return folder
    raise AssertionError
