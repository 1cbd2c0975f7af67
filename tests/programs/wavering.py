"""An echo program that is no pure function of what it is sent: wavering.py HOW. A gimbal shows it at frame 100."""

import os
import sys
from collections.abc import Callable
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

FRAME = 100
HOW = sys.argv[1]

DEEDS: dict[str, Callable[[int], float]] = {
    "leaky": float,  # the number of flights: state that a reset leaves behind
    "process": lambda _flights: float(os.getpid()),
    "steady": lambda _flights: 0.0,
}


class Wavering(Echo):
    """Answers alike but for one angle at one frame."""

    name = f"wavering: {HOW}"

    flights = 0

    def reset(self, message: dict[str, Any]) -> None:
        self.flights += 1
        super().reset(message)

    def sensors(self, message: dict[str, Any]) -> None:
        self.answers[message["flight"]]["gimbal_rad"][3] = 0.01 + (
            1e-9 * DEEDS[HOW](self.flights) if message["seq"] == FRAME else 0.0
        )
        super().sensors(message)


if __name__ == "__main__":
    sys.exit(main(Wavering))
