"""Tables that fit any width: no text is cut and no word is broken."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hoverslam.harness.console.wrapping import HANGING, columns, cuts

GAP = 2


class Column(NamedTuple):
    """`wraps`: its text may take several lines, and gets what the others leave."""

    heading: str
    right: bool = False
    wraps: bool = False


Row = Sequence[Text]
"""A cell for each column. A row of one cell is a heading of those that follow."""


def fitted(layout: Sequence[Column], rows: Sequence[Row], width: int, *, headed: bool = True) -> RenderableType:
    """The rows in columns; where not even the words fit beside each other, what wraps stands under its row."""
    rows = [[cell[len(cell) - len(cell.plain.lstrip()) :] for cell in row] for row in rows]
    heading = [Text(column.heading, "dim") for column in layout] if headed else []
    whole = [row for row in [heading, *rows] if len(row) == len(layout)]
    wants = [max((columns(row[i].plain) for row in whole), default=0) for i in range(len(layout))]
    wants[0] = max([wants[0], *(columns(row[0].plain) for row in rows if len(row) == 1)])
    least = [
        max((columns(word) for row in whole for word in row[i].plain.split()), default=0) if layout[i].wraps else want
        for i, want in enumerate(wants)
    ]
    if sum(least) + GAP * (len(layout) - 1) > width:
        return Group(*_stacked(layout, [heading, *rows] if headed else rows, wants, width))
    while sum(wants) + GAP * (len(layout) - 1) > width:
        widest = max(range(len(layout)), key=lambda i: (wants[i] - least[i], wants[i]))
        wants[widest] -= 1
    table = Table(box=None, pad_edge=False, show_header=headed, header_style="dim", padding=(0, GAP, 0, 0))
    for column, want in zip(layout, wants, strict=True):
        table.add_column(
            column.heading, justify="right" if column.right else "left", width=want, no_wrap=not column.wraps,
            overflow="fold",
        )  # fmt: skip
    for row in rows:
        table.add_row(*row)
    return table


def _stacked(layout: Sequence[Column], rows: Sequence[Row], wants: Sequence[int], width: int) -> Iterator[Text]:
    """What is whole in one line, aligned where that fits, and what wraps below it."""
    short = [i for i, column in enumerate(layout) if not column.wraps]
    aligned = sum(wants[i] for i in short) + GAP * (len(short) - 1) <= width
    for row in rows:
        if len(row) != len(layout):
            yield row[0]
            continue
        cells = [row[i].copy() for i in short]
        for i, cell in zip(short, cells, strict=True) if aligned else ():
            cell.align("right" if layout[i].right else "left", wants[i])
        yield from _lines(Text(" " * GAP).join(cells), width, 0)
        for i, column in enumerate(layout):
            if column.wraps and row[i].plain.strip():
                yield from _lines(row[i], width, HANGING)


def _lines(text: Text, width: int, further_in: int) -> Iterator[Text]:
    for line in text.divide(cuts(text.plain, width - further_in)):
        line.rstrip()
        line.pad_left(further_in)
        line.no_wrap, line.overflow = True, "ignore"
        yield line
