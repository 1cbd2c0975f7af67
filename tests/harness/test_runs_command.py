"""`hoverslam runs`. Oracle: folders made by hand, of which the test knows what they are and what must survive."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hoverslam.harness.cli import app
from hoverslam.harness.commands.runs import entries

DAY_S = 86_400.0
NONE: Mapping[str, str] = {}


def run_cli(*arguments: str, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, ["runs", *arguments])


def flown(home: Path, name: str, verdict: str = "PASS", age_days: float = 0.0, files: Mapping[str, str] = NONE) -> Path:
    """A run folder as a flight leaves it; `files` are more that lie in it."""
    folder = home / name
    folder.mkdir(parents=True)
    about = {"format": 2, "run_id": name, "scenario": "zq3-landing", "seed": 7, "hash": "ab"}
    (folder / "run.json").write_text(json.dumps(about))
    (folder / "summary.json").write_text(json.dumps({"verdict": verdict}))
    (folder / "flight.mcap").write_bytes(b"\0" * 2_000_000)
    (folder / "report.html").write_text("<p>page</p>")
    for file, text in files.items():
        (folder / file).write_text(text)
    now_s = (folder / "run.json").stat().st_mtime
    os.utime(folder / "run.json", (now_s, now_s - age_days * DAY_S))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "runs"
    for day in range(4):
        flown(home, f"run-{day}", "FAIL" if day == 2 else "PASS", age_days=float(day))
    (home / "mine").mkdir()
    (home / "mine" / "thesis.txt").write_text("precious")
    (home / "campaign-a").mkdir()
    (home / "campaign-a" / "campaign.sqlite").write_bytes(b"rows")
    (home / "notes.md").write_text("precious")
    return home


def test_results_are_listed_the_newest_first_and_what_is_not_ours_is_not(home: Path) -> None:
    told = json.loads(run_cli("--in", str(home), "--json").stdout)["runs"]
    runs = [one for one in told if one["kind"] == "run"]
    assert [(one["name"], one["verdict"], one["seed"]) for one in runs] == [
        ("run-0", "PASS", 7), ("run-1", "PASS", 7), ("run-2", "FAIL", 7), ("run-3", "PASS", 7),
    ]  # fmt: skip
    assert {one["name"] for one in told} == {"run-0", "run-1", "run-2", "run-3", "campaign-a"}
    assert runs[0]["size"] > 2_000_000


@pytest.mark.parametrize("columns", [80, 118])
def test_a_list_fits_its_terminal_and_cuts_no_name(columns: int, tmp_path: Path) -> None:
    name = "20261121-120000-a-scenario-with-quite-a-long-name-of-its-own-s12345-2"
    flown(tmp_path, name)
    done = run_cli("--in", str(tmp_path), columns=columns)
    assert name in done.stdout.replace("\n", "").replace(" ", "")
    assert "1 result, " in done.stdout


def test_nothing_goes_without_yes(home: Path) -> None:
    before = sorted(home.rglob("*"))
    done = run_cli("prune", "--in", str(home), "--keep", "1")
    assert done.exit_code == 0
    assert "would remove" in done.stdout
    assert "add --yes to remove them" in done.stdout
    assert sorted(home.rglob("*")) == before


def test_old_run_folders_go_and_all_else_stays(home: Path) -> None:
    done = run_cli("prune", "--in", str(home), "--keep", "1", "--yes", "--json")
    assert [Path(one).name for one in json.loads(done.stdout)["removed"]] == ["run-1", "run-2", "run-3"]
    assert sorted(one.name for one in home.iterdir()) == ["campaign-a", "mine", "notes.md", "run-0"]
    assert (home / "mine" / "thesis.txt").read_text() == "precious"


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        (["--keep", "2"], {"run-2", "run-3"}),
        (["--keep", "0", "--older-than", "1.5"], {"run-2", "run-3"}),
        (["--keep", "0", "--passed"], {"run-0", "run-1", "run-3"}),
        ([], set()),
    ],
)
def test_what_is_asked_for_goes(home: Path, options: list[str], gone: set[str]) -> None:
    told = json.loads(run_cli("prune", "--in", str(home), *options, "--yes", "--json").stdout)
    assert {Path(one).name for one in told["removed"]} == gone
    assert {one.name for one in entries(home) if one.kind == "run"} == {f"run-{day}" for day in range(4)} - gone


def test_a_run_folder_with_a_file_of_the_user_or_a_link_stays(tmp_path: Path) -> None:
    home, outside = tmp_path / "runs", tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    flown(home, "with-notes", files={"notes.txt": "precious"})
    linked = flown(home, "with-link")
    (linked / "gnc.log").symlink_to(outside / "precious.txt")
    real = flown(tmp_path / "elsewhere", "real")
    (home / "link").symlink_to(real, target_is_directory=True)
    (flown(home, "with-folder") / "sub").mkdir()
    told = json.loads(run_cli("prune", "--in", str(home), "--keep", "0", "--yes", "--json").stdout)
    assert told["removed"] == []
    assert told["left"] == {"with-notes": ["notes.txt"], "with-link": ["gnc.log"], "with-folder": ["sub"]}
    assert (outside / "precious.txt").read_text() == "precious"
    assert real.is_dir()


@pytest.mark.parametrize("text", ["[]", "{", "null", '{"format": 2}', "[" * 100_000])
def test_a_run_json_that_is_none_makes_no_run_folder(text: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "run.json").write_text(text)
    assert entries(tmp_path) == []
    run_cli("prune", "--in", str(tmp_path), "--keep", "0", "--yes")
    assert (tmp_path / "a" / "run.json").read_text() == text


def test_a_report_is_opened_by_name_beginning_path_and_as_the_last(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    (home / "campaign-a" / "report.html").write_text("a page")
    for name in ("run-2", "camp", str(home / "run-3")):
        assert run_cli("open", name, "--in", str(home)).exit_code == 0
    assert [address.split("/")[-2] for address in opened] == ["run-2", "campaign-a", "run-3"]
    for name, said in (("run", "4 results start with this name"), ("none", "no such result")):
        done = run_cli("open", name, "--in", str(home))
        assert done.exit_code == 2
        assert said in done.stderr


def test_a_page_that_is_not_there_says_how_to_write_it(home: Path) -> None:
    (home / "run-1" / "report.html").unlink()
    done = run_cli("open", "run-1", "--in", str(home))
    assert done.exit_code == 2
    assert f"write it: hoverslam report {home / 'run-1'}" in done.stderr


def test_no_results_are_no_mistake(tmp_path: Path) -> None:
    done = run_cli("--in", str(tmp_path / "none"))
    assert done.exit_code == 0
    assert "no results in" in done.stdout


def names_of(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in getattr(group, "commands", {}).items():
        found += names_of(command, (*path, name))
    return found


def test_every_command_knows_h_as_help() -> None:
    import typer

    for path in names_of(typer.main.get_command(app)):
        short, long = (CliRunner().invoke(app, [*path, option]) for option in ("-h", "--help"))
        assert (short.exit_code, short.stdout) == (0, long.stdout), path
        assert "Usage:" in short.stdout
        assert "..." not in short.stdout.partition("Commands:")[2], "sentences are whole"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_to_complete_commands_and_options(shell: str) -> None:
    """Oracle: the protocol of click: the shell asks by an environment variable, and reads names."""
    words = {"bash": "hoverslam ca", "zsh": "hoverslam ca", "fish": "hoverslam ca"}[shell]
    asked = {
        "_HOVERSLAM_COMPLETE": f"complete_{shell}", "COMP_WORDS": words, "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }  # fmt: skip
    done = CliRunner(env=asked).invoke(app, [], prog_name="hoverslam")
    assert {"campaign", "cases"} <= set(done.stdout.replace('"', " ").replace(":", " ").replace("\t", " ").split())


def test_the_folder_of_a_flight_whose_program_was_lost_goes_whole(tmp_path: Path) -> None:
    names = ("gnc.log", "last-frames.msgpack", "lost-frame.msgpack", "refused-answer.msgpack", "applied.toml")
    left = dict.fromkeys((*names, "vehicle.toml", "flight_load.toml", "requirements.toml"), "of the flight")
    flown(tmp_path, "lost", "GNC_LOST", files=left)
    told = json.loads(run_cli("prune", "--in", str(tmp_path), "--keep", "0", "--yes", "--json").stdout)
    assert [Path(one).name for one in told["removed"]] == ["lost"]
    assert list(tmp_path.iterdir()) == []
