"""Messages between harness and flight program before and after the frames of a flight, and the kinds of loss."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hoverslam.harness.loop.plan import Deadlines, FlightPlan, FrameLoopEnd, GuardianLost, PlantLike, ProgramExited
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.codec import decode, described
from hoverslam.harness.wire.errors import MessageRefused, PeerGone, PeerSilent, Unasked
from hoverslam.harness.wire.messages import CAPABILITIES, Hello, Ready, validate
from hoverslam.plant.layout import VehicleShape

KINDS: dict[type[Exception], str] = {
    ProgramExited: "died",
    PeerSilent: "hung",
    PeerGone: "disconnected",
    MessageRefused: "protocol",
}


def reset_message(shape: VehicleShape, plan: FlightPlan) -> dict[str, Any]:
    """What begins a flight."""
    return {
        "type": "reset",
        "run_id": plan.run_id,
        "frame_period_ns": plan.frame_period_ns,
        "flight_load": plan.flight_load,
        "shape": shape._asdict(),
    }


def meet(link: HarnessLink, deadline_s: float) -> Hello:
    """Wait for the program's hello; of one that was refused and then ended, the refusal is the reason."""
    try:
        return link.transport.await_hello(deadline_s)
    except ProgramExited as ended:
        if not link.transport.refused:
            raise
        raise MessageRefused(f"hello refused: {link.transport.refused[0]}; then {ended}") from ended


def check_ready(data: bytes, plan: FlightPlan, flight: int = 0) -> None:
    """Raises MessageRefused for any other answer to the `reset` of this flight than the one due."""
    ready = validate(Ready, decode(data))
    if ready.flight != flight:
        raise MessageRefused(f"ready.flight = {ready.flight}; must be {flight}, as in `reset`")
    if ready.run_id != plan.run_id:
        raise MessageRefused(f"ready.run_id = {ready.run_id!r}; must be {plan.run_id!r}, as in `reset`")


class BetweenFlights(Exception):  # noqa: N818  named for what happened
    """A warm program sent this after its last flight, and before it was asked for another: no fault of either."""

    def __init__(self, stray: MessageRefused) -> None:
        super().__init__(f"after the previous flight: {stray}; the flight program was restarted")


def begin(link: HarnessLink, shape: VehicleShape, plan: FlightPlan, deadline_s: float, *, warm: bool) -> None:
    """Reset the program for a flight and await its `ready`. Raises MessageRefused, of a warm one BetweenFlights."""
    try:
        link.refuse_unasked()
        link.forget()
        link.send(reset_message(shape, plan))
        data = link.transport.receive(deadline_s)
        if warm and not _is_ready(data):
            raise Unasked(data, described(data))
    except MessageRefused as stray:
        if warm:
            raise BetweenFlights(stray) from stray
        raise
    check_ready(data, plan)


def _is_ready(data: bytes) -> bool:
    """Whether a message is meant as the answer to a `reset`."""
    try:
        return decode(data).get("type") == "ready"
    except MessageRefused:
        return False


def why_ended(end: FrameLoopEnd) -> str:
    """What the program is told."""
    return "aborted" if end.outcome in {"interrupted", "harness_error"} else end.outcome


def try_to_send(link: HarnessLink, message: dict[str, Any]) -> bool:
    """Send to a program that may be gone; false if it is."""
    try:
        link.send(message)
    except PeerGone:
        return False
    return True


def farewell(
    link: HarnessLink, why: str, stays: tuple[VehicleShape, FlightPlan] | None, deadlines: Deadlines
) -> None:  # fmt: skip
    """End a flight, with a program that stays for another one or is asked to exit; raises Unasked as below."""
    link.send({"type": "end", "why": why})
    if stays is not None:
        _reset_once_more(link, *stays, deadlines.first_answer_s)
        return
    link.send({"type": "shutdown"})
    link.hear_out(deadlines.exit_s)


def _reset_once_more(link: HarnessLink, shape: VehicleShape, plan: FlightPlan, deadline_s: float) -> None:
    """A `reset` whose `ready` marks the end of what the program sent in a flight; raises Unasked for the rest."""
    link.refuse_unasked()
    link.send(reset_message(shape, plan))
    data = link.transport.receive(deadline_s)
    try:
        check_ready(data, plan)
    except MessageRefused as other:
        raise Unasked(data, described(data)) from other
    link.send({"type": "end", "why": "aborted"})


def unknown_capabilities(hello: Hello | None) -> list[str]:
    """A finding for each capability that means nothing here: a slip of the pen would cost what it was to promise."""
    known = " and ".join(CAPABILITIES)
    unknown = [] if hello is None else [name for name in hello.capabilities if name not in CAPABILITIES]
    return [
        f"the flight program declares the capability {name!r}, which is unknown; known: {known}" for name in unknown
    ]


def findings_of(recorder: Recorder | None, link: HarnessLink | None, hello: Hello | None) -> list[str]:
    """What is to be told of the conversation, whatever became of the flight; with a recorder, of what it left out."""
    findings = unknown_capabilities(hello)
    if recorder is not None and recorder.telemetry_dropped:
        findings.append(
            f"telemetry of {counted(recorder.telemetry_dropped, 'frame')} exceeds the memory limit and is not stored"
        )
    if link is not None and (uninvited := link.transport.uninvited()) is not None:
        findings.append(uninvited)
    return findings


def flight_record(
    plant: PlantLike, plan: FlightPlan, recorder: Recorder, end: FrameLoopEnd, hello: Hello | None
) -> FlightRecord:
    """What was flown; the program's command, why it was lost, findings and times are still to come."""
    gnc = {"name": "", "version": ""} if hello is None else hello.model_dump(include={"name", "version"})
    return FlightRecord(
        run_id=plan.run_id, scenario=plan.scenario, seed=plan.seed, shape=plant.shape,
        dt_s=1.0 / plan.plant_hz, frame_ticks=plan.frame_ticks, frames=recorder.frames,
        truth=recorder.truth, commands=recorder.commands, sensors=recorder.sensors, telemetry=recorder.telemetry,
        outcome=end.outcome, gnc_failure=None, hash=recorder.hash(), wall_s=0.0, gnc=gnc,
        command_delay_ticks=plan.command_delay_ticks, harness_error=end.harness_error,
        answers=recorder.answers, link=recorder.link,
    )  # fmt: skip


def lost_messages(error: Exception | None, link: HarnessLink | None) -> tuple[bytes, bytes]:
    """The last frames with their answers, and the answer that was refused, as bytes on the wire."""
    if error is None or link is None:
        return b"", b""
    refused = error.data if isinstance(error, Unasked) else link.heard if isinstance(error, MessageRefused) else b""
    return link.last_frames(), refused


def how_lost(error: Exception, supervisor: Supervisor | None) -> tuple[str, str, int | None]:
    """Kind, reason, and exit status where the program has ended, which a closed connection may show first."""
    kind, reason = KINDS.get(type(error), "protocol"), str(error)
    if supervisor is None:
        return kind, reason, None
    status = supervisor.wait(0.5) if kind == "disconnected" else supervisor.poll()
    if kind == "disconnected" and status is not None:
        kind, reason = "died", str(ProgramExited(status))
    return kind, reason, status


def blamed(end: FrameLoopEnd, supervisor: Supervisor | None) -> FrameLoopEnd:
    """A program that went with its guardian is our loss, however it showed."""
    if end.lost is None or supervisor is None:
        return end
    if isinstance(end.lost, PeerGone):  # a connection closes a moment before its process is gone
        supervisor.wait(0.5)
    return FrameLoopEnd("harness_error", harness_error=str(GuardianLost())) if supervisor.guardian_lost else end


def failure_of(error: Exception, frame: int, phase: str, supervisor: Supervisor | None) -> GncFailure:
    """How the flight software was lost, for the record."""
    kind, reason, status = how_lost(error, supervisor)
    tail = "" if supervisor is None else supervisor.stderr_tail()
    return GncFailure(kind, reason, frame, phase, status, tail)


class Listeners(NamedTuple):
    """Who is given each line that the program prints, the variables of one that is waited for, and refusals.

    `refused` gets, once each, the reasons why somebody was not let in before the flight.
    """

    printed: Callable[[str], None] | None = None
    announce: Callable[[Mapping[str, str]], None] = lambda _: None
    refused: Callable[[str], None] = lambda _: None
