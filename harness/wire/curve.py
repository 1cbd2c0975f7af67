"""CURVE keys, and the doorman who completes a handshake over tcp with those only who are to be let in."""

from collections.abc import Callable
from typing import NamedTuple

import zmq
from zmq.utils import z85

SERVER, PUBLIC, SECRET = (f"HOVERSLAM_CURVE_{name}" for name in ("SERVER", "PUBLIC", "SECRET"))
NO_KEYS = "HOVERSLAM_CURVE_SERVER, _PUBLIC and _SECRET must be those of this run"
NOT_LISTED = "it is not in the list of --allow; add its NAME.pub there, or start the program with a key that is"
MOST_AT_ONCE = 1000
"""Handshakes answered before anything else is looked at: who knocks without end ends no deadline."""


class KeyPair(NamedTuple):
    """A CURVE pair as Z85 text."""

    public: str
    secret: str


class Door(NamedTuple):
    """What a user states of who comes in over tcp: the harness's own pair, the public keys of programs.

    What is not stated is made for the run.
    """

    own: KeyPair | None = None
    allowed: frozenset[str] = frozenset()


class Keys(NamedTuple):
    """Keys of one run: `client` is the pair that is given to the program; None where programs have their own."""

    server: KeyPair
    client: KeyPair | None
    allowed: frozenset[str]

    def environment(self) -> dict[str, str]:
        """The variables by which a flight program has its part of them."""
        told = {SERVER: self.server.public}
        return told if self.client is None else told | {PUBLIC: self.client.public, SECRET: self.client.secret}


def make_pair() -> KeyPair:
    """A new one."""
    return KeyPair(*(key.decode() for key in zmq.curve_keypair()))


def keys_of(door: Door) -> Keys:
    """Those of a run: what the door does not state is new."""
    client = None if door.allowed else make_pair()
    return Keys(door.own or make_pair(), client, door.allowed or frozenset({client.public} if client else ()))


class Doorman:
    """Answers for a context who may connect: ZAP (ZeroMQ RFC 27)."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", keys: Keys, say: Callable[[str], None]) -> None:
        """Make it before the socket that is to be guarded listens."""
        self._keys, self._say = keys, say
        self._socket = context.socket(zmq.REP)
        self._socket.bind("inproc://zeromq.zap.01")

    def answer(self) -> None:
        """Let in, of those that stand at the door now, whose key is allowed."""
        for _ in range(MOST_AT_ONCE):
            if not self._socket.poll(0):
                return
            version, request, _domain, _address, _identity, mechanism, *credentials = self._socket.recv_multipart()
            key = z85.encode(credentials[0]).decode() if mechanism == b"CURVE" and credentials else ""
            welcome = key in self._keys.allowed
            status, text = (b"200", b"OK") if welcome else (b"400", b"unknown key")
            if not welcome:
                self._say(self._why_not(key))
            self._socket.send_multipart([version, request, status, text, b"flight software", b""])

    def _why_not(self, key: str) -> str:
        if self._keys.client is not None:
            return f"connection with a wrong key refused: {NO_KEYS}"
        return f"connection with public key {key} refused: {NOT_LISTED}"

    def close(self) -> None:
        """Nobody is let in any more."""
        self._socket.close(0)
