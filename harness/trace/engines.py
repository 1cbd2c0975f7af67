"""History of each engine: start commands and their results, losses and their detection by the flight software."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.trace.masks import first, rising_edges
from hoverslam.harness.trace.phase import ENGINE_FAILED, READY_FRACTION
from hoverslam.harness.trace.rows import Rows

THRUST_ON_LEVEL = 0.05
"""Chamber pressure, as a fraction of rated, above which an engine counts as burning."""


class EngineStart(NamedTuple):
    """One start command of one engine, and its result: followed, cancelled before that, or engine lost."""

    engine: int
    frame: int
    time_s: float
    ready_s: float | None
    abandoned_s: float | None
    lost_frame: int | None


class EngineLoss(NamedTuple):
    """An engine that failed while commanded on, and the time of its detection by the flight software."""

    engine: int
    frame: int
    time_s: float
    detected_s: float | None
    detected_by: str


def engine_starts(flight: Rows, throttle_cmd: FloatArray) -> Iterator[EngineStart]:
    """Every start command of every engine, engine by engine; throttle as the engines will take it."""
    level = flight.columns("engine_level")[: flight.frames]
    failed = flight.columns("engine_state")[: flight.frames] == ENGINE_FAILED
    for engine in range(flight.record.shape.engines):
        on = flight.engine_on[:, engine]
        for start in rising_edges(on):
            off = first(~on[start:])
            span = slice(int(start), None if off is None else int(start) + off)
            followed = level[span, engine] >= READY_FRACTION * throttle_cmd[span, engine]
            ready = np.logical_or.accumulate(followed)
            # A state is sampled before its frame's command: a loss answered at once shows in the span's last frame.
            felt = slice(int(start), None if off is None else int(start) + off + 1)
            ready_felt = ready if off is None else np.append(ready, ready[-1])
            lost = first(failed[felt, engine] | (ready_felt & (level[felt, engine] < THRUST_ON_LEVEL)))
            yield EngineStart(
                engine=engine,
                frame=int(start),
                time_s=flight.time_at(int(start)),
                ready_s=_time_after(flight, start, first(ready)),
                abandoned_s=None if ready.any() else _time_after(flight, start, off),
                lost_frame=None if lost is None else int(start) + lost,
            )


def _time_after(flight: Rows, start: int, frames: int | None) -> float | None:
    return None if frames is None else flight.time_at(int(start) + frames)


def engine_losses(flight: Rows, starts: Sequence[EngineStart]) -> Iterator[EngineLoss]:
    """Every engine that failed, or went out, while it was commanded on."""
    for start in starts:
        if start.lost_frame is not None:
            detected_s, by = _detection(flight, start.engine, start.lost_frame)
            yield EngineLoss(start.engine, start.lost_frame, flight.time_at(start.lost_frame), detected_s, by)


REACTION_S = 1.0
"""A change of engine commands later than this after a loss is not taken as an answer to it (R-11 fails at 0.6 s)."""


def _detection(flight: Rows, engine: int, frame: int) -> tuple[float | None, str]:
    """Time of detection by the flight software: from its telemetry, or from its commands."""
    lost_s = flight.time_at(frame)
    signs = [(time_s, "telemetry") for time_s in _reported_loss_s(flight, engine) if time_s >= lost_s]
    answer = flight.engine_on[frame:]
    for mask, what in ((~answer[:, engine], "shut-down command"), (_new_starts(answer), "start of another engine")):
        after = first(mask)
        if after is not None and flight.time_at(frame + after) - lost_s <= REACTION_S:
            signs.append((flight.time_at(frame + after), what))
    return min(signs, default=(None, ""))


def _new_starts(on: BoolArray) -> BoolArray:
    return np.concatenate(([False], (on[1:] & ~on[:-1]).any(axis=1))) if len(on) else np.zeros(0, dtype=np.bool_)


def _reported_loss_s(flight: Rows, engine: int) -> Iterator[float]:
    """Times at which telemetry named the engine in an event `engine_lost`."""
    for event in reported_events(flight):
        if event.get("name") == "engine_lost" and event.get("engine") == engine:
            yield float(event["time_ns"]) * 1e-9


def reported_events(flight: Rows) -> Iterator[dict[str, Any]]:
    """Well-formed events of the flight software's telemetry: a map with a name and a whole number of nanoseconds."""
    for _, report in flight.record.telemetry:
        events = report.get("events")
        for event in events if isinstance(events, list | tuple) else ():
            if isinstance(event, dict) and isinstance(event.get("name"), str) and isinstance(event.get("time_ns"), int):
                yield event
