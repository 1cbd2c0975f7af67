"""The harness's side of the conversation over any transport: the last frames, and what nobody asked for.

link = HarnessLink(transport)
answer = link.exchange(frame, deadline_s)
"""

from collections import deque
from itertools import chain
from typing import Any

from hoverslam.harness.wire.codec import described, encode
from hoverslam.harness.wire.errors import Unasked
from hoverslam.harness.wire.transport import Transport

LAST_FRAMES = 20
"""So many answered frames are kept of a lost flight, besides the one in which it was lost."""


class HarnessLink:
    """A transport with what a lost flight is told by: the last frames with their answers, as bytes on the wire.

    `sent` is the frame at hand and `heard` what came to it; both are empty between frames.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.sent = self.heard = b""
        self._before: deque[tuple[bytes, bytes]] = deque(maxlen=LAST_FRAMES)
        self.post, self.answer, self._unasked = transport.post, transport.answer, transport.unasked

    def forget(self) -> None:
        """A program that is reset has seen no frame."""
        self._before.clear()
        self.sent = self.heard = b""

    def settle(self) -> None:
        """The answer to the frame at hand was accepted."""
        if self.sent:
            self._before.append((self.sent, self.heard))
            self.sent = self.heard = b""

    def last_frames(self) -> bytes:
        """Frames since the last reset, each with its answer; the one at hand, if there is one, without."""
        return b"".join(chain.from_iterable(self._before)) + self.sent

    def send(self, message: dict[str, Any]) -> None:
        """Send a message that is not of the frame loop."""
        self.post(encode(message))

    def exchange(self, data: bytes, deadline_s: float) -> bytes:
        """Send the bytes of a frame and return those of the answer. Raises Unasked where one lay here before."""
        self.ask(data)
        return self.hear(deadline_s)

    def ask(self, data: bytes) -> None:
        """Send the bytes of a frame. Raises Unasked where an answer lay here before."""
        if self.sent:  # as `settle`, without a call in each frame: its answer was accepted, or nothing more were asked
            self._before.append((self.sent, self.heard))
            self.sent = self.heard = b""
        if (early := self._unasked()) is not None:
            self.heard = early
            self.refuse(early)
        self.sent = data
        self.post(data)

    def hear(self, deadline_s: float) -> bytes:
        """The bytes of the answer to it."""
        self.heard = answer = self.answer(deadline_s)
        return answer

    def say(self, data: bytes) -> None:
        """Send the bytes of a frame whose answer is not waited for."""
        self.settle()
        self.sent = data
        self.post(data)

    def answer_within(self, wait_s: float) -> bytes | None:
        """The next answer, if it comes within so many seconds."""
        answer = self.transport.answer_within(wait_s)
        if answer is not None:
            self.heard = answer
        return answer

    def refuse_unasked(self) -> None:
        """Raise Unasked for a message that lies here before anything was asked."""
        self.refuse(self._unasked())

    def hear_out(self, deadline_s: float) -> None:
        """Wait until the program has closed its end; raises Unasked for what it sends before that."""
        self.refuse(self.transport.hear_out(deadline_s))

    @staticmethod
    def refuse(data: bytes | None) -> None:
        """Raise Unasked for a message that nobody asked for, if there is one."""
        if data is not None:
            raise Unasked(data, described(data))
