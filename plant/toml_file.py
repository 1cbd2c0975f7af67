"""Reads a TOML file of a user quickly, whatever its content, or refuses it with place and remedy.

Python's reader takes quadratic time over long dotted keys, recurses over nested brackets, and hands on what none of our
tables can hold. So the text is measured before it is read, and each value afterwards.
"""

import datetime
import math
import re
import tomllib
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

MOST_BYTES = 128 * 1024
"""The longest file that is shipped has 18 KiB."""
MOST_VALUES = 10_000
MOST_DEEP = 16
MOST_PARTS = 32
"""Of a dotted key; the deepest of ours has five."""
LARGEST_WHOLE = 2**63 - 1
BETWEEN_PARTS = re.compile(r"[\"'][ \t]*\.")
SEGMENT = re.compile(r"[^=,{}\[\]\n]+")


class TomlError(ValueError):
    """A TOML text that cannot be used; `place` is a line or a key, where it is known."""

    def __init__(self, problem: str, remedy: str, *, line: int = 0, key: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if not key else f"{key}: {problem}; {remedy}")
        self.line = line

    def at(self, label: str) -> str:
        """One line for people, headed by the file and the line."""
        return f"{label}:{self.line}: {self}" if self.line else f"{label}: {self}"


class NotTomlError(TomlError):
    """A text that is no TOML at all."""


def is_file(path: Path | Traversable) -> bool:
    """Whether there is such a file; a name that no file can have is one that there is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_text(where: Path | Traversable) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises TomlError."""
    try:
        with where.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as failed:  # a path may hold a zero
        why = getattr(failed, "strerror", None) or failed
        raise TomlError(f"cannot be read ({why})", "check path and permissions") from None
    if len(data) > MOST_BYTES:
        raise TomlError(f"is longer than {MOST_BYTES // 1024} KiB", "give a TOML file of this kind") from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise TomlError("is not UTF-8 text", "save it as UTF-8", line=line) from None


@lru_cache(maxsize=64)
def parsed(text: str) -> dict[str, Any]:
    """The tree of a text, kept: the same few files are read for each flight. Raises TomlError; not to be written to."""
    _measure(text)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failed:
        reason, _, position = str(failed).partition(" (at line ")
        line = int(position.split(",")[0]) if "," in position else 0
        raise NotTomlError(f"is not valid TOML ({reason})", "correct the line", line=line) from None
    except RecursionError:
        raise TomlError("is nested too deeply", f"at most {MOST_DEEP} nested brackets are possible") from None
    except ValueError as failed:  # a number of thousands of digits, a day that there is none of
        raise TomlError(f"contains a value that cannot be read ({failed})", "correct it") from None
    _check(tree)
    return tree


def _measure(text: str) -> None:
    """Refuses keys of so many parts that reading them would take minutes."""
    parts = max((segment[0].count(".") for segment in SEGMENT.finditer(text)), default=0)
    if len(text) > MOST_BYTES or parts > MOST_PARTS or len(BETWEEN_PARTS.findall(text)) > MOST_PARTS:
        problem = f"is longer than {MOST_BYTES // 1024} KiB, or has a key or a line of more than {MOST_PARTS} parts"
        raise TomlError(problem, "shorten it")


def _check(tree: dict[str, Any]) -> None:
    """Refuses what no table of ours can hold, by its key: no recursion, so that no depth is too deep to be refused."""
    left: list[tuple[str, Any, int]] = [("", tree, 0)]
    seen = 0
    while left:
        key, value, deep = left.pop()
        seen += len(value) if isinstance(value, dict | list) else 0
        if seen > MOST_VALUES:
            raise TomlError(f"contains more than {MOST_VALUES} values", "give a TOML file of this kind")
        if deep > MOST_DEEP:
            raise TomlError(f"is nested more than {MOST_DEEP} deep", "remove a level", key=key[:80])
        if isinstance(value, dict):
            left += [(f"{key}.{name}" if key else name, inner, deep + 1) for name, inner in value.items()]
        elif isinstance(value, list):
            left += [(f"{key}.{index}", inner, deep + 1) for index, inner in enumerate(value)]
        else:
            _check_value(key, value)


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise TomlError("is an integer of more than 64 bits", "write a smaller one", key=key)
    if isinstance(value, datetime.date | datetime.time):
        raise TomlError(f"{value} is a date or a time of day", "write a number, or text in quotes", key=key)


def not_finite(tree: dict[str, Any]) -> str:
    """The key of a NaN or an infinity in a tree; empty where there is none."""
    left: list[tuple[str, Any]] = list(tree.items())
    while left:
        key, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{key}.{name}", inner) for name, inner in value.items()]
        elif isinstance(value, list | tuple):
            left += [(f"{key}.{index}", inner) for index, inner in enumerate(value)]
        elif isinstance(value, float) and not math.isfinite(value):
            return key
    return ""
