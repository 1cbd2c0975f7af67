"""Findings: facts about a flight that a guidance engineer needs and that no requirement covers.

They do not affect the verdict. Each is one kind of event, with its count, its first time and its worst value.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.signals.trace_signals import SATURATED_FRACTION, gimbal_saturated, navigation_error
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.masks import any_of, first
from hoverslam.harness.trace.phase import BURN, GLIDE, IGNITION

ROUNDING = 1e-6
"""Commands beyond a limit by less than this share of it are rounding, not intent."""


@dataclass(frozen=True)
class Finding:
    """One fact about the flight. `kind` is for programs, `text` for people; value and limit share the unit."""

    kind: str
    text: str
    time_s: float | None = None
    count: int | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        """The entry of a summary."""
        return asdict(self)


def findings(flight: Flight) -> list[Finding]:
    """Everything found, in order of time; what has no time comes last."""
    searches = _SEARCHES if flight.begun else (_gnc_failure,)
    found = [finding for search in searches for finding in search(flight)]
    return sorted(found, key=lambda finding: np.inf if finding.time_s is None else finding.time_s)


def _gnc_failure(flight: Flight) -> Iterator[Finding]:
    if (failure := flight.record.gnc_failure) is not None:
        time_s = flight.time_at(min(failure.frame, flight.rows - 1))
        yield Finding("gnc_lost", f"flight software {failure.event} in frame {failure.frame}: {failure.reason}", time_s)


def _pace(flight: Flight) -> Iterator[Finding]:
    """A real-time flight that missed its schedule, in the end or in some frames."""
    told = flight.record.pace
    if told is None:
        return
    if late := told.get("late_answers", 0):
        text = (
            f"{counted(late, 'answer')} came late in real time, the last command was held meanwhile: scenario and seed "
            "alone do not repeat this flight; hoverslam replay repeats it, with the frames in which answers came"
        )
        yield Finding("not_repeatable", text, None, late)
    if not told["missed"]:
        return
    period_ms, at_s = 1e-6 * flight.record.frame_period_ns, flight.time_at(told["behind_most_frame"])
    kept = "kept at the end" if told["kept"] else f"not kept: the flight ended {told['behind_at_end_s']:.2f} s late"
    text = (
        f"real time {kept}; {told['missed']} of {counted(told['frames'], 'frame')} had no answer when the next frame "
        f"was due, worst delay {told['behind_most_s']:.3f} s at {at_s:.2f} s; the flight program alone took longer "
        f"than the frame period of {period_ms:g} ms in {counted(told['slow_answers'], 'frame')}"
    )
    yield Finding("realtime_missed", text, at_s, told["missed"], told["behind_most_s"], 0.0, "s")


def _clipped(flight: Flight) -> Iterator[Finding]:
    limits = flight.context
    burning = flight.engine_on
    throttle = flight.commands("throttle")
    gimbal, fin = flight.commands("gimbal_rad"), flight.commands("fin_rad")
    yield from _beyond(
        flight, "throttle", throttle, burning & _above(throttle, limits.throttle_max), limits.throttle_max
    )
    low = burning & (throttle < limits.throttle_min * (1.0 - ROUNDING))
    yield from _beyond(flight, "throttle", throttle, low, limits.throttle_min)
    deg = np.rad2deg(1.0)
    for name, angle, limit in (("gimbal", gimbal, limits.gimbal_max_rad), ("fin", fin, limits.fin_max_rad)):
        yield from _beyond(flight, name, angle * deg, _above(np.abs(angle), limit), limit * deg, " deg")


def _above(values: FloatArray, limit: float) -> BoolArray:
    return values > limit * (1.0 + ROUNDING)


def _beyond(
    flight: Flight, name: str, values: FloatArray, outside: BoolArray, limit: float, unit: str = ""
) -> Iterator[Finding]:
    """Commands that the actuator clipped: where first, in how many frames, and the worst of them."""
    frames = np.flatnonzero(outside.any(axis=1))
    if not len(frames):
        return
    over = np.where(outside, np.abs(np.abs(values) - limit), -1.0)
    row, channel = np.unravel_index(int(over.argmax()), over.shape)
    worst = float(values[row, channel])
    text = (
        f"{name} command beyond its limit of {limit:.4g}{unit} in {counted(len(frames), 'frame')}, limited by the "
        f"actuator: worst {worst:.4g}{unit} on {name} channel {channel} at {flight.time_at(int(row)):.2f} s"
    )
    yield Finding(
        "command_clipped", text, flight.time_at(int(frames[0])), len(frames), worst, float(limit), unit.strip()
    )


def _engine_losses(flight: Flight) -> Iterator[Finding]:
    for loss in flight.engine_losses:
        if loss.detected_s is None:
            answer = "no response of the flight software found"
        else:
            answer = f"response after {loss.detected_s - loss.time_s:.2f} s ({loss.detected_by})"
        text = f"engine {loss.engine} failed at {loss.time_s:.2f} s in phase {flight.phase_at(loss.frame)}; {answer}"
        yield Finding("engine_lost", text, loss.time_s, 1)


def _engines_not_started(flight: Flight) -> Iterator[Finding]:
    for start in flight.engine_starts:
        if start.ready_s is None and start.lost_frame is None:
            when = "was cancelled before" if start.abandoned_s is not None else "ended without"
            what = f"start command of engine {start.engine} {when} reaching the commanded pressure"
            yield Finding("engine_not_started", what, start.time_s, 1)


SPARE_AFTER_S = 0.5
"""Engines commanded on later than this after ignition count as spares."""


def _spares(flight: Flight) -> Iterator[Finding]:
    for start in flight.engine_starts:
        after_s = start.time_s - flight.engine_starts[0].time_s
        if after_s > SPARE_AFTER_S:
            text = f"engine {start.engine} was lit {after_s:.2f} s after ignition"
            yield Finding("late_start", text, start.time_s, 1, after_s, None, "s")


def _dry_tank(flight: Flight) -> Iterator[Finding]:
    for tank, name in (("lox_kg", "oxygen"), ("lch4_kg", "methane")):
        frame = first((flight.column(tank) <= 0.0) & flight.airborne)
        if frame is not None:
            yield Finding("tank_dry", f"the {name} ran out before landing", flight.time_at(frame), 1)


def _rcs_empty(flight: Flight) -> Iterator[Finding]:
    frame = first(flight.column("rcs_kg") <= 0.0)
    if frame is not None and flight.context.rcs_load_kg > 0.0:
        yield Finding("rcs_empty", "the RCS propellant ran out", flight.time_at(frame), 1)


def _no_reserve(flight: Flight) -> Iterator[Finding]:
    """Share of the burn with every burning engine at a throttle stop."""
    burn = (flight.phase_codes[: flight.frames] == BURN) & any_of(flight.engine_on)
    for name, limit in (("ceiling", flight.context.throttle_max), ("floor", flight.context.throttle_min)):
        at_stop = burn & (np.isclose(flight.throttle_cmd, limit, atol=1e-3) | ~flight.engine_on).all(axis=1)
        share = at_stop.sum() / max(burn.sum(), 1)
        if share > 0.2:
            text = f"throttle at its {name} for {share:.0%} of the burn: no control reserve in that direction"
            yield Finding("throttle_saturated", text, flight.time_at(first(at_stop) or 0), int(at_stop.sum()), share)


def _saturation(flight: Flight) -> Iterator[Finding]:
    glide = np.asarray(flight.phase_codes == GLIDE)
    powered = np.asarray(np.isin(flight.phase_codes, (IGNITION, BURN)))
    yield from _share(flight, "gimbal_saturated", "a gimbal at its stop", gimbal_saturated(flight), powered)
    fins = flight.columns("fin_rad")
    stopped = any_of(np.abs(fins) > SATURATED_FRACTION * flight.context.fin_max_rad)
    yield from _share(flight, "fin_saturated", "a grid fin at its stop", stopped, glide)


def _share(flight: Flight, kind: str, what: str, mask: BoolArray, phase: BoolArray) -> Iterator[Finding]:
    """A finding where something held for more than a tenth of a second of a phase."""
    rows = np.flatnonzero(mask & phase)
    seconds = float(np.diff(flight.time_s, append=flight.time_s[-1])[rows].sum())
    if seconds > 0.1:
        name = "glide" if kind.startswith("fin") else "burn"
        share = len(rows) / phase.sum()
        text = f"{what} for {seconds:.2f} s, {share:.1%} of the {name}"
        yield Finding(kind, text, flight.time_at(int(rows[0])), len(rows), seconds, None, "s")


def _bounce(flight: Flight) -> Iterator[Finding]:
    if flight.contact_frame is None or flight.standing is None or not flight.standing.bounces:
        return
    clear_m = flight.columns("foot_height_m")[flight.contact_frame :].min(axis=1)
    frame, count = int(clear_m.argmax()), flight.standing.bounces
    often = "" if count == 1 else f" {counted(count, 'time')}"
    text = f"bounced{often}: lowest foot up to {clear_m[frame]:.2f} m above the ground after first contact"
    time_s = flight.time_at(flight.contact_frame + frame)
    yield Finding("bounce", text, time_s, count, float(clear_m[frame]), None, "m")


def _tipped_over(flight: Flight) -> Iterator[Finding]:
    if flight.standing is not None and flight.standing.tipped_over:
        text = f"the stage tipped over: {flight.standing.first_contact} touched first"
        yield Finding("tipped_over", text, flight.time_at(flight.rows - 1), 1)


NOTABLE_STROKE_M = 0.005


def _leg_stroke(flight: Flight) -> Iterator[Finding]:
    stroke = flight.columns("leg_stroke_m")
    if stroke.size and (worst := float(stroke.max())) > NOTABLE_STROKE_M:
        row, leg = np.unravel_index(int(stroke.argmax()), stroke.shape)
        text = f"leg crush up to {worst:.2f} m (leg {leg})"
        yield Finding("leg_stroke", text, flight.time_at(int(row)), 1, worst, None, "m")


def _imu_saturated(flight: Flight) -> Iterator[Finding]:
    """The inertial unit was saturated."""
    beyond_s = flight.column("imu_saturated_s")
    frame = first(beyond_s > 0.0)
    if frame is not None:
        seconds, time_s = float(beyond_s[-1]), flight.time_at(frame)
        text = f"inertial unit beyond its range for {seconds:.3f} s, first at {time_s:.2f} s: its outputs were limited"
        yield Finding("imu_saturated", text, time_s, 1, seconds, None, "s")


def _navigation(flight: Flight) -> Iterator[Finding]:
    frames, error = navigation_error(flight, "pos_enu_m")
    if not len(frames):
        yield Finding("no_estimate", "the flight software reported no position estimate: navigation is not evaluated")
        return
    size = np.linalg.norm(error, axis=1)
    worst = int(size.argmax())
    time_s = flight.time_at(int(frames[worst]))
    text = f"largest navigation error {size[worst]:.2f} m, at {time_s:.1f} s; at the last report {size[-1]:.2f} m"
    yield Finding("navigation_error", text, time_s, len(frames), float(size[worst]), None, "m")


_SEARCHES: tuple[Callable[[Flight], Iterator[Finding]], ...] = (
    _gnc_failure,
    _pace,
    _clipped,
    _engine_losses,
    _engines_not_started,
    _spares,
    _dry_tank,
    _rcs_empty,
    _no_reserve,
    _saturation,
    _bounce,
    _tipped_over,
    _leg_stroke,
    _imu_saturated,
    _navigation,
)
