"""The frames of a flight in real time, with the link and the display of a session."""

import gc
from collections.abc import Callable

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import Deadlines, Exchange, FlightPlan, FrameLoopEnd, PlantLike, ProgramExited
from hoverslam.harness.loop.plan import ProgressCallback as Shown
from hoverslam.harness.loop.real_time import Aside, Live, RealTime
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.wire.errors import WireError


def live(link: Callable[[], HarnessLink], exchange: Exchange) -> Live:
    """The link as it is at the time: a restart may make a new one."""
    return Live(exchange, lambda data: link().say(data), lambda wait_s: link().answer_within(wait_s))


def fly_live(
    plant: PlantLike, plan: FlightPlan, wall: RealTime, recorder: Recorder, deadlines: Deadlines,
    shown: tuple[Shown | None, Callable[[], None]],
) -> FrameLoopEnd:  # fmt: skip
    """Fly by the wall clock. Where no answer was late, the frames are those of lockstep, and told as such.

    `shown`: what shows progress, and what restarts the program. Processes keep to no core here: the program may still
    be at work when the next frame is due.
    """
    progress, restart = shown
    aside = None if progress is None else Aside(progress)
    gc.disable()
    try:
        end = fly_frames(plant, plan, wall.exchange, recorder, deadlines, aside, restart, wall)
        if end.lost is None:
            wall.stop()
    except (WireError, ProgramExited) as error:
        end = FrameLoopEnd("gnc_lost", lost=error)
    finally:
        gc.enable()
        if aside is not None:
            aside.close()
    if not wall.late and not plan.link_faults:
        recorder.answers, recorder.link = [], None
    return end
