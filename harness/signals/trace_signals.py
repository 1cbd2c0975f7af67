"""Signals with a value a frame, and those of touchdown: how each is computed from a flight.

What each is called, its unit and what it means is in `harness.signals.signals`.
"""

from collections.abc import Callable

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray, IntArray
from hoverslam.harness.signals.event_signals import DECAYED_LEVEL
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.masks import any_of
from hoverslam.harness.trace.series import Compute, Missing, Series, not_landed, one

SATURATED_FRACTION = 0.98
"""A gimbal beyond this fraction of its range is saturated (R-14)."""
CONE_BASE_M = 10.0
CONE_SLOPE = 0.3
"""Glide-slope cone of R-17: horizontal distance at most base + slope * height."""
RCS_COUNT_S = 1.0
"""Period for counting the openings of a thruster (R-24): chosen, two cycles at the limit of 2 Hz."""
RATE_LIMITED = 0.98
"""A fin that moves at this fraction of its largest rate is rate-limited (R-26)."""


def trace(values: Callable[[Flight], FloatArray]) -> Compute:
    """Of what has a value for each truth row."""
    return lambda flight, rows: Series(flight.time_s[rows], values(flight)[rows])


def load(name: str) -> Compute:
    """Of a load of `harness.record.loads`."""
    return trace(lambda flight: flight.loads[name])


def at_touchdown(name: str, size: bool = False) -> Compute:
    """Of a number of the touchdown, or of its size."""

    def signal(flight: Flight, _rows: IntArray) -> Series | Missing:
        if flight.touchdown is None:
            return not_landed(flight)
        value = getattr(flight.touchdown, name)
        return one(flight.touchdown.time_s, abs(value) if size else value)

    return signal


def required_throttle(offset: Callable[[Flight], float]) -> Compute:
    """k_req above what the offset gives for the flight."""

    def signal(flight: Flight, rows: IntArray) -> Series | Missing:
        if flight.context.required_throttle is None:
            return Missing("the throttle oracle is not available")
        values = np.array([flight.required_throttle_at(int(row)) for row in rows], dtype=np.float64)
        if len(hopeless := np.flatnonzero(~np.isfinite(values))):
            time_s = flight.time_at(int(rows[hopeless[0]]))
            return Missing(f"at {time_s:.2f} s no constant throttle stops the stage at the pad", violated=True)
        return Series(flight.time_s[rows], values - offset(flight))

    return signal


def cone_clearance_m(flight: Flight) -> FloatArray:
    """How far inside the cone of R-17; negative outside."""
    east, north, up = flight.columns("pos_enu_m").T
    return np.asarray(CONE_BASE_M + CONE_SLOPE * np.maximum(up, 0.0) - np.hypot(east, north))


def gimbal_saturated(flight: Flight) -> BoolArray:
    """Whether any gimbal axis of a burning engine is at its stop, for each truth row."""
    pairs = np.abs(flight.columns("gimbal_rad")).reshape(flight.rows, -1, 2).max(axis=2)
    burning = flight.columns("engine_level")[:, list(flight.context.gimballed)] >= DECAYED_LEVEL
    return any_of((pairs > SATURATED_FRACTION * flight.context.gimbal_max_rad) & burning)


def _durations_s(flight: Flight) -> FloatArray:
    """Length of the frame that each row begins; the last row begins none."""
    return np.append(np.diff(flight.time_s), 0.0)


def saturated_total_s(flight: Flight, rows: IntArray) -> Series:
    """Time at a stop in these rows, up to each of them."""
    held_s = np.where(gimbal_saturated(flight), _durations_s(flight), 0.0)[rows]
    return Series(flight.time_s[rows], np.cumsum(held_s))


def saturated_run_s(flight: Flight, rows: IntArray) -> Series:
    """Time at a stop since the last row without; rows that are not asked about count as none."""
    saturated = gimbal_saturated(flight)[rows]
    total_s = np.cumsum(np.where(saturated, _durations_s(flight)[rows], 0.0))
    before_run_s = np.maximum.accumulate(np.where(saturated, 0.0, total_s))
    return Series(flight.time_s[rows], total_s - before_run_s)


def attitude_error_deg(flight: Flight, rows: IntArray) -> Series | Missing:
    """As reported; only in frames that have a report."""
    frames, error_rad = flight.reported("attitude_error_rad")
    kept = np.isin(frames, rows)
    if not kept.any():
        return Missing("the flight software did not report its attitude error")
    return Series(flight.time_s[frames[kept]], np.rad2deg(np.abs(error_rad[kept, 0])))


def navigation_error(flight: Flight, name: str) -> tuple[IntArray, FloatArray]:
    """Frames, and reported minus true value there; empty where the flight software reported none."""
    frames, reported = flight.reported(name)
    if reported.shape[1:] != (3,):
        return np.zeros(0, dtype=np.intp), np.zeros((0, 3))
    return frames, reported - flight.columns(name)[frames]


def navigation(name: str) -> Compute:
    """Distance of a reported vector from the true one, in frames that have a report."""

    def signal(flight: Flight, rows: IntArray) -> Series | Missing:
        frames, error = navigation_error(flight, name)
        kept = np.isin(frames, rows)
        if not kept.any():
            return Missing("the flight software did not report its estimate")
        return Series(flight.time_s[frames[kept]], np.linalg.norm(error[kept], axis=1))

    return signal


def rcs_used_fraction(flight: Flight) -> FloatArray:
    """Of the load at release; zero for a vehicle without cold gas."""
    load_kg = flight.context.rcs_load_kg
    return 1.0 - flight.column("rcs_kg") / load_kg if load_kg > 0.0 else np.zeros(flight.rows)


def rcs_cycle_hz(flight: Flight) -> FloatArray:
    """Openings of the busiest thruster in the second before each row."""
    is_open = flight.columns("rcs_open") > 0.5
    opened = np.zeros(is_open.shape)
    opened[1:] = is_open[1:] & ~is_open[:-1]
    counted = np.cumsum(opened, axis=0)
    since = np.searchsorted(flight.time_s, flight.time_s - RCS_COUNT_S)
    return np.asarray((counted - counted[since]).max(axis=1, initial=0.0) / RCS_COUNT_S)


def fin_rate_share(flight: Flight, rows: IntArray) -> Series | Missing:
    """Share of these frames in which a fin turns as fast as it can, told at the last of them."""
    limit_radps = flight.context.fin_rate_radps
    fins = flight.columns("fin_rad")
    if not fins.shape[1] or not np.isfinite(limit_radps) or flight.rows < 2:
        return Missing("the vehicle has no fins with a rate limit")
    turned = np.abs(np.diff(fins, axis=0)).max(axis=1) / np.maximum(np.diff(flight.time_s), 1e-9)
    held = np.append(turned > RATE_LIMITED * limit_radps, False)
    return one(flight.time_at(int(rows[-1])), float(held[rows].mean()))


def engines_commanded(flight: Flight) -> FloatArray:
    """How many are on; the last command holds to the last row."""
    on = flight.engine_on.sum(axis=1).astype(np.float64)
    return np.append(on, np.repeat(on[-1:], flight.rows - len(on)))


def frame_period_s(flight: Flight) -> FloatArray:
    """The same for every row: frames come by the tick."""
    return np.full(flight.rows, 1e-9 * flight.record.frame_period_ns)


def column(name: str) -> Compute:
    """Of a truth column as it stands."""
    return trace(lambda flight: flight.column(name))
