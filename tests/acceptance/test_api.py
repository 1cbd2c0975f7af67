"""What `import hoverslam` promises. Oracle: docs/api.md, the command line, and what a fresh interpreter has loaded."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hoverslam
from hoverslam import link
from tests.harness.fake_plant import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
HEAVY = {"numba", "numpy", "plotly", "pydantic", "zmq", "msgpack", "scipy", "hypothesis", "rich", "dask", "distributed"}
SHORT = "zq3-last-5km"


def promised(table: str) -> set[str]:
    """Names in the first column of a table of the page."""
    return set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))


def test_the_page_promises_what_the_package_offers() -> None:
    ours, of_link = PAGE.split("| name of `hoverslam.link` | is |")
    assert promised(ours) == set(hoverslam.__all__) == set(dir(hoverslam))
    assert promised(of_link) == set(link.__all__)
    assert [name for name in hoverslam.__all__ if not hasattr(hoverslam, name)] == []


def loaded(code: str) -> set[str]:
    line = [sys.executable, "-P", "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_package_loads_nothing_until_it_is_asked_and_a_flight_program_the_link_alone() -> None:
    assert not HEAVY & loaded("import hoverslam")
    assert HEAVY & loaded("from hoverslam.link import GncLink") == {"zmq", "msgpack"}


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'land'; there are: OwnFaultError, Scenario"):
        hoverslam.land  # noqa: B018  the access is what is tested


def test_a_flight_is_that_of_the_command_line(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "hoverslam", "run", SHORT, "--seed", "3", "--json", "--out", str(tmp_path / "cli")]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=True)
    told = json.loads(done.stdout)
    summary = hoverslam.fly(SHORT, seed=3, out=tmp_path / "api")
    assert (summary.verdict, summary.hash) == ("PASS", told["hash"])
    assert {path.name for path in (tmp_path / "api").iterdir()} == {path.name for path in (tmp_path / "cli").iterdir()}
    assert hoverslam.fly(hoverslam.load(SHORT, seed=3)).hash == told["hash"]


def test_a_flight_can_be_taken_apart() -> None:
    prepared = hoverslam.prepare(hoverslam.load(SHORT, sets={"rates.max_time_s": 60.0}))
    assert prepared.plan.max_frames == 6000
    assert prepared.plant.outcome is None


def test_mistakes_are_one_exception_with_place_and_remedy(tmp_path: Path) -> None:
    for mistake in (
        lambda: hoverslam.fly("zq3-landin"),
        lambda: hoverslam.load(SHORT, sets={"wind.turbulence": "hurricane"}),
        lambda: hoverslam.fly(SHORT, "/no/such/program"),
        lambda: hoverslam.fly(hoverslam.load(SHORT), sets={"wind.turbulence": "severe"}),
        lambda: hoverslam.compare(tmp_path / "none", tmp_path / "none"),
        lambda: hoverslam.hunt("nothing", out=tmp_path / "hunt"),
    ):
        with pytest.raises(hoverslam.UsageError) as told:
            mistake()
        assert ";" in str(told.value) or ":" in str(told.value), "what to do"


def test_a_campaign_is_compared_with_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    bank = hoverslam.campaign(SHORT, out=tmp_path / "a", flights=3, workers=1)
    assert [*bank.flights.ids] == [1, 2, 3]
    assert hoverslam.compare(bank, tmp_path / "a").verdict != "worse"
    assert capfd.readouterr().out == "", "progress goes to standard error"


def test_a_hunt_comes_back_with_what_it_found(tmp_path: Path) -> None:
    found = hoverslam.hunt("dispersions", out=tmp_path / "hunt", scenario=SHORT, budget=2)
    assert isinstance(found, list)
    assert len((tmp_path / "hunt" / "flights.jsonl").read_text().splitlines()) >= 2
