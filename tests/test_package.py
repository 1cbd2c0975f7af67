"""What a wheel holds. Oracle: the files in the checkout that a flight reads."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
PACKAGES = ("harness", "gnc", "plant", "scenarios", "hoverslam_pytest")
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
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", *DATA} and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".toml") for name in wanted)
    assert wanted <= set(wheel.namelist())


def test_nothing_else_is_put_on_the_users_import_path(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in wheel.namelist() if ".dist-info" not in name} == set(PACKAGES)


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    told = wheel.read(entry_points).decode()
    assert "hoverslam = hoverslam.harness.cli:main" in told
    assert "[pytest11]\nhoverslam = hoverslam_pytest" in told
