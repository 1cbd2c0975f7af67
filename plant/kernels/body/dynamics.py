"""Rigid-body motion in the inertial frame under gravitation, air, propulsion and the ground.

The state is that of the material point at the centre of gravity. Propulsive force, mass properties and deflections are
means over the tick; everything that depends on position, velocity, attitude or rate is evaluated at each stage of RK4.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.aero import NOT_BLUFF, AeroParams, AirState, BluffParams, air_state, bluff_aero, body_aero
from hoverslam.plant.kernels.body.legs import LegParams, any_locked, dragged_from, foot_force, foot_position
from hoverslam.plant.kernels.body.mass import BodyParams, MassProperties
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.fins import FinParams, fin_aero
from hoverslam.plant.kernels.rotation import (
    Quat,
    Vec,
    add,
    axpy,
    cross,
    dot,
    normalise,
    rate,
    rotate,
    rotate_back,
    scale,
    sub,
)
from hoverslam.plant.kernels.world.atmosphere import standard_air
from hoverslam.plant.kernels.world.earth import (
    WGS84,
    Earth,
    Site,
    earth_from_enu,
    earth_from_inertial,
    enu_from_earth,
    geodetic_altitude,
    gravitation,
    inertial_from_earth,
    surface_velocity,
)
from hoverslam.plant.kernels.world.wind import AirColumn, column_at

CONTACT_HEIGHT_M = 60.0


class Rigid(NamedTuple):
    """Position, velocity (inertial frame), attitude and inertial rate of the stage at its centre of gravity."""

    pos_i_m: Vec
    vel_i_mps: Vec
    q_i_b: Quat
    omega_b_radps: Vec


class Surroundings(NamedTuple):
    """Where and in what the stage flies. Sensors and the ground know WGS-84 only; another Earth is for check-cases.

    The pad is the plane through its centre with this normal.
    """

    site: Site
    column: AirColumn
    earth: Earth = WGS84
    pad_normal_enu: Vec = (0.0, 0.0, 1.0)


class Shell(NamedTuple):
    """What the air and the ground act on; a bluff body, where there is one, stands for the stage and its fins."""

    body: BodyParams
    aero: AeroParams
    fins: FinParams
    legs: LegParams
    bluff: BluffParams = NOT_BLUFF


class TickInputs(NamedTuple):
    """What is held over one tick: masses, propulsive load about the centre of gravity, deflections, gust, legs."""

    mass: MassProperties
    force_b_n: Vec
    moment_b_nm: Vec
    thrust_n: float
    fin_rad: np.ndarray
    fin_effects: np.ndarray
    gust_enu_mps: Vec
    leg_progress: np.ndarray
    leg_crushed_m: np.ndarray
    leg_stuck_m: np.ndarray


class Motion(NamedTuple):
    """Time derivative of `Rigid`, and the specific force that an accelerometer at the centre of gravity would feel."""

    vel_i_mps: Vec
    acc_i_mps2: Vec
    q_rate: Quat
    omega_rate_b: Vec
    specific_force_b: Vec


@kernel
def air_around(around: Surroundings, gust_enu_mps: Vec, state: Rigid, time_s: float) -> tuple[AirState, float]:
    """Motion through the air, wind and gusts included, and the altitude [m]."""
    earth = around.earth
    altitude = geodetic_altitude(earth_from_inertial(time_s, state.pos_i_m, earth), earth)
    air = standard_air(altitude)
    east, north, density_factor = column_at(around.column, altitude)
    wind_e = earth_from_enu(around.site, add((east, north, 0.0), gust_enu_mps))
    wind_i = inertial_from_earth(time_s, wind_e, earth)
    drift = sub(sub(state.vel_i_mps, surface_velocity(state.pos_i_m, earth)), wind_i)
    return air_state(rotate_back(state.q_i_b, drift), air.density_kgpm3 * density_factor, air.sound_mps), altitude


@kernel
def point_over_pad(site: Site, state: Rigid, offset_b_m: Vec, time_s: float) -> tuple[Vec, Vec]:
    """Position and velocity of a body point relative to the pad and the turning Earth, east-north-up."""
    pos_i = add(state.pos_i_m, rotate(state.q_i_b, offset_b_m))
    vel_i = add(state.vel_i_mps, rotate(state.q_i_b, cross(state.omega_b_radps, offset_b_m)))
    pos_e = earth_from_inertial(time_s, pos_i)
    vel_e = earth_from_inertial(time_s, sub(vel_i, surface_velocity(pos_i)))
    return enu_from_earth(site, sub(pos_e, site.pos_e_m)), enu_from_earth(site, vel_e)


@kernel
def ground_load(shell: Shell, around: Surroundings, inputs: TickInputs, state: Rigid, time_s: float) -> tuple[Vec, Vec]:
    """Force [N] and moment [N m] of the pad on the locked legs, body axes."""
    force, moment = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    site, normal = around.site, around.pad_normal_enu
    for leg in range(inputs.leg_progress.shape[0]):
        arm = sub(foot_position(shell.legs, leg), inputs.mass.cg_m)
        pos, vel = point_over_pad(site, state, arm, time_s)
        height = dot(pos, normal)
        if height >= 0.0 or inputs.leg_progress[leg] < 1.0:
            continue
        dragged = dragged_from(inputs.leg_stuck_m[leg], pos, normal)
        push_enu = foot_force(shell.legs, height, inputs.leg_crushed_m[leg], vel, dragged, normal)
        push_i = inertial_from_earth(time_s, earth_from_enu(site, push_enu))
        push = rotate_back(state.q_i_b, push_i)
        force, moment = add(force, push), add(moment, cross(arm, push))
    return force, moment


@kernel
def air_load(shell: Shell, earth: Earth, inputs: TickInputs, air: AirState, state: Rigid) -> tuple[Vec, Vec]:
    """Force [N] and moment about the centre of gravity [N m] of the air on body and fins, body axes."""
    if shell.bluff.area_m2 > 0.0:
        turn_of_air = rotate_back(state.q_i_b, (0.0, 0.0, earth.omega_radps))
        return bluff_aero(shell.bluff, air, sub(state.omega_b_radps, turn_of_air))
    cg, body = inputs.mass.cg_m, shell.body
    force, moment = body_aero(
        shell.aero, body.ref_area_m2, body.ref_length_m, air, state.omega_b_radps, cg, inputs.thrust_n
    )
    fin_force, fin_moment = fin_aero(shell.fins, inputs.fin_rad, inputs.fin_effects, air, state.omega_b_radps, cg)
    return add(force, fin_force), add(moment, fin_moment)


@kernel
def motion(shell: Shell, around: Surroundings, inputs: TickInputs, state: Rigid, time_s: float) -> Motion:
    """Newton and Euler: derivative of the state at this moment."""
    air, altitude = air_around(around, inputs.gust_enu_mps, state, time_s)
    air_force, air_moment = air_load(shell, around.earth, inputs, air, state)
    force, moment = add(air_force, inputs.force_b_n), add(air_moment, inputs.moment_b_nm)
    if altitude - around.site.elevation_m < CONTACT_HEIGHT_M and any_locked(inputs.leg_progress):
        ground_force, ground_moment = ground_load(shell, around, inputs, state, time_s)
        force, moment = add(force, ground_force), add(moment, ground_moment)
    specific = scale(1.0 / inputs.mass.mass_kg, force)
    w, inertia = state.omega_b_radps, inputs.mass.inertia_kgm2
    gyro = cross(w, (inertia[0] * w[0], inertia[1] * w[1], inertia[2] * w[2]))
    return Motion(
        state.vel_i_mps,
        add(rotate(state.q_i_b, specific), gravitation(state.pos_i_m, around.earth)),
        rate(state.q_i_b, w),
        (
            (moment[0] - gyro[0]) / inertia[0],
            (moment[1] - gyro[1]) / inertia[1],
            (moment[2] - gyro[2]) / inertia[2],
        ),
        specific,
    )


@kernel
def advanced(state: Rigid, slope: Motion, dt_s: float) -> Rigid:
    """The state moved along a slope for dt."""
    q, d = state.q_i_b, slope.q_rate
    return Rigid(
        axpy(dt_s, slope.vel_i_mps, state.pos_i_m),
        axpy(dt_s, slope.acc_i_mps2, state.vel_i_mps),
        (q[0] + dt_s * d[0], q[1] + dt_s * d[1], q[2] + dt_s * d[2], q[3] + dt_s * d[3]),
        axpy(dt_s, slope.omega_rate_b, state.omega_b_radps),
    )


@kernel
def weighted(a: Vec, b: Vec, c: Vec, d: Vec) -> Vec:
    """Runge-Kutta mean of four slopes."""
    return (
        (a[0] + 2.0 * (b[0] + c[0]) + d[0]) / 6.0,
        (a[1] + 2.0 * (b[1] + c[1]) + d[1]) / 6.0,
        (a[2] + 2.0 * (b[2] + c[2]) + d[2]) / 6.0,
    )


@kernel
def rk4(
    shell: Shell, around: Surroundings, inputs: TickInputs, state: Rigid, time_s: float, dt_s: float
) -> tuple[Rigid, Vec]:
    """One step of classical fourth-order Runge-Kutta; also the mean specific force over it [m/s2, body axes]."""
    k1 = motion(shell, around, inputs, state, time_s)
    k2 = motion(shell, around, inputs, advanced(state, k1, 0.5 * dt_s), time_s + 0.5 * dt_s)
    k3 = motion(shell, around, inputs, advanced(state, k2, 0.5 * dt_s), time_s + 0.5 * dt_s)
    k4 = motion(shell, around, inputs, advanced(state, k3, dt_s), time_s + dt_s)
    q1, q2, q3, q4 = k1.q_rate, k2.q_rate, k3.q_rate, k4.q_rate
    mean = Motion(
        weighted(k1.vel_i_mps, k2.vel_i_mps, k3.vel_i_mps, k4.vel_i_mps),
        weighted(k1.acc_i_mps2, k2.acc_i_mps2, k3.acc_i_mps2, k4.acc_i_mps2),
        (
            (q1[0] + 2.0 * (q2[0] + q3[0]) + q4[0]) / 6.0,
            (q1[1] + 2.0 * (q2[1] + q3[1]) + q4[1]) / 6.0,
            (q1[2] + 2.0 * (q2[2] + q3[2]) + q4[2]) / 6.0,
            (q1[3] + 2.0 * (q2[3] + q3[3]) + q4[3]) / 6.0,
        ),
        weighted(k1.omega_rate_b, k2.omega_rate_b, k3.omega_rate_b, k4.omega_rate_b),
        weighted(k1.specific_force_b, k2.specific_force_b, k3.specific_force_b, k4.specific_force_b),
    )
    moved = advanced(state, mean, dt_s)
    return Rigid(moved.pos_i_m, moved.vel_i_mps, normalise(moved.q_i_b), moved.omega_b_radps), mean.specific_force_b
