"""The frame loop: sample, send, wait, check, record, advance. It owns the clock, which is a count of ticks.

The flight software answers every frame before the plant moves on, however long that takes the host: wall time only
ever decides that a flight program is lost, never what a flight is. A command sampled at frame k takes effect
`command_delay_ticks` after the sample. Flights over links that fail are flown in `harness.loop.disturbed`.
"""

import traceback

from hoverslam.harness.loop.plan import (
    DEFAULT_DEADLINES,
    Deadlines,
    Exchange,
    FlightPlan,
    Flown,
    FrameLoopEnd,
    Frames,
    PlantLike,
    ProgramExited,
    ProgressCallback,
    Restart,
    live_look,
)
from hoverslam.harness.loop.recorder import Recorder, frame_pieces
from hoverslam.harness.loop.timing import Timing
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.contract import ACTUATORS, SENSORS, row_of
from hoverslam.harness.wire.errors import Unasked, WireError
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout


def fly_frames(
    plant: PlantLike,
    plan: FlightPlan,
    exchange: Exchange,
    recorder: Recorder,
    deadlines: Deadlines = DEFAULT_DEADLINES,
    progress: ProgressCallback | None = None,
    restart: Restart = lambda: None,
    timing: Timing | None = None,
) -> FrameLoopEnd:
    """Fly until the plant ends the flight or `max_frames`; the recorder contains the flight, whatever its end.

    `restart` makes the flight program forget all but its flight load; only a fault of the scenario asks for it.
    `exchange` sends the bytes of a sensors message and returns those of the answer; a WireError or ProgramExited from
    it, or an answer that is refused, is the flight software's loss. Everything else that is raised is our own fault.
    `timing` says in which frame an answer comes; without it an answer is waited for.
    """
    return driven(flown(plant, plan, recorder, deadlines, progress, timing=timing), exchange, restart)


def driven(flight: Flown, exchange: Exchange, restart: Restart = lambda: None) -> FrameLoopEnd:
    """Answer what a flight asks for until it ends."""
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
    timing: Timing | None = None,
) -> Flown:
    """A flight that asks for one answer after the other, so that one loop may carry many. `flight` is its number."""
    _check_layouts(plant.shape)
    try:
        if plan.link_faults or timing is not None:
            from hoverslam.harness.loop.disturbed import disturbed_frames

            frames = disturbed_frames(plant, plan, recorder, deadlines, progress, flight, timing)
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
    look, look_every = live_look(plant.shape, plan, recorder, progress), plan.look_every_frames
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


def _check_layouts(shape: VehicleShape) -> None:
    """The plant's rows and the wire's are stated apart; a difference would land one field's numbers in another."""
    for ours, fields in ((sensor_layout(shape), SENSORS), (command_layout(shape), ACTUATORS)):
        assert [tuple(field) for field in ours.fields] == row_of(fields, shape)


def _described(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
