"""Telemetry keys that the harness reads and the reference reports: docs/wire.md is written from this table.

A flight program may report nothing. Keys that are missing or have another shape are not evaluated.
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


WHOLE = "whole ns"
"""Kind of a report that is an integer."""
REPORTS = {
    "pos_enu_m": Report(
        "3",
        "estimated position of the centre of the foot plane on the axis, relative to the pad centre: east, north, "
        "up; the same reference point as in the truth, not that of `start` in the flight load",
        ("nav_position_error_m",),
        "findings `navigation_error` and, if it is missing, `no_estimate`; chart of navigation errors",
    ),
    "vel_enu_mps": Report(
        "3",
        "estimated velocity of that point relative to the rotating Earth: east, north, up",
        ("nav_velocity_error_mps",),
        "chart of navigation errors",
    ),
    "q_enu_b": Report("4, scalar first", "estimated attitude: takes body components to east-north-up"),
    "attitude_error_rad": Report(
        "1",
        "angle between commanded and estimated attitude; its magnitude counts",
        ("attitude_error_deg",),
        "chart of tilt",
    ),
    "k_req": Report(
        "1",
        "throttle that would stop the stage at the pad, predicted by the flight software; the signal `k_req` of "
        "the requirements is computed from the truth instead",
        (),
        "chart of the required throttle",
    ),
    "time_to_go_s": Report("1", "time to touchdown, predicted by the flight software"),
    "mode": Report("text", "free text; the reference reports `glide`, `burn`, `last_engine` and `safe`"),
    "miss_enu_m": Report("2", "only from the reference: predicted miss at the hand-over, east and north"),
    "clock_ns": Report(
        WHOLE,
        "the flight computer's clock, ns since 1970, as it answers; read in real time only",
        (),
        "offset of that clock from the harness's (`pace` of the summary)",
    ),
    "events": Report(
        "maps",
        "each needs `name` (text) and `time_ns` (whole nanoseconds since release), otherwise it is ignored; other "
        "keys are free",
        ("engine_loss_detection_s",),
        "channel `/events` of the log",
    ),
}
EVENTS = {
    "landing_ignition": ReportedEvent("with the first start command of the landing", "-1"),
    "engine_lost": ReportedEvent(
        "when it declares an engine lost",
        "number of the engine, from 0",
        "a report with that `engine`, at or after the true loss, counts as detection at its `time_ns`; so does a "
        "shutdown of that engine or a start of another one within 1 s",
    ),
    "spare_lit": ReportedEvent("when it starts another engine in place of a lost one", "number of the spare"),
    "last_engine": ReportedEvent("when a single engine continues alone", "number of that engine"),
    "legs_commanded": ReportedEvent("with the command to deploy the legs", "-1"),
    "cut_off": ReportedEvent("with the final cut-off command", "-1"),
}
