"""Models of the flight software: gravity at the pad, air, drag, thrust, masses, lever arms."""

import math

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Forecast, PadBelief, Stage
from hoverslam.gnc.rotation import Vec, outer, plus, times

EARTH_RATE_RADPS = 7.292115e-5
SEMI_MAJOR_M = 6378137.0
ECC2 = 6.69437999014e-3
GM = 3.986004418e14
J2 = 1.08262982e-3
STANDARD_GRAVITY = 9.80665


@kernel
def pad_position(pad: PadBelief) -> Vec:
    """Earth-centred position of the pad [m]."""
    s, c = math.sin(pad.latitude_rad), math.cos(pad.latitude_rad)
    n = SEMI_MAJOR_M / math.sqrt(1.0 - ECC2 * s * s)
    r = (n + pad.elevation_m) * c
    return (r * math.cos(pad.longitude_rad), r * math.sin(pad.longitude_rad), (n * (1.0 - ECC2) + pad.elevation_m) * s)


@kernel
def to_enu(pad: PadBelief, v: Vec) -> Vec:
    """Earth-fixed components to east-north-up at the pad."""
    sa, ca = math.sin(pad.latitude_rad), math.cos(pad.latitude_rad)
    so, co = math.sin(pad.longitude_rad), math.cos(pad.longitude_rad)
    along = co * v[0] + so * v[1]
    return (co * v[1] - so * v[0], ca * v[2] - sa * along, ca * along + sa * v[2])


@kernel
def from_enu(pad: PadBelief, v: Vec) -> Vec:
    """East-north-up at the pad to Earth-fixed components."""
    sa, ca = math.sin(pad.latitude_rad), math.cos(pad.latitude_rad)
    so, co = math.sin(pad.longitude_rad), math.cos(pad.longitude_rad)
    along = ca * v[2] - sa * v[1]
    return (co * along - so * v[0], so * along + co * v[0], ca * v[1] + sa * v[2])


@kernel
def earth_rate(pad: PadBelief) -> Vec:
    """Earth's rotation, east-north-up [rad/s]."""
    return (0.0, EARTH_RATE_RADPS * math.cos(pad.latitude_rad), EARTH_RATE_RADPS * math.sin(pad.latitude_rad))


@kernel
def gravity(pad: PadBelief, pos_enu_m: Vec) -> Vec:
    """Gravity with the centrifugal part, east-north-up at the pad [m/s2]: J2 field."""
    x, y, z = plus(pad_position(pad), from_enu(pad, pos_enu_m))
    r2 = x * x + y * y + z * z
    k = -GM / (r2 * math.sqrt(r2))
    j = 1.5 * J2 * SEMI_MAJOR_M * SEMI_MAJOR_M / r2
    s2 = 5.0 * z * z / r2
    w2 = EARTH_RATE_RADPS * EARTH_RATE_RADPS
    lateral = k * (1.0 + j * (1.0 - s2)) + w2
    return to_enu(pad, (lateral * x, lateral * y, k * (1.0 + j * (3.0 - s2)) * z))


@kernel
def coriolis(pad: PadBelief, vel_enu_mps: Vec) -> Vec:
    """Acceleration of a free body in the turning pad frame, beyond gravity [m/s2]."""
    return times(-2.0, outer(earth_rate(pad), vel_enu_mps))


@kernel
def altitude(pad: PadBelief, pos_enu_m: Vec) -> float:
    """Height above mean sea level [m], Earth's curvature to second order."""
    across2 = pos_enu_m[0] * pos_enu_m[0] + pos_enu_m[1] * pos_enu_m[1]
    return pad.elevation_m + pos_enu_m[2] + 0.5 * across2 / SEMI_MAJOR_M


@kernel
def table(grid: np.ndarray, values: np.ndarray, x: float) -> float:
    """Linear interpolation on an increasing grid, held at the ends."""
    n = grid.shape[0]
    if x <= grid[0]:
        return values[0]
    for i in range(1, n):
        if x < grid[i]:
            f = (x - grid[i - 1]) / (grid[i] - grid[i - 1])
            return values[i - 1] + f * (values[i] - values[i - 1])
    return values[n - 1]


@kernel
def air(forecast: Forecast, altitude_m: float) -> tuple[float, float, float, float, float]:
    """Density, pressure, sound speed, wind to the east and to the north, as forecast."""
    last = forecast.sound_mps.shape[0] - 1
    x = min(max(altitude_m / forecast.step_m, 0.0), last - 1e-9)
    i = int(x)
    f = x - i
    log_density = forecast.log_density[i] + f * (forecast.log_density[i + 1] - forecast.log_density[i])
    log_pressure = forecast.log_pressure[i] + f * (forecast.log_pressure[i + 1] - forecast.log_pressure[i])
    return (
        math.exp(log_density),
        math.exp(log_pressure),
        forecast.sound_mps[i] + f * (forecast.sound_mps[i + 1] - forecast.sound_mps[i]),
        forecast.east_mps[i] + f * (forecast.east_mps[i + 1] - forecast.east_mps[i]),
        forecast.north_mps[i] + f * (forecast.north_mps[i + 1] - forecast.north_mps[i]),
    )


@kernel
def thrust(stage: Stage, level: float, pressure_pa: float) -> float:
    """Thrust of one engine [N]."""
    return max(level * stage.vacuum_thrust_n - pressure_pa * stage.exit_area_m2, 0.0)


@kernel
def level_for(stage: Stage, thrust_n: float, pressure_pa: float) -> float:
    """Level at which one engine gives this thrust."""
    return (thrust_n + pressure_pa * stage.exit_area_m2) / stage.vacuum_thrust_n


@kernel
def flow(stage: Stage, level: float) -> float:
    """Propellant flow of one engine [kg/s]."""
    isp = stage.vacuum_isp_s * (1.0 - stage.isp_loss_per_level * (1.0 - level))
    return level * stage.vacuum_thrust_n / (STANDARD_GRAVITY * isp)


@kernel
def drag(stage: Stage, density: float, sound: float, speed: float, thrust_n: float) -> float:
    """Axial aerodynamic force [N] at zero angle, plume interaction included."""
    qs = 0.5 * density * speed * speed * stage.ref_area_m2
    axial = qs * table(stage.axial_mach, stage.axial, speed / sound)
    if thrust_n <= 0.0:
        return axial
    return axial * table(stage.plume_coefficient, stage.plume_factor, thrust_n / max(qs, 1.0))


@kernel
def trimmed_lift(stage: Stage, q_pa: float, lift_factor: float, cg_m: float, lean_rad: float) -> float:
    """Sideways force per lean [N/rad] of the body and of the fins that hold the lean.

    Of the fins' own lift only that is left which balances the body's about the centre of gravity. Crossflow makes the
    body's slope grow with the lean.
    """
    body = q_pa * stage.ref_area_m2 * lift_factor * (stage.normal_slope + stage.normal_growth * lean_rad)
    return body * (1.0 - (stage.normal_position_m - cg_m) / (stage.fin_position_m - cg_m))


@kernel
def balance(stage: Stage, lox_kg: float, lch4_kg: float) -> tuple[float, float, float]:
    """Mass, centre of gravity on the axis and lateral inertia with this much (total) propellant aboard."""
    lox_x = stage.lox_bottom_m + 0.5 * lox_kg / (stage.lox_density_kgpm3 * stage.tank_area_m2)
    lch4_x = stage.lch4_bottom_m + 0.5 * lch4_kg / (stage.lch4_density_kgpm3 * stage.tank_area_m2)
    mass = stage.dry_mass_kg + lox_kg + lch4_kg
    cg = (stage.dry_mass_kg * stage.dry_cg_m + lox_kg * lox_x + lch4_kg * lch4_x) / mass
    lateral = (
        stage.dry_inertia_kgm2[1]
        + stage.dry_mass_kg * (stage.dry_cg_m - cg) ** 2
        + lox_kg * (lox_x - cg) ** 2
        + lch4_kg * (lch4_x - cg) ** 2
    )
    return mass, cg, lateral
