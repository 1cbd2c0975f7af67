"""The line that says where a long command is. Oracle: what a terminal shows in the end, by its control codes."""

import re
from io import StringIO

import pytest

from hoverslam.harness.console import console
from hoverslam.harness.console.console import ProgressLine, Screen


def screen(written: str) -> list[str]:
    """Lines that stay, of text with carriage returns, cursor up and erase line; other codes change nothing here."""
    lines, at = [""], 0
    for part in re.findall(r"\x1b\[[?\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", written):
        if part == "\n":
            at += 1
            lines += [""] if at == len(lines) else []
        elif part == "\x1b[1A":
            at -= 1
        elif part == "\x1b[2K":
            lines[at] = ""
        elif part[0] not in "\x1b\r":
            lines[at] += part
    return [line.rstrip() for line in lines if line]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_said_stays_and_what_is_shown_goes(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    file = StringIO()
    monkeypatch.setattr(console, "progress", lambda: Screen(file=file, force_terminal=terminal, width=60))
    with ProgressLine() as line:
        line.show("1/9 flights")
        line.show("2/9 flights", due=False)
        line.say("9 flights are kept; resume with --resume")
        line.show("3/9 flights", due=False)
        assert ("3/9" in file.getvalue()) is terminal
    kept = "9 flights are kept; resume with --resume"
    assert screen(file.getvalue()) == ([kept] if terminal else ["1/9 flights", kept])


def test_a_line_that_is_cleared_leaves_the_next_output_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures came out behind a progress line as "1 of 1zq3-landing"."""
    written = StringIO()
    terminal = Screen(file=written, force_terminal=True, width=80)
    monkeypatch.setattr(console, "progress", lambda: terminal)
    with ProgressLine() as line:
        line.show("repeating failed flights to store the logs: 1 of 1")
        line.clear()
        written.write("zq3-landing: 0 of 1 flight pass\n")
    assert screen(written.getvalue())[0] == "zq3-landing: 0 of 1 flight pass"
