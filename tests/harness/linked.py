"""Flights of the fake plant over a link that fails, flown by a program in a function."""

from typing import Any, NamedTuple

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.link_faults import LinkFault
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, encode, split_own
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.plant.layout import command_layout
from tests.harness.fake_plant import SHAPE, FakePlant, plan
from tests.harness.test_link_faults import link_fault

FRAMES = 60
THROTTLE = command_layout(SHAPE).slice("throttle").start


class Program:
    """A flight program in a function: its throttle tells the frame it answers, and how many it has answered since."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.times_ns: list[int] = []
        self.restarts: list[int] = []
        self._since = 0

    def exchange(self, data: bytes, _deadline_s: float) -> bytes:
        message = decode(data, FROM_HARNESS)
        self.asked.append(message["seq"])
        self.times_ns.append(message["time_ns"])
        self._since += 1
        angle = 1e-3 * self._since + 1e-6 * message["imu_dvel_b_mps"][0]
        return encode(
            {
                **harmless_command(SHAPE._asdict()),
                "seq": message["seq"],
                "throttle": [message["seq"] + 1.0] * SHAPE.engines,
                "gimbal_rad": [angle] * 2,
            }
        )

    def restart(self) -> None:
        self.restarts.append(len(self.asked))
        self._since = 0


class Flown(NamedTuple):
    plant: FakePlant
    recorder: Recorder
    program: Program

    @property
    def sent(self) -> list[list[int]]:
        """Frames put to the program in each frame."""
        return [[decode(m, FROM_HARNESS)["seq"] for m in split_own(data)] for data in self.recorder.sensors]

    @property
    def acted(self) -> list[float]:
        """The throttle at each tick."""
        return [row[THROTTLE] for row, ticks in self.plant.log for _ in range(ticks)]

    @property
    def told(self) -> dict[str, Any]:
        assert self.recorder.link is not None
        return self.recorder.link


def fly(*faults: LinkFault, frames: int = FRAMES, **changes: Any) -> Flown:
    given_plan = plan(link_faults=faults, **changes)
    plant, flown_by = FakePlant(frames), Program()
    recorder = Recorder(SHAPE, given_plan.max_frames, lead_rows(given_plan))
    end = fly_frames(plant, given_plan, flown_by.exchange, recorder, DEFAULT_DEADLINES, None, flown_by.restart)
    assert end.harness_error is None
    return Flown(plant, recorder, flown_by)


def between(first: int, last: int, kind: str, target: str = "sensors", **numbers: float) -> LinkFault:
    """A fault of the frames from first to last."""
    return link_fault(kind, target, at=f"{first / 100} s", for_s=(last - first + 1) / 100, **numbers)


ALL = [
    between(5, 30, "link_late", by_s=0.02),
    between(8, 40, "link_jitter", most_s=0.03),
    between(10, 50, "link_drop", share=0.2),
    between(0, 50, "link_duplicate", share=0.3),
    between(0, 50, "link_reorder", share=0.5),
    between(20, 50, "link_corrupt", share=0.1),
    between(0, 50, "link_corrupt", "sensors.imu_dvel_b_mps", bit=51, share=0.1),
    between(5, 50, "link_late", "commands", by_s=0.007),
    between(5, 50, "link_jitter", "commands", most_s=0.02),
    between(10, 50, "link_drop", "commands", share=0.3),
    between(10, 50, "link_reorder", "commands", share=0.5),
    between(0, 50, "link_corrupt", "commands.fin_rad[2]", bit=62, share=0.2),
    between(0, 50, "link_corrupt", "commands.engine_on", share=0.2),
    link_fault("deadline_missed", at="0.3 s", for_s=0.1, frames=3.0),
    link_fault("computer_restart", at="0.2 s", restart_s=0.07),
]
