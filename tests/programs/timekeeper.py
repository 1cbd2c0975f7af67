"""An echo program that keeps its own count of frames and time, and ends where the harness's differs: timekeeper.py.

Whole numbers only: sequence, time, and the tick at which a fix was true must agree exactly. How many frames it has seen
in this connection is in its telemetry.
"""

import sys
from typing import Any

from hoverslam.harness.wire.echo import Echo, main
from hoverslam.harness.wire.link import GncLink

TOLD_EVERY = 100
"""Frames from one report to the next."""


class Timekeeper(Echo):
    """Flies one flight at a time."""

    name = "timekeeper"
    capabilities = ("reset",)

    def __init__(self, link: GncLink) -> None:
        super().__init__(link)
        self.seen = self.due = self.period_ns = 0

    def reset(self, message: dict[str, Any]) -> None:
        self.due, self.period_ns = 0, message["frame_period_ns"]
        super().reset(message)

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        fix = message["gnss"]
        found = (message["seq"], message["time_ns"], message["time_ns"] if fix is None else fix["time_ns"])
        time_ns = self.due * self.period_ns
        if found != (self.due, time_ns, time_ns) or not all(type(one) is int for one in found):
            sys.exit(f"frame {self.due} of {self.period_ns} ns: sequence, time and time of the fix are {found}")
        self.due += 1
        self.seen += 1
        answer = super().answer_to(message)
        return answer if self.due % TOLD_EVERY else {**answer, "telemetry": {"frames_seen": self.seen}}


if __name__ == "__main__":
    sys.exit(main(Timekeeper))
