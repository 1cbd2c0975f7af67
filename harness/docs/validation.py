"""The table of docs/verification.md, from the checks:

python -m hoverslam.harness.docs.validation docs/verification.md
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from hoverslam.harness.validation.check import SUITES, Check, cells

BEGIN, END = "<!-- validate: begin -->", "<!-- validate: end -->"
HEAD = ("| suite | case | quantity | largest error | gate | verdict | against |", "| " + " | ".join(["---"] * 7) + " |")


def table_rows(checks: Iterable[Check]) -> Iterator[str]:
    """The rows that the command prints, with the source."""
    for check in checks:
        yield f"| {' | '.join([check.suite, *(cell.strip() for cell in cells(check)), check.source])} |"


def with_table(page: str, checks: Iterable[Check]) -> str:
    """The page with its table replaced."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *HEAD, *table_rows(checks), "", f"{END}{after}"])


def every_check() -> list[Check]:
    """All suites, as `hoverslam validate` runs them."""
    return [
        check for name in SUITES for check in getattr(import_module(f"hoverslam.harness.validation.{name}"), name)()
    ]


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8"), every_check()), encoding="utf-8")
