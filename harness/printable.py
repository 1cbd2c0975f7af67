"""Makes foreign text safe to show: no file, flight program, name or telemetry can control a terminal or a page.

What is not printable by Unicode's categories goes: control characters of C0 and C1 (escape sequences begin with one),
what turns the direction of writing round or takes no room, half of a pair, what is unassigned. Spaces of
any width stay. Imports nothing of ours.
"""

import re
import unicodedata

IN_PLACE = "\ufffd"
"""Stands where such a character stood, so that a reader sees that there was one."""
BEYOND_ASCII = re.compile("[^ -~]")
"""All but what is surely printable: a page is looked through in milliseconds."""


def printable(text: str, keep: str = "") -> str:
    """The text with each character that is not printable, and not in `keep`, replaced by one that says so."""
    if text.isprintable():
        return text
    return BEYOND_ASCII.sub(lambda one: one[0] if one[0] in keep or _has_a_shape(one[0]) else IN_PLACE, text)


def printable_lines(text: str) -> str:
    """The same for text of several lines: ends of lines stay, tabs become spaces, anything else is replaced."""
    return printable(text.replace("\r\n", "\n").expandtabs(4), keep="\n")


def _has_a_shape(one: str) -> bool:
    return one.isprintable() or unicodedata.category(one) == "Zs"
