"""The block of docs/verification.md: what `hoverslam validate` prints, with the source of each check."""

from collections.abc import Iterable, Iterator
from importlib import import_module

from hoverslam.harness.docs.blocks import with_block
from hoverslam.harness.validation.check import SUITES, Check, cells

HEAD = ("| suite | case | quantity | largest error | gate | verdict | against |", "| " + " | ".join(["---"] * 7) + " |")


def table_rows(checks: Iterable[Check]) -> Iterator[str]:
    """The rows that the command prints, with the source."""
    for check in checks:
        yield f"| {' | '.join([check.suite, *(cell.strip() for cell in cells(check)), check.source])} |"


def with_table(page: str, checks: Iterable[Check]) -> str:
    """The page with these checks in its table."""
    return with_block(page, "checks", [*HEAD, *table_rows(checks)])


def with_measured(page: str) -> str:
    """The page with all suites, as `hoverslam validate` runs them."""
    suites = (getattr(import_module(f"hoverslam.harness.validation.{name}"), name) for name in SUITES)
    return with_table(page, [check for suite in suites for check in suite()])
