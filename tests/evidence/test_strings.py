"""The table of strings that were killed. Oracle: flights of which it is known how they ended."""

from pathlib import Path
from typing import Any

import pytest

from hoverslam.scenarios.load import load
from tests.evidence import strings
from tests.evidence.strings import COLUMNS, SCENARIO, good, kill_sets, report
from tests.evidence.tables import Row, read

CLEAN: Row = {"killed": "one", "verdict": "PASS", "same_hash": 1, "told": 1}


def row(**changed: Any) -> Row:
    return dict.fromkeys(COLUMNS, "1") | CLEAN | {"date": "2026-11-30", "sources": "abc"} | changed


@pytest.mark.parametrize("changed", [{"verdict": "FAIL"}, {"same_hash": 0}, {"told": 0}])
def test_a_flight_is_bad_that_is_another_or_does_not_say_so(changed: Row) -> None:
    assert good(row())
    assert not good(row(**changed))
    landed, same, said = (2 - (key in changed) for key in ("verdict", "same_hash", "told"))
    assert f"| one | 2 | {landed} | {same} | {said} |" in "\n".join(report([row(), row(**changed)]))


def test_kills_are_faults_of_three_strings() -> None:
    scenario = load(SCENARIO, kill_sets([(2, "1.5 s"), (0, "touchdown")]))
    assert scenario.strings.count == 3
    found = [(fault.kind, fault.target, fault.at) for fault in scenario.faults]
    assert found == [("string_killed", "string[2]", "1.5 s"), ("string_killed", "string[0]", "touchdown")]


def test_flights_that_are_missing_are_flown_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[tuple[str, int]] = []

    def one_flight(_pilot: object, sort: str, number: int, _hashes: object) -> Row:
        flown.append((sort, number))
        return {key: value for key, value in row(killed=sort, number=number).items() if key not in {"date", "sources"}}

    monkeypatch.setattr(strings, "Pilot", NoPilot)
    monkeypatch.setattr(strings, "undisturbed", lambda _: set())
    monkeypatch.setattr(strings, "one_flight", one_flight)
    assert strings.main(["--kills", "2", "--folder", str(tmp_path)]) == 0
    assert strings.main(["--kills", "3", "--folder", str(tmp_path)]) == 0
    assert flown == [("one", 0), ("two", 0), ("one", 1), ("one", 2)]
    assert len(read(tmp_path / "strings.csv")) == 4


class NoPilot:
    def __init__(self, _gnc: None) -> None:
        """Starts nothing."""

    def __enter__(self) -> "NoPilot":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends nothing."""
