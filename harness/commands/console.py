"""Where output goes: results to standard output, everything else to standard error, one JSON object with `--json`."""

import json
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

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


class ProgressLine:
    """Where a long command is, on standard error: one line redrawn on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._console = progress()
        terminal = self._console.is_terminal
        self._live = Live(console=self._console, auto_refresh=False, transient=True) if terminal else None

    def show(self, text: str, *, due: bool = True) -> None:
        """Where it is now; `due`: worth a line of its own where nothing can be redrawn."""
        if self._live is not None:
            self._live.update(Text(text), refresh=True)
        elif due:
            self.say(text)

    def clear(self) -> None:
        """Take the line away, before anything is printed elsewhere: it would end in the middle of it."""
        if self._live is not None:
            self._live.stop()

    def say(self, text: str) -> None:
        """What is to be read afterwards as well."""
        self._console.print(text, soft_wrap=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()


def print_json(value: Mapping[str, Any]) -> None:
    """Exactly one JSON object on standard output; raises on NaN and infinity, which are not JSON."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")
