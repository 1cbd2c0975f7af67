"""How long a wait for the flight software lasts."""

import math
import time

from hoverslam.harness.wire.errors import PeerSilent

SLICE_MS = 50
"""How often a wait looks whether the flight software still lives."""


class Patience:
    """A deadline counted in slices of waiting, so that a harness that was itself stopped does not blame its peer.

    Messages of strangers end slices early; while they come, the clock is asked instead.
    """

    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._slices = math.inf if math.isinf(deadline_s) else math.ceil(deadline_s * 1000 / SLICE_MS)
        self._end = time.monotonic() + deadline_s

    def slice_passed(self, what: str) -> None:
        """A slice went by with nothing; raises PeerSilent after the last, saying what did not come."""
        self._slices -= 1
        if self._slices <= 0:
            self._end_it(what)

    def disturbed(self, what: str) -> None:
        """Somebody else was heard; raises PeerSilent after the deadline by the clock."""
        if time.monotonic() > self._end:
            self._end_it(what)

    def _end_it(self, what: str) -> None:
        raise PeerSilent(f"{what} within {self._deadline_s:g} s; for a longer deadline: --deadline")
