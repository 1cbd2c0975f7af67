"""A powered descent run forward: the effect of the available engines from an ignition command on.

A point mass over the pad of the turning Earth, made of the plant's own kernels: engines with dead time, rise, lag,
rate, floor, ceiling and tail-off (`step_engine`), thrust and flow against ambient pressure and the head at the oxygen
inlet, the axial force behind the plume, the true air column, both tanks with what lets gas through to their outlets.
Left out: gusts, slosh and attitude (the nose is against the motion over ground, without thrust through the air).
`harness.window` asks the questions. Midpoint steps of `STEP_S`, engines at their mean over the step, as in the plant.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.aero import bracket, lookup, lookup2, plume_factor
from hoverslam.plant.kernels.body.mass import liquid_level
from hoverslam.plant.kernels.compiled import kernel, routine
from hoverslam.plant.kernels.engines.engine import OFF, EngineScatter, EngineState, flow, step_engine, thrust
from hoverslam.plant.kernels.engines.feed import dip_mass
from hoverslam.plant.kernels.rotation import Vec, add, axpy, cross, norm, scale, sub
from hoverslam.plant.kernels.step import PlantParams
from hoverslam.plant.kernels.world.atmosphere import standard_air
from hoverslam.plant.kernels.world.earth import WGS84
from hoverslam.plant.kernels.world.wind import column_at

STEP_S = 0.05
LEAST_STEP_S = 1e-4
SLOW_MPS = 10.0  # below, the nose does not turn within a step: it would turn round at the stop
LONGEST_STEPS = 2500  # two minutes and some
DEEPEST_M = -1500.0  # below the pad: there a descent that still falls is given up
NEVER_S = 1e9
STOPPED, GAVE_UP, CLIMBS = 0, 1, 2
# what `descend` notes of each step: time, length, height, airspeed, sideways acceleration per radian of lean, decay of
# a sideways velocity, and the lean of the nose to east and north
TRACE_COLUMNS = 8


class EngineGroup(NamedTuple):
    """Engines that act as one: mean thrust factor and added dead time; lit and lost so long after the command."""

    engines: float
    thrust: float
    dead_time_s: float
    on_s: float
    lost_s: float


class EnginePlan(NamedTuple):
    """Who burns: `lone` to the ground, `others` to the hand-over, `late` is a spare, `lost` fails on the way."""

    lone: EngineGroup
    others: EngineGroup
    late: EngineGroup
    lost: EngineGroup


class Throttles(NamedTuple):
    """`low` until `switch_s` after the command, `high` from then on; one engine from `handover_mps` of speed down.

    The descent ends where it falls at `stop_mps`.
    """

    low: float
    high: float
    switch_s: float
    handover_mps: float
    stop_mps: float


class Falling(NamedTuple):
    """A stage over the pad: foot plane, velocity over ground (east, north, up), liquids with residuals, the rest."""

    pos_m: Vec
    vel_mps: Vec
    lox_kg: float
    lch4_kg: float
    rest_kg: float


class Around(NamedTuple):
    """Gravity at the pad (upward positive: 9.8), sine and cosine of latitude, height of the mass over the feet."""

    gravity_mps2: float
    sin_latitude: float
    cos_latitude: float
    above_foot_m: float
    cg_m: float


class DescentEnd(NamedTuple):
    """How a descent ended. `spare_kg`: least that could still be drawn above residuals and pull-through."""

    how: int
    pos_m: Vec
    vel_mps: Vec
    time_s: float
    spare_kg: float
    burnt_kg: float
    steps: int


class Firing(NamedTuple):
    """Engines of a group over a step: state after it and mean level in it."""

    state: EngineState
    level: float


class Felt(NamedTuple):
    """Acceleration, and what a small lean would do: sideways acceleration per radian, decay of sideways velocity."""

    acc_mps2: Vec
    axial_mps2: float
    lean_mps2: float
    decay_ps: float
    airspeed_mps: float
    mach: float
    ambient_pa: float


@kernel
def fire(
    params: PlantParams, group: EngineGroup, state: EngineState, time_s: float, on: bool, throttle: float, dt_s: float
) -> Firing:
    """Advance the engines of a group by a step."""
    if group.engines < 0.5:
        return Firing(state, 0.0)
    own = EngineScatter(group.thrust, 1.0, group.dead_time_s, 0.0, 1.0)
    burns = on and time_s > group.on_s - 1e-9
    after = step_engine(params.engine.burn, own, state, burns, throttle, time_s < group.lost_s, dt_s)
    return Firing(after, 0.5 * (state.level + after.level))


@kernel
def with_group(
    params: PlantParams, group: EngineGroup, level: float, ambient_pa: float, push_n: float, drawn_kgps: float
) -> tuple[float, float]:
    """Thrust and flow with those of a group at its level added."""
    if group.engines < 0.5 or level <= 0.0:
        return push_n, drawn_kgps
    own = EngineScatter(group.thrust, params.scatter.isp[0], 0.0, 0.0, 1.0)
    burn = params.engine.burn
    return push_n + group.engines * thrust(burn, own, level, ambient_pa), drawn_kgps + group.engines * flow(
        burn, own, level
    )


@kernel
def fed(params: PlantParams, lox_kg: float, axial_mps2: float) -> float:
    """Chamber pressure over that of a test stand, by the head of oxygen over the inlet."""
    head = params.lox.density_kgpm3 * max(axial_mps2, 0.0) * liquid_level(params.lox, lox_kg)
    return 1.0 + params.engine.feed.thrust_per_pa * head


@kernel
def normal_slope(params: PlantParams, mach: float, lean_rad: float, cg_m: float) -> float:
    """Normal force coefficient of body and fins per radian of lean, the fins holding the moments in balance."""
    aero = params.shell.aero
    i, f = bracket(aero.mach, mach)
    j, g = bracket(aero.alpha_rad, lean_rad)
    body = lookup2(aero.normal, i, f, j, g) * aero.normal_scale / lean_rad
    arm = lookup2(aero.centre_of_pressure_m, i, f, j, g)
    return body * (1.0 - (arm - cg_m) / (params.shell.fins.position_m - cg_m))


@kernel
def felt(
    params: PlantParams,
    around: Around,
    pos: Vec,
    vel: Vec,
    motion: Vec,
    mass_kg: float,
    push_n: float,
    normal_prad: float,
) -> Felt:
    """Newton over the turning Earth: thrust, air, weight and Coriolis.

    Under thrust the nose is against `motion`; `normal_prad` as of `normal_slope`.
    """
    altitude = pos[2] + around.above_foot_m + params.around.site.elevation_m
    air = standard_air(altitude)
    east, north, factor = column_at(params.around.column, altitude)
    through = sub(vel, (east, north, 0.0))
    airspeed = norm(through) + 1e-9
    qs = 0.5 * air.density_kgpm3 * factor * airspeed * airspeed * params.shell.body.ref_area_m2
    nose = scale(-1.0 / (norm(motion) + 1e-9), motion) if push_n > 0.0 else scale(-1.0 / airspeed, through)
    along = -(through[0] * nose[0] + through[1] * nose[1] + through[2] * nose[2]) / airspeed
    aero = params.shell.aero
    axial = lookup(aero.axial_mach, aero.axial, airspeed / air.sound_mps) * aero.axial_scale * along * abs(along)
    drag = qs * axial * plume_factor(aero, push_n / max(qs, 1.0))
    slope = qs * normal_prad
    sideways = axpy(along, nose, scale(1.0 / airspeed, through))  # of the stream, across the nose
    spin = (0.0, WGS84.omega_radps * around.cos_latitude, WGS84.omega_radps * around.sin_latitude)
    weight = around.gravity_mps2 * (1.0 - 2.0 * pos[2] / WGS84.semi_major_m)
    acc = axpy((push_n + drag) / mass_kg, nose, scale(-slope / mass_kg, sideways))
    acc = add(acc, axpy(-2.0, cross(spin, vel), (0.0, 0.0, -weight)))
    return Felt(
        acc,
        (push_n + drag) / mass_kg,
        (push_n + drag - slope) / mass_kg,
        slope / (mass_kg * airspeed),
        airspeed,
        airspeed / air.sound_mps,
        air.pressure_pa,
    )


@kernel
def moved(
    params: PlantParams, around: Around, now: Falling, push_n: float, drawn_kgps: float, normal_prad: float, dt_s: float
) -> tuple[Vec, Vec, Felt]:
    """Position and velocity after a midpoint step, and what was felt in its middle."""
    half = 0.5 * dt_s
    mass = now.lox_kg + now.lch4_kg + now.rest_kg
    first = felt(params, around, now.pos_m, now.vel_mps, now.vel_mps, mass, push_n, normal_prad)
    pos, vel = axpy(half, now.vel_mps, now.pos_m), axpy(half, first.acc_mps2, now.vel_mps)
    motion = vel if norm(now.vel_mps) > SLOW_MPS else now.vel_mps
    middle = felt(params, around, pos, vel, motion, mass - half * drawn_kgps, push_n, normal_prad)
    return axpy(dt_s, vel, now.pos_m), axpy(dt_s, middle.acc_mps2, now.vel_mps), middle


@kernel
def drained(params: PlantParams, now: Falling, drawn_kgps: float, dt_s: float) -> tuple[float, float]:
    """LOX and LCH4 after a step; below zero where more was wanted than there was."""
    ratio = params.engine.burn.mixture_ratio
    lox = drawn_kgps * ratio / (1.0 + ratio)
    return now.lox_kg - lox * dt_s, now.lch4_kg - (drawn_kgps - lox) * dt_s


@kernel
def above_outlet(params: PlantParams, now: Falling, drawn_kgps: float, axial_mps2: float) -> float:
    """Propellant that can still be drawn in ratio before a tank is down to its residual or lets gas through [kg]."""
    ratio = params.engine.burn.mixture_ratio
    lox, lch4 = drawn_kgps * ratio / (1.0 + ratio), drawn_kgps / (1.0 + ratio)
    oxidiser = now.lox_kg - max(params.lox.residual_kg, dip_mass(params.lox, lox, axial_mps2))
    fuel = now.lch4_kg - max(params.lch4.residual_kg, dip_mass(params.lch4, lch4, axial_mps2))
    return min(oxidiser * (1.0 + ratio) / ratio, fuel * (1.0 + ratio))


@kernel
def note(trace: np.ndarray, row: int, time_s: float, dt_s: float, now: Falling, f: Felt) -> None:
    """Write a step into the trace, in place, if it has room."""
    if row >= trace.shape[0]:
        return
    speed = norm(now.vel_mps) + 1e-9
    out = trace[row]
    out[0], out[1], out[2], out[3], out[4], out[5] = time_s, dt_s, now.pos_m[2], f.airspeed_mps, f.lean_mps2, f.decay_ps
    out[6], out[7] = -now.vel_mps[0] / speed, -now.vel_mps[1] / speed


@kernel
def next_step(throttles: Throttles, all_on: bool, time_s: float, speed_mps: float, gain_mps2: float) -> float:
    """Length of the next step: to the switch or the hand-over where one lies within it."""
    dt_s = STEP_S
    if LEAST_STEP_S < throttles.switch_s - time_s < STEP_S:
        dt_s = throttles.switch_s - time_s
    if all_on and speed_mps > throttles.handover_mps and gain_mps2 < 0.0:
        dt_s = min(dt_s, (throttles.handover_mps - speed_mps) / gain_mps2)
    return max(dt_s, LEAST_STEP_S)


@routine
def descend(
    params: PlantParams,
    around: Around,
    plan: EnginePlan,
    throttles: Throttles,
    start: Falling,
    lean_rad: float,
    trace: np.ndarray,
) -> DescentEnd:
    """Run the descent from the command to its end; `trace` (any number of rows, none too) takes what it felt."""
    cold = EngineState(OFF, 0.0, 0.0, 1.0, 0.0)
    lone, others = Firing(cold, 0.0), Firing(cold, 0.0)
    late, lost = Firing(cold, 0.0), Firing(cold, 0.0)
    now, time_s, axial, fall_mps2, spare, all_on, steps = start, 0.0, 0.0, 0.0, 1e9, True, 0
    begun = start.lox_kg + start.lch4_kg
    ambient, mach = standard_air(start.pos_m[2] + params.around.site.elevation_m).pressure_pa, 1.0
    while steps < LONGEST_STEPS:
        dt_s = next_step(throttles, all_on, time_s, norm(now.vel_mps), fall_mps2)
        throttle = throttles.high if time_s >= throttles.switch_s - LEAST_STEP_S else throttles.low
        lone = fire(params, plan.lone, lone.state, time_s, True, throttle, dt_s)
        others = fire(params, plan.others, others.state, time_s, all_on, throttle, dt_s)
        late = fire(params, plan.late, late.state, time_s, all_on, throttle, dt_s)
        lost = fire(params, plan.lost, lost.state, time_s, all_on, throttle, dt_s)
        factor = fed(params, now.lox_kg, axial)
        push, drawn = 0.0, 0.0
        push, drawn = with_group(params, plan.lone, lone.level * factor, ambient, push, drawn)
        push, drawn = with_group(params, plan.others, others.level * factor, ambient, push, drawn)
        push, drawn = with_group(params, plan.late, late.level * factor, ambient, push, drawn)
        push, drawn = with_group(params, plan.lost, lost.level * factor, ambient, push, drawn)
        normal = normal_slope(params, mach, lean_rad, around.cg_m)
        pos, vel, f = moved(params, around, now, push, drawn, normal, dt_s)
        ambient, mach = f.ambient_pa, f.mach  # of the middle of the step: 10 m behind at most
        share = 1.0
        if vel[2] > -throttles.stop_mps:
            share = min(max((-throttles.stop_mps - now.vel_mps[2]) / (vel[2] - now.vel_mps[2] + 1e-12), 0.0), 1.0)
        note(trace, steps, time_s, share * dt_s, now, f)
        lox, lch4 = drained(params, now, drawn, share * dt_s)
        if share < 1.0:
            pos = axpy(share, sub(pos, now.pos_m), now.pos_m)
            vel = axpy(share, sub(vel, now.vel_mps), now.vel_mps)
        fall_mps2 = (norm(vel) - norm(now.vel_mps)) / (share * dt_s + 1e-9)
        now = Falling(pos, vel, lox, lch4, start.rest_kg)
        time_s, axial, steps = time_s + share * dt_s, f.axial_mps2, steps + 1
        if drawn > 0.0:
            spare = min(spare, above_outlet(params, now, drawn, axial))
        if share < 1.0 or now.pos_m[2] < DEEPEST_M:
            how = STOPPED if share < 1.0 else GAVE_UP
            return DescentEnd(how, now.pos_m, now.vel_mps, time_s, spare, begun - lox - lch4, steps)
        if norm(now.vel_mps) <= throttles.handover_mps + 0.01:
            all_on = False
    return DescentEnd(CLIMBS, now.pos_m, now.vel_mps, time_s, spare, begun - now.lox_kg - now.lch4_kg, steps)
