"""The floor under a frame: an echo with nothing but pyzmq and msgpack, over the same socket types.

Nothing is checked, hashed or recorded and no deadline is kept; a lockstep frame is measured against this.
"""

import sys
import time
from typing import Any

import msgpack
import zmq


class BareEcho:
    """Our side: a ROUTER at `endpoint`, to which `python -m hoverslam.harness.wire.bare ENDPOINT` connects."""

    def __init__(self, endpoint: str) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.linger = 0
        self._socket.rcvtimeo = 30_000
        self._socket.bind(endpoint)
        self._peer = b""

    def await_peer(self, answer: dict[str, Any]) -> None:
        """Learn who connected, and tell it what to answer."""
        self._peer, _ = self._socket.recv(), self._socket.recv()
        self._socket.send_multipart([self._peer, msgpack.packb(answer)])

    def frames(self, sensors: list[dict[str, Any]], count: int) -> float:
        """Wall time [s] of so many frames, each packed, sent, answered and unpacked."""
        socket, peer, more = self._socket, self._peer, zmq.SNDMORE
        pack, unpack, kinds = msgpack.packb, msgpack.unpackb, len(sensors)
        began_s = time.perf_counter()
        for frame in range(count):
            message = sensors[frame % kinds]
            message["seq"] = frame
            socket.send(peer, more)
            socket.send(pack(message))
            socket.recv()
            unpack(socket.recv())
        return time.perf_counter() - began_s

    def close(self) -> None:
        """Tell the other side to end."""
        if self._peer:
            self._socket.send_multipart([self._peer, msgpack.packb({"seq": -1})])
        self._socket.close(1000)
        self._context.term()


def answer_bare(endpoint: str) -> None:
    """The other side: a DEALER that unpacks, and packs the answer."""
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.rcvtimeo = 30_000
    socket.connect(endpoint)
    socket.send(b"")
    pack, unpack = msgpack.packb, msgpack.unpackb
    answer = unpack(socket.recv())
    while (seq := unpack(socket.recv())["seq"]) >= 0:
        answer["seq"] = seq
        socket.send(pack(answer))
    socket.close()
    context.term()


if __name__ == "__main__":
    answer_bare(sys.argv[1])
