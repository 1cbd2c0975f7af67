"""The table of the example in C. Oracle: flights of which it is known how they ended."""

from typing import Any

from tests.evidence.c_example import COLUMNS, FLIGHTS, PROGRAMS, ratios, report, wanted
from tests.evidence.tables import Row


def row(sort: str, block: int, program: str, **changed: Any) -> Row:
    known = {"sort": sort, "block": block, "program": program, "flights": 20, "passed": 20, "lost_seeds": ""}
    return dict.fromkeys(COLUMNS, "1") | known | {"date": "2026-12-01", "sources": "abc"} | changed


ROWS = [
    row("land", 0, "C", passed=19, lost_seeds="1003"),
    row("land", 0, "reference", passed=18, lost_seeds="1003 1007"),
    *(row("alone", block, "C", wall_s=0.5 + block) for block in range(3)),
    *(row("alone", block, "reference", wall_s=1.0) for block in range(2)),
    *(row("1 worker", 0, name, wall_s=took) for name, took in zip(PROGRAMS, (60.0, 120.0), strict=True)),
]


def test_the_page_says_how_often_each_lands_and_what_only_one_lost() -> None:
    page = "\n".join(report(ROWS))
    assert "| C | 20 | 19 | 95.0% | 75.1% to 99.9% |" in page
    assert "| reference | 20 | 18 | 90.0% | 68.3% to 98.8% |" in page
    assert "Lost by C alone: none; by the reference alone:\n1007." in page


def test_a_ratio_is_of_one_round_and_a_round_that_is_not_whole_has_none() -> None:
    assert ratios(ROWS, "alone") == [0.5, 1.5]
    assert f"{FLIGHTS} with C, {FLIGHTS // 2} with reference" in "\n".join(report(ROWS))


def test_who_begins_changes_from_round_to_round() -> None:
    order = [name for sort, block, name in wanted(40, 2) if sort == "alone"]
    assert order == [*PROGRAMS[::-1], *PROGRAMS]
    assert len(wanted(200, 5)) == 2 * (10 + 4 * 5)
