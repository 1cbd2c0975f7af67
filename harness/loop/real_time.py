"""A flight in real time: sensors are sent when they are due, and nobody waits for an answer beyond the frame.

An answer that is not there a frame period after its sensors were sent comes in a later frame; meanwhile the vehicle
holds its last command (`harness.loop.receiver`). The schedule is absolute: frame k is due k periods after the start, so
delays do not add up. The clock starts with the answer to the first frame, in which programs compile and load, and again
with the first after a restart of the flight computer. A host that falls behind sends each frame as soon as it can until
it has caught up; the program has a whole period for each of them, so the delay of the host is none of the program's.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.loop.plan import Exchange, Progress, ProgressCallback
from hoverslam.harness.loop.timing import Answers
from hoverslam.harness.record.telemetry_log import Report
from hoverslam.harness.wire.errors import PeerSilent

PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99_9": 99.9}
SLACK_S = 1e-3
"""A flight that ends later than the wall clock by more than this was not flown in real time."""


class Live(NamedTuple):
    """The link to a program that is not waited for: ask and wait, send, and the next answer within so many seconds."""

    exchange: Exchange
    post: Callable[[bytes], None]
    answer_within: Callable[[float], bytes | None]


class _Open(NamedTuple):
    """A message that is not answered yet."""

    frame: int
    seq: int
    asked_s: float
    asked_ns: int


class RealTime:
    """A `harness.loop.timing.Timing` by the wall clock, and how well it was kept."""

    def __init__(
        self,
        live: Live,
        period_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        date_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`period_s`: from frame to frame; `clock` and `sleep` are in seconds, `date_ns` since 1970."""
        self._date_ns, self._stamps = date_ns, dict[int, tuple[int, int]]()
        self._live, self._period_s, self._clock, self._sleep = live, period_s, clock, sleep
        self._began_s: float | None = None
        self._frame, self._deadline_s, self._sent = 0, 0.0, (0.0, 0)
        self._open: deque[_Open] = deque()
        self._come: Answers = []
        self._begun_late_s: list[float] = []
        self._answer_s: list[float] = []
        self._behind: list[tuple[float, int]] = []
        self.late = 0
        """Answers that came in a later frame than they were asked for, or too late for any."""

    def exchange(self, message: bytes, deadline_s: float) -> bytes:
        """Send a message and return at once, with nothing; the first, and the first after a restart, is waited for."""
        self._deadline_s = deadline_s
        if self._began_s is None:
            answer = self._live.exchange(message, deadline_s)
            self._began_s = self._clock() - (self._frame + 1) * self._period_s
            return answer
        self._sent = self._clock(), self._date_ns()  # before it goes: the answer may be there when `post` returns
        self._live.post(message)
        return b""

    def begin(self, frame: int) -> None:
        """Wait until the frame is due."""
        self._frame = frame
        if self._began_s is None:
            return
        due_s = self._began_s + frame * self._period_s
        if (ahead_s := due_s - self._clock()) > 0.0:
            self._sleep(ahead_s)
        self._begun_late_s.append(max(self._clock() - due_s, 0.0))

    def asked(self, frame: int, seq: int, answer: bytes) -> None:
        """An answer that was waited for, or a message whose answer is still to come."""
        if answer:
            self._come.append((seq, answer))
        else:
            self._open.append(_Open(frame, seq, *self._sent))

    def answers(self, frame: int) -> Answers:
        """What comes before the time of the frame is over. Raises PeerSilent where the oldest is due for too long."""
        found, self._come = self._come, []
        until_s = (self._began_s or 0.0) + (frame + 1) * self._period_s
        if self._open and self._open[-1].frame == frame:
            until_s = max(until_s, self._open[-1].asked_s + self._period_s)
        while self._open:
            left_s = until_s - self._clock()
            data = self._live.answer_within(max(left_s, 0.0))
            if data is not None:
                one = self._answered()
                self.late += one.frame < frame
                found.append((one.seq, data))
                if one.frame == frame:
                    self._stamps[frame] = (one.asked_ns, self._date_ns())
            elif left_s <= 0.0:
                break
        if self._open and (silent_s := self._clock() - self._open[0].asked_s) > self._deadline_s:
            raise PeerSilent(f"no answer within {silent_s:.3g} s")
        return found

    def stop(self) -> None:
        """Let the program answer what it was asked, for nothing."""
        end_s = self._clock() + self._deadline_s
        self.late += len(self._open)
        while self._open and (left_s := end_s - self._clock()) > 0.0:
            if self._live.answer_within(left_s) is not None:
                self._answered()
        self._open.clear()

    def go_on(self) -> None:
        """The clock starts again with the next answer."""
        self._began_s = None

    def clock_offset(self, reports: Iterable[Report]) -> dict[str, float]:
        """Offset of the program's clock, from `clock_ns` in its telemetry, and by how much it may be off, in seconds.

        Its stamp lies between our sending and our receiving (Cristian 1989): of the quickest answer the middle of both
        is the best guess, and half their distance the largest error. Empty where nothing was reported.
        """
        best: tuple[int, int] | None = None
        for frame, report in reports:
            stamp, ours = report.get("clock_ns"), self._stamps.get(frame)
            if type(stamp) is int and ours is not None:
                trip_ns = ours[1] - ours[0]
                if best is None or trip_ns < best[0]:
                    best = trip_ns, stamp - sum(ours) // 2
        return {} if best is None else {"clock_offset_s": 1e-9 * best[1], "clock_offset_error_s": 0.5e-9 * best[0]}

    def told(self) -> dict[str, Any] | None:
        """How well real time was kept, as plain data, times in seconds; None where no frame was held to it.

        A frame is missed when its answer was not there by the time at which the next frame was due; slow when the
        flight program alone took longer than a frame period, whenever it was asked.
        """
        if not self._answer_s:
            return None
        answer_s, begun_s, behind_s = map(np.array, (self._answer_s, self._begun_late_s, [b for b, _ in self._behind]))
        worst = int(behind_s.argmax())
        return {
            "frames": len(self._begun_late_s),
            "missed": int(np.count_nonzero(behind_s > 0.0)) + len(self._open),
            "late_answers": self.late,
            "slow_answers": int(np.count_nonzero(answer_s > self._period_s)),
            "behind_most_s": max(float(behind_s[worst]), 0.0),
            "behind_most_frame": self._behind[worst][1],
            "behind_at_end_s": float(begun_s[-1]),
            "kept": bool(begun_s[-1] <= SLACK_S),
            "answer_longest_s": float(answer_s.max()),
            **{f"answer_{name}_s": float(np.percentile(answer_s, share)) for name, share in PERCENTILES.items()},
            "begun_late_most_s": float(begun_s.max()),
            **{f"begun_late_{name}_s": float(np.percentile(begun_s, share)) for name, share in PERCENTILES.items()},
        }

    def _answered(self) -> _Open:
        """The oldest open message is answered now."""
        now_s, one = self._clock(), self._open.popleft()
        self._answer_s.append(now_s - one.asked_s)
        self._behind.append((now_s - (self._began_s or now_s) - (one.frame + 1) * self._period_s, one.frame))
        return one


class Aside:
    """Shows progress on a thread of its own, so that drawing takes no time of a frame; shows the latest."""

    def __init__(self, shown: ProgressCallback) -> None:
        self._shown, self._latest, self._over = shown, deque[Progress](maxlen=1), False
        self._new = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._thread.start()

    def __call__(self, progress: Progress) -> None:
        """Leave it to be shown."""
        self._latest.append(progress)
        self._new.set()

    def close(self) -> None:
        """Show the last and end."""
        self._over = True
        self._new.set()
        self._thread.join()

    def _show(self) -> None:
        while not self._over:
            self._new.wait()
            self._new.clear()
            while self._latest:
                self._shown(self._latest.pop())
