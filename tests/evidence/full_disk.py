"""A campaign on a file system that fills up, and gone on with when there is room (Linux, in a mount namespace)."""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from hoverslam.harness.campaign.store import DATABASE
from tests.acceptance.kills import DEADLINE_S, command, count, environment, left, table

ROOMY = "size=64m"


def fill(folder: Path, kb: int) -> dict[str, Any]:
    """What came of it: exit code and last words on the full disk, flights that were there, the table in the end."""
    place = folder / f"disk-{uuid.uuid4().hex}"
    place.mkdir()
    apart = ["unshare", "--map-root-user", "--mount", sys.executable, "-P", "-m", "tests.evidence.full_disk"]
    mark = uuid.uuid4().hex
    done = subprocess.run([*apart, str(place), str(kb), mark], env=environment(mark), capture_output=True, text=True,
                          timeout=3 * DEADLINE_S, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"no file system of its own could be made for {place}: {done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "left": left(mark)}


def _inside(place: Path, kb: int, mark: str) -> dict[str, Any]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kb}k", "tmpfs", place], check=True)
    full = _fly(place, mark)
    there = count(place / "campaign")
    with closing(sqlite3.connect(place / "campaign" / DATABASE)) as connection:
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    subprocess.run(["mount", "-o", f"remount,{ROOMY}", place], check=True)
    after = _fly(place, mark)
    return {
        "kb": kb, "code": full.returncode, "said": full.stderr[-1000:], "integrity": integrity, "there": there,
        "after": after.returncode, "table": [repr(row) for row in table(place / "campaign")],
    }  # fmt: skip


def _fly(place: Path, mark: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(place / "campaign"), env=environment(mark), cwd=place.parent, capture_output=True,
                          text=True, timeout=DEADLINE_S, check=False)  # fmt: skip


if __name__ == "__main__":
    assert os.geteuid() == 0, "run by `fill`, which maps the user"
    json.dump(_inside(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]), sys.stdout)
