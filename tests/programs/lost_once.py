"""The echo program, but for its first flight, in which it is lost: lost_once.py hang|kill MARK.

MARK is a file that is not there yet, and says afterwards that the program was lost.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

DEED, MARK = sys.argv[1], Path(sys.argv[2])
FRAME = 3


class LostOnce(Echo):
    """Is silent for ever, or is killed as from outside."""

    name = "lost once"

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["seq"] == FRAME and not MARK.exists():
            MARK.touch()
            if DEED == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            while True:
                signal.pause()
        return super().answer_to(message)


if __name__ == "__main__":
    sys.exit(main(LostOnce))
