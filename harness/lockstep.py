"""The frame loop: sample, send, wait, check, record, advance. It owns the clock, which is a count of ticks.

The flight software answers every frame before the plant moves on, however long that takes the host: wall time only
ever decides that a flight program is lost, never what a flight is. A command sampled at frame k takes effect
`command_delay_ticks` after the sample. Flights whose scenario has faults of the link are flown in `link_loop`.
"""

import signal
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.phase import PhaseTracker
from harness.recorder import Recorder, frame_pieces
from harness.wire.actuator_reader import ActuatorReader
from harness.wire.errors import Unasked, WireError
from harness.wire.layout import command_fields, sensor_fields
from harness.wire.sensor_writer import SensorWriter
from plant.layout import VehicleShape, command_layout, sensor_layout

if TYPE_CHECKING:
    from harness.link_faults import LinkFault

FloatArray = NDArray[np.float64]
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
    link_faults: tuple["LinkFault", ...] = ()

    @property
    def frame_period_ns(self) -> int:
        """Time from frame to frame; the plant rate divides a second into whole nanoseconds."""
        return self.frame_ticks * (NANOSECONDS_PER_SECOND // self.plant_hz)


class Deadlines(NamedTuple):
    """How long a flight program may be silent, in wall time, before it counts as lost. Never decides anything else."""

    hello_s: float = 60.0
    first_answer_s: float = 60.0
    answer_s: float = 10.0
    exit_s: float = 2.0


DEFAULT_DEADLINES = Deadlines()
COMPILING_S = 300.0
"""For the first answer of the reference flight software, which compiles its kernels once on each machine."""


class Progress(NamedTuple):
    """A look at a flight under way; the rows are views, to be read at once."""

    frame: int
    time_s: float
    phase: str
    truth: FloatArray
    command: FloatArray


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


def fly_frames(
    plant: PlantLike,
    plan: FlightPlan,
    exchange: Exchange,
    recorder: Recorder,
    deadlines: Deadlines = DEFAULT_DEADLINES,
    progress: ProgressCallback | None = None,
    restart: Restart = lambda: None,
) -> FrameLoopEnd:
    """Fly until the plant's outcome or `max_frames`; what happened is in the recorder, whatever ends the flight.

    `restart` makes the flight program forget all but its flight load; only a fault of the scenario asks for it.
    `exchange` sends the bytes of a sensors message and returns those of the answer; a WireError or ProgramExited from
    it, or an answer that is refused, is the flight software's loss. Everything else that is raised is our own fault.
    """
    flight = flown(plant, plan, recorder, deadlines, progress)
    ask, answer = flight.send, b""
    try:
        message, deadline_s = next(flight)
        while True:
            try:
                if message is not None:
                    answer = exchange(message, deadline_s)
                else:
                    restart()
            except BaseException as error:  # noqa: BLE001  the flight knows what each means
                message, deadline_s = flight.throw(error)
            else:
                message, deadline_s = ask(answer)
    except StopIteration as ended:
        end: FrameLoopEnd = ended.value
        return end


def flown(
    plant: PlantLike,
    plan: FlightPlan,
    recorder: Recorder,
    deadlines: Deadlines = DEFAULT_DEADLINES,
    progress: ProgressCallback | None = None,
    flight: int = 0,
) -> Flown:
    """A flight that asks for one answer after the other, so that one loop may carry many. `flight` is its number."""
    _check_layouts(plant.shape)
    try:
        if plan.link_faults:
            from harness.link_loop import disturbed_frames

            frames = disturbed_frames(plant, plan, recorder, deadlines, progress, flight)
        else:
            frames = _frames(plant, plan, recorder, deadlines, progress, flight)
        end = FrameLoopEnd((yield from frames))
    except (WireError, ProgramExited) as error:
        end = FrameLoopEnd("gnc_lost", lost=error)
    except KeyboardInterrupt:
        end = FrameLoopEnd("interrupted")
    except Exception as error:  # noqa: BLE001  a plant that diverged, a fault of ours: the flight so far is kept
        end = FrameLoopEnd("harness_error", harness_error=_described(error))
    try:
        plant.truth(recorder.truth_rows[recorder.frames])
    except Exception as error:  # noqa: BLE001  the same: what there is, is kept
        end = end._replace(outcome="harness_error", harness_error=_described(error))
    return end


class GuardianLost(Exception):  # noqa: N818  named for what happened
    """The process that holds the flight program on its leash has ended, and so has the program: no fault of its own."""

    def __init__(self) -> None:
        super().__init__("the guardian of the flight software, a process of the harness, was ended from outside")


class ProgramExited(Exception):  # noqa: N818  named for what happened
    """The flight program's process has ended, with this status (negative: the signal that ended it)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the flight software {exit_text(status)}")
        self.status = status


def exit_text(status: int) -> str:
    """An exit status in words."""
    return f"exited with status {status}" if status >= 0 else f"was ended by {signal_text(-status)}"


def signal_text(number: int) -> str:
    """A signal by number and, where it has one, name."""
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _frames(
    plant: PlantLike, plan: FlightPlan, recorder: Recorder, deadlines: Deadlines, progress: ProgressCallback | None,
    flight: int,
) -> Frames:  # fmt: skip
    """The loop itself: every name in it is local, and nothing in it is slow."""
    encode = SensorWriter(plant.shape).encode
    reader = ActuatorReader(plant.shape, flight)
    read = reader.read
    sense, truth, advance = plant.sense, plant.truth, plant.advance
    keep_sensors = recorder.sensors.append
    sensor_row, sensor_bytes, truth_rows = recorder.sensor_row, recorder.sensor_bytes, list(recorder.truth_rows)
    command_rows, command_bytes, lead = list(recorder.command_rows), recorder.command_bytes, recorder.lead
    pieces = frame_pieces(plan.frame_ticks, plan.command_delay_ticks)
    period_ns, row_bytes = plan.frame_period_ns, recorder.command_rows.strides[0]
    look, look_every = live_look(plant.shape, plan, recorder, progress), plan.progress_every_frames
    deadline_s = deadlines.first_answer_s
    start = lead * row_bytes
    for frame in range(plan.max_frames):
        truth(truth_rows[frame])
        sense(sensor_row)
        sent = encode(frame, frame * period_ns, sensor_bytes)
        try:
            answer = yield sent, deadline_s
        except Unasked as early:
            reader.refuse_early(early.data, frame)
        telemetry = read(answer, frame, command_bytes, start)
        keep_sensors(sent)
        if telemetry is not None:
            recorder.report(frame, telemetry)
        start += row_bytes
        recorder.frames = frame + 1
        deadline_s = deadlines.answer_s
        for behind, ticks in pieces:
            advance(command_rows[lead + frame - behind], ticks)
        if (outcome := plant.outcome) is not None:
            return outcome
        if frame % look_every == 0:
            look(frame)
    return "max_time"


def lead_rows(plan: FlightPlan) -> int:
    """How many safe rows come before the first command."""
    return max(piece.behind for piece in frame_pieces(plan.frame_ticks, plan.command_delay_ticks))


def live_look(
    shape: VehicleShape, plan: FlightPlan, recorder: Recorder, progress: ProgressCallback | None
) -> Callable[[int], None]:
    """What shows the flight to `progress`, given a frame."""
    if progress is None:
        return lambda _: None
    tracker, seen = PhaseTracker(shape), 0
    period_s = plan.frame_ticks / plan.plant_hz

    def look(frame: int) -> None:
        nonlocal seen
        commands, truth = recorder.commands, recorder.truth_rows
        phase = tracker.update(commands[seen:], truth[seen : frame + 1])
        seen = frame + 1
        progress(Progress(frame, frame * period_s, phase, truth[frame], commands[frame]))

    return look


def _check_layouts(shape: VehicleShape) -> None:
    """The plant's rows and the wire's are stated apart; a difference would land one field's numbers in another."""
    for ours, wire in ((sensor_layout(shape), sensor_fields(shape)), (command_layout(shape), command_fields(shape))):
        assert [tuple(field) for field in ours.fields] == wire


def _described(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
