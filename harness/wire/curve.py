"""CURVE keys of one run, and the doorman who completes a handshake over tcp with their holder only."""

from collections.abc import Callable
from hmac import compare_digest
from typing import NamedTuple

import zmq
from zmq.utils import z85

NO_KEYS = "HOVERSLAM_CURVE_SERVER, _PUBLIC and _SECRET must be those of this run"


class Keys(NamedTuple):
    """CURVE keys of one run, as Z85 text."""

    server_public: str
    server_secret: str
    client_public: str
    client_secret: str

    def environment(self) -> dict[str, str]:
        """The variables by which a flight program has its part of them."""
        return {
            "HOVERSLAM_CURVE_SERVER": self.server_public,
            "HOVERSLAM_CURVE_PUBLIC": self.client_public,
            "HOVERSLAM_CURVE_SECRET": self.client_secret,
        }


def make_keys() -> Keys:
    """New ones, for one run."""
    pairs = (*zmq.curve_keypair(), *zmq.curve_keypair())
    return Keys(*(key.decode() for key in pairs))


class Doorman:
    """Answers for a context who may connect: ZAP (ZeroMQ RFC 27)."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", keys: Keys, say: Callable[[str], None]) -> None:
        """Make it before the socket that is to be guarded listens."""
        self._keys, self._say = keys, say
        self._socket = context.socket(zmq.REP)
        self._socket.bind("inproc://zeromq.zap.01")

    def answer(self) -> None:
        """Let in, of those that stand at the door now, the one client key that was made for this run."""
        while self._socket.poll(0):
            version, request, _domain, _address, _identity, mechanism, *credentials = self._socket.recv_multipart()
            key = z85.encode(credentials[0]) if mechanism == b"CURVE" and credentials else b""
            welcome = compare_digest(key, self._keys.client_public.encode())
            status, text = (b"200", b"OK") if welcome else (b"400", b"unknown key")
            if not welcome:
                self._say(f"connection with a wrong key refused: {NO_KEYS}")
            self._socket.send_multipart([version, request, status, text, b"flight software", b""])

    def close(self) -> None:
        """Nobody is let in any more."""
        self._socket.close(0)
