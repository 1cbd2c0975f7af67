"""The process that serves the live view, as the harness has it. Whatever becomes of it, the flight goes on."""

import json
import socket
import subprocess
import sys
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from hoverslam.harness.errors import UsageError
from hoverslam.harness.live.beginning import told
from hoverslam.harness.live.feed import PAUSE_S, FlownRows, LiveFeed
from hoverslam.harness.live.parcels import parcel
from hoverslam.harness.loop.plan import FlightPlan, Progress, ProgressCallback

if TYPE_CHECKING:
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.harness.record.flight_record import FlightRecord

PORT = 8764
"""Of the page; Foxglove's is the next, which its viewers offer (8765), PlotJuggler's the one after."""
LARGEST_PORT = 65_535 - 2
STARTS_S, GOES_S, ENDS_S = 60.0, 5.0, 5.0
"""Longest wait for the process to answer, to take what is left of a flight, and to end."""
SENT_BYTES = 4 << 20
"""Buffer of the socket: a few seconds of a flight in lockstep."""


class Addresses(NamedTuple):
    """Where each kind of viewer looks."""

    page: str
    foxglove: str
    plotjuggler: str


class LiveView:
    """Serves from its construction until `close`."""

    def __init__(self, port: int) -> None:
        """Raises UsageError where a port cannot be had; 0: free ones."""
        if not 0 <= port <= LARGEST_PORT:
            raise UsageError(
                f"--live-port {port}: must be from 1 to {LARGEST_PORT}, since the next two are used too; "
                "choose one there, or 0 for free ones"
            )
        self._link, theirs = socket.socketpair()
        with theirs:
            self._link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_BYTES)
            self._process = _started(theirs, port)
        self._feed: LiveFeed | None = None
        try:
            self.addresses = self._answer(port)
        except BaseException:
            self.close()
            raise

    def _answer(self, port: int) -> Addresses:
        self._link.settimeout(STARTS_S)
        with self._link.makefile("rb") as stream:
            try:
                line = stream.readline()
            except OSError:
                line = b""
        ports = json.loads(line or b'{"error": "its process did not start"}')
        if "error" in ports:
            raise UsageError(f"--live: {ports['error']}; give another port with --live-port, or 0 for free ones")
        return Addresses(
            f"http://127.0.0.1:{ports['page']}/", f"ws://127.0.0.1:{ports['foxglove']}",
            f"tcp://127.0.0.1:{ports['plotjuggler']}",
        )  # fmt: skip

    def begin(self, prepared: "Prepared") -> FlightPlan:
        """Tell what flies; the plan that calls for a look when one is due."""
        begun = told(prepared)
        self._feed = LiveFeed(self._link, begun["stride"])
        self._feed.last(parcel(begun), GOES_S)
        return prepared.plan.watched(PAUSE_S)

    def with_others(self, shown: ProgressCallback) -> ProgressCallback:
        """What the frame loop calls: the others, and this."""
        feed = self._feed
        assert feed is not None

        def look(progress: Progress) -> None:
            feed(progress)
            shown(progress)

        return look

    def over(self, record: "FlightRecord") -> None:
        """The rest of the flight, and how it ended."""
        if self._feed is not None:
            cuts = [] if record.strings is None else [(number, cut.frame) for number, cut in record.strings.cuts]
            columns = FlownRows(record.truth, record.commands, record.sensors, record.telemetry, cuts)
            self._feed.rest(columns, record.frames, "", GOES_S)
            self._feed.last(parcel({"kind": "over", "outcome": record.outcome}), GOES_S)

    def verdict(self, summary: "Summary") -> None:
        """What it was judged."""
        if self._feed is not None:
            said = {"verdict": summary.verdict, "explanation": summary.explanation, "folder": summary.run_folder}
            self._feed.last(parcel({"kind": "verdict", **said}), GOES_S)

    def close(self) -> None:
        """The process has a few seconds to end by itself."""
        self._link.close()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _started(theirs: socket.socket, port: int) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C on the terminal does not reach it."""
    ports = [str(port + place if port else 0) for place in range(3)]
    command = [sys.executable, "-m", "hoverslam.harness.live.serve", str(theirs.fileno()), *ports]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()], start_new_session=True,
    )  # fmt: skip
