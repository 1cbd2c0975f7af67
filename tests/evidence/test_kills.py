"""The table of kills. Oracle: kills of which it is known how they ended."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evidence import __main__ as evidence
from tests.evidence import kills
from tests.evidence.kills import COLUMNS, SORTS, good, report
from tests.evidence.tables import Row, read

CLEAN = {"there": 3, "codes": "-9 0", "same_table": 1, "left": 0}


def row(victim: str, **told: object) -> Row:
    return dict.fromkeys(COLUMNS, "1") | CLEAN | {"victim": victim, "date": "2026-11-21", "sources": "abc"} | told


@pytest.mark.parametrize("told", [{"same_table": 0}, {"left": 2}, {"codes": "-9 4"}])
def test_a_kill_is_bad_where_something_is_lost_or_left(told: dict[str, object]) -> None:
    assert good(row("driver"))
    assert not good(row("driver", **told))
    assert "| driver | 2 | 1 | 3 to 5 |" in "\n".join(report([row("driver", **told), row("driver", there=5)]))


def test_what_was_killed_is_not_killed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    struck: list[tuple[str, int]] = []

    def one_kill(_folder: Path, victim: str, number: int, _undisturbed: object) -> Row:
        struck.append((victim, number))
        return {key: value for key, value in row(victim, number=number).items() if key not in {"date", "sources"}}

    monkeypatch.setattr(kills, "whole", lambda *_: [])
    monkeypatch.setattr(kills, "one_kill", one_kill)
    assert kills.main(["--kills", "1", "--folder", str(tmp_path)]) == 0
    assert kills.main(["--kills", "2", "--folder", str(tmp_path)]) == 0
    assert sorted(struck) == sorted((victim, number) for victim in SORTS for number in (0, 1))
    assert len(read(tmp_path / "kills.csv")) == 2 * len(SORTS)


def test_parts_share_the_time_and_the_worst_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, list[str]] = {}

    def part(name: str, code: int) -> Callable[[list[str]], int]:
        def run(arguments: list[str]) -> int:
            asked[name] = arguments
            return code

        return run

    monkeypatch.setattr(evidence, "RESUMED", {"hunts": part("hunts", 0), "kills": part("kills", 1), "campaigns": None})
    monkeypatch.setattr(evidence, "AT_ONCE", {"gate": part("gate", 0)})
    assert evidence.main(["kills", "gate", "hunts", "--minutes", "7"]) == 1
    assert asked["gate"] == []
    assert 6.9 < float(asked["hunts"][1]) <= 7.0
    with pytest.raises(SystemExit):
        evidence.main(["hunt"])
