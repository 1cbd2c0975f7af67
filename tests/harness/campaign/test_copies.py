"""Flights of a campaign that are bit-equal. Oracle: rows made by hand, and bounds of as many flights as differ."""

import csv
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import beta

from hoverslam.harness.campaign.export import export
from hoverslam.harness.campaign.figures import figures, lines
from hoverslam.harness.campaign.flyer import FlightJob
from hoverslam.harness.campaign.run import CampaignRun
from hoverslam.harness.campaign.sampling import Sample
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.commands.campaign import progress_line
from hoverslam.harness.report.campaign.page import write_campaign_page
from hoverslam.scenarios.campaign import Campaign
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.campaign.scattered import about, failing, row, written
from tests.harness.test_report import Page

CAMPAIGN = Campaign(name="made", scenario="zq3-landing", flights=100)


def stored(folder: Path, rows: Any, about: Any = ABOUT) -> Path:
    with Store.create(folder, about) as store:
        for one in rows:
            store.add(one, 0.5, "0")
    return folder


def test_a_hundred_times_one_flight_bounds_success_as_one_flight_does(tmp_path: Path) -> None:
    """Oracle: Clopper and Pearson for one success of one, by the beta distribution; not 96.4 % as for a hundred."""
    with Store.read(stored(tmp_path, [made(place, hash="same") for place in range(100)])) as store:
        told = figures(store)
    assert (told["flights"], told["copies"]) == (100, 99)
    assert (told["success"]["successes"], told["success"]["trials"]) == (1, 1)
    assert told["success"]["low"] == pytest.approx(beta.ppf(0.025, 1, 1))
    assert told["success"]["low_one_sided"] == pytest.approx(0.05)
    said = list(lines(CAMPAIGN, told, "go on"))
    assert said[0].startswith("made: 1 of 1 flight passes, 100.0 % (95 % interval 2.5 % to 100.0 %; at least 5.0 %")
    assert said[1] == (
        "99 of 100 flights flown are bit-equal to another flight and are not counted: no independent evidence"
    )


def test_one_copy_among_many_is_left_out_of_every_figure(tmp_path: Path) -> None:
    rows = [made(place, fails=("R-21",) if place in {3, 4} else (), miss_m=float(place)) for place in range(6)]
    rows[4] = rows[4]._replace(hash=rows[3].hash)
    with Store.read(stored(tmp_path, rows)) as store:
        told = figures(store)
    assert (told["success"]["successes"], told["success"]["trials"], told["failed_by"]) == (4, 5, {"R-21": 1})
    assert told["relight"]["overall"]["trials"] == 15
    assert told["scatter"]["flights"] == 5


def test_a_sequential_test_is_not_won_by_flying_one_flight_again(tmp_path: Path) -> None:
    stop = {"at_least": 0.95, "hardly": 0.6}
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": 60, "stop": stop})
    about = {**ABOUT, "campaign": campaign.model_dump(mode="json")}
    ends = {}
    for name, same in (("copies", True), ("draws", False)):
        rows = [made(place, **({"hash": "same"} if same else {})) for place in range(60)]
        with Store.read(stored(tmp_path / name, rows, about)) as store:
            run = CampaignRun(Sample(campaign, campaign.base()), store, FlightJob({}))
            ends[name] = run.progress.test
            if same:
                assert run.progress.copies == 59
                assert "100.0 % pass (2.5 % to 100.0 %)  59 bit-equal to another" in progress_line(run.progress)
    assert ends == {"copies": "undecided", "draws": "accept"}


def test_the_page_counts_as_the_terminal_does_and_says_what_it_left_out(tmp_path: Path) -> None:
    rows = [row(0), *(row(0)._replace(place=place, seed=place + 1) for place in range(1, 30)), failing(30)]
    visible = written(tmp_path, rows, flights=31).page.visible
    assert "50.0 % of 2 flights pass (95 % interval 1.3 % to 98.7 %)" in visible  # R: binom.test(1, 2)
    assert "29 of 31 flights flown are bit-equal to another flight and are not counted" in visible


def test_a_table_of_flights_says_which_are_copies_and_of_which(tmp_path: Path) -> None:
    rows = [made(place, hash="ab"[place % 2]) for place in range(5)]
    with Store.read(stored(tmp_path / "c", rows)) as store:
        export(store, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        assert [one["copy_of"] for one in csv.DictReader(file)] == ["", "", "0", "1", "0"]


@pytest.mark.parametrize("failures", [0, 1, 2, 7, 30])
def test_terminal_and_page_print_one_interval(failures: int, tmp_path: Path) -> None:
    """Also where a bound is all but everything: 91.1 to 99.9 % here and 100.0 % there were two numbers for one."""
    rows = [(failing if place < failures else row)(place) for place in range(60)]
    with Store.read(stored(tmp_path, rows, about(flights=60))) as store:
        told = figures(store)
        page = Page(write_campaign_page(tmp_path / "page.html", store, told).read_text(encoding="utf-8"))
    (first, *_) = lines(CAMPAIGN, told, "go on")
    interval = first.partition("(")[2].partition(";")[0]
    assert interval.startswith("95 % interval ")
    assert f"({interval})" in page.visible
