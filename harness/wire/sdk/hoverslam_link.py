# Copyright 2026 The Hoverslam authors
# SPDX-License-Identifier: Apache-2.0
"""Client of the Hoverslam wire, protocol 1, in one file: copy it next to your flight program.

Needs Python 3.9 or newer, pyzmq and msgpack; Hoverslam itself need not be installed where it runs. The contract
(messages, signs, limits, deadlines) is docs/wire.md of Hoverslam. A flight program that damps the roll and never burns:

    from hoverslam_link import GncLink

    link = GncLink.from_environment()
    link.hello("mine", "1.0", ["reset"])
    while (message := link.receive())["type"] != "shutdown":
        if message["type"] == "reset":
            n = message["shape"]
            off = {"engine_on": [False] * n["engines"], "throttle": [0.0] * n["engines"], "leg_deploy": False,
                   "gimbal_rad": [0.0] * 2 * n["gimballed"], "rcs_open": [False] * n["thrusters"]}
            link.ready(message["run_id"])
        elif message["type"] == "sensors":
            fins = [-200.0 * message["imu_dangle_b_rad"][0]] * n["fins"]
            link.send_actuators({"type": "actuators", "flight": 0, "seq": message["seq"], "fin_rad": fins, **off})

Fly it with: hoverslam run --gnc "python my_program.py". The path of a frame is one receive, one unpack, one pack, one
send. What arrives is not checked here: the harness is trusted, and it checks what it gets.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import msgpack
import zmq
from zmq.utils.monitor import parse_monitor_message

PROTOCOL = 1
SILENCE_S = 600.0
"""Longest silence that a flight program sits out: a harness that compiles its kernels for the first time is silent
for minutes. One that is gone is noticed at once, by its closed connection."""
_SLICE_MS = 200
_Link = TypeVar("_Link", bound="GncLink")  # typing.Self is not in Python 3.9


class LinkClosed(Exception):  # noqa: N818  named for what happened
    """The harness is gone, or silent past the deadline, or never started this program. End the program."""


class GncLink:
    """A DEALER socket connected to the harness. Use `from_environment` in a program that the harness starts."""

    def __init__(
        self, endpoint: str, token: str, curve: tuple[str, str, str] | None = None, silence_s: float = SILENCE_S
    ) -> None:
        """Connect. `curve` holds the harness's public key and our public and secret keys, as Z85 text."""
        self._token = token
        self._silence_s = silence_s
        self._context = zmq.Context()
        self._socket = socket = self._context.socket(zmq.DEALER)
        socket.linger = 1000  # what we said last still goes out
        socket.rcvtimeo = _SLICE_MS
        socket.sndtimeo = 10_000
        if curve is not None:
            socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (key.encode() for key in curve)
        self._monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._send = socket.send
        self._recv: Callable[[], bytes] = socket.recv
        socket.connect(endpoint)

    @classmethod
    def from_environment(cls: type[_Link], silence_s: float = SILENCE_S) -> _Link:
        """The link that HOVERSLAM_ENDPOINT, HOVERSLAM_TOKEN and HOVERSLAM_CURVE_* describe.

        HOVERSLAM_SILENCE_S comes before `silence_s`: a harness that stands at a frame may be silent for long.
        """
        environment = os.environ
        try:
            endpoint, token = environment["HOVERSLAM_ENDPOINT"], environment["HOVERSLAM_TOKEN"]
            curve = None
            if "HOVERSLAM_CURVE_SERVER" in environment:
                curve = (
                    environment["HOVERSLAM_CURVE_SERVER"],
                    environment["HOVERSLAM_CURVE_PUBLIC"],
                    environment["HOVERSLAM_CURVE_SECRET"],
                )
        except KeyError as missing:
            raise LinkClosed(
                f"{missing.args[0]} is not set: the harness must start the flight program, e.g. with"
                ' hoverslam run --gnc "python my_program.py"'
            ) from None
        return cls(endpoint, token, curve, float(environment.get("HOVERSLAM_SILENCE_S", silence_s)))

    def hello(self, name: str, version: str, capabilities: Sequence[str] = ()) -> None:
        """Introduce the program. The capability `reset` promises that one process can fly again after an `end`."""
        self._say(
            type="hello",
            protocol=PROTOCOL,
            token=self._token,
            name=name,
            version=version,
            capabilities=list(capabilities),
        )

    def receive(self) -> dict[str, Any]:
        """The next message; raises LinkClosed when the harness is gone or silent past the deadline."""
        try:
            data = self._recv()
        except zmq.Again:
            data = self._wait()
        message: dict[str, Any] = msgpack.unpackb(data)
        return message

    def ready(self, run_id: str, flight: int = 0) -> None:
        """Answer a `reset`: the next message, of this flight, is the first `sensors`."""
        self._say(type="ready", run_id=run_id, **({"flight": flight} if flight else {}))

    def send_actuators(self, message: Mapping[str, Any]) -> None:
        """Answer a `sensors` message; `seq` and `flight` are those of the message answered."""
        self._send(msgpack.packb(message))

    def send_bytes(self, data: bytes) -> None:
        """Send a message that is already encoded."""
        self._send(data)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.disable_monitor()
        self._monitor.close(0)
        self._socket.close()
        self._context.term()

    def __enter__(self: _Link) -> _Link:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(self, **message: Any) -> None:
        self._send(msgpack.packb(message))

    def _wait(self) -> bytes:
        """Receive without giving up before the deadline, looking now and then whether the harness is still there."""
        deadline = time.monotonic() + self._silence_s
        while time.monotonic() < deadline:
            self._refuse_if_disconnected()
            try:
                return self._recv()
            except zmq.Again:
                continue
        raise LinkClosed(f"the harness was silent for {self._silence_s:g} s")

    def _refuse_if_disconnected(self) -> None:
        while self._monitor.poll(0):
            if parse_monitor_message(self._monitor.recv_multipart())["event"] == zmq.EVENT_DISCONNECTED:
                raise LinkClosed("the harness closed the connection")
