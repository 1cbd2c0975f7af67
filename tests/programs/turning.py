"""A flight program whose commands tell what it knows, and which goes wrong in one way: turning.py DEED FRAME.

Its throttle follows the frame, its gimbals count the sensors since the last reset. From the frame on `stuck` repeats
that command, `other` commands another throttle, `switched` deploys the legs; `sound` does nothing of it.
"""

import math
import sys
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

DEED, FRAME = sys.argv[1], int(sys.argv[2])


class Turning(Echo):
    """Wrong from a frame on."""

    name = f"turning {DEED}"
    capabilities = ("reset",)
    asked = 0

    def reset(self, message: dict[str, Any]) -> None:
        """Begin to count again."""
        self.asked = 0
        super().reset(message)

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        """The command of the frame, with its number as telemetry."""
        seq, answer = message["seq"], super().answer_to(message)
        self.asked += 1
        wrong = seq >= FRAME
        at = FRAME if wrong and DEED == "stuck" else seq
        throttle = 0.7 + 0.2 * math.sin(0.1 * at) + (0.3 if wrong and DEED == "other" else 0.0)
        return {
            **answer,
            "throttle": [throttle] * len(answer["throttle"]),
            "gimbal_rad": [1e-3 * self.asked] * len(answer["gimbal_rad"]),
            "leg_deploy": wrong and DEED == "switched",
            "telemetry": {"frame": seq, "by": DEED},
        }


if __name__ == "__main__":
    sys.exit(main(Turning))
