"""A transport in one file: a pair of queues in this process, with a thread as the flight program.

It shows what `harness.wire.transport.Transport` asks of a new one, and flies in the tests as ZeroMQ does.
"""

import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, cast

from hoverslam.harness.wire.codec import decode, decode_own, encode
from hoverslam.harness.wire.echo import Echo
from hoverslam.harness.wire.errors import PeerGone, PeerSilent
from hoverslam.harness.wire.link import PROTOCOL, GncLink
from hoverslam.harness.wire.messages import Hello, validate
from hoverslam.harness.wire.transport import OpenTransport

LOOK_S = 0.05
OPEN: dict[str, "QueueTransport"] = {}
"""Links by the name under which a program finds them."""


class QueueTransport:
    """The harness's end. Nobody else can get in: who has the name has the object."""

    place = None
    refused = ()

    def __init__(self, _listen: str | None, watch: Callable[[], None], _told: Callable[[str], None]) -> None:
        self._watch, self._name = watch, f"queue-{id(self)}"
        self.down, self.up = SimpleQueue[bytes | None](), SimpleQueue[bytes | None]()
        OPEN[self._name] = self

    def environment(self) -> dict[str, str]:
        """The name of this link."""
        return {"TOY_LINK": self._name}

    def await_hello(self, deadline_s: float) -> Hello:
        """The first message."""
        return validate(Hello, decode(self.receive(deadline_s)))

    def post(self, data: bytes) -> None:
        """Into the queue; a program that is gone is noticed when it does not answer."""
        self.down.put(data)

    def answer_within(self, wait_s: float) -> bytes | None:
        """The next message, if it comes in time."""
        try:
            return self.up.get(timeout=max(wait_s, 1e-6))
        except Empty:
            self._watch()
            return None

    def receive(self, deadline_s: float) -> bytes:
        """The next message; None in the queue is the end of the program."""
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            try:
                data = self.up.get(timeout=LOOK_S)
            except Empty:
                self._watch()
                continue
            if data is None:
                raise PeerGone("the flight software has ended")
            return data
        raise PeerSilent(f"no answer within {deadline_s:g} s")

    answer = receive

    def unasked(self) -> bytes | None:
        """Whatever is there."""
        return None if self.up.empty() else self.up.get()

    def hear_out(self, deadline_s: float) -> bytes | None:
        """What comes before the end."""
        try:
            return self.receive(deadline_s)
        except (PeerGone, PeerSilent):
            return None

    def uninvited(self) -> str | None:
        """Nobody can."""
        return None

    def close(self) -> None:
        """The program reads that it is over."""
        self.down.put(None)
        OPEN.pop(self._name, None)


TOY: OpenTransport = QueueTransport


class QueueLink:
    """The flight program's end: what `harness.wire.link.GncLink` is over ZeroMQ."""

    def __init__(self, name: str) -> None:
        self._harness = OPEN[name]

    def hello(self, name: str, version: str, capabilities: tuple[str, ...] = ()) -> None:
        """Introduce the program; the token is for transports that strangers reach."""
        told = {"name": name, "version": version, "capabilities": list(capabilities)}
        self.send_actuators({"type": "hello", "protocol": PROTOCOL, "token": "none", **told})

    def receive(self) -> dict[str, Any]:
        """The next message; the end is told as a shutdown."""
        data = self._harness.down.get(timeout=60.0)
        return {"type": "shutdown"} if data is None else decode_own(data)

    def ready(self, run_id: str, flight: int = 0) -> None:
        """Answer a `reset`."""
        self.send_actuators({"type": "ready", "run_id": run_id, "flight": flight})

    def send_actuators(self, message: Mapping[str, Any]) -> None:
        """Any message."""
        self._harness.up.put(encode(message))

    def close(self) -> None:
        """The harness reads that the program has ended."""
        self._harness.up.put(None)


def start_echo(variables: Mapping[str, str]) -> None:
    """The echo program, in a thread, in place of one that a user starts by hand."""
    link = QueueLink(variables["TOY_LINK"])

    def run() -> None:
        Echo(cast("GncLink", link)).run()
        link.close()

    threading.Thread(target=run, daemon=True).start()
