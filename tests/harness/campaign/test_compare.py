"""Comparing two builds from the command line. Oracle: campaigns made by hand, whose difference is known."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from hoverslam.harness.campaign.bank import read_bank, refusal, write_bank
from hoverslam.harness.campaign.store import Store, StoreError
from hoverslam.harness.cli import app
from tests.harness.campaign.rows import ABOUT, about, made

FLIGHTS = 300


def campaign(folder: Path, lost: int = 0, about: Any = ABOUT, miss_m: float = 2.0) -> Path:
    """One in which the last so many flights fail, in wind from the east."""
    with Store.create(folder, about) as store:
        for place in range(FLIGHTS):
            fails = ("R-21",) if place >= FLIGHTS - lost else ()
            wind = "east" if place >= FLIGHTS - 60 else "west"
            store.add(made(place, fails=fails, wind_from=wind, miss_m=miss_m + 0.01 * (place % 5)), 0.5, "0")
    return folder


def run_cli(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def compared(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = run_cli("compare", *arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_build_is_no_worse_than_itself(tmp_path: Path) -> None:
    code, told = compared(str(campaign(tmp_path / "a", 6)), str(campaign(tmp_path / "b", 6)))
    assert (code, told["verdict"]) == (0, "no worse")
    assert told["pairing"]["only_a"] == told["pairing"]["only_b"] == 0


def test_a_build_that_lands_less_often_is_worse_and_the_sentence_says_where(tmp_path: Path) -> None:
    page, junit = tmp_path / "page.html", tmp_path / "report.xml"
    a, b = campaign(tmp_path / "a"), campaign(tmp_path / "b", 15)
    code, told = compared(str(a), str(b), "--page", str(page), "--junit", str(junit))
    assert (code, told["verdict"], told["pairing"]["only_a"]) == (1, "worse", 15)
    assert "lands 5.0 % less often" in told["sentence"]
    assert "in wind from the east" in told["sentence"]
    assert told["pairing"]["lost"] == list(range(FLIGHTS - 14, FLIGHTS + 1)), "seeds"
    assert told["sentence"].split(":")[0] in page.read_text()
    (failure,) = ElementTree.parse(junit).iter("failure")
    assert failure.get("message") == told["sentence"]
    assert compared(str(b), str(a))[1]["verdict"] == "better"


def test_a_wider_miss_is_worse_though_all_land(tmp_path: Path) -> None:
    code, told = compared(str(campaign(tmp_path / "a")), str(campaign(tmp_path / "b", miss_m=4.5)))
    assert (code, told["verdict"]) == (1, "worse")
    assert {one["name"]: one["verdict"] for one in told["measures"]}["miss_m"] == "worse"


def test_a_baseline_file_says_the_same_as_its_database(tmp_path: Path) -> None:
    a, b = campaign(tmp_path / "a"), campaign(tmp_path / "b", 15)
    write_bank(read_bank(a), tmp_path / "a.json")
    from_file, from_database = compared(str(tmp_path / "a.json"), str(b))[1], compared(str(a), str(b))[1]
    for told in (from_file, from_database):
        told.pop("a")
    assert from_file == from_database
    assert (tmp_path / "a.json").stat().st_size < 100 * FLIGHTS


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            about(scenario="other") | {"base": {**ABOUT["base"], "pad": {"slope_deg": 2.0}}},
            "differ in the scenario (pad: None and {'slope_deg': 2.0})",
        ),
        (about(vehicle="other"), "differ in the vehicle file"),
        (about(requirements="other"), "differ in the requirement set file"),
        ({"campaign": {**ABOUT["campaign"], "sampling": "sobol"}}, "sampling: 'random' and 'sobol'"),
    ],
)
def test_what_does_not_belong_together_is_refused_unless_asked_for(tmp_path: Path, changed: Any, said: str) -> None:
    a, b = campaign(tmp_path / "a"), campaign(tmp_path / "b", about={**ABOUT, **changed})
    done = run_cli("compare", str(a), str(b))
    assert done.exit_code == 2
    assert said in done.stderr
    assert "--unpaired" in done.stderr
    code, told = compared(str(a), str(b), "--unpaired")
    assert (code, told["pairing"]) == (0, None)


def test_too_few_flights_are_undecided_and_strict_does_not_let_that_pass(tmp_path: Path) -> None:
    folders = []
    for name in ("a", "b"):
        with Store.create(tmp_path / name, ABOUT) as store:
            for place in range(10):
                store.add(made(place), 0.5, "0")
        folders.append(str(tmp_path / name))
    assert compared(*folders)[0] == 0
    code, told = compared(*folders, "--strict")
    assert (code, told["verdict"]) == (1, "undecided")
    assert told["flights_needed"] > 10


@pytest.mark.parametrize("content", ["{}", "not json", '{"format": "hoverslam-baseline-1"}', "[]"])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(StoreError, match="is not a baseline"):
        read_bank(path)
    with pytest.raises(StoreError, match="cannot be read"):
        read_bank(tmp_path / "none.json")


def test_seeds_apart_are_not_compared_flight_by_flight(tmp_path: Path) -> None:
    a = read_bank(campaign(tmp_path / "a"))
    flights = a.flights._replace(ids=[seed + 10_000 for seed in a.flights.ids])  # type: ignore[operator]  # ids are seeds here, which are whole numbers
    assert "no seed in common" in refusal(a, a._replace(flights=flights))
