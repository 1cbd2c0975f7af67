"""The pytest plugin in a team's own folder. Oracle: outcomes of pytest, and flights whose verdict is known."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.acceptance.conftest import Flown
from tests.harness.fake_plant import ROOT

INSTALLED = any(point.name == "hoverslam" for point in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "harness.pytest_plugin")
HEAVY = {"numba", "numpy", "plotly", "pydantic", "zmq", "msgpack", "scipy", "hypothesis", "rich", "scenarios", "plant"}
TESTS = """
import os
import pytest

def test_lands(fly):
    flown = fly("zq3-landing")
    assert flown.passed
    assert flown.requirement("R-18").margin > 0.0

def test_is_lost(fly):
    assert fly("zq3-engine-lost-no-spare", seed=2, sets={"wind.turbulence": "light"}).passed

@pytest.mark.requirement("R-04")
def test_is_lost_but_holds_what_it_is_marked_with(fly):
    assert fly("zq3-engine-lost-no-spare").passed

@pytest.mark.requirement("R-99")
def test_asks_for_what_there_is_not(fly):
    assert fly("zq3-landing").passed

def test_one_program_serves_them_all(hoverslam_session):
    assert hoverslam_session.pid is not None
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, nominal: Flown) -> Run:
    """Pytest as a team runs it, in its own folder, without our settings; kernels are warm by then."""
    assert nominal.record.frames
    folder = tmp_path_factory.mktemp("team")

    def run(text: str, *options: str) -> subprocess.CompletedProcess[str]:
        (folder / "test_team.py").write_text(text)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", "--rootdir", str(folder), *options],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def report(team: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, str]:
    runs, junit = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("junit") / "junit.xml"
    done = team(TESTS, "-rA", "--strict-markers", "-W", "error", "--hoverslam-runs", str(runs), f"--junitxml={junit}")
    return done.stdout + done.stderr, runs, junit.read_text(encoding="utf-8")


def outcome(text: str, name: str) -> str:
    told = [line.split()[0] for line in text.splitlines() if line.endswith(f"::{name}") or f"::{name} - " in line]
    return told[-1] if told else "none"


def test_flights_that_pass_and_fail_are_tests_that_pass_and_fail(report: tuple[str, Path, str]) -> None:
    text = report[0]
    assert outcome(text, "test_lands") == "PASSED", text
    assert outcome(text, "test_is_lost") == "FAILED"
    assert outcome(text, "test_one_program_serves_them_all") == "PASSED"


def test_a_marked_test_is_about_its_requirements_alone(report: tuple[str, Path, str]) -> None:
    text, _, junit = report
    assert outcome(text, "test_is_lost_but_holds_what_it_is_marked_with") == "PASSED", "its glide is sound"
    assert outcome(text, "test_asks_for_what_there_is_not") == "FAILED"
    assert "no requirement 'R-99' was judged; there are: R-08" in text
    assert '<property name="requirement" value="R-04" />' in junit


def test_a_flight_that_fails_leaves_its_run_folder_and_the_line_that_flies_it_again(
    report: tuple[str, Path, str],
) -> None:
    text, runs, _ = report
    assert "hoverslam run zq3-engine-lost-no-spare --set wind.turbulence=light --set seed=2" in text
    folders = sorted(runs.glob("*-zq3-engine-lost-no-spare-s2*"))
    assert len(folders) == 1
    assert json.loads((folders[0] / "summary.json").read_text())["verdict"] == "FAIL"
    assert not list(runs.glob("*-zq3-landing-s1")), "what passes leaves nothing"


def test_a_program_that_cannot_be_run_is_said_to_be_that(team: Run) -> None:
    done = team("def test_it(fly): pass", "--gnc", "/no/such/program")
    assert done.returncode != 0
    assert "/no/such/program" in done.stdout + done.stderr


def test_a_suite_that_flies_nothing_loads_nothing() -> None:
    code = (
        "import sys, pytest\n"
        "before = {name.partition('.')[0] for name in sys.modules}\n"
        "import harness.pytest_plugin\n"
        "print(*({name.partition('.')[0] for name in sys.modules} - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert not HEAVY & set(done.stdout.split())
