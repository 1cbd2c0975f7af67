"""Signals with a value an event: engines that were started, lost and relit, and what followed first contact."""

import math
from typing import Any

import numpy as np

from hoverslam.harness.arrays import IntArray
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing, Series, not_landed, one

RESTART_S = 0.25
"""A computer that is away for longer when the flight ends was away for too long, whatever came after (R-29)."""
DECAYED_LEVEL = 0.1
"""Chamber pressure, as a fraction of rated, below which an engine has stopped (R-22)."""


def start_response_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From a start command to the engine following it, or being given up."""
    if not flight.engine_starts:
        return Missing("no engine was commanded to start")
    times, values = [], []
    for start in flight.engine_starts:
        answers = [t for t in (start.ready_s, start.abandoned_s) if t is not None]
        if not answers and _cut_short(flight, start.time_s):
            continue
        if not answers:
            return Missing(
                f"engine {start.engine}, commanded on at {start.time_s:.2f} s, never reached its commanded pressure",
                violated=True,
            )
        times.append(start.time_s)
        values.append(min(answers) - start.time_s)
    return Series(np.array(times), np.array(values)) if times else Missing("the flight ended during the start")


def _cut_short(flight: Flight, start_s: float) -> bool:
    return flight.record.outcome in {"gnc_lost", "harness_error", "interrupted"} and flight.time_s[-1] - start_s < 2.4


def loss_detection_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From the loss of an engine to the first sign that the flight software knows."""
    if not flight.engine_losses:
        return Missing("no engine failed")
    seen = [
        (loss.time_s, loss.detected_s - loss.time_s) for loss in flight.engine_losses if loss.detected_s is not None
    ]
    if len(seen) < len(flight.engine_losses):
        lost = next(loss for loss in flight.engine_losses if loss.detected_s is None)
        return Missing(f"the flight software did not report the loss of engine {lost.engine} at {lost.time_s:.2f} s")
    return Series(*(np.array(part) for part in zip(*seen, strict=True)))


def _second_attempts(flight: Flight) -> dict[int, list[float]]:
    attempts: dict[int, list[float]] = {}
    for start in flight.engine_starts:
        attempts.setdefault(start.engine, []).append(start.time_s)
    return {engine: times[1:] for engine, times in attempts.items()}


def relight_attempts(flight: Flight, _rows: IntArray) -> Series | Missing:
    """Start commands of an engine after its first."""
    attempts = _second_attempts(flight)
    if not attempts:
        return Missing("no engine was commanded to start")
    return Series(
        np.array([times[-1] if times else flight.engine_starts[0].time_s for times in attempts.values()]),
        np.array([float(len(times)) for times in attempts.values()]),
    )


def second_attempt_after_ignition_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From the first start command of the flight to the second of an engine."""
    times = np.array([times[0] for times in _second_attempts(flight).values() if times])
    return Series(times, times - flight.engine_starts[0].time_s) if len(times) else Missing("no second attempt")


def held_cycles(flight: Flight, _rows: IntArray) -> Series | Missing:
    """Frames in which a new command was due and the last one was held, at most."""
    if (told := flight.record.link) is None:
        return Missing("the link was not disturbed")
    return _of_link(flight, told, "commands_longest_gap_first_tick", float(told.get("commands_held_cycles", math.nan)))


def restart_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From the restart of the flight computer to its next command; the longest."""
    told = flight.record.link
    if told is None or not told["restarts"]:
        return Missing("the flight computer did not restart")
    longest_s = flight.record.dt_s * told.get("restart_longest_ticks", math.nan)
    if away_s := flight.record.dt_s * told.get("restart_away_at_end_ticks", 0):
        long = flight.record.outcome == "gnc_lost" or max(away_s, longest_s) > RESTART_S
        return Missing(f"the flight ended {away_s:.2f} s after a restart, before the next command", violated=long)
    return _of_link(flight, told, "restart_longest_first_tick", longest_s)


def deadline_miss_share(flight: Flight, _rows: IntArray) -> Series | Missing:
    """Frames whose answer was not there when the next was due by the wall clock, over all that were held to it."""
    if (told := flight.record.pace) is None:
        return Missing("not flown in real time; add --realtime")
    return one(flight.time_at(told["behind_most_frame"]), told["missed"] / told["frames"])


def _of_link(flight: Flight, told: dict[str, Any], first_tick: str, value: float) -> Series | Missing:
    if first_tick not in told:
        return Missing("the record comes from a version that did not store this value")
    return one(flight.record.dt_s * told[first_tick], value)


def cutoff_after_contact_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From first contact to the command that leaves all engines off."""
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if flight.ignition_frame is None:
        return Missing("no engine was lit")
    if flight.cutoff_frame is None:
        return Missing("cut-off was never commanded", violated=True)
    cutoff_s = flight.time_at(flight.cutoff_frame)
    return one(cutoff_s, cutoff_s - touchdown.time_s)


def thrust_decay_after_contact_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From first contact to the last engine under 10 % of its chamber pressure."""
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    burning = (flight.columns("engine_level")[touchdown.frame :] >= DECAYED_LEVEL).any(axis=1)
    last = np.flatnonzero(burning)
    decayed = touchdown.frame + (int(last[-1]) + 1 if len(last) else 0)
    if decayed >= flight.rows:
        return Missing("the engines were still burning when the flight ended", violated=True)
    return one(flight.time_at(decayed), max(flight.time_at(decayed) - touchdown.time_s, 0.0))


def foot_clearance_m(flight: Flight, rows: IntArray) -> Series | Missing:
    """Height of the highest foot."""
    feet = flight.columns("foot_height_m")[rows]
    return Series(flight.time_s[rows], feet.max(axis=1)) if feet.shape[1] else Missing("the vehicle has no legs")


def legs_locked_before_touchdown_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    """From all legs locked to first contact."""
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if not flight.record.shape.legs:
        return Missing("the vehicle has no legs")
    if flight.legs_locked_frame is None:
        return Missing("the legs never locked", violated=True)
    locked_s = flight.time_at(flight.legs_locked_frame)
    return one(locked_s, touchdown.time_s - locked_s)
