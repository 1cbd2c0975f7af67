"""An echo program that reports its clock, a known time ahead of the host's: clocked.py AHEAD_S."""

import sys
import time
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

AHEAD_NS = int(float(sys.argv[1]) * 1e9)


class Clocked(Echo):
    """Answers with the time at which it does."""

    name = "clocked"

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        return super().answer_to(message) | {"telemetry": {"clock_ns": time.time_ns() + AHEAD_NS}}


if __name__ == "__main__":
    sys.exit(main(Clocked))
