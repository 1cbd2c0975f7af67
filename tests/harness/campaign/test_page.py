"""The page of a campaign. Oracles: the rows it was written from, and the requirement set as its file says it."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.campaign.row import NUMBERS, Row
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.report.campaign.landings import BARS, POINTS, SAMPLE
from tests.harness.campaign.scattered import STARTED, Written, about, failing, row, store_of, written

LARGEST_MB = 6.0
FLOAT32 = 1e-6
"""Relative: numbers travel as 32-bit floats."""


MIXED = [
    *map(row, range(30)),
    *map(failing, range(30, 36)),
    row(36, downrange_m=None, crossrange_m=None, miss_m=None),
]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Thirty that pass, six that fail, one without touchdown."""
    lost = MIXED[-1]._replace(verdict="GNC_LOST", outcome="gnc_lost", requirements=[], track=b"", vertical_mps=None)
    return written(tmp_path_factory.mktemp("campaign"), [*MIXED[:-1], lost], name="mixed")


def test_every_flight_is_where_its_row_says(mixed: Written) -> None:
    for name, rows in (("pass", MIXED[:30]), ("fail", MIXED[30:36])):
        group = mixed.group("landings", name)
        assert group["places"] == [one.place for one in rows]
        np.testing.assert_allclose(mixed.column(group["x"]), [one.crossrange_m or 0.0 for one in rows], rtol=FLOAT32)
        np.testing.assert_allclose(mixed.column(group["y"]), [one.downrange_m or 0.0 for one in rows], rtol=FLOAT32)
    assert (mixed.group("landings", "fail")["landed"], mixed.group("landings", "fail")["flights"]) == (6, 7)


def test_tracks_are_those_of_the_rows_with_a_gap_after_each(mixed: Written) -> None:
    group = mixed.group("tracks", "fail")
    assert group["places"] == [one.place for one in MIXED[30:36]]
    height = mixed.column(group["height"])
    assert np.isnan(height).sum() == 6
    first = np.frombuffer(MIXED[30].track, dtype="<f4").reshape(-1, 3)
    drawn = np.column_stack([mixed.column(group[name]) for name in ("down", "cross", "height")])
    np.testing.assert_array_equal(drawn[: len(first)], first)


def test_histograms_count_each_landing_once_and_show_the_limits_of_the_set(mixed: Written) -> None:
    path = files("hoverslam.scenarios").joinpath("requirements", "landing.toml")
    clauses = {
        clause.get("signal"): (requirement["id"], clause)
        for requirement in reversed(tomllib.loads(path.read_text())["requirement"])
        for clause in requirement["clause"]
    }
    for shown in mixed.data["histograms"]:
        landed = [getattr(one, shown["name"]) for one in MIXED if getattr(one, shown["name"]) is not None]
        landed = landed[:36] if shown["name"] == "vertical_mps" else landed
        assert sum(map(sum, (group["counts"] for group in shown["groups"]))) == len(landed)
        id_, clause = clauses[f"touchdown_{shown['name']}"]
        assert (shown["limit"]["id"], shown["limit"]["limit"], shown["limit"]["goal"]) == (
            id_,
            clause["limit"],
            clause["goal"],
        )
        assert (
            f"{id_}: {clause['comparison'].replace('<=', '≤').replace('>=', '≥')} {clause['limit']:g}"
            in mixed.page.visible
        )


def test_no_bar_holds_flights_from_both_sides_of_a_limit(mixed: Written) -> None:
    speed = mixed.histogram("vertical_mps")
    edge = int(np.argmin(np.abs(np.array(speed["edges"]) - 4.0)))
    assert speed["edges"][edge] == pytest.approx(4.0, rel=1e-9)
    assert sum(sum(group["counts"][edge:]) for group in speed["groups"]) == 6


def test_the_tail_of_propellant_is_the_low_one(mixed: Written) -> None:
    found = [one["probability"] for one in mixed.histogram("propellant_kg")["quantiles"]]
    assert found == [0.5, 0.05, 0.01]
    lowest = min(one.propellant_kg for one in MIXED if one.propellant_kg is not None)
    assert mixed.histogram("propellant_kg")["quantiles"][2]["value"] == pytest.approx(lowest)


def test_a_failing_flight_is_told_in_full(mixed: Written) -> None:
    told = mixed.data["flights"]["30"]
    assert (told["seed"], told["verdict"]) == (31, "FAIL")
    assert told["failed"] == [["R-18", -3.25, "m/s"], ["R-21", -10.0, "m"]]
    assert [mixed.data["titles"][id_] for id_, *_ in told["failed"]] == ["Vertical speed at touchdown", "Miss distance"]
    assert told["numbers"][mixed.data["measures"].index(["Vertical speed", "m/s"])] == 7.25
    assert mixed.data["flights"]["36"]["failed"] == [["GNC_LOST", None, ""]]
    assert mixed.data["failing"] == [*range(30, 37)]


def test_what_was_drawn_beyond_a_sigma_and_a_half_is_named_farthest_first(mixed: Written) -> None:
    wind = np.array([one.features["wind_east_below_1km_mps"] for one in MIXED])
    for one in MIXED[30:36]:
        sigmas = {name: value for name, value in one.features.items() if not name.startswith("wind")}
        east = one.features["wind_east_below_1km_mps"]
        sigmas["wind_east_below_1km_mps"] = float((east - wind.mean()) / wind.std(ddof=1))
        told = mixed.data["flights"][str(one.place)]["drawn"]
        notable = sorted((name for name in sigmas if abs(sigmas[name]) > 1.5), key=lambda name: -abs(sigmas[name]))
        assert [name for name, *_ in told] == notable
        assert all(value == pytest.approx(sigmas[name], abs=0.006) for name, value, _ in told)
        assert all((own == east) if name.startswith("wind") else own is None for name, _, own in told)


def test_the_headline_counts_and_says_what_fails_most(mixed: Written) -> None:
    assert "81.1 % of 37 flights pass (95 % interval 64.8 % to 92.0 %)" in mixed.page.visible  # R: binom.test(30, 37)
    said = "7 flights fail, by R-18 (vertical speed at touchdown) in 6, R-21 (miss distance) in 6, GNC_LOST in 1;"
    assert said in mixed.page.visible


def test_requirements_come_by_their_worst_margin_with_the_flight_it_was_in(tmp_path: Path) -> None:
    rows = [row(place) for place in range(4)]
    rows[2] = failing(
        2, requirements=[["R-18", "fail", -1.0, "m/s"], ["R-21", "fail", -30.0, "m"], ["R-23", "pass", 5.0, "kg"]]
    )
    text = written(tmp_path, rows).text
    table = text.partition("Requirements by smallest margin")[2].partition("</table>")[0]
    found = re.findall(r"<b>(R-\d+)</b>.*?<span class=\"(out|)\">(\d+)</span>.*?data-place=\"(\d+)\"", table)
    assert found == [
        ("R-21", "out", "1", "2"),
        ("R-18", "out", "1", "2"),
        ("R-23", "", "0", "2"),
        ("R-26", "", "3", "0"),
    ]
    assert "−30 m" in table
    assert "Evaluated in no flight: R-25." in text


def test_starts_are_counted_by_attempt_and_engine(tmp_path: Path) -> None:
    again = [[0, 1, True], [1, 1, False], [1, 2, True], [5, 1, True]]
    visible = written(tmp_path, [row(0), row(1, starts=again)]).page.visible
    table = visible.partition("Starts Lit Of Share")[2]
    assert f"all 6 7 85.7 % 42.1 % to 99.6 % attempt 1 {2 * len(STARTED) - 1} 6" in table
    assert "attempt 2 1 1 100.0 % 2.5 % to 100.0 %" in table
    assert "engine 1, attempt 2 1 1" in table
    assert "In 1 of 2 flights a start failed" in table


def test_what_matters_is_named_and_what_does_not_is_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=120)
    makers = [failing if value > 1.0 else row for value in drawn]
    rows = [
        make(place, features={"isp": float(drawn[place]), "dry_mass": float(rng.normal())})
        for place, make in enumerate(makers)
    ]
    assert "Failure depends on Where Effect p Share of variance isp high" in written(tmp_path / "a", rows).page.visible
    none = written(tmp_path / "b", [one._replace(features={"dry_mass": one.features["dry_mass"]}) for one in rows])
    assert f"With {sum(m is failing for m in makers)} failing of 120 flights no dispersion" in none.page.visible


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(0), row(1)], "No flight fails, so there are no failures to explain."),
        ([failing(0), failing(1)], "Every flight fails"),
        ([], "The database contains no flights; resume with hoverslam campaign --resume."),
    ],
)
def test_campaigns_of_one_kind_alone_say_so(tmp_path: Path, rows: list[Row], said: str) -> None:
    assert said in written(tmp_path, rows).page.visible


def test_flights_that_never_came_down_leave_empty_pictures(tmp_path: Path) -> None:
    nothing = dict.fromkeys(
        (*NUMBERS, "ignition_s", "window_earliest_s", "window_latest_s", "touchdown_s")
    )  # fmt: skip
    page = written(tmp_path, [failing(place, **nothing, track=b"", starts=[], requirements=[]) for place in range(3)])
    assert page.group("landings", "fail")["places"] == []
    assert page.data["ignitions"]["known"] == 0
    assert [sum(map(sum, (g["counts"] for g in one["groups"]))) for one in page.data["histograms"]] == [0] * 6
    assert "No engine was started." in page.page.visible


def test_words_from_outside_stay_words(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><b>"
    rows = [failing(0, explanation=evil, failure=evil, gnc=evil, vehicle=evil, features={evil: 2.0}), row(1)]
    page = written(tmp_path, rows, name=evil, description=evil)
    plain = written(tmp_path / "plain", [failing(0), row(1)])
    assert (
        [tag for tag, _ in page.page.tags].count("script") == [tag for tag, _ in plain.page.tags].count("script") == 3
    )
    assert evil in page.page.visible
    assert page.data["flights"]["0"]["explanation"] == evil


def test_the_page_asks_for_nothing_outside_itself(mixed: Written) -> None:
    for tag, attributes in mixed.page.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "a"}, tag
        assert not {"src", "href", "srcset", "action"} & set(attributes), (tag, attributes)
    [policy] = [
        a["content"] for t, a in mixed.page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert "default-src 'none'" in policy


def test_a_kept_run_folder_is_linked_when_its_report_is_there(tmp_path: Path) -> None:
    folder = store_of(tmp_path, [failing(0), failing(1), failing(2)], flights=3)
    for place in (1, 2):
        (folder / "flights" / f"{place:06d}").mkdir(parents=True)
    (folder / "flights" / "000002" / "report.html").write_text("a page")
    flights = Written(folder).data["flights"]
    assert [(flights[place]["folder"], flights[place]["page"]) for place in "012"] == [
        (None, False), ("flights/000001", False), ("flights/000002", True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "flights", "word"),
    [(row, 120, "ACCEPTED"), (failing, 20, "REJECTED"), (row, 3, "NOT YET DECIDED")],
)
def test_a_sequential_test_shows_its_verdict(tmp_path: Path, make: Any, flights: int, word: str) -> None:
    """Wald: accept 0.95 over 0.8 takes log(19) / log(0.95 / 0.8) = 17.1 passes, rejecting 2 or 3 failures."""
    stop = {"at_least": 0.95, "hardly": 0.8}
    visible = written(tmp_path, [make(place) for place in range(flights)], stop=stop, flights=200).page.visible
    assert f"{word} synthetic" in visible
    assert "accepts 95.0 %, rejects 80.0 %" in visible


def test_a_requirement_set_that_is_gone_costs_its_titles_and_limits_only(tmp_path: Path) -> None:
    told = about(flights=1)
    told["base"]["requirements"] = {"set": str(tmp_path / "gone.toml")}
    with Store.create(tmp_path, told) as store:
        store.add(failing(0), 1.0, "worker")
    page = Written(tmp_path)
    assert {one["limit"] for one in page.data["histograms"]} == {None}
    assert page.data["flights"]["0"]["failed"][0] == ["R-18", -3.25, "m/s"]
    assert page.data["titles"] == {}


def test_ignitions_are_sorted_within_their_windows(mixed: Written) -> None:
    shown = mixed.data["ignitions"]
    late = {one.place: (one.ignition_s or 0.0) - (one.window_latest_s or 0.0) for one in MIXED}
    assert shown["places"] == sorted(late, key=lambda place: late[place])
    np.testing.assert_allclose(mixed.column(shown["ignition"]), sorted(late.values()), rtol=1e-5)
    assert [place for place, passed in zip(shown["places"], shown["passed"], strict=True) if not passed] == [
        place for place in shown["places"] if place >= 30
    ]


def test_a_large_campaign_stays_light_and_says_what_it_left_out(tmp_path: Path) -> None:
    """3,000 flights a tenth of which fail, with rows as they are flown: a campaign commits each, here all at once."""
    rows = [(failing if place % 10 == 0 else row)(place) for place in range(3000)]
    sets = {f"thrust_engine.{engine}": 1.6 for engine in range(9)}
    rows = [one._replace(features={**one.features, **sets}) for one in rows]
    page = written(tmp_path, rows)
    assert len(page.text) < LARGEST_MB * 1e6
    assert POINTS > 2700  # so all of them are drawn:
    assert len(page.group("landings", "pass")["places"]) == 2700
    assert len(page.group("landings", "fail")["places"]) == 300
    assert len(page.group("tracks", "pass")["places"]) == SAMPLE
    assert page.group("tracks", "fail")["places"] == [*range(0, 3000, 10)]
    height = page.column(page.group("tracks", "fail")["height"])
    ends = np.flatnonzero(np.isnan(height))
    assert set(height[[0, *(ends[:-1] + 1)]]) == {12_000.0}
    assert set(height[ends - 1]) == {0.0}
    assert BARS <= len(page.data["ignitions"]["places"]) <= 1.25 * BARS
