"""The truth row of one instant; the order is that of `plant.layout`."""

import math

import numpy as np

from hoverslam.plant.kernels.body.dynamics import Rigid, air_around, point_over_pad
from hoverslam.plant.kernels.body.footing import tip_margin
from hoverslam.plant.kernels.body.legs import foot_position
from hoverslam.plant.kernels.body.loads import put_loads
from hoverslam.plant.kernels.columns import AXIAL_PEAK, FUEL, GAS_LEFT, LATERAL_PEAK, OXYGEN, TICK
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.feed import GAP, GAS, ULLAGE
from hoverslam.plant.kernels.engines.propulsion import CHARGES, FLOW, PHASE, PRESSURE, THRUST, WARM
from hoverslam.plant.kernels.rotation import Quat, Vec, add, dot, norm, rotate, sub
from hoverslam.plant.kernels.sensors.units import SATURATED
from hoverslam.plant.kernels.step import (
    PlantParams,
    PlantState,
    current_mass,
    fitted,
    gust_after,
    read_rigid,
)
from hoverslam.plant.kernels.world.earth import (
    Site,
    earth_from_inertial,
    enu_from_earth,
    geodetic_altitude,
)
from hoverslam.plant.kernels.world.wind import column_at


@kernel
def put(out: np.ndarray, at: int, values: np.ndarray) -> int:
    """Copy a block of numbers to `at`; returns where the next goes."""
    for i in range(values.shape[0]):
        out[at + i] = values[i]
    return at + values.shape[0]


@kernel
def put3(out: np.ndarray, at: int, v: Vec) -> int:
    """Copy a vector to `at`; returns where the next goes."""
    out[at], out[at + 1], out[at + 2] = v
    return at + 3


@kernel
def quaternion_over_pad(site: Site, q_i_b: Quat, time_s: float) -> Quat:
    """q_enu_b from the inertial attitude, by way of the rotation matrix (Shepperd, 1978: the largest term first)."""
    x = enu_from_earth(site, earth_from_inertial(time_s, rotate(q_i_b, (1.0, 0.0, 0.0))))
    y = enu_from_earth(site, earth_from_inertial(time_s, rotate(q_i_b, (0.0, 1.0, 0.0))))
    z = enu_from_earth(site, earth_from_inertial(time_s, rotate(q_i_b, (0.0, 0.0, 1.0))))
    trace = x[0] + y[1] + z[2]
    if trace > max(x[0], y[1], z[2]):
        w = 0.5 * math.sqrt(1.0 + trace)
        k = 0.25 / w
        return (w, k * (y[2] - z[1]), k * (z[0] - x[2]), k * (x[1] - y[0]))
    if x[0] >= y[1] and x[0] >= z[2]:
        a = 0.5 * math.sqrt(max(1.0 + x[0] - y[1] - z[2], 0.0))
        k = 0.25 / a
        return (k * (y[2] - z[1]), a, k * (x[1] + y[0]), k * (z[0] + x[2]))
    if y[1] >= z[2]:
        b = 0.5 * math.sqrt(max(1.0 - x[0] + y[1] - z[2], 0.0))
        k = 0.25 / b
        return (k * (z[0] - x[2]), k * (x[1] + y[0]), b, k * (y[2] + z[1]))
    c = 0.5 * math.sqrt(max(1.0 - x[0] - y[1] + z[2], 0.0))
    k = 0.25 / c
    return (k * (x[1] - y[0]), k * (z[0] + x[2]), k * (y[2] + z[1]), c)


@kernel
def truth(params_record: np.ndarray, state_record: np.ndarray, out: np.ndarray) -> None:
    """The true state now, for the record. Records as in `advance`."""
    params, state = params_record[0], fitted(state_record[0])
    site, legs = params.around.site, params.shell.legs
    time_s = state.clock[TICK] * params.dt_s
    rigid = read_rigid(state.rigid)
    cg = (state.cg_m[0], state.cg_m[1], state.cg_m[2])
    gust = gust_after(params, state)
    pos, vel = point_over_pad(site, rigid, sub((legs.foot_m, 0.0, 0.0), cg), time_s)
    air, altitude = air_around(params.around, gust, rigid, time_s)
    mass = current_mass(params, state.tanks_kg)
    east, north, _ = column_at(params.around.column, altitude)
    q = quaternion_over_pad(site, rigid.q_i_b, time_s)
    foot_i = add(rigid.pos_i_m, rotate(rigid.q_i_b, sub((legs.foot_m, 0.0, 0.0), cg)))
    foot_altitude = geodetic_altitude(earth_from_inertial(time_s, foot_i))
    nose = rotate(q, (1.0, 0.0, 0.0))
    out[0] = time_s
    at = put3(out, put3(out, 1, pos), vel)
    for i in range(4):
        out[at + i] = q[i]
    at = put3(out, at + 4, rigid.omega_b_radps)
    out[at] = foot_altitude - site.elevation_m
    out[at + 1] = foot_altitude
    out[at + 2] = norm(vel)
    out[at + 3] = air.mach
    out[at + 4] = air.q_pa
    out[at + 5] = air.alpha_rad
    out[at + 6] = math.acos(min(max(nose[2], -1.0), 1.0))
    at = put(out, at + 7, state.mean[:3])
    out[at] = mass.mass_kg
    out[at + 1] = max(state.tanks_kg[OXYGEN] - params.lox.residual_kg, 0.0)
    out[at + 2] = max(state.tanks_kg[FUEL] - params.lch4.residual_kg, 0.0)
    out[at + 3] = state.tanks_kg[GAS_LEFT]
    out[at + 4] = mass.cg_m[0]
    at = put3(out, at + 5, add((east, north, 0.0), gust))
    at = truth_feed(state, out, truth_engines(params, state, out, at))
    at = put(out, at, state.gimbal_rad)
    at = put(out, at, state.fin_rad)
    at = put(out, at, state.valves)
    at = truth_legs(params, state, time_s, out, at)
    out[at] = state.wander[SATURATED] * params.dt_s
    put_loads(params, state, air, mass, out, at + 1)
    out[at + 5], out[at + 6] = state.bending[0, 0], state.bending[1, 0]
    at = truth_ground(params, state, rigid, time_s, out, at + 7)
    out[at], out[at + 1] = state.peaks[AXIAL_PEAK], state.peaks[LATERAL_PEAK]


@kernel
def truth_engines(params: PlantParams, state: PlantState, out: np.ndarray, at: int) -> int:
    """Level, thrust, chamber pressure, flow, state, warmth and charges of each engine; returns where the next goes."""
    n = state.engines.shape[0]
    for i in range(n):
        out[at + i] = state.engines[i, PRESSURE]
        out[at + n + i] = state.engines[i, THRUST]
        out[at + 2 * n + i] = state.engines[i, PRESSURE] * params.engine.burn.chamber_pressure_pa
        out[at + 3 * n + i] = state.engines[i, FLOW]
        out[at + 4 * n + i] = state.engines[i, PHASE]
        out[at + 5 * n + i] = state.engines[i, WARM]
        out[at + 6 * n + i] = state.engines[i, CHARGES]
    return at + 7 * n


@kernel
def truth_feed(state: PlantState, out: np.ndarray, at: int) -> int:
    """Ullage pressure, fall still to go and gas share at the outlet of both tanks; returns where the next goes."""
    for i in range(2):
        out[at + i] = state.feed[i, ULLAGE]
        out[at + 2 + i] = state.feed[i, GAP]
        out[at + 4 + i] = state.feed[i, GAS]
    return at + 6


@kernel
def truth_legs(params: PlantParams, state: PlantState, time_s: float, out: np.ndarray, at: int) -> int:
    """Lock, contact, crushed length and height over the pad of each foot (of where it would be while stowed).

    Returns where the next number goes.
    """
    rigid, legs = read_rigid(state.rigid), params.shell.legs
    cg = (state.cg_m[0], state.cg_m[1], state.cg_m[2])
    n = state.leg_progress.shape[0]
    for i in range(n):
        pos, _ = point_over_pad(params.around.site, rigid, sub(foot_position(legs, i), cg), time_s)
        out[at + i] = 1.0 if state.leg_progress[i] >= 1.0 else 0.0
        out[at + n + i] = state.leg_touching[i]
        out[at + 2 * n + i] = state.leg_crushed_m[i]
        out[at + 3 * n + i] = dot(pos, params.around.pad_normal_enu) + state.leg_crushed_m[i]
    return at + 4 * n


@kernel
def truth_ground(params: PlantParams, state: PlantState, rigid: Rigid, time_s: float, out: np.ndarray, at: int) -> int:
    """First contact of each leg, what struck the ground, how far from toppling; returns where the next number goes."""
    n = state.leg_touched.shape[0]
    for i in range(n):
        touched = state.leg_touched[i]
        out[at + i] = touched * params.dt_s if touched >= 0.0 else -1.0
    out[at + n] = state.struck[0]
    cg = (state.cg_m[0], state.cg_m[1], state.cg_m[2])
    out[at + n + 1], out[at + n + 2] = tip_margin(
        params.shell.legs, params.around.site, rigid, cg, state.leg_progress, state.leg_crushed_m, time_s
    )
    return at + n + 3
