"""Every option that names what is written, with every place where that cannot be.

Oracle: what POSIX refuses, files of the user's that have to be as before, and a flight program that leaves a trace.
"""

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.record.names import LOG_FILE

TRACE = "flown"
PROGRAM = f"touch {TRACE}"
A_SCENARIO = "zq3-landing"
STORED = "runs/stored"
FILES = {
    ("run", "--junit"): ["--gnc", PROGRAM],
    ("conform", "--junit"): ["--gnc", PROGRAM],
    ("cases", "--junit"): [A_SCENARIO, "--fly", "--gnc", PROGRAM],
    ("cases", "--page"): [A_SCENARIO, "--fly", "--gnc", PROGRAM],
    ("campaign", "--export"): ["-n", "2", "--workers", "1", "--gnc", PROGRAM],
    ("compare", "--junit"): [PROGRAM, PROGRAM, "--campaign", A_SCENARIO, "-n", "2", "--out", "both"],
    ("compare", "--page"): [PROGRAM, PROGRAM, "--campaign", A_SCENARIO, "-n", "2", "--out", "both"],
    ("report", "--out"): [STORED],
    ("diff", "--out"): [STORED, STORED],
    ("export", "--out"): [STORED, "--format", "mat"],
    ("frames", "--out"): [STORED],
    ("validate", "--out"): ["--case", "4"],
    ("icd", "--out"): ["--format", "c"],
}
FOLDERS = {
    ("run", "--out"): ["--gnc", PROGRAM],
    ("cases", "--out"): [A_SCENARIO, "--fly", "--gnc", PROGRAM],
    ("conform", "--out"): ["--gnc", PROGRAM],
    ("campaign", "--out"): ["-n", "2", "--workers", "1", "--gnc", PROGRAM],
    ("compare", "--out"): [PROGRAM, PROGRAM, "--campaign", A_SCENARIO, "-n", "2"],
    ("salvage", "--out"): [STORED],
    ("feed", "--out"): [STORED, "--gnc", PROGRAM],
    ("certify", "--out"): ["-n", "6", "--gnc", PROGRAM],
    ("hunt", "--out"): ["--budget", "2", "--workers", "1", "--gnc", PROGRAM],
    ("hunt", "--adopt"): ["--budget", "2", "--workers", "1", "--gnc", PROGRAM],
    ("sdk", "--out"): [],
    ("keys", "--out"): ["mine"],
    ("icd", "--golden"): [],
}

SHARED = {("cases", "--out"), ("hunt", "--adopt"), ("sdk", "--out"), ("keys", "--out")}
"""Folders that hold other things too: what else is in there is in nobody's way."""


def a_folder(here: Path) -> Path:
    (here / "place.csv").mkdir()
    return here / "place.csv"


def under_a_file(here: Path) -> Path:
    (here / "file").write_text("precious")
    return here / "file" / "place.csv"


def a_file_of_the_user(here: Path) -> Path:
    (here / "place.csv").write_text("precious\n1\n")
    return here / "place.csv"


def a_link_to_a_file_of_the_user(here: Path) -> Path:
    (here / "mine").write_text("precious")
    (here / "place.csv").symlink_to("mine")
    return here / "place.csv"


def a_pipe(here: Path) -> Path:
    os.mkfifo(here / "place.csv")
    return here / "place.csv"


def a_link_to_itself(here: Path) -> Path:
    (here / "place.csv").symlink_to("place.csv")
    return here / "place.csv"


def a_link_into_nowhere(here: Path) -> Path:
    (here / "place.csv").symlink_to("none/there.csv")
    return here / "place.csv"


def a_long_name(here: Path) -> Path:
    return here / ("x" * 300 + ".csv")


def a_full_folder(here: Path) -> Path:
    (here / "full" / "workers").mkdir(parents=True)
    (here / "full" / "workers" / "mine").write_text("precious")
    return here / "full"


def a_device(_: Path) -> Path:
    return Path("/dev/null")


def no_folder(here: Path) -> Path:
    return here / "none" / "place.csv"


Bad = Callable[[Path], Path]
BAD_FILES: list[Bad] = [
    a_folder, under_a_file, a_file_of_the_user, a_link_to_a_file_of_the_user, a_pipe, a_link_to_itself,
    a_link_into_nowhere, a_long_name, a_device, no_folder,
]  # fmt: skip
BAD_FOLDERS: list[Bad] = [
    under_a_file, a_file_of_the_user, a_link_to_a_file_of_the_user, a_link_to_itself, a_long_name, a_full_folder,
]  # fmt: skip


def tree(here: Path) -> dict[str, str]:
    """Every name and what is in it."""
    names = {str(path.relative_to(here)): path for path in sorted(here.rglob("*"))}
    return {name: path.read_text() if path.is_file() else "" for name, path in names.items()}


def refuses(key: tuple[str, str], arguments: list[str], bad: Bad, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and one line with the option or the path, nothing flown or written, nothing of the user's gone."""
    (here / STORED).mkdir(parents=True)
    (here / STORED / LOG_FILE).touch()
    place = bad(here)
    monkeypatch.chdir(here)
    before = tree(here)
    done = CliRunner().invoke(app, [key[0], *arguments, key[1], str(place)])
    told = f"{shlex.join(arguments)}\n{done.output}"
    assert done.exit_code == 2, told
    assert str(place) in done.stderr, told
    assert len(done.stderr.splitlines()) == 1, told
    assert tree(here) == before, told


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.__name__)
@pytest.mark.parametrize("key", FILES, ids=" ".join)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_flown(
    key: tuple[str, str], bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key[1] == "--junit" and bad is no_folder:
        return  # CI servers want their reports in folders that nobody has made yet
    refuses(key, FILES[key], bad, tmp_path, monkeypatch)


@pytest.mark.parametrize("bad", BAD_FOLDERS, ids=lambda bad: bad.__name__)
@pytest.mark.parametrize("key", FOLDERS, ids=" ".join)
def test_a_folder_that_cannot_be_used_is_refused_before_anything_is_flown(
    key: tuple[str, str], bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key in SHARED and bad is a_full_folder:
        return
    refuses(key, FOLDERS[key], bad, tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["table", "table.xlsx", "table.csv.gz", ".csv"])
def test_an_ending_that_says_nothing_is_refused_before_anything_is_flown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ("campaign", "--export")
    refuses(key, FILES[key], lambda here: here / name, tmp_path, monkeypatch)


def test_every_option_that_writes_is_in_the_table() -> None:
    """Read off the help of the command line itself."""
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    told = {name: CliRunner().invoke(app, [name, "--help"]).output for name in names}
    written = {
        (name, option) for name, text in told.items() for option in re.findall(r"(--\S+) (?:FILE|DIR|PATH)\b", text)
    }
    assert written == {*FILES, *FOLDERS}
