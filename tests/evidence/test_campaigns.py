"""The table of campaigns. Oracle: rows of which it is known whether they reach what was asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from hoverslam.harness.campaign.store import DATABASE
from tests.evidence import campaigns
from tests.evidence.campaigns import COLUMNS, PLANS, asked, count, report, resident_mb, watch
from tests.evidence.tables import Row, read


def row(name: str, **told: object) -> Row:
    rare = {"chance": "0.01", "low": "0.007", "high": "0.014"}
    return dict.fromkeys(COLUMNS, "1") | rare | {"name": name, "date": "2026-11-21", "sources": "abc"} | told


def test_what_was_asked_for_is_reached_or_not() -> None:
    rows = [row("of 1000", wall_s=359.0), row("alone", wall_s=541.0)]
    rows += [row("one core 1", a_minute=100), row("two cores 1", a_minute=195, pairs_gain="1.98")]
    rows += [row("one core 2", a_minute=100), row("two cores 2", a_minute=184, pairs_gain="1.90")]
    rows += [row("of 3000"), row("aimed", chance="0.02", low="0.015", high="0.03")]
    assert [(came, reached) for _, came, reached in asked(rows)] == [
        ("5.98 min", True),
        ("9.02 min", False),
        ("1.95 and 1.84 x; the same flights just before, without a campaign around them, 1.98 and 1.90 x", False),
        ("2.00% (1.50% to 3.00%) against 1.00% (0.70% to 1.40%)", False),
    ]
    page = "\n".join(report(rows))
    assert page.count("| **no** |") == 3
    assert "| of 1000 | 1 | 1 | 1 x 1 | 1 | 359.0 | 1 | 1, 1 | 1: 1.00% (0.70% to 1.40%) |" in page


def test_nothing_is_said_of_what_was_not_flown() -> None:
    assert list(asked([row("of 10"), row("one core 1")])) == []


def test_what_was_flown_is_not_flown_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[str] = []

    def fly(_folder: Path, name: str) -> Row:
        flown.append(name)
        return {key: value for key, value in row(name, wall_s="1").items() if key not in {"name", "date", "sources"}}

    monkeypatch.setattr(campaigns, "fly", fly)
    monkeypatch.setattr(campaigns, "pairs_gain", lambda: 1.9)
    there = ["--folder", str(tmp_path)]
    assert campaigns.main([*there, "--minutes", "0"]) == 0
    assert campaigns.main([*there, "--only", "of 100", "of 10"]) == 0
    assert campaigns.main(there) == 1, "two cores are as fast as one"
    assert sorted(flown) == sorted(PLANS), "each once"
    monkeypatch.setattr(campaigns, "digest", lambda: "new")
    assert campaigns.main([*there, "--only", "alone"]) == 1
    assert [flown.pop(), len(flown)] == ["alone", len(PLANS)], "that one again, the others stay as they are"
    assert {one["name"] for one in read(tmp_path / "campaigns.csv") if one["sources"] == "new"} == {"alone"}
    assert [one["name"] for one in read(tmp_path / "campaigns.csv")] == list(PLANS)


def test_memory_is_that_of_a_process_and_of_what_it_started() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(99 << 20); input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        while resident_mb(process.pid)[1] < 100.0:
            assert process.poll() is None
        own, whole = resident_mb(process.pid)
        process.communicate(b"\n")
    assert 0.0 < own < 60.0 < 99.0 < whole
    assert resident_mb(process.pid) == (0.0, 0.0)


def test_flights_are_counted_as_they_are_committed(tmp_path: Path) -> None:
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('create table flights (place)');"
        "[(c.execute('insert into flights values (1)'), time.sleep(0.2)) for _ in range(10)]; time.sleep(1.5)"
    )
    assert count(tmp_path / DATABASE) == 0
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / DATABASE)], text=True) as driver:
        watched = watch(driver, tmp_path, 10)
    assert count(tmp_path / DATABASE) == 10
    assert 0.5 < float(watched["flying_s"]) < 60.0
    assert 0.0 < float(watched["a_minute"]) <= 60.0 * 9 / 0.5
    assert 0.0 < float(watched["driver_mb"]) <= float(watched["all_mb"])
