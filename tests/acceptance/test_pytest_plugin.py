"""The pytest plugin in a team's own folder. Oracle: outcomes of pytest, and flights whose verdict is known."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.acceptance.conftest import Flown
from tests.harness.fake_plant import ROOT

PLUGIN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
"""What an installation loads into every pytest run; loaded by name here, whatever is installed."""
HEAVY = {"numba", "numpy", "plotly", "pydantic", "zmq", "msgpack", "scipy", "hypothesis", "rich"}
TESTS = """
import os
import pytest

def test_lands(fly):
    flown = fly("zq3-landing")
    assert flown.passed
    assert flown.requirement("R-18").margin > 0.0

def test_is_lost(fly):
    assert fly("zq3-engine-lost-no-spare", seed=2, sets={"wind.turbulence": "light"}).passed

@pytest.mark.hoverslam_requirement("R-04")
def test_is_lost_but_holds_what_it_is_marked_with(fly):
    assert fly("zq3-engine-lost-no-spare").passed

@pytest.mark.hoverslam_requirement("R-99")
def test_asks_for_what_there_is_not(fly):
    assert fly("zq3-landing").passed

def test_one_program_serves_them_all(hoverslam_session):
    assert hoverslam_session.pid is not None
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_in(folder: Path, *options: str, plugin: bool = True) -> subprocess.CompletedProcess[str]:
    """Pytest as a team runs it in its own folder, without our settings."""
    loaded = ["-p", PLUGIN["hoverslam"]] if plugin else []
    away = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *loaded, "-p", "no:cacheprovider", "--rootdir", str(folder), *options],
        cwd=folder, env={**os.environ, **away}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, nominal: Flown) -> Run:
    """A team's folder with a test file; kernels are warm by then."""
    assert nominal.record.frames
    folder = tmp_path_factory.mktemp("team")

    def run(text: str, *options: str) -> subprocess.CompletedProcess[str]:
        (folder / "test_team.py").write_text(text)
        return pytest_in(folder, *options)

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
    assert "no requirement 'R-99' was evaluated; evaluated: R-08" in text
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
    done = team("def test_it(fly): pass", "--hoverslam-gnc", "/no/such/program")
    assert done.returncode != 0
    assert "/no/such/program" in done.stdout + done.stderr


NAMES = ("harness", "gnc", "plant", "scenarios")
OWN_PACKAGES = """
import gnc, harness, plant, scenarios

def test_theirs_and_ours(fly):
    assert [one.WHOSE for one in (gnc, harness, plant, scenarios)] == ["theirs"] * 4
    assert fly("zq3-last-5km").passed
    assert [one.WHOSE for one in (gnc, harness, plant, scenarios)] == ["theirs"] * 4
"""
OWN_OPTION = """
def pytest_addoption(parser):
    parser.addoption("--gnc", default="theirs")
    parser.addoption("--listen", default="there")
"""
USES_OPTION = """
import pytest

@pytest.mark.requirement("SYS-7", text="a marker of theirs")
def test_it(pytestconfig, record_property):
    assert pytestconfig.getoption("--gnc") == "theirs"
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A team's repository with packages of the names that our folders have."""
    for name in NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("WHOSE = 'theirs'\n")
        (tmp_path / name / "__main__.py").write_text("raise SystemExit('theirs was started')\n")
    (tmp_path / "test_theirs.py").write_text(OWN_PACKAGES)
    return tmp_path


def test_a_repository_with_packages_of_our_names_has_its_own_and_flies(repository: Path) -> None:
    done = pytest_in(repository, "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_command_runs_in_such_a_repository(repository: Path) -> None:
    line = [sys.executable, "-m", "hoverslam", "run", "zq3-last-5km", "--json"]
    done = subprocess.run(
        line, cwd=repository, env={**os.environ, "PYTHONPATH": str(repository)}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["verdict"] == "PASS"


def test_a_suite_with_options_and_markers_of_its_own_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(OWN_OPTION)
    (tmp_path / "test_it.py").write_text(USES_OPTION)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    requirement(id, text): what a test proves\n")
    told = []
    for plugin in (False, True):
        junit = tmp_path / f"{plugin}.xml"
        done = pytest_in(tmp_path, "--strict-markers", f"--junitxml={junit}", plugin=plugin)
        assert done.returncode == 0, done.stdout + done.stderr
        told.append("properties" in junit.read_text(encoding="utf-8"))
    assert told == [False, False]


def test_everything_that_it_adds_carries_its_name() -> None:
    from hoverslam import pytest_plugin

    added: list[str] = []
    group = SimpleNamespace(addoption=lambda name, **_: added.append(name))
    pytest_plugin.pytest_addoption(SimpleNamespace(getgroup=lambda _: group))  # type: ignore[arg-type]  # stands in for pytest's parser
    pytest_plugin.pytest_configure(SimpleNamespace(addinivalue_line=lambda _, line: added.append(line)))  # type: ignore[arg-type]  # stands in for pytest's configuration
    assert len(added) == 3
    assert all(name.removeprefix("--").startswith("hoverslam") for name in added)


def test_a_suite_that_flies_nothing_loads_nothing() -> None:
    code = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        f"import {PLUGIN['hoverslam']}\n"
        "print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    loaded = done.stdout.split()
    assert [name for name in loaded if name.startswith("hoverslam.") and name != PLUGIN["hoverslam"]] == []
    assert not HEAVY & {name.partition(".")[0] for name in loaded}
