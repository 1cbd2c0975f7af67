"""A flight program under supervision and the link to it: flies any number of flights, one after the other.

    with open_session(gnc_command) as session:     # of harness.program.opening; the program starts at once
        record = session.fly(plant, plan)

A program that declared the capability `reset` stays warm between flights; any other is started afresh for each.
Whatever it does, `fly` returns a record: losing the flight software is a result, not an exception.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import (
    COMPILING_S,
    DEFAULT_DEADLINES,
    Deadlines,
    Exchange,
    FlightPlan,
    FrameLoopEnd,
    GuardianLost,
    PlantLike,
    ProgramExited,
    ProgressCallback,
    lead_rows,
)
from hoverslam.harness.loop.real_time import RealTime
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.loop.timing import Timing
from hoverslam.harness.program.conversation import (
    BetweenFlights,
    Listeners,
    begin,
    blamed,
    failure_of,
    farewell,
    findings_of,
    flight_record,
    how_lost,
    lost_messages,
    meet,
    try_to_send,
    why_ended,
)
from hoverslam.harness.program.leftovers import clear_abandoned
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.program.live import fly_live, live
from hoverslam.harness.program.pinning import default_core, on_one_core
from hoverslam.harness.program.supervisor import Supervisor, split_command
from hoverslam.harness.record.flight_record import FlightRecord, typed
from hoverslam.harness.trace.phase import PhaseTracker
from hoverslam.harness.wire.errors import MessageRefused, PeerGone, WireError
from hoverslam.harness.wire.messages import Hello
from hoverslam.harness.wire.transport import OpenTransport, Transport
from hoverslam.plant.layout import VehicleShape

WAIT = "wait"
"""In place of a command: the program is started elsewhere, by the user."""


class Session:
    """See the module. `command` None is the reference flight software, `wait` a program started elsewhere."""

    def __init__(
        self,
        command: str | Sequence[str] | None = None,
        *,
        transport: OpenTransport,
        listen: str | None = None,
        deadlines: Deadlines = DEFAULT_DEADLINES,
        core: int | None = None,
        environment: Mapping[str, str] | None = None,
        listeners: Listeners = Listeners(),  # noqa: B008  it is immutable
    ) -> None:
        """`transport` opens the link at each start. Raises ProgramNotFoundError for a command that cannot be run."""
        if command != WAIT:
            split_command(command)
        self._command, self._typed, self._listeners = command, typed(command), listeners
        self._listen, self._transport, self._core = listen, transport, core
        compiles = command is None and deadlines.first_answer_s == DEFAULT_DEADLINES.first_answer_s
        self._deadlines = deadlines._replace(first_answer_s=COMPILING_S) if compiles else deadlines
        self._extra_environment = dict(environment or {})
        self._link: HarnessLink | None = None
        self._supervisor: Supervisor | None = None
        self._hello: Hello | None = None
        self._introduced: Hello | None = None
        self._flown, self._between = False, list[str]()
        self._readied: tuple[VehicleShape, FlightPlan, FrameLoopEnd | None] | None = None

    def start(self) -> None:
        """Listen and start the program; returns at once, so that the plant can be built meanwhile."""
        self._start_program()

    def _start_program(self) -> None:
        if self._link is not None:
            return
        clear_abandoned()
        transport = self._transport(self._listen, self._watch, self._listeners.refused)
        self._link = HarnessLink(transport)
        self._hello, self._introduced, self._flown = None, None, False
        environment = {**self._extra_environment, **transport.environment()}
        if self._command != WAIT:
            self._supervisor = self._supervised(environment, transport)
            self._supervisor.start()
        else:
            self._listeners.announce(environment)

    def environment(self) -> dict[str, str]:
        """The variables that a program started elsewhere needs to enter; for `wait`, after `start`."""
        assert self._link is not None
        return self._link.transport.environment()

    @property
    def link(self) -> HarnessLink:
        """The link as it now is: a restart may have made a new one. There is one after `start`."""
        assert self._link is not None
        return self._link

    @property
    def supervisor(self) -> Supervisor | None:
        """What watches the program; None for one that was started elsewhere, and after `close`."""
        return self._supervisor

    @property
    def introduced(self) -> Hello | None:
        """How the program introduced itself last; None before it did."""
        return self._introduced

    @property
    def typed(self) -> str | None:
        """The command as one would type it."""
        return self._typed

    @property
    def pid(self) -> int | None:
        """Process id of the program, once it has started."""
        return self._supervisor.await_pid(self._deadlines.exit_s) if self._supervisor is not None else None

    def get_ready(self, shape: VehicleShape, plan: FlightPlan) -> None:
        """Bring the program to the first frame of a flight whose plant is not built yet; `fly` then goes on from there.

        A program that is lost meanwhile is lost to that flight. Raises KeyboardInterrupt.
        """
        end = self._prepare(shape, plan)
        if end is not None and end.outcome == "interrupted":
            raise KeyboardInterrupt
        self._readied = (shape, plan, end)

    def fly(
        self,
        plant: PlantLike,
        plan: FlightPlan,
        progress: ProgressCallback | None = None,
        *,
        realtime: bool = False,
        last: bool = False,
        timing: Timing | None = None,
    ) -> FlightRecord:
        """Fly one flight, with `realtime` by the wall clock. Ctrl-C ends it with the outcome `interrupted`.

        `timing`: that of a flight in real time, to be flown again; then answers are waited for, and come as they came.

        A program that stays for further flights is reset once more at the end, and its `ready` awaited; with `last` it
        is asked to exit instead. Whatever it sends before that without being asked is held against this flight.
        """
        recorder = Recorder(plant.shape, plan.max_frames, lead_rows(plan))
        end, phase = self.at_first_frame(plant.shape, plan), "start"
        wall = RealTime(live(lambda: self.link, self._exchange), plan.frame_period_ns / 1e9) if realtime else None
        began_s = time.perf_counter()  # what a program needs until it is ready is no time of the flight
        if end is None:
            end = self._fly_frames(plant, plan, recorder, progress, wall, timing)
            seen = PhaseTracker(plant.shape, plan.throttle_range)
            phase = seen.update(recorder.commands, recorder.truth_rows[: recorder.frames])
        else:
            plant.truth(recorder.truth_rows[0])
        wall_s = time.perf_counter() - began_s
        end, gone = self.hear_out(end, plant.shape, plan, last=last)
        end = blamed(end, self._supervisor)
        record = flight_record(plant, plan, recorder, end, self._introduced)
        record.findings = self.take_findings(recorder) + gone
        record.wall_s, record.command = wall_s, self._typed
        if wall is not None and (told := wall.told()) is not None:
            record.pace = told | wall.clock_offset(recorder.telemetry)
        return self._conclude(record, end, phase)

    def _fly_frames(
        self, plant: PlantLike, plan: FlightPlan, recorder: Recorder, progress: ProgressCallback | None,
        wall: RealTime | None, timing: Timing | None,
    ) -> FrameLoopEnd:  # fmt: skip
        """By the wall clock or in lockstep."""
        restart = partial(self.restart, plant.shape, plan)
        if wall is not None:
            return fly_live(plant, plan, wall, recorder, self._deadlines, (progress, restart))
        with on_one_core(self.pinned_to(), self.pid):
            exchange = self._asking(plan, recorder)
            return fly_frames(plant, plan, exchange, recorder, self._deadlines, progress, restart, timing)

    def close(self) -> None:
        """Ask the program to exit, end it if it does not, and remove the socket. Safe to call twice."""
        self._end_program()

    def _end_program(self) -> None:
        link, supervisor = self._link, self._supervisor
        self._link = self._supervisor = None
        try:
            asked = link is not None and self._hello is not None and try_to_send(link, {"type": "shutdown"})
            if supervisor is not None:
                supervisor.stop(self._deadlines.exit_s if asked else 0.0)
        finally:
            if link is not None:
                link.transport.close()
            if supervisor is not None:
                supervisor.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pinned_to(self) -> int | None:
        """The core of a flight with the program here; None where nothing is to be pinned."""
        if self._supervisor is None:
            return None
        return default_core() if self._core is None else self._core

    def _watch(self) -> None:
        """Called during every wait for the program."""
        if self._supervisor is None or (status := self._supervisor.poll()) is None:
            return
        if self._supervisor.guardian_lost:
            raise GuardianLost
        raise ProgramExited(status)

    def at_first_frame(self, shape: VehicleShape, plan: FlightPlan) -> FrameLoopEnd | None:
        """Bring the program to the first frame of a flight: None when it is there, otherwise how that ended."""
        readied, self._readied = self._readied, None
        if readied is not None and readied[:2] == (shape, plan):
            return readied[2]
        return self._prepare(shape, plan)

    def _prepare(self, shape: VehicleShape, plan: FlightPlan) -> FrameLoopEnd | None:
        """Bring the program to the first frame; None when it is there, otherwise how that ended."""
        try:
            if self._flown and self._hello is not None and "reset" not in self._hello.capabilities:
                self._end_program()
            self._start_program()
            try:
                self._greet(shape, plan, warm=self._flown)
            except BetweenFlights as stray:
                self._between = [str(stray)]
                self._end_program()
                self._start_program()
                self._greet(shape, plan)
        except (WireError, ProgramExited) as error:
            return FrameLoopEnd("gnc_lost", lost=error)
        except GuardianLost as error:
            return FrameLoopEnd("harness_error", harness_error=str(error))
        except KeyboardInterrupt:
            return FrameLoopEnd("interrupted")
        return None

    def _greet(self, shape: VehicleShape, plan: FlightPlan, *, warm: bool = False) -> None:
        assert self._link is not None
        if self._hello is None:
            self._hello = self._introduced = meet(self._link, self._deadlines.hello_s)
        self._flown = True
        begin(self._link, shape, plan, self._deadlines.first_answer_s, warm=warm)

    def _supervised(self, environment: Mapping[str, str], transport: Transport) -> Supervisor:
        """The program, not started yet."""
        return Supervisor(self._command, environment, transport.place, self._listeners.printed)

    def _asking(self, plan: FlightPlan, _recorder: Recorder) -> Exchange:
        """What puts the messages of a flight to the program."""
        return self._exchange if plan.link_faults else self.link.exchange

    def _exchange(self, data: bytes, deadline_s: float) -> bytes:
        """One message and its answer."""
        return self.link.exchange(data, deadline_s)

    def restart(self, shape: VehicleShape, plan: FlightPlan) -> None:
        """The flight computer starts again: by end and reset where the program can, else as a new process."""
        assert self._link is not None
        assert self._hello is not None
        if "reset" in self._hello.capabilities:
            self._link.send({"type": "end", "why": "restart"})
        else:
            self._end_program()
            self._start_program()
        self._greet(shape, plan)

    def hear_out(
        self, end: FrameLoopEnd, shape: VehicleShape, plan: FlightPlan, *, last: bool
    ) -> tuple[FrameLoopEnd, list[str]]:
        """End a flight so that all that the program sent in it is here; what nothing had asked for loses the program.

        It answers messages in order: what it sent in the flight comes before the `ready` to another `reset`, or before
        its connection ends. One that is gone by then has flown to the end; the finding says so, the next flight has a
        new one.
        """
        link, hello = self._link, self._hello
        if end.outcome in {"gnc_lost", "interrupted", "harness_error"} or link is None or hello is None:
            return end, []
        link.settle()
        try:
            stays = not last and "reset" in hello.capabilities
            self._hello = hello if stays else None
            farewell(link, why_ended(end), (shape, plan) if stays else None, self._deadlines)
        except MessageRefused as refused:
            return FrameLoopEnd("gnc_lost", lost=refused), []
        except (WireError, ProgramExited, GuardianLost) as error:
            self._hello = None
            why = how_lost(error, self._supervisor)[1]
            return end, [] if last else [f"the flight program ended after this flight and was not reused: {why}"]
        except KeyboardInterrupt:
            return FrameLoopEnd("interrupted"), []
        return end, []

    def take_findings(self, recorder: Recorder | None) -> list[str]:
        """What is to be told of the conversation since the flight before."""
        between, self._between = self._between, []
        return between + findings_of(recorder, self._link, self._introduced)

    def leave(self, end: FrameLoopEnd) -> tuple[bytes, list[str]]:
        """After a flight that ended so: what the program printed, and what it left behind.

        It is ended where it is out of step; otherwise it stays for the next flight.
        """
        link, supervisor = self._link, self._supervisor
        if end.outcome in {"interrupted", "harness_error"} and link is not None and self._hello is not None:
            try_to_send(link, {"type": "end", "why": why_ended(end)})
        if isinstance(end.lost, ProgramExited | PeerGone):
            self._hello = None  # nobody is there to be told
        if end.outcome in {"gnc_lost", "interrupted", "harness_error"} or self._hello is None:
            self._end_program()
        return (b"", []) if supervisor is None else (supervisor.take_output(), supervisor.left_behind())

    def _conclude(self, record: FlightRecord, end: FrameLoopEnd, phase: str) -> FlightRecord:
        """The record with how the program was lost, which is ended where it is out of step, and what it printed."""
        failure = None if end.lost is None else failure_of(end.lost, record.frames, phase, self._supervisor)
        frames, answer = lost_messages(end.lost, self._link)
        output, left = self.leave(end)
        record.findings += left
        return replace(record, gnc_failure=failure, output=output, last_frames=frames, refused_answer=answer)
