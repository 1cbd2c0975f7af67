"""Where output goes: results to standard output, everything else to standard error, one JSON object with `--json`."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console


def results() -> Console:
    """For what the user asked for."""
    return Console(highlight=False, soft_wrap=False)


def progress() -> Console:
    """For progress and remarks."""
    return Console(stderr=True, highlight=False)


def print_json(value: Mapping[str, Any]) -> None:
    """Exactly one JSON object on standard output; raises on NaN and infinity, which are not JSON."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")
