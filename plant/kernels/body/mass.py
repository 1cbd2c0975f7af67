"""Mass, centre of gravity and inertia from what is in the tanks, and the draining of the tanks.

Liquid in a tank is a disc of the tank's radius on a flat bottom; about the long axis it does not turn with the wall.
Parallel axes: Goldstein, Classical Mechanics, sec. 5.3. Body axes: x out of the nose from the gimbal plane.
"""

import math
from typing import Annotated, NamedTuple

from pydantic import Field

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import NotNegative, Positive
from hoverslam.plant.kernels.rotation import Vec


class BodyParams(NamedTuple):
    """The dry stage. Inertia about the dry centre of gravity; `cg_offset_m` is the lateral offset of the whole."""

    dry_mass_kg: Positive
    dry_cg_m: float
    dry_inertia_kgm2: tuple[Positive, Positive, Positive]
    cg_offset_m: tuple[float, float]
    ref_area_m2: Positive
    ref_length_m: Positive
    hull_radius_m: Positive
    hull_base_m: float


class TankParams(NamedTuple):
    """An upright cylinder; `residual_kg` never reaches the engines.

    `ullage_pa` is what the pressurisation holds, with at most `repress_paps`; a metre of liquid moving against the wall
    takes away the share `collapse_pm` of what is above `collapse_floor_pa`.
    """

    radius_m: Positive
    bottom_m: float
    density_kgpm3: Positive
    capacity_kg: Positive
    residual_kg: NotNegative
    ullage_pa: Annotated[float, Field(gt=0)]
    repress_paps: NotNegative
    collapse_floor_pa: NotNegative
    collapse_pm: NotNegative


class MassProperties(NamedTuple):
    """Mass, centre of gravity from the gimbal plane, principal inertia about it."""

    mass_kg: float
    cg_m: Vec
    inertia_kgm2: Vec


@kernel
def liquid_level(tank: TankParams, mass_kg: float) -> float:
    """Height of the liquid over the tank bottom [m]."""
    return mass_kg / (tank.density_kgpm3 * math.pi * tank.radius_m * tank.radius_m)


@kernel
def liquid_lateral_inertia(tank: TankParams, mass_kg: float, level_m: float) -> float:
    """Inertia of the liquid disc about a diameter through its own centre."""
    return mass_kg * (3.0 * tank.radius_m * tank.radius_m + level_m * level_m) / 12.0


@kernel
def mass_properties(
    body: BodyParams, lox: TankParams, lch4: TankParams, lox_kg: float, lch4_kg: float, rcs_kg: float, rcs_m: float
) -> MassProperties:
    """The stage with this much liquid oxygen, methane (residuals included) and cold gas."""
    lox_level, lch4_level = liquid_level(lox, lox_kg), liquid_level(lch4, lch4_kg)
    lox_x, lch4_x = lox.bottom_m + 0.5 * lox_level, lch4.bottom_m + 0.5 * lch4_level
    mass = body.dry_mass_kg + lox_kg + lch4_kg + rcs_kg
    x = (body.dry_mass_kg * body.dry_cg_m + lox_kg * lox_x + lch4_kg * lch4_x + rcs_kg * rcs_m) / mass
    lateral = (
        body.dry_mass_kg * (body.dry_cg_m - x) ** 2
        + liquid_lateral_inertia(lox, lox_kg, lox_level)
        + lox_kg * (lox_x - x) ** 2
        + liquid_lateral_inertia(lch4, lch4_kg, lch4_level)
        + lch4_kg * (lch4_x - x) ** 2
        + rcs_kg * (rcs_m - x) ** 2
    )
    ix, iy, iz = body.dry_inertia_kgm2
    return MassProperties(mass, (x, body.cg_offset_m[0], body.cg_offset_m[1]), (ix, iy + lateral, iz + lateral))


@kernel
def drain(lox_kg: float, lch4_kg: float, flow_kgps: float, lox_kgps: float, dt_s: float) -> tuple[float, float]:
    """What is left after drawing `flow` for dt, of which `lox_kgps` is oxidiser; never below zero."""
    return max(lox_kg - lox_kgps * dt_s, 0.0), max(lch4_kg - (flow_kgps - lox_kgps) * dt_s, 0.0)
