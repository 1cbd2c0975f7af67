"""`hoverslam diff` on real run folders. Oracles: what was changed between the runs, and exit codes as documented."""

import json
from pathlib import Path

import pytest

from hoverslam.harness.program.session import Session
from hoverslam.harness.record.run_folder import FORMAT, save
from tests.acceptance.conftest import Flown, Hoverslam, fly

FAULT = '[{kind = "fin_stuck", target = 1, at = "30 s"}]'


@pytest.fixture(scope="module")
def other(warm: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default flight with a fin that sticks after half a minute."""
    flown = fly(warm, sets={"faults": FAULT})
    folder = tmp_path_factory.mktemp("pair") / "other"
    save(flown.record, folder, flown.scenario)
    return folder


def test_the_same_flight_twice_is_identical(stored: Path, nominal: Flown, hoverslam: Hoverslam, tmp_path: Path) -> None:
    save(nominal.record, tmp_path / "again", nominal.scenario)
    done = hoverslam("diff", str(stored), str(tmp_path / "again"), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["identical"], told["difference"], told["page"]) == (0, True, None, None)
    assert {pair["compared"] for pair in told["margins"]} <= {"same", "-"}
    assert hoverslam("diff", str(stored), str(stored)).stdout.rstrip().endswith(nominal.record.hash)


def test_a_fault_shows_first_where_it_came(stored: Path, other: Path, hoverslam: Hoverslam) -> None:
    done = hoverslam("diff", str(stored), str(other), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["identical"]) == (1, 1, False)
    assert 30.0 <= told["difference"]["time_s"] < 30.1
    assert [key.partition(":")[0] for key in told["scenario_differences"]] == ["faults.0"]
    page = Path(told["page"])
    assert page == other.parent / f"diff-{stored.name}-other.html"
    assert "First difference in frame" in page.read_text(encoding="utf-8")
    text = hoverslam("diff", str(stored), str(other), "--out", str(other.parent / "here.html"))
    assert text.returncode == 1
    assert f"first difference in frame {told['difference']['frame']}: {told['difference']['field']}" in text.stdout
    assert (other.parent / "here.html").is_file()


def test_what_is_no_run_is_a_usage_error(stored: Path, hoverslam: Hoverslam, tmp_path: Path) -> None:
    done = hoverslam("diff", str(stored), str(tmp_path / "nothing"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing is no run folder" in done.stderr
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    assert (
        f"format None; this version reads {FORMAT}" in hoverslam("diff", str(tmp_path / "broken"), str(stored)).stderr
    )


def test_a_page_that_cannot_be_written_is_a_usage_error(stored: Path, other: Path, hoverslam: Hoverslam) -> None:
    done = hoverslam("diff", str(stored), str(other), "--out", "no/such/folder/x.html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written (No such file or directory); give another file with --out" in done.stderr
