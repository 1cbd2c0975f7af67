"""What works without the packages of the extras, and what is said where it does not.

Oracle: pyproject.toml and the lock, and an importer that refuses what only the second part of the lock installs.
"""

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from hoverslam.harness.extras import PACKAGES
from tests.harness.campaign.scattered import row, store_of
from tests.harness.fake_plant import ROOT
from tests.harness.test_cli import COMMAND, DEADLINE_S, ECHO_GNC, ENVIRONMENT
from tests.test_setup import BEYOND

REFUSES = """\
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""
EXTRAS = {
    name: {re.split(r"[><=]", one)[0] for one in wanted}
    for name, wanted in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ].items()
}
DISTRIBUTIONS = {"foxglove": "foxglove-sdk"}
"""Where it is not named as the module."""
OURS = "campaign", "fmu", "hunt", "live", "parquet"


@cache
def beyond() -> set[str]:
    """The modules that `make run` does not install."""
    names = packages_distributions().items()
    return {module for module, of in names if {one.lower().replace("_", "-") for one in of} <= BEYOND}


def without(folder: Path, modules: set[str]) -> dict[str, str]:
    """The environment of a process, and of those that it starts, in which these modules are missing."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSES.format(names=modules), encoding="utf-8")
    return {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def run(command: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with a flight that was flown, and an environment, that of `make run`."""
    folder = tmp_path_factory.mktemp("bare")
    environment = without(folder / "refuses", beyond())
    flown = run([*COMMAND, "run", "zq3-last-5km", "--out", "flown"], folder, environment)
    assert flown.returncode == 0, flown.stderr
    for name in ("a", "b"):
        store_of(folder / name, [row(place) for place in range(20)])
    return folder, environment


def test_what_is_refused_are_the_extras_and_the_tools_and_nothing_that_flies() -> None:
    assert {"cryptography", "distributed", "hypothesis", "pyarrow", "pytest", "psutil"} <= beyond()
    assert not {"numba", "zstandard", "mcap", "hatchling", "harness"} & beyond()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"], ["campaign", "--help"], ["validate", "gravity"], ["replay", "flown"], ["report", "flown"],
        ["export", "flown"], ["compare", "a", "b"], ["report", "a"], ["doctor"],
        ["hunt", "--scenario", "zq3-last-5km", "--budget", "2", "--shrink", "0", "--workers", "1", "--gnc", ECHO_GNC,
         "--baseline", ECHO_GNC],
    ],
    ids=" ".join,
)  # fmt: skip
def test_it_works_with_what_a_flight_needs(arguments: list[str], bare: tuple[Path, dict[str, str]]) -> None:
    done = run([*COMMAND, *arguments], *bare)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


NEEDS = [
    (["campaign", "zq3-landing"], "hoverslam campaign", "campaign", "distributed"),
    (["campaign", "zq3-landing"], "hoverslam campaign", "campaign", "cryptography"),
    (["compare", "x", "y", "--campaign", "zq3-landing"], "hoverslam compare --campaign", "campaign", "distributed"),
    (["hunt", "--method", "hypothesis"], "hoverslam hunt --method hypothesis", "hunt", "hypothesis"),
    (["campaign", "zq3-landing", "--export", "x.parquet"], "hoverslam campaign --export FILE.parquet", "parquet",
     "pyarrow"),
    (["fmu", "x.fmu"], "hoverslam fmu", "fmu", "fmpy"),
    (["export", "run", "--format", "parquet"], "hoverslam export --format parquet", "parquet", "pyarrow"),
    (["run", "--live"], "hoverslam run --live", "live", "foxglove"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "asker", "extra", "package"), NEEDS)
def test_a_command_that_lacks_its_extra_says_how_to_get_it(
    arguments: list[str], asker: str, extra: str, package: str, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    done = run([*COMMAND, *arguments], tmp_path / "here", without(tmp_path / "refuses", {package}))
    assert (done.returncode, done.stdout) == (2, "")
    said = f"hoverslam: error: {asker} needs the packages of the extra `{extra}`: pip install 'hoverslam[{extra}]'"
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1
    assert list((tmp_path / "here").iterdir()) == [], "nothing was begun"


def test_strategies_for_tests_of_ones_own_say_it_too(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", "import hoverslam.scenarios.strategies"]
    done = run(command, tmp_path, without(tmp_path / "refuses", {"hypothesis"}))
    told = "hoverslam.scenarios.strategies needs the packages of the extra `hunt`: pip install 'hoverslam[hunt]'"
    assert done.stderr.splitlines()[-1].startswith(f"ModuleNotFoundError: {told}")


@pytest.mark.parametrize("extra", OURS)
def test_an_extra_brings_what_is_looked_for(extra: str) -> None:
    assert {DISTRIBUTIONS.get(one, one) for one in PACKAGES[extra]} == EXTRAS[extra]
    assert PACKAGES.keys() == set(OURS)
    assert EXTRAS["all"] == {f"hoverslam[{','.join(OURS)}]"}
    assert "hoverslam[all]" in EXTRAS["dev"]
