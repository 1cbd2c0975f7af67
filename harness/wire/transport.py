"""What carries messages between the harness and one flight program; a new way to carry them is one class with these.

Messages are bytes, whole and in order. Nothing here decides anything in a flight: times are limits of patience only.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from hoverslam.harness.wire.messages import Hello


class Transport(Protocol):
    """The harness's end of the wire. It is open once it is made, and speaks with the first program that is let in."""

    @property
    def place(self) -> Path | None:
        """What is to be removed when the harness dies: a folder or a file; None where nothing is."""

    @property
    def refused(self) -> Sequence[str]:
        """Why programs were not let in, at most the first few."""

    def environment(self) -> dict[str, str]:
        """The variables by which a flight program finds and enters this link."""

    def await_hello(self, deadline_s: float) -> Hello:
        """The hello of the program that was invited, and of no other; raises PeerSilent and MessageRefused."""

    def post(self, data: bytes) -> None:
        """Send a message; raises PeerGone."""

    def receive(self, deadline_s: float) -> bytes:
        """The program's next message, checked to be whole; raises PeerSilent, PeerGone, MessageRefused."""

    def answer(self, deadline_s: float) -> bytes:
        """The same for the answer to a frame, as fast as can be: what is not whole about it may be told next time."""

    def answer_within(self, wait_s: float) -> bytes | None:
        """The answer to a frame if it comes within so many seconds, for a flight in real time; None where it does not.

        Raises PeerGone, and what `watch` raises.
        """

    def unasked(self) -> bytes | None:
        """A message that is here already, without waiting; None where there is none."""

    def hear_out(self, deadline_s: float) -> bytes | None:
        """Wait until the program has closed its end; a message that it sent before that, None where it sent none.

        None also at the deadline: then it lives on, and nothing is known of what it may still send.
        """

    def uninvited(self) -> str | None:
        """What to report, once, about others that tried to take part; None where nobody did."""

    def close(self) -> None:
        """Stop listening and leave nothing behind; what was sent last still goes out. Safe to call twice."""


OpenTransport = Callable[[str | None, Callable[[], None], Callable[[str], None]], Transport]
"""Opens one, given the address that the user asked for, if any; what is called now and then during every wait and
raises what should end it, such as a dead process; and what is told, once each, why somebody was not let in."""
