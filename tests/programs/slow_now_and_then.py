"""An echo program that is too late for some frames in real time; what it commands differs from frame to frame."""

import sys
import time
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

EVERY, SLEEP_S = 40, 0.045


class Slow(Echo):
    """Sleeps through a few frames now and then."""

    name = "slow now and then"

    def sensors(self, message: dict[str, Any]) -> None:
        seq = message["seq"]
        if seq % EVERY == EVERY // 2:
            time.sleep(SLEEP_S)
        self.answers[message["flight"]]["gimbal_rad"][0] = 1e-4 * (seq % 7)
        super().sensors(message)


if __name__ == "__main__":
    sys.exit(main(Slow))
