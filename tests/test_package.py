"""What a wheel holds. Oracle: the files in the checkout that a flight reads."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
PACKAGES = ("harness", "gnc", "plant", "scenarios")
OLD_NAMES = {"harness", "gnc", "scenarios"}
"""Packages that hold nothing but the old names of modules, for a release."""
DATA = (".toml", ".html", ".css", ".js", ".csv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Built as a release is built, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as opened:
        yield opened


def test_everything_that_a_flight_reads_travels_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    wanted = {
        f"hoverslam/{path.relative_to(ROOT)}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", *DATA} and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".toml") for name in wanted)
    assert wanted <= set(wheel.namelist())


def test_nothing_else_is_put_on_the_users_import_path(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in wheel.namelist() if ".dist-info" not in name} == {"hoverslam", *OLD_NAMES}


def test_a_package_of_the_user_comes_before_our_old_names(wheel: zipfile.ZipFile) -> None:
    old = [name for name in wheel.namelist() if name.split("/")[0] in OLD_NAMES]
    assert old
    assert [name for name in old if name.endswith("/__init__.py")] == [], "without one, any package of that name wins"


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    told = wheel.read(entry_points).decode()
    assert "hoverslam = hoverslam.harness.cli:main" in told
    assert "[pytest11]\nhoverslam = hoverslam.pytest_plugin" in told
