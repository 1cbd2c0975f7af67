"""Propellant feed: ullage pressure, liquid at the sump or not, gas pull-through, and the effect on the engines.

The gas over a liquid expands as the liquid leaves (adiabatic), is fed by a regulator of limited flow, and collapses
where liquid sways through it: cold liquid takes the warmth out of it. A liquid off its sump falls toward it with the
specific force; before it arrives, the engines draw gas. A draining liquid dips over its outlet and lets gas through
before it is used up: critical height 0.69 (Q^2 / a)^(1/5) for a flow Q under the acceleration a (Lubin and Springer,
J. Fluid Mech. 29, 1967), here in a hemispherical bottom of the tank's radius. The surface at the outlet is the node of
the first sloshing mode, so sway does not change it. The head of the feed line is taken to be trimmed out by the engine
controller; the pressure that counts is that at the tank outlet, against the set pressure of the ullage.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from hoverslam.plant.kernels.body.mass import TankParams, liquid_level
from hoverslam.plant.kernels.columns import OXYGEN
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.effectors.actuators import clip
from hoverslam.plant.kernels.engines.engine import NotNegative, Positive
from hoverslam.plant.kernels.noise import uniform

ADIABATIC = 1.4  # of the pressurant, a diatomic or light gas
REGULATOR_S = 0.5  # chosen: lag of the pressurisation regulator
LEAST_ULLAGE = 0.02  # of the tank's volume: a tank is never filled to the brim
DIP = 0.69  # Lubin and Springer
SWING_HZ = 4.0  # chosen: of an engine that draws gas
GAS_LOSS, GAS_SWING = 0.35, 0.25  # R5: thrust swings between 40 and 90 % where only gas arrives
LEAST_FACTOR = 0.05
WARMEST_K = 180.0  # a line at the temperature of the engine bay

ULLAGE, GAP, GAP_SPEED, GAS, DIP_KG = 0, 1, 2, 3, 4
FEED_COLUMNS = 5  # of a tank: ullage pressure, what the liquid still has to fall and how fast, gas share, dip mass
CLOSED_OFF, FALL_PA, FALL_S, FALL_SINCE = 0, 1, 2, 3
TANK_COLUMNS = 4  # of a tank's effects: pressurisation shut, pressure lost by a collapse, over how long, since when


class FeedParams(NamedTuple):
    """Chill-down, igniter and inlet of one engine type. `warm` is kelvin above a chilled feed line.

    `thrust_per_pa` and `thrust_per_k` are shares of thrust; below `outlet_min_pa` at the oxygen tank's outlet the pumps
    cavitate and lose `cavitation_per_pa`; an engine that has drawn gas for `gas_limit_s` is lost.
    """

    igniter_s: Positive
    chill_time_s: Positive
    warming_kps: NotNegative
    chill_limit_k: NotNegative
    chill_wait_s: NotNegative
    thrust_per_pa: NotNegative
    thrust_per_k: NotNegative
    outlet_min_pa: Positive
    cavitation_per_pa: NotNegative
    gas_limit_s: Positive


class RelightParams(NamedTuple):
    """Probability that a start attempt lights: `clean` for the first of a chilled engine fed at set pressure.

    The others are log-odds lost: for each earlier attempt of this engine, kelvin above chilled, pascal of either tank
    under its set pressure, and for gas instead of liquid at an inlet.
    """

    clean: Annotated[float, Field(gt=0.0, lt=1.0)]
    per_attempt: NotNegative
    per_k: NotNegative
    per_pa: NotNegative
    gas: NotNegative


class Relight(NamedTuple):
    """The relight model of a flight: armed or not, and the stream that draws from it."""

    armed: int
    params: RelightParams
    key: int


class Inlet(NamedTuple):
    """What reaches every engine now: pressure over set at the outlets [Pa], gas share, least of both tanks."""

    lox_pa: float
    short_pa: float
    outlet_pa: float
    gas: float


@kernel
def ullage_volume(tank: TankParams, liquid_kg: float) -> float:
    """Gas volume over this much liquid [m3]."""
    full = tank.capacity_kg / tank.density_kgpm3
    return max(full - liquid_kg / tank.density_kgpm3, LEAST_ULLAGE * full)


@kernel
def head_pressure(tank: TankParams, ullage_pa: float, liquid_kg: float, axial_mps2: float) -> float:
    """Pressure at the tank outlet: ullage plus the column of liquid under the specific force."""
    return ullage_pa + tank.density_kgpm3 * max(axial_mps2, 0.0) * liquid_level(tank, liquid_kg)


@kernel
def step_ullage(
    tank: TankParams,
    effect: np.ndarray,
    ullage_pa: float,
    liquid_kg: float,
    drawn_kgps: float,
    sway_mps: float,
    tick: int,
    dt_s: float,
) -> float:
    """Ullage pressure after a tick in which the liquid left at `drawn` and moved against the wall at `sway`."""
    growth = drawn_kgps * dt_s / tank.density_kgpm3 / ullage_volume(tank, liquid_kg)
    pressure = ullage_pa * (1.0 - ADIABATIC * growth)
    pressure -= max(pressure - tank.collapse_floor_pa, 0.0) * tank.collapse_pm * sway_mps * dt_s
    if effect[FALL_PA] > 0.0 and (tick - effect[FALL_SINCE]) * dt_s < effect[FALL_S]:
        pressure -= effect[FALL_PA] * dt_s / effect[FALL_S]
    if effect[CLOSED_OFF] < 0.5:
        pressure += clip((tank.ullage_pa - pressure) / REGULATOR_S, 0.0, tank.repress_paps) * dt_s
    return max(pressure, min(tank.collapse_floor_pa, ullage_pa))


@kernel
def dip_mass(tank: TankParams, drawn_kgps: float, axial_mps2: float) -> float:
    """Liquid left [kg] when the surface dips into the outlet; 0 where nothing is drawn or nothing holds the liquid."""
    if drawn_kgps <= 0.0 or axial_mps2 <= 0.1:
        return 0.0
    flow = drawn_kgps / tank.density_kgpm3
    height = min(DIP * (flow * flow / axial_mps2) ** 0.2, tank.radius_m)
    return tank.density_kgpm3 * math.pi * height * height * (tank.radius_m - height / 3.0)


@kernel
def gas_share(tank: TankParams, row: np.ndarray, liquid_kg: float) -> float:
    """Share of gas in what leaves the outlet: all before the liquid has come down, rising from the dip to the last."""
    if row[GAP] > 0.0:
        return 1.0
    if row[DIP_KG] <= tank.residual_kg or liquid_kg >= row[DIP_KG]:
        return 0.0
    return min((row[DIP_KG] - liquid_kg) / (row[DIP_KG] - tank.residual_kg), 1.0)


@kernel
def settle(row: np.ndarray, axial_mps2: float, room_m: float, dt_s: float) -> None:
    """Let the liquid fall toward its sump, or away from it, in place; `room_m` is the free height over it."""
    before = row[GAP_SPEED]
    row[GAP_SPEED] -= axial_mps2 * dt_s
    row[GAP] += 0.5 * (before + row[GAP_SPEED]) * dt_s
    if row[GAP] <= 0.0 or row[GAP] >= room_m:
        row[GAP], row[GAP_SPEED] = min(max(row[GAP], 0.0), room_m), 0.0


@kernel
def step_tank(
    tank: TankParams,
    row: np.ndarray,
    effect: np.ndarray,
    liquid_kg: float,
    drawn_kgps: float,
    sway_mps: float,
    axial_mps2: float,
    tick: int,
    refresh_ticks: int,
    dt_s: float,
) -> None:
    """Advance what is over and at the outlet of a tank by a tick, in place; the dip follows every `refresh_ticks`."""
    row[ULLAGE] = step_ullage(tank, effect, row[ULLAGE], liquid_kg, drawn_kgps, sway_mps, tick, dt_s)
    if row[GAP] > 0.0 or axial_mps2 < 0.0:
        area = math.pi * tank.radius_m * tank.radius_m
        settle(row, axial_mps2, (tank.capacity_kg - liquid_kg) / tank.density_kgpm3 / area, dt_s)
    if tick % refresh_ticks == 0:
        row[DIP_KG] = dip_mass(tank, drawn_kgps, axial_mps2)
    row[GAS] = gas_share(tank, row, liquid_kg)


@kernel
def inlet(lox: TankParams, lch4: TankParams, rows: np.ndarray, tanks_kg: np.ndarray, axial_mps2: float) -> Inlet:
    """What both tanks offer the engines now."""
    lox_pa = head_pressure(lox, rows[0, ULLAGE], tanks_kg[OXYGEN], axial_mps2)
    short = max(lox.ullage_pa - rows[0, ULLAGE], lch4.ullage_pa - rows[1, ULLAGE], 0.0)
    return Inlet(lox_pa - lox.ullage_pa, short, lox_pa, max(rows[0, GAS], rows[1, GAS]))


@kernel
def warm_line(params: FeedParams, warm_k: float, bled: bool, dt_s: float) -> float:
    """Kelvin above chilled after a tick with liquid running through the line, or standing without."""
    if not bled:
        return min(warm_k + params.warming_kps * dt_s, WARMEST_K)
    left = warm_k * math.exp(-dt_s / params.chill_time_s)
    return left if left > 1e-3 else 0.0


@kernel
def fed_factor(params: FeedParams, at: Inlet, warm_k: float, tick: int, dt_s: float) -> float:
    """Chamber pressure over that of an engine fed as on its test stand."""
    factor = 1.0 + params.thrust_per_pa * at.lox_pa - params.thrust_per_k * warm_k
    factor -= params.cavitation_per_pa * max(params.outlet_min_pa - at.outlet_pa, 0.0)
    if at.gas > 0.0:
        swing = math.sin(2.0 * math.pi * SWING_HZ * tick * dt_s)
        factor *= 1.0 - at.gas * (GAS_LOSS - GAS_SWING * swing)
    return max(factor, LEAST_FACTOR)


@kernel
def light_probability(params: RelightParams, at: Inlet, warm_k: float, earlier: float) -> float:
    """Probability that this attempt lights."""
    odds = math.log(params.clean / (1.0 - params.clean)) - params.per_attempt * earlier
    odds -= params.per_k * warm_k + params.per_pa * at.short_pa + params.gas * at.gas
    return 1.0 / (1.0 + math.exp(-odds))


@kernel
def lights(relight: Relight, at: Inlet, warm_k: float, earlier: float, engine: int) -> bool:
    """Whether this attempt lights: drawn from the flight's own stream, by engine and attempt alone."""
    if relight.armed == 0:
        return True
    drawn = uniform(relight.key, int(earlier), engine)
    return bool(drawn < light_probability(relight.params, at, warm_k, earlier))
