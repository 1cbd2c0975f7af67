"""The table of hunts. Oracle: rows of which the median is known, and who was asked to hunt."""

from pathlib import Path

import pytest

from tests.evidence import hunts
from tests.evidence.hunts import COLUMNS, flights, report
from tests.evidence.tables import Row, read, write


def row(method: str, seed: int, count: int | None) -> Row:
    told = {"flights": count or "", "faults": 1 if count else "", "off_nominal": 2 if count else ""}
    return dict.fromkeys(COLUMNS, "") | {"planted": "no-spare", "method": method, "seed": seed} | told


def test_a_search_that_found_nothing_counts_as_more_than_any() -> None:
    assert flights([row("random", 0, 12), row("random", 1, None)]) == [12.0, float("inf")]


def test_the_page_has_the_median_of_each_method() -> None:
    rows = [row("cmaes", s, n) for s, n in enumerate((3, 71, 20))] + [row("random", s, None) for s in range(3)]
    page = "\n".join(report(rows))
    assert "| `no-spare` | cmaes | 3 | 3 | 20 | 3 | 71 | 1, 2 |" in page
    assert "| `no-spare` | random | 3 | 0 | > 300 | > 300 | > 300 |  |" in page


def test_what_was_hunted_is_not_hunted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, int]] = []

    def hunt_all(wanted: list[tuple[str, str, int]], _until: float) -> list[Row]:
        asked.extend(wanted)
        return [{**row(method, seed, 5), "planted": planted} for planted, method, seed in wanted]

    monkeypatch.setattr(hunts, "hunt_all", hunt_all)
    few = ["--folder", str(tmp_path), "--methods", "random", "--planted", "no-spare"]
    hunts.main(["--searches", "1", *few])
    hunts.main(["--searches", "3", *few])
    assert asked == [("no-spare", "random", seed) for seed in range(3)]
    assert [int(one["seed"]) for one in read(tmp_path / "hunt.csv")] == [0, 1, 2]


def test_the_table_survives_being_written_and_read(tmp_path: Path) -> None:
    rows = [row("random", 0, 12), row("random", 1, None)]
    write(tmp_path / "t.csv", COLUMNS, rows)
    assert flights(read(tmp_path / "t.csv")) == flights(rows)
