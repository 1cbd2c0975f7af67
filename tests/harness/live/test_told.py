"""What the page of the live view tells of a flight that is not whole. Oracle: what was put in, seen in Chromium."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.live.beginning import told
from hoverslam.harness.live.history import History
from hoverslam.harness.live.page import page
from hoverslam.harness.live.shown import CHARTS, rows_told
from hoverslam.harness.live.so_far import SoFar
from hoverslam.harness.live.web import Web
from hoverslam.plant.layout import command_layout, truth_layout
from hoverslam.scenarios.load import load
from tests.harness.browser import NO_GL, browser, until

ROWS, CUT_FRAME = 10, 20


def test_a_string_that_is_cut_is_an_event_of_the_page_at_its_time() -> None:
    prepared = prepare(load("zq3-landing"), "cut", feels=False)
    so_far = SoFar(told(prepared))
    layout = truth_layout(prepared.plant.shape)
    truth = np.zeros((ROWS, layout.width))
    prepared.plant.truth(truth[0])
    truth[:] = truth[0]
    truth[:, layout.slice("time_s")] = 0.04 * np.arange(ROWS)[:, None]
    commands = np.zeros((ROWS, command_layout(prepared.plant.shape).width))
    head = {"first": 0, "rows": ROWS, "phase": "glide", "sensors": [0] * ROWS, "reports": [], "cuts": [(1, CUT_FRAME)]}
    stretch = so_far.add(head, [truth.tobytes(), commands.tobytes(), b"", b""])
    events = rows_told(so_far, stretch, "glide")["events"]
    assert events == [{"name": "string_cut", "label": "string 1 cut", "t": pytest.approx(0.01 * CUT_FRAME)}]


@pytest.fixture
def of_no_frame() -> Iterator[Page]:
    """The page of a flight whose program died before it answered anything."""
    history = History()
    history.add({"kind": "begin", "run": {"scenario": "one", "seed": 1}, "charts": CHARTS})
    history.add({"kind": "over", "outcome": "gnc_lost"})
    history.add({"kind": "verdict", "verdict": "GNC_LOST", "explanation": "it died", "folder": None})
    history.close()
    web = Web(0, history, page)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with sync_playwright() as playwright, browser(playwright, *NO_GL) as opened:
            seen = opened.new_page()
            seen.goto(f"http://127.0.0.1:{web.server_address[1]}/")
            until(seen, "document.getElementById('word').textContent === 'GNC_LOST'")
            yield seen
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


def test_a_flight_of_no_frame_shows_its_verdict_and_no_empty_charts(of_no_frame: Page) -> None:
    assert of_no_frame.inner_text("h1") == "The flight is over: the flight software was lost"
    assert of_no_frame.inner_text("#note").startswith("it died.")
    assert of_no_frame.inner_text("main").strip() == ""
