"""The signals that a requirement may name: samples in the unit of the name, computed from a flight.

What each means is in `harness.signals.glossary`; where they are judged, in `harness.signals.phases`. A quantity of one
instant (touchdown, a detection time) is a signal with one sample.
"""

from collections.abc import Callable, Iterable

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray, IntArray
from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.signals import event_signals as events
from hoverslam.harness.signals.event_signals import DECAYED_LEVEL
from hoverslam.harness.signals.reserved import NOT_RECORDED
from hoverslam.harness.signals.window_signals import WINDOW_SIGNALS, divert_share, impact_offset_m
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.masks import any_of
from hoverslam.harness.trace.series import Missing, Series, Signal, not_landed, one

SATURATED_FRACTION = 0.98
"""A gimbal beyond this fraction of its range is saturated (R-14)."""
CONE_BASE_M = 10.0
CONE_SLOPE = 0.3
"""Glide-slope cone of R-17: horizontal distance at most base + slope * height."""
RCS_COUNT_S = 1.0
"""Over which the openings of a thruster are counted (R-24): chosen, two cycles of the limit of 2 Hz."""
RATE_LIMITED = 0.98
"""A fin that turns this fraction of its rate is held by it (R-26)."""


def _trace(values: Callable[[Flight], FloatArray]) -> Signal:
    return lambda flight, rows: Series(flight.time_s[rows], values(flight)[rows])


def _load(name: str) -> Signal:
    return _trace(lambda flight: flight.loads[name])


def _touchdown(name: str, size: bool = False) -> Signal:
    def signal(flight: Flight, _rows: IntArray) -> Series | Missing:
        if flight.touchdown is None:
            return not_landed(flight)
        value = getattr(flight.touchdown, name)
        return one(flight.touchdown.time_s, abs(value) if size else value)

    return signal


def _of_window(name: str) -> Signal:
    def signal(flight: Flight, _rows: IntArray) -> Series | Missing:
        found = WINDOW_SIGNALS[name](flight)
        return found if isinstance(found, Missing) else one(*found)

    return signal


def _required_throttle(offset: Callable[[Flight], float]) -> Signal:
    def signal(flight: Flight, rows: IntArray) -> Series | Missing:
        if flight.context.required_throttle is None:
            return Missing("no throttle oracle was given")
        values = np.array([flight.required_throttle_at(int(row)) for row in rows], dtype=np.float64)
        if len(hopeless := np.flatnonzero(~np.isfinite(values))):
            time_s = flight.time_at(int(rows[hopeless[0]]))
            return Missing(f"at {time_s:.2f} s no constant throttle stops the stage at the pad", violated=True)
        return Series(flight.time_s[rows], values - offset(flight))

    return signal


def _cone_clearance_m(flight: Flight) -> FloatArray:
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


def _saturated_total_s(flight: Flight, rows: IntArray) -> Series:
    held_s = np.where(gimbal_saturated(flight), _durations_s(flight), 0.0)[rows]
    return Series(flight.time_s[rows], np.cumsum(held_s))


def _saturated_run_s(flight: Flight, rows: IntArray) -> Series:
    saturated = gimbal_saturated(flight)[rows]
    total_s = np.cumsum(np.where(saturated, _durations_s(flight)[rows], 0.0))
    before_run_s = np.maximum.accumulate(np.where(saturated, 0.0, total_s))
    return Series(flight.time_s[rows], total_s - before_run_s)


def _attitude_error_deg(flight: Flight, rows: IntArray) -> Series | Missing:
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


def _navigation(name: str) -> Signal:
    def signal(flight: Flight, rows: IntArray) -> Series | Missing:
        frames, error = navigation_error(flight, name)
        kept = np.isin(frames, rows)
        if not kept.any():
            return Missing("the flight software did not report its estimate")
        return Series(flight.time_s[frames[kept]], np.linalg.norm(error[kept], axis=1))

    return signal


def _rcs_used_fraction(flight: Flight) -> FloatArray:
    load_kg = flight.context.rcs_load_kg
    return 1.0 - flight.column("rcs_kg") / load_kg if load_kg > 0.0 else np.zeros(flight.rows)


def _rcs_cycle_hz(flight: Flight) -> FloatArray:
    """Openings of the busiest thruster in the second before each row."""
    is_open = flight.columns("rcs_open") > 0.5
    opened = np.zeros(is_open.shape)
    opened[1:] = is_open[1:] & ~is_open[:-1]
    counted = np.cumsum(opened, axis=0)
    since = np.searchsorted(flight.time_s, flight.time_s - RCS_COUNT_S)
    return np.asarray((counted - counted[since]).max(axis=1, initial=0.0) / RCS_COUNT_S)


def _fin_rate_share(flight: Flight, rows: IntArray) -> Series | Missing:
    """Share of these frames in which a fin turns as fast as it can, told at the last of them."""
    limit_radps = flight.context.fin_rate_radps
    fins = flight.columns("fin_rad")
    if not fins.shape[1] or not np.isfinite(limit_radps) or flight.rows < 2:
        return Missing("the vehicle has no fins with a rate limit")
    turned = np.abs(np.diff(fins, axis=0)).max(axis=1) / np.maximum(np.diff(flight.time_s), 1e-9)
    held = np.append(turned > RATE_LIMITED * limit_radps, False)
    return one(flight.time_at(int(rows[-1])), float(held[rows].mean()))


def _engines_on(flight: Flight) -> FloatArray:
    on = flight.engine_on.sum(axis=1).astype(np.float64)
    return np.append(on, np.repeat(on[-1:], flight.rows - len(on)))


def _frame_period_s(flight: Flight) -> FloatArray:
    return np.full(flight.rows, 1e-9 * flight.record.frame_period_ns)


def _reserved(reason: str) -> Signal:
    return lambda _flight, _rows: Missing(reason)


def _column(name: str) -> Signal:
    return _trace(lambda flight: flight.column(name))


SIGNALS: dict[str, Signal] = {
    "altitude_agl_m": _column("altitude_agl_m"),
    "altitude_msl_m": _column("altitude_msl_m"),
    "pad_distance_m": _trace(lambda f: np.hypot(*f.columns("pos_enu_m")[:, :2].T)),
    "downrange_m": _trace(lambda f: f.downrange_crossrange_m[0]),
    "crossrange_m": _trace(lambda f: f.downrange_crossrange_m[1]),
    "cone_clearance_m": _trace(_cone_clearance_m),
    "speed_mps": _column("speed_mps"),
    "sink_mps": _trace(lambda f: -f.columns("vel_enu_mps")[:, 2]),
    "horizontal_speed_mps": _trace(lambda f: np.hypot(*f.columns("vel_enu_mps")[:, :2].T)),
    "mach": _column("mach"),
    "tilt_deg": _trace(lambda f: np.rad2deg(f.column("tilt_rad"))),
    "body_rate_dps": _trace(lambda f: f.body_rate_dps),
    "angle_of_attack_deg": _trace(lambda f: np.rad2deg(f.column("alpha_rad"))),
    **{name: _load(name) for name in LOADS},
    "settling_mps2": _trace(lambda f: f.columns("accel_b_mps2")[:, 0]),
    "mass_kg": _column("mass_kg"),
    "propellant_kg": _trace(lambda f: f.propellant_kg),
    "driest_tank_kg": _trace(lambda f: np.minimum(f.column("lox_kg"), f.column("lch4_kg"))),
    "gas_at_outlet": _trace(lambda f: f.columns("gas_share").max(axis=1)),
    "thrust_kn": _trace(lambda f: 1e-3 * f.columns("thrust_n").sum(axis=1)),
    "engines_burning": _trace(lambda f: (f.columns("engine_level") >= DECAYED_LEVEL).sum(axis=1).astype(np.float64)),
    "engines_commanded": _trace(_engines_on),
    "rcs_used_fraction": _trace(_rcs_used_fraction),
    "rcs_cycle_hz": _trace(_rcs_cycle_hz),
    "fin_rate_share": _fin_rate_share,
    "gimbal_saturated_run_s": _saturated_run_s,
    "gimbal_saturated_total_s": _saturated_total_s,
    "frame_period_s": _trace(_frame_period_s),
    "k_req": _required_throttle(lambda _: 0.0),
    "k_req_above_floor": _required_throttle(lambda f: f.context.throttle_min),
    "engine_start_response_s": events.start_response_s,
    "engine_loss_detection_s": events.loss_detection_s,
    "relight_attempts": events.relight_attempts,
    "second_attempt_after_ignition_s": events.second_attempt_after_ignition_s,
    "attitude_error_deg": _attitude_error_deg,
    "nav_position_error_m": _navigation("pos_enu_m"),
    "nav_velocity_error_mps": _navigation("vel_enu_mps"),
    **{name: _of_window(name) for name in WINDOW_SIGNALS},
    "impact_offset_m": impact_offset_m,
    "divert_share": divert_share,
    "touchdown_vertical_mps": _touchdown("vertical_mps"),
    "touchdown_horizontal_mps": _touchdown("horizontal_mps"),
    "touchdown_tilt_deg": _touchdown("tilt_deg"),
    "touchdown_rate_dps": _touchdown("rate_dps"),
    "touchdown_miss_m": _touchdown("miss_m"),
    "touchdown_downrange_size_m": _touchdown("downrange_m", size=True),
    "touchdown_crossrange_size_m": _touchdown("crossrange_m", size=True),
    "touchdown_propellant_kg": _touchdown("propellant_kg"),
    "held_cycles": events.held_cycles,
    "restart_s": events.restart_s,
    "deadline_miss_share": events.deadline_miss_share,
    "cutoff_after_contact_s": events.cutoff_after_contact_s,
    "thrust_decay_after_contact_s": events.thrust_decay_after_contact_s,
    "foot_clearance_m": events.foot_clearance_m,
    "legs_locked_before_touchdown_s": events.legs_locked_before_touchdown_s,
    **{name: _reserved(note.reason) for name, note in NOT_RECORDED.items()},
}
"""Every signal by name. A signal computes its samples in the frames it is asked about, so a costly one stays cheap."""


def known(names: Iterable[str]) -> str:
    """Names for an error message."""
    return ", ".join(sorted(names))
