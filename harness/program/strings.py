"""Several flight programs (strings) that command one vehicle through a voter: one flight of theirs.

Each string is a session of its own. The sensors of a frame are sent to all of them before the answers are awaited, so
they work side by side; what comes back is checked for each, faults of the scenario act on it, the voter makes one
command of it, and that is what the frame loop gets. Faults of the link act between vehicle and voter.

A string that ends, hangs beyond the deadline or breaks the protocol is cut, and the flight goes on with the others. The
flight software is lost with its last string.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.panel import StringPanel
from hoverslam.harness.loop.plan import (
    Deadlines,
    FlightPlan,
    FrameLoopEnd,
    GuardianLost,
    PlantLike,
    ProgressCallback,
    lead_rows,
)
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.loop.string_faults import StringFault, StringFaults
from hoverslam.harness.program.conversation import findings_of, flight_record
from hoverslam.harness.program.pinning import on_one_core
from hoverslam.harness.program.session import Session
from hoverslam.harness.program.string_member import LOSSES, Member, StringAnswer
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.record.string_record import cut_text
from hoverslam.harness.trace.phase import PhaseTracker
from hoverslam.harness.wire.actuator_writer import actuators_bytes
from hoverslam.harness.wire.codec import decode_own
from hoverslam.harness.wire.errors import WireError

KINDS = {"killed": "died", "missed": "hung", "outvoted": "protocol"}
"""Kinds of a loss of the flight software by kinds of a cut that are none."""


class StringsLost(WireError):  # noqa: N818  named for what happened
    """No string is left in the vote."""


class StringsAsked(NamedTuple):
    """How a flight of strings is to be flown."""

    progress: ProgressCallback | None = None
    last: bool = False


class StringsFlight:
    """One flight of some sessions, each a string. A flight is flown once; the sessions stay for the next."""

    def __init__(
        self, sessions: Sequence[Session], plant: PlantLike, plan: FlightPlan, deadlines: Deadlines
    ) -> None:  # fmt: skip
        """`plan.strings` says how they are voted."""
        assert plan.strings is not None
        self._plant, self._plan, self._deadlines, self._shape = plant, plan, deadlines, plant.shape
        self._members = [Member(session, plant.shape) for session in sessions]
        self._recorder = Recorder(plant.shape, plan.max_frames, lead_rows(plan))
        self._panel = StringPanel(plan.strings, len(sessions), plant.shape, 1e-9 * plan.frame_period_ns)
        self._recorder.cuts = self._panel.told_cuts  # one list: who looks at the flight sees a cut as it happens
        self._faults = StringFaults(plan.strings.faults, plan.seed, plan.frame_ticks, plant.shape)

    def fly(self, asked: StringsAsked) -> FlightRecord:
        """From the first frame to the record. Ctrl-C ends it with the outcome `interrupted`."""
        recorder = self._recorder
        end, phase = self._at_first_frame(), "start"
        began_s = time.perf_counter()
        if end is None:
            first = self._members[0].session
            with on_one_core(first.pinned_to(), *(member.session.pid for member in self._members)):
                end = fly_frames(
                    self._plant, self._plan, self._exchange, recorder, self._deadlines, asked.progress, self._restart
                )
            seen = PhaseTracker(self._shape, self._plan.throttle_range)
            phase = seen.update(recorder.commands, recorder.truth_rows[: recorder.frames])
        else:
            self._plant.truth(recorder.truth_rows[0])
        wall_s = time.perf_counter() - began_s
        return self._record(self._heard_out(end, last=asked.last), phase, wall_s)

    def _at_first_frame(self) -> FrameLoopEnd | None:
        """Bring all strings to the first frame; a string that does not come is cut."""
        try:
            for member in self._members:
                member.session.start()
        except KeyboardInterrupt:
            return FrameLoopEnd("interrupted")
        for number, member in enumerate(self._members):
            end = member.session.at_first_frame(self._shape, self._plan)
            if end is not None and end.lost is None:
                return end
            if end is not None and end.lost is not None:
                try:
                    self._lose(number, end.lost)
                except GuardianLost as gone:
                    return FrameLoopEnd("harness_error", harness_error=str(gone))
        return None if self._panel.left else FrameLoopEnd("gnc_lost", lost=self._all_lost())

    def _exchange(self, sensors: bytes, deadline_s: float) -> bytes:
        """The sensors to every string that is in, and one command out of their answers."""
        frame = self._recorder.frames
        seq = decode_own(sensors)["seq"] if self._plan.link_faults else frame
        self._faults.look(frame, self._recorder.truth_rows)
        for number in self._panel.left:
            self._strike(number, frame)
        asked = [number for number in self._panel.left if self._asks(number, sensors, frame)]
        answers = {number: answer for number in asked if (answer := self._answer(number, seq, deadline_s)) is not None}
        rows = {number: row for number, one in answers.items() if (row := self._heard(number, one, frame)) is not None}
        if self._panel.left:
            self._panel.vote(frame, rows)
        if not self._panel.left:
            raise self._all_lost()
        return self._message(seq, {number: answers[number] for number in rows})

    def _message(self, seq: int, answers: dict[int, StringAnswer]) -> bytes:
        """The vote as one message, with the telemetry of the lowest-numbered string in it."""
        voted, first = self._panel.row, next(iter(answers.values()), None)
        if first is not None and first.row.tobytes() == voted.tobytes():
            return first.data
        return actuators_bytes(self._shape, seq, voted.tolist(), None if first is None else first.telemetry)

    def _strike(self, number: int, frame: int) -> None:
        """Kill a string, or restart it, where a fault of the scenario wants that now."""
        for one in self._faults.strikes(number):
            self._panel.seats[number].fault = one.place
            if one.fault.kind == "string_killed":
                self._kill(number)
                return
            member = self._members[number]
            member.deaf_until, member.last = frame + one.fault.amount, None
            if not self._restarted(number):
                return

    def _kill(self, number: int) -> None:
        """End the program of a string as SIGKILL does; the voter knows it at once."""
        self._panel.cut(number, self._recorder.frames, "killed", "killed")
        self._members[number].kill()

    def _restart(self) -> None:
        """The flight computer restarts, as a fault of the scenario wants it: all strings that are in."""
        for number in self._panel.left:
            self._restarted(number)
        if not self._panel.left:
            raise self._all_lost()

    def _restarted(self, number: int) -> bool:
        """Make a string forget all but its flight load; one that does not come back is cut."""
        try:
            self._members[number].restart(self._shape, self._plan)
        except LOSSES as error:
            self._lose(number, error)
            return False
        return True

    def _asks(self, number: int, sensors: bytes, frame: int) -> bool:
        """Send the sensors to a string; false where it does not read them, or is lost."""
        member = self._members[number]
        if frame < member.deaf_until:
            return False
        try:
            member.ask(sensors, frame)
        except LOSSES as error:
            self._lose(number, error)
            return False
        return True

    def _answer(self, number: int, seq: int, deadline_s: float) -> StringAnswer | None:
        """What a string answers, checked; None where it is lost."""
        member = self._members[number]
        try:
            return member.answer(seq, self._deadlines.first_answer_s if member.fresh else deadline_s)
        except LOSSES as error:
            self._lose(number, error)
            return None

    def _heard(self, number: int, answer: StringAnswer, frame: int) -> FloatArray | None:
        """What the voter gets of an answer, after the faults of the scenario; None where nothing comes in time."""
        member = self._members[number]
        if (late := self._faults.late(number)) is not None:
            member.deaf_until = frame + late.fault.amount
            self._blame(number, late)
            return None
        row, by = self._faults.disturbed(number, answer.row, member.last)
        if not self._faults.is_stuck(number):
            member.last = answer.row
        self._blame(number, by)
        return row

    def _blame(self, number: int, by: StringFault | None) -> None:
        if by is not None:
            self._panel.seats[number].fault = by.place

    def _lose(self, number: int, error: Exception) -> None:
        """Cut a string that is lost, and end its program. Raises GuardianLost where that is our own doing."""
        kind, reason, status = self._members[number].how_lost(error)
        self._panel.cut(number, self._recorder.frames, kind, reason, status)
        self._members[number].leave(error)

    def _all_lost(self) -> StringsLost:
        told = [cut_text(number, cut) for number, cut in self._panel.cuts]
        return StringsLost(f"no string is left: {'; '.join(told)}")

    def _heard_out(self, end: FrameLoopEnd, *, last: bool) -> FrameLoopEnd:
        """End the flight with all that strings sent in it; one that sent what nobody asked for is cut at the end."""
        if any(member.guardian_lost for member in self._members):
            end = FrameLoopEnd("harness_error", harness_error=str(GuardianLost()))
        for number, member in enumerate(self._members):
            if member.is_left:
                continue
            came, told = member.session.hear_out(end, self._shape, self._plan, last=last)
            member.findings += told
            if came.outcome == "interrupted":
                end = came
            elif came.lost is None or came.lost is end.lost:
                continue
            elif self._panel.seats[number].is_in:
                self._lose(number, came.lost)
                end = end if self._panel.left else FrameLoopEnd("gnc_lost", lost=self._all_lost())
            else:
                member.collect(came)
        for member in self._members:
            member.collect(end)
        return end

    def _record(self, end: FrameLoopEnd, phase: str, wall_s: float) -> FlightRecord:
        """The flight, with what became of each string."""
        record = flight_record(self._plant, self._plan, self._recorder, end, None)
        programs = [member.program for member in self._members]
        record.strings = self._panel.told(programs, self._faults.touched)
        record.gnc = {
            key: " | ".join(dict.fromkeys(program[place] for program in programs if program[place]))
            for place, key in ((1, "name"), (2, "version"))
        }
        record.wall_s = wall_s
        record.findings = findings_of(self._recorder, None, None)
        for number, member in enumerate(self._members):
            record.findings += [f"string {number}: {told}" for told in member.findings]
            if member.output:
                record.output += f"== string {number}: {programs[number][0]} ==\n".encode() + member.output
        if end.lost is not None:
            self._tell_lost(record, end.lost, phase)
        return record

    def _tell_lost(self, record: FlightRecord, error: Exception, phase: str) -> None:
        """How the flight software was lost, with the last words of the string that was the last."""
        number, cut = self._panel.cuts[-1]
        member = self._members[number]
        kind, status = KINDS.get(cut.kind, cut.kind), cut.exit_status
        record.gnc_failure = GncFailure(kind, str(error), record.frames, phase, status, member.stderr_tail)
        record.last_frames, record.refused_answer = member.lost
