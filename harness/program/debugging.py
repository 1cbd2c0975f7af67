"""A session for somebody who looks into the flight program: it stops at a frame, or the program runs in a debugger.

Neither changes a bit of the flight. What waits is the asking: the plant stands still, as during any other answer.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hoverslam.harness.console.terminal import LentTerminal
from hoverslam.harness.loop.plan import Exchange, FlightPlan, PlantLike, ProgressCallback
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.loop.timing import Timing
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.transport import Transport

SILENCE = {"HOVERSLAM_SILENCE_S": "inf"}
"""Tells our clients not to give up on a harness that stands at a frame."""


class StoppedAt(NamedTuple):
    """Where a flight stands: the frame whose sensors are not sent yet, its time, and the process of the program."""

    frame: int
    time_s: float
    pid: int | None


Hold = Callable[[StoppedAt, Callable[[], None]], None]
"""Waits for whoever looks. It is given what to call now and then meanwhile, which raises where the program has gone."""


class Break:
    """Stops a flight at the first message of the frame of a time, or of the first frame after it."""

    def __init__(self, at_s: float, hold: Hold) -> None:
        self.at_s, self._hold = at_s, hold
        self.reached = False
        self.waited_s = 0.0

    def due(self, frame: int, period_ns: int) -> bool:
        """Whether this is the message before which it stops."""
        return not self.reached and frame * period_ns >= round(self.at_s * 1e9)

    def hold(self, standing: StoppedAt, watch: Callable[[], None]) -> None:
        """Return when the flight goes on."""
        self.reached, began_s = True, time.monotonic()
        try:
            self._hold(standing, watch)
        finally:
            self.waited_s = time.monotonic() - began_s


class DebugSession(FleetSession):
    """A session with a break, a debugger, or both. `debugger`: the words before the command; it gets `terminal`."""

    def __init__(
        self, command: str | Sequence[str] | None = None, *, stop: Break | None = None, debugger: Sequence[str] = (),
        terminal: LentTerminal | None = None, **options: Any,
    ) -> None:  # fmt: skip
        """Further options are those of FleetSession. In a debugger nobody has a deadline, from the start."""
        patience = SILENCE if stop is not None or debugger else {}
        super().__init__(command, environment={**patience, **options.pop("environment", {})}, **options)
        self._stop, self._debugger, self._terminal = stop, tuple(debugger), terminal
        if debugger:
            self._deadlines = self._deadlines.lifted()

    def fly(
        self, plant: PlantLike, plan: FlightPlan, progress: ProgressCallback | None = None, *, realtime: bool = False,
        last: bool = False, timing: Timing | None = None,
    ) -> FlightRecord:  # fmt: skip
        """As Session; the time for which the flight stood is none of its own."""
        record = super().fly(plant, plan, progress, realtime=realtime, last=last, timing=timing)
        record.wall_s -= 0.0 if self._stop is None else self._stop.waited_s
        return record

    def close(self) -> None:
        """As Session, and the terminal is the user's again."""
        try:
            super().close()
        finally:
            if self._terminal is not None:
                self._terminal.close()

    def _asking(self, plan: FlightPlan, recorder: Recorder) -> Exchange:
        exchange, stop = super()._asking(plan, recorder), self._stop
        if stop is None:
            return exchange

        def asked(message: bytes, deadline_s: float) -> bytes:
            frame = recorder.frames
            if stop.due(frame, plan.frame_period_ns):
                self._deadlines = self._deadlines.lifted()
                stop.hold(StoppedAt(frame, frame * plan.frame_period_ns / 1e9, self.pid), self._watch)
            return exchange(message, math.inf if stop.reached else deadline_s)

        return asked

    def _supervised(self, environment: Mapping[str, str], transport: Transport) -> Supervisor:
        if self._terminal is None:
            return super()._supervised(environment, transport)
        lent, under = self._terminal.lend(), self._debugger
        supervisor = Supervisor(self._command, environment, transport.place, under=under, terminal=lent)
        self._terminal.relay(supervisor.output.add)
        return supervisor
