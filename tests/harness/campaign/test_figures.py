"""Figures of a campaign. Oracle: rows made by hand, counted by hand; published bounds of a proportion."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from hoverslam.harness.campaign.export import export, flat
from hoverslam.harness.campaign.figures import figures, lines
from hoverslam.harness.campaign.flyer import FlightJob
from hoverslam.harness.campaign.run import CampaignProgress, CampaignRun
from hoverslam.harness.campaign.sampling import Sample
from hoverslam.harness.campaign.stopping import stop_plan
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.commands.campaign import progress_line
from hoverslam.harness.errors import UsageError
from hoverslam.harness.statistics.proportion import proportion
from hoverslam.harness.statistics.sequential import limits
from hoverslam.scenarios.campaign import Aim, Campaign
from hoverslam.scenarios.dispersions import deviates
from hoverslam.scenarios.load import ScenarioError
from tests.harness.campaign.rows import ABOUT, made

CAMPAIGN = Campaign(name="made", scenario="zq3-landing", flights=100)


def told_of(folder: Path, rows: Any) -> dict[str, Any]:
    with Store.create(folder, ABOUT) as store:
        for row in rows:
            store.add(row, 0.5, "0")
        return figures(store)


def test_counts_and_bounds_are_those_of_the_rows(tmp_path: Path) -> None:
    rows = [made(place, fails=("R-21",) if place in {3, 7} else (), miss_m=float(place)) for place in range(20)]
    told = told_of(tmp_path, rows)
    assert (told["flights"], told["success"]["successes"], told["failed_by"]) == (20, 18, {"R-21": 2})
    assert (told["success"]["low"], told["success"]["high"]) == pytest.approx(
        (0.6830, 0.9877), abs=1e-4
    )  # Clopper-Pearson
    assert told["outcomes"] == {"at_rest": 20}
    median, _, most = told["numbers"]["miss_m"]
    assert median["value"] == pytest.approx(9.5, abs=0.5)
    assert most["high"] is None, "20 flights say nothing of the worst of a hundred"
    assert told["relight"]["overall"]["successes"] == 58, "two of sixty starts did not light"
    json.dumps(told, allow_nan=False)


def test_a_campaign_of_nothing_has_figures_too(tmp_path: Path) -> None:
    told = told_of(tmp_path, [])
    assert (told["flights"], told["success"]["share"]) == (0, None)
    assert list(lines(CAMPAIGN, told, "go on")) == ["no flights"]


def test_what_failure_depends_on_is_named_and_noise_is_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    drawn = rng.standard_normal((200, 2))
    rows = [
        made(place, fails=("R-21",) if isp > 1.0 else (), features={"isp": float(isp), "dry_mass": float(other)})
        for place, (isp, other) in enumerate(drawn)
    ]
    named = [one["name"] for one in told_of(tmp_path, rows)["what_fails"] if one["named"]]
    assert named == ["isp"]


def test_flights_that_never_came_down_and_lost_programs_are_counted(tmp_path: Path) -> None:
    lost = {"verdict": "GNC_LOST", "outcome": "gnc_lost", "requirements": []}
    gone = dict.fromkeys(("miss_m", "downrange_m", "crossrange_m", "vertical_mps", "horizontal_mps", "tilt_deg"))
    told = told_of(tmp_path, [*(made(place) for place in range(9)), made(9, **lost, **gone)])
    assert told["failed_by"] == {"GNC_LOST": 1}
    assert told["scatter"]["landings"] == 9
    assert told["scatter"]["flights"] == 10


def test_the_table_goes_to_csv_and_parquet_as_it_is(tmp_path: Path) -> None:
    import pyarrow.parquet

    rows = [made(place, fails=("R-18",) if place == 1 else ()) for place in range(4)]
    with Store.create(tmp_path / "c", ABOUT) as store:
        for row in rows:
            store.add(row, 0.5, "0")
        assert export(store, tmp_path / "t.csv") == export(store, tmp_path / "t.parquet") == 4
        with pytest.raises(UsageError, match=r"must end in \.csv, \.parquet or \.json"):
            export(store, tmp_path / "t.xlsx")
        with pytest.raises(UsageError, match="cannot be written"):
            export(store, tmp_path / "no" / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [(one["place"], one["verdict"], one["margin.R-18"]) for one in read] == [
        ("0", "PASS", "1.0"), ("1", "FAIL", "-1.0"), ("2", "PASS", "1.0"), ("3", "PASS", "1.0"),
    ]  # fmt: skip
    assert pyarrow.parquet.read_table(tmp_path / "t.parquet").to_pylist() == [
        {**flat(row), "copy_of": None} for row in rows
    ]


def test_progress_says_rate_time_left_success_and_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = CampaignProgress(1000, done=100, flown=50, passed=97)
    now.failed_by["R-21"] = 3
    monkeypatch.setattr("hoverslam.harness.campaign.run.time.monotonic", lambda: now.begun_s + 60.0)
    said = progress_line(now)
    for part in (
        "100/1,000 flights",
        "50 per minute",
        "18.0 min left",
        "97.0 % pass (91.5 % to 99.4 %)",
        "failed: R-21 3",
    ):
        assert part in said


def test_flights_that_are_aimed_at_failures_count_for_what_they_are_worth(tmp_path: Path) -> None:
    """Oracle: the normal distribution. Fails where the normal force is 2.5 sigma down: 0.62 % of flights."""
    aim = {"shift": {"normal_force": -2.5}, "failure": "R-21"}
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": 400, "aim": aim})
    sample, about = Sample(campaign, campaign.base()), {**ABOUT, "campaign": campaign.model_dump(mode="json")}
    drawn = [sample.flight(place).changes["drawn"]["normal_force"] for place in range(400)]
    assert -2.6 < float(np.median(drawn)) < -2.2
    with Store.create(tmp_path, about) as store:
        for place, value in enumerate(drawn):
            store.add(made(place, fails=("R-21",) if value < -2.5 else ("R-18",) if place % 2 else ()), 0.5, "0")
        rare = figures(store)["rare"]
    assert rare["low"] < norm.cdf(-2.5) < rare["high"]
    assert rare["high"] < 2.0 * rare["low"], "as sure as some 200 failures of 30,000 plain flights"


def test_aimed_vectors_keep_what_the_seed_has_of_the_rest() -> None:
    aim = {"shift": {"release_velocity_mps.1": 2.0}}
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": 4, "aim": aim})
    sample = Sample(campaign, campaign.base())
    stated = sample.flight(2).changes["drawn"]["release_velocity_mps"]
    own = deviates(sample.base.dispersions, 3, 9)
    assert (stated[0], stated[2]) == (own["release_velocity_mps.0"], own["release_velocity_mps.2"])
    assert stated[1] != own["release_velocity_mps.1"]
    wrong = campaign.model_copy(update={"aim": Aim(shift={"plume": 1.0})})
    with pytest.raises(ScenarioError, match=r"aim\.shift\.plume: no normally dispersed scalar"):
        Sample(wrong, wrong.base())


class Never:
    """A client that must not be handed a flight."""

    def subscribe_topic(self, *_: object) -> None: ...

    def unsubscribe_topic(self, *_: object) -> None: ...

    def cancel(self, futures: list[object]) -> None:
        assert futures == []

    def scheduler_info(self, **_: object) -> dict[str, object]:
        return {"workers": {}}


def test_after_a_test_has_stopped_its_looks_are_paid_for(tmp_path: Path) -> None:
    """Oracle: a first look that accepts is an end with no failure in n flights of a fixed number, so the bounds agree;

    one that came after others that might have accepted says less than as many flights of a fixed number.
    """
    stop = {"at_least": 0.95, "hardly": 0.6}
    campaign = Campaign.model_validate({"name": "made", "scenario": "zq3-landing", "flights": 60, "stop": stop})
    about = {**ABOUT, "campaign": campaign.model_dump(mode="json")}
    plan = stop_plan(campaign)
    assert plan is not None
    wanted, later = (next(n for n in range(1, 60) if limits(plan, n)[0] == failures) for failures in (0, 1))
    lows = []
    for name, fails in (("first", 0), ("later", 1)):
        with Store.create(tmp_path / name, about) as store:
            for place in range(later if fails else wanted):
                store.add(made(place, fails=("R-18",) if place < fails else ()), 0.5, "0")
            lows.append(figures(store)["success"]["low_one_sided"])
    assert lows[0] == pytest.approx(0.05 ** (1 / wanted), abs=1e-6)
    assert 0.6 < lows[1] < proportion(later - 1, later, side="low").low


def test_a_test_stops_at_the_same_flight_in_whatever_order_they_ended(tmp_path: Path) -> None:
    """Oracle: Wald's limits, looked up flight by flight."""
    stop = {"at_least": 0.95, "hardly": 0.6}
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": 60, "stop": stop})
    sample = Sample(campaign, campaign.base())
    made_plan = stop_plan(campaign)
    assert made_plan is not None
    wanted = next(n for n in range(1, 60) if limits(made_plan, n)[0] is not None)
    ends = []
    for name, places in (("up", range(40)), ("down", reversed(range(40)))):
        with Store.create(tmp_path / name, ABOUT) as store:
            for place in places:
                store.add(made(place), 0.5, "0")
            run = CampaignRun(sample, store, FlightJob({}))
            assert run.progress.test == "accept"
            run.run(Never())
            ends.append(store.places())
    assert ends[0] == ends[1] == set(range(wanted))
