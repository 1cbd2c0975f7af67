"""No place for compiled kernels, however it fails, serves those of other sources.

Oracle: what a column of water weighs, by a kernel whose callee in another file is edited between two processes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hoverslam import gnc, plant
from tests.plant.test_compiled import CALLER, DEADLINE_S

WATER_PA, ULLAGE_PA = 1000.0 * 10.0 * 1.0, 5.0e5  # a metre of water at 10 m/s2, and the gas over it
TEMPLATE = "hoverslam-kernels-{}"
# the caller is in air_data.py, its callee `minus` in rotation.py; a stage that does not turn feels the same everywhere
FLIGHT_SOFTWARE = """
from hoverslam.gnc.air_data import force_at
print(force_at((1.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.1)[2])
"""


def as_file(path: Path) -> Path:
    path.write_text("in the way")
    return path


def nowhere(_: Path) -> dict[str, str]:
    return {"HOME": "/proc/nope", "XDG_CACHE_HOME": ""}


def a_file(folder: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(as_file(folder / "file"))}


def relative(_: Path) -> dict[str, str]:
    return {"HOME": "/proc/nope", "XDG_CACHE_HOME": "cache"}


def no_private_folder(folder: Path) -> dict[str, str]:
    as_file(folder / TEMPLATE.format(os.getuid()))
    return {"HOME": "/proc/nope", "XDG_CACHE_HOME": "", "TMPDIR": str(folder)}


def an_open_private_folder(folder: Path) -> dict[str, str]:
    (folder / TEMPLATE.format(os.getuid())).mkdir()
    (folder / TEMPLATE.format(os.getuid())).chmod(0o777)
    return {"HOME": "/proc/nope", "XDG_CACHE_HOME": "", "TMPDIR": str(folder)}


def another_locator(folder: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(folder), "NUMBA_CACHE_LOCATOR_CLASSES": "InTreeCacheLocator"}


def another_folder(folder: Path) -> dict[str, str]:
    return {"HOME": "/proc/nope", "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": str(folder / "numba")}


PLACES = [nowhere, a_file, relative, no_private_folder, an_open_private_folder, another_locator, another_folder]


def copied(tmp_path: Path) -> Path:
    """A copy of both programs that can be edited, and a temporary folder of its own."""
    for package in (plant, gnc):
        source = Path(package.__path__[0])
        shutil.copytree(source, tmp_path / "hoverslam" / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "hoverslam" / "__init__.py").touch()
    (tmp_path / "tmp").mkdir()
    return tmp_path


def ran(folder: Path, code: str, before: str = "", **variables: str) -> tuple[float, str]:
    """What a fresh interpreter with the copies prints, and says on standard error."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "TMPDIR": str(folder / "tmp"), **variables}
    done = subprocess.run(
        [sys.executable, "-c", before + code],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=True,
    )  # fmt: skip
    return float(done.stdout), done.stderr


def double_the_level(folder: Path) -> None:
    """Edit the callee."""
    callee = folder / "hoverslam" / "plant" / "kernels" / "body" / "mass.py"
    callee.write_text(
        callee.read_text().replace("return mass_kg / (tank.density", "return 2.0 * mass_kg / (tank.density")
    )


@pytest.mark.parametrize("place", PLACES)
def test_an_edited_callee_gives_the_new_result_wherever_kernels_are_kept(
    tmp_path: Path, place: Callable[[Path], dict[str, str]]
) -> None:
    folder = copied(tmp_path)
    variables = place(folder / "tmp")
    first, told = ran(folder, CALLER, **variables)
    assert first == pytest.approx(ULLAGE_PA + WATER_PA)
    double_the_level(folder)
    assert ran(folder, CALLER, **variables)[0] == pytest.approx(ULLAGE_PA + 2.0 * WATER_PA)
    assert not list((folder / "hoverslam" / "plant").rglob("*.nbi")), "nothing is kept beside the sources"
    assert not list((folder / "tmp" / "numba").rglob("*.nbi"))
    assert told.count("XDG_CACHE_HOME") == (place is not another_locator), told


def test_what_is_left_of_an_earlier_fallback_is_never_read(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    left = """
import numba, hoverslam.plant.kernels.compiled as compiled
compiled.kernel = numba.njit(cache=True, error_model="numpy", _nrt=False, forceinline=True)
"""
    ran(folder, CALLER, before=left, XDG_CACHE_HOME=str(folder / "cache"))
    assert list((folder / "hoverslam" / "plant").rglob("*.nbi")), "as numba alone would leave them"
    double_the_level(folder)
    found, _ = ran(folder, CALLER, HOME="/proc/nope", XDG_CACHE_HOME="")
    assert found == pytest.approx(ULLAGE_PA + 2.0 * WATER_PA)


def test_a_disk_that_takes_nothing_costs_a_compilation_and_is_told_once(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
    for _ in range(2):
        found, told = ran(
            folder, CALLER, before=full, XDG_CACHE_HOME=str(folder / "cache"), PYTHONDONTWRITEBYTECODE="1"
        )
        assert found == pytest.approx(ULLAGE_PA + WATER_PA)
        assert told.count("compiled kernels are not stored") == 1


def test_damaged_files_are_compiled_again(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    ran(folder, CALLER, XDG_CACHE_HOME=str(folder / "cache"))
    kept = [path for path in (folder / "cache").rglob("*.nb?") if path.suffix in (".nbc", ".nbi")]
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:40])
    assert ran(folder, CALLER, XDG_CACHE_HOME=str(folder / "cache"))[0] == pytest.approx(ULLAGE_PA + WATER_PA)


def test_the_flight_software_keeps_its_kernels_by_the_same_rule(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    variables = {"HOME": "/proc/nope", "XDG_CACHE_HOME": "", "NUMBA_CACHE_LOCATOR_CLASSES": "InTreeCacheLocator"}
    before, told = ran(folder, FLIGHT_SOFTWARE, **variables)
    assert before == 0.0
    assert told.count("XDG_CACHE_HOME") == 1
    callee = folder / "hoverslam" / "gnc" / "rotation.py"
    callee.write_text(callee.read_text().replace("return (a[0] - b[0], ", "return (a[0] - b[0] + 1.0, "))
    assert ran(folder, FLIGHT_SOFTWARE, **variables)[0] == pytest.approx(1.0 / 0.1 * 2.0)
    assert not list((folder / "hoverslam" / "gnc").rglob("*.nbi"))


def test_one_process_of_a_flight_says_it_for_all(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import hoverslam.gnc.compiled'], check=True)\n"
    )
    _, told = ran(folder, CALLER + child, HOME="/proc/nope", XDG_CACHE_HOME="")
    assert told.count("set XDG_CACHE_HOME") == 1
