"""One tick of the whole plant: this page reads as the table of contents of the physics.

The state is a NamedTuple of arrays that `step` alone writes, because boxing some hundred numbers on every call would
cost more than the physics; everything it calls is pure or says that it works in place.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.body.bending import BendingParams, drive_by_propulsion, step_bending, turned_thrust
from hoverslam.plant.kernels.body.dynamics import (
    Rigid,
    Shell,
    Surroundings,
    TickInputs,
    air_around,
    point_over_pad,
    rk4,
)
from hoverslam.plant.kernels.body.footing import BASE, LEG, NOTHING, TOP, tip_margin
from hoverslam.plant.kernels.body.legs import crush, deploy, foot_position, stick
from hoverslam.plant.kernels.body.mass import MassProperties, TankParams, drain, liquid_level, mass_properties
from hoverslam.plant.kernels.body.slosh import SloshParams, step_slosh
from hoverslam.plant.kernels.columns import (
    AXIAL_PEAK,
    CONTACT,
    FUEL,
    GAS_LEFT,
    IGNITED,
    LATERAL_PEAK,
    OXYGEN,
    PEAK_FRAME,
    QUIET,
    RATE_Y,
    RATE_Z,
    TICK,
)
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.actuators import clip, follow
from hoverslam.plant.kernels.effectors.fins import fin_aero
from hoverslam.plant.kernels.effectors.rcs import RcsParams, rcs_load
from hoverslam.plant.kernels.engines.engine import STARTING
from hoverslam.plant.kernels.engines.feed import ULLAGE, head_pressure, inlet, step_tank
from hoverslam.plant.kernels.engines.propulsion import (
    LEVEL,
    PHASE,
    PRESSURE,
    ClusterParams,
    ClusterScatter,
    EngineType,
    Now,
    first_start,
    step_cluster,
    step_gimbals,
)
from hoverslam.plant.kernels.faults import (
    ALTITUDE,
    HOW,
    HOW_MUCH,
    LCH4,
    LOX,
    MACH,
    OPEN,
    SLOW,
    SOUND,
    SPEED,
    STUCK,
    Effects,
    FaultTable,
    Q,
    asks_for_air,
    asks_for_quantities,
    step_faults,
)
from hoverslam.plant.kernels.rotation import Vec, add, axpy, cross, dot, norm, rotate, scale, sub
from hoverslam.plant.kernels.sensors.gauges import NOW, add_up
from hoverslam.plant.kernels.sensors.units import Jets, SensorParams, capture_gnss, take_increments
from hoverslam.plant.kernels.world.atmosphere import standard_air
from hoverslam.plant.kernels.world.earth import earth_from_inertial, geodetic_altitude
from hoverslam.plant.kernels.world.wind import GustState, TurbulenceParams, step_gusts

FLYING, AT_REST, IMPACT, DIVERGED = 0, 1, 2, 3
UNLOCKED = 0.99  # progress of a leg that is out but never locks
REST_SPEED_MPS, REST_RATE_RADPS, REST_TIME_S, AFTER_CONTACT_S = 0.05, 0.005, 0.5, 1.5


class Outflow(NamedTuple):
    """Flows out of the tanks: propellant, its oxidiser, cold gas."""

    flow_kgps: float
    lox_kgps: float
    gas_kgps: float


class PlantParams(NamedTuple):
    """Everything that is constant during a flight.

    Gusts are drawn every `gust_ticks`, what follows the level of a liquid does so every `refresh_ticks`: grids in time.
    """

    shell: Shell
    around: Surroundings
    lox: TankParams
    lch4: TankParams
    slosh: SloshParams
    bending: BendingParams
    engine: EngineType
    cluster: ClusterParams
    scatter: ClusterScatter
    rcs: RcsParams
    turbulence: TurbulenceParams
    gust_ticks: int
    refresh_ticks: int
    sensors: SensorParams
    faults: FaultTable
    dt_s: float


class PlantState(NamedTuple):
    """Everything that changes during a flight; `step` writes it in place.

    rigid: position, velocity, quaternion, rate (13); cg_m (3); engines (n, 14) as in `propulsion`; gimbal_rad, fin_rad,
    valves; tanks_kg: LOX, LCH4, cold gas; legs (n, 3): progress, crushed length, touching; gust (11): filter states
    (5), gusts at the last and the next grid point (3 + 3); imu (6): velocity and angle increments; gnss (9) as
    in `sensors`; healthy (n); mean (6): specific force and angular
    acceleration of the last tick; clock: tick, tick of the
    first engine start, tick of first contact, ticks at rest (-1 where not yet); effects of faults; quantities (6) that
    a fault may wait for; slosh (2, 8) as in `slosh`; feed (2, 5) as in `feed`; spoilt (65, sensor row): past rows for
    failed sensors; frames (1): how often they were read; wander (10) as in `sensors`: drifted biases of gyro and
    accelerometer, multipath, ticks in which the inertial unit was beyond its range; bending (2, 3) as in `bending`;
    leg_stuck_m (n, 4) as in `legs.stick`; leg_touched (n): tick of first contact, -1 before; struck (1) as in
    `footing`; gauged (3, one for each gauge) as in `gauges`; peaks (3): largest axial (with its sign) and lateral
    specific force since the last reading, and the count of readings that they belong to; counts (5): engines, gimbal
    axes, fins, thrusters, legs. In a record arrays have room for the most there may be, so that stages of any shape
    share machine code; `fitted` cuts them to what there is.
    """

    rigid: np.ndarray
    cg_m: np.ndarray
    engines: np.ndarray
    gimbal_rad: np.ndarray
    fin_rad: np.ndarray
    valves: np.ndarray
    tanks_kg: np.ndarray
    leg_progress: np.ndarray
    leg_crushed_m: np.ndarray
    leg_touching: np.ndarray
    gust: np.ndarray
    imu: np.ndarray
    gnss: np.ndarray
    healthy: np.ndarray
    mean: np.ndarray
    clock: np.ndarray
    effects: Effects
    quantities: np.ndarray
    slosh: np.ndarray
    feed: np.ndarray
    spoilt: np.ndarray
    frames: np.ndarray
    wander: np.ndarray
    bending: np.ndarray
    leg_stuck_m: np.ndarray
    leg_touched: np.ndarray
    struck: np.ndarray
    gauged: np.ndarray
    peaks: np.ndarray
    counts: np.ndarray


@kernel
def fitted_effects(effects: Effects, counts: np.ndarray) -> Effects:
    """The same of what faults do."""
    return Effects(
        effects.woken,
        effects.engine[: counts[0]],
        effects.gimbal[: counts[1] // 2],
        effects.fin[: counts[2]],
        effects.valve[: counts[3]],
        effects.leg[: counts[4]],
        effects.leak_kgps,
        effects.tank,
    )


@kernel
def fitted(state: PlantState) -> PlantState:
    """Views of a record's arrays, as long as the stage has engines, gimbals, fins, thrusters and legs."""
    engines, gimbals, fins = state.counts[0], state.counts[1], state.counts[2]
    thrusters, legs = state.counts[3], state.counts[4]
    return PlantState(
        state.rigid,
        state.cg_m,
        state.engines[:engines],
        state.gimbal_rad[:gimbals],
        state.fin_rad[:fins],
        state.valves[:thrusters],
        state.tanks_kg,
        state.leg_progress[:legs],
        state.leg_crushed_m[:legs],
        state.leg_touching[:legs],
        state.gust,
        state.imu,
        state.gnss,
        state.healthy[:engines],
        state.mean,
        state.clock,
        fitted_effects(state.effects, state.counts),
        state.quantities,
        state.slosh,
        state.feed,
        state.spoilt,
        state.frames,
        state.wander,
        state.bending,
        state.leg_stuck_m[:legs],
        state.leg_touched[:legs],
        state.struck,
        state.gauged,
        state.peaks,
        state.counts,
    )


@kernel
def gauges(state: PlantState) -> int:
    """How many gauges the stage has."""
    return state.counts[0] + 4 + state.counts[1] + state.counts[2] + 1


@kernel
def read_rigid(row: np.ndarray) -> Rigid:
    """The rigid-body state out of its row."""
    return Rigid(
        (row[0], row[1], row[2]),
        (row[3], row[4], row[5]),
        (row[6], row[7], row[8], row[9]),
        (row[10], row[11], row[12]),
    )


@kernel
def write_rigid(row: np.ndarray, state: Rigid) -> None:
    """The rigid-body state into its row."""
    for i in range(3):
        row[i], row[3 + i], row[10 + i] = state.pos_i_m[i], state.vel_i_mps[i], state.omega_b_radps[i]
    for i in range(4):
        row[6 + i] = state.q_i_b[i]


@kernel
def current_mass(params: PlantParams, tanks_kg: np.ndarray) -> MassProperties:
    """Mass properties with what is in the tanks now."""
    return mass_properties(
        params.shell.body,
        params.lox,
        params.lch4,
        tanks_kg[OXYGEN],
        tanks_kg[FUEL],
        tanks_kg[GAS_LEFT],
        params.rcs.bottle_m,
    )


@kernel
def recentre(state: Rigid, old_cg_m: np.ndarray, new_cg_m: Vec) -> Rigid:
    """The same rigid motion, followed at the place where the centre of gravity is now."""
    shift = sub(new_cg_m, (old_cg_m[0], old_cg_m[1], old_cg_m[2]))
    return Rigid(
        add(state.pos_i_m, rotate(state.q_i_b, shift)),
        add(state.vel_i_mps, rotate(state.q_i_b, cross(state.omega_b_radps, shift))),
        state.q_i_b,
        state.omega_b_radps,
    )


@kernel
def gust_within(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float) -> Vec:
    """Gust at mid-tick: filters advanced on their own grid, linear in between."""
    tick, g = state.clock[TICK], state.gust
    if tick % params.gust_ticks == 0:
        air, altitude = air_around(params.around, (0.0, 0.0, 0.0), rigid, time_s)
        filters = GustState(g[0], g[1], g[2], g[3], g[4])
        filters, gust = step_gusts(
            params.turbulence,
            filters,
            tick // params.gust_ticks,
            altitude - params.around.site.elevation_m,
            air.speed_mps,
            params.gust_ticks * params.dt_s,
        )
        g[0], g[1], g[2], g[3], g[4] = filters
        for i in range(3):
            g[5 + i] = g[8 + i]
            g[8 + i] = gust[i]
    return gust_between(g, (tick % params.gust_ticks + 0.5) / params.gust_ticks)


@kernel
def gust_between(g: np.ndarray, share: float) -> Vec:
    """Gust this share of the way from the last grid point to the next."""
    return (g[5] + share * (g[8] - g[5]), g[6] + share * (g[9] - g[6]), g[7] + share * (g[10] - g[7]))


@kernel
def gust_after(params: PlantParams, state: PlantState) -> Vec:
    """Gust at the end of the last tick, which is that at release before the first."""
    since = (state.clock[TICK] - 1) % params.gust_ticks + 1
    return gust_between(state.gust, since / params.gust_ticks)


@kernel
def look(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float) -> None:
    """The quantities that a sleeping fault may wait for, in place; height and speed are those of the foot plane."""
    seen = state.quantities
    if asks_for_air(params.faults, state.effects.woken):
        air, _ = air_around(params.around, gust_after(params, state), rigid, time_s)
        seen[MACH], seen[Q] = air.mach, air.q_pa
    foot = (params.shell.legs.foot_m - state.cg_m[0], -state.cg_m[1], -state.cg_m[2])
    _, vel = point_over_pad(params.around.site, rigid, foot, time_s)
    foot_e = earth_from_inertial(time_s, add(rigid.pos_i_m, rotate(rigid.q_i_b, foot)))
    seen[ALTITUDE] = geodetic_altitude(foot_e) - params.around.site.elevation_m
    seen[SPEED] = norm(vel)
    seen[LOX] = state.tanks_kg[OXYGEN] - params.lox.residual_kg
    seen[LCH4] = state.tanks_kg[FUEL] - params.lch4.residual_kg


@kernel
def apply_faults(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float) -> None:
    """Note the first engine start; wake the faults whose time has come; end the engines whose tank is dry."""
    clock = state.clock
    if clock[IGNITED] < 0 and first_start(state.engines):
        clock[IGNITED] = clock[TICK]
    if params.faults.armed > 0:
        if asks_for_quantities(params.faults, state.effects.woken):
            look(params, state, rigid, time_s)
        step_faults(
            params.faults, state.effects, state.healthy, clock[TICK], clock[IGNITED], clock[CONTACT], state.quantities
        )
    dry = state.tanks_kg[OXYGEN] <= params.lox.residual_kg or state.tanks_kg[FUEL] <= params.lch4.residual_kg
    if dry:
        state.healthy[:] = 0.0


@kernel
def step_actuators(params: PlantParams, state: PlantState, command: np.ndarray, dt: float) -> None:
    """Gimbals, fins, valves and legs toward their commands for half a tick, in place."""
    n, g = state.engines.shape[0], state.gimbal_rad.shape[0]
    effects = state.effects
    step_gimbals(params.cluster, effects.gimbal, state.gimbal_rad, command[2 * n : 2 * n + g], dt)
    at = 2 * n + g
    fins = params.shell.fins
    for i in range(state.fin_rad.shape[0]):
        wanted = clip(command[at + i], -fins.limit_rad, fins.limit_rad)
        slow = effects.fin[i, HOW_MUCH] if effects.fin[i, HOW] == SLOW else 1.0
        if effects.fin[i, HOW] != STUCK and slow > 0.0:
            state.fin_rad[i] = follow(state.fin_rad[i], wanted, fins.lag_s, slow * fins.rate_radps, dt)
    at += state.fin_rad.shape[0]
    decay = math.exp(-dt / params.rcs.valve_lag_s)
    for i in range(state.valves.shape[0]):
        wanted = 1.0 if command[at + i] >= 0.5 else 0.0
        if effects.valve[i, HOW] != SOUND:
            wanted = 1.0 if effects.valve[i, HOW] == OPEN else 0.0
        state.valves[i] = wanted + (state.valves[i] - wanted) * decay
    at += state.valves.shape[0]
    for i in range(state.leg_progress.shape[0]):
        moving = command[at] >= 0.5 or state.leg_progress[i] > 0.0
        if moving:
            most = UNLOCKED if effects.leg[i, HOW] == STUCK else 1.0
            state.leg_progress[i] = min(deploy(state.leg_progress[i], params.shell.legs, dt), most)


@kernel
def step_propulsion(
    params: PlantParams, state: PlantState, command: np.ndarray, ambient_pa: float
) -> tuple[Vec, Vec, float, Outflow]:
    """Engines and thrusters over the tick, in place; mean force, moment about the datum, main thrust, what is drawn."""
    at = inlet(params.lox, params.lch4, state.feed, state.tanks_kg, state.mean[0])
    push = step_cluster(
        params.engine,
        params.cluster,
        params.scatter,
        state.effects.engine,
        state.engines,
        state.gimbal_rad,
        command,
        state.healthy,
        Now(ambient_pa, at, state.clock[TICK], params.dt_s),
    )
    force, moment, gas = rcs_load(params.rcs, state.valves, state.tanks_kg[GAS_LEFT], (0.0, 0.0, 0.0))
    drawn = Outflow(push.flow_kgps, push.lox_kgps, gas + state.effects.leak_kgps[0])
    main, turn = push.force_b_n, push.moment_b_nm
    if params.bending.frequency_hz > 0.0:
        main, turn = turned_thrust(params.bending, state.bending, main, turn, params.dt_s)
        drive_by_propulsion(params.bending, state.bending, main, turn, force)
    return add(main, force), add(turn, moment), push.thrust_n, drawn


@kernel
def step_feed(params: PlantParams, state: PlantState, drawn: Outflow) -> None:
    """Ullages, sumps and outlets over the tick, in place; the liquid moves against the wall as its pendulum does."""
    for i in range(2):
        tank = params.lox if i == 0 else params.lch4
        flow = drawn.lox_kgps if i == 0 else drawn.flow_kgps - drawn.lox_kgps
        sway = math.sqrt(state.slosh[i, RATE_Y] ** 2 + state.slosh[i, RATE_Z] ** 2)
        step_tank(
            tank,
            state.feed[i],
            state.effects.tank[i],
            state.tanks_kg[i],
            flow,
            sway,
            state.mean[0],
            state.clock[TICK],
            params.refresh_ticks,
            params.dt_s,
        )


@kernel
def draw(tanks_kg: np.ndarray, drawn: Outflow, dt_s: float) -> None:
    """What has left the tanks after dt, in place."""
    tanks_kg[OXYGEN], tanks_kg[FUEL] = drain(tanks_kg[OXYGEN], tanks_kg[FUEL], drawn.flow_kgps, drawn.lox_kgps, dt_s)
    tanks_kg[GAS_LEFT] = max(tanks_kg[GAS_LEFT] - drawn.gas_kgps * dt_s, 0.0)


@kernel
def touch_ground(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float) -> int:
    """Feet, crush cores and hull against the pad after the tick, in place; returns FLYING or IMPACT."""
    legs, body, site, normal = params.shell.legs, params.shell.body, params.around.site, params.around.pad_normal_enu
    cg = (state.cg_m[0], state.cg_m[1], state.cg_m[2])
    for i in range(state.leg_progress.shape[0]):
        state.leg_touching[i] = 0.0
        if state.leg_progress[i] < 1.0:
            continue
        pos, vel = point_over_pad(site, rigid, sub(foot_position(legs, i), cg), time_s)
        height = dot(pos, normal)
        if height + state.leg_crushed_m[i] < 0.0:
            state.leg_touching[i] = 1.0
            touch(state, i)
            stick(legs, state.leg_stuck_m[i], pos, vel, state.leg_crushed_m[i], normal)
        else:
            state.leg_stuck_m[i, 3] = 0.0
        state.leg_crushed_m[i] = crush(legs, height, state.leg_crushed_m[i])
        if state.leg_crushed_m[i] > legs.stroke_m:
            state.struck[0] = LEG
    if state.struck[0] != NOTHING:
        return IMPACT
    for end in range(2):
        x = body.hull_base_m if end == 0 else body.ref_length_m
        for i in range(4):
            angle = 0.5 * math.pi * i
            rim = (x, body.hull_radius_m * math.cos(angle), body.hull_radius_m * math.sin(angle))
            pos, _ = point_over_pad(site, rigid, sub(rim, cg), time_s)
            if dot(pos, normal) < 0.0:
                state.struck[0] = BASE if end == 0 else TOP
                return IMPACT
    return FLYING


@kernel
def touch(state: PlantState, leg: int) -> None:
    """Note a first contact of a leg, and of the stage, in place."""
    if state.leg_touched[leg] < 0.0:
        state.leg_touched[leg] = state.clock[TICK]
    if state.clock[CONTACT] < 0:
        state.clock[CONTACT] = state.clock[TICK]


@kernel
def settled(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float) -> bool:
    """Whether the stage has stood still on its feet, engines off, for long enough; counts in place.

    Near the angle at which it would topple a stage falls slowly: outside its footprint nothing is at rest.
    """
    clock = state.clock
    if clock[CONTACT] < 0:
        return False
    _, vel = point_over_pad(params.around.site, rigid, (0.0, 0.0, 0.0), time_s)
    quiet = norm(vel) < REST_SPEED_MPS and norm(rigid.omega_b_radps) < REST_RATE_RADPS
    for i in range(state.engines.shape[0]):
        quiet = quiet and state.engines[i, LEVEL] < 0.01
    if quiet:
        legs, cg = params.shell.legs, (state.cg_m[0], state.cg_m[1], state.cg_m[2])
        site = params.around.site
        margin, _ = tip_margin(legs, site, rigid, cg, state.leg_progress, state.leg_crushed_m, time_s)
        quiet = margin > 0.0
    clock[QUIET] = clock[QUIET] + 1 if quiet else 0
    return clock[QUIET] * params.dt_s > REST_TIME_S and (clock[TICK] - clock[CONTACT]) * params.dt_s > AFTER_CONTACT_S


@kernel
def integrate(params: PlantParams, state: PlantState, force: Vec, moment: Vec, thrust_n: float, time_s: float) -> Rigid:
    """Rigid body over the tick and what its inertial unit felt, in place; returns the new rigid state."""
    mass = current_mass(params, state.tanks_kg)
    rigid = recentre(read_rigid(state.rigid), state.cg_m, mass.cg_m)
    for i in range(3):
        state.cg_m[i] = mass.cg_m[i]
    about_cg = sub(moment, cross(mass.cg_m, force))
    force, about_cg = sway(params, state, force, about_cg)
    gust = gust_within(params, state, rigid, time_s)
    inputs = TickInputs(
        mass,
        force,
        about_cg,
        thrust_n,
        state.fin_rad,
        state.effects.fin,
        gust,
        state.leg_progress,
        state.leg_crushed_m,
        state.leg_stuck_m,
    )
    after, felt = rk4(params.shell, params.around, inputs, rigid, time_s, params.dt_s)
    feel(params, state, rigid, after, felt)
    if params.bending.frequency_hz > 0.0:
        bend(params, state, inputs, rigid, felt, time_s)
    return after


@kernel
def bend(params: PlantParams, state: PlantState, inputs: TickInputs, rigid: Rigid, felt: Vec, time_s: float) -> None:
    """The bending mode over the tick and its part in what the inertial unit felt, in place."""
    air, _ = air_around(params.around, inputs.gust_enu_mps, rigid, time_s)
    fins, cg = params.shell.fins, inputs.mass.cg_m
    push, _ = fin_aero(fins, inputs.fin_rad, inputs.fin_effects, air, rigid.omega_b_radps, cg)
    dvel, dangle = step_bending(params.bending, state.bending, inputs.mass.mass_kg, push, felt, params.dt_s)
    for i in range(3):
        state.imu[i] += dvel[i]
        state.imu[3 + i] += dangle[i]


@kernel
def sway(params: PlantParams, state: PlantState, force: Vec, moment: Vec) -> tuple[Vec, Vec]:
    """Liquids over the tick, in place; the load with theirs added."""
    m = state.mean
    felt, spin = (m[0], m[1], m[2]), (m[3], m[4], m[5])
    cg = (state.cg_m[0], state.cg_m[1], state.cg_m[2])
    refresh = state.clock[TICK] % params.refresh_ticks == 0
    for i in range(2):
        tank = params.lox if i == 0 else params.lch4
        push, turn = step_slosh(
            params.slosh.damping, tank, state.slosh[i], state.tanks_kg[i], felt, spin, cg, refresh, params.dt_s
        )
        force, moment = add(force, push), add(moment, turn)
    return force, moment


@kernel
def feel(params: PlantParams, state: PlantState, before: Rigid, after: Rigid, felt: Vec) -> None:
    """Add the tick to the increments of the inertial unit at its own place in the stage, in place."""
    dt = params.dt_s
    arm = sub(params.sensors.imu_position_m, (state.cg_m[0], state.cg_m[1], state.cg_m[2]))
    turn = scale(0.5, add(before.omega_b_radps, after.omega_b_radps))
    change = sub(after.omega_b_radps, before.omega_b_radps)
    dvel = add(axpy(dt, felt, cross(change, arm)), scale(dt, cross(turn, cross(turn, arm))))
    take_increments(params.sensors, state.imu, state.wander, dvel, scale(dt, turn), state.clock[TICK], dt)
    for i in range(3):
        state.mean[i] = felt[i]
        state.mean[3 + i] = change[i] / dt
    note_peaks(state, felt)


@kernel
def note_peaks(state: PlantState, felt: Vec) -> None:
    """Keep the largest specific force along the axis and across it since the last reading of the sensors, in place."""
    peaks = state.peaks
    if peaks[PEAK_FRAME] != state.frames[0]:
        peaks[AXIAL_PEAK], peaks[LATERAL_PEAK], peaks[PEAK_FRAME] = 0.0, 0.0, state.frames[0]
    if abs(felt[0]) > abs(peaks[AXIAL_PEAK]):
        peaks[AXIAL_PEAK] = felt[0]
    peaks[LATERAL_PEAK] = max(peaks[LATERAL_PEAK], math.hypot(felt[1], felt[2]))


@kernel
def read_gauges(params: PlantParams, state: PlantState) -> None:
    """Readings of all gauges now without errors, in place; the order is that of `gauges`."""
    now, tanks, axial = state.gauged[NOW], state.tanks_kg, state.mean[0]
    n = state.engines.shape[0]
    for i in range(n):
        burns = state.engines[i, PHASE] >= STARTING
        now[i] = state.engines[i, PRESSURE] * params.engine.burn.chamber_pressure_pa if burns else 0.0
    now[n], now[n + 1] = liquid_level(params.lox, tanks[OXYGEN]), liquid_level(params.lch4, tanks[FUEL])
    now[n + 2] = head_pressure(params.lox, state.feed[0, ULLAGE], tanks[OXYGEN], axial)
    now[n + 3] = head_pressure(params.lch4, state.feed[1, ULLAGE], tanks[FUEL], axial)
    at, gimbals = n + 4, state.gimbal_rad.shape[0]
    for i in range(gimbals):
        now[at + i] = state.gimbal_rad[i]
    for i in range(state.fin_rad.shape[0]):
        now[at + gimbals + i] = state.fin_rad[i]
    now[at + gimbals + state.fin_rad.shape[0]] = params.rcs.bottle_pressure_pa * tanks[GAS_LEFT] / params.rcs.load_kg


@kernel
def is_finite(rigid: Rigid) -> bool:
    """Whether the rigid state is still finite and bounded."""
    total = norm(rigid.pos_i_m) + norm(rigid.vel_i_mps) + norm(rigid.omega_b_radps) + abs(rigid.q_i_b[0])
    return math.isfinite(total)


@kernel
def step(params: PlantParams, state: PlantState, command: np.ndarray) -> int:
    """Advance the plant by one tick with the command held; returns FLYING, AT_REST, IMPACT or DIVERGED."""
    time_s = state.clock[TICK] * params.dt_s
    start = read_rigid(state.rigid)
    altitude = geodetic_altitude(earth_from_inertial(time_s, start.pos_i_m))
    apply_faults(params, state, start, time_s)
    half = 0.5 * params.dt_s  # deflections and masses of the middle of the tick hold over it: second order
    step_actuators(params, state, command, half)
    force, moment, thrust_n, drawn = step_propulsion(params, state, command, standard_air(altitude).pressure_pa)
    draw(state.tanks_kg, drawn, half)
    rigid = integrate(params, state, force, moment, thrust_n, time_s)
    draw(state.tanks_kg, drawn, half)
    step_feed(params, state, drawn)
    step_actuators(params, state, command, half)
    if not is_finite(rigid):
        return DIVERGED
    write_rigid(state.rigid, rigid)
    state.clock[TICK] += 1
    read_gauges(params, state)
    add_up(state.gauged, gauges(state))
    time_s = state.clock[TICK] * params.dt_s
    jets = Jets(thrust_n, params.shell.body.ref_area_m2)
    capture_gnss(
        params.sensors, params.around, jets, state.gnss, state.wander, state.cg_m, rigid, state.clock[TICK], params.dt_s
    )
    if altitude - params.around.site.elevation_m > 100.0:
        return FLYING
    if touch_ground(params, state, rigid, time_s) == IMPACT:
        return IMPACT
    return AT_REST if settled(params, state, rigid, time_s) else FLYING


@kernel
def advance(params: np.ndarray, state: np.ndarray, command: np.ndarray, ticks: int) -> int:
    """Up to `ticks` ticks with one command; stops at the first that ends the flight.

    `params` and `state` are one-element records with the fields of PlantParams and PlantState.
    """
    now = fitted(state[0])
    for _ in range(ticks):
        status = step(params[0], now, command)
        if status != FLYING:
            return status
    return FLYING
