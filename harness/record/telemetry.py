"""What is read of the flight software's telemetry, and what the reference reports: docs/wire.md is written from it.

A flight program may report nothing. What it leaves out, or reports in another shape, is not judged.
"""

from typing import NamedTuple


class Report(NamedTuple):
    """A key of telemetry: how many numbers, what they are, signals that are made of it, and who else reads it."""

    kind: str
    meaning: str
    signals: tuple[str, ...] = ()
    read: str = ""


class ReportedEvent(NamedTuple):
    """An event in telemetry: when the reference reports it, what its `engine` is, and who reads it."""

    when: str
    engine: str
    read: str = ""


REPORTS = {
    "pos_enu_m": Report(
        "3",
        "estimate of the place of the centre of the foot plane on the axis, from the centre of the pad: east, north, "
        "up; the datum of the truth, not that of `start` in the load",
        ("nav_position_error_m",),
        "findings `navigation_error` and, where there is none, `no_estimate`; chart of navigation errors",
    ),
    "vel_enu_mps": Report(
        "3",
        "estimate of the velocity of that point over the turning Earth: east, north, up",
        ("nav_velocity_error_mps",),
        "chart of navigation errors",
    ),
    "q_enu_b": Report("4, scalar first", "estimate of the attitude: takes body components to east-north-up"),
    "attitude_error_rad": Report(
        "1",
        "angle between the attitude that it wants and its estimate; the size counts",
        ("attitude_error_deg",),
        "chart of tilt",
    ),
    "k_req": Report(
        "1",
        "throttle that would stop the stage at the pad, by its own prediction; the signal `k_req` of the requirements "
        "is computed from the truth and not from this",
        (),
        "chart of the throttle that would do",
    ),
    "time_to_go_s": Report("1", "until touchdown, by its own prediction"),
    "mode": Report("text", "free; the reference says `glide`, `burn`, `last_engine` and `safe`"),
    "miss_enu_m": Report("2", "of the reference only: miss that it predicts for the hand-over, east and north"),
    "events": Report(
        "maps",
        "each has `name` (text) and `time_ns` (whole nanoseconds since release), or is not read; other keys are free",
        ("engine_loss_detection_s",),
        "channel `/events` of the log",
    ),
}
EVENTS = {
    "landing_ignition": ReportedEvent("with the first start command of the landing", "-1"),
    "engine_lost": ReportedEvent(
        "when it takes an engine for lost",
        "the engine, from 0",
        "with that `engine`, at or after the true loss, it counts as knowing of the loss from its `time_ns` on; so "
        "does a shut-down of that engine or a start of another within a second",
    ),
    "spare_lit": ReportedEvent("when it lights another engine in place of a lost one", "the spare"),
    "last_engine": ReportedEvent("when one engine goes on alone", "that one"),
    "legs_commanded": ReportedEvent("with the command to the legs", "-1"),
    "cut_off": ReportedEvent("with the command that leaves all engines off", "-1"),
}
