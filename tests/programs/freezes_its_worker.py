"""Stops (SIGSTOP) the worker that flies it, once, with its second flight: the process above its guardian."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from hoverslam.harness.wire.echo import Echo, main


class Freezing(Echo):
    """An echo otherwise. `FREEZE_ONCE` is where it notes that it has done it."""

    flights = 0

    def reset(self, message: dict[str, Any]) -> None:
        self.flights += 1
        mark = Path(os.environ["FREEZE_ONCE"])
        if self.flights == 3 and not mark.exists():  # each flight is reset once more at its end
            mark.touch()
            worker = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]
            os.kill(int(worker), signal.SIGSTOP)
        super().reset(message)


if __name__ == "__main__":
    sys.exit(main(Freezing))
