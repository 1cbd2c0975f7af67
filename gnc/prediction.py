"""Predicts the end of a descent under gravity, drag and thrust against the motion: basis of glide and ignition.

A point mass through the forecast air, with the nose against its motion, so that thrust brakes along the velocity.
Midpoint steps; the last one is cut where the descent speed falls to the target.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.gnc.air_data import fading
from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Load, Stage
from hoverslam.gnc.model import air, altitude, coriolis, drag, flow, gravity, thrust, trimmed_lift
from hoverslam.gnc.rotation import Vec, inner, minus, outer, plus, times, unit

COAST_STEP_S = 0.5
BURN_STEP_S = 0.1
LONGEST_STEPS = 900
DEEPEST_M = -300.0
THRUST_ON = 0.185  # chosen, of all landing engines in vacuum: more than tail-off, less than they give at their floor
TYPICAL_GLIDE_LEAN_RAD = 0.15  # chosen: where the lift slope is taken to limit the lean of a glide
TYPICAL_LEAN_RAD = 0.06  # chosen: where the lift slope, which grows with the lean, is taken
LACKING_MPS2 = 20.0  # chosen: braking assumed for the speed that a plan has left
THROTTLE_STEP = 0.01
THROTTLE_RANGE = (0.2, 2.0)  # wider than the engines', so that a demand beyond them is seen


class BurnPlan(NamedTuple):
    """A descent to predict: a coast, then engines at one throttle, rising over the start transient.

    `age_s` is the time since the start command; `coast_to_m` delays the start to a height over the pad; `stop_mps` is
    the descent speed at which the prediction ends. `lean` is held while coasting, as a share of the largest lean: along
    the motion over ground, and to the right of it.
    """

    engines: float
    throttle: float
    age_s: float
    coast_to_m: float
    stop_mps: float
    lean: tuple[float, float]


class Learnt(NamedTuple):
    """Estimates of this flight.

    `thrust_factor` and `lift_factor` over what the load says, `response` of the engines' level over its command;
    `cg_m`, for which the fins trim; `wind_error` over the forecast as it is at the height `wind_from_m`.
    """

    thrust_factor: float
    response: float
    lift_factor: float
    cg_m: float
    wind_error: Vec
    wind_from_m: float


class Ending(NamedTuple):
    """Where and how the prediction ended: position of the centre of gravity, velocity, time from now.

    `gate_*` is where thrust takes over the steering, halfway through its rise.
    """

    pos_enu_m: Vec
    vel_enu_mps: Vec
    time_s: float
    gate_pos_enu_m: Vec
    gate_vel_enu_mps: Vec
    gate_time_s: float


@kernel
def count(engines: np.ndarray) -> int:
    """How many engines a list names, which may be padded (`gnc.fit.roomy`)."""
    n = 0
    for i in range(engines.shape[0]):
        if engines[i] >= 0.0:
            n += 1
    return n


@kernel
def thrust_is_on(stage: Stage, thrust_n: float) -> bool:
    """Whether the stage is under thrust."""
    return thrust_n > THRUST_ON * count(stage.landing) * stage.vacuum_thrust_n


@kernel
def risen(load: Load, age_s: float) -> float:
    """Share of the commanded level that the start transient has reached."""
    x = (age_s - load.stage.dead_time_s) / load.stage.rise_time_s
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@kernel
def against(velocity: Vec, wind: Vec) -> Vec:
    """Direction against the motion: through the air when fast, over the ground when slow."""
    speed = math.sqrt(inner(velocity, velocity))
    share = min(max((speed - 30.0) / 70.0, 0.0), 1.0)
    relative = minus(velocity, times(share, wind))
    return times(-1.0 / (math.sqrt(inner(relative, relative)) + 1e-9), relative)


@kernel
def lean_limit(load: Load, q_pa: float, mass: float, lift_factor: float, cg_m: float) -> float:
    """Largest lean [rad] of a glide: by angle, and by what the hull may be pushed sideways."""
    lift = trimmed_lift(load.stage, q_pa, lift_factor, cg_m, TYPICAL_GLIDE_LEAN_RAD)
    return min(load.gains.glide_angle_rad, load.gains.hull_mps2 * mass / (lift + 1.0))


@kernel
def lean_axes(vel: Vec, nose: Vec) -> tuple[Vec, Vec]:
    """Unit vectors across the nose: along the motion over ground, and to the right of it."""
    ahead = (vel[0], vel[1], 0.0)
    along = unit(minus(ahead, times(inner(ahead, nose), nose)))
    return along, outer(along, nose)


@kernel
def leaning(
    load: Load, plan: BurnPlan, learnt: Learnt, vel: Vec, nose: Vec, mass: float, axial_n: float, q_pa: float
) -> Vec:
    """Force [N] that a held lean adds to that of no lean: lift against it, and the axial force leaning with it."""
    limit_rad = lean_limit(load, q_pa, mass, learnt.lift_factor, learnt.cg_m)
    size = limit_rad * math.sqrt(plan.lean[0] * plan.lean[0] + plan.lean[1] * plan.lean[1])
    lift = trimmed_lift(load.stage, q_pa, learnt.lift_factor, learnt.cg_m, size)
    along, right = lean_axes(vel, nose)
    k = -limit_rad * (lift - axial_n)
    back = size * size * (lift - 1.5 * axial_n)
    return plus(plus(times(k * plan.lean[0], along), times(k * plan.lean[1], right)), times(back, nose))


@kernel
def pull(
    load: Load, plan: BurnPlan, learnt: Learnt, level: float, pos: Vec, vel: Vec, mass: float
) -> tuple[Vec, float]:
    """Acceleration [m/s2] and flow [kg/s] at one moment of the prediction."""
    density, pressure, sound, east, north = air(load.forecast, altitude(load.pad, pos))
    wind = plus((east, north, 0.0), times(fading(pos[2] - learnt.wind_from_m), learnt.wind_error))
    relative = minus(vel, wind)
    push = plan.engines * learnt.thrust_factor * thrust(load.stage, level, pressure) if level > 0.0 else 0.0
    speed = math.sqrt(inner(relative, relative))
    axial = drag(load.stage, density, sound, speed, push)
    nose = against(vel, wind)
    force = times(push + axial, nose)
    if level == 0.0:
        force = plus(force, leaning(load, plan, learnt, vel, nose, mass, axial, 0.5 * density * speed * speed))
    free = plus(gravity(load.pad, pos), coriolis(load.pad, vel))
    return plus(free, times(1.0 / mass, force)), plan.engines * flow(load.stage, level)


@kernel
def predict(load: Load, plan: BurnPlan, learnt: Learnt, pos: Vec, vel: Vec, mass: float) -> Ending:
    """Fly the plan to its stopping speed, or DEEPEST_M below the pad."""
    time, age, coasting = 0.0, plan.age_s, pos[2] > plan.coast_to_m
    gate_pos, gate_vel, gate_time = pos, vel, 0.0
    for _ in range(LONGEST_STEPS):
        step = COAST_STEP_S if coasting else BURN_STEP_S
        level = 0.0 if coasting else learnt.response * plan.throttle * risen(load, age + 0.5 * step)
        first, _ = pull(load, plan, learnt, level, pos, vel, mass)
        middle = plus(vel, times(0.5 * step, first))
        halfway = plus(pos, times(0.5 * step, vel))
        second, burnt = pull(load, plan, learnt, level, halfway, middle, mass)
        after = plus(vel, times(step, second))
        if not coasting and -after[2] <= plan.stop_mps and age > 0.0:
            cut = step * (vel[2] + plan.stop_mps) / (vel[2] - after[2])
            cut = min(max(cut, 0.0), step)
            return Ending(
                plus(pos, times(cut, plus(vel, times(0.5 * cut, second)))),
                plus(vel, times(cut, second)),
                time + cut,
                gate_pos,
                gate_vel,
                gate_time,
            )
        pos, vel, mass, time = plus(pos, times(step, middle)), after, mass - burnt * step, time + step
        if coasting or age < load.stage.dead_time_s + 0.5 * load.stage.rise_time_s:
            gate_pos, gate_vel, gate_time = pos, vel, time
        if coasting:
            coasting = pos[2] + 0.5 * step * vel[2] > plan.coast_to_m
        else:
            age += step
        if pos[2] < DEEPEST_M:
            break
    return Ending(pos, vel, time, gate_pos, gate_vel, gate_time)


@kernel
def excess(plan: BurnPlan, end: Ending, height_m: float) -> float:
    """How much higher than wanted the plan ends [m], less the height that a speed not yet braked still needs."""
    speed = max(-end.vel_enu_mps[2] - plan.stop_mps, 0.0)
    return end.pos_enu_m[2] - height_m - speed * (speed + 2.0 * plan.stop_mps) / (2.0 * LACKING_MPS2)


@kernel
def at_throttle(plan: BurnPlan, k: float) -> BurnPlan:
    """The same plan at another throttle."""
    return BurnPlan(plan.engines, k, plan.age_s, plan.coast_to_m, plan.stop_mps, plan.lean)


@kernel
def solve_throttle(
    load: Load, plan: BurnPlan, learnt: Learnt, height_m: float, pos: Vec, vel: Vec, mass: float
) -> tuple[float, Ending]:
    """The constant throttle that ends the plan at a height, from `plan.throttle` by at most three guarded Newton steps.

    Within half a metre is good enough. The ending is that of the last throttle tried, a Newton step before the one
    returned unless it was good.
    """
    k = min(max(plan.throttle, THROTTLE_RANGE[0]), THROTTLE_RANGE[1])
    for _ in range(3):
        here, nudged = at_throttle(plan, k), at_throttle(plan, k + THROTTLE_STEP)
        end = predict(load, here, learnt, pos, vel, mass)
        error = excess(here, end, height_m)
        gradient = (excess(nudged, predict(load, nudged, learnt, pos, vel, mass), height_m) - error) / THROTTLE_STEP
        if abs(error) < 0.5 or gradient < 1.0:
            break
        k = min(max(k - min(max(error / gradient, -0.3), 0.3), THROTTLE_RANGE[0]), THROTTLE_RANGE[1])
    return k, end
