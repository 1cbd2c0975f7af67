"""What harness and flight program say to each other around the frames of a flight, and what a loss is called."""

from typing import Any

from harness.lockstep import FlightPlan, FrameLoopEnd, PlantLike, ProgramExited
from harness.wire.codec import decode
from harness.wire.errors import MessageRefused, PeerGone, PeerSilent, Unasked
from harness.wire.messages import Ready, validate
from harness.wire.router import HarnessLink, described

KINDS: dict[type[Exception], str] = {
    ProgramExited: "died",
    PeerSilent: "hung",
    PeerGone: "disconnected",
    MessageRefused: "protocol",
}


def reset_message(plant: PlantLike, plan: FlightPlan) -> dict[str, Any]:
    """What begins a flight."""
    return {
        "type": "reset",
        "run_id": plan.run_id,
        "frame_period_ns": plan.frame_period_ns,
        "flight_load": plan.flight_load,
        "shape": plant.shape._asdict(),
    }


def check_ready(data: bytes, plan: FlightPlan, flight: int = 0) -> None:
    """Raises MessageRefused for any other answer to the `reset` of this flight than the one due."""
    ready = validate(Ready, decode(data))
    if ready.flight != flight:
        raise MessageRefused(f"ready.flight = {ready.flight} where flight {flight} was reset")
    if ready.run_id != plan.run_id:
        raise MessageRefused(f"ready.run_id = {ready.run_id!r} where {plan.run_id!r} was reset")


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


def reset_once_more(link: HarnessLink, plant: PlantLike, plan: FlightPlan, deadline_s: float) -> None:
    """A `reset` whose `ready` marks the end of what the program sent in a flight; raises Unasked for the rest."""
    link.refuse_unasked()
    link.send(reset_message(plant, plan))
    data = link.receive(deadline_s)
    try:
        check_ready(data, plan)
    except MessageRefused as other:
        raise Unasked(data, described(data)) from other
    link.send({"type": "end", "why": "aborted"})
