"""Where a run is kept. Oracle: what is on the disk afterwards."""

import time
from pathlib import Path

import pytest

from hoverslam.harness.errors import UsageError
from hoverslam.harness.record.claim import run_folder
from hoverslam.harness.record.names import TRACEBACK_FILE


def test_a_folder_that_stays_empty_is_gone_again(tmp_path: Path) -> None:
    with run_folder(tmp_path / "run", "fall", 1) as folder:
        assert folder.is_dir()
    assert not folder.exists()


def test_a_folder_with_something_in_it_stays(tmp_path: Path) -> None:
    with run_folder(tmp_path / "deep" / "run", "fall", 1) as folder:
        (folder / "summary.json").write_text("{}")
    assert [path.name for path in folder.iterdir()] == ["summary.json"]


def test_nothing_that_was_kept_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(UsageError, match="is not empty; give a new folder"), run_folder(tmp_path, "fall", 1):
        pass


def test_a_place_that_cannot_be_a_folder_is_the_users_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be used"), run_folder(tmp_path / "file" / "run", "fall", 1):
        pass


def test_two_runs_in_one_second_get_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "strftime", lambda _: "20261121-120000")
    with run_folder(None, "fall", 7) as one, run_folder(None, "fall", 7) as two:
        assert (one, two) == (Path("runs/20261121-120000-fall-s7"), Path("runs/20261121-120000-fall-s7-2"))


def test_an_unforeseen_error_leaves_its_traceback_and_says_where(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as failed, run_folder(tmp_path / "run", "fall", 1) as folder:
        _ = 1 / 0
    assert "ZeroDivisionError" in (folder / TRACEBACK_FILE).read_text()
    assert failed.value.__notes__ == [f"traceback in {folder / TRACEBACK_FILE}"]


def test_a_mistake_of_the_user_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError), run_folder(tmp_path / "run", "fall", 1) as folder:
        raise UsageError("no such program")
    assert not folder.exists()


def test_an_interrupt_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path / "run", "fall", 1) as folder:
        raise KeyboardInterrupt
    assert not folder.exists()
