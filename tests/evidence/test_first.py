"""The page of first flights. Oracle: ratios and their median by hand."""

from pathlib import Path

import pytest

from tests.evidence import first
from tests.evidence.tables import ROOT


def test_who_begins_changes_and_a_ratio_is_of_its_own_round(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def took(tree: Path) -> float:
        asked.append(tree)
        return 30.0 if tree == ROOT else 60.0 + len(asked)

    monkeypatch.setattr(first, "first_verdict_s", took)
    old = Path("/older")
    rows = [first.raced(number, old) for number in (1, 2)]
    assert asked == [old, ROOT, ROOT, old]
    assert [row["ratio"] for row in rows] == ["0.492", "0.469"]


def test_the_page_tells_the_median_and_the_spread() -> None:
    rows = [{"ratio": ratio, "sources": "0", "date": "2026-01-01"} for ratio in ("0.400", "0.600", "0.450")]
    assert "3 rounds: 0.45 of its time (median,\nfrom 0.40 to 0.60)" in "\n".join(first.report(rows))
