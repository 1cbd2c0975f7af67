"""The harness's end of the wire over ZeroMQ: a ROUTER that listens to one program only.

Whoever sends `hello` with the run's one-time token first is the flight software; its ZeroMQ identity is the only one
that is read from then on. Messages of others are dropped and counted, never decoded. Endpoints are an `ipc` socket in
a private folder, or `tcp` with CURVE, where only those whose keys are allowed complete a handshake.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import zmq
from zmq.backend import zmq_poll
from zmq.utils.monitor import parse_monitor_message

from hoverslam.harness.wire.address import checked, connectable, socket_path
from hoverslam.harness.wire.admission import Admission
from hoverslam.harness.wire.curve import NO_KEYS, Door, Doorman, keys_of
from hoverslam.harness.wire.errors import EndpointError, MessageRefused, PeerGone, PeerSilent, refuse_parts
from hoverslam.harness.wire.messages import Hello
from hoverslam.harness.wire.patience import SLICE_MS, Patience
from hoverslam.harness.wire.private_folder import SOCKET, PrivateFolder

TRANSPORT_LIMIT_BYTES = 1 << 20
"""ZeroMQ drops a connection over which a larger message comes, unread; smaller ones are refused with a reason."""
_MORE = int(zmq.SNDMORE)
_FAILED = int(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
_WATCHED = int(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED) | _FAILED


class ZmqHarness:
    """A `harness.wire.transport.Transport`: listens at once, and `await_hello` locks it to the flight software.

    `watch` is called now and then during every wait: it raises what should end the wait, such as a dead process.
    """

    def __init__(
        self,
        listen: str | None = None,
        watch: Callable[[], None] = lambda: None,
        told: Callable[[str], None] = lambda _: None,
        door: Door = Door(),  # noqa: B008  it is immutable
    ) -> None:
        """`told` is given, once each, the reasons why somebody was refused before the link was locked.

        `door` says whose keys are good over tcp.
        """
        self.admission = Admission(told)
        self.watch = watch
        self.folder: Path | None = None
        self.place: Path | None = None
        """What is to be removed when the harness dies: the private folder, or the socket that was asked for."""
        self._folder: PrivateFolder | None = None
        self._accepted = self._strangers = 0
        self._peer = b""
        self._peer_fd: int | None = None
        self._peer_lost = False
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._doorman: Doorman | None = None
        self.keys = keys_of(door) if listen is not None and listen.startswith("tcp://") else None
        try:
            self._prepare()
            self.endpoint = self._bind(listen)
        except BaseException:
            self.close()
            raise

    def environment(self) -> dict[str, str]:
        """The variables by which a flight program finds and enters this link."""
        found = {"HOVERSLAM_ENDPOINT": self.endpoint, "HOVERSLAM_TOKEN": self.admission.token}
        return found | (self.keys.environment() if self.keys is not None else {})

    @property
    def refused(self) -> list[str]:
        """Why messages of programs that were not let in were refused, at most the first few."""
        return self.admission.refused

    def await_hello(self, deadline_s: float) -> Hello:
        """The hello of the program that knows the token, to which the link is locked from here on.

        Raises MessageRefused for the right token with another protocol, PeerSilent after the deadline. A wrong
        token, or anything that is no hello, is refused and the wait goes on: whoever it was, it was not invited.
        If nobody else comes, the deadline raises MessageRefused with what was wrong.
        """
        patience = Patience(deadline_s)
        while True:
            try:
                sender, data, descriptor = self._next_stranger(patience)
            except PeerSilent as silent:
                if not self.refused:
                    raise
                raise MessageRefused(f"hello refused: {self.refused[0]}; then: {silent}") from silent
            hello = self.admission.admitted(data)
            if hello is not None:
                self._lock_to(sender, descriptor)
                return hello

    def receive(self, deadline_s: float) -> bytes:
        """The next message of the flight software, as bytes; raises PeerSilent, PeerGone, or what `watch` raises."""
        patience = Patience(deadline_s)
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

    def unasked(self) -> bytes | None:
        """A message of the flight software that is here already; those of strangers are dropped."""
        if not self._something_is_here():  # as a rule
            return None
        socket = self._socket
        self._refuse_more_parts()
        while self._something_is_here():
            if socket.recv() != self._peer:
                self._drop_rest()
                continue
            data = socket.recv()
            self._refuse_more_parts()
            return data
        return None

    def hear_out(self, deadline_s: float) -> bytes | None:
        """What the flight software sends before it closes its connection; None at the deadline too."""
        patience = Patience(deadline_s)
        while True:
            self._read_events()
            gone = self._peer_lost  # looked at first: what was sent before is here by then
            if (data := self.unasked()) is not None or gone:
                return data
            try:
                if not self._socket.poll(SLICE_MS):
                    patience.slice_passed("no exit")
            except PeerSilent:
                return None

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

    def answer_within(self, wait_s: float) -> bytes | None:
        """What `answer` returns, if it comes in time, to the millisecond below."""
        if self._socket.poll(int(wait_s * 1e3)):
            return self.answer(wait_s)
        self._check_peer()
        self.watch()
        return None

    def _refuse_more_parts(self) -> None:
        """Raise MessageRefused where the message read last has further parts; they are read."""
        more = 0
        while self._socket.get(zmq.RCVMORE):
            self._socket.recv()
            more += 1
        if more:
            refuse_parts(more + 1)

    def uninvited(self) -> str | None:
        """What to report, once, about programs other than the flight software that tried to take part, if any did."""
        self._read_events()
        others, self._accepted = self._accepted, 0
        return self.admission.uninvited(others)

    def close(self) -> None:
        """Stop listening and remove the private folder. What was sent last goes out first, within a second."""
        if not self._socket.closed:
            self._socket.disable_monitor()  # first: libzmq would wait for ever to tell a closed monitor an event
        if self._doorman is not None:
            self._doorman.close()
        if (monitor := getattr(self, "_monitor", None)) is not None:
            monitor.close(0)
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
            self._doorman = Doorman(self._context, self.keys, self.admission.say)
            socket.curve_server = True
            socket.curve_secretkey = self.keys.server.secret.encode()
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

    def _next_stranger(self, patience: "Patience") -> tuple[bytes, bytes, int]:
        """Identity, first message part and connection of whoever speaks next."""
        while True:
            if self._doorman is not None:
                self._doorman.answer()
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
            refuse_parts(parts + 1)
        self.admission.uninvited_messages += 1

    def _check_peer(self) -> None:
        self._read_events()
        if self._peer_lost:
            raise PeerGone(
                f"the flight software closed its connection (also caused by a message "
                f"over {TRANSPORT_LIMIT_BYTES} bytes)"
            )

    def _read_events(self) -> None:
        while self._monitor.poll(0):
            event = parse_monitor_message(self._monitor.recv_multipart())
            if event["event"] == zmq.EVENT_ACCEPTED:
                self._accepted += 1
                self._strangers += 1
            elif event["event"] & _FAILED:
                self.admission.say(f"connection refused: {NO_KEYS}")
            elif self._peer and event["value"] == self._peer_fd:
                self._peer_lost = True
