"""`hoverslam cases`, and `--expected` and `--junit` of `run`, from outside. Oracle: exit codes, case files as TOML."""

import json
import os
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hoverslam.scenarios.load import shipped
from tests.harness.fake_plant import nothing_left_behind
from tests.harness.test_cli import COMMAND, ECHO_GNC, ENVIRONMENT, hoverslam

GONE_S = 60.0


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with nothing_left_behind(monkeypatch) as folder:
        monkeypatch.setitem(ENVIRONMENT, "TMPDIR", str(folder))
        yield


def test_the_library_is_listed_with_what_is_expected() -> None:
    listed = {one["name"]: one for one in json.loads(hoverslam("cases", "--json").stdout)["cases"]}
    assert listed.keys() == shipped().keys()
    for name, one in listed.items():
        stated = tomllib.loads(shipped()[name].read_text(encoding="utf-8"))
        assert one["description"] == stated["description"]
        assert one["expected"]["verdict"] == stated["expected"]["verdict"]


def test_the_list_for_people_names_case_and_verdict() -> None:
    done = hoverslam("cases", "zq3-landing", "zq3-2025")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["zq3-landing", "pass"] in [line[:2] for line in lines]
    assert ["zq3-2025", "fail"] in [line[:2] for line in lines]
    assert "zq3-light" not in done.stdout


def test_show_prints_what_is_expected_and_what_it_prints_is_read_again(tmp_path: Path) -> None:
    printed = hoverslam("show", "zq3-2025").stdout
    assert tomllib.loads(printed)["expected"]["outcome"] == "impact"
    (tmp_path / "copy.toml").write_text(printed, encoding="utf-8")
    (told,) = json.loads(hoverslam("cases", "copy.toml", "--json", cwd=tmp_path).stdout)["cases"]
    assert told["expected"]["verdict"] == "fail"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cases", "zq4", "--fly"], "no scenario 'zq4'"),
        (["cases", "--junit", "x.xml"], "--junit: needs flights; add --fly"),
        (["cases", "--keep"], "--keep: needs flights; add --fly"),
        (["cases", "--fly", "--gnc", "wait"], "--gnc wait: not possible for many flights"),
        (["cases", "--fly", "--gnc", "/no/such/program"], "/no/such/program"),
        (
            ["run", "--expected", "--seed", "2"],
            "--expected: zq3-landing has no expectation; --set and --seed remove",
        ),
        (["run", "--junit", "."], "--junit .: is a folder; give a file"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = hoverslam(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.glob("runs/*")) == []


def test_a_scenario_that_cannot_be_flown_is_an_error_in_the_file(tmp_path: Path) -> None:
    """A CI server that reads the file alone does not take it for a pass of the run before."""
    (tmp_path / "x.xml").write_text('<testsuites tests="1" errors="0"/>')
    assert hoverslam("run", "zq4", "--junit", "x.xml", cwd=tmp_path).returncode == 2
    root = ElementTree.parse(tmp_path / "x.xml").getroot()
    assert (root.attrib["errors"], "no scenario 'zq4'" in str(next(root.iter("error")).get("message"))) == ("1", True)


def test_ctrl_c_is_130_leaves_nothing_and_an_error_in_the_file(tmp_path: Path, clean: None) -> None:
    (tmp_path / "short.toml").write_text('extends = "zq3-landing"\nrates.max_time_s = 0.5\n')
    running = subprocess.Popen(
        [*COMMAND, "cases", *("short.toml", "zq3-light", "zq3-2025", "zq3-relight"), "--fly", "--gnc", ECHO_GNC,
         "--junit", "x.xml"], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    assert "4 cases to fly" in running.stderr.readline()
    assert "1/4 flown" in running.stderr.readline()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    _, rest = running.communicate(timeout=GONE_S)
    assert running.returncode == 130, rest
    assert ElementTree.parse(tmp_path / "x.xml").getroot().attrib["errors"] == "1"
