"""The soak of the harness, short. Oracle: a program that keeps its own count of frames and time, in whole numbers."""

from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.arrays import FloatArray
from tests.evidence import soak
from tests.evidence.soak import COLUMNS, TIMEKEEPER, Size, good, growth, report, soaked
from tests.evidence.tables import Row, read
from tests.harness.fake_plant import FakePlant, plan, session

CLEAN: Row = {
    "connection": "ipc", "frames": 20, "flights": 10, "exact": 10, "same_hash": 1, "harness_growth_mib": "0.1",
    "program_growth_mib": "0.0", "files_growth": 0,
}  # fmt: skip


def row(**changed: Any) -> Row:
    return dict.fromkeys(COLUMNS, "1") | CLEAN | {"date": "2026-12-01", "sources": "abc"} | changed


def test_twenty_thousand_frames_in_one_connection_are_exact_and_take_no_memory() -> None:
    found = soaked("ipc", 20_000, 2_000)
    assert (found["exact"], found["same_hash"], found["files_growth"]) == (10, 1, 0)
    assert good(found), found


def test_a_clock_that_is_a_nanosecond_off_in_one_frame_is_seen() -> None:
    class Off(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            out[self._sensors.slice("gnss_time_ns")] += self.ticks == 700

    with session(TIMEKEEPER) as flights:
        record = flights.fly(Off(100), plan())
    assert (record.outcome, record.frames) == ("gnc_lost", 70)
    assert record.gnc_failure is not None
    assert "(70, 700000000, 700000001)" in record.gnc_failure.stderr_tail


@pytest.mark.parametrize(
    "changed",
    [{"exact": 9}, {"same_hash": 0}, {"harness_growth_mib": "8.1"}, {"program_growth_mib": "8.1"}, {"files_growth": 1}],
)
def test_a_connection_is_bad_that_drifted_or_grew(changed: Row) -> None:
    assert good(row())
    assert not good(row(**changed))
    assert "| ipc | 20 | 10 of 10 | yes | 1 MiB, +0.10 | 1 MiB, +0.00 | +0 | 1 s |" in list(report([row()]))


def test_growth_is_counted_from_when_caches_are_full() -> None:
    sizes = [Size(10.0, 5.0, 7), *[Size(50.0 + n / 10, 20.0, 8) for n in range(9)]]
    found = growth(sizes)
    assert (found["harness_mib"], found["harness_growth_mib"], found["program_growth_mib"]) == ("50.8", "0.80", "0.00")
    assert growth([*sizes, Size(90.0, 20.0, 9), sizes[-1]])["harness_growth_mib"] == "40.00"


def test_a_connection_that_is_there_is_not_flown_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[tuple[str, int]] = []

    def one(connection: str, frames: int) -> Row:
        flown.append((connection, frames))
        return {key: value for key, value in row(connection=connection, frames=frames).items() if key not in AFTER}

    monkeypatch.setattr(soak, "soaked", one)
    for _ in range(2):
        assert soak.main(["--frames", "20", "--folder", str(tmp_path)]) == 0
    assert flown == [("ipc", 20), ("tcp with CURVE", 20)]
    assert len(read(tmp_path / "soak.csv")) == 2


AFTER = {"date", "sources"}
