"""The folder that keeps a run: claimed before the flight, so that a place that cannot be written is known early."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from harness.commands.guard import UsageError, keep_traceback, users_mistakes

RUNS = Path("runs")


@contextmanager
def run_folder(out: Path | None, scenario: str, seed: int) -> Iterator[Path]:
    """A new, empty folder; gone again if nothing was put in it. An unforeseen error leaves its traceback there."""
    folder = new_folder(scenario, seed) if out is None else _chosen(out)
    try:
        yield folder
    except Exception as error:  # passed on: only its traceback is kept
        if not isinstance(error, users_mistakes()):
            keep_traceback(error, folder)
        raise
    finally:
        with suppress(OSError):  # it holds something, which is the usual case
            folder.rmdir()


def _chosen(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"--out {folder}: holds files already; give a new folder, or remove what is in it")
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be used ({error.strerror}); give another folder") from None
    return folder


def new_folder(scenario: str, seed: int, runs: Path = RUNS) -> Path:
    """A folder named after time, scenario and seed, as yet empty."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{scenario}-s{seed}"
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
