"""Commands in a forked process. Oracle: the same command line in an interpreter that was started for it."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.harness import prefork
from tests.harness.fake_plant import processes_with
from tests.harness.test_cli import COMMAND, DEADLINE_S, ECHO_GNC, ENVIRONMENT


def timeless(text: str) -> str:
    """Without how long a flight took."""
    return re.sub(r"in [0-9.]+ s, [0-9.]+ x real time", "", text)


@pytest.mark.parametrize(
    "line",
    [
        ["run", "nowhere", "--json"],
        ["cases"],
        ["nothing"],
        ["run", "zq3-last-5km", "--gnc", f"{ECHO_GNC} --unknown", "--set", "rates.max_time_s=0.5", "--out", "here"],
    ],
    ids=" ".join,
)
def test_it_says_and_ends_as_in_an_interpreter_of_its_own(line: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "forked").mkdir()
    (tmp_path / "started").mkdir()
    forked = prefork.run(line, tmp_path / "forked", ENVIRONMENT, DEADLINE_S)
    started = subprocess.run(
        [*COMMAND, *line], cwd=tmp_path / "started", env=ENVIRONMENT, capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert (forked.returncode, timeless(forked.stdout)) == (started.returncode, timeless(started.stdout))
    assert forked.stderr.replace("/forked", "/started") == started.stderr
    assert sorted(path.name for path in (tmp_path / "forked").rglob("*")) == sorted(
        path.name for path in (tmp_path / "started").rglob("*")
    )


def test_what_takes_too_long_is_ended_and_the_next_is_answered(tmp_path: Path) -> None:
    marked = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    with pytest.raises(subprocess.TimeoutExpired):
        prefork.run(["run", "--gnc", "wait"], tmp_path, marked, 1.0)
    assert processes_with(f"HOVERSLAM_ENDPOINT=ipc://{tmp_path}") == []
    assert prefork.run(["--version"], tmp_path, ENVIRONMENT, DEADLINE_S).returncode == 0


def test_it_is_given_the_environment_that_is_asked_for_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOVERSLAM_DEADLINE_S", "nonsense")
    asked = {name: value for name, value in os.environ.items() if name != "HOVERSLAM_DEADLINE_S"}
    line = ["run", "zq3-last-5km", "--gnc", ECHO_GNC, "--set", "rates.max_time_s=0.1", "--out"]
    assert prefork.run([*line, "a"], tmp_path, asked, DEADLINE_S).returncode == 1
    assert "HOVERSLAM_DEADLINE_S" in prefork.run([*line, "b"], tmp_path, os.environ, DEADLINE_S).stderr
