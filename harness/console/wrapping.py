"""Lines that do not fit a terminal: broken between words, never in one, and no command torn that is there to be copied.

A terminal breaks what is too long wherever its edge is. Imports nothing of ours and nothing that takes time.
"""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import TextIO

HANGING = 2
"""Columns by which what follows of a line stands further in than its beginning."""
NARROWEST = 80
"""Where a terminal does not say how wide it is."""
WIDE = frozenset("WF")
COMMAND = re.compile(r"^ *(?:hoverslam|export) .*$|(?<=: )(?:hoverslam |\. /).*$")
"""What is there to be copied: a line of a shell, or one at the end of a sentence."""


def columns(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(2 if unicodedata.east_asian_width(one) in WIDE else 1 for one in text)


def width_of(stream: TextIO) -> int:
    """Columns of the terminal that a stream goes to, or of its COLUMNS; without end where there is none."""
    if not stream.isatty():
        return sys.maxsize
    try:
        return int(os.environ.get("COLUMNS", "")) or NARROWEST
    except ValueError:
        return os.get_terminal_size(stream.fileno()).columns or NARROWEST


def indentation(line: str) -> int:
    """Columns that what follows of a line stands in."""
    return len(line) - len(line.lstrip(" ")) + HANGING


def cuts(line: str, width: int) -> list[int]:
    """The places in a line at which a new one begins, so that each fits if its words do."""
    if columns(line) <= width:
        return []
    command = COMMAND.search(line)
    end = command.start() if command is not None else len(line)
    found, column = list[int](), 0
    for word in re.finditer(r" *\S+", line[:end]):
        shown = word.group()
        if column and column + columns(shown) > width:
            shown = shown.lstrip(" ")
            found.append(word.end() - len(shown))
            column = indentation(line)
        column += columns(shown)
    return [*found, end] if 0 < end < len(line) else found


def wrapped(line: str, width: int) -> Iterator[str]:
    """The line as lines that fit."""
    ends = [0, *cuts(line, width), len(line)]
    for first, last in pairwise(ends):
        yield (" " * indentation(line) if first else "") + line[first:last].rstrip()
