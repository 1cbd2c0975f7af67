"""The harness's end of the wire: a ROUTER that listens to one program only.

Whoever sends `hello` with the run's one-time token first is the flight software; its ZeroMQ identity is the only one
that is read from then on. Messages of others are dropped and counted, never decoded. Endpoints are an `ipc` socket in
a private folder, or `tcp` with CURVE keys made for this run, where only the holder of the keys completes a handshake.
"""

import math
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hmac import compare_digest
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import zmq
from zmq.backend import zmq_poll
from zmq.utils import z85
from zmq.utils.monitor import parse_monitor_message

from hoverslam.harness.wire.address import checked, connectable, socket_path
from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, decode, encode
from hoverslam.harness.wire.errors import EndpointError, MessageRefused, PeerGone, PeerSilent, Unasked
from hoverslam.harness.wire.messages import Hello, validate
from hoverslam.harness.wire.private_folder import SOCKET, PrivateFolder
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

TRANSPORT_LIMIT_BYTES = 1 << 20
"""ZeroMQ drops a connection over which a larger message comes, unread; smaller ones are refused with a reason."""
_MORE = int(zmq.SNDMORE)
_FAILED = int(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
_WATCHED = int(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED) | _FAILED
NO_KEYS = "HOVERSLAM_CURVE_SERVER, _PUBLIC and _SECRET must be those of this run"
SLICE_MS = 50
"""How often a wait looks whether the flight software still lives."""


class Keys(NamedTuple):
    """CURVE keys of one run, as Z85 text."""

    server_public: str
    server_secret: str
    client_public: str
    client_secret: str


class HarnessLink:
    """Listens at once; `await_hello` locks it to the flight software; `exchange` is one frame.

    `watch` is called now and then during every wait: it raises what should end the wait, such as a dead process.
    """

    def __init__(
        self,
        listen: str | None = None,
        watch: Callable[[], None] = lambda: None,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`told` is given, once each, the reasons why somebody was refused before the link was locked."""
        self.token = secrets.token_hex(16)
        self.watch = watch
        self._told, self._said = told, set[str]()
        self.sent = self.heard = b""
        """The last frame that was sent by `exchange`, and the last answer that came to one."""
        self.folder: Path | None = None
        self.place: Path | None = None
        """What is to be removed when the harness dies: the private folder, or the socket that was asked for."""
        self._folder: PrivateFolder | None = None
        self.refused: list[str] = []
        """Why messages of programs that were not let in were refused, at most the first few."""
        self.uninvited_messages = 0
        self._accepted = self._strangers = 0
        self._peer = b""
        self._peer_fd: int | None = None
        self._peer_lost = False
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._doorman: zmq.Socket[bytes] | None = None
        self.keys = _make_keys() if listen is not None and listen.startswith("tcp://") else None
        try:
            self._prepare()
            self.endpoint = self._bind(listen)
        except BaseException:
            self.close()
            raise

    def environment(self) -> dict[str, str]:
        """The variables by which a flight program finds and enters this link."""
        found = {"HOVERSLAM_ENDPOINT": self.endpoint, "HOVERSLAM_TOKEN": self.token}
        if self.keys is not None:
            found["HOVERSLAM_CURVE_SERVER"] = self.keys.server_public
            found["HOVERSLAM_CURVE_PUBLIC"] = self.keys.client_public
            found["HOVERSLAM_CURVE_SECRET"] = self.keys.client_secret
        return found

    def await_hello(self, deadline_s: float) -> Hello:
        """The hello of the program that knows the token, to which the link is locked from here on.

        Raises MessageRefused for the right token with another protocol, PeerSilent after the deadline. A wrong
        token, or anything that is no hello, is refused and the wait goes on: whoever it was, it was not invited.
        If nobody else comes, the deadline raises MessageRefused with what was wrong.
        """
        patience = _Patience(deadline_s)
        while True:
            try:
                sender, data, descriptor = self._next_stranger(patience)
            except PeerSilent as silent:
                if not self.refused:
                    raise
                raise MessageRefused(f"hello refused: {self.refused[0]}; then: {silent}") from silent
            hello = self._admitted(data)
            if hello is not None:
                self._lock_to(sender, descriptor)
                return hello

    def send(self, message: dict[str, Any]) -> None:
        """Send a message that is not of the frame loop."""
        self.post(encode(message))

    def receive(self, deadline_s: float) -> bytes:
        """The next message of the flight software, as bytes; raises PeerSilent, PeerGone, or what `watch` raises."""
        patience = _Patience(deadline_s)
        while True:
            try:
                sender = self._socket.recv()
            except zmq.Again:
                self._check_peer()
                self.watch()
                patience.slice_passed("no answer")
                continue
            if sender == self._peer:
                data = self._socket.recv()
                self._refuse_more_parts()
                return data
            self._drop_rest()
            patience.disturbed("no answer")

    def exchange(self, data: bytes, deadline_s: float) -> bytes:
        """Send the bytes of a frame and return those of the answer. Raises Unasked where one lay here before."""
        if self._something_is_here():
            self.refuse_unasked()
        self.sent, self.heard = data, b""
        self.post(data)
        self.heard = answer = self.answer(deadline_s)
        return answer

    def refuse_unasked(self) -> None:
        """Raise Unasked for a message that lies here before anything was asked; those of strangers are dropped."""
        socket = self._socket
        self._refuse_more_parts()
        while self._something_is_here():
            if socket.recv() != self._peer:
                self._drop_rest()
                continue
            data = socket.recv()
            self._refuse_more_parts()
            raise Unasked(data, described(data))

    def hear_out(self, deadline_s: float) -> None:
        """Wait until the flight software has closed its connection; raises Unasked for what it sends before that.

        Returns also at the deadline: then it lives on, and nothing is known of what it may still send.
        """
        patience = _Patience(deadline_s)
        while True:
            self._read_events()
            gone = self._peer_lost  # looked at first: what was sent before is here by then
            self.refuse_unasked()
            if gone:
                return
            try:
                if not self._socket.poll(SLICE_MS):
                    patience.slice_passed("no exit")
            except PeerSilent:
                return

    def post(self, data: bytes) -> None:
        """Send the bytes of a message."""
        send = self._send
        try:
            send(self._peer, _MORE)
            send(data)
        except zmq.ZMQError as error:
            raise PeerGone(f"the flight software cannot be reached: {error}") from error

    def answer(self, deadline_s: float) -> bytes:
        """What `receive` returns; the usual case reads no clock."""
        socket = self._socket
        try:
            sender = socket.recv()
        except zmq.Again:
            self._check_peer()
            return self.receive(deadline_s)
        if sender == self._peer:
            return socket.recv()
        self._drop_rest()
        return self.receive(deadline_s)

    def _refuse_more_parts(self) -> None:
        """Raise MessageRefused where the message read last has further parts; they are read."""
        more = 0
        while self._socket.get(zmq.RCVMORE):
            self._socket.recv()
            more += 1
        if more:
            raise MessageRefused(f"a message of {more + 1} parts; a message is one part")

    def uninvited(self) -> str | None:
        """What to report, once, about programs other than the flight software that tried to take part, if any did."""
        self._read_events()
        others, messages, why = self._accepted, self.uninvited_messages, self.refused[:1]
        self._accepted, self.uninvited_messages, self.refused = 0, 0, []
        if others <= 0 and not messages:
            return None
        first = f"; the first: {why[0]}" if why else ""
        many, much = "" if others <= 1 else "s", "" if messages == 1 else "s"
        return f"{max(others, 1)} uninvited connection{many} to the wire, {messages} message{much} dropped{first}"

    def close(self) -> None:
        """Stop listening and remove the private folder. What was sent last goes out first, within a second."""
        if not self._socket.closed:
            self._socket.disable_monitor()  # first: libzmq would wait for ever to tell a closed monitor an event
        for socket in (self._doorman, getattr(self, "_monitor", None)):
            if socket is not None:
                socket.close(0)
        if not self._socket.closed:
            self._socket.close(1000 if self._peer and not self._peer_lost else 0)
        self._context.term()
        if self._folder is not None:
            self._folder.remove()
            self._folder = None
        elif self.place is not None:
            with suppress(OSError):  # unless it is gone, or another lies there now
                if self.place.lstat().st_ino == self._inode:
                    self.place.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        socket = self._socket
        socket.router_mandatory = True  # a send to a program that is gone is an error
        socket.maxmsgsize = TRANSPORT_LIMIT_BYTES
        socket.rcvtimeo = SLICE_MS
        socket.sndtimeo = 10_000
        if self.keys is not None:
            self._doorman = self._context.socket(zmq.REP)
            self._doorman.bind("inproc://zeromq.zap.01")
            socket.curve_server = True
            socket.curve_secretkey = self.keys.server_secret.encode()
        self._send = super(zmq.Socket, socket).send
        self._something_is_here = partial(zmq_poll, [(socket, int(zmq.POLLIN))], 0)
        self._monitor: zmq.Socket[bytes] = socket.get_monitor_socket(_WATCHED)

    def _bind(self, listen: str | None) -> str:
        if listen is None or listen == "ipc://*":
            self._folder = PrivateFolder()
            self.folder = self.place = self._folder.path
            address = f"ipc://{self.place / SOCKET}"
        else:
            address = checked(listen)
        try:
            self._socket.bind(address)
        except zmq.ZMQError as error:
            raise EndpointError(f"cannot listen at {address}: {error}") from error
        if self.place is None and (path := socket_path(address)) is not None:
            self.place, self._inode = path, path.lstat().st_ino
        endpoint = self._socket.last_endpoint
        assert isinstance(endpoint, bytes)
        return connectable(endpoint.decode().rstrip("\0"))

    def _next_stranger(self, patience: "_Patience") -> tuple[bytes, bytes, int]:
        """Identity, first message part and connection of whoever speaks next."""
        while True:
            self._answer_doorbell()
            try:
                sender = self._socket.recv()
            except zmq.Again:
                self.watch()
                self._read_events()
                patience.slice_passed("no hello")
                continue
            frame = self._socket.recv(copy=False)
            data, descriptor = bytes(frame.buffer), int(frame.get(zmq.SRCFD))
            while self._socket.get(zmq.RCVMORE):
                self._socket.recv()
            patience.disturbed("no hello")
            return sender, data, descriptor

    def _admitted(self, data: bytes) -> Hello | None:
        try:
            message = decode(data, FROM_FLIGHT_SOFTWARE)
            token = message.get("token")
            if message.get("type") != "hello" or not isinstance(token, str):
                raise MessageRefused("the first message is no hello")
            if not compare_digest(token.encode(), self.token.encode()):
                raise MessageRefused("wrong token (HOVERSLAM_TOKEN is new for every run)")
        except MessageRefused as refused:
            self.uninvited_messages += 1
            self.refused += [str(refused)] if len(self.refused) < 8 else []
            self._say(f"hello refused: {refused}")
            return None
        try:
            if message.get("protocol") != PROTOCOL:
                raise MessageRefused(f"hello.protocol = {message.get('protocol')!r}; this harness speaks {PROTOCOL}")
            return validate(Hello, message)
        except MessageRefused as refused:
            raise MessageRefused(f"hello refused: {refused}") from refused

    def _say(self, text: str) -> None:
        if text not in self._said and len(self._said) < 16:
            self._said.add(text)
            self._told(text)

    def _lock_to(self, sender: bytes, descriptor: int) -> None:
        self._read_events()  # those before this moment concern connections that may have had the same descriptor
        self._accepted -= 1
        self._strangers -= 1
        self._peer, self._peer_fd, self._peer_lost = sender, descriptor, False

    def _drop_rest(self) -> None:
        """Read the message of a stranger to its end, so that the next read starts a message.

        What begins with another identity than the peer's is either that, or a further part of the peer's last message:
        surely so where nothing follows, or nobody else has ever connected.
        """
        alone = not self._socket.get(zmq.RCVMORE)
        parts = 1
        while self._socket.get(zmq.RCVMORE):
            self._socket.recv()
            parts += 1
        self._read_events()
        if alone or self._strangers <= 0:
            raise MessageRefused(f"a message of {parts + 1} parts; a message is one part")
        self.uninvited_messages += 1

    def _check_peer(self) -> None:
        self._read_events()
        if self._peer_lost:
            raise PeerGone(
                "the flight software closed its connection (a message over"
                f" {TRANSPORT_LIMIT_BYTES} bytes closes it too)"
            )

    def _read_events(self) -> None:
        while self._monitor.poll(0):
            event = parse_monitor_message(self._monitor.recv_multipart())
            if event["event"] == zmq.EVENT_ACCEPTED:
                self._accepted += 1
                self._strangers += 1
            elif event["event"] & _FAILED:
                self._say(f"a connection was refused: {NO_KEYS}")
            elif self._peer and event["value"] == self._peer_fd:
                self._peer_lost = True

    def _answer_doorbell(self) -> None:
        """Let in, by ZAP (ZeroMQ RFC 27), the one client key that was made for this run."""
        while self._doorman is not None and self.keys is not None and self._doorman.poll(0):
            version, request, _domain, _address, _identity, mechanism, *credentials = self._doorman.recv_multipart()
            key = z85.encode(credentials[0]) if mechanism == b"CURVE" and credentials else b""
            welcome = compare_digest(key, self.keys.client_public.encode())
            status, text = (b"200", b"OK") if welcome else (b"400", b"unknown key")
            if not welcome:
                self._say(f"a connection was refused, with another key: {NO_KEYS}")
            self._doorman.send_multipart([version, request, status, text, b"flight software", b""])


def described(data: bytes) -> str:
    """A message in words: its type, and whose it is where it says so."""
    try:
        message = decode(data)
    except MessageRefused as refused:
        return f"a message that is refused itself: {refused}"
    told = [f"{name} {message[name]}" for name in ("flight", "seq") if type(message.get(name)) is int]
    return ", ".join([f"a message of type {str(message.get('type'))[:40]!r}", *told])


class _Patience:
    """A deadline counted in slices of waiting, so that a harness that was itself stopped does not blame its peer.

    Messages of strangers end slices early; while they come, the clock is asked instead.
    """

    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._slices = math.inf if math.isinf(deadline_s) else math.ceil(deadline_s * 1000 / SLICE_MS)
        self._end = time.monotonic() + deadline_s

    def slice_passed(self, what: str) -> None:
        self._slices -= 1
        if self._slices <= 0:
            raise PeerSilent(f"{what} within {self._deadline_s:g} s (a longer time: --deadline)")

    def disturbed(self, what: str) -> None:
        if time.monotonic() > self._end:
            raise PeerSilent(f"{what} within {self._deadline_s:g} s (a longer time: --deadline)")


def _make_keys() -> Keys:
    pairs = (*zmq.curve_keypair(), *zmq.curve_keypair())
    return Keys(*(key.decode() for key in pairs))
