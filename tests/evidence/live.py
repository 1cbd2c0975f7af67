"""What it costs a flight to be watched: python -m tests.evidence.live [--rounds 8].

Each round flies the default scenario once unwatched and once watched by a page in Chromium, a Foxglove client and a
ZeroMQ subscriber, with one flight program. Who begins changes from round to round; only the ratio of a round counts.
The wall clock says what a user waits, on cores that the browser shares; processor time of the thread that flies says
what the loop itself does more. A line of docs/evidence/live.csv is a round; from them follows docs/evidence/live.md.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.live.view import LiveView
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.load import load
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed
from tests.harness.browser import SOFTWARE_GL, browser
from tests.harness.live.test_watched import CLIENT, SUBSCRIBE

SCENARIO = "zq3-landing"
ROUNDS = 8
COLUMNS = (
    "round",
    "alone_s",
    "watched_s",
    "alone_cpu_s",
    "watched_cpu_s",
    "ratio",
    "cpu_ratio",
    "hash",
    "date",
    "sources",
)
READER = """
import sys, zmq
socket = zmq.Context().socket(zmq.SUB)
socket.subscribe("")
socket.connect(sys.argv[1])
print("ready", flush=True)
while True:
    socket.recv()
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly the rounds that are missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.live", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no round after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    wanted = [(number,) for number in range(1, given.rounds + 1)]
    with (
        sync_playwright() as playwright,
        browser(playwright, *SOFTWARE_GL) as opened,
        Session(transport=ZmqHarness) as fsw,
    ):
        alone(fsw)  # compiles and loads
        table = given.folder / "live.csv"
        rows = resumed(table, COLUMNS, wanted, lambda one: raced(one, fsw, opened), given.minutes)
    if rows:
        publish(given.folder / "live.md", report(rows))
    return 0


def raced(number: int, fsw: Session, opened: Browser) -> Row:
    """One round."""
    kinds = {"alone": lambda: alone(fsw), "watched": lambda: watched(fsw, opened)}
    turn = iter(kinds) if number % 2 else reversed(kinds)
    took = {kind: kinds[kind]() for kind in turn}
    hashes = {flight[2] for flight in took.values()}
    if len(hashes) > 1:
        raise RuntimeError(f"a watched flight differs: {hashes}")
    (wall_s, cpu_s, which), (seen_wall_s, seen_cpu_s, _) = took["alone"], took["watched"]
    return {
        "round": number, "alone_s": f"{wall_s:.3f}", "watched_s": f"{seen_wall_s:.3f}", "alone_cpu_s": f"{cpu_s:.3f}",
        "watched_cpu_s": f"{seen_cpu_s:.3f}", "ratio": f"{seen_wall_s / wall_s:.3f}",
        "cpu_ratio": f"{seen_cpu_s / cpu_s:.3f}", "hash": which,
    }  # fmt: skip


Flight = tuple[float, float, str]
"""Wall time, processor time of the thread that flies, hash."""


def alone(fsw: Session) -> Flight:
    """Nobody watches."""
    return timed(fsw, prepare(load(SCENARIO), "evidence"), None)


def watched(fsw: Session, opened: Browser) -> Flight:
    """By all three."""
    prepared = prepare(load(SCENARIO), "evidence")
    with LiveView(0) as view, reader(view.addresses.plotjuggler), opened.new_context() as context:
        context.new_page().goto(view.addresses.page)
        client = context.new_page()
        client.add_script_tag(content=CLIENT.read_text(encoding="utf-8"))
        client.evaluate(SUBSCRIBE, view.addresses.foxglove)
        return timed(fsw, prepared, view)


@contextmanager
def reader(address: str) -> Iterator[None]:
    """A subscriber in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", READER, address], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def timed(fsw: Session, prepared: Prepared, view: LiveView | None) -> Flight:
    """The frames of a flight, from the first to the last."""
    plan = prepared.plan if view is None else view.begin(prepared)
    look = None if view is None else view.with_others(lambda _: None)
    began_s, began_cpu_s = time.perf_counter(), time.thread_time()
    record = fsw.fly(prepared.plant, plan, look)
    took = time.perf_counter() - began_s, time.thread_time() - began_cpu_s, record.hash[:16]
    if view is not None:
        view.over(record)
    return took


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# What it costs a flight to be watched"
    yield ""
    yield f"`{SCENARIO}` watched by a page in Chromium (drawing in software), a Foxglove client and a ZeroMQ subscriber"
    yield "on the same machine, against the same flight unwatched, in turn. The hash is the same in all."
    yield f"{len(rows)} rounds, beside other work of the machine, which the wall clock measures too."
    yield ""
    yield "| time of a watched flight over that of an unwatched one | median | smallest | largest |"
    yield "| --- | --- | --- | --- |"
    yield line("processor time of the thread that flies", [float(row["cpu_ratio"]) for row in rows])
    yield line("wall clock, with the browser on the same cores", [float(row["ratio"]) for row in rows])
    yield ""
    yield from made("tests.evidence.live", rows, "live.csv")


def line(what: str, ratios: Sequence[float]) -> str:
    """A row of the table."""
    return f"| {what} | {median(ratios):.3f} | {min(ratios):.3f} | {max(ratios):.3f} |"


if __name__ == "__main__":
    sys.exit(main())
