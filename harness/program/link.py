"""The harness's side of the conversation over any transport: what was sent last, what was heard, what nobody asked for.

link = HarnessLink(transport)
answer = link.exchange(frame, deadline_s)
"""

from typing import Any

from hoverslam.harness.wire.codec import described, encode
from hoverslam.harness.wire.errors import Unasked
from hoverslam.harness.wire.transport import Transport


class HarnessLink:
    """A transport with what a lost flight is told by: the last frame, and the last answer that came to one."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.sent = self.heard = b""
        self.post, self.answer, self._unasked = transport.post, transport.answer, transport.unasked

    def send(self, message: dict[str, Any]) -> None:
        """Send a message that is not of the frame loop."""
        self.post(encode(message))

    def exchange(self, data: bytes, deadline_s: float) -> bytes:
        """Send the bytes of a frame and return those of the answer. Raises Unasked where one lay here before."""
        self.ask(data)
        return self.hear(deadline_s)

    def ask(self, data: bytes) -> None:
        """Send the bytes of a frame. Raises Unasked where an answer lay here before."""
        if (early := self._unasked()) is not None:
            self.refuse(early)
        self.sent, self.heard = data, b""
        self.post(data)

    def hear(self, deadline_s: float) -> bytes:
        """The bytes of the answer to it."""
        self.heard = answer = self.answer(deadline_s)
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
