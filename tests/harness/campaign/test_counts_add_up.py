"""Counts in the sentences of a campaign add up. Oracle: many made campaigns, each counted by hand from its rows."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from hoverslam.harness.campaign.figures import figures, lines
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.report.campaign.data import CampaignView
from hoverslam.harness.report.campaign.page import write_campaign_page
from hoverslam.harness.report.campaign.tables import most_often
from hoverslam.scenarios.campaign import Campaign
from tests.harness.campaign.scattered import failing, row, store_of
from tests.harness.test_report import Page

IDS = ("R-09", "R-17", "R-18", "R-19", "R-21", "R-23", "R-28")


def drawn(seed: int) -> list[Row]:
    """Some 20 flights, each of which fails any of seven requirements, at times none, at times without a number."""
    rng = random.Random(seed)
    rows = []
    for place in range(rng.randint(1, 24)):
        fails = [name for name in IDS if rng.random() < rng.choice((0.0, 0.1, 0.5))]
        told = [
            [name, "fail" if name in fails else "pass",
             (None if rng.random() < 0.3 else -rng.random()) if name in fails else rng.random(), "m"]
            for name in IDS
        ]  # fmt: skip
        rows.append((failing if fails else row)(place, requirements=told))
    return rows


@pytest.mark.parametrize("seed", range(25))
def test_every_count_in_a_sentence_is_that_of_the_rows(seed: int, tmp_path: Path) -> None:
    rows = drawn(seed)
    bad = [one for one in rows if one.verdict != "PASS"]
    by_id = Counter(name for one in bad for name, status, *_ in one.requirements if status == "fail")
    with Store.read(store_of(tmp_path, rows, flights=len(rows))) as store:
        view = CampaignView(store)
        said, told = most_often(view), figures(store)
    if not bad:
        assert said == "No flight fails."
        return
    assert said.startswith(f"{len(bad)} flight{' fails' if len(bad) == 1 else 's fail'}, by ")
    named = {name: int(count) for name, count in re.findall(r"(R-\d\d)[^,;]*? in (\d+)", said)}
    assert named.items() <= by_id.items()
    more = re.search(r"and (\d+) more requirements? in at most (\d+)", said)
    left = [count for name, count in by_id.items() if name not in named]
    assert (int(more.group(1)), int(more.group(2))) == (len(left), max(left)) if more else not left
    printed = lines(Campaign.model_validate(store_about(len(rows))), told, "go on")
    line = next(line for line in printed if "fail" in line)
    assert {name: int(count) for name, count in re.findall(r"(R-\d\d) in (\d+)", line)} == by_id


def store_about(flights: int) -> dict[str, object]:
    return {"name": "made", "scenario": "zq3-landing", "flights": flights}


@pytest.mark.parametrize("seed", range(25))
def test_a_requirement_that_fails_shows_a_failure_and_its_margin(seed: int, tmp_path: Path) -> None:
    """Never the worst of the flights that passed: where no failure has a number, none is shown."""
    rows = drawn(seed)
    with Store.read(store_of(tmp_path, rows, flights=len(rows))) as store:
        margins = CampaignView(store).margins
    for one in margins:
        results = [(row.place, *result[1:3]) for row in rows for result in row.requirements if result[0] == one.id]
        failures = {place: margin for place, status, margin in results if status == "fail"}
        assert one.failed == len(failures)
        of = failures or {place: margin for place, _, margin in results}
        assert one.place in of
        known = [margin for margin in of.values() if margin is not None]
        assert one.worst == min(known, default=None)
    failed = [bool(one.failed) for one in margins if one.severity == "required"]
    assert failed == sorted(failed, reverse=True), "what fails comes first"


def test_one_flight_and_one_failure_are_told_as_one(tmp_path: Path) -> None:
    with Store.read(store_of(tmp_path, [failing(0)], flights=1)) as store:
        page = Page(write_campaign_page(tmp_path / "page.html", store).read_text(encoding="utf-8")).visible
        said = "\n".join(lines(Campaign.model_validate(store_about(1)), figures(store), "go on"))
    assert "1 flight fails, by" in page
    for text in (page.partition("Inputs of the campaign")[0], said):
        assert not re.search(r"\b1 (?:failing )?(flights|starts|requirements|seeds|draws)\b", text)
        assert "?" not in said
