"""Where to point and how hard to push: predicted impact in the glide, predicted stop for ignition and burn.

The stage leans by an angle from the direction against its motion. Thrust then pushes it the way it leans, lift pushes it
the other way; near 265 m/s under three engines they cancel. The lean for a wanted sideways push is therefore
push G / (G^2 + margin^2) with G = thrust - lift slope: it changes sign by itself and rests where there is no authority.
"""

import math
from typing import NamedTuple

from gnc.compiled import kernel
from gnc.control import Authority, share_to_fins
from gnc.load import Load
from gnc.model import air, altitude, drag, level_for, table
from gnc.prediction import Ending, against
from gnc.rotation import Vec, inner, minus, plus, times, unit


class Situation(NamedTuple):
    """What guidance works on: the centre of gravity, the foot of the stage, and what acts on it now."""

    pos_enu_m: Vec
    vel_enu_mps: Vec
    foot_m: float
    mass_kg: float
    thrust_n: float
    engines: float
    against: Vec
    drag_n: float
    q_pa: float
    fin_n_prad: float
    pressure_pa: float


@kernel
def assess(load: Load, pos: Vec, vel: Vec, foot_m: float, mass_kg: float, thrust_n: float, engines: float) -> Situation:
    """The situation from navigation and measured thrust, with forecast air."""
    stage = load.stage
    density, pressure, sound, east, north = air(load.forecast, altitude(load.pad, pos))
    wind = (east, north, 0.0)
    relative = minus(vel, wind)
    speed = math.sqrt(inner(relative, relative))
    q = 0.5 * density * speed * speed
    slope = table(stage.fin_mach, stage.fin_slope, speed / sound)
    return Situation(
        pos,
        vel,
        foot_m,
        mass_kg,
        thrust_n,
        engines,
        against(vel, wind),
        drag(stage, density, sound, speed, thrust_n),
        q,
        q * stage.fin_area_m2 * slope,
        pressure,
    )


@kernel
def lift_slope(load: Load, now: Situation, authority: Authority) -> tuple[float, float]:
    """Sideways force [N/rad] that opposes a trimmed lean, and the moment [N m/rad] that pulls the lean back."""
    stage = load.stage
    body = now.q_pa * stage.ref_area_m2 * stage.normal_slope
    fins = 2.0 * now.fin_n_prad
    arm = stage.fin_position_m - authority.cg_m
    restoring = body * (stage.normal_position_m - authority.cg_m) + fins * arm
    share = share_to_fins(stage, authority)
    by_gimbals = (1.0 - share) * restoring / authority.cg_m if now.thrust_n > 1e4 else 0.0
    return body + fins - share * restoring / arm + by_gimbals, restoring


@kernel
def lean_for(push_n: Vec, thrust_n: float, slope_nprad: float, largest_rad: float) -> Vec:
    """Lean (horizontal, radians) that gives a sideways push, as far as there is authority."""
    g = thrust_n - slope_nprad
    margin = 0.25 * thrust_n + 5e3
    lean = times(g / (g * g + margin * margin), push_n)
    size = math.sqrt(inner(lean, lean))
    return times(min(1.0, largest_rad / (size + 1e-12)), lean)


@kernel
def across(vector: Vec, axis: Vec) -> Vec:
    """The part of a vector across an axis."""
    return minus(vector, times(inner(vector, axis), axis))


@kernel
def steer(load: Load, now: Situation, authority: Authority, end: Ending, time_s: float, gain: float, limit: float) -> Vec:
    """Lean that takes the predicted miss out over the time that is left."""
    t = max(time_s, 1.5)
    miss = (end.pos_enu_m[0], end.pos_enu_m[1], 0.0)
    push = times(-gain * now.mass_kg / (t * t), miss)
    slope, _ = lift_slope(load, now, authority)
    return lean_for(across(push, now.against), now.thrust_n, slope, limit)


@kernel
def final_time(load: Load, height_m: float, descent_mps: float) -> float:
    """Time to touchdown on the final profile: steady braking, then the last metres at the final speed."""
    gains = load.gains
    above = max(height_m - gains.final_height_m, 0.0)
    low = min(max(height_m, 0.0), gains.final_height_m)
    return 2.0 * above / max(descent_mps + gains.final_speed_mps, 1.0) + low / gains.final_speed_mps


@kernel
def final_lean(load: Load, now: Situation, height_m: float, limit: float) -> Vec:
    """Lean of the last engine: position and velocity to zero together (E-guidance), in the last metres velocity alone."""
    t = max(final_time(load, height_m, -now.vel_enu_mps[2]), load.gains.final_horizon_s)
    r, v = (now.pos_enu_m[0], now.pos_enu_m[1], 0.0), (now.vel_enu_mps[0], now.vel_enu_mps[1], 0.0)
    wanted = plus(times(-6.0 / (t * t), r), times(-4.0 / t, v))
    if height_m < 2.0 * load.gains.final_height_m:
        wanted = times(-3.0 / t, v)
    lean = times(now.mass_kg / max(now.thrust_n, 2e5), wanted)
    size = math.sqrt(inner(lean, lean))
    return times(min(1.0, limit / (size + 1e-12)), lean)


@kernel
def final_level(load: Load, now: Situation, height_m: float, rate_mps2: float) -> float:
    """Level of the last engine: brake steadily to the final speed at the final height, then hold that speed.

    `rate_mps2` is the braking that was needed when the last metres began; it is frozen there.
    """
    gains = load.gains
    descent = -now.vel_enu_mps[2]
    above = max(height_m - gains.final_height_m, 0.0)
    wanted = math.sqrt(gains.final_speed_mps**2 + 2.0 * rate_mps2 * above)
    along = rate_mps2 * min(max(descent / wanted, 0.0), 1.2) if above > 0.0 else 0.0
    brake = along + 2.0 * (descent - wanted)
    push = now.mass_kg * (9.8 + brake) - now.drag_n
    return level_for(load.stage, push / max(now.engines, 1.0), now.pressure_pa)


@kernel
def needed_rate(load: Load, height_m: float, descent_mps: float) -> float:
    """Steady braking that reaches the final speed at the final height."""
    gains = load.gains
    above = max(height_m - gains.final_height_m, 0.5)
    rate = (descent_mps * descent_mps - gains.final_speed_mps**2) / (2.0 * above)
    return min(max(rate, 0.5), 8.0)


@kernel
def limited_nose(previous: Vec, wanted: Vec, most_rad: float, tilt_rad: float) -> Vec:
    """The wanted nose direction within a turn from the previous one and a tilt from the vertical."""
    flat = math.sqrt(wanted[0] * wanted[0] + wanted[1] * wanted[1])
    most_flat = math.sin(tilt_rad)
    if flat > most_flat:
        k = most_flat / flat
        wanted = (k * wanted[0], k * wanted[1], math.cos(tilt_rad))
    step = minus(wanted, previous)
    size = math.sqrt(inner(step, step))
    return unit(plus(previous, times(min(1.0, most_rad / (size + 1e-12)), step)))
