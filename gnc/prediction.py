"""Where the stage ends if it flies on as guidance would have it: the heart of glide, ignition and burn.

A point mass through the forecast air: nose against its motion in the glide, and in the burn as `braking_lean` has it. Steps of RK2; the last one is cut where the descent speed falls to the target.
"""

import math
from typing import NamedTuple

from gnc.compiled import kernel
from gnc.load import Load
from gnc.model import air, altitude, coriolis, drag, flow, gravity, thrust
from gnc.rotation import Vec, inner, minus, plus, times

COAST_STEP_S = 0.5
BURN_STEP_S = 0.1
LONGEST_STEPS = 900
DEEPEST_M = -300.0
TILTED_ABOVE_M = 1200.0  # a tilt limit holds below; R-16 asks for it from 1,000 m
THRUST_ON_N = 5e5
TYPICAL_LEAN_RAD = 0.06
LIFT_DOUBT = 0.3  # tuned: what is left of the lift's dispersion after a glide
SURE_SHARE = 0.2  # of thrust that has to be left over lift before the burn steers
TRIMMED_LIFT = 1.24  # lift of the trimmed stage over that of the body alone: fins at 24 m hold a body that turns at -6 m


class Plan(NamedTuple):
    """A burn to predict: engines at one throttle from a time to thrust on, rising over the start transient.

    `age_s` is the time since the start command (negative: still to come); `coast_to_m` delays the start to an altitude
    over the pad; `stop_mps` is the descent speed at which the prediction ends,
    `lift_factor` how much of the believed lift has been seen.
    """

    engines: float
    throttle: float
    age_s: float
    coast_to_m: float
    stop_mps: float
    lift_factor: float


class Acting(NamedTuple):
    """What acts on the stage at one moment: mass, thrust, drag, sideways force per lean, direction against the motion."""

    mass_kg: float
    thrust_n: float
    drag_n: float
    lift_n_prad: float
    against: Vec


class Ending(NamedTuple):
    """Where and how the prediction ended: position of the centre of gravity, velocity, time, mass."""

    pos_enu_m: Vec
    vel_enu_mps: Vec
    time_s: float
    mass_kg: float


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
def limited(vector: Vec, most: float) -> Vec:
    """A vector no longer than `most`."""
    return times(min(1.0, most / (math.sqrt(inner(vector, vector)) + 1e-12)), vector)


@kernel
def braking_lean(load: Load, act: Acting, vel: Vec, extra_mps2: Vec, most_rad: float) -> Vec:
    """Lean from the direction against the motion that takes the speed across the pad out steadily until the stage has
    slowed to the upright speed, plus an extra acceleration across.

    While thrust does not surely outweigh lift the nose stays against the motion; below the upright speed it stands up.
    """
    gains = load.gains
    flat = (vel[0], vel[1], 0.0)
    if -vel[2] <= gains.upright_mps:
        pull = limited(times(-gains.upright_speed_gain_ps * act.mass_kg / act.thrust_n, flat), gains.final_tilt_rad)
        return minus(plus((0.0, 0.0, 1.0), pull), act.against)
    g = act.thrust_n - act.lift_n_prad
    if g - LIFT_DOUBT * act.lift_n_prad < SURE_SHARE * act.thrust_n:
        return (0.0, 0.0, 0.0)
    braking = (act.thrust_n + act.drag_n) / act.mass_kg
    t = (-vel[2] - gains.upright_mps) / max(0.97 * braking - 9.8, 5.0) + gains.burn_slack_s
    wanted = plus(times(-1.0 / max(t, gains.burn_horizon_s), flat), extra_mps2)
    natural = times(braking, (act.against[0], act.against[1], 0.0))
    return limited(times(act.mass_kg / g, minus(wanted, natural)), most_rad)


@kernel
def within_tilt(lean: Vec, against_motion: Vec, sine: float) -> Vec:
    """The lean cut so that the nose is no further from the vertical than this sine."""
    x, y = against_motion[0] + lean[0], against_motion[1] + lean[1]
    k = min(1.0, sine / (math.sqrt(x * x + y * y) + 1e-9))
    return (k * x - against_motion[0], k * y - against_motion[1], 0.0)


@kernel
def pull(load: Load, plan: Plan, level: float, pos: Vec, vel: Vec, mass: float) -> tuple[Vec, float]:
    """Acceleration [m/s2] and flow [kg/s] at one moment of the prediction."""
    stage = load.stage
    density, pressure, sound, east, north = air(load.forecast, altitude(load.pad, pos))
    wind = (east, north, 0.0)
    relative = minus(vel, wind)
    speed = math.sqrt(inner(relative, relative))
    push = plan.engines * thrust(stage, level, pressure) if level > 0.0 else 0.0
    opposite = against(vel, wind)
    resist = drag(stage, density, sound, speed, push)
    force = times(push + resist, opposite)
    if push > THRUST_ON_N:
        slope = stage.normal_slope + stage.normal_growth * TYPICAL_LEAN_RAD
        lift = 0.5 * density * speed * speed * stage.ref_area_m2 * TRIMMED_LIFT * slope * plan.lift_factor
        act = Acting(mass, push, resist, lift, opposite)
        lean = braking_lean(load, act, vel, (0.0, 0.0, 0.0), load.gains.burn_angle_rad)
        if pos[2] < TILTED_ABOVE_M:
            lean = within_tilt(lean, opposite, load.gains.planned_sine)
        force = plus(force, times(push - lift, lean))
    free = plus(gravity(load.pad, pos), coriolis(load.pad, vel))
    return plus(free, times(1.0 / mass, force)), plan.engines * flow(stage, level)


@kernel
def predict(load: Load, plan: Plan, pos: Vec, vel: Vec, mass: float) -> Ending:
    """Fly the plan to its stopping speed, or DEEPEST_M below the pad."""
    time, age, coasting = 0.0, plan.age_s, pos[2] > plan.coast_to_m
    for _ in range(LONGEST_STEPS):
        step = COAST_STEP_S if coasting else BURN_STEP_S
        level = 0.0 if coasting else plan.throttle * risen(load, age + 0.5 * step)
        first, _ = pull(load, plan, level, pos, vel, mass)
        middle = plus(vel, times(0.5 * step, first))
        halfway = plus(pos, times(0.5 * step, vel))
        second, burnt = pull(load, plan, level, halfway, middle, mass)
        after = plus(vel, times(step, second))
        if not coasting and -after[2] <= plan.stop_mps and age > 0.0:
            cut = step * (vel[2] + plan.stop_mps) / (vel[2] - after[2])
            cut = min(max(cut, 0.0), step)
            return Ending(
                plus(pos, times(cut, plus(vel, times(0.5 * cut, second)))),
                plus(vel, times(cut, second)),
                time + cut,
                mass - burnt * cut,
            )
        pos, vel, mass, time = plus(pos, times(step, middle)), after, mass - burnt * step, time + step
        if coasting:
            coasting = pos[2] + 0.5 * step * vel[2] > plan.coast_to_m
        else:
            age += step
        if pos[2] < DEEPEST_M:
            break
    return Ending(pos, vel, time, mass)


@kernel
def excess(load: Load, plan: Plan, end: Ending, height_m: float) -> float:
    """How much higher than wanted the plan ends [m]; a plan that does not stop counts the height its speed still needs."""
    speed = max(-end.vel_enu_mps[2] - plan.stop_mps, 0.0)
    return end.pos_enu_m[2] - height_m - speed * (speed + 2.0 * plan.stop_mps) / 40.0


@kernel
def solve_throttle(
    load: Load, plan: Plan, height_m: float, pos: Vec, vel: Vec, mass: float
) -> tuple[float, Ending]:
    """The constant throttle that ends the plan at a height, from `plan.throttle` by two guarded secant steps."""
    low, high = 0.2, 2.0
    k = min(max(plan.throttle, low), high)
    end = predict(load, plan, pos, vel, mass)
    for _ in range(3):
        nudged = Plan(plan.engines, k + 0.01, plan.age_s, plan.coast_to_m, plan.stop_mps, plan.lift_factor)
        here = Plan(plan.engines, k, plan.age_s, plan.coast_to_m, plan.stop_mps, plan.lift_factor)
        end = predict(load, here, pos, vel, mass)
        error = excess(load, here, end, height_m)
        gradient = (excess(load, nudged, predict(load, nudged, pos, vel, mass), height_m) - error) / 0.01
        if abs(error) < 0.5 or gradient < 1.0:
            break
        k = min(max(k - min(max(error / gradient, -0.3), 0.3), low), high)
    return k, end
