"""Lateral distance by which a descent can be diverted with lean, from its recorded accelerations.

Sideways, each radian of lean of the nose accelerates by `e` (thrust and drag with the lean, the air's normal force
against it: above some 270 m/s the second wins and `e` is negative), and a sideways velocity decays at `c`. The descent
itself ends without sideways speed; what is added has to end without it too. The farthest is then bang-bang (Pontryagin)
with one switch besides those where `e` changes sign: p - lambda g changes sign, p and g being what an impulse now
makes of place and speed at the end.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray


class LeanLimits(NamedTuple):
    """Lean off the motion above `HIGH_M`, off the vertical below (R-16), push of the air across the hull, turn."""

    lean_rad: float
    tilt_rad: float
    hull_mps2: float
    slew_radps: float


BOUND = LeanLimits(math.radians(30.0), math.radians(15.0), 1.5 * 9.80665, math.inf)
"""Upper limits for a divert: R-16, twice its tilt where R-16 does not apply, and 1.5 times the advisory R-31. Nothing
beyond them can be reached, so no flight is judged too strictly.
"""
GOAL = LeanLimits(math.radians(15.0), math.radians(15.0), 0.6 * 9.80665, math.radians(5.0))
"""Limits that meet the goals of R-31 and R-15: for a divert that a flight can rely on."""
LOW_TILT_RAD = math.radians(5.0)
"""Largest lean below `LOW_M` (R-16, R-20)."""
LEAN_RAD = math.radians(8.0)
"""Where the slope of the normal force is taken: what the hull bears in the first half of a burn (chosen)."""
HIGH_M, LOW_M = 1000.0, 50.0
SWITCHES = 64


class LeanFelt(NamedTuple):
    """A descent step by step, as its trace has it; `lean` is that of the nose along the direction asked about."""

    time_s: FloatArray
    step_s: FloatArray
    height_m: FloatArray
    airspeed_mps: FloatArray
    effect_mps2: FloatArray
    decay_ps: FloatArray
    lean_rad: FloatArray


def felt(trace: FloatArray, direction: tuple[float, float]) -> LeanFelt:
    """The columns of a trace for a direction (unit vector, east and north)."""
    lean = trace[:, 6] * direction[0] + trace[:, 7] * direction[1]
    return LeanFelt(trace[:, 0], trace[:, 1], trace[:, 2], trace[:, 3], trace[:, 4], trace[:, 5], lean)


def impulse_at_end(decay_ps: FloatArray, step_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What a unit of sideways speed at each step has become at the end: metres moved, and speed."""
    kept = np.exp(-decay_ps * step_s)
    speed = np.asarray(np.cumprod(kept[::-1])[::-1], dtype=np.float64)
    way = 0.5 * step_s * (1.0 + kept)  # during each step, of a unit of speed at its beginning
    place = speed * np.cumsum((way / speed)[::-1])[::-1]
    return place, speed


def leans(descent: LeanFelt, target_rad: FloatArray, since_s: float, slew_radps: float) -> FloatArray:
    """The lean over time toward a target (one row each), from the descent's own, as fast as the stage may turn."""
    if math.isinf(slew_radps):
        return np.where(descent.time_s >= since_s, target_rad, descent.lean_rad)
    held = np.empty_like(target_rad)
    now = np.full(len(target_rad), descent.lean_rad[0])
    for k, step_s in enumerate(descent.step_s):
        before, most = now, slew_radps * step_s
        if descent.time_s[k] >= since_s:
            now = np.clip(target_rad[:, k], now - most, now + most)
        else:
            now = np.full_like(now, descent.lean_rad[k])
        held[:, k] = 0.5 * (before + now)
    return held


def reach_m(descent: LeanFelt, since_s: float, limits: LeanLimits) -> float:
    """Distance by which the end of the descent can be moved in the direction, with lean from `since_s` on; at least 0.

    With a limited rate of turn it may pay to wait until lean and thrust pull the same way; the better of both counts.
    """
    return max(_reach_m(descent, since_s, limits), _reach_m(descent, max(since_s, _with_thrust_s(descent)), limits))


def _reach_m(descent: LeanFelt, since_s: float, limits: LeanLimits) -> float:
    place, speed = impulse_at_end(descent.decay_ps, descent.step_s)
    most, least = _bounds(descent, limits)
    ratio = place / speed
    switches = np.linspace(0.0, float(ratio.max()), SWITCHES)
    forward = descent.effect_mps2 * (place - switches[:, None] * speed) > 0.0
    added = leans(descent, np.where(forward, most, least), since_s, limits.slew_radps) - descent.lean_rad
    impulse = added * descent.effect_mps2 * descent.step_s
    left, moved = impulse @ speed, impulse @ place
    order = np.argsort(left)
    if not left[order[0]] <= 0.0 <= left[order[-1]]:
        return 0.0
    return max(float(np.interp(0.0, left[order], moved[order])), 0.0)


def aside_m(descent: LeanFelt, since_s: float, limits: LeanLimits) -> float:
    """The same where it may end with any sideways speed, and the lean is kept against the motion as it turns.

    Where the nose turns with the motion, a sideways velocity decays by thrust and drag alone: c + e over the airspeed.
    """
    return max(_aside_m(descent, since_s, limits), _aside_m(descent, max(since_s, _with_thrust_s(descent)), limits))


def _aside_m(descent: LeanFelt, since_s: float, limits: LeanLimits) -> float:
    turning_ps = descent.decay_ps + descent.effect_mps2 / (descent.airspeed_mps + 1e-9)
    place, _ = impulse_at_end(turning_ps, descent.step_s)
    most, least = _bounds(descent, limits)
    target = np.where(descent.effect_mps2 * place > 0.0, most, least)[None, :]
    added = leans(descent, target, since_s, limits.slew_radps)[0] - descent.lean_rad
    return max(float((added * descent.effect_mps2 * descent.step_s) @ place), 0.0)


def _with_thrust_s(descent: LeanFelt) -> float:
    """From when on lean and thrust pull the same way."""
    against = np.flatnonzero(descent.effect_mps2 < 0.0)
    return float(descent.time_s[against[-1]]) if len(against) else 0.0


def _bounds(descent: LeanFelt, limits: LeanLimits) -> tuple[FloatArray, FloatArray]:
    """Largest and least lean at each step."""
    pushed = limits.hull_mps2 / (descent.decay_ps * descent.airspeed_mps + 1e-9)
    tilt = np.where(descent.height_m > LOW_M, limits.tilt_rad, LOW_TILT_RAD)
    high = descent.height_m > HIGH_M
    most = np.where(high, descent.lean_rad + limits.lean_rad, tilt)
    least = np.where(high, descent.lean_rad - limits.lean_rad, -tilt)
    return np.minimum(most, descent.lean_rad + pushed), np.maximum(least, descent.lean_rad - pushed)
