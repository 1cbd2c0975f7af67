"""What interrupts a command: Ctrl-C, `kill`, or a closed terminal. All three are one thing here.

The first of them ends what is being done, by a KeyboardInterrupt. What is finished is then kept and programs are ended,
within deadlines; a second one is let pass meanwhile (a terminal and the process in front of it may each send one), and
a third ends at once.
"""

import os
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOST = 2
_came: list[int] = []
_holds: list[bool] = []


class Interrupted(KeyboardInterrupt):
    """An interrupted command: what is kept, where, the command line that resumes it, and what was finished."""

    def __init__(
        self, told: str, kept: object = None, go_on: str | None = None, finished: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(told)
        self.facts = {**(finished or {}), "kept": None if kept is None else str(kept), "go_on": go_on}


def same_command(*more: str) -> str:
    """The command line of this process with what it lacks of `more`: an option and its value."""
    missing = [] if not more or more[0] in sys.argv else [*more]
    return shlex.join(["hoverslam", *sys.argv[1:], *missing])


def without_out(asked: Path | None, out: Path) -> tuple[str, ...]:
    """`--out` of a folder that nobody asked for, so that a command line names it."""
    return () if asked is not None else ("--out", str(out))


def _end(number: int, _frame: FrameType | None) -> None:
    _came.append(number)
    if len(_came) == 1 and not _holds:
        raise KeyboardInterrupt
    if len(_came) > MOST:
        os._exit(128 + number)


@contextmanager
def endings() -> Iterator[None]:
    """Within: a signal that would end the process raises KeyboardInterrupt, once.

    One that the process was started to ignore stays ignored, as with `nohup` and in the background of a script.
    """
    _came.clear()
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler not in {signal.SIG_IGN, None}:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


@contextmanager
def held() -> Iterator[None]:
    """Within: a signal waits until this ends, as while something is started that cannot be ended half-way."""
    _holds.append(True)
    try:
        yield
    except Exception:  # one that a signal cut short fails in many ways; the signal is what is told
        if not _came:
            raise
    finally:
        _holds.pop()
    if _came:
        raise KeyboardInterrupt


def has_come() -> bool:
    """Whether a signal has ended what was being done."""
    return bool(_came)


def came() -> signal.Signals:
    """The signal that ended it; Ctrl-C where none was seen."""
    return signal.Signals(_came[0]) if _came else signal.SIGINT


def exit_code() -> int:
    """As a shell tells of a program that was ended by that signal: 130, 143, 129."""
    return 128 + came()
