"""The page of a campaign as a browser shows it. Oracle: the rows it was written from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hoverslam.harness.campaign.store import Store
from hoverslam.harness.report.campaign.page import write_campaign_page
from tests.harness.browser import Watched, browser, opened
from tests.harness.campaign.scattered import failing, row, store_of

NAME = "<script>alert(1)</script>"
PASSING, FAILING = range(25), range(25, 30)
DRAWN_WITHIN_MS = 60_000
"""A deadline for a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-five that pass, five that fail 50 m away, each 2 m from the next; a report of the second of these."""
    spots = {place: {"crossrange_m": -30.0 + 2.0 * (place - 25)} for place in FAILING}
    rows = [*map(row, PASSING), *(failing(place, **spots[place], explanation=NAME) for place in FAILING)]
    folder = store_of(tmp_path_factory.mktemp("campaign"), rows, flights=30, name=NAME)
    (folder / "flights" / "000026").mkdir(parents=True)
    (folder / "flights" / "000026" / "report.html").write_text("<title>the flight itself</title>")
    with Store.read(folder) as store:
        return write_campaign_page(folder / "report.html", store)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as running, browser(running) as started:
        yield started


def drawn(page: Page) -> Page:
    """Wait for the last picture."""
    page.wait_for_selector("#hist-propellant_kg .barlayer .point", state="attached", timeout=DRAWN_WITHIN_MS)
    return page


@pytest.fixture(scope="module")
def desk(chromium: Browser, written: Path) -> Iterator[Watched]:
    """The page on a desk, opened once: drawing takes a second or two."""
    with opened(chromium, written) as watched:
        drawn(watched.page)
        yield watched
        assert (watched.complaints, watched.asked_elsewhere) == ([], [])


def marks(page: Page, picture: str) -> list[int]:
    """How many points each line of a picture has."""
    traces = page.locator(f"#{picture} .scatterlayer .trace")
    return [traces.nth(i).locator(".point").count() for i in range(traces.count())]


def test_it_draws_every_flight_and_says_and_asks_nothing(desk: Watched) -> None:
    page = desk.page
    assert marks(page, "landings")[:2] == [len(PASSING), len(FAILING)]
    assert marks(page, "ignitions") == [0, len(PASSING), len(FAILING)]
    assert page.locator("#tracks .scatterlayer .js-line").count() == len(PASSING) + len(FAILING)
    assert page.locator("#hist-vertical_mps .barlayer .trace").count() == 2
    assert NAME in page.locator("header").inner_text()
    assert (desk.complaints, desk.asked_elsewhere) == ([], [])


def test_a_click_on_a_failing_flight_tells_it_and_marks_it(desk: Watched, written: Path) -> None:
    page = desk.page
    lines, points = len(marks(page, "tracks")), len(marks(page, "landings"))
    page.locator("#landings .scatterlayer .trace").nth(1).locator(".point").nth(1).click(force=True)
    told = page.locator("#flight").inner_text()
    said = ["Flight 26, seed 27", "R-18 Vertical speed at touchdown", "−3.25 m/s", NAME]
    assert [words for words in said if words not in told] == []
    assert f"hoverslam run --from {written.parent / 'campaign.sqlite'}:26" in told
    assert page.locator("#failing").input_value() == "26"
    assert (len(marks(page, "landings")), len(marks(page, "tracks"))) > (points, lines)
    assert page.get_by_role("link").evaluate("link => link.href").endswith("/flights/000026/report.html")


def test_keys_and_tables_choose_flights_too(desk: Watched) -> None:
    page = desk.page
    page.locator("#failing").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "Flight 27, seed 28" in page.locator("#flight").inner_text()
    page.get_by_role("button", name="flight 25").first.press("Enter")
    assert "Flight 25, seed 26" in page.locator("#flight").inner_text()
    page.locator("#landings-views").get_by_role("button", name="10 m").click()
    assert "5 landings outside this view" in page.locator("#landings-note").inner_text()


def test_light_and_dark_differ_and_change_while_open(desk: Watched) -> None:
    point, body = "getComputedStyle(document.querySelector('#landings .point')).fill", "getComputedStyle(document.body)"
    before, paper = desk.page.evaluate(f"[{point}, {body}.backgroundColor]")
    desk.page.emulate_media(color_scheme="dark")
    after = desk.page.evaluate(
        f"""async () => {{
          for (let i = 0; i < 2000 && {point} === "{before}"; i++) await new Promise((go) => setTimeout(go, 10));
          return [{point}, {body}.backgroundColor];
        }}"""
    )
    assert before != after[0]
    assert paper != after[1]


def test_it_fits_a_phone_and_a_tap_brings_the_flight_into_view(chromium: Browser, written: Path) -> None:
    with opened(chromium, written, width=390, height=800) as watched:
        page = drawn(watched.page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator("#landings .scatterlayer .trace").nth(1).locator(".point").nth(4).click(force=True)
        assert "Flight 29" in page.locator("#flight").inner_text()
        assert page.evaluate("document.getElementById('flight').getBoundingClientRect().top < innerHeight")
        page.locator("#failing").select_option("26")
        page.get_by_role("link").click()
        assert page.title() == "the flight itself"
        assert (watched.complaints, watched.asked_elsewhere) == ([], [])


def test_an_empty_campaign_is_a_page_too(chromium: Browser, tmp_path: Path) -> None:
    folder = store_of(tmp_path, [], flights=3)
    with Store.read(folder) as store:
        path = write_campaign_page(folder / "report.html", store)
    with opened(chromium, path) as watched:
        assert "No flights yet" in watched.page.locator("h1").inner_text()
        assert (watched.complaints, watched.asked_elsewhere) == ([], [])
