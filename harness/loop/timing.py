"""In which frame the answer to a sensors message comes: at once, as in lockstep; or as in a flight in real time.

A flight computer that is late answers in a later frame; until then the vehicle holds what it has, by the rule of
`harness.loop.receiver`. The wall clock decides only that frame (`harness.loop.real_time`). It is in the record, which
has the answers of each frame, so a flight in real time can be flown again bit for bit: with `Recorded`.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

Answers = list[tuple[int, bytes]]
"""Answers with the `seq` of the message that each is for."""


class Timing(Protocol):
    """What the loop asks in each frame, in this order."""

    def begin(self, frame: int) -> None:
        """The sensors of the frame are about to be sent."""

    def asked(self, frame: int, seq: int, answer: bytes) -> None:
        """A message was put to the program, with what came back at once; empty where nothing is waited for."""

    def answers(self, frame: int) -> Answers:
        """Answers that come in this frame, in the order in which they were asked for."""

    def stop(self) -> None:
        """The flight computer starts anew: what it was asked before is never answered, and time stands still."""

    def go_on(self) -> None:
        """It has started."""


class InStep:
    """Each answer comes in the frame in which it was asked for."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, bytes]] = deque()

    def begin(self, frame: int) -> None:
        """Nothing is waited for."""

    def asked(self, frame: int, seq: int, answer: bytes) -> None:
        """Keep it until the end of the frame."""
        self._waiting.append((seq, answer))

    def answers(self, frame: int) -> Answers:
        """All that were asked for."""
        return self._next(len(self._waiting))

    def stop(self) -> None:
        """Forget what was asked."""
        self._waiting.clear()

    def go_on(self) -> None:
        """Nothing to do."""

    def _next(self, count: int) -> Answers:
        found = list(islice(self._waiting, count))
        for _ in found:
            self._waiting.popleft()
        return found


class Recorded(InStep):
    """As many answers come in each frame as came in a flight that was recorded."""

    def __init__(self, counts: Sequence[int]) -> None:
        super().__init__()
        self._counts = counts

    def answers(self, frame: int) -> Answers:
        """The next so many."""
        return self._next(self._counts[frame] if frame < len(self._counts) else len(self._waiting))
