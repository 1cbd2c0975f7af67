"""The names that a requirement may use: signals, and phases in which they are judged.

A signal is samples in the unit of its name; a phase is a set of frames. Together with a comparison they are one
formula of signal temporal logic, G[phase](signal <= limit), so another monitor can read the same requirement sets.
A quantity of one instant (touchdown, a detection time) is a signal with one sample.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from harness.loads import LOADS
from harness.masks import BoolArray, FloatArray, IntArray, any_of
from harness.signals import Flight
from harness.trace_phases import WINDOWS, Missing, not_landed
from harness.window_signals import WINDOW_SIGNALS

SATURATED_FRACTION = 0.98
"""A gimbal beyond this fraction of its range is saturated (R-14)."""
CONE_BASE_M = 10.0
CONE_SLOPE = 0.3
"""Glide-slope cone of R-17: horizontal distance at most base + slope * height."""
DECAYED_LEVEL = 0.1
"""Chamber pressure, as a fraction of rated, below which an engine has stopped (R-22)."""


class Series(NamedTuple):
    """Samples of a signal with their times."""

    time_s: FloatArray
    value: FloatArray


Signal = Callable[[Flight, IntArray], Series | Missing]


def _trace(values: Callable[[Flight], FloatArray]) -> Signal:
    return lambda flight, rows: Series(flight.time_s[rows], values(flight)[rows])


def _load(name: str) -> Signal:
    return _trace(lambda flight: flight.loads[name])


def _one(time_s: float, value: float) -> Series:
    return Series(np.array([time_s]), np.array([value]))


def _touchdown(name: str, size: bool = False) -> Signal:
    def signal(flight: Flight, _rows: IntArray) -> Series | Missing:
        if flight.touchdown is None:
            return not_landed(flight)
        value = getattr(flight.touchdown, name)
        return _one(flight.touchdown.time_s, abs(value) if size else value)

    return signal


def _of_window(name: str) -> Signal:
    def signal(flight: Flight, _rows: IntArray) -> Series | Missing:
        found = WINDOW_SIGNALS[name](flight)
        return found if isinstance(found, Missing) else _one(*found)

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


def _start_response_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    if not flight.engine_starts:
        return Missing("no engine was commanded to start")
    times, values = [], []
    for start in flight.engine_starts:
        answers = [t for t in (start.ready_s, start.abandoned_s) if t is not None]
        if not answers and _cut_short(flight, start.time_s):
            continue
        if not answers:
            return Missing(f"engine {start.engine}, commanded at {start.time_s:.2f} s, never followed", violated=True)
        times.append(start.time_s)
        values.append(min(answers) - start.time_s)
    return Series(np.array(times), np.array(values)) if times else Missing("the flight ended during the start")


def _cut_short(flight: Flight, start_s: float) -> bool:
    return flight.record.outcome in {"gnc_lost", "harness_error", "interrupted"} and flight.time_s[-1] - start_s < 2.4


def _loss_detection_s(flight: Flight, _rows: IntArray) -> Series | Missing:
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


def _relight_attempts(flight: Flight, _rows: IntArray) -> Series | Missing:
    attempts = _second_attempts(flight)
    if not attempts:
        return Missing("no engine was commanded to start")
    return Series(
        np.array([times[-1] if times else flight.engine_starts[0].time_s for times in attempts.values()]),
        np.array([float(len(times)) for times in attempts.values()]),
    )


def _second_attempt_after_ignition_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    times = np.array([times[0] for times in _second_attempts(flight).values() if times])
    return Series(times, times - flight.engine_starts[0].time_s) if len(times) else Missing("no second attempt")


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


def _cutoff_after_contact_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if flight.ignition_frame is None:
        return Missing("no engine was lit")
    if flight.cutoff_frame is None:
        return Missing("cut-off was never commanded", violated=True)
    cutoff_s = flight.time_at(flight.cutoff_frame)
    return _one(cutoff_s, cutoff_s - touchdown.time_s)


def _thrust_decay_after_contact_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    burning = (flight.columns("engine_level")[touchdown.frame :] >= DECAYED_LEVEL).any(axis=1)
    last = np.flatnonzero(burning)
    decayed = touchdown.frame + (int(last[-1]) + 1 if len(last) else 0)
    if decayed >= flight.rows:
        return Missing("the engines were still burning when the flight ended", violated=True)
    return _one(flight.time_at(decayed), max(flight.time_at(decayed) - touchdown.time_s, 0.0))


def _foot_clearance_m(flight: Flight, rows: IntArray) -> Series | Missing:
    feet = flight.columns("foot_height_m")[rows]
    return Series(flight.time_s[rows], feet.max(axis=1)) if feet.shape[1] else Missing("the vehicle has no legs")


def _legs_locked_before_touchdown_s(flight: Flight, _rows: IntArray) -> Series | Missing:
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if not flight.record.shape.legs:
        return Missing("the vehicle has no legs")
    if flight.legs_locked_frame is None:
        return Missing("the legs never locked", violated=True)
    locked_s = flight.time_at(flight.legs_locked_frame)
    return _one(locked_s, touchdown.time_s - locked_s)


def _rcs_used_fraction(flight: Flight) -> FloatArray:
    load_kg = flight.context.rcs_load_kg
    return 1.0 - flight.column("rcs_kg") / load_kg if load_kg > 0.0 else np.zeros(flight.rows)


SIGNALS: dict[str, Signal] = {
    "altitude_agl_m": _trace(lambda f: f.column("altitude_agl_m")),
    "speed_mps": _trace(lambda f: f.column("speed_mps")),
    "tilt_deg": _trace(lambda f: np.rad2deg(f.column("tilt_rad"))),
    "body_rate_dps": _trace(lambda f: f.body_rate_dps),
    "angle_of_attack_deg": _trace(lambda f: np.rad2deg(f.column("alpha_rad"))),
    **{name: _load(name) for name in LOADS},
    "propellant_kg": _trace(lambda f: f.propellant_kg),
    "driest_tank_kg": _trace(lambda f: np.minimum(f.column("lox_kg"), f.column("lch4_kg"))),
    "rcs_used_fraction": _trace(_rcs_used_fraction),
    "cone_clearance_m": _trace(_cone_clearance_m),
    "gimbal_saturated_run_s": _saturated_run_s,
    "gimbal_saturated_total_s": _saturated_total_s,
    "k_req": _required_throttle(lambda _: 0.0),
    "k_req_above_floor": _required_throttle(lambda f: f.context.throttle_min),
    "engine_start_response_s": _start_response_s,
    "engine_loss_detection_s": _loss_detection_s,
    "relight_attempts": _relight_attempts,
    "second_attempt_after_ignition_s": _second_attempt_after_ignition_s,
    "attitude_error_deg": _attitude_error_deg,
    "nav_position_error_m": _navigation("pos_enu_m"),
    "nav_velocity_error_mps": _navigation("vel_enu_mps"),
    **{name: _of_window(name) for name in WINDOW_SIGNALS},
    "touchdown_vertical_mps": _touchdown("vertical_mps"),
    "touchdown_horizontal_mps": _touchdown("horizontal_mps"),
    "touchdown_tilt_deg": _touchdown("tilt_deg"),
    "touchdown_rate_dps": _touchdown("rate_dps"),
    "touchdown_miss_m": _touchdown("miss_m"),
    "touchdown_downrange_size_m": _touchdown("downrange_m", size=True),
    "touchdown_crossrange_size_m": _touchdown("crossrange_m", size=True),
    "touchdown_propellant_kg": _touchdown("propellant_kg"),
    "cutoff_after_contact_s": _cutoff_after_contact_s,
    "thrust_decay_after_contact_s": _thrust_decay_after_contact_s,
    "foot_clearance_m": _foot_clearance_m,
    "legs_locked_before_touchdown_s": _legs_locked_before_touchdown_s,
}
"""Every signal by name. A signal computes its samples in the frames it is asked about, so a costly one stays cheap."""


def sample(flight: Flight, signal: str, phase: str) -> Series | Missing:
    """Samples of a signal within a phase; at least one, or the reason why there is none."""
    if not flight.begun:
        return Missing("the flight never began")
    mask = WINDOWS[phase](flight)
    if isinstance(mask, Missing):
        return mask
    if not mask.any():
        return Missing(f"the flight had no phase {phase}")
    series = SIGNALS[signal](flight, np.flatnonzero(mask))
    if isinstance(series, Missing):
        return series
    if not np.isfinite(series.value).all():
        bad_s = series.time_s[np.flatnonzero(~np.isfinite(series.value))[0]]
        return Missing(f"{signal} is not finite at {bad_s:.2f} s", violated=True)
    return series


def known(names: Iterable[str]) -> str:
    """Names for an error message."""
    return ", ".join(sorted(names))
