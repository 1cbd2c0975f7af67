"""The marks of a page between which a table is written; what stands outside them is left as a person wrote it."""

import re
from collections.abc import Iterable

from hoverslam.harness.errors import UsageError

END = "<!-- to here -->"
BEGIN = re.compile(r"<!-- written by make docs: ([\w-]+) -->")


def begin(name: str) -> str:
    """The mark above a block."""
    return f"<!-- written by make docs: {name} -->"


def with_block(text: str, name: str, lines: Iterable[str]) -> str:
    """The page with this block replaced."""
    before, mark, rest = text.partition(begin(name))
    _, end, after = rest.partition(END)
    if not mark or not end or BEGIN.search(rest.removesuffix(after)):
        raise UsageError(f"no block {begin(name)} that {END} ends: put both marks where the table belongs")
    return "\n".join([f"{before}{mark}", "", *lines, "", f"{END}{after}"])
