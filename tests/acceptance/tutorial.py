"""Runs the commands of a page of docs/: `$ command    # exit code N`, and below it lines of what it prints."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.conftest import COMMAND_DEADLINE_S
from tests.harness import prefork
from tests.harness.fake_plant import ROOT

PAGES = ROOT / "docs"


class Step(NamedTuple):
    """A command, the exit code that it ends with, and lines of its output; `...` stands for what is left out."""

    command: str
    code: int
    lines: list[str]


def steps(page: str) -> list[Step]:
    """Those of a page, in order; there are some."""
    found = []
    for block in blocks(page, ""):
        for told in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = told.splitlines()
            command, _, code = first.partition("    # exit code ")
            found.append(Step(command.strip(), int(code or 0), [line for line in lines if line.strip()]))
    assert found, page
    return found


def blocks(page: str, language: str) -> list[str]:
    """The code of a page in one language, in order."""
    text = (PAGES / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [code for name, code in fenced if name == language]


class Reader:
    """Somebody who types what a page says, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        beside = str(Path(sys.executable).parent)
        path = os.pathsep.join([beside, os.environ["PATH"]])
        self._environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def type(self, step: Step) -> None:
        """Run it, and hold it to what the page says."""
        if step.command.startswith("cd "):
            self.folder /= step.command.removeprefix("cd ")
            return
        done = self.run(step.command)
        assert done.returncode == step.code, (step.command, done.returncode, done.stdout, done.stderr)
        said = " ".join((done.stdout + done.stderr).split())
        for line in step.lines:
            pattern = ".*".join(re.escape(" ".join(part.split())) for part in line.split("..."))
            assert re.search(pattern, said), (step.command, line, said)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as typed."""
        if command.startswith("hoverslam "):
            return prefork.run(shlex.split(command)[1:], self.folder, self._environment, COMMAND_DEADLINE_S)
        return subprocess.run(
            command, shell=True, cwd=self.folder, env=self._environment, capture_output=True, text=True,
            timeout=COMMAND_DEADLINE_S, check=False,
        )  # fmt: skip
