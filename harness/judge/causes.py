"""The sequence of events that led to the end of a flight, each with its time, the first cause first.

Times are those of events, of the truth and of violations; nothing is guessed. The oracle of R-09 gives the time after
which no throttle could stop the stage.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hoverslam.harness.judge.requirements import RequirementResult
from hoverslam.harness.trace.flight import Flight

SAMPLES = 40
"""Moments of the burn at which the oracle is asked before the change is narrowed down; each costs milliseconds."""
MOST_VIOLATIONS = 2


class Link(NamedTuple):
    """One event, in words without its time."""

    time_s: float
    text: str

    def __str__(self) -> str:
        """As in `engine 5 lost at 57.4 s`; a lasting state ends with "from" itself."""
        at = "" if self.text.endswith(" from") else " at"
        return f"{self.text}{at} {self.time_s:.1f} s"


def chain(flight: Flight, results: Sequence[RequirementResult]) -> list[Link]:
    """The events of a failed flight, in order of time; none if every requirement passed."""
    failed = [result for result in results if result.status == "fail"]
    if not flight.begun or not (failed or flight.record.outcome != "at_rest" or _fell(flight)):
        return []
    end = _end(flight)
    links = [*_losses(flight), *_hopeless(flight), *_violations(flight, failed, end.time_s)]
    return [*sorted((link for link in links if link.time_s <= end.time_s), key=lambda link: link.time_s), end]


def sentence(links: Sequence[Link]) -> str:
    """The events as one line that begins with a capital letter."""
    told = "; ".join(map(str, links))
    return told[:1].upper() + told[1:]


def _fell(flight: Flight) -> bool:
    return flight.standing is not None and flight.standing.tipped_over


def crashed(flight: Flight) -> bool:
    """Whether the stage did not stay upright: a requirement that passed until then is no success."""
    return flight.record.outcome in {"impact", "gnc_lost", "max_time"} or _fell(flight)


def _losses(flight: Flight) -> Iterator[Link]:
    for loss in flight.engine_losses:
        yield Link(loss.time_s, f"engine {loss.engine} lost")
    for start in flight.engine_starts:
        if start.ready_s is None and start.lost_frame is None and start.abandoned_s is None:
            yield Link(start.time_s, f"engine {start.engine} did not follow its start command")
    for tank, name in (("lox_kg", "oxygen"), ("lch4_kg", "methane")):
        dry = np.flatnonzero((flight.column(tank) <= 0.0) & flight.airborne)
        if len(dry):
            yield Link(flight.time_at(int(dry[0])), f"{name} ran out")


def _hopeless(flight: Flight) -> Iterator[Link]:
    """The time after which, by the oracle, no throttle would stop the stage at the pad."""
    start, stop = flight.ignition_frame, flight.contact_frame
    if start is None or stop is None or flight.record.outcome != "impact" or flight.context.required_throttle is None:
        return
    asked = np.unique(np.linspace(start, stop - 1, SAMPLES).round().astype(int)) if stop > start else np.zeros(0, int)
    hopeless = [_no_throttle(flight, int(row)) for row in asked]
    last = next((place for place in reversed(range(len(asked))) if not hopeless[place]), -1)
    if len(asked) == 0 or last == len(asked) - 1:
        return
    low, high = (start - 1 if last < 0 else int(asked[last])), int(asked[last + 1])
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _no_throttle(flight, middle) else (middle, high)
    yield Link(flight.time_at(high), "no throttle setting could stop the stage from")


def _no_throttle(flight: Flight, row: int) -> bool:
    needed = flight.required_throttle_at(row)
    return needed is not None and not (math.isfinite(needed) and needed <= flight.context.throttle_max)


def _violations(flight: Flight, failed: Sequence[RequirementResult], end_s: float) -> Iterator[Link]:
    """The first requirements violated before the end; those evaluated at the end are covered by the last event."""
    early = sorted(
        (result for result in failed if result.time_s is not None and result.time_s < end_s - 0.05),
        key=lambda result: result.time_s or 0.0,
    )
    for result in early[:MOST_VIOLATIONS]:
        value = "" if result.value is None else f" {result.value:.3g} {result.unit}".rstrip()
        what = result.clause if len(result.clauses) > 1 and result.clause else result.title
        yield Link(result.time_s or 0.0, f"{result.id} {what[:1].lower()}{what[1:]}{value}")


def _end(flight: Flight) -> Link:
    failure, outcome, down = flight.record.gnc_failure, flight.record.outcome, flight.touchdown
    end_s = flight.time_at(flight.rows - 1)
    if failure is not None or outcome == "gnc_lost":
        height_km = 1e-3 * float(flight.column("altitude_agl_m")[-1])
        kind = "lost" if failure is None else failure.event
        return Link(end_s, f"flight software {kind} at an altitude of {height_km:.2f} km")
    if down is None:
        words = {"max_time": "time limit of the scenario reached before landing", "interrupted": "interrupted"}
        return Link(end_s, words.get(outcome, outcome.replace("_", " ")))
    where = f"{down.miss_m:.1f} m from the pad centre"
    if _fell(flight):
        return Link(end_s, f"tipped over {where}, after touchdown at {down.vertical_mps:.1f} m/s,")
    if outcome == "impact":
        speed_mps = math.hypot(down.vertical_mps, down.horizontal_mps)
        return Link(down.time_s, f"hit the ground at {speed_mps:.0f} m/s, {where},")
    if outcome == "max_time":
        return Link(down.time_s, f"touched down at {down.vertical_mps:.1f} m/s, {where}, without coming to rest,")
    return Link(down.time_s, f"landed at {down.vertical_mps:.1f} m/s, {where},")
