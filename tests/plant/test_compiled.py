"""The kernel cache can not serve stale physics. Oracle: an edit to a callee in another file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from hoverslam import plant
from hoverslam.plant.kernels.compiled import PLANT, SOURCES, cache_root, plain, source_digest
from hoverslam.plant.kernels.effectors.actuators import clip

PACKAGE = Path(plant.__file__).parent
DEADLINE_S = 120.0  # an interpreter, numba and one small kernel on a loaded machine
# the caller is in engines/feed.py, its callee `liquid_level` in body/mass.py
CALLER = """
from hoverslam.plant.kernels.body.mass import TankParams
from hoverslam.plant.kernels.engines.feed import head_pressure
tank = TankParams(1.0, 0.0, 1000.0, 1e6, 0.0, 5.0e5, 0.0, 0.0, 0.0)
print(head_pressure(tank, 5.0e5, 3141.592653589793, 10.0))
"""


def copied(tmp_path: Path) -> Path:
    """A copy of the package's sources that can be edited."""
    target = tmp_path / "hoverslam" / "plant"
    target.parent.mkdir()
    (target.parent / "__init__.py").touch()
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def ran(tmp_path: Path) -> float:
    """What the caller computes in a fresh interpreter with the copied package and its own cache."""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", CALLER],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )
    return float(done.stdout)


@pytest.mark.parametrize("name", ["kernels/effectors/actuators.py", "kernels/step.py", "faults.py", "sensors.py"])
def test_an_edit_in_any_kernel_or_table_changes_the_key_of_the_cache(tmp_path: Path, name: str) -> None:
    package = copied(tmp_path)
    before = source_digest(package)
    assert before == source_digest(PACKAGE), "a copy has the same key"
    assert f"plant-{before}" == PLANT
    with (package / name).open("a") as file:
        file.write("# an edit\n")
    assert source_digest(package) != before


def test_a_new_kernel_file_changes_the_key(tmp_path: Path) -> None:
    kernels = copied(tmp_path) / "kernels"
    before = source_digest(kernels)
    (kernels / "extra.py").write_text("X = 1\n")
    assert source_digest(kernels) != before


@pytest.mark.parametrize(("setting", "value"), [("BOUNDSCHECK", 0), ("OPT", 0), ("CPU_NAME", "generic")])
def test_a_setting_that_makes_other_machine_code_changes_the_key(
    setting: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = source_digest(SOURCES)
    monkeypatch.setattr(numba.config, setting, value)
    assert source_digest(SOURCES) != before


def test_an_edited_callee_in_another_file_gives_the_new_result(tmp_path: Path) -> None:
    package = copied(tmp_path)
    water_column_pa = 1000.0 * 10.0 * 1.0  # density, g, level of pi cubic metres in a tank of 1 m radius
    assert ran(tmp_path) == pytest.approx(5.0e5 + water_column_pa)
    callee = package / "kernels" / "body" / "mass.py"
    text = callee.read_text()
    edited = text.replace("return mass_kg / (tank.density", "return 2.0 * mass_kg / (tank.density")
    assert edited != text
    callee.write_text(edited)
    assert ran(tmp_path) == pytest.approx(5.0e5 + 2.0 * water_column_pa)


def test_the_cache_is_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "hoverslam" / "kernels"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "hoverslam" / "kernels"


def test_the_uncompiled_twin_computes_the_same() -> None:
    assert plain(clip)(5.0, 0.0, 1.0) == clip(5.0, 0.0, 1.0) == 1.0
    assert plain(plain(clip)) is plain(clip)
