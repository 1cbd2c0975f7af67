"""What comes from files, flight programs and command lines steers no terminal. Oracle: Unicode's categories."""

import io
import json
import os
import re
import sys
import unicodedata
from typing import Any

import pytest
from rich.table import Table
from rich.text import Text

from hoverslam.harness.console import console
from hoverslam.harness.console.console import ProgressLine, Screen
from hoverslam.harness.printable import IN_PLACE, printable, printable_lines
from hoverslam.harness.report.kit.document import document
from tests.harness import prefork
from tests.harness.test_cli import DEADLINE_S

CONTROL = ("\x1b[2J", "\x9b31m", "\x07", "\x00", "\r", "\x7f")
STEERING = (*CONTROL, "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\u2028")
TOLD = "a[/bold]b[red]c:smile:[link=file:///etc]"
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_of_every_character_that_there_is_only_those_with_a_shape_stay() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for one, seen in zip(every, printable(every), strict=True):
        if (one == seen) is (unicodedata.category(one) in HIDDEN):
            pytest.fail(f"U+{ord(one):04X}")


def test_lines_stay_lines_and_columns_stay_columns() -> None:
    assert printable_lines("a\tb\r\nc\n") == "a   b\nc\n"
    assert printable_lines("over\rwritten") == f"over{IN_PLACE}written"
    assert printable("two\nlines") == f"two{IN_PLACE}lines"


def shown(monkeypatch: pytest.MonkeyPatch, show: Any, *, terminal: bool = False) -> str:
    out = io.StringIO()
    screen = Screen(width=200)
    screen.file = out
    screen._force_terminal = terminal
    monkeypatch.setattr(console, "progress", lambda: screen)
    show(screen)
    return out.getvalue()


def _table(screen: Screen, text: str) -> None:
    table = Table("head", title=text)
    table.add_row(text)
    table.add_row(Text(text))
    screen.print(table)


def _line(_: Screen, text: str) -> None:
    with ProgressLine() as line:
        line.show(text)
        line.say(text)


WAYS = {
    "print": lambda screen, text: screen.print(text),
    "styled": lambda screen, text: screen.print(text, style="bold"),
    "text": lambda screen, text: screen.print(Text.assemble((text, "red"))),
    "say": lambda screen, text: screen.say(text),
    "out": lambda screen, text: screen.out(text),
    "table": _table,
    "progress": _line,
}


@pytest.mark.parametrize("way", WAYS)
def test_text_of_others_steers_no_terminal_whichever_way_it_is_shown(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    for steering in STEERING:
        text = f"be{steering}fore"
        said = shown(monkeypatch, lambda screen, text=text: WAYS[way](screen, text))
        assert not [one for one in said if one != "\n" and unicodedata.category(one) in HIDDEN], (way, steering)
        assert "be" in said
        assert "fore" in said


@pytest.mark.parametrize("way", WAYS)
def test_markup_and_names_of_pictures_are_text(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    said = shown(monkeypatch, lambda screen: WAYS[way](screen, TOLD))
    assert TOLD in said


@pytest.mark.parametrize(
    "given",
    [
        ["run", "--set", "a\x1b[31m"],
        ["run", "no\x1b[31m"],
        ["run", "--no-\x1b[31m"],
        ["show", "x", "too many \x1b[31m"],
        ["\x1b[31m"],
        ["report", "nowhere\x1b]0;t\x07"],
        ["hunt", "\u202e"],
        ["campaign", "a\x1b[31m"],
        ["cases", "a\x1b[31m.toml"],
        [b"show", b"bytes\xff.toml"],
        [b"run", b"--out", b"bytes\xff", b"--set", b"\xff"],
    ],
    ids=repr,
)
def test_a_refused_command_line_is_told_without_what_it_would_send(given: list[Any]) -> None:
    done = prefork.run(list(map(os.fsdecode, given)), None, os.environ, DEADLINE_S)
    said = done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert not [one for one in said if one != "\n" and unicodedata.category(one) in HIDDEN]


def test_a_page_holds_no_character_that_is_not_seen_neither_in_its_text_nor_in_its_numbers() -> None:
    name = "".join(STEERING) + "\U0001f680\u00a0"
    page = document(name, f"<p>{name}</p>", {"name": name, "path": "C:\\u202e", "two": "a\nb"}, ())
    told = json.loads(re.search(r'(?s)<script[^>]*type="application/json"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]  # every page has one
    head = page.split("<style")[0] + page.split("</style>")[-1].split("<script")[0]
    assert not [one for one in head if one not in "\n\t" and unicodedata.category(one) in HIDDEN]
    assert set(told["name"]) - set("\r") <= set(printable(name))
    assert told["name"].endswith("\U0001f680\u00a0")
    assert told["path"] == "C:\\u202e"
    assert told["two"] == "a\nb"
