"""The process of the live view: `python -m hoverslam.harness.live.serve FD PAGE FOXGLOVE PLOTJUGGLER`.

It reads parcels from the socket FD and serves them on three ports (0: a free one). It ends when that socket does, which
the kernel closes even where the harness is killed, and leaves pages `LAST_READ_S` for what they have not read.
"""

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from hoverslam.harness.live.foxglove import Foxglove
from hoverslam.harness.live.history import History
from hoverslam.harness.live.numbers import plotted
from hoverslam.harness.live.page import page
from hoverslam.harness.live.parcels import Parcel, parcels
from hoverslam.harness.live.shown import beginning, rows_told
from hoverslam.harness.live.so_far import SoFar
from hoverslam.harness.live.web import Web
from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.plotjuggler import Publisher

LAST_READ_S, ENDS_S = 2.0, 10
"""For what pages and viewers have not read; after the other, the kernel ends the process."""


class Servers:
    """The three, and the flight that they show."""

    def __init__(self, ports: Sequence[int]) -> None:
        """Raises PortTaken."""
        self._history = History()
        self._web: Web = listening(lambda port: Web(port, self._history, page), "--live-port", ports[0])
        self._foxglove: Foxglove = listening(Foxglove, "Foxglove", ports[1])
        self._plots: Publisher = listening(Publisher, "PlotJuggler", ports[2])
        self._so_far: SoFar | None = None
        self._judged = False

    @property
    def ports(self) -> dict[str, int]:
        """By what is served there."""
        return {"page": self._web.server_address[1], "foxglove": self._foxglove.port, "plotjuggler": self._plots.port}

    def start(self) -> None:
        """Answer from now on."""
        threading.Thread(target=self._web.serve_forever, daemon=True).start()

    def take(self, parcel: Parcel) -> None:
        """One parcel: the beginning, rows, or what is said of the end."""
        head, blobs = parcel
        if head["kind"] == "begin":
            self._so_far = SoFar(head)
            self._foxglove.begin(self._so_far)
            self._history.add({"kind": "begin", **beginning(self._so_far)})
        elif head["kind"] == "rows" and self._so_far is not None:
            self._rows(self._so_far, head, blobs)
        else:
            self._judged = self._judged or head["kind"] == "verdict"
            self._history.add({name: value for name, value in head.items() if name != "sizes"})

    def _rows(self, so_far: SoFar, head: dict[str, Any], blobs: list[bytes]) -> None:
        stretch = so_far.add(head, blobs)
        self._history.add({"kind": "rows", **rows_told(so_far, stretch, head["phase"])})
        for message in plotted(stretch):
            self._plots.send(message)
        self._foxglove.rows(so_far, stretch)

    def end(self) -> None:
        """Pages and viewers have a moment to read the rest."""
        signal.alarm(ENDS_S)
        if not self._judged:
            self._history.add({"kind": "gone"})
        self._history.close()
        self._web.wait_for_pages(LAST_READ_S)
        self._plots.close()
        stopping = threading.Thread(target=self._foxglove.close, daemon=True)
        stopping.start()
        stopping.join(LAST_READ_S)  # the SDK waits for a connection that has not said what it wants, without end


class PortTaken(Exception):  # noqa: N818  named for what happened
    """A port that cannot be had: which server wanted it, and why not."""


def listening(server: Callable[[int], Any], name: str, port: int) -> Any:
    """A server on a port. Raises PortTaken."""
    try:
        return server(port)
    except (OSError, EndpointError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PortTaken(f"{name}: port {port}: {why}") from None


def main(arguments: Sequence[str]) -> None:
    """Serve until the harness's end of the socket is closed; SIGINT of the terminal is the harness's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link = socket.socket(fileno=int(arguments[0]))
    try:
        servers = Servers([int(port) for port in arguments[1:]])
    except PortTaken as taken:
        answer(link, {"error": str(taken)})
        return
    servers.start()
    answer(link, servers.ports)
    with link.makefile("rb") as stream, suppress(ConnectionError):
        for parcel in parcels(stream):
            servers.take(parcel)
    servers.end()


def answer(link: socket.socket, told: dict[str, Any]) -> None:
    """The one line that goes back."""
    with suppress(OSError):
        link.sendall(json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # threads of pages that do not read hold nothing up
