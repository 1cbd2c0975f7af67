"""Files that are handed over. Oracle: what is on the disk afterwards, and what POSIX says of locks and of renaming."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import JUNIT, PAGE, Output, as_name, claimed, whole, write_whole

OURS = '<!doctype html>\n<meta charset="utf-8">\n<meta name="generator" content="hoverslam">\n'


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def half(path: Path, error: BaseException) -> None:
    with whole(path) as file:
        file.write(b"ha")
        raise error


def test_a_file_that_fails_half_way_leaves_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    page = write_whole(tmp_path / "page.html", "whole")
    with pytest.raises(OSError, match="full"):
        half(page, OSError(28, "full"))
    assert (page.read_text(), names(tmp_path)) == ("whole", ["page.html"])


def test_an_interrupted_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        half(tmp_path / "page.html", KeyboardInterrupt())
    assert names(tmp_path) == []


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "page.html"
    link.symlink_to(tmp_path / "there" / "real.html")
    Output("--page", link, PAGE).tried().write(OURS)
    Output("--page", link, PAGE).tried().write(OURS + "again")
    assert link.is_symlink()
    assert (tmp_path / "there" / "real.html").read_text().endswith("again")


def test_the_rights_of_a_file_stay_and_a_new_one_has_those_of_any_other(tmp_path: Path) -> None:
    page, other = tmp_path / "page.html", tmp_path / "other"
    write_whole(page, OURS)
    other.write_text("")
    assert page.stat().st_mode == other.stat().st_mode
    page.chmod(0o640)
    write_whole(page, OURS)
    assert page.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("content", ["precious", "<html><title>mine</title></html>", "\x00\xff" * 9000])
def test_what_is_not_ours_is_not_written_over(content: str, tmp_path: Path) -> None:
    mine = tmp_path / "precious"
    mine.write_text(content)
    link = tmp_path / "link"
    link.symlink_to(mine)
    for path in (mine, link):
        for kind in (PAGE, JUNIT):
            with pytest.raises(UsageError, match=rf"--page {path}: exists already and is not {kind.what}; give"):
                Output("--page", path, kind).tried()
    assert mine.read_text() == content


def test_what_came_between_trial_and_writing_stays(tmp_path: Path) -> None:
    output = Output("--page", tmp_path / "page.html", PAGE).tried()
    output.path.write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        output.write(OURS)
    assert output.path.read_text() == "precious"


def test_an_empty_file_and_one_of_ours_are_written_over(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.touch()
    for content in (OURS, OURS + "again"):
        Output("--page", page, PAGE).tried().write(content)
        assert page.read_text() == content


@pytest.mark.parametrize("text", ["../../up", "..", ".", "/etc/x", "a/b", ".hidden", "-rf", "", "x" * 999, "a\nb\0"])
def test_no_name_out_of_a_file_leads_to_another_folder(text: str, tmp_path: Path) -> None:
    path = tmp_path / as_name(text)
    assert path.resolve().parent == tmp_path.resolve()
    assert len(path.name) <= 80
    path.touch()


def test_two_processes_cannot_claim_one_folder(tmp_path: Path) -> None:
    """The other one is refused while this one writes, and after it because there is something."""
    code = (
        "import sys; from pathlib import Path; from hoverslam.harness.files import claimed\n"
        "with claimed(Path(sys.argv[1])) as folder: (folder / 'mine').touch()"
    )
    folder = tmp_path / "run"

    def other() -> str:
        return subprocess.run(
            [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60, check=False
        ).stderr

    with claimed(folder):
        assert "another process is writing to it; give another folder" in other()
        (folder / "ours").touch()
    assert "is not empty" in other()
    assert names(folder) == ["ours"]


def test_a_claim_that_came_to_nothing_is_free_again(tmp_path: Path) -> None:
    with claimed(tmp_path / "run"):
        pass
    assert not (tmp_path / "run").exists()
    with claimed(tmp_path / "run") as folder:
        assert folder.is_dir()


def test_of_twelve_that_claim_one_folder_at_once_one_gets_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hoverslam.harness.files import claimed\n"
        "sys.stdin.readline()\n"
        "with claimed(Path(sys.argv[1])) as folder: (folder / sys.argv[2]).touch()\n"
        "print('claimed')"
    )
    folder, started = tmp_path / "run", []
    for number in range(12):
        command = [sys.executable, "-c", code, str(folder), str(number)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, text=True, **pipes))  # type: ignore[call-overload]  # pipes by name
    for one in started:
        one.stdin.write("\n")
        one.stdin.flush()
    told = [one.communicate(timeout=60)[0] for one in started]
    assert told.count("claimed\n") == 1, json.dumps(told)
    assert len(names(folder)) == 1
