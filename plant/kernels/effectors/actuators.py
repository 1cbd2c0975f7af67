"""Actuators: first-order lag with rate limit and stops, solved exactly, so the result does not depend on the tick."""

import math

from hoverslam.plant.kernels.compiled import kernel


@kernel
def clip(value: float, low: float, high: float) -> float:
    """The nearest value inside [low, high]."""
    return min(max(value, low), high)


@kernel
def follow(position: float, command: float, lag_s: float, rate_ps: float, dt_s: float) -> float:
    """Position after dt of x' = clip((command - x) / lag, +-rate), the command held."""
    error = command - position
    if error == 0.0:
        return position
    linear = rate_ps * lag_s
    distance = abs(error)
    remaining = dt_s
    if distance > linear:
        sweep = min((distance - linear) / rate_ps, dt_s)
        position += math.copysign(rate_ps * sweep, error)
        remaining = dt_s - sweep
        if remaining <= 0.0:
            return position
    return command + (position - command) * math.exp(-remaining / lag_s)
