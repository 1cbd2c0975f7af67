"""Pages of many flights: their parts, as HTML."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from hoverslam.harness.report.kit.document import document

CARDS_TO_LIST = 5
SCRIPTS = ("plots.js", "landings.js")
"""What every page of many flights draws with."""


def frame(title: str, header: str, main: str, data: Mapping[str, Any], scripts: Sequence[str] = ()) -> str:
    """A whole page; `header` and `main` are HTML, `scripts` names of assets that draw `data`."""
    body = f"{header}\n<main>\n{_contents(main)}{main}\n</main>"
    return document(title, body, data, (*SCRIPTS, *scripts), ("page.css", "flights.css"))


def _contents(main: str) -> str:
    """A list of the cards, where there are enough of them to look for one."""
    found = re.findall(r'<section class="card[^"]*" id="([^"]+)"><h2>(.*?)</h2>', main)
    if len(found) < CARDS_TO_LIST:
        return ""
    return f'<nav class="contents" aria-label="Contents">{"".join(_link(*one) for one in found)}</nav>'


def _link(place: str, title: str) -> str:
    return f'<button data-part="{place}">{title}</button>'


def heading(word: str, grade: str, which: str, title: str, sentences: Iterable[str]) -> str:
    """The header: a word in a coloured box, what it is about, one line large and some small."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)
    return (
        f'<header class="{escape(grade)}"><div class="top"><span class="verdict">{escape(word)}</span>'
        f'<span class="which">{which}</span></div><h1>{escape(title)}</h1>{paragraphs}</header>'
    )


def card(title: str, body: str, css: str = "") -> str:
    """A part of the page; `body` is HTML."""
    place = "part-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    body = body.replace("<table ", f'<table aria-label="{escape(title)}" ', 1)
    return f'<section class="card {css}" id="{place}"><h2>{escape(title)}</h2>{body}</section>'


def plot(name: str, css: str = "") -> str:
    """A place for a picture, its key, and a note under it."""
    return (
        f'<div class="views" id="{name}-views"></div><div class="plot {css}" id="{name}"></div>'
        f'<div class="legend" id="{name}-legend"></div><p class="note" id="{name}-note"></p>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], css: Sequence[str] = ()) -> str:
    """A table that scrolls by itself where it is too wide; cells are HTML, `css` the class of each column."""
    classes = [*css, *[""] * (len(heads) - len(css))]
    head = "".join(
        f'<th scope="col" class="{name}">{escape(text)}</th>' for text, name in zip(heads, classes, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td class="{name}">{cell}</td>' for cell, name in zip(row, classes, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Names and what they are."""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in pairs)
    return f"<dl>{rows}</dl>"


def flight_button(place: int | None) -> str:
    """Chooses a flight of the campaign."""
    return "–" if place is None else f'<button data-place="{place}">flight {place}</button>'
