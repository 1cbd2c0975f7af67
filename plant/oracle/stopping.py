"""The constant throttle at which the running engines stop the stage at the pad.

A point mass falls with thrust against its velocity (a gravity turn) through the true air, plume interaction included.
The throttle is found by bisection on the height at which the descent ends; RK2 steps of `STEP_S`.
"""

import math

from hoverslam.plant.kernels.aero import AeroParams, lookup, plume_factor
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import EngineParams, EngineScatter, flow, thrust
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2, standard_air
from hoverslam.plant.kernels.world.wind import AirColumn, column_at

STEP_S = 0.05
LONGEST_S = 120.0
BISECTIONS = 30


@kernel
def slope(
    aero: AeroParams,
    area_m2: float,
    engine: EngineParams,
    column: AirColumn,
    elevation_m: float,
    engines: float,
    throttle: float,
    state: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Derivative of (height, downward speed, horizontal speed, mass)."""
    height, down, across, mass = state
    own = EngineScatter(1.0, 1.0, 0.0)
    air = standard_air(height + elevation_m)
    _, _, factor = column_at(column, height + elevation_m)
    speed = math.sqrt(down * down + across * across) + 1e-9
    qs = 0.5 * air.density_kgpm3 * factor * speed * speed * area_m2
    push = engines * thrust(engine, own, throttle, air.pressure_pa)
    axial = lookup(aero.axial_mach, aero.axial, speed / air.sound_mps) * aero.axial_scale
    drag = qs * axial * plume_factor(aero, push / max(qs, 1.0))
    brake = (push + drag) / (mass * speed)
    return (-down, G0_MPS2 - brake * down, -brake * across, -engines * flow(engine, own, throttle))


@kernel
def stopping_height(
    aero: AeroParams,
    area_m2: float,
    engine: EngineParams,
    column: AirColumn,
    elevation_m: float,
    engines: float,
    throttle: float,
    start: tuple[float, float, float, float],
) -> float:
    """Height [m] at which the descent ends; far below ground where it does not end above -500 m or in two minutes."""
    state = start
    for _ in range(int(LONGEST_S / STEP_S)):
        a = slope(aero, area_m2, engine, column, elevation_m, engines, throttle, state)
        h = 0.5 * STEP_S
        middle = (state[0] + h * a[0], state[1] + h * a[1], state[2] + h * a[2], state[3] + h * a[3])
        if middle[1] <= 0.0:  # beyond the stop the direction of braking would turn round
            f = state[1] / (state[1] - middle[1])
            return state[0] - 0.5 * f * h * state[1]
        b = slope(aero, area_m2, engine, column, elevation_m, engines, throttle, middle)
        after = (
            state[0] + STEP_S * b[0],
            state[1] + STEP_S * b[1],
            state[2] + STEP_S * b[2],
            state[3] + STEP_S * b[3],
        )
        if after[1] <= 0.0:
            f = state[1] / (state[1] - after[1])
            return state[0] - 0.5 * f * STEP_S * state[1]
        if after[0] < -500.0:
            return -1e6 - after[1]
        state = after
    return -1e6


@kernel
def required_throttle(
    aero: AeroParams,
    area_m2: float,
    engine: EngineParams,
    column: AirColumn,
    elevation_m: float,
    engines: float,
    start: tuple[float, float, float, float],
) -> float:
    """The constant throttle of R-09; nan where even four times nominal does not stop the stage above the pad."""
    if engines < 0.5:
        return math.nan
    low, high = 0.0, 4.0
    if stopping_height(aero, area_m2, engine, column, elevation_m, engines, high, start) < 0.0:
        return math.nan
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if stopping_height(aero, area_m2, engine, column, elevation_m, engines, middle, start) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
