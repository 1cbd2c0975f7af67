"""How far a descent can lean aside. Oracle: a linear programme over every lean, and the integral written out."""

import math

import numpy as np
import pytest
from scipy.optimize import linprog

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.window.divert import BOUND, GOAL, LeanFelt, LeanLimits, aside_m, impulse_at_end, leans, reach_m

STEPS, STEP_S = 200, 0.08


def descent(reversed_until: int = 60, lean_rad: float = 0.0, decay_ps: float = 0.1) -> LeanFelt:
    """From 300 m/s: lift beats thrust at first, then thrust wins; the last kilometre is the second half."""
    k = np.arange(STEPS)
    effect = np.where(k < reversed_until, -8.0, 20.0).astype(np.float64)
    speed: FloatArray = np.linspace(300.0, 4.0, STEPS)
    height: FloatArray = np.linspace(2400.0, 0.0, STEPS)
    decay = decay_ps * speed / 300.0
    time_s: FloatArray = k.astype(np.float64) * STEP_S
    return LeanFelt(time_s, np.full(STEPS, STEP_S), height, speed, effect, decay, np.full(STEPS, lean_rad))


def lean_bounds(flown: LeanFelt, limits: LeanLimits) -> list[tuple[float, float]]:
    """Least and largest change of lean at each step, from the words of the requirements."""
    found = []
    for k in range(STEPS):
        own = flown.lean_rad[k]
        low, high = (-limits.lean_rad, limits.lean_rad) if flown.height_m[k] > 1000.0 else (-math.inf, math.inf)
        if flown.height_m[k] <= 1000.0:
            tilt = limits.tilt_rad if flown.height_m[k] > 50.0 else math.radians(5.0)
            low, high = -tilt - own, tilt - own
        hull = limits.hull_mps2 / (flown.decay_ps[k] * flown.airspeed_mps[k])
        found.append((max(low, -hull), min(high, hull)))
    return found


def sideways(flown: LeanFelt, lean: np.ndarray) -> tuple[float, float]:
    """Place and speed at the end, step by step."""
    place = speed = 0.0
    for k in range(STEPS):
        speed += flown.effect_mps2[k] * lean[k] * STEP_S
        kept = math.exp(-flown.decay_ps[k] * STEP_S)
        place += 0.5 * STEP_S * speed * (1.0 + kept)
        speed *= kept
    return place, speed


def test_an_impulse_ends_where_it_is_integrated_to() -> None:
    flown = descent()
    place, speed = impulse_at_end(flown.decay_ps, flown.step_s)
    for k in (0, 57, 150, STEPS - 1):
        lean = np.zeros(STEPS)
        lean[k] = 1.0 / (flown.effect_mps2[k] * STEP_S)
        assert sideways(flown, lean) == pytest.approx((place[k], speed[k]), rel=1e-9)


@pytest.mark.parametrize("flown", [descent(), descent(0), descent(lean_rad=0.05), descent(120, decay_ps=0.2)])
def test_without_a_limit_on_turning_the_reach_is_the_optimum_of_the_programme(flown: LeanFelt) -> None:
    place, speed = impulse_at_end(flown.decay_ps, flown.step_s)
    gain = flown.effect_mps2 * STEP_S
    best = linprog(-place * gain, A_eq=[speed * gain], b_eq=[0.0], bounds=lean_bounds(flown, BOUND))
    assert best.status == 0
    between_switches = 0.02  # of the reach: 64 switches are tried, the best lies between two
    assert reach_m(flown, 0.0, BOUND) == pytest.approx(-best.fun, rel=between_switches)


def test_turning_slowly_and_starting_later_reach_less() -> None:
    flown = descent(0)
    assert reach_m(flown, 4.0, GOAL) < reach_m(flown, 0.0, GOAL) < reach_m(flown, 0.0, BOUND)


def test_the_lean_never_turns_faster_than_it_may() -> None:
    flown = descent()
    target = np.where(np.arange(STEPS) < 100, 0.2, -0.2)[None, :]
    held = leans(flown, target, 1.0, GOAL.slew_radps)[0]
    assert np.abs(np.diff(held)).max() <= GOAL.slew_radps * STEP_S * (1.0 + 1e-9)
    assert held[: round(1.0 / STEP_S)] == pytest.approx(0.0)
    assert held[-1] == pytest.approx(-0.2)


def test_leaning_one_way_only_reaches_nothing() -> None:
    """From a lean at its limit there is nothing to add in its direction, and what is given must be taken back."""
    flown = descent(0)._replace(lean_rad=np.full(STEPS, GOAL.tilt_rad), height_m=np.full(STEPS, 500.0))
    assert reach_m(flown, 0.0, BOUND) < 1.0


@pytest.mark.parametrize("flown", [descent(), descent(0), descent(lean_rad=0.05), descent(120, decay_ps=0.2)])
def test_where_it_may_end_with_any_speed_every_step_leans_the_way_that_helps(flown: LeanFelt) -> None:
    turning = flown._replace(decay_ps=flown.decay_ps + flown.effect_mps2 / flown.airspeed_mps)
    ends = [sideways(turning, np.eye(STEPS)[k])[0] for k in range(STEPS)]
    best = linprog(-np.array(ends), bounds=lean_bounds(flown, BOUND))
    assert aside_m(flown, 0.0, BOUND) == pytest.approx(-best.fun, rel=1e-9)
    assert aside_m(flown, 4.0, GOAL) <= aside_m(flown, 0.0, GOAL) < aside_m(flown, 0.0, BOUND)
    assert aside_m(flown, 12.0, GOAL) < aside_m(flown, 0.0, GOAL)
