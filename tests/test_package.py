"""What a wheel holds, says of itself, and under which licences.

Oracle: the files in the checkout that a flight reads; extras as promised; the text of the Apache licence as its
foundation publishes it, and what the packages that we need say of themselves.
"""

import hashlib
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

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
        if (path.suffix in {".py", *DATA} or path.name == "py.typed") and "__pycache__" not in path.parts
    } - built_from()
    assert any(name.endswith(".toml") for name in wanted)
    assert "hoverslam/harness/report/replay3d/bundle.js" in wanted
    assert wanted <= set(wheel.namelist())


def test_what_is_handed_out_travels_too(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    folders = (ROOT / "sdk", ROOT / "harness" / "wire" / "golden", ROOT / "harness" / "docs" / "text")
    wanted = {path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {path.suffix for path in wanted} == {".c", ".h", ".py", ".md", ".json", ".msgpack", ""}
    for path in wanted:
        assert wheel.read(f"hoverslam/{path.relative_to(ROOT)}") == path.read_bytes()
    (built,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(built) as opened:
        there = {name.partition("/")[2] for name in opened.getnames()}
    assert {str(path.relative_to(ROOT)) for path in wanted} <= there


def test_sources_of_the_replay_do_not_travel_and_are_there(wheel: zipfile.ZipFile) -> None:
    assert {Path(name).name for name in built_from()} >= {"stage.js", "package.json", "package-lock.json", "bundle.py"}
    assert built_from() & set(wheel.namelist()) == set()


def test_each_package_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert {name for name in wheel.namelist() if name.endswith("py.typed")} == {
        "hoverslam/py.typed",
        *(f"hoverslam/{one}/py.typed" for one in PACKAGES),
    }


def built_from() -> set[str]:
    """What the script of the 3-D replay is built from."""
    replay = ROOT / "harness" / "report" / "replay3d"
    sources = [*(replay / "src").rglob("*"), *replay.glob("package*.json"), replay / "bundle.py"]
    return {f"hoverslam/{path.relative_to(ROOT)}" for path in sources}


def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_it_needs_what_a_flight_needs_and_offers_the_rest_as_extras(wheel: zipfile.ZipFile) -> None:
    needs = [Requirement(text) for text in metadata(wheel).get_all("Requires-Dist", [])]
    flies = {one.name for one in needs if one.marker is None}
    assert {"numba", "pydantic", "zstandard"} <= flies
    assert not {"cryptography", "distributed", "fmpy", "foxglove-sdk", "hypothesis", "pyarrow"} & flies
    wanted = {
        "campaign": {"cryptography", "distributed"}, "fmu": {"fmpy"}, "hunt": {"hypothesis"},
        "live": {"foxglove-sdk"}, "parquet": {"pyarrow"},
    }  # fmt: skip
    wanted["all"] = set().union(*wanted.values())
    for extra, names in wanted.items():
        assert extra in metadata(wheel).get_all("Provides-Extra", [])
        assert {one.name for one in needs if one.marker and one.marker.evaluate({"extra": extra})} == names


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


APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""
PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|MPL-2.0|Mozilla Public License 2.0")
BINDING = re.compile(r"\bA?L?GPL|General Public|SSPL|BUSL|Proprietary", re.IGNORECASE)


def ours_of_others() -> list[str]:
    """Licences of what lies in our packages and is not ours."""
    return sorted(str(path.relative_to(ROOT)) for one in PACKAGES for path in (ROOT / one).rglob("LICENSE*"))


def test_the_licence_travels_whole_in_wheel_and_sdist(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    names = {name.partition("/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert hashlib.sha256(wheel.read(names["licenses/LICENSE"])).hexdigest() == APACHE_2
    metadata = Parser().parsestr(wheel.read(names["METADATA"]).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    wanted = ["LICENSE", "NOTICE", *ours_of_others()]
    assert len(wanted) > 2
    assert sorted(metadata.get_all("License-File") or []) == sorted(wanted)
    assert [name for name in wanted if f"licenses/{name}" not in names] == []
    (built,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(built) as opened:
        there = {name.partition("/")[2] for name in opened.getnames()}
    assert [name for name in wanted if name not in there] == []


def test_the_notice_names_every_licence_of_others() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert [name for name in ours_of_others() if name not in notice] == []


def test_nothing_that_a_flight_needs_binds_our_licence() -> None:
    needed = needed_packages()
    assert {"clarabel", "numba", "pyzmq", "distributed"} <= needed.keys()
    assert {name: told for name, told in needed.items() if BINDING.search(told) or not PERMISSIVE.search(told)} == {}


def needed_packages() -> dict[str, str]:
    """What `pip install` brings, to the last of them, with the licence that each states of itself."""
    found: dict[str, str] = {}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = told["optional-dependencies"]
    waiting = [*told["dependencies"], *extras["campaign"], *extras["hunt"], *extras["parquet"]]
    while waiting:
        wanted = Requirement(waiting.pop())
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            there = distribution(wanted.name)
            if there.name not in found:
                found[there.name] = stated_licence(there)
                waiting += there.requires or []
    return found


def stated_licence(package: Distribution) -> str:
    """An SPDX expression in packages of today, classifiers or the first line of a text in older ones."""
    about: dict[str, Any] = dict(package.metadata.json)
    classifiers = [one for one in about.get("classifier", []) if one.startswith("License ::")]
    return about.get("license_expression") or "; ".join([*classifiers, about.get("license", "").partition("\n")[0]])
