"""Where output goes: results to standard output, everything else to standard error, one JSON object with `--json`."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from hoverslam.harness.console.table import Column, Row, fitted
from hoverslam.harness.console.wrapping import cuts, indentation
from hoverslam.harness.printable import printable, printable_lines

PIPED_WIDTH = 118


class Screen(Console):
    """A console that shows text as it is: no markup, no emoji, and nothing in it that would steer a terminal."""

    def __init__(self, **options: Any) -> None:
        """Options are those of rich."""
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What rich itself sends to the terminal stays; what is text is made printable."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else printable(text, keep="\n"), style, control)

    def out(
        self,
        *objects: Any,
        sep: str = " ",
        end: str = "\n",
        style: str | Style | None = None,
        highlight: bool | None = None,
    ) -> None:
        """The same for text that is to come as it is."""
        super().out(*(printable_lines(str(one)) for one in objects), sep=sep, end=end, style=style, highlight=highlight)

    def tabulate(self, layout: Sequence[Column], rows: Sequence[Row], *, headed: bool = True) -> None:
        """A table, in which nothing is cut."""
        self.print(fitted(layout, rows, self.width, headed=headed), crop=False)

    def say(self, told: str | Text) -> None:
        """Text that is not laid out: on a terminal no word of it is broken, elsewhere a line stays a line."""
        text = Text(printable_lines(told)) if isinstance(told, str) else told
        for line in text.split("\n", allow_blank=True):
            ends = cuts(line.plain, self.width) if self.is_terminal else []
            for number, part in enumerate(line.divide(ends)):
                part.rstrip()
                part.pad_left(indentation(line.plain) if number else 0)
                self.print(part, soft_wrap=True)


def results() -> Screen:
    """For what the user asked for; in a file or a pipe as wide as COLUMNS says, or else wide enough for a table."""
    asked = re.fullmatch("[0-9]{2,4}", os.environ.get("COLUMNS", ""))
    return Screen(width=None if sys.stdout.isatty() else int(asked[0]) if asked else PIPED_WIDTH)


def progress() -> Screen:
    """For progress and remarks."""
    return Screen(stderr=True)


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
        self._console.say(text)

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
