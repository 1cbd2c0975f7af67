"""Report pages on paper, by the clock, from high up, for who sees little. Oracle: the page as laid out, WCAG 2.1."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.report import write_report
from hoverslam.plant.vehicle import load_vehicle
from tests.harness.browser import SOFTWARE_GL, browser, opened, picture, until
from tests.harness.campaign.test_compare import campaign, run_cli
from tests.harness.flights import truth_of, view
from tests.harness.test_causes import crash
from tests.harness.test_run_diff import HARD, SOFT, two_flights

CONTRAST = 4.5
"""Of text to what is behind it, WCAG 2.1, 1.4.3."""
PAPER_PX = 720
MEASURE = """(least) => {
  const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = c.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number), unit = text.startsWith("color(") ? 255 : 1;
    return [...n.slice(0, 3).map((v) => v * unit), n.length > 3 ? n[3] : 1]; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const behind = (element) => { const stack = [];
    for (let at = element; at; at = at.parentElement) stack.push(parse(getComputedStyle(at).backgroundColor));
    return stack.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255]); };
  const weak = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, words = texts.currentNode.textContent.trim();
    if (!words || element.closest("script, style, .unseen") || !element.getClientRects().length) continue;
    const style = getComputedStyle(element), below = behind(element);
    const colour = parse(element.namespaceURI.includes("svg") ? style.fill : style.color);
    colour[3] *= Number(style.opacity);
    const [a, b] = [light(over(colour, below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const name = `${element.tagName}.${element.getAttribute("class")}`;
    if (ratio < least) weak.push(`${ratio.toFixed(2)} ${name}: ${words.slice(0, 40)}`);
  }
  return weak;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, browser(playwright, *SOFTWARE_GL) as running:
        yield running


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crash that began at 30 km: the truth is lifted there, as a replay shows any."""
    flight = crash()
    truth_of(flight.record)["pos_enu_m"][0, 2] = 30_000.0
    flight = view(flight.record, vehicle=load_vehicle("zq3_y1"), required_throttle=flight.context.required_throttle)
    results = evaluate(flight, load_requirements("landing"))
    return write_report(tmp_path_factory.mktemp("page") / "report.html", flight, results, Verdict.FAIL)


@pytest.fixture(scope="module")
def files(page_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each template that is about one flight or two, or about two builds."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "diff.html").write_text(two_flights(SOFT, HARD), encoding="utf-8")
    a, b = campaign(folder / "a", 3), campaign(folder / "b-with-a-long-name-of-the-build", 40, miss_m=4.5)
    assert run_cli("compare", str(a), str(b), "--page", str(folder / "compare.html")).exit_code == 1
    return {"report": page_file, "overlay": folder / "diff.html", "comparison": folder / "compare.html"}


@pytest.fixture(
    scope="module",
    params=[(kind, *screen) for kind in ("report", "overlay", "comparison") for screen in ((1280, False), (390, True))],
    ids=lambda one: f"{one[0]}-{one[1]}-{'dark' if one[2] else 'light'}",
)
def each(chromium: Browser, files: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    """Each page on a desk and on a phone, there dark; opened once, which takes seconds."""
    kind, width, dark = request.param
    with opened(chromium, files[kind], width=width, height=844, dark=dark) as watched:
        yield watched.page
        assert watched.complaints == []


@pytest.fixture(scope="module")
def page(chromium: Browser, page_file: Path) -> Iterator[Page]:
    with opened(chromium, page_file) as watched:
        yield watched.page
        assert watched.complaints == []


def test_every_chart_is_on_paper_though_nobody_scrolled_to_it_light_and_as_wide_as_the_paper(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    lines = "plot.querySelectorAll('.scatterlayer .trace').length"
    drawn = f"[...document.querySelectorAll('#charts .plot')].map((plot) => {lines})"
    assert 0 in page.evaluate(drawn), "some are not drawn before"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert min(page.evaluate(drawn)) > 0
    edges = "[...document.querySelectorAll('.main-svg')].map((svg) => svg.getBoundingClientRect().right)"
    widths = page.evaluate(edges)
    assert max(widths) <= PAPER_PX
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 245, 247)"
    room = "[...document.querySelectorAll('.js-plotly-plot')].map((plot) => plot.clientHeight)"
    drawn_into = page.evaluate(room)
    page.set_viewport_size({"width": PAPER_PX - 2, "height": 900})  # the paper, which is laid out after drawing
    assert page.evaluate(room) == drawn_into, "legends stand below pictures, not in them"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.documentElement.hasAttribute('data-print')")
    page.emulate_media(color_scheme="light")


def test_the_time_of_a_requirement_moves_replay_and_charts(page: Page) -> None:
    button = page.locator(".requirements tr.main [data-time]").first
    time_s = float(button.get_attribute("data-time") or "")
    page.evaluate("document.getElementById('replay').replay.seek(1)")
    button.click()
    assert page.evaluate("document.getElementById('replay').replay.time") == pytest.approx(time_s)
    until(page, "document.querySelector('#charts .now')")
    where = """() => { const plot = document.querySelector("#charts .plot"), full = plot._fullLayout;
      const left = parseFloat(plot.querySelector(".now").style.left);
      return [full.xaxis.p2l(left - full.xaxis._offset), full.xaxis.range]; }"""
    marked_s, (low, high) = page.evaluate(where)
    assert marked_s == pytest.approx(time_s, abs=0.02)
    assert low < time_s <= high
    page.locator("#time .events button").first.click()
    assert page.evaluate("document.getElementById('replay').replay.time") == pytest.approx(5.0)


def test_the_horizon_is_no_black_band_from_high_up(page: Page) -> None:
    page.evaluate(
        """async () => { const box = document.getElementById("replay"), replay = box.replay, drawn = replay.frames;
        box.scrollIntoView({ block: "center" }); replay.seek(0);
        while (replay.frames === drawn) await new Promise(requestAnimationFrame); }"""
    )
    until(page, "!document.getElementById('replay').replay.asked")
    shot = picture(page, "#replay canvas")
    edge = shot[:, -40:-10, :3].max(axis=2)  # a column of sky, horizon and ground beside the stage
    assert edge.min() > 60, "the light theme has nothing black there"


def test_all_words_stand_out_from_what_is_behind_them(each: Page) -> None:
    for chart in each.locator("#charts .plot").all()[::3]:  # the two beside and below are drawn with it
        chart.scroll_into_view_if_needed()
        until(each, "document.querySelectorAll('#charts .main-svg').length > 0")
    assert each.evaluate(MEASURE, CONTRAST) == []


def test_every_picture_table_and_column_has_a_name(each: Page) -> None:
    parts = "table, canvas, .plot, svg:not(.main-svg, .plot svg, #js-plotly-tester)"
    unnamed = (
        f"[...document.querySelectorAll('{parts}')].filter((part) => !part.getAttribute('aria-label'))"
        ".map((part) => part.outerHTML.slice(0, 80))"
    )
    assert each.evaluate(unnamed) == []
    heads = "[...document.querySelectorAll('th')].map((head) => head.textContent && head.scope === 'col')"
    assert all(each.evaluate(heads))


def test_no_words_are_cut_or_lie_on_others(each: Page) -> None:
    cut = """() => [...document.querySelectorAll("td, th, h1, h2, .which, header p, .tile, .tile *")].filter((part) =>
      part.clientWidth && part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent)"""
    assert each.evaluate(cut) == []
    assert each.evaluate("document.documentElement.scrollWidth <= innerWidth")
    touching = """() => [...document.querySelectorAll("tr, .replay-hud")].flatMap((row) => {
      const words = (cell) => { const range = document.createRange(); range.selectNodeContents(cell);
        return range.getBoundingClientRect(); };
      const cells = [...row.querySelectorAll("td, th, dt, dd")].map(words).filter((box) => box.width);
      const close = (a, b) =>
        a.left < b.left + 1 && b.left < a.right + 3 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      return cells.some((a, i) => cells.some((b, k) => i !== k && close(a, b))) ? [row.textContent] : []; })"""
    assert each.evaluate(touching) == []


def test_paper_is_light_whatever_the_screen_is(each: Page) -> None:
    each.emulate_media(media="print")
    assert each.evaluate("getComputedStyle(document.body).color") == "rgb(22, 32, 43)"
    each.emulate_media(media="screen")


def test_what_is_folded_is_unfolded_on_paper(chromium: Browser, files: dict[str, Path]) -> None:
    with opened(chromium, files["comparison"]) as watched:
        tall = "document.querySelector('details p').getBoundingClientRect().height"
        assert not watched.page.evaluate(f"{tall} && document.querySelector('details p').checkVisibility()")
        watched.page.emulate_media(media="print")
        assert watched.page.evaluate(tall) > 0
        assert watched.page.evaluate("document.querySelector('details p').checkVisibility()")


def test_the_contents_lead_to_each_part(page: Page) -> None:
    parts = page.evaluate("[...document.querySelectorAll('.contents [data-part]')].map((one) => one.dataset.part)")
    assert {"requirements", "charts", "findings", "replay"} <= set(parts)
    for part in parts:
        assert page.locator(f"#{part}").count() == 1
    page.locator(".contents [data-part=findings]").click()
    assert page.evaluate("document.getElementById('findings').getBoundingClientRect().top < innerHeight")
