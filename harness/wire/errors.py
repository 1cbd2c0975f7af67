"""One exception for each thing that the harness's end of the wire can do something about.

That of the program's end is `LinkClosed`, in `harness.wire.link`.
"""

from typing import NoReturn


class WireError(Exception):
    """Base of everything that the harness's end raises on purpose."""


class MessageRefused(WireError):  # noqa: N818  named for what happened
    """A message that breaks the contract; the text names the field, the value and the limit."""


def refuse_parts(parts: int) -> NoReturn:
    """Raise MessageRefused for a message of more than one part."""
    raise MessageRefused(f"message of {parts} parts; must be one part")


class Unasked(MessageRefused):
    """A message that came although nothing was asked; `data` are its bytes."""

    def __init__(self, data: bytes, what: str) -> None:
        super().__init__(f"unsolicited message: {what}")
        self.data = data


class PeerSilent(WireError):  # noqa: N818  named for what happened
    """No answer within the deadline; the connection still stands."""


class PeerGone(WireError):  # noqa: N818  named for what happened
    """The flight software's connection is closed."""


class EndpointError(WireError):
    """The harness cannot listen where it was asked to."""
