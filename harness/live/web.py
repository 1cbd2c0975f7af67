"""The page of the live view and the flight that it shows, by HTTP on this machine alone.

`/` is the page, `/flight` its flight as server-sent events (HTML Living Standard, section 9.2), each an array
of messages.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hoverslam.harness.live.history import History

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What a browser may call us: under any other name the page of a stranger would have us answer it (DNS rebinding)."""
PAGES = 16
"""Shown at once; one more is refused."""
SILENCE_S, STALLED_S = 2.0, 5.0
"""Longest silence towards a page, and longest wait for one that does not read."""


class Web(ThreadingHTTPServer):
    """Answers until it is closed, a thread for each page."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, history: History, page: Callable[[], bytes]) -> None:
        """Raises OSError where the port cannot be had."""
        super().__init__((HOST, port), WebAnswer)
        self.history, self.page = history, page
        self.places = threading.BoundedSemaphore(PAGES)
        self._reading, self._read = 0, threading.Condition()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that has gone is no fault."""

    def reads(self, change: int) -> None:
        """One page more or less is being told the flight."""
        with self._read:
            self._reading += change
            self._read.notify_all()

    def wait_for_pages(self, within_s: float) -> bool:
        """Until no page is being told anything any more; false at the deadline."""
        with self._read:
            return self._read.wait_for(lambda: not self._reading, within_s)

    @property
    def own_names(self) -> set[str]:
        """With the port, as browsers send them."""
        return {f"{name}:{self.server_address[1]}" for name in NAMES}


class WebAnswer(BaseHTTPRequestHandler):
    """One request."""

    server: Web
    timeout = STALLED_S

    def do_GET(self) -> None:
        """The page, its flight, or a refusal."""
        if (why := self._refusal()) is not None:
            self._say(*why)
        elif self.path == "/":
            self._say(HTTPStatus.OK, self.server.page(), "text/html; charset=utf-8")
        elif self.path == "/flight":
            self._tell_flight()
        else:
            self._say(HTTPStatus.NOT_FOUND, b"nothing here; the page is /\n")

    def _refusal(self) -> tuple[HTTPStatus, bytes] | None:
        names, origin = self.server.own_names, self.headers.get("Origin")
        if self.headers.get("Host") not in names:
            return HTTPStatus.MISDIRECTED_REQUEST, b"open the address that `hoverslam run --live` printed\n"
        if origin is not None and origin not in {f"http://{name}" for name in names}:
            return HTTPStatus.FORBIDDEN, b"for the page of `hoverslam run --live` only\n"
        return None

    def _say(self, status: HTTPStatus, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
                            "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _tell_flight(self) -> None:
        if not self.server.places.acquire(blocking=False):
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, f"{PAGES} pages are open; close one\n".encode())
            return
        self.server.reads(1)
        try:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self._stream()
        finally:
            self.server.reads(-1)
            self.server.places.release()

    def _stream(self) -> None:
        """All that there is and will be; a comment in a silence, which finds out whether the page is still there."""
        place, complete = 0, False
        while not complete:
            messages, complete = self.server.history.after(place, SILENCE_S)
            place += len(messages)
            self.wfile.write(f"data: [{','.join(messages)}]\n\n".encode() if messages else b": still flying\n\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Requests are nobody's news."""
