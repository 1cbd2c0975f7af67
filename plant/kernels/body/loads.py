"""Structural loads for the record: bending at mid-body and an indicator of heating. No effect on the motion.

Bending is that of a rigid stage cut at half its length: what air, fins and thrusters push sideways above the cut, less
what the mass above the cut takes to follow the sideways motion (inertia relief). The dry stage is a uniform tube with
the engines lumped in the gimbal plane, so that mass and centre of gravity are kept; the body's normal force is split
into a potential part near the base and a crossflow part spread evenly, so that force and centre of pressure are kept.
Left out: pitch damping, the pull of sloshing liquid, elasticity. It is a proxy.

Heating: Sutton and Graves, A general stagnation-point convective heating equation for arbitrary gas mixtures, NASA TR
R-376 (1971): q = K sqrt(rho / r_n) v^3. Hypersonic and cold-walled; in the glide it only ranks flights by severity.
"""

import math

import numpy as np

from hoverslam.plant.kernels.aero import AirState, body_aero, bracket, lookup2
from hoverslam.plant.kernels.body.dynamics import Shell
from hoverslam.plant.kernels.body.mass import BodyParams, MassProperties, TankParams, liquid_level
from hoverslam.plant.kernels.columns import FUEL, GAS_LEFT, OXYGEN
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.fins import fin_aero
from hoverslam.plant.kernels.effectors.rcs import RcsParams
from hoverslam.plant.kernels.step import PlantParams, PlantState

SUTTON_GRAVES = 1.7415e-4  # [P] for air, kg^0.5/m
POTENTIAL_PART = 0.064  # [D] of the length: 2.7 m of 42 m, the first estimate behind the tables of zq3_y1


@kernel
def heat_flux(density_kgpm3: float, airspeed_mps: float, nose_radius_m: float) -> float:
    """Stagnation-point heat flux [W/m2] on a sphere of this radius."""
    return SUTTON_GRAVES * math.sqrt(density_kgpm3 / nose_radius_m) * airspeed_mps**3


@kernel
def inertia_moment(mass_kg: float, low_m: float, high_m: float, cut_m: float, at_cut: float, per_m: float) -> float:
    """Moment about the cut [N m] that moves the part above it of a uniform bar; a bar of no length is a lump.

    The bar reaches from low to high; its sideways acceleration is `at_cut + per_m (x - cut)`.
    """
    if high_m <= cut_m:
        return 0.0
    p, q = max(low_m, cut_m) - cut_m, high_m - cut_m
    part = mass_kg if low_m >= cut_m else mass_kg * q / (high_m - low_m)
    return part * (at_cut * 0.5 * (p + q) + per_m * (p * p + p * q + q * q) / 3.0)


@kernel
def tube_mass(body: BodyParams) -> float:
    """The share of the dry mass that is spread evenly; the rest, in the gimbal plane, keeps the centre of gravity."""
    return body.dry_mass_kg * min(2.0 * body.dry_cg_m / body.ref_length_m, 1.0)


@kernel
def tank_moment(tank: TankParams, mass_kg: float, cut_m: float, at_cut: float, per_m: float) -> float:
    """The same for the liquid of a tank."""
    top_m = tank.bottom_m + liquid_level(tank, mass_kg)
    return inertia_moment(mass_kg, tank.bottom_m, top_m, cut_m, at_cut, per_m)


@kernel
def relief(params: PlantParams, tanks_kg: np.ndarray, cut_m: float, at_cut: float, per_m: float) -> float:
    """Moment about the cut [N m] that moves everything above it, in one plane."""
    body, bottle_m = params.shell.body, params.rcs.bottle_m
    return (
        inertia_moment(tube_mass(body), 0.0, body.ref_length_m, cut_m, at_cut, per_m)
        + tank_moment(params.lox, tanks_kg[OXYGEN], cut_m, at_cut, per_m)
        + tank_moment(params.lch4, tanks_kg[FUEL], cut_m, at_cut, per_m)
        + inertia_moment(tanks_kg[GAS_LEFT], bottle_m, bottle_m, cut_m, at_cut, per_m)
    )


@kernel
def normal_force_arm(shell: Shell, air: AirState) -> float:
    """Moment about mid-length of the body's normal force above it, over the whole normal force [m]."""
    length = shell.body.ref_length_m
    nose_first = air.alpha_rad > 0.5 * math.pi
    i, f = bracket(shell.aero.mach, air.mach)
    j, g = bracket(shell.aero.alpha_rad, math.pi - air.alpha_rad if nose_first else air.alpha_rad)
    centre = lookup2(shell.aero.centre_of_pressure_m, i, f, j, g)
    half, lead = 0.5 * length, POTENTIAL_PART * length
    spread = min(max((centre - lead) / (half - lead), 0.0), 1.0)
    ahead = (1.0 - spread) * (half - lead) if nose_first else 0.0  # the potential part then sits near the nose
    return spread * length / 8.0 + ahead


@kernel
def thruster_moment(rcs: RcsParams, valves: np.ndarray, gas_kg: float, cut_m: float) -> tuple[float, float]:
    """Moment about the cut [N m] of the thrusters above it, along y and z."""
    y, z = 0.0, 0.0
    if gas_kg <= 0.0:
        return y, z
    for i in range(valves.shape[0]):
        arm = max(rcs.position_m[i, 0] - cut_m, 0.0) * rcs.thrust_n * valves[i]
        y, z = y + arm * rcs.direction[i, 1], z + arm * rcs.direction[i, 2]
    return y, z


@kernel
def bending(params: PlantParams, state: PlantState, air: AirState, mass: MassProperties) -> float:
    """Bending moment at mid-length [N m]: sideways load above the cut less its inertia relief, both planes together."""
    shell, cg = params.shell, mass.cg_m
    cut = 0.5 * shell.body.ref_length_m
    omega = (state.rigid[10], state.rigid[11], state.rigid[12])
    body, _ = body_aero(shell.aero, shell.body.ref_area_m2, shell.body.ref_length_m, air, omega, cg, 0.0)
    fins, _ = fin_aero(shell.fins, state.fin_rad, state.effects.fin, air, omega, cg)
    arm, fin_arm = normal_force_arm(shell, air), max(shell.fins.position_m - cut, 0.0)
    rcs_y, rcs_z = thruster_moment(params.rcs, state.valves, state.tanks_kg[GAS_LEFT], cut)
    push_y, push_z = arm * body[1] + fin_arm * fins[1] + rcs_y, arm * body[2] + fin_arm * fins[2] + rcs_z
    m, tanks = state.mean, state.tanks_kg  # specific force at the centre of gravity, angular acceleration
    take_y = relief(params, tanks, cut, m[1] + m[5] * (cut - cg[0]), m[5])
    take_z = relief(params, tanks, cut, m[2] - m[4] * (cut - cg[0]), -m[4])
    return math.hypot(push_y - take_y, push_z - take_z)


@kernel
def put_loads(
    params: PlantParams, state: PlantState, air: AirState, mass: MassProperties, out: np.ndarray, at: int
) -> None:
    """Airspeed, density, heat flux and bending of this instant, into the truth row."""
    out[at], out[at + 1] = air.speed_mps, air.density_kgpm3
    out[at + 2] = heat_flux(air.density_kgpm3, air.speed_mps, params.shell.body.hull_radius_m)
    out[at + 3] = bending(params, state, air, mass)
