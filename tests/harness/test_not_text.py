"""Bytes that are no text, in any argument of any command or in the current folder. Oracle: exit code 2 and one line."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from hoverslam.harness import cli
from hoverslam.harness.commands.guard import guarded_start, not_text

BYTES = os.fsdecode(b"a\xff")


def places() -> Iterator[list[str]]:
    """Every argument and option of every command that takes text or a path, with bytes."""
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        for parameter in command.params:
            option = [parameter.opts[0]] if parameter.opts[0].startswith("-") else []
            yield [name, *option, BYTES]
            yield [name, f"{option[0]}={BYTES}"] if option else [name, "x", BYTES]


@pytest.mark.parametrize(
    "arguments", list(places()), ids=lambda given: " ".join(given).encode("ascii", "replace").decode()
)
def test_bytes_that_are_no_text_are_one_line_and_two(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["hoverslam", *arguments, "--json"])
    with pytest.raises(SystemExit) as ended:
        guarded_start(cli._parsed)
    told, said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert f"argument {len(arguments)}, " in said
    assert said.endswith("contains bytes that are not text; use a name in UTF-8\n")
    assert json.loads(told)["error"]["kind"] == "configuration"


def test_so_is_a_current_folder_with_such_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / BYTES).mkdir()
    monkeypatch.chdir(tmp_path / BYTES)
    monkeypatch.setattr(sys, "argv", ["hoverslam", "run"])
    with pytest.raises(SystemExit, match="2"):
        guarded_start(cli._parsed)
    assert "the current folder" in capsys.readouterr().err


def test_text_of_any_script_is_no_matter() -> None:
    assert not_text(["run", "--out", "\u043f\u043e\u043b\u0451\u0442", "\U0001f680"], "/\u0434") == ""
