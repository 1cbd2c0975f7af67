"""Where to point and how hard to push: from the predicted gate in the glide, from a regulator in the burn.

The stage leans by an angle from the direction against its motion. Thrust then pushes it the way it leans, lift the
other way; between about 350 and 240 m/s under three engines they about cancel. So the glide targets with lift, the nose
stays against the motion while the two fight, and thrust takes over once it surely outweighs lift.
"""

import math
from typing import NamedTuple

import numpy as np

from gnc.compiled import kernel
from gnc.lateral import TABLE_STEP_S
from gnc.load import Load
from gnc.model import air, altitude, drag, level_for, table
from gnc.prediction import THRUST_ON_N, TYPICAL_LEAN_RAD, Ending, against
from gnc.rotation import Vec, inner, minus, plus, times, unit

LIFT_MEMORY_S = 15.0  # tuned
THRUST_MEMORY_S = 1.5  # tuned
LIFT_DOUBT = 0.15  # tuned: what is left of the lift's dispersion after a glide
SURE_SHARE = 0.15  # tuned: of thrust that has to be left over lift before the burn steers
LIFT_FROM_PA = 5e3
LIFT_FROM_RAD = 0.03
FIRST_GAIN = 4.0  # the gains grow without bound toward touchdown: held over the last 0.4 s
WIND_LEAN_RAD = 0.05  # chosen: largest lean against the forecast wind
REACH_FROM_S, REACH_LEAST_M = 4.0, 1.5  # tuned: what the upright end of the burn can still move
FINAL_SPEED_GAIN_PS = 1.5  # tuned


class Situation(NamedTuple):
    """What guidance works on: the centre of gravity, the foot of the stage, and what acts on it now.

    `still_*` is the centre of percussion for a push at the gimbals: turning the stage does not throw it sideways, so
    steering by it is minimum phase, which steering by the centre of gravity is not.
    """

    pos_enu_m: Vec
    vel_enu_mps: Vec
    still_pos_enu_m: Vec
    still_vel_enu_mps: Vec
    foot_m: float
    mass_kg: float
    thrust_n: float
    engines: float
    against: Vec
    drag_n: float
    q_pa: float
    fin_n_prad: float
    pressure_pa: float
    lift_factor: float


class Place(NamedTuple):
    """Where the stage is: centre of gravity, centre of percussion, height of the centre of gravity over the feet."""

    pos_enu_m: Vec
    vel_enu_mps: Vec
    still_pos_enu_m: Vec
    still_vel_enu_mps: Vec
    foot_m: float


@kernel
def assess(load: Load, place: Place, mass_kg: float, thrust_n: float, engines: float, lift_factor: float) -> Situation:
    """The situation from navigation and measured thrust, with forecast air."""
    stage, vel = load.stage, place.vel_enu_mps
    density, pressure, sound, east, north = air(load.forecast, altitude(load.pad, place.pos_enu_m))
    wind = (east, north, 0.0)
    relative = minus(vel, wind)
    speed = math.sqrt(inner(relative, relative))
    q = 0.5 * density * speed * speed
    slope = table(stage.fin_mach, stage.fin_slope, speed / sound)
    return Situation(
        place.pos_enu_m,
        vel,
        place.still_pos_enu_m,
        place.still_vel_enu_mps,
        place.foot_m,
        mass_kg,
        thrust_n,
        engines,
        against(vel, wind),
        drag(stage, density, sound, speed, thrust_n),
        q,
        q * stage.fin_area_m2 * slope,
        pressure,
        lift_factor,
    )


@kernel
def lift_slope(load: Load, now: Situation, cg_m: float, lean_rad: float) -> tuple[float, float]:
    """Sideways force [N/rad] that opposes a trimmed lean, and the moment [N m/rad] that pulls an untrimmed one back.

    The fins hold the lean, so of their own lift only that is left which balances the body's about the centre of
    gravity. Crossflow makes the body's slope grow with the lean. The axial force leans with the stage and takes its
    part away again.
    """
    stage = load.stage
    body = now.q_pa * stage.ref_area_m2 * now.lift_factor * (stage.normal_slope + stage.normal_growth * lean_rad)
    arm = stage.fin_position_m - cg_m
    lever = stage.normal_position_m - cg_m
    return body * (1.0 - lever / arm) - now.drag_n, body * lever + 2.0 * now.fin_n_prad * arm


@kernel
def lean_for(push_n: Vec, thrust_n: float, slope_nprad: float, largest_rad: float) -> Vec:
    """Lean (horizontal, radians) that gives a sideways push, as far as there is authority."""
    g = thrust_n - slope_nprad
    margin = 0.3 * thrust_n + 5e3
    return limited(times(g / (g * g + margin * margin), push_n), largest_rad)


@kernel
def learn_lift(
    load: Load, now: Situation, cg_m: float, nose: Vec, force_enu: Vec, seen: float, model: float
) -> tuple[float, float]:
    """Sums of seen and of modelled sideways force along the lean, with fading memory; their ratio is the lift factor.

    Taken in the glide only, where no thrust hides it. `force_enu` is the measured specific force.
    """
    if now.q_pa < LIFT_FROM_PA or now.thrust_n > 0.0:
        return seen, model
    lean = across(nose, now.against)
    size = math.sqrt(inner(lean, lean))
    if size < LIFT_FROM_RAD:
        return seen, model
    slope, _ = lift_slope(load, now, cg_m, size)
    keep = math.exp(-load.frame_s / LIFT_MEMORY_S)
    axial = now.drag_n * inner(lean, lean)
    normal = (slope + now.drag_n) / now.lift_factor * inner(lean, lean)
    return (
        keep * seen + load.frame_s * (axial - now.mass_kg * inner(force_enu, lean)),
        keep * model + load.frame_s * normal,
    )


@kernel
def learn_thrust(load: Load, now: Situation, force_axial_mps2: float, factor: float) -> float:
    """Thrust over what chamber pressure promises, from the axial specific force, slowly, while the engines burn."""
    if now.thrust_n < THRUST_ON_N:
        return factor
    seen = (now.mass_kg * force_axial_mps2 - now.drag_n) / now.thrust_n
    step = (1.0 - math.exp(-load.frame_s / THRUST_MEMORY_S)) * (min(max(seen, 0.9), 1.1) - factor)
    return factor + step


@kernel
def across(vector: Vec, axis: Vec) -> Vec:
    """The part of a vector across an axis."""
    return minus(vector, times(inner(vector, axis), axis))


@kernel
def aim_error(end: Ending, lead: float) -> tuple[float, float]:
    """East and north of where the stage would be at the gate from where the burn wants it there.

    `lead` [s] is the distance to the pad per speed across that the burn's regulator likes best.
    """
    return (
        end.gate_pos_enu_m[0] + lead * end.gate_vel_enu_mps[0],
        end.gate_pos_enu_m[1] + lead * end.gate_vel_enu_mps[1],
    )


@kernel
def steer_glide(load: Load, now: Situation, cg_m: float, end: Ending, lead: float) -> Vec:
    """Lean that takes the predicted miss out over the time that is left.

    A sideways speed gained early is braked away with the rest, so the gain is about twice that of a free body (3).
    The glide first aims past the pad along its flight, and draws that in shortly before ignition, while lift is
    strongest: that steepens the path, and the burn is left with less speed across than its tilt limit can brake.
    """
    gains = load.gains
    t = max(end.time_s, 1.5)
    share = (t - gains.overshoot_to_s) / (gains.overshoot_from_s - gains.overshoot_to_s)
    past = gains.overshoot_m * min(max(share, 0.0), 1.0) * min(now.lift_factor, 1.0) ** 2
    ahead = unit((now.vel_enu_mps[0], now.vel_enu_mps[1], 0.0))
    east, north = aim_error(end, lead)
    miss = minus((east, north, 0.0), times(past, ahead))
    push = times(-gains.glide_gain * now.mass_kg / (t * t), miss)
    slope, _ = lift_slope(load, now, cg_m, TYPICAL_LEAN_RAD)
    hull = gains.hull_mps2 * now.mass_kg / (slope + now.drag_n + 1.0)
    return lean_for(across(push, now.against), now.thrust_n, slope, min(gains.glide_angle_rad, hull))


@kernel
def sure_authority(load: Load, now: Situation, cg_m: float) -> float:
    """Sideways force per lean [N/rad]: thrust over lift, negative where lift surely wins, zero while in doubt."""
    slope, _ = lift_slope(load, now, cg_m, TYPICAL_LEAN_RAD)
    g = now.thrust_n - slope
    return g if abs(g) - LIFT_DOUBT * abs(slope) > SURE_SHARE * now.thrust_n else 0.0


@kernel
def steer_across(
    load: Load, now: Situation, gain: np.ndarray, nose: Vec, commanded: Vec, to_go_s: float, limit: float
) -> Vec:
    """Commanded lean of the nose from the vertical one frame on, by the regulator of `gnc.lateral`.

    `gain` is the table by time to touchdown; steering is by the centre of percussion. Distance counts as
    far as it can still be made good: by the speed across that there is, and by what may yet be gained.
    """
    x = min(max(to_go_s / TABLE_STEP_S, FIRST_GAIN), gain.shape[0] - 1.001)
    i = int(x)
    f = x - i
    k0 = gain[i, 0] + f * (gain[i + 1, 0] - gain[i, 0])
    k1 = gain[i, 1] + f * (gain[i + 1, 1] - gain[i, 1])
    k2 = gain[i, 2] + f * (gain[i + 1, 2] - gain[i, 2])
    k3 = gain[i, 3] + f * (gain[i + 1, 3] - gain[i, 3])
    lead = gain[i, 4] + f * (gain[i + 1, 4] - gain[i, 4])
    v = now.still_vel_enu_mps
    v = (v[0], v[1], 0.0)
    r = (now.still_pos_enu_m[0], now.still_pos_enu_m[1], 0.0)
    closing = max(-inner(unit(r), v), 0.0)
    reach = load.gains.reach_mps2 * max(to_go_s - REACH_FROM_S, 0.0) ** 2 + REACH_LEAST_M
    r = limited(r, reach + lead * closing)  # what cannot be reached any more is not worth new speed across
    rate = (
        -k0 * r[0] - k1 * v[0] - k2 * nose[0] - k3 * commanded[0],
        -k0 * r[1] - k1 * v[1] - k2 * nose[1] - k3 * commanded[1],
        0.0,
    )
    rate = limited(rate, load.gains.nose_rate_radps)
    return limited(plus(commanded, times(load.frame_s, rate)), limit)


@kernel
def wind_lean(now: Situation, authority_n: float, slope_nprad: float) -> Vec:
    """Lean that cancels what the forecast wind adds to lift and drag across the pad."""
    ground = times(-1.0, unit(now.vel_enu_mps))
    extra = minus(now.against, ground)
    k = -(slope_nprad + now.drag_n) / authority_n
    return limited((k * extra[0], k * extra[1], 0.0), WIND_LEAN_RAD)


@kernel
def limited(vector: Vec, most: float) -> Vec:
    """A vector no longer than `most`."""
    return times(min(1.0, most / (math.sqrt(inner(vector, vector)) + 1e-12)), vector)


@kernel
def settling(load: Load) -> tuple[float, float]:
    """Speed and height at which steady braking gives way to settling exponentially to the final speed.

    Thrust so has time to come down to the weight.
    """
    gains = load.gains
    speed = gains.final_decel_mps2 / gains.final_settle_ps
    return speed, (speed - gains.final_speed_mps) / gains.final_settle_ps


@kernel
def final_time(load: Load, height_m: float, descent_mps: float) -> float:
    """Time to touchdown on the final profile."""
    gains = load.gains
    speed, height = settling(load)
    low = min(max(height_m, 0.0), height)
    settle = math.log1p(gains.final_settle_ps * low / gains.final_speed_mps) / gains.final_settle_ps
    return settle + 2.0 * max(height_m - height, 0.0) / max(descent_mps + speed, 1.0)


@kernel
def final_level(load: Load, now: Situation, height_m: float, rate_mps2: float) -> float:
    """Level of the last engine: brake steadily by `rate_mps2`, then let speed settle with height to the final speed."""
    gains = load.gains
    descent = -now.vel_enu_mps[2]
    speed, height = settling(load)
    if height_m > height:
        wanted = math.sqrt(speed * speed + 2.0 * rate_mps2 * (height_m - height))
        brake = rate_mps2 * min(max(descent / wanted, 0.0), 1.2)
    else:
        wanted = gains.final_speed_mps + gains.final_settle_ps * max(height_m, 0.0)
        brake = gains.final_settle_ps * max(descent, 0.0) if height_m > 0.0 else 0.0
    push = now.mass_kg * (9.8 + brake + FINAL_SPEED_GAIN_PS * (descent - wanted)) - now.drag_n
    return level_for(load.stage, push / max(now.engines, 1.0), now.pressure_pa)


@kernel
def needed_rate(load: Load, height_m: float, descent_mps: float) -> float:
    """Steady braking that reaches the settling speed at its height."""
    speed, height = settling(load)
    rate = (descent_mps * descent_mps - speed * speed) / (2.0 * max(height_m - height, 0.5))
    return min(max(rate, 0.5), 8.0)


@kernel
def limited_nose(previous: Vec, wanted: Vec, most_rad: float) -> Vec:
    """The wanted nose direction within a turn from the previous one."""
    step = minus(unit(wanted), previous)
    size = math.sqrt(inner(step, step))
    return unit(plus(previous, times(min(1.0, most_rad / (size + 1e-12)), step)))
