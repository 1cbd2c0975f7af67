"""What a check needs of the world: a flight program as a process, and a beginning of a flight to put to it.

Both are protocols: processes and plants are not known to the wire.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from hoverslam.harness.wire.contract import ShapeLike
from hoverslam.harness.wire.errors import WireError
from hoverslam.harness.wire.transport import Transport


class ProgramEnded(WireError):  # noqa: N818  named for what happened
    """The program's process has ended, with this status (negative: the signal that ended it)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the program exited with status {status}")
        self.status = status


class Subject(Protocol):
    """A started flight program and the link to it. Waits of the link raise ProgramEnded once it has exited."""

    @property
    def transport(self) -> Transport:
        """The harness's end of the link."""

    @property
    def token(self) -> str:
        """What its `hello` has to repeat."""

    def greet(self, deadline_s: float) -> bytes:
        """Its first message, whether or not it was let in; raises PeerSilent, PeerGone and ProgramEnded."""

    def wait(self, timeout_s: float) -> int | None:
        """Its exit status; None where it still runs after so long."""

    def others(self) -> list[str]:
        """Living processes that came of it, without itself, as `PID NAME`."""

    def memory_bytes(self) -> int | None:
        """Resident memory of it and its children; None where the system does not tell."""

    def printed(self) -> bytes:
        """What it has printed since this was last asked."""

    def last_words(self) -> str:
        """The last lines on its standard error."""

    def close(self, grace_s: float | None) -> None:
        """End it and all that came of it: at once, or with so long to exit by itself. Safe to call twice."""


Start = Callable[[], Subject]
Ask = Callable[[bytes], bytes]
"""Puts the bytes of a sensors message to the program; the answer, or one in its place that the plant can fly."""


class Course(NamedTuple):
    """The beginning of a flight: what `reset` says of it, and the plant behind its frames.

    `limits`: range of each actuator that has one, by field. `fly` calls `Ask` for each frame in order, flies its answer
    and returns the distance to the ground along the nose axis at each frame, as a radar altimeter would measure it.
    """

    shape: ShapeLike
    frame_period_ns: int
    flight_load: Mapping[str, Any]
    limits: Mapping[str, tuple[float, float]]
    fly: Callable[[Ask], list[float]]


class Courses(NamedTuple):
    """Flights of a scenario: itself, with another seed, at another frame period, and one of another vehicle."""

    main: Callable[[], Course]
    other: Callable[[], Course]
    rate: Callable[[], Course]
    vehicle: Callable[[], Course]


class Waits(NamedTuple):
    """Wall time in seconds: deadlines, as those of a flight; then how long nothing may come unasked, a pause between
    frames, a long silence, and how long a program may take to notice that the harness is gone.
    """

    hello_s: float = 60.0
    first_answer_s: float = 60.0
    answer_s: float = 10.0
    exit_s: float = 2.0
    quiet_s: float = 0.25
    pause_s: float = 0.25
    silence_s: float = 3.0
    gone_s: float = 10.0


class Setting(NamedTuple):
    """What an examination is held with. `reports`: telemetry keys that the harness reads, with the count of numbers."""

    start: Start
    courses: Courses
    reports: Mapping[str, int]
    waits: Waits = Waits()
    soak_frames: int = 20_000
    tell: Callable[[str], object] = lambda _: None
