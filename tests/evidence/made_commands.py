"""Command lines as a careless or hostile hand would type them, run in this process up to where something would start.

What would start a process, a browser or a benchmark says so instead; every folder is one of this test's own.
"""

import io
import os
import random
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import typer
from typer.core import TyperGroup

from hoverslam.harness.bench import bench
from hoverslam.harness.campaign import cluster
from hoverslam.harness.campaign.store import DATABASE
from hoverslam.harness.cli import _parsed, app
from hoverslam.harness.commands import doctor, validate
from hoverslam.harness.commands.guard import guarded_start
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.kernels import Compilation
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.hunt.ledger import LEDGER_FILE
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.record.names import LOG_FILE, RUN_FILE
from tests.evidence.made_files import ODD

STARTS = "everything is right: a process would be started now"
VALUES = (
    *(value for value in ODD if isinstance(value, str)),
    *(str(value) for value in ODD if isinstance(value, int | float)),
    os.fsdecode(b"a\xff"), "file", "folder", "folder/new", "new", "new/new", "new.json", "new.csv", "a=b", "=", "seed=",
    "seed=1", "a.b.c=[", "wind.turbulence=severe", "reference", "wait", "python", "'", "tcp://127.0.0.1:99999",
    "ipc://file",
    "tcp://*:0", "tcp://",
    "--json", "-h", "--", "-n", "1", "all", "us76", "cmaes", "csv", "layout", "last", "2000-01-01",
    "folder:0", "folder:x", ":", "made", "made/campaign.sqlite", "made/campaign.sqlite:0", "made.toml",
)  # fmt: skip
NEVER = {"runs"}
"""Its `prune` is asked alone, where there is nothing to prune."""


@cache
def _commands() -> dict[str, list[Any]]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    named = dict(group.commands.items())
    return {name: list(one.params) for name, one in named.items() if name not in NEVER} | {
        f"runs {name}": list(one.params)
        for name, one in named["runs"].commands.items()  # type: ignore[attr-defined]  # a group
    }


def arguments(rng: random.Random) -> list[str]:
    """A command with some of its options and arguments, mostly of the right kind in number."""
    name = rng.choice(list(_commands()))
    line = name.split()
    for parameter in _commands()[name]:
        is_option = parameter.opts[0].startswith("-")
        if rng.random() > (0.25 if is_option else 0.85):
            continue
        line += [rng.choice(parameter.opts)] if is_option else []
        line += [] if getattr(parameter, "is_flag", False) else [rng.choice(VALUES)]
    return [*line, *rng.choices(VALUES, k=rng.choice((0, 0, 0, 1)))]


def told(line: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and what is printed by a command line in a folder; also what would have started."""
    said, here = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with _nothing_starts(), redirect_stdout(said), redirect_stderr(said), patch.object(sys, "argv", ["x", *line]):
            guarded_start(_parsed)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    finally:
        os.chdir(here)
    return 0, said.getvalue()


def filled(folder: Path, rng: random.Random) -> None:
    """A file, a folder and something of each of our kinds, none of it whole."""
    (folder / "file").write_bytes(rng.randbytes(200))
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "made").mkdir(exist_ok=True)
    for name in (DATABASE, LEDGER_FILE, RUN_FILE, LOG_FILE, "summary.json"):
        (folder / "made" / name).write_bytes(rng.choice((b"", b"{}", b"[]", b"SQLite format 3\0", rng.randbytes(99))))
    (folder / "made.toml").write_text(rng.choice(("", "x = 1", 'extends = "zq3-landing"', 'scenario = "zq3-landing"')))


def _starts(*_: object, **__: object) -> NoReturn:
    raise UsageError(STARTS)


@contextmanager
def _nothing_starts() -> Iterator[None]:
    places = (
        (Supervisor, "start"), (Crew, "__enter__"), (cluster, "cluster"), (Compilation, "begin"), (webbrowser, "open"),
        (validate, "_suites"), (validate, "_case"), (bench, "bench_command"), (doctor, "doctor_command"),
    )  # fmt: skip
    with ExitStack() as stack:
        for place, name in places:
            stack.enter_context(patch.object(place, name, _starts))
        yield
