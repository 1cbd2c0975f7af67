"""The ignition window as signals of one instant, and as the `ignition` object of a summary."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hoverslam.harness.arrays import BoolArray, IntArray
from hoverslam.harness.trace.series import Compute, Missing, Series, one
from hoverslam.harness.window.window import window_of

if TYPE_CHECKING:
    from hoverslam.harness.trace.flight import Flight
    from hoverslam.harness.window.oracle import Bounds
    from hoverslam.harness.window.window import FlightWindow

NO_ORACLE = "the ignition window oracle is not available"
NO_DIVERT = "no constant throttle from the ignition command on ends at the pad"


def _at_ignition(value: Callable[["FlightWindow", float], "float | Missing"]) -> Compute:
    """One sample, at the time of the ignition command."""

    def signal(flight: "Flight", _rows: IntArray) -> Series | Missing:
        window = window_of(flight)
        if window is None:
            return Missing(NO_ORACLE)
        if window.ignition_s is None:
            return Missing("no engine was commanded to start")
        found = value(window, window.ignition_s)
        return found if isinstance(found, Missing) else one(window.ignition_s, found)

    return signal


def _margin_late(window: "FlightWindow", ignition_s: float) -> "float | Missing":
    latest_s = window.bounds.latest_s
    return Missing(window.bounds.reason) if latest_s is None else latest_s - ignition_s


def _margin_early(window: "FlightWindow", ignition_s: float) -> "float | Missing":
    earliest_s = window.bounds.earliest_s
    return Missing(window.bounds.reason) if earliest_s is None else ignition_s - earliest_s


def _divert(window: "FlightWindow", _ignition_s: float) -> "float | Missing":
    reach = window.divert_m
    return Missing(NO_DIVERT) if reach is None else min(reach.values())


margin_late_s = _at_ignition(_margin_late)
margin_early_s = _at_ignition(_margin_early)
divert_reachable_m = _at_ignition(_divert)
IMPACT_STEP_S = 0.1
"""Between two predictions of the impact point; it holds until the next."""


def impact_offset_m(flight: "Flight", rows: IntArray) -> Series | Missing:
    """Distance from the pad centre of the impact without engines, predicted from these frames while airborne."""
    window = window_of(flight)
    if window is None:
        return Missing(NO_ORACLE)
    step = max(round(IMPACT_STEP_S / (flight.record.dt_s * flight.record.frame_ticks)), 1)
    flown = rows[flight.airborne[rows]][::step]
    if not len(flown):
        return Missing("the stage is on the ground in all of these frames")
    return Series(flight.time_s[flown], np.array([window.impact_offset_m(int(row)) for row in flown]))


def infeasible(flight: "Flight") -> BoolArray | Missing:
    """The phase: airborne, and no landing possible any more."""
    window = window_of(flight)
    found = Missing(NO_ORACLE) if window is None else window.hopeless
    return found if isinstance(found, Missing) else flight.airborne & (flight.time_s >= found.since_s)


def divert_share(flight: "Flight", _rows: IntArray) -> Series | Missing:
    """Distance of the impact point from the pad, divided by the distance that could have been reached."""
    if (window := window_of(flight)) is None:
        return Missing(NO_ORACLE)
    if isinstance(found := window.hopeless, Missing):
        return found
    if flight.touchdown is None:
        return Missing("the stage did not reach the ground")
    if window.abort_reach_m <= 0.0:
        return Missing(f"{found.why}; no point on the ground could be selected any more")
    return one(flight.touchdown.time_s, flight.touchdown.miss_m / window.abort_reach_m)


def window_summary(flight: "Flight") -> dict[str, Any]:
    """The part of the `ignition` object that the oracle knows; every null is explained in `reason`."""
    window = window_of(flight)
    if window is None or window.ignition_s is None:
        return {"reason": NO_ORACLE}
    told: dict[str, Any] = {**_bounds("window", window.bounds), **_bounds("with_relight", window.with_relight)}
    why = [] if window.bounds.earliest_s is not None else [f"window: {window.bounds.reason}"]
    why += [] if window.with_relight.earliest_s is not None else [f"with_relight: {window.with_relight.reason}"]
    if window.bounds.earliest_s is not None and window.bounds.latest_s is not None:
        told["margin_early_s"] = window.ignition_s - window.bounds.earliest_s
        told["margin_late_s"] = window.bounds.latest_s - window.ignition_s
    reach = window.divert_m
    told["divert_reachable_m"] = None if reach is None else min(reach.values())
    why += [f"divert_reachable_m: {NO_DIVERT}"] if reach is None else []
    told["propellant_used_kg"] = used = window.propellant_used_kg
    why += ["propellant_used_kg: the flight never touched down"] if used is None else []
    best = window.propellant_optimum_kg
    told["propellant_optimum_kg"] = best if math.isfinite(best) else None
    why += (
        [] if math.isfinite(best) else ["propellant_optimum_kg: no descent exists within the thrust of the lit engines"]
    )
    return {**told, "reason": "; ".join(why)}


def _bounds(name: str, bounds: "Bounds") -> dict[str, float | None]:
    return {f"{name}_earliest_s": bounds.earliest_s, f"{name}_latest_s": bounds.latest_s}
