"""Numbers for PlotJuggler: a ZeroMQ PUB socket on this machine, each message one MessagePack map.

Its plugin "ZMQ Subscriber" takes that with the message protocol `messagepack`; its option to use a field as time takes
`timestamp`, seconds since release. Maps may be nested and hold lists. Messages to a subscriber that does not read are
dropped beyond `QUEUE`; nobody is waited for.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import zmq

from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.errors import EndpointError

HOST = "127.0.0.1"
QUEUE = 4096
"""Messages kept for a subscriber: half a minute of flight."""
LINGER_MS = 200
LARGEST_SUBSCRIPTION_BYTES = 1024


class Publisher:
    """The socket, bound; on a free port where it is asked for port 0."""

    def __init__(self, port: int) -> None:
        """Raises EndpointError where the port cannot be had."""
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.PUB)
        self._socket.setsockopt(zmq.SNDHWM, QUEUE)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        self._socket.setsockopt(zmq.MAXMSGSIZE, LARGEST_SUBSCRIPTION_BYTES)
        try:
            self._socket.bind(f"tcp://{HOST}:{port or '*'}")
        except zmq.ZMQError as error:
            self.close()
            raise EndpointError(error.strerror or str(error)) from None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])

    def send(self, message: Mapping[str, Any]) -> None:
        """To all who have subscribed; never waits."""
        self._socket.send(encode(message), zmq.NOBLOCK)

    def close(self) -> None:
        """What is queued has a moment to go."""
        self._socket.close()
        self._context.term()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
