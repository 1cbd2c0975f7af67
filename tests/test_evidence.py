"""The figures of many flights. Oracle: twenty synthetic flights of which it is known which fail, and by what."""

from pathlib import Path

import pytest

from harness.summary import summarise
from tests import evidence
from tests.evidence import COLUMNS, Row, count, read, report, row_of, write
from tests.harness.flights import Plan
from tests.harness.test_summary import assessed

EXACT_LOWER = 0.05 ** (1 / 20)
"""Clopper-Pearson for no failure in n flights: alpha to the power of 1/n."""


def rows_of(*plans: Plan) -> list[Row]:
    summaries = [summarise(assessed(plan), None).model_dump(mode="json") for plan in plans]
    return [row_of({**summary, "seed": seed}) for seed, summary in enumerate(summaries, start=1)]


def test_shares_percentiles_and_failures_are_counted() -> None:
    found = count(rows_of(*[Plan()] * 19, Plan(touchdown_mps=5.0)))
    assert (found["flown"], found["verdicts"]) == (20, {"PASS": 19, "FAIL": 1})
    assert (found["pass_share"], found["not_passed"], found["seeds"]) == (0.95, [20], (1, 20))
    assert found["failed_requirements"] == {"R-18": 1}
    assert found["percentiles"]["vertical_mps"]["p50"] == pytest.approx(1.5, abs=0.05)


def test_the_lower_bound_is_exact_when_nothing_failed() -> None:
    assert count(rows_of(*[Plan()] * 20))["pass_share_lower_95"] == pytest.approx(EXACT_LOWER)


def test_a_share_without_touchdowns_has_no_percentiles() -> None:
    found = count(rows_of(Plan(ignition_s=30.0, touchdown_s=40.0, end_s=4.0, outcome="max_time")))
    assert found["percentiles"] == {name: {} for name in evidence.QUANTITIES}


def test_what_was_flown_is_not_flown_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[int] = []

    def fly_all(_scenario: str, seeds: list[int]) -> list[list[Row]]:
        flown.extend(seeds)
        return [[{**rows_of(Plan())[0], "seed": seed}] for seed in seeds]

    monkeypatch.setattr(evidence, "fly_all", fly_all)
    folder = ["--folder", str(tmp_path)]
    assert evidence.main(["--seeds", "2", *folder]) == 0
    assert evidence.main(["--seeds", "4", *folder]) == 0
    assert flown == [1, 2, 3, 4]
    assert [row["seed"] for row in read(tmp_path / "zq3-landing.csv")] == ["1", "2", "3", "4"]
    monkeypatch.setattr(evidence, "digest", lambda: "edited")
    evidence.main(["--seeds", "2", *folder])
    assert flown == [1, 2, 3, 4, 1, 2], "figures of other sources are not mixed in"


def test_sources_that_change_meanwhile_spoil_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = iter(["before", "after"])
    monkeypatch.setattr(evidence, "digest", lambda: next(digests))
    monkeypatch.setattr(evidence, "fly_all", lambda _scenario, _seeds: [rows_of(Plan())])
    with pytest.raises(SystemExit, match="sources changed"):
        evidence.main(["--seeds", "1", "--folder", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_the_table_survives_being_written_and_read(tmp_path: Path) -> None:
    rows = rows_of(Plan(), Plan(touchdown_mps=5.0))
    write(tmp_path / "t.csv", rows)
    again = read(tmp_path / "t.csv")
    assert list(again[0]) == list(COLUMNS)
    assert count(again) == count(rows)


def test_the_page_says_how_it_was_made() -> None:
    page = "\n".join(report("zq3-landing", count(rows_of(Plan(), Plan(touchdown_mps=5.0))), "make evidence", "abc"))
    assert "1 FAIL, 1 PASS: 50.0% pass" in page
    assert "R-18 in 1. Seeds that did not pass: 2." in page
    assert "with `make evidence` on " in page
