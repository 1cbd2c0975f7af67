"""What must hold in every flight of a hunt: the requirements of a set, or one property of a landing.

A property turns a judged flight into margins, each with an id under which its violations are grouped. One that says
nothing of a flight, because what it speaks of did not happen, gives none.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from harness.requirements import RequirementResult
from harness.signals import Flight
from plant.layout import truth_layout
from scenarios.schema import Scenario

IN_ALL_M, NOTHING_FAILED_M = 40.0, 10.0  # edge of the pad, and the goal, which counts where nothing failed
LEAST_K, MOST_K = 0.60, 0.95  # R-08, where there is no window oracle
RUNNING = 3.0  # code of `engine_state`
LANDS = ("R-18", "R-19", "R-20", "R-21")
NOTICED_S, LIT_S = 0.6, 1.0  # R-11, from the failure to a new plan; R-10 less that, from a command to thrust
MOST_THROTTLE = 1.0  # of the engines that should land it, without what they have above rated


class Margin(NamedTuple):
    """How far inside; `robustness` is over the limit, to rank different units, negative where broken."""

    id: str
    broken: bool
    robustness: float
    margin: float | None
    unit: str
    text: str


Property = Callable[[Flight, list[RequirementResult], Scenario], list[Margin]]
UNMEASURED = -1.0
"""Robustness of a violation without a number, as in harness.requirements."""


def requirements(_flight: Flight, results: list[RequirementResult], _scenario: Scenario) -> list[Margin]:
    """Each required requirement of the set that could be judged."""
    return [of_requirement(one) for one in results if one.severity == "required" and one.status != "not_evaluated"]


def of_requirement(one: RequirementResult) -> Margin:
    """As the set ranks it."""
    robustness = UNMEASURED if one.robustness is None else one.robustness
    broken = one.status == "fail"
    robustness = min(robustness, -1e-9) if broken else robustness
    return Margin(one.id, broken, robustness, one.margin, one.unit, one.reason or one.title)


def ignition_timing(flight: Flight, results: list[RequirementResult], _scenario: Scenario) -> list[Margin]:
    """Landing ignition inside its window."""
    if flight.ignition_frame is None:
        landed = flight.record.outcome in {"impact", "max_time"}
        return [Margin("ignition-timing", True, UNMEASURED, None, "", "no engine was started")] if landed else []
    return list(in_window(flight, results))


def in_window(flight: Flight, _results: list[RequirementResult]) -> Iterator[Margin]:
    """The one place that knows what the window is: the throttle that stops the stage when thrust comes (R-08)."""
    row = flight.thrust_on_frame
    if row is None:
        return  # whether engines light is another matter than when
    k = flight.required_throttle_at(row)
    if k is None or not math.isfinite(k):
        yield Margin("ignition-timing", True, UNMEASURED, None, "", "no throttle stops the stage when thrust comes")
        return
    margin = min(MOST_K - k, k - LEAST_K)
    text = f"throttle that stops the stage, when thrust comes: {k:.3f}, {LEAST_K} to {MOST_K}"
    yield Margin("ignition-timing", margin < 0.0, margin / MOST_K, margin, "", text)


def cross_range(flight: Flight, _results: list[RequirementResult], scenario: Scenario) -> list[Margin]:
    """At most 40 m to the side of the line of flight, and at most 10 m where nothing failed."""
    limit = IN_ALL_M if scenario.faults else NOTHING_FAILED_M
    if flight.touchdown is None:
        return []
    off = abs(flight.touchdown.crossrange_m)
    text = f"{off:.1f} m to the side, at most {limit:g} m"
    return [Margin("cross-range", off > limit, (limit - off) / limit, limit - off, "m", text)]


def relight(flight: Flight, results: list[RequirementResult], scenario: Scenario) -> list[Margin]:
    """A single engine that did not light, on a stage that could still be saved: it lands."""
    starts = [fault for fault in scenario.faults if fault.kind == "engine_no_light"]
    if len(scenario.faults) != 1 or not starts or not _asked(flight, int(starts[0].target)) or not can_be_saved(flight):
        return []
    lands = [of_requirement(one) for one in results if one.id in LANDS]
    if not lands or flight.record.outcome == "max_time":
        return [Margin("relight", True, UNMEASURED, None, "", "never came down")]
    worst = min(lands, key=lambda margin: margin.robustness)
    return [worst._replace(id="relight", text=f"one engine did not light: {worst.id} {worst.text}")]


def _asked(flight: Flight, engine: int) -> bool:
    """Whether this engine was to light at landing ignition; a dud spare alone is no failure."""
    return flight.ignition_frame is not None and bool(flight.engine_on[flight.ignition_frame, engine])


def can_be_saved(flight: Flight) -> bool:
    """Whether a spare lit within the time that R-11 allows would still stop the stage.

    Stands in for the window oracle: the throttle that stops the stage, from the truth at that time, on as many engines
    as were commanded at ignition.
    """
    begun, record = flight.ignition_frame, flight.record
    if begun is None or flight.context.required_throttle is None:
        return False
    row = begun + round((NOTICED_S + LIT_S) / (record.dt_s * record.frame_ticks))
    if row >= flight.rows or not flight.airborne[row]:
        return False
    as_if = flight.truth[row].copy()
    states = as_if[truth_layout(record.shape).slice("engine_state")]  # a view
    states[:] = 0.0
    states[: int(flight.engine_on[begun].sum())] = RUNNING
    return bool(flight.context.required_throttle(as_if) <= MOST_THROTTLE)  # not a number: no throttle would do


PROPERTIES: dict[str, Property] = {
    "requirements": requirements,
    "ignition-timing": ignition_timing,
    "cross-range": cross_range,
    "relight": relight,
}
