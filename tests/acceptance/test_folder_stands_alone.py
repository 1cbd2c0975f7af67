"""A run folder is all that its flight needs. Oracle: the flight with its files there, which then are deleted.

Vehicle, flight load and requirement set are of the user's own, and each shows: with those that are shipped the vehicle
falls otherwise, the flight software commands otherwise, and no requirement of that name is judged.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hoverslam.harness.record.names import COPIES
from tests.acceptance.conftest import COMMAND_DEADLINE_S, Hoverslam
from tests.harness import prefork
from tests.harness.fake_plant import ROOT

FILES = {
    "base.toml": 'extends = "zq3_y1"\n[legs]\nfriction = 0.55\n',
    "mine.toml": 'extends = "base.toml"\n[body]\ndry_mass_kg = 45300.0\n',
    "load.toml": 'extends = "zq3_reference"\n[stage]\ndry_mass_kg = 46500.0\n',
    "set.toml": 'extends = "landing"\n[[requirement]]\nid = "MINE"\ntitle = "As slow as a feather"\nsource = "ours"\n'
    '[[requirement.clause]]\nname = "slow"\nsignal = "touchdown_vertical_mps"\nphase = "touchdown"\n'
    'comparison = "<="\nlimit = 0.01\nunit = "m/s"\n',
}
NAMED = {"vehicle.file": "mine.toml", "flight_load.file": "load.toml", "requirements.set": "set.toml"}


class Moved(NamedTuple):
    """A run folder that was moved and whose files are gone, with what its flight came to, and somebody else's home."""

    folder: Path
    summary: dict[str, Any]
    home: Path

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command there. Kernels are those of this machine: to compile them again would show nothing."""
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(self.home), "XDG_CACHE_HOME": cache}
        return prefork.run(arguments, self.home, environment, COMMAND_DEADLINE_S)


@pytest.fixture(scope="module")
def moved(hoverslam: Hoverslam, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    there, elsewhere = tmp_path_factory.mktemp("there"), tmp_path_factory.mktemp("elsewhere")
    for name, text in FILES.items():
        (there / name).write_text(text)
    sets = [word for key, name in NAMED.items() for word in ("--set", f"{key}={there / name}")]
    done = hoverslam("run", "zq3-last-5km", *sets, "--out", str(there / "run"), "--json")
    assert done.returncode == 1, done.stderr
    shutil.move(there / "run", elsewhere / "moved")
    shutil.rmtree(there)
    return Moved(elsewhere / "moved", json.loads(done.stdout), elsewhere)


def failed(summary: dict[str, Any]) -> list[str]:
    return [one["id"] for one in summary["requirements"] if one["status"] == "fail"]


def test_the_flight_fails_by_the_requirement_of_its_own_set_alone(moved: Moved) -> None:
    assert (moved.summary["verdict"], moved.summary["outcome"], failed(moved.summary)) == ("FAIL", "at_rest", ["MINE"])
    for name, word in zip(COPIES, ("dry_mass_kg = 45300.0", "dry_mass_kg = 46500.0", 'id = "MINE"'), strict=True):
        text = (moved.folder / name).read_text(encoding="utf-8")
        assert word in text
        assert "\nextends" not in text


def test_it_replays_bit_for_bit_and_says_that_its_own_copies_are_flown(moved: Moved) -> None:
    done = moved.ask("replay", str(moved.folder), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["equal"], told["hash_now"]) == (0, True, moved.summary["hash"]), done.stderr
    assert [(one["copy"], one["now"]) for one in told["copies"]] == [(name, "gone") for name in COPIES]
    assert told["changed"] == []


def test_the_program_flies_it_again_to_the_same_bits_and_verdict_and_keeps_copies_too(moved: Moved) -> None:
    again = moved.home / "again"
    done = moved.ask("run", "--from", str(moved.folder), "--out", str(again), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["hash"], failed(told)) == (1, moved.summary["hash"], ["MINE"]), done.stderr
    assert "bit-equal to the flight in the run folder" in done.stderr
    assert told["requirements"] == moved.summary["requirements"]
    one, other = (json.loads((folder / "run.json").read_text()) for folder in (moved.folder, again))
    for key in ("copies", "scenario_resolved", "identity"):
        assert one[key] == other[key]
    same = moved.ask("diff", str(moved.folder), str(again), "--json")
    assert (same.returncode, json.loads(same.stdout)["scenario_differences"]) == (0, [])


def test_its_page_and_its_tables_are_made_without_its_files(moved: Moved) -> None:
    page = moved.home / "page.html"
    done = moved.ask("report", str(moved.folder), "--out", str(page), "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "FAIL"), done.stderr
    assert "As slow as a feather" in page.read_text(encoding="utf-8")
    assert (
        moved.ask("export", str(moved.folder), "--out", str(moved.home / "tables"), "--format", "csv").returncode == 0
    )
    assert (moved.home / "tables" / "truth.csv").is_file()
