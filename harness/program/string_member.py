"""One flight program of several in a flight: asked, heard, killed, restarted, and what it said last."""

import os
import signal
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.plan import FlightPlan, FrameLoopEnd, GuardianLost, ProgramExited
from hoverslam.harness.program.conversation import how_lost, lost_messages
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.errors import Unasked, WireError
from hoverslam.plant.layout import VehicleShape, command_layout

REFERENCE = "reference"
LOSSES = (WireError, ProgramExited)
"""What loses one string; anything else ends the flight."""


class StringAnswer(NamedTuple):
    """What a string answered: as it came, as a row, and the telemetry in it."""

    data: bytes
    row: FloatArray
    telemetry: bytes | None


class Member:
    """It is deaf until a frame while it restarts, or works on an answer that comes late; fresh until it answers."""

    def __init__(self, session: Session, shape: VehicleShape) -> None:
        self.session = session
        self.deaf_until, self.fresh = 0, True
        self.last: FloatArray | None = None
        """The row that it answered last, but for those while it is stuck."""
        self.output, self.stderr_tail, self.lost = b"", "", (b"", b"")
        self.findings: list[str] = []
        self.is_left = False
        self._reader, self._row_bytes = ActuatorReader(shape), 8 * command_layout(shape).width

    @property
    def program(self) -> tuple[str, str, str]:
        """Command, name and version."""
        hello = self.session.introduced
        name, version = ("", "") if hello is None else (hello.name, hello.version)
        return self.session.typed or REFERENCE, name, version

    @property
    def guardian_lost(self) -> bool:
        """Whether it went with its guardian: no fault of its own."""
        return self.session.supervisor is not None and self.session.supervisor.guardian_lost

    def ask(self, sensors: bytes, seq: int) -> None:
        """Send the sensors of a frame. Raises what loses a string."""
        try:
            self.session.link.ask(sensors)
        except Unasked as early:
            self._reader.refuse_early(early.data, seq)

    def answer(self, seq: int, deadline_s: float) -> StringAnswer:
        """What it answers, checked. Raises what loses a string."""
        row = bytearray(self._row_bytes)
        data = self.session.link.hear(deadline_s)
        telemetry = self._reader.read(data, seq, row, 0)
        self.fresh = False
        return StringAnswer(data, np.frombuffer(row, dtype="<f8"), telemetry)

    def restart(self, shape: VehicleShape, plan: FlightPlan) -> None:
        """Make it forget all but its flight load. Raises what loses a string."""
        self.fresh, self.last = True, None
        self.session.restart(shape, plan)

    def kill(self) -> None:
        """End its program as SIGKILL does."""
        if (pid := self.session.pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.leave(ProgramExited(-signal.SIGKILL))

    def how_lost(self, error: Exception) -> tuple[str, str, int | None]:
        """Kind, reason and exit status. Raises GuardianLost where the loss is our own doing."""
        told = how_lost(error, self.session.supervisor)
        if self.guardian_lost:
            raise GuardianLost
        return told

    def leave(self, error: Exception) -> None:
        """Keep what a lost program said last, and end it."""
        supervisor = self.session.supervisor
        self.stderr_tail = "" if supervisor is None else supervisor.stderr_tail()
        self.lost = lost_messages(error, self.session.link)
        self.collect(FrameLoopEnd("gnc_lost", lost=error))

    def collect(self, end: FrameLoopEnd) -> None:
        """What it has to say after the flight, or after it was lost in it; once."""
        if self.is_left:
            return
        self.is_left = True
        self.findings += self.session.take_findings(None)
        self.output, left = self.session.leave(end)
        self.findings += left
