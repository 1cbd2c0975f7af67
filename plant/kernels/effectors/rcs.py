"""Cold-gas reaction control: on-off thrusters behind a valve lag, fed from one bottle through a regulator."""

from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.aero import Table
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import Positive
from hoverslam.plant.kernels.rotation import Vec, add, cross, scale
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2


class RcsParams(NamedTuple):
    """Thrusters at `position_m` (n, 3) pushing along `direction` (n, 3); full thrust until the gas is gone."""

    position_m: Table
    direction: Table
    thrust_n: Positive
    isp_s: Positive
    valve_lag_s: Positive
    load_kg: Positive
    bottle_m: float
    bottle_pressure_pa: Positive


@kernel
def rcs_load(rcs: RcsParams, opening: np.ndarray, gas_kg: float, cg_m: Vec) -> tuple[Vec, Vec, float]:
    """Force [N], moment about the centre of gravity [N m] and gas flow [kg/s] at these valve openings (0 to 1)."""
    force, moment, flow = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0
    if gas_kg <= 0.0:
        return force, moment, flow
    for i in range(opening.shape[0]):
        if opening[i] < 1e-6:
            continue
        push = scale(rcs.thrust_n * opening[i], (rcs.direction[i, 0], rcs.direction[i, 1], rcs.direction[i, 2]))
        arm = (rcs.position_m[i, 0] - cg_m[0], rcs.position_m[i, 1] - cg_m[1], rcs.position_m[i, 2] - cg_m[2])
        force, moment = add(force, push), add(moment, cross(arm, push))
        flow += rcs.thrust_n * opening[i] / (G0_MPS2 * rcs.isp_s)
    return force, moment, flow
