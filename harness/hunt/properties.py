"""Properties that every flight of a hunt must satisfy: the requirements of a set, or one property of a landing.

A property turns a judged flight into margins, each with an id under which its violations are grouped. One that says
nothing of a flight, because what it speaks of did not happen, gives none.
"""

from collections.abc import Callable
from typing import NamedTuple

from hoverslam.harness.judge.requirements import RequirementResult
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.window.landing_engines import RELIGHT_AFTER_S
from hoverslam.harness.window.window import window_of
from hoverslam.scenarios.schema import Scenario

IN_ALL_M, NOTHING_FAILED_M = 40.0, 10.0  # edge of the pad, and the goal, which counts where nothing failed
LEAST_WINDOW_S = 1.0  # chosen: a margin in a shorter window counts as in one so long
LANDS = ("R-18", "R-19", "R-20", "R-21")


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
"""Robustness of a violation without a number, as in harness.judge.requirements."""


def requirements(_flight: Flight, results: list[RequirementResult], _scenario: Scenario) -> list[Margin]:
    """Each required requirement of the set that could be judged."""
    return [of_requirement(one) for one in results if one.severity == "required" and one.status != "not_evaluated"]


def of_requirement(one: RequirementResult) -> Margin:
    """As the set ranks it."""
    robustness = UNMEASURED if one.robustness is None else one.robustness
    broken = one.status == "fail"
    robustness = min(robustness, -1e-9) if broken else robustness
    return Margin(one.id, broken, robustness, one.margin, one.unit, one.reason or one.title)


def ignition_timing(flight: Flight, _results: list[RequirementResult], _scenario: Scenario) -> list[Margin]:
    """Landing ignition commanded inside its window, wherever there is one (docs/window.md)."""
    window = window_of(flight)
    if window is None or window.bounds.earliest_s is None or window.bounds.latest_s is None:
        return []
    earliest_s, latest_s = window.bounds.earliest_s, window.bounds.latest_s
    span = f"window {earliest_s:.2f} to {latest_s:.2f} s"
    if window.ignition_s is None:
        landed = flight.record.outcome in {"impact", "max_time"}
        return [Margin("ignition-timing", True, UNMEASURED, None, "", f"no engine was started; {span}")] * landed
    margin_s = min(window.ignition_s - earliest_s, latest_s - window.ignition_s)
    half_s = 0.5 * max(latest_s - earliest_s, LEAST_WINDOW_S)
    text = f"commanded at {window.ignition_s:.2f} s; {span}"
    return [Margin("ignition-timing", margin_s < 0.0, margin_s / half_s, margin_s, "s", text)]


def cross_range(flight: Flight, _results: list[RequirementResult], scenario: Scenario) -> list[Margin]:
    """Crossrange miss at most 40 m, without faults at most 10 m."""
    limit = IN_ALL_M if scenario.faults else NOTHING_FAILED_M
    if flight.touchdown is None:
        return []
    off = abs(flight.touchdown.crossrange_m)
    text = f"crossrange {off:.1f} m, limit {limit:g} m"
    return [Margin("cross-range", off > limit, (limit - off) / limit, limit - off, "m", text)]


def relight(flight: Flight, results: list[RequirementResult], scenario: Scenario) -> list[Margin]:
    """After a single engine failed to light on a stage that could still be saved: it must land."""
    starts = [fault for fault in scenario.faults if fault.kind == "engine_no_light"]
    if len(scenario.faults) != 1 or not starts or not _asked(flight, int(starts[0].target)) or not can_be_saved(flight):
        return []
    lands = [of_requirement(one) for one in results if one.id in LANDS]
    if not lands or flight.record.outcome == "max_time":
        return [Margin("relight", True, UNMEASURED, None, "", "no touchdown")]
    worst = min(lands, key=lambda margin: margin.robustness)
    return [worst._replace(id="relight", text=f"one engine did not light: {worst.id} {worst.text}")]


def _asked(flight: Flight, engine: int) -> bool:
    """Whether this engine was to light at landing ignition; a dud spare alone is no failure."""
    return flight.ignition_frame is not None and bool(flight.engine_on[flight.ignition_frame, engine])


def can_be_saved(flight: Flight) -> bool:
    """Whether those that lit, with a spare commanded as late as R-12 lets it, could still land (docs/window.md)."""
    window = window_of(flight)
    return window is not None and not window.rescued(RELIGHT_AFTER_S)


PROPERTIES: dict[str, Property] = {
    "requirements": requirements,
    "ignition-timing": ignition_timing,
    "cross-range": cross_range,
    "relight": relight,
}
