"""A small part of the fuzzing, seeded. Oracle: exit codes 0, 1 and 2, no traceback; planted faults that are found."""

import json
import random
from pathlib import Path

import pytest

from hoverslam.harness.campaign.store import StoreError
from hoverslam.harness.fly.prepare import prepare_stored
from hoverslam.harness.record.digest import digest
from hoverslam.harness.record.flight_record import RecordError
from hoverslam.harness.record.names import RUN_FILE
from hoverslam.harness.record.run_folder import load, save
from hoverslam.scenarios.load import load as load_scenario
from tests.evidence import fuzz
from tests.evidence.fuzz import COLUMNS, KINDS, SLOW_S, outcome, report
from tests.evidence.made_commands import STARTS, told
from tests.evidence.made_files import changed, leaves
from tests.evidence.tables import Row, read
from tests.harness.test_record import record_of

SEEDED = {"command line": 40, "ledger": 40, "hunt": 20, "requirement set": 12, "campaign": 10, "scenario": 40,
          "vehicle": 30, "flight load": 15, "baseline": 25, "run.json": 6, "flight.mcap": 4, "database": 6}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_of_any_kind_is_read_or_refused(kind: str) -> None:
    found = [outcome(kind, f"test {kind}:{place}") for place in range(SEEDED[kind])]
    assert [why for what, _, why in found if what == "ours"] == []


def test_a_change_is_a_function_of_its_seed_and_leaves_the_original_alone() -> None:
    tree = {"a": {"b": [1.0, 2.0]}, "c": "x"}
    made = [changed(tree, random.Random(seed)) for seed in range(40)]
    assert repr(made) == repr([changed(tree, random.Random(seed)) for seed in range(40)])
    assert tree == {"a": {"b": [1.0, 2.0]}, "c": "x"}
    assert sum(one != tree for one in made) > 30
    assert leaves(tree) == [("a", "b", 0), ("a", "b", 1), ("c",)]


def test_faults_of_ours_and_slow_refusals_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_folder: Path, rng: random.Random) -> None:
        if rng.random() < 0.5:
            raise KeyError("planted")
        raise StoreError("a mistake")

    ticks = iter(range(0, 10**6, 2))
    monkeypatch.setitem(KINDS, "hunt", fails)
    monkeypatch.setattr("time.process_time", lambda: next(ticks) * SLOW_S)
    row = fuzz.batch("hunt", 0, 40)
    assert (row["read"], row["ours"] + row["refused"]) == (0, 40)
    assert 8 < row["ours"] < 32
    assert row["slow"] == row["refused"]
    assert "planted" in row["worst"]


def test_a_command_that_is_right_goes_as_far_as_starting_and_no_further(tmp_path: Path) -> None:
    code, said = told(["run", "zq3-last-5km"], tmp_path)
    assert (code, STARTS in said) == (2, True)
    assert told(["scenarios"], tmp_path)[0] == 0


def test_a_run_of_another_stage_than_its_vehicle_is_refused_before_a_kernel_sees_its_rows(tmp_path: Path) -> None:
    """It wrote beyond the end of arrays."""
    save(record_of(), tmp_path / "run", load_scenario("zq3-landing").model_dump(mode="json"))
    with pytest.raises(RecordError, match=r"flown with engines 3.*the vehicle of its scenario now has engines 9"):
        prepare_stored(load(tmp_path / "run"))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("seed", "1", "seed = \"1\": must be a whole number"),
        ("dt_s", 5.0, r"dt_s = 5.0: must be at most 0.01 \(seconds\)"),
        ("frames", -1, "frames = -1: must be at least 0"),
        ("scenario_resolved", [], "scenario_resolved = .*: must be a table"),
    ],
)  # fmt: skip
def test_a_number_of_run_json_beyond_its_range_is_told_though_its_checksum_fits(
    key: str, value: object, said: str, tmp_path: Path
) -> None:
    save(record_of(), tmp_path / "run", {})
    about = json.loads((tmp_path / "run" / RUN_FILE).read_text())
    about.pop("checksum")
    about[key] = value
    (tmp_path / "run" / RUN_FILE).write_text(json.dumps({**about, "checksum": digest(about)}))
    with pytest.raises(RecordError, match=said):
        load(tmp_path / "run")


def test_batches_are_made_once_and_one_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def made(kind: str, number: int, ours: int = 0) -> Row:
        asked.append((kind, number))
        row = dict.fromkeys(COLUMNS, 0) | {"kind": kind, "batch": number, "refused": 90, "read": 10, "ours": ours}
        return {name: value for name, value in row.items() if name not in {"date", "sources"}}

    monkeypatch.setattr(fuzz, "batch", made)
    assert fuzz.main(["--batches", "1", "--folder", str(tmp_path)]) == 0
    monkeypatch.setattr(fuzz, "batch", lambda kind, number: made(kind, number, int(kind == "vehicle")))
    assert fuzz.main(["--batches", "2", "--folder", str(tmp_path)]) == 1
    assert len(asked) == len(set(asked)) == len(KINDS) + len(fuzz.FLOWN)
    page = "\n".join(report(read(tmp_path / "fuzz.csv")))
    assert "| vehicle | 201 | 180 | 20 | 1 | 0 |" in page
