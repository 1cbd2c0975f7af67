"""A flight in real time: each frame is requested when it is due, and the delays are recorded.

Nothing here decides a flight: the plant waits for the answer of a frame, however late it comes, and a flight that has
fallen behind goes on as fast as it can until it has caught up. The clock starts with the answer to the first frame, in
which programs compile and load.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.loop.plan import Exchange

PERCENTILES = {"p50": 50.0, "p99": 99.0, "p99_9": 99.9}
SLACK_S = 1e-3
"""A flight that ends later than the wall clock by more than a frame period and this was not flown in real time."""


class _Frame(NamedTuple):
    """A frame that was asked for: seconds from its due time to asking, and from asking to the answer."""

    number: int
    begun_late_s: float
    answer_s: float


class Pace:
    """Holds one flight back to real time, and keeps how late each frame was."""

    def __init__(
        self,
        period_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`period_s`: from frame to frame; `clock` and `sleep` are in seconds."""
        self._period_s, self._clock, self._sleep = period_s, clock, sleep
        self._began_s: float | None = None
        self._first = 0
        self._frames: list[_Frame] = []

    def held(self, exchange: Exchange, frame: Callable[[], int]) -> Exchange:
        """The same exchange, begun no earlier than `frame()` is due. Several may be made in a frame, or none."""

        def paced(message: bytes, deadline_s: float) -> bytes:
            number = frame()
            if self._began_s is None:
                answer = exchange(message, deadline_s)
                self._began_s, self._first = self._clock() - (number + 1) * self._period_s, number + 1
                return answer
            due_s = self._began_s + number * self._period_s
            if (ahead_s := due_s - self._clock()) > 0.0:
                self._sleep(ahead_s)
            asked_s = self._clock()
            answer = exchange(message, deadline_s)
            self._frames.append(_Frame(number, max(asked_s - due_s, 0.0), self._clock() - asked_s))
            return answer

        return paced

    def told(self) -> dict[str, Any] | None:
        """How well real time was kept, as plain data, times in seconds; None where no frame was held to it.

        A frame is missed when its answer was not there by the time at which the next frame was due; slow when the
        flight program alone took longer than a frame period, whenever it was asked.
        """
        if not self._frames:
            return None
        number, late_s, answer_s = (np.array(column) for column in zip(*self._frames, strict=True))
        behind_s = np.maximum(late_s + answer_s - self._period_s, 0.0)
        worst = int(behind_s.argmax())
        return {
            "frames": len(self._frames),
            "missed": int(np.count_nonzero(behind_s > 0.0)),
            "slow_answers": int(np.count_nonzero(answer_s > self._period_s)),
            "behind_most_s": float(behind_s[worst]),
            "behind_most_frame": int(number[worst]),
            "behind_at_end_s": float(behind_s[-1]),
            "kept": bool(behind_s[-1] <= SLACK_S),
            "answer_longest_s": float(answer_s.max()),
            **{f"answer_{name}_s": float(np.percentile(answer_s, share)) for name, share in PERCENTILES.items()},
        }
