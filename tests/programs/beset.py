"""An echo program over tcp beside which others try to take part: beset.py LAST_SEQ COLLEAGUE.env.

Before it says hello: one with a key that is not on the list, though it knows the token; one that takes another for the
harness; one without CURVE; a colleague whose key is on the list, with a wrong token. In flight: connections by the
hundred, that say nothing, half of a greeting or a megabyte of nonsense, and the colleague sends what is too large, too
deep or replayed, and never reads. Exit status 3 where any of them heard a word, or could not do its worst.
"""

import os
import re
import resource
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import msgpack
import zmq
from zmq.utils.monitor import parse_monitor_message

from hoverslam.harness.wire.curve import PUBLIC, SECRET, SERVER, make_pair
from hoverslam.harness.wire.echo import Echo, main
from hoverslam.harness.wire.link import GncLink

FIRST_SEQ, OPEN, CLOSED, MESSAGES, LONG_MS = 5, 150, 200, 500, 20_000
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01CURVE"
"""The beginning of one of ZMTP 3.1 (ZeroMQ RFC 37)."""
FAILED = zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL


class Stranger:
    """A client with a monitor. It says hello at once, with whatever token."""

    def __init__(self, curve: tuple[str, str, str] | None, token: str) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        if curve is not None:
            self.socket.curve_serverkey, self.socket.curve_publickey, self.socket.curve_secretkey = map(
                str.encode, curve
            )
        self.monitor: zmq.Socket[bytes] = self.socket.get_monitor_socket()
        self.socket.connect(os.environ["HOVERSLAM_ENDPOINT"])
        hello = {"type": "hello", "protocol": 1, "token": token, "name": "other", "version": "0"}
        self.socket.send(msgpack.packb(hello))

    def wait_for(self, events: int) -> None:
        while self.monitor.poll(LONG_MS):
            if parse_monitor_message(self.monitor.recv_multipart())["event"] & events:
                return
        raise AssertionError("the connection was neither made nor refused")

    def heard(self) -> int:
        """How many messages came; it is closed."""
        count = 0
        while self.socket.poll(0):
            self.socket.recv_multipart()
            count += 1
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close()
        self.context.term()
        return count


def besiege(colleague: Stranger, answer: dict[str, Any], opened: list[socket.socket], over: list[bool]) -> None:
    """All that happens in flight; `over` says that all of it did."""
    whole = msgpack.packb(answer)
    host, port = os.environ["HOVERSLAM_ENDPOINT"].removeprefix("tcp://").split(":")
    for number in range(CLOSED + OPEN):
        one = socket.create_connection((host, int(port)), timeout=LONG_MS / 1e3)
        one.send((b"", GREETING, b"\0" * 1_000_000, GREETING[:3])[number % 4][: 65_536 if number < CLOSED else 4096])
        if number < CLOSED:
            one.close()
        else:
            opened.append(one)
    for number in range(MESSAGES):
        colleague.socket.send((whole, b"\x81" * 900 + b"\xc0", whole[:-1], b"\0" * 60_000)[number % 4])
    colleague.socket.send(b"\0" * ((1 << 20) + 1))
    over.append(True)


class Beset(Echo):
    """Answers as the echo does."""

    def __init__(self, link: GncLink) -> None:
        super().__init__(link)
        server, token = os.environ[SERVER], os.environ["HOVERSLAM_TOKEN"]
        listed = tuple(re.findall("='(.*)'", Path(sys.argv[2]).read_text()))
        self.others = [
            Stranger((server, *make_pair()), token),
            Stranger((make_pair().public, os.environ[PUBLIC], os.environ[SECRET]), token),
            Stranger(None, token),
            Stranger((server, *listed), "a guess"),
        ]
        for other in self.others[:3]:
            other.wait_for(FAILED | zmq.EVENT_DISCONNECTED)
        self.others[3].wait_for(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        self.opened, self.over = list[socket.socket](), list[bool]()

    def sensors(self, message: dict[str, Any]) -> None:
        if message["seq"] == FIRST_SEQ:
            answer = {**self.answers[0], "seq": FIRST_SEQ}
            self.siege = threading.Thread(target=besiege, args=(self.others[3], answer, self.opened, self.over))
            self.siege.start()
        if message["seq"] == int(sys.argv[1]):
            self.siege.join()
        super().sensors(message)

    def run(self) -> None:
        super().run()
        if sum(other.heard() for other in self.others) or not self.over:
            sys.exit(3)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the harness that started it may have few
    sys.exit(main(Beset))
