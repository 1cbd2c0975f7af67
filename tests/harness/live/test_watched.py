"""One flight watched by a page, a Foxglove client and a ZeroMQ subscriber. Oracle: the record that it left.

The clients are not ours: Chromium, the published client of the Foxglove WebSocket protocol (in Chromium), pyzmq with
msgpack. The flight program is started by hand, when all of them are there.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgpack
import numpy as np
import pytest
import zmq
from playwright.sync_api import Page, sync_playwright

from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.run_folder import load as load_run
from hoverslam.plant.layout import command_layout, truth_layout
from tests.harness.browser import SOFTWARE_GL, browser, until
from tests.harness.fake_plant import ROOT

HASH = "ef30083232a65f70"
"""Of the default flight, as tests/acceptance/hashes.json has it for nobody watching."""
ENDS_S, ENDS_MS = 300.0, 300_000
ADDRESSES = re.compile(r"live view: (\S+).*?(ws://\S+).*?(tcp://\S+)", re.DOTALL)
CLIENT = Path(__file__).with_name("foxglove_client.js")
SUBSCRIBE = """(url) => {
  window.seen = []; window.topics = {};
  const client = new foxglove.FoxgloveClient({ ws: new WebSocket(url, ["foxglove.sdk.v1"]) });
  const topics = {};
  client.on("advertise", (channels) => { for (const one of channels) {
    window.topics[one.topic] = [one.schemaName, one.schemaEncoding, one.encoding, typeof JSON.parse(one.schema)];
    topics[client.subscribe(one.id)] = one.topic; } });
  client.on("message", ({ subscriptionId, timestamp, data }) =>
    window.seen.push([topics[subscriptionId], Number(timestamp), new TextDecoder().decode(data)]));
}"""


CHARTS = """() => Object.fromEntries([...document.querySelectorAll(".charts .plot")].map(
  (plot) => [plot.getAttribute("aria-label"), plot.data.map((line) => [[...line.x], [...line.y]])]))"""
DRAWN = """[...document.querySelectorAll(".charts .plot")].every(
  (plot) => plot.data && plot._fullLayout.xaxis.range[1] > document.getElementById("replay").replay.time - 0.01)"""


PRINTED = """() => {
  dispatchEvent(new Event("beforeprint"));
  const ink = [...document.querySelectorAll(".charts .plot .xtick text")].map((one) => getComputedStyle(one).fill);
  return { ink: [...new Set(ink)], events: document.getElementById("events").innerText };
}"""
DARK_LEVEL = 128
"""Of 255, chosen: ink on white paper is darker."""


class Watched(NamedTuple):
    """What each of them saw, and what the flight left."""

    before: str
    header: str
    width: int
    charts: dict[str, list[list[list[float]]]]
    end_s: float
    complaints: list[str]
    paper: dict[str, Any]
    asked: set[str]
    topics: dict[str, list[str]]
    foxglove: list[tuple[str, int, str]]
    plotted: list[dict[str, Any]]
    exit_code: int
    summary: dict[str, Any]
    record: FlightRecord


def subscriber(address: str, context: "zmq.Context[Any]") -> "zmq.Socket[bytes]":
    """Connected, and known to the other end as soon as it has read what is sent first."""
    socket: zmq.Socket[bytes] = context.socket(zmq.SUB)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.LINGER, 0)
    socket.subscribe("")
    with socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED) as shaken:
        socket.connect(address)
        assert shaken.poll(ENDS_MS)
        socket.disable_monitor()
    return socket


def start_program(env: str) -> "subprocess.Popen[bytes]":
    """The reference, as a user does: the variables from the file, then the program."""
    command = f". {env}; exec {sys.executable} -m hoverslam.gnc"
    return subprocess.Popen(["/bin/sh", "-c", command], cwd=ROOT)


def line_of(run: "subprocess.Popen[str]", said: str) -> str:
    assert run.stderr is not None
    line = run.stderr.readline()
    assert line, said
    return line


def fly(folder: Path, look: Callable[[str, str], None], collect: Callable[[], dict[str, Any]]) -> Watched:
    """`look` opens page and Foxglove client by their addresses, `collect` says what they saw."""
    command = [str(Path(sys.executable).with_name("hoverslam")), "run", "--live", "--live-port", "0"]
    run = subprocess.Popen(
        [*command, "--gnc", "wait", "--json", "--out", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "COLUMNS": "300"}, cwd=ROOT,
    )  # fmt: skip
    said = ""
    try:
        while not (found := ADDRESSES.search(said)):
            said += line_of(run, said)
        where, websocket, plots = found.groups()
        look(where, websocket)
        with zmq.Context() as context, subscriber(plots, context) as socket:
            while not (folder / "gnc.env").is_file():
                said += line_of(run, said)
            summary = flown(run, folder / "gnc.env")
            plotted = received(socket)
    finally:
        run.kill()
        run.communicate()
    assert run.returncode is not None
    return Watched(
        plotted=plotted, exit_code=run.returncode, summary=summary, record=load_run(folder).record, **collect()
    )


def flown(run: "subprocess.Popen[str]", env: Path) -> dict[str, Any]:
    """The summary. The run ends although its page is still open; where it did not, this would end with an error."""
    program = start_program(str(env))
    try:
        out, _ = run.communicate(timeout=ENDS_S)
    finally:
        program.kill()
        program.wait()
    summary: dict[str, Any] = json.loads(out)
    return summary


def received(socket: "zmq.Socket[bytes]") -> list[dict[str, Any]]:
    plotted = []
    while socket.poll(0):
        plotted.append(msgpack.unpackb(socket.recv()))
    return plotted


class Viewers:
    """A page on a phone in the dark, and a Foxglove client in a page of its own."""

    def __init__(self, page: Page, foxglove: Page) -> None:
        self._page, self._foxglove = page, foxglove
        self._asked, self._complaints, self._before = set[str](), list[str](), ""
        page.on("request", lambda request: self._asked.add(request.url))
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("console", lambda said: self._complaints.append(said.text) if said.type == "error" else None)

    def look(self, where: str, websocket: str) -> None:
        self._page.goto(where)
        self._before = self._page.inner_text("header")
        self._foxglove.add_script_tag(content=CLIENT.read_text(encoding="utf-8"))
        self._foxglove.evaluate(SUBSCRIBE, websocket)

    def saw(self) -> dict[str, Any]:
        page = self._page
        until(page, "document.getElementById('word').textContent !== 'LIVE'")
        until(page, DRAWN)
        seen = self._seen()
        page.emulate_media(media="print")
        return {**seen, "paper": page.evaluate(PRINTED)}

    def _seen(self) -> dict[str, Any]:
        page = self._page
        return {
            "before": self._before, "header": page.inner_text("header"), "charts": page.evaluate(CHARTS),
            "width": page.evaluate("document.documentElement.scrollWidth"),
            "end_s": page.evaluate("document.getElementById('replay').replay.time"),
            "complaints": self._complaints, "asked": self._asked, "topics": self._foxglove.evaluate("window.topics"),
            "foxglove": [tuple(one) for one in self._foxglove.evaluate("window.seen")],
        }  # fmt: skip


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("live") / "run"
    with sync_playwright() as playwright, browser(playwright, *SOFTWARE_GL) as opened:
        page = opened.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        viewers = Viewers(page, opened.new_page())
        yield fly(folder, viewers.look, viewers.saw)


def every_row(record: FlightRecord, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What was true at the rows that are shown: 25 a second."""
    stride = round(4e7 / record.frame_period_ns)
    return record.truth[: record.frames : stride, truth_layout(record.shape).slice(name)]


def test_a_flight_is_the_same_to_the_bit_whoever_watches(watched: Watched) -> None:
    assert (watched.exit_code, watched.summary["hash"][:16]) == (0, HASH)


def test_the_page_waits_then_tells_the_verdict_and_keeps_what_it_saw_when_the_run_is_gone(watched: Watched) -> None:
    assert watched.before.startswith("WAITING")
    assert watched.header.startswith("PASS")
    assert "zq3-landing seed 1" in watched.header
    assert "The flight is over: at rest" in watched.header
    assert watched.summary["explanation"] in watched.header
    assert watched.end_s == pytest.approx(every_row(watched.record, "time_s")[-1, 0])


def test_the_charts_of_the_page_hold_every_row_shown_of_the_flight(watched: Watched) -> None:
    time_s, altitude_km = watched.charts["Altitude, km, over time"][0]
    assert np.allclose(time_s, every_row(watched.record, "time_s")[:, 0], atol=1e-4)
    assert np.allclose(altitude_km, 1e-3 * every_row(watched.record, "altitude_agl_m")[:, 0], atol=1e-5)
    _, speed_mps = watched.charts["Speed, m/s, over time"][0]
    assert np.allclose(speed_mps, every_row(watched.record, "speed_mps")[:, 0], atol=1e-3)
    _, commanded = watched.charts["Throttle, %, over time"][1]
    assert np.allclose(commanded, mean_commanded_percent(watched.record), atol=1e-4)
    assert max(commanded) > 50.0


def mean_commanded_percent(record: FlightRecord) -> list[float]:
    layout, stride = command_layout(record.shape), round(4e7 / record.frame_period_ns)
    means = []
    for row in record.commands[::stride]:
        pairs = zip(row[layout.slice("engine_on")], row[layout.slice("throttle")], strict=True)
        burning = [100.0 * float(throttle) for on, throttle in pairs if on]
        means.append(sum(burning) / max(len(burning), 1))
    return means


def test_the_page_fits_a_phone_says_nothing_on_the_console_and_asks_nobody_else(watched: Watched) -> None:
    assert watched.width == 390
    assert watched.complaints == []
    assert {url.rpartition("/")[2] for url in watched.asked} == {"", "flight"}
    assert len({url.rpartition("/")[0] for url in watched.asked}) == 1


def test_on_paper_the_page_is_dark_on_light_and_names_the_events(watched: Watched) -> None:
    inks = [[int(part) for part in re.findall(r"\d+", ink)[:3]] for ink in watched.paper["ink"]]
    assert inks
    assert all(level < DARK_LEVEL for ink in inks for level in ink)
    time_s = every_row(watched.record, "time_s")[:, 0]
    layout, stride = command_layout(watched.record.shape), round(4e7 / watched.record.frame_period_ns)
    lit = watched.record.commands[::stride, layout.slice("engine_on")].any(axis=1)
    assert f"ignition {time_s[np.argmax(lit)]:.1f} s" in watched.paper["events"]


def test_a_foxglove_client_gets_the_channels_of_the_log_with_their_schemas(watched: Watched) -> None:
    ours = ("truth", "loads", "actuators", "sensors", "telemetry", "events")
    for name in ours:
        assert watched.topics[f"/{name}"] == [name, "jsonschema", "json", "object"]
    assert watched.topics["/tf"][0] == "foxglove.FrameTransforms"
    assert watched.topics["/scene"][0] == watched.topics["/scene/moving"][0] == "foxglove.SceneUpdate"
    seen = {topic for topic, _, _ in watched.foxglove}
    assert {"/truth", "/sensors", "/actuators", "/tf", "/scene", "/log"} <= seen


def test_what_a_foxglove_client_gets_is_what_was_recorded_at_that_time(watched: Watched) -> None:
    released_ns, layout = 946_684_800_000_000_000, truth_layout(watched.record.shape)  # midnight of 2000-01-01
    rows = [(time_ns, json.loads(text)) for topic, time_ns, text in watched.foxglove if topic == "/truth"]
    assert len(rows) > 100
    for time_ns, told in rows[:: len(rows) // 50]:
        row = round((time_ns - released_ns) / watched.record.frame_period_ns)
        assert told["pos_enu_m"] == watched.record.truth[row, layout.slice("pos_enu_m")].tolist()
    labels = [json.loads(text)["message"] for topic, _, text in watched.foxglove if topic == "/log"]
    assert len(labels) == len(set(labels))
    assert "ignition" in labels


def test_a_subscriber_gets_maps_of_numbers_with_the_time_since_release(watched: Watched) -> None:
    truths = [told for told in watched.plotted if "truth" in told]
    assert [told["timestamp"] for told in truths] == pytest.approx(every_row(watched.record, "time_s")[:, 0])
    heights = [told["truth"]["pos_enu_m"] for told in truths]
    assert np.array_equal(heights, every_row(watched.record, "pos_enu_m"))
    assert {name for told in watched.plotted for name in told} >= {"timestamp", "loads", "actuators", "sensors"}
    assert all(numeric(told) for told in watched.plotted)


def numeric(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(numeric, inside)) if isinstance(value, dict | list) else isinstance(value, float)
