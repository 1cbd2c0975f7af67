"""Report pages as a browser shows them. Oracle: the flights they were written from, and what is seen in the picture."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from scipy.spatial.transform import Rotation

from hoverslam.harness.judge.findings import findings
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import judge
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.report import write_report
from hoverslam.plant.vehicle import load_vehicle
from tests.harness.browser import NO_GL, SOFTWARE_GL, Watched, browser, colours, opened, picture, until
from tests.harness.flights import fly, truth_of, view
from tests.harness.test_run_diff import HARD, SOFT, two_flights

ZQ3 = load_vehicle("zq3_y1")
OFF_M = 0.01
"""Positions travel as 32-bit floats and attitudes in steps of 3e-5: a millimetre at the nose."""
OFF = 0.01
"""Of directions: angles travel in 127 steps of the largest."""
HANDLE = "document.getElementById('replay').replay"


def attitudes(record: FlightRecord) -> Rotation:
    """A stage that leans and rolls, differently at each moment."""
    time_s = truth_of(record)["time_s"]
    x, z = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    heading, lean, roll = (Rotation.from_rotvec(np.outer(time_s, rate)) for rate in (0.1 * z, 0.02 * x, 0.3 * x))
    return heading * lean * Rotation.from_rotvec([0.0, -0.5 * math.pi, 0.0]) * roll


def turning() -> FlightRecord:
    """A flight in which every part that moves is somewhere else than at rest."""
    record = fly()
    truth = truth_of(record)
    truth["q_enu_b"] = attitudes(record).as_quat(scalar_first=True)
    truth["gimbal_rad"] = np.radians([[5.0, -3.0, -4.0, 2.0, 1.0, 4.0, -2.0, -5.0, 3.0, 1.0]])
    truth["fin_rad"] = np.radians([[20.0, -10.0, 5.0, -15.0]])
    truth["rcs_open"] = np.array([[0, 1, 0, 0, 1, 0, 0, 0]])
    return record


def write(path: Path, record: FlightRecord) -> Path:
    flight = view(record, vehicle=ZQ3)
    results = evaluate(flight, load_requirements("landing"))
    return write_report(path, flight, results, judge(record, results), findings(flight))


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("page") / "report.html", fly())


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def with_gl(playwright: Playwright) -> Iterator[Browser]:
    with browser(playwright, *SOFTWARE_GL) as started:
        yield started


@pytest.fixture(scope="module")
def desk(with_gl: Browser, landing: Path) -> Iterator[Watched]:
    """The page of a landing on a desk, opened once: it takes seconds where a browser draws in software."""
    with opened(with_gl, landing) as watched:
        yield watched


@pytest.fixture(scope="module")
def turned(with_gl: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of the turning flight."""
    with opened(with_gl, write(tmp_path_factory.mktemp("page") / "report.html", turning())) as watched:
        yield watched.page


def seek(page: Page, time_s: float) -> None:
    """Move the replay and wait for the picture of it."""
    page.evaluate(
        f"""async (time) => {{
          const replay = {HANDLE}, drawn = replay.frames;
          document.getElementById("replay").scrollIntoView({{ block: "center" }});
          replay.seek(time);
          while (replay.frames === drawn) await new Promise(requestAnimationFrame);
        }}""",
        time_s,
    )


def test_the_page_draws_and_says_and_asks_nothing(desk: Watched) -> None:
    page = desk.page
    seek(page, 12.0)
    assert colours(picture(page, "#replay canvas")) > 50
    assert colours(picture(page, "#track")) > 5
    page.locator("#charts section").first.scroll_into_view_if_needed()
    page.wait_for_selector("#charts .main-svg")
    assert colours(picture(page, "#charts .plot")) > 5
    assert desk.complaints == []
    assert desk.asked_elsewhere == []


def test_the_stage_is_where_the_truth_says(turned: Page) -> None:
    record, legs = turning(), ZQ3.legs
    for time_s in (6.0, 12.0, 18.0):
        seek(turned, time_s)
        probe = turned.evaluate(f"{HANDLE}.probe()")
        row = round(100 * time_s)
        feet, turn = truth_of(record)["pos_enu_m"][row], attitudes(record)[row]

        def at(x: float, y: float = 0.0, z: float = 0.0, feet: Any = feet, turn: Any = turn) -> Any:
            return feet + turn.apply([x - legs.foot_m, y, z])

        assert probe["feet_plane"] == pytest.approx(feet, abs=OFF_M)
        assert probe["nose"] == pytest.approx(at(ZQ3.body.ref_length_m), abs=OFF_M)
        for engine, (y, z) in zip(probe["engines"], ZQ3.cluster.position_m, strict=True):
            assert engine["place"] == pytest.approx(at(0.0, y, z), abs=OFF_M)
        assert probe["puffs"] == [bool(opening) for opening in truth_of(record)["rcs_open"][row]]
    for foot, angle in zip(probe["feet"], legs.angle_rad, strict=True):  # at 18 s the legs are out
        across = legs.foot_radius_m * np.array([math.cos(angle), math.sin(angle)])
        assert foot == pytest.approx(at(legs.foot_m, *across), abs=OFF_M)


def test_engines_and_fins_point_where_the_truth_says(turned: Page) -> None:
    """A gimbal pair pushes along (cos y cos z, sin z, sin y cos z); a fin turns about its span, right-handed."""
    record = turning()
    seek(turned, 12.0)
    probe = turned.evaluate(f"{HANDLE}.probe()")
    turn, row = attitudes(record)[1200], 1200
    pairs = truth_of(record)["gimbal_rad"][row].reshape(-1, 2)
    swivelled = {int(engine): pair for engine, pair in zip(ZQ3.cluster.gimballed, pairs, strict=True)}
    for i, engine in enumerate(probe["engines"]):
        y, z = swivelled.get(i, (0.0, 0.0))
        push = [math.cos(y) * math.cos(z), math.sin(z), math.sin(y) * math.cos(z)]
        assert engine["push"] == pytest.approx(turn.apply(push), abs=OFF)
        assert (engine["flame_m"] > 5.0) == (i in {0, 1, 5})
    for i, (fin, (c, s)) in enumerate(zip(probe["fins"], ZQ3.fins.span_yz, strict=True)):
        deflection = truth_of(record)["fin_rad"][row][i]
        chord = Rotation.from_rotvec(deflection * np.array([0.0, c, s])).apply([1.0, 0.0, 0.0])
        assert fin["chord"] == pytest.approx(turn.apply(chord), abs=OFF)
        outward = np.array(fin["tip"]) - truth_of(record)["pos_enu_m"][row]
        assert turn.inv().apply(outward)[0] == pytest.approx(ZQ3.fins.position_m - ZQ3.legs.foot_m, abs=0.02)


def test_legs_are_stowed_along_the_hull_and_stand_on_the_ground_after_contact(desk: Watched) -> None:
    seek(desk.page, 13.0)
    stowed = desk.page.evaluate(f"{HANDLE}.probe()")
    seek(desk.page, 21.0)
    down = desk.page.evaluate(f"{HANDLE}.probe()")
    plane = stowed["feet_plane"]
    for foot in stowed["feet"]:
        assert foot[2] > plane[2] + 5.0
        assert math.hypot(foot[0] - plane[0], foot[1] - plane[1]) < 1.3 * ZQ3.body.hull_radius_m
    assert [foot[2] for foot in down["feet"]] == pytest.approx([0.0] * 4, abs=OFF_M)
    assert down["nose"][2] == pytest.approx(ZQ3.body.ref_length_m - ZQ3.legs.foot_m, abs=0.02)


def test_the_slider_moves_the_stage(desk: Watched) -> None:
    page = desk.page
    seek(page, 2.0)
    before, high = picture(page, "#replay canvas"), page.evaluate(f"{HANDLE}.probe().feet_plane[2]")
    page.locator("#replay input[type=range]").fill("19")
    assert page.evaluate(f"{HANDLE}.time") == pytest.approx(19.0)
    assert page.evaluate(f"{HANDLE}.probe().feet_plane[2]") < 0.01 * high
    until(page, f"!{HANDLE}.asked")
    assert np.abs(picture(page, "#replay canvas") - before).mean() > 2.0


def test_events_keys_and_views_do_what_they_say(desk: Watched) -> None:
    page = desk.page
    for name, time_s in (("ignition", 5.0), ("legs", 14.5), ("contact", 20.01)):
        page.locator(f"#replay [data-event={name}]").click()
        assert page.evaluate(f"{HANDLE}.time") == pytest.approx(time_s, abs=1e-6), name
    page.locator("#replay").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{HANDLE}.time") == pytest.approx(19.01, abs=1e-6)
    page.keyboard.press("2")
    assert page.evaluate(f"{HANDLE}.view") == "pad"
    page.keyboard.press("Space")
    until(page, f"{HANDLE}.time > 19.1")
    page.keyboard.press("Space")
    assert page.evaluate(f"{HANDLE}.playing") is False
    page.keyboard.press("1")


def test_dragging_turns_the_view_and_the_wheel_zooms_once_the_picture_was_touched(desk: Watched) -> None:
    page = desk.page
    seek(page, 12.0)
    box = page.locator("#replay canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    eye = f"(({{ view, camera }}) => [view.turn, view.away, camera.position.z])({HANDLE}.eye)"
    turn, away, height = page.evaluate(eye)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 50)
    page.mouse.up()
    page.mouse.wheel(0, 300)
    until(page, f"!{HANDLE}.asked && {HANDLE}.eye.view.away > {away}")
    turned_to, away_now, height_now = page.evaluate(eye)
    assert turned_to == pytest.approx(turn - 4.0 * 100.0 / box["height"], rel=0.01)
    assert away_now > 1.2 * away
    assert height_now > height


def test_a_phone_shows_all_of_it_without_scrolling_sideways(with_gl: Browser, landing: Path) -> None:
    with opened(with_gl, landing, width=390, height=844, dark=True) as watched:
        page = watched.page
        seek(page, 12.0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        left, right = page.evaluate(
            """(() => { const parts = document.querySelectorAll("#replay :is(canvas, dd, input, .replay-play)");
               const own = [...parts].map((part) => part.getBoundingClientRect());
               return [Math.min(...own.map((b) => b.left)), Math.max(...own.map((b) => b.right))]; })()"""
        )
        assert left >= 0
        assert right <= 390
        assert colours(picture(page, "#replay canvas")) > 50
        assert watched.complaints == []


def test_light_and_dark_are_both_drawn_and_change_while_the_page_is_open(desk: Watched) -> None:
    seen = {}
    for scheme in ("dark", "light"):
        desk.page.emulate_media(color_scheme=scheme)
        seek(desk.page, 12.0)
        seen[scheme] = [picture(desk.page, part).mean() for part in ("#replay canvas", "header")]
    assert min(seen["light"]) > 140.0
    assert max(seen["dark"]) < 90.0


def test_the_picture_rests_while_nothing_moves(desk: Watched) -> None:
    seek(desk.page, 12.0)
    until(desk.page, f"!{HANDLE}.asked")
    drawn = desk.page.evaluate(
        f"""async () => {{ const before = {HANDLE}.frames;
          for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame);
          return {HANDLE}.frames - before; }}"""
    )
    assert drawn == 0


def test_two_flights_over_one_another_are_drawn(with_gl: Browser, tmp_path: Path) -> None:
    (tmp_path / "diff.html").write_text(two_flights(SOFT, HARD), encoding="utf-8")
    with opened(with_gl, tmp_path / "diff.html", width=390, height=844) as watched:
        assert colours(picture(watched.page, "#track")) > 5
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert watched.complaints == []
        assert watched.asked_elsewhere == []


def test_without_webgl_a_sentence_stands_in_for_the_picture(playwright: Playwright, landing: Path) -> None:
    with browser(playwright, *NO_GL) as started, opened(started, landing) as watched:
        assert "needs WebGL" in watched.page.locator("#replay").inner_text()
        assert watched.page.locator("#replay canvas").count() == 0
        watched.page.locator("#replay [data-event=contact]").click()
        assert "20.01 s" in watched.page.locator("#replay dl").inner_text()
        assert watched.page.locator("#track .main-svg").count() > 0
        assert watched.complaints == []
