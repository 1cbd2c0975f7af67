"""Inputs and results of the frame loop: a plant, a plan, deadlines, and the end of the flight."""

import math
import signal
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.recorder import Recorder, frame_pieces
from hoverslam.harness.trace.phase import PhaseTracker
from hoverslam.plant.layout import VehicleShape

if TYPE_CHECKING:
    from hoverslam.harness.loop.link_faults import LinkFault
    from hoverslam.harness.loop.string_faults import StringsPlan


NANOSECONDS_PER_SECOND = 1_000_000_000


class PlantLike(Protocol):
    """What the loop asks of a plant. Any exception that it raises ends the flight as a harness error."""

    @property
    def shape(self) -> VehicleShape:
        """How many of each thing the vehicle has."""

    @property
    def outcome(self) -> str | None:
        """None while flying, then at_rest or impact."""

    def sense(self, out: FloatArray) -> None:
        """Write the sensor row of this instant; IMU increments start again from zero."""

    def truth(self, out: FloatArray) -> None:
        """Write the true state of this instant."""

    def advance(self, command: FloatArray, ticks: int) -> None:
        """Move on by so many ticks with the command held."""


@dataclass(frozen=True)
class FlightPlan:
    """What the loop has to know about a flight, besides its plant."""

    run_id: str
    scenario: str
    seed: int
    plant_hz: int
    frame_ticks: int
    command_delay_ticks: int
    max_frames: int
    flight_load: dict[str, Any] = field(default_factory=dict)
    progress_every_frames: int = 50
    progress_pause_s: float = field(default=math.inf, compare=False)
    """Wall time after which a look comes at the next frame, whatever its number; it moves no flight."""
    link_faults: tuple["LinkFault", ...] = ()
    strings: "StringsPlan | None" = None
    throttle_range: tuple[float, float] = field(default=(0.0, math.inf), compare=False)
    """What the engines clip a command to. It moves no flight, only the moment at which its burn is said to begin."""

    @property
    def look_every_frames(self) -> int:
        """How often `live_look` is asked: in every frame where the wall clock may call for a look."""
        return self.progress_every_frames if math.isinf(self.progress_pause_s) else 1

    def watched(self, pause_s: float) -> "FlightPlan":
        """The same flight, looked at whenever so much wall time has passed."""
        return replace(self, progress_pause_s=pause_s)

    @property
    def frame_period_ns(self) -> int:
        """Time from frame to frame; the plant rate divides a second into whole nanoseconds."""
        return self.frame_ticks * (NANOSECONDS_PER_SECOND // self.plant_hz)


class Deadlines(NamedTuple):
    """Longest silence of a flight program, in wall time, before it counts as lost. It has no other effect."""

    hello_s: float = 60.0
    first_answer_s: float = 60.0
    answer_s: float = 10.0
    exit_s: float = 2.0

    def lifted(self) -> "Deadlines":
        """None for any answer: somebody looks into the program. One that is asked to exit has as long as ever."""
        return Deadlines(math.inf, math.inf, math.inf, self.exit_s)


DEFAULT_DEADLINES = Deadlines()


COMPILING_S = 300.0
"""For the first answer of the reference flight software, which compiles its kernels once on each machine."""


class Progress(NamedTuple):
    """A look at a flight under way; the rows are views, to be read at once. `flown` has all up to this frame."""

    frame: int
    time_s: float
    phase: str
    truth: FloatArray
    command: FloatArray
    flown: Recorder


ProgressCallback = Callable[[Progress], None]


class FrameLoopEnd(NamedTuple):
    """Why the loop ended: an outcome, with the wire's error if the flight software was lost, or our own."""

    outcome: str
    lost: Exception | None = None
    harness_error: str | None = None


Exchange = Callable[[bytes, float], bytes]


Restart = Callable[[], None]


Frames = Generator[tuple[bytes | None, float], bytes, str]
"""A flight as it asks: it yields a sensors message and how long an answer may take, and is sent the answer's bytes, or
yields None where the flight program is to start again, and is sent nothing of meaning. Returns the outcome."""


Flown = Generator[tuple[bytes | None, float], bytes, FrameLoopEnd]
"""The same, from the first frame to the last, whatever ends it: what is raised while it waits is thrown into it."""


class GuardianLost(Exception):  # noqa: N818  named for what happened
    """The process that holds the flight program on its leash has ended, and so has the program: no fault of its own."""

    def __init__(self) -> None:
        super().__init__("the guardian process of the harness was killed from outside")


class ProgramExited(Exception):  # noqa: N818  named for what happened
    """The flight program's process has ended, with this status (negative: the signal that ended it)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the flight software {exit_text(status)}")
        self.status = status


def exit_text(status: int) -> str:
    """An exit status in words."""
    return f"exited with status {status}" if status >= 0 else f"was killed by {signal_text(-status)}"


def signal_text(number: int) -> str:
    """A signal by number and, where it has one, name."""
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def lead_rows(plan: FlightPlan) -> int:
    """How many safe rows come before the first command."""
    return max(piece.behind for piece in frame_pieces(plan.frame_ticks, plan.command_delay_ticks))


def live_look(
    shape: VehicleShape, plan: FlightPlan, recorder: Recorder, progress: ProgressCallback | None
) -> Callable[[int], None]:
    """What shows the flight to `progress`, given a frame."""
    if progress is None:
        return lambda _: None
    tracker, seen, due_s = PhaseTracker(shape, plan.throttle_range), 0, -math.inf
    period_s, every = plan.frame_ticks / plan.plant_hz, plan.progress_every_frames

    def look(frame: int) -> None:
        nonlocal seen, due_s
        if frame % every and time.monotonic() < due_s:
            return
        due_s = time.monotonic() + plan.progress_pause_s
        commands, truth = recorder.commands, recorder.truth_rows
        phase = tracker.update(commands[seen:], truth[seen : frame + 1])
        seen = frame + 1
        progress(Progress(frame, frame * period_s, phase, truth[frame], commands[frame], recorder))

    return look
