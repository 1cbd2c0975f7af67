"""The state of the flight software, the places of measurements and commands in their rows, and the recorded events."""

from typing import NamedTuple

import numpy as np

from hoverslam.gnc.compiled import kernel
from hoverslam.gnc.navigation import Nav

GLIDE, BURN, LAST, SAFE = 0, 1, 2, 3
EVENT_IGNITION, EVENT_FAILED, EVENT_SPARE, EVENT_LAST, EVENT_LEGS, EVENT_CUT_OFF = 1, 2, 3, 4, 5, 6
EVENTS = 32
COMMANDED, NEEDED = 0, 1  # places in `throttle`: what is commanded, and what would stop the stage at the pad
ROOM = 32  # of engines, fins, thrusters and rows of a table, so that vehicles of any shape share machine code
FRAME, MODE, IGNITED, EVENT, PREDICTED = 0, 1, 2, 3, 4  # places in `clock`
ON, FAILED, LOW_S, STARTED, RESPONSE, TRIES = 0, 1, 2, 3, 4, 5  # columns of `engines`


class Wiring(NamedTuple):
    """Where each measurement starts in the frame row, and each command in the command row."""

    dvel: int
    dangle: int
    gnss: int
    radar: int
    pressure: int
    state: int
    lox_level: int
    lch4_level: int
    angles: int
    contact: int
    engines: int
    throttle: int
    gimbal: int
    fin: int
    thruster: int
    leg: int
    legs: int
    width: int


class State(NamedTuple):
    """Arrays written in place; what is one number is an array of one.

    Measured: nav (23) a `Nav`, flattened in its order; cov (16, 16) of its errors; work (64) scratch, after `pushing`
    the thrust of each engine; past (32, 6) position and velocity of the antenna by frame, in a ring; tanks (2) LOX and
    LCH4 [kg]; air (12) a row of `gnc.air_data`; thrust_factor; blown_mps2 (2) what the wind does to the stage, east and
    north; foot (6) position and velocity of the centre of the foot plane, for telemetry.

    Decided: engines (32, 6), of which `fitted` are there: on, failed, seconds of low pressure, frame of the start
    command, level over command, failed attempts to start; asked the throttle command as an engine follows it;
    short_s for how long the engines have been too few; throttle (2) commanded and that which stops; to_go_s, in the
    glide to the hand-over, then to touchdown; miss_m (2) predicted at the gate; arc (2) constant lean that leads to
    the gate, as shares; ignite_at_m, height expected for ignition; lean (3) from the direction against the motion;
    nose (3) commanded, turn_radps (3) its rate, off_rad the attitude's error; steer (2) the regulator's commanded
    lean, steers whether it does; side_n (3) the fins' part of a side push, unmet_mps2 (2) what the push could not
    give; braking_mps2 of the final profile; legs whether they are out.

    clock (5): frame, mode, frame of ignition, events so far, frame of the last covariance step. events (32, 3): code,
    frame, engine or -1. gain: the table of `gnc.lateral`. notch: the memory of `gnc.notch`; rates (3) what
    it let through last.
    """

    fitted: np.ndarray
    nav: np.ndarray
    cov: np.ndarray
    work: np.ndarray
    past: np.ndarray
    tanks: np.ndarray
    air: np.ndarray
    thrust_factor: np.ndarray
    blown_mps2: np.ndarray
    foot: np.ndarray
    engines: np.ndarray
    asked: np.ndarray
    short_s: np.ndarray
    throttle: np.ndarray
    to_go_s: np.ndarray
    miss_m: np.ndarray
    arc: np.ndarray
    ignite_at_m: np.ndarray
    lean: np.ndarray
    nose: np.ndarray
    turn_radps: np.ndarray
    off_rad: np.ndarray
    steer: np.ndarray
    steers: np.ndarray
    side_n: np.ndarray
    unmet_mps2: np.ndarray
    braking_mps2: np.ndarray
    legs: np.ndarray
    clock: np.ndarray
    events: np.ndarray
    gain: np.ndarray
    notch: np.ndarray
    rates: np.ndarray


@kernel
def read_nav(row: np.ndarray) -> Nav:
    """Navigation state out of its row."""
    return Nav(
        (row[0], row[1], row[2]),
        (row[3], row[4], row[5]),
        (row[6], row[7], row[8], row[9]),
        (row[10], row[11], row[12]),
        (row[13], row[14], row[15]),
        (row[16], row[17], row[18]),
        (row[19], row[20], row[21]),
        row[22],
    )


@kernel
def write_nav(row: np.ndarray, nav: Nav) -> None:
    """Navigation state into its row."""
    for i in range(3):
        row[i], row[3 + i], row[10 + i] = nav.pos_enu_m[i], nav.vel_enu_mps[i], nav.gyro_bias_radps[i]
        row[13 + i], row[16 + i], row[19 + i] = nav.accel_bias_mps2[i], nav.omega_b_radps[i], nav.force_b_mps2[i]
    for i in range(4):
        row[6 + i] = nav.q_enu_b[i]
    row[22] = nav.axial_scale


@kernel
def note(state: State, code: int, engine: int) -> None:
    """Remember an event, in place; past the room for them only the first are kept."""
    n = state.clock[EVENT]
    if n < EVENTS:
        state.events[n, 0], state.events[n, 1], state.events[n, 2] = code, state.clock[FRAME], engine
        state.clock[EVENT] = n + 1
