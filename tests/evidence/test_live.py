"""The page of watched flights. Oracle: ratios and their median by hand; who begins, by a list of who was asked."""

from typing import Any, cast

import pytest

from tests.evidence import live


def test_who_begins_changes_and_a_ratio_is_of_its_own_round(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def flight(kind: str, wall_s: float) -> Any:
        asked.append(kind)
        return wall_s, 1.0, "abc"

    monkeypatch.setattr(live, "alone", lambda _: flight("alone", 2.0))
    monkeypatch.setattr(live, "watched", lambda *_: flight("watched", 2.1))
    rows = [live.raced(number, cast("Any", None), cast("Any", None)) for number in (1, 2)]
    assert asked == ["alone", "watched", "watched", "alone"]
    assert [row["ratio"] for row in rows] == ["1.050", "1.050"]


def test_a_watched_flight_with_other_bits_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "alone", lambda _: (1.0, 1.0, "abc"))
    monkeypatch.setattr(live, "watched", lambda *_: (1.0, 1.0, "abd"))
    with pytest.raises(RuntimeError, match="differs"):
        live.raced(1, cast("Any", None), cast("Any", None))


def test_the_page_tells_the_median_and_the_spread() -> None:
    ratios = [("1.010", "1.100"), ("1.030", "1.300"), ("1.020", "1.500")]
    rows = [{"cpu_ratio": cpu, "ratio": wall, "sources": "0", "date": "2026-01-01"} for cpu, wall in ratios]
    page = "\n".join(live.report(rows))
    assert "| processor time of the thread that flies | 1.020 | 1.010 | 1.030 |" in page
    assert "| wall clock, with the browser on the same cores | 1.300 | 1.100 | 1.500 |" in page
