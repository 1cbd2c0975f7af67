"""What serves the live view, piece by piece. Oracle: what was put in, and what HTTP and the operating system say."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
import zmq
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.commands.live import LiveRequest
from hoverslam.harness.errors import UsageError
from hoverslam.harness.live.feed import PAUSE_S, FlownRows, LiveFeed
from hoverslam.harness.live.history import History
from hoverslam.harness.live.parcels import parcel, parcels
from hoverslam.harness.live.view import LiveView
from hoverslam.harness.live.web import PAGES, Web
from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.plotjuggler import Publisher
from hoverslam.plant.layout import VehicleShape

SHAPE = VehicleShape(9, 5, 4, 8, 4)
WITHIN_S = 60.0
"""A deadline for a machine that is busy with other tests."""


@pytest.fixture
def web() -> Iterator[Web]:
    served = Web(0, History(), lambda: b"the page")
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.history.close()
    served.shutdown()
    thread.join(WITHIN_S)
    served.server_close()


def ask(web: Web, path: str, **headers: str) -> tuple[int, bytes]:
    port = web.server_address[1]
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)) as connection:
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()


def events(body: bytes) -> list[list[dict[str, int]]]:
    return [json.loads(line[6:]) for line in body.decode().split("\n\n") if line.startswith("data: ")]


def test_only_the_page_itself_is_answered(web: Web) -> None:
    web.history.close()
    port = web.server_address[1]
    assert ask(web, "/") == (200, b"the page")
    assert ask(web, "/", Host=f"localhost:{port}")[0] == 200
    assert ask(web, "/", Host=f"rebound.example:{port}")[0] == 421
    assert ask(web, "/flight", Host="127.0.0.1:80")[0] == 421
    assert ask(web, "/flight", Origin="https://elsewhere.example")[0] == 403
    assert ask(web, "/flight", Origin=f"http://127.0.0.1:{port}")[0] == 200
    assert ask(web, "/../etc/passwd")[0] == 404
    assert web.server_address[0] == "127.0.0.1"


def test_a_page_that_is_opened_late_gets_the_flight_from_its_beginning(web: Web) -> None:
    for number in range(3):
        web.history.add({"n": number})
    web.history.close()
    assert events(ask(web, "/flight")[1]) == [[{"n": 0}, {"n": 1}, {"n": 2}]]


def test_a_page_that_lags_gets_all_that_it_lacks_at_once() -> None:
    history = History()
    history.add({"n": 0})
    assert history.after(0, WITHIN_S) == (['{"n":0}'], False)
    for number in range(1, 100):
        history.add({"n": number})
    behind, complete = history.after(1, WITHIN_S)
    assert [json.loads(text)["n"] for text in behind] == list(range(1, 100))
    assert not complete
    history.close()
    assert history.after(100, WITHIN_S) == ([], True)


def test_one_page_too_many_is_refused(web: Web) -> None:
    for _ in range(PAGES):
        web.places.acquire()
    assert ask(web, "/flight") == (503, f"{PAGES} pages are open; close one\n".encode())


def recorder(frames: int) -> Recorder:
    flown = Recorder(SHAPE, frames, 1)
    flown.frames = frames
    flown.truth_rows[:] = np.arange(frames + 1)[:, None]
    flown.sensors = [b"s"] * frames
    return flown


def look(flown: Recorder, frame: int) -> Progress:
    return Progress(frame, 0.01 * frame, "glide", flown.truth_rows[frame], flown.commands[frame], flown)


def test_a_viewer_that_does_not_read_never_holds_the_flight_up_and_gets_every_row_later() -> None:
    ours, theirs = socket.socketpair()
    flown, now_s = recorder(8000), [0.0]
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    feed = LiveFeed(ours, 4, clock=lambda: now_s[0])
    for frame in range(0, 8000, 10):  # nobody reads: a send that waited would wait for ever
        now_s[0] += PAUSE_S
        feed(look(flown, frame))
    rows: list[float] = []

    def read() -> None:
        with theirs, theirs.makefile("rb") as stream:
            for head, blobs in parcels(stream):
                rows.extend(np.frombuffer(blobs[0]).reshape(head["rows"], -1)[:, 0])

    thread = threading.Thread(target=read)
    thread.start()
    assert feed.rest(FlownRows(flown.truth, flown.commands, flown.sensors, flown.telemetry), 8000, "", WITHIN_S)
    ours.close()
    thread.join(WITHIN_S)
    assert rows == list(range(0, 8000, 4))


def test_the_feed_sends_no_more_often_than_its_pause() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        flown = recorder(100)
        feed = LiveFeed(ours, 1, clock=lambda: 5.0)
        for frame in range(10, 100):
            feed(look(flown, frame))
        ours.shutdown(socket.SHUT_WR)
        with theirs.makefile("rb") as stream:
            assert [head["rows"] for head, _ in parcels(stream)] == [11]


def test_a_viewer_that_is_gone_ends_nothing_but_itself() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        flown, feed = recorder(100), LiveFeed(ours, 1)
        feed(look(flown, 50))
        assert feed.broken
        assert not feed.last(parcel({"kind": "over"}), WITHIN_S)


def test_a_port_that_is_taken_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EndpointError):
            Publisher(port)
        with pytest.raises(UsageError, match=rf"port {port}: .*in use; give another port with --live-port"):
            LiveView(port)


def test_the_process_ends_when_the_harness_is_gone_whoever_is_connected() -> None:
    view = LiveView(0)
    port = int(view.addresses.foxglove.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)), zmq.Context() as context, context.socket(zmq.SUB) as socket_:
        socket_.setsockopt(zmq.LINGER, 0)
        socket_.connect(view.addresses.plotjuggler)
        view._link.close()  # as the kernel does for a harness that was killed
        assert view._process.wait(WITHIN_S) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    view.close()


@pytest.mark.parametrize("port", ["-1", "65534", "70000"])
def test_a_port_that_cannot_be_is_refused_with_its_limit(port: str) -> None:
    with pytest.raises(UsageError, match=f"--live-port {port}: must be from 1 to 65533"):
        LiveView(int(port))


def test_a_port_without_a_view_is_refused() -> None:
    with pytest.raises(UsageError, match="add --live"):
        LiveRequest(port=8000).check()


@pytest.mark.parametrize("command", ["campaign", "cases", "certify", "hunt", "compare", "replay"])
def test_only_run_offers_it(command: str) -> None:
    ended = CliRunner().invoke(app, [command, "--live"])
    assert (ended.exit_code, "--live" in ended.output) == (2, True)
