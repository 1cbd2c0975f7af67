"""Plays the messages of a recorded flight to a flight program again, in their order, without a plant.

What faults of the link did to them stays done. A restart of the flight computer happens in the frame in which it did.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.link_faults import restart_frames
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, Deadlines, FlightPlan, Flown, FrameLoopEnd, ProgramExited
from hoverslam.harness.record.delivered import Delivered
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import decode_own
from hoverslam.harness.wire.errors import Unasked, WireError
from hoverslam.plant.layout import command_layout


class Feed:
    """A recorded flight to be played to a program, and what this answers: `rows` and `answers`, one a message.

    `progress` is given how many messages were answered.
    """

    def __init__(
        self, record: FlightRecord, given: Sequence[Delivered], progress: Callable[[int], object] = lambda _: None
    ) -> None:
        self._record, self.given, self._progress = record, given, progress
        self._reader, self._width = ActuatorReader(record.shape), command_layout(record.shape).width
        self.rows = np.zeros((len(given), self._width), dtype="<f8")
        self.answers: list[bytes] = []

    @property
    def answered(self) -> FloatArray:
        """The rows of the messages that were answered."""
        return self.rows[: len(self.answers)]

    @property
    def frame(self) -> int:
        """That of the message which is to be answered next, or else of the last one."""
        return self.given[min(len(self.answers), len(self.given) - 1)].frame

    def played(self, plan: FlightPlan, deadlines: Deadlines = DEFAULT_DEADLINES) -> Flown:
        """The flight as it asks, like `harness.loop.frames.flown`: it ends as recorded, or with the program's loss."""
        try:
            yield from self._messages(plan, deadlines)
        except (WireError, ProgramExited) as error:
            return FrameLoopEnd("gnc_lost", lost=error)
        except KeyboardInterrupt:
            return FrameLoopEnd("interrupted")
        except Exception as error:  # noqa: BLE001  whatever else ends it is a fault of ours
            return FrameLoopEnd("harness_error", harness_error=f"{type(error).__name__}: {error}")
        outcome = self._record.outcome
        return FrameLoopEnd(outcome if outcome in {"at_rest", "impact", "max_time"} else "aborted")

    def _messages(self, plan: FlightPlan, deadlines: Deadlines) -> Any:
        deadline_s = deadlines.first_answer_s
        for one in self._with_restarts(plan):
            if one is None:
                deadline_s = deadlines.first_answer_s
                yield None, deadline_s
                continue
            seq = decode_own(one.sensors)["seq"]
            try:
                answer = yield one.sensors, deadline_s
            except Unasked as early:
                self._reader.refuse_early(early.data, seq)
            self._keep(answer, seq)
            deadline_s = deadlines.answer_s

    def _keep(self, answer: bytes, seq: int) -> None:
        row = bytearray(8 * self._width)
        self._reader.read(answer, seq, row, 0)
        self.rows[len(self.answers)] = np.frombuffer(row, dtype="<f8")
        self.answers.append(answer)
        self._progress(len(self.answers))

    def _with_restarts(self, plan: FlightPlan) -> Iterator[Delivered | None]:
        """The messages, and None where the flight computer restarted: before those of its frame."""
        record = self._record
        restarts = restart_frames(plan.link_faults, record.truth, record.shape, record.frame_ticks)
        for one in self.given:
            while restarts and restarts[0] <= one.frame:
                restarts.pop(0)
                yield None
            yield one
