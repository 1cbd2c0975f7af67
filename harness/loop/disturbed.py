"""The frame loop with faults of link or flight computer: messages sent, messages received, active commands.

Each frame the avionics send one sensors message. What arrives at the computer is put to the flight program message by
message, each with its own `seq` and time, and answered once; nothing is put to it that did not arrive. Its answers go
back over the other direction to the vehicle (`harness.loop.receiver`). A link keeps the order of what it carries,
except for what `link_reorder` holds back.
"""

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Generic, TypeVar

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.link_faults import (
    COMMANDS,
    RESTART,
    SENSORS,
    Flipper,
    LinkDraws,
    LinkFault,
    Together,
    Waker,
    effect,
    together,
)
from hoverslam.harness.loop.plan import Deadlines, FlightPlan, Frames, PlantLike, ProgressCallback, live_look
from hoverslam.harness.loop.receiver import Receiver
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.loop.tally import Tally
from hoverslam.harness.loop.timing import InStep, Timing
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.errors import Unasked
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape

T = TypeVar("T")


Asking = Generator[tuple[bytes | None, float], bytes, T]
"""Part of a frame that may have to ask the flight program; see `lockstep.Frames`."""


class Line(Generic[T]):
    """One direction of the link, first in, first out; what is held back goes right behind the next one sent."""

    def __init__(self) -> None:
        self._queue: deque[tuple[int, T]] = deque()
        self._held: list[T] = []
        self._last = 0

    def send(self, due: int, item: T, what: Together) -> None:
        """Let something go that would arrive when it is due, or with what went before it."""
        items = [item, item] if what.doubled else [item]
        if what.held:
            self._held += items
            return
        self._last = max(due, self._last)
        self._queue.extend((self._last, one) for one in [*items, *self._held])
        self._held = []

    def arrivals(self, before: int) -> list[tuple[int, T]]:
        """What arrives before a time, in order, with the time of each."""
        found = []
        while self._queue and self._queue[0][0] < before:
            found.append(self._queue.popleft())
        return found


class _Faults:
    """The faults that are awake in the frame at hand, and what they do to a message."""

    def __init__(self, plan: FlightPlan, shape: VehicleShape, tally: Tally) -> None:
        self._waker, self._draws, self._flipper = Waker(plan.link_faults, shape), LinkDraws(plan.seed), Flipper(shape)
        self._tally, self._frame_ticks = tally, plan.frame_ticks
        self._frame, self._awake = 0, list[int]()
        tally.touched = [0] * len(plan.link_faults)

    def look(self, frame: int, truth: FloatArray) -> None:
        """Begin a frame."""
        self._frame, self._awake = frame, self._waker.look(frame * self._frame_ticks, truth)

    def on(self, direction: str, lane: int) -> Together:
        """What happens to a message that is sent now, the `lane`-th of its frame."""
        found = {}
        for i, fault in self._of(direction):
            woken = (self._waker.woken[i] or 0) // self._frame_ticks
            found[i] = effect(fault, self._draws, self._frame, lane, woken)
        what = together((self._waker.faults[i], one) for i, one in found.items())
        for i, one in found.items():
            gone = what.lost or what.refused  # of which the others then have nothing to change
            self._tally.touched[i] += one.lost or one.refused if gone else bool(one.late or one.doubled or one.held)
        return what

    def spoil(self, flips: tuple[LinkFault, ...], row: FloatArray, shown: Callable[[FloatArray], bytes]) -> FloatArray:
        """A copy of the row with its bits flipped; a flip that is not `shown`, as of a silent radar, is not counted."""
        spoilt = row.copy()
        for fault in flips:
            before = shown(spoilt)
            self._flipper.flip(fault, spoilt)
            self._tally.touched[self._waker.faults.index(fault)] += shown(spoilt) != before
        return spoilt

    def of_computer(self, kind: str) -> int | None:
        """Frames that a missed deadline or a restart takes now; None where there is none."""
        amounts = []
        for i, fault in self._of("computer"):
            if fault.kind == kind:
                self._tally.touched[i] += 1
                amounts.append(fault.amount)
        return max(amounts, default=None)

    def _of(self, direction: str) -> list[tuple[int, LinkFault]]:
        faults = self._waker.faults
        return [(i, faults[i]) for i in self._awake if faults[i].direction == direction]


def disturbed_frames(
    plant: PlantLike,
    plan: FlightPlan,
    recorder: Recorder,
    deadlines: Deadlines,
    progress: ProgressCallback | None,
    flight: int,
    timing: Timing | None = None,
) -> Frames:
    """Fly until the plant's outcome or `max_frames`, as `lockstep` does, with the faults of the link at work.

    `timing` says in which frame an answer comes; without one each comes in the frame in which it was asked for.
    """
    tally = Tally()
    loop = _Loop(plant, plan, recorder, deadlines, tally, flight, timing or InStep())
    look = live_look(plant.shape, plan, recorder, progress)
    try:
        for frame in range(plan.max_frames):
            yield from loop.fly_frame(frame)
            if (outcome := plant.outcome) is not None:
                return outcome
            if frame % plan.look_every_frames == 0:
                look(frame)
        return "max_time"
    finally:
        recorder.link = loop.told()


class _Loop:
    """Both directions, the computer's timing and the vehicle's receiver, from frame to frame."""

    def __init__(
        self,
        plant: PlantLike,
        plan: FlightPlan,
        recorder: Recorder,
        deadlines: Deadlines,
        tally: Tally,
        flight: int,
        timing: Timing,
    ) -> None:
        self._timing = timing
        self._plant, self._plan, self._recorder, self._deadlines, self._tally = plant, plan, recorder, deadlines, tally
        self._faults = _Faults(plan, plant.shape, tally)
        self._encode, self._reader = SensorWriter(plant.shape).encode, ActuatorReader(plant.shape, flight)
        self._up: Line[tuple[int, bytes]] = Line()
        self._down: Line[tuple[int, FloatArray]] = Line()
        self._receiver = Receiver(plant.shape, plan.frame_ticks, plan.command_delay_ticks)
        self._outbox: list[tuple[int, int, FloatArray]] = []
        self._deaf_until, self._gap, self._sequel = 0, 0, -1
        self._deadline_s = deadlines.first_answer_s

    def fly_frame(self, frame: int) -> Asking[None]:
        """Sample, send, ask, answer, record, advance."""
        recorder, plant = self._recorder, self._plant
        start, end = frame * self._plan.frame_ticks, (frame + 1) * self._plan.frame_ticks
        plant.truth(recorder.truth_rows[frame])
        plant.sense(recorder.sensor_row)
        self._faults.look(frame, recorder.truth_rows[frame])
        self._send_sensors(frame)
        sent, answers = yield from self._ask(frame)
        self._send_commands(frame)
        delay = self._plan.command_delay_ticks
        self._receiver.settle(self._down.arrivals(end + delay), end + delay)
        recorder.sensors.append(b"".join(sent))
        recorder.answers.append(b"".join(row.tobytes() for row in answers))
        recorder.command_rows[recorder.lead + frame] = self._receiver.row
        recorder.frames = frame + 1
        for row, ticks in self._receiver.pieces(start, end):
            plant.advance(row, ticks)

    def told(self) -> dict[str, Any]:
        """The tally, with what the receiver has counted."""
        receiver, tally = self._receiver, self._tally
        end = self._recorder.frames * self._plan.frame_ticks
        receiver.conclude(end)
        tally.end_at(end)
        tally.commands_stale, tally.commands_longest_gap_ticks = receiver.stale, receiver.longest_gap_ticks
        tally.commands_longest_gap_first_tick = receiver.longest_gap_first_tick
        tally.commands_held_cycles = receiver.held_cycles
        tally.safe_law_ticks, tally.safe_law_first_tick = receiver.safe_ticks, receiver.safe_first_tick
        return tally.told()

    def _send_sensors(self, frame: int) -> None:
        what, row = self._faults.on(SENSORS, 0), self._recorder.sensor_row
        if not (what.lost or what.refused):
            message = sound = self._shown(frame, row)
            if what.flipped:
                message = self._shown(frame, self._faults.spoil(what.flipped, row, partial(self._shown, frame)))
            self._tally.sensors_corrupted += message != sound
            self._up.send(frame + what.late, (frame, message), what)
        self._tally.sensors_lost += what.lost
        self._tally.sensors_refused += what.refused and not what.lost

    def _shown(self, frame: int, row: FloatArray) -> bytes:
        return self._encode(frame, frame * self._plan.frame_period_ns, row.tobytes())

    def _ask(self, frame: int) -> Asking[tuple[list[bytes], list[FloatArray]]]:
        """Put to the program what has arrived; what it was sent, and its answers, which leave when they are ready."""
        restart_frames = self._faults.of_computer(RESTART)
        if restart_frames is not None:
            self._tally.gone_at(frame * self._plan.frame_ticks)
            yield from self._restart(frame + restart_frames)
        arrived = [item for _, item in self._up.arrivals(frame + 1)]
        if frame < self._deaf_until:
            self._tally.sensors_unheard += len(arrived)
            arrived = []
        self._timing.begin(frame)
        for seq, message in arrived:
            yield from self._put(frame, seq, message)
        self._note_gap(asked=bool(arrived))
        late = 0
        if arrived:
            late = self._faults.of_computer("deadline_missed") or 0
            self._tally.deadlines_missed += late > 0
            self._deaf_until = frame + late
        answers = [(seq, self._read(frame, seq, answer)) for seq, answer in self._timing.answers(frame)]
        self._outbox += [(frame + late, seq, row) for seq, row in answers]
        return [message for _, message in arrived], [row for _, row in answers]

    def _put(self, frame: int, seq: int, message: bytes) -> Asking[None]:
        """Put a message to the program."""
        tally = self._tally
        tally.sensors_late += frame > seq
        tally.sensors_latest_frames = max(tally.sensors_latest_frames, frame - seq)
        tally.sensors_repeated += seq == self._sequel
        self._sequel = seq
        try:
            answer = yield message, self._deadline_s
        except Unasked as early:
            self._reader.refuse_early(early.data, seq)
        self._deadline_s = self._deadlines.answer_s
        self._timing.asked(frame, seq, answer)

    def _read(self, frame: int, seq: int, answer: bytes) -> FloatArray:
        row = bytearray(self._recorder.command_rows.strides[0])
        telemetry = self._reader.read(answer, seq, row, 0)
        if telemetry is not None:
            self._recorder.report(frame, telemetry)
        return np.frombuffer(row, dtype="<f8")

    def _restart(self, until: int) -> Asking[None]:
        """The program forgets its flight, what it was still working on is gone, and for a while nobody listens."""
        self._timing.stop()
        yield None, self._deadlines.first_answer_s
        self._timing.go_on()
        self._outbox.clear()
        self._deaf_until = until
        self._deadline_s = self._deadlines.first_answer_s

    def _send_commands(self, frame: int) -> None:
        ready = [item for item in self._outbox if item[0] <= frame]
        self._outbox = [item for item in self._outbox if item[0] > frame]
        if ready:
            self._tally.back_at(frame * self._plan.frame_ticks)
        due = frame * self._plan.frame_ticks + self._plan.command_delay_ticks
        for lane, (_, seq, row) in enumerate(ready):
            what = self._faults.on(COMMANDS, lane)
            spoilt = self._faults.spoil(what.flipped, row, np.ndarray.tobytes) if what.flipped else row
            refused = not what.lost and (what.refused or not np.isfinite(spoilt).all())
            self._tally.commands_corrupted += spoilt.tobytes() != row.tobytes()
            self._tally.commands_lost += what.lost
            self._tally.commands_refused += refused
            self._tally.commands_late += what.late > 0
            if not (what.lost or refused):
                self._down.send(due + what.late, (seq, spoilt), what)

    def _note_gap(self, *, asked: bool) -> None:
        self._gap = 0 if asked else self._gap + 1
        self._tally.sensors_longest_gap_frames = max(self._tally.sensors_longest_gap_frames, self._gap)
