"""Modules of the user's folder that have the names of Python's. Oracle: files that end whoever imports them.

The script lies in another folder and runs without `-P`, as the installed command does.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hoverslam.harness.campaign import cluster
from hoverslam.harness.program.supervisor import program_environment
from hoverslam.harness.safe_path import OURS, SAFE_PATH, safe_children

SHADOWS = (
    "json",
    "random",
    "numpy",
    "pickle",
    "struct",
    "signal",
    "socket",
    "types",
    "threading",
    "multiprocessing",
    "plant",
    "gnc",
)
DEADLINE_S = 120.0
CREW = """
import os
from hoverslam.harness.fly.workers import Crew

class Worker:
    def __init__(self, core):
        pass
    def fly(self, task):
        return os.getpid()
    def close(self):
        pass

if __name__ == "__main__":
    with Crew(Worker, 2) as crew:
        print(os.getpid() not in crew.fly(range(3)))
"""


def test_workers_take_no_module_from_the_folder_where_the_user_stands(tmp_path: Path) -> None:
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of the user was imported')\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "starts_workers.py").write_text(CREW)
    users = {name: value for name, value in os.environ.items() if name not in {SAFE_PATH, OURS}}
    done = subprocess.run(
        [sys.executable, str(elsewhere / "starts_workers.py")], cwd=tmp_path, capture_output=True, text=True,
        env={**users, "PYTHONPATH": str(Path(__file__).parents[2])}, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "True", "")


def test_those_of_a_campaign_do_not_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    @contextmanager
    def here(workers: int, scratch: Path) -> Iterator[None]:
        seen.append(os.environ.get(SAFE_PATH))
        yield

    monkeypatch.delenv(SAFE_PATH, raising=False)
    monkeypatch.setattr(cluster, "_here", here)
    with cluster.cluster(1, tmp_path):
        seen.append(os.environ.get(SAFE_PATH))
    assert (seen, os.environ.get(SAFE_PATH)) == (["1", "1"], None), "also for a worker that is started later"


@pytest.mark.parametrize("users", [None, "1", ""])
def test_a_flight_program_may_import_what_lies_beside_it_as_its_user_has_it(
    users: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(OURS, raising=False)
    monkeypatch.delenv(SAFE_PATH, raising=False)
    if users is not None:
        monkeypatch.setenv(SAFE_PATH, users)
    with safe_children():
        assert os.environ[SAFE_PATH] == "1"
        given = program_environment({}, reference=False)
    assert given.get(SAFE_PATH) == (users or None)
    assert OURS not in given
    assert os.environ.get(SAFE_PATH) == users
