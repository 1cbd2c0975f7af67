"""A notch for the stage's first bending mode in what is asked of the actuators: two biquads in a row, a little apart.

At its own frequency the response of the mode to a gimbal is ten times the gain that the loop tolerates. It enters by
the rates, by the velocity of the inertial unit and by all that is computed from them; it leaves only by moments and the
side force.
Bilinear transform, exact at the notch's own frequency (Oppenheim and Schafer, Discrete-Time Signal Processing, ch. 7),
direct form II transposed.
"""

import math

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.load import Load
from hoverslam.gnc.navigation import Nav
from hoverslam.gnc.rotation import Vec
from hoverslam.gnc.state import State

DEPTH = 0.03  # damping of the zeros, tuned: some mode a little off is still damped by what comes through
MOST = 0.4  # of the frame rate, chosen: where frames are too few to show the mode
RATE, FORCE, SIDE = 0, 1, 2  # places in the memory
MEMORY = (3, 2, 2, 2)  # of these: two axes, two biquads, two numbers; along and about x there is no such mode


@kernel
def notched(row: np.ndarray, value: float, at_hz: float, damping: float, frame_s: float) -> float:
    """One sample through one biquad whose memory, two numbers, is written in place; constant input passes unchanged."""
    k = math.tan(math.pi * min(at_hz * frame_s, MOST))
    zeros, poles, square = 2.0 * DEPTH * k, 2.0 * damping * k, k * k
    whole = 1.0 + poles + square
    ahead, now, behind = (1.0 + zeros + square) / whole, 2.0 * (square - 1.0) / whole, (1.0 - zeros + square) / whole
    last = (1.0 - poles + square) / whole
    out: float = ahead * value + row[0]
    row[0] = now * (value - out) + row[1]
    row[1] = behind * value - last * out
    return out


@kernel
def without_bending(load: Load, memory: np.ndarray, asked_b: Vec, mass_kg: float) -> Vec:
    """A vector in body axes without what the bending mode of a stage of this mass puts into it, memory in place."""
    if load.stage.bending_hz <= 0.0:
        return asked_b
    at_hz = load.stage.bending_hz * math.sqrt(load.stage.bending_kg / mass_kg)
    spread, damping = load.gains.notch_spread, load.gains.notch_damping
    y, z = asked_b[1], asked_b[2]
    for i in range(2):
        place = at_hz * (1.0 - spread + 2.0 * spread * i)
        y = notched(memory[0, i], y, place, damping, load.frame_s)
        z = notched(memory[1, i], z, place, damping, load.frame_s)
    return (asked_b[0], y, z)


@kernel
def unbent(load: Load, state: State, nav: Nav, mass_kg: float) -> Nav:
    """The navigation state with rates and specific force as a stiff stage would show them; memory in place."""
    rates = without_bending(load, state.notch[RATE], nav.omega_b_radps, mass_kg)
    force = without_bending(load, state.notch[FORCE], nav.force_b_mps2, mass_kg)
    state.rates[0], state.rates[1], state.rates[2] = rates
    return Nav(nav.pos_enu_m, nav.vel_enu_mps, nav.q_enu_b, nav.gyro_bias_radps, nav.accel_bias_mps2, rates, force)
