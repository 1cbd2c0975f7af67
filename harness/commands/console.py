"""Where output goes: results to standard output, everything else to standard error, one JSON object with `--json`."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

PIPED_WIDTH = 118


class Results(Console):
    """Standard output; that nobody reads on is not hidden behind an exit code of rich's choosing."""

    def on_broken_pipe(self) -> None:
        """Let it through to the guard."""
        raise BrokenPipeError


def results() -> Console:
    """For what the user asked for; wide enough for a table when it goes into a file or a pipe."""
    return Results(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def progress() -> Console:
    """For progress and remarks."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)  # keys may hold [ and :


def print_json(value: Mapping[str, Any]) -> None:
    """Exactly one JSON object on standard output; raises on NaN and infinity, which are not JSON."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")
