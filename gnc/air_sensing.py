"""Air forces from accelerometers and gyros: measurements for `gnc.air_data`, and the present effect of the wind."""

import math
from typing import NamedTuple

from hoverslam.gnc.air_data import force_at, learn, still_point_m, wind_error
from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.guidance import Situation
from hoverslam.gnc.landing import calm_air
from hoverslam.gnc.load import Load
from hoverslam.gnc.navigation import Nav
from hoverslam.gnc.rotation import Vec, across, minus, times, to_frame, unit
from hoverslam.gnc.state import BURN, LAST, MODE, SAFE, State

BLOW_S = 0.5  # tuned: over which what the wind does is averaged


class Balance(NamedTuple):
    """Mass, centre of gravity on the axis, lateral inertia."""

    mass_kg: float
    cg_m: float
    lateral_kgm2: float


@kernel
def felt_at(load: Load, nav: Nav, x_m: float, before_b: Vec) -> Vec:
    """Specific force at a point on the axis, east-north-up, with the turn rate of the frame before."""
    arm = minus((x_m, 0.0, 0.0), load.stage.imu_m)
    return to_frame(nav.q_enu_b, force_at(nav.force_b_mps2, arm, nav.omega_b_radps, before_b, load.frame_s))


@kernel
def feel(load: Load, state: State, nav: Nav, now: Situation, body: Balance, push_b: Vec, before_b: Vec) -> None:
    """One frame, in place. `push_b` is what the engines push (`gnc.fdir.engines_push`)."""
    if state.clock[MODE] == SAFE:
        return
    nose, push = to_frame(nav.q_enu_b, (1.0, 0.0, 0.0)), to_frame(nav.q_enu_b, push_b)
    still = still_point_m(load.stage.fin_position_m, body.mass_kg, body.cg_m, body.lateral_kgm2)
    force = felt_at(load, nav, still, before_b)
    # against the motion through the air as forecast: the filter adds its own wind error
    plain = unit(minus(times(now.speed_mps, now.against), wind_error(state.air)))
    lean = across(minus(nose, plain), plain)
    learn(load, state.air, body.mass_kg, body.cg_m, now.q_pa, now.speed_mps, now.drag_n, lean, plain, force, push)
    blown = (0.0, 0.0, 0.0)
    if state.clock[MODE] == BURN:
        blown = minus(minus(force, times(1.0 / body.mass_kg, push)), calm_air(load, now, body.cg_m, nose))
    elif state.clock[MODE] == LAST:
        # hardly any air at the fins: where the gimbals' push cancels, all but thrust along the nose is the wind's
        force = felt_at(load, nav, body.cg_m + body.lateral_kgm2 / (body.mass_kg * body.cg_m), before_b)
        blown = minus(force, times(state.thrust_factor[0] * now.thrust_n / body.mass_kg, nose))
    keep = math.exp(-load.frame_s / BLOW_S)
    for i in range(2):
        state.blown_mps2[i] = keep * state.blown_mps2[i] + (1.0 - keep) * blown[i]
