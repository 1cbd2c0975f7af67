"""The table of damages, and a small part of it. Oracles: what was written, and readers that check nothing."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.campaign.bank import read_bank
from hoverslam.harness.campaign.store import StoreError
from tests.evidence import damage
from tests.evidence.damage import COLUMNS, FILES, KINDS, Kept, baseline, exact, report, tried
from tests.evidence.tables import Row, read

SEEDED_DAMAGES = 60


@pytest.mark.parametrize("kind", ["baseline", "run.json", "flight.mcap"])
def test_no_random_damage_is_read_as_other_results(kind: str, tmp_path: Path) -> None:
    outcomes = tried(FILES[kind](tmp_path), random.Random(kind), SEEDED_DAMAGES)
    assert sum(outcomes.values()) == SEEDED_DAMAGES
    assert not outcomes["read as others"]
    assert not outcomes["traceback"]
    assert outcomes["refused"] > SEEDED_DAMAGES / 2, "a check that refuses nothing would also pass"


def test_a_reader_that_checks_nothing_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(list(range(100, 200))))
    (tmp_path / "b").write_bytes(b"0123456789" * 10)

    def numbers() -> Any:
        return json.loads((tmp_path / "a.json").read_text())

    parsed = Kept(tmp_path / "a.json", numbers, StoreError, list(range(100, 200)).__eq__)
    raw = Kept(tmp_path / "b", (tmp_path / "b").read_bytes, StoreError, (b"0123456789" * 10).__eq__)
    assert tried(parsed, random.Random(1), 60)["traceback"] > 10
    assert tried(raw, random.Random(1), 60)["read as others"] > 40
    assert numbers()[0] == 100, "and the file is as it was"


def test_a_baseline_that_is_said_to_be_of_the_older_format_is_checked_too(tmp_path: Path) -> None:
    kept = baseline(tmp_path)
    text = kept.file.read_text(encoding="utf-8")
    kept.file.write_text(
        text.replace("hoverslam-baseline-2", "hoverslam-baseline-1").replace('"passed": [0', '"passed": [1')
    )
    with pytest.raises(StoreError, match="its checksum does not match"):
        read_bank(kept.file)


def test_what_is_compared_has_every_number_to_its_last_bit(tmp_path: Path) -> None:
    bank = read_bank(baseline(tmp_path).file)
    before = exact(bank)
    bank.flights.numbers["miss_m"][3] *= 1.0 + 2.0**-52
    assert exact(bank) != before


def batch(kind: str, number: int, **told: int) -> Row:
    return dict.fromkeys(COLUMNS, 0) | {"kind": kind, "batch": number, "refused": 90, "as_it_was": 10} | told


def test_batches_are_made_once_and_one_bad_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def made(kind: str, number: int) -> Row:
        asked.append((kind, number))
        return {k: v for k, v in batch(kind, number).items() if k not in {"date", "sources"}}

    monkeypatch.setattr(damage, "batch", made)
    assert damage.main(["--damages", "100", "--folder", str(tmp_path)]) == 0
    monkeypatch.setattr(damage, "batch", lambda kind, number: made(kind, number) | {"as_others": int(kind == "ledger")})
    assert damage.main(["--damages", "200", "--folder", str(tmp_path)]) == 1
    assert sorted(asked) == sorted((kind, number) for kind in KINDS for number in (0, 1))
    page = "\n".join(report(read(tmp_path / "damage.csv")))
    assert "| ledger | 201 | 180 | 20 | 1 | 0 |" in page
