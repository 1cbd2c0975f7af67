"""Who is let in: the program that knows the run's one-time token. Others are turned away, counted, and told of once."""

import secrets
from collections.abc import Callable
from hmac import compare_digest

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, decode
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import Hello, validate
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

MOST_REASONS = 8
"""Of those that were turned away: the first few tell what is wrong."""
MOST_TOLD = 16


class Admission:
    """Judges each `hello`. `told` is given, once each, the reasons why somebody was refused."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self.token = secrets.token_hex(16)
        self.refused: list[str] = []
        self.uninvited_messages = 0
        self._told, self._said = told, set[str]()

    def admitted(self, data: bytes) -> Hello | None:
        """The hello of the program that knows the token; None for anybody else, who was not invited.

        Raises MessageRefused for the right token with another protocol.
        """
        try:
            message = decode(data, FROM_FLIGHT_SOFTWARE)
            token = message.get("token")
            if message.get("type") != "hello" or not isinstance(token, str):
                raise MessageRefused("the first message is not `hello`")
            if not compare_digest(token.encode(), self.token.encode()):
                raise MessageRefused("wrong token; use HOVERSLAM_TOKEN of this run, it is new for every run")
        except MessageRefused as refused:
            self._turn_away(str(refused))
            return None
        try:
            if message.get("protocol") != PROTOCOL:
                raise MessageRefused(f"hello.protocol = {message.get('protocol')!r}; must be {PROTOCOL}")
            return validate(Hello, message)
        except MessageRefused as refused:
            raise MessageRefused(f"hello refused: {refused}") from refused

    def say(self, text: str) -> None:
        """Tell the user, each thing once and not without end."""
        if text not in self._said and len(self._said) < MOST_TOLD:
            self._said.add(text)
            self._told(text)

    def uninvited(self, connections: int) -> str | None:
        """What to report of the messages since the last report, and of so many connections of others."""
        messages, why = self.uninvited_messages, self.refused[:1]
        self.uninvited_messages, self.refused = 0, []
        if connections <= 0 and not messages:
            return None
        first = f"; first reason: {why[0]}" if why else ""
        many, much = "" if connections <= 1 else "s", "" if messages == 1 else "s"
        return f"{max(connections, 1)} connection{many} from other programs, {messages} message{much} dropped{first}"

    def _turn_away(self, why: str) -> None:
        self.uninvited_messages += 1
        self.refused += [why] if len(self.refused) < MOST_REASONS else []
        self.say(f"hello refused: {why}")
