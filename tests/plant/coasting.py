"""The rigid body alone: RK4 steps of the plant's own integrator with no engine, fins straight and legs stowed."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.dynamics import TickInputs, rk4
from hoverslam.plant.kernels.body.mass import MassProperties
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.step import read_rigid, write_rigid

FloatArray = NDArray[np.float64]


@kernel
def _coast(
    params: np.ndarray,
    mass: MassProperties,
    fins: np.ndarray,
    sound: np.ndarray,
    legs: np.ndarray,
    row: np.ndarray,
    times: tuple[float, float],
    steps: int,
) -> None:
    shell, around = params[0].shell, params[0].around
    start_s, dt_s = times
    none = (0.0, 0.0, 0.0)
    inputs = TickInputs(mass, none, none, 0.0, fins, sound, none, legs, legs, legs[:, None])
    state = read_rigid(row)
    for i in range(steps):
        state, _ = rk4(shell, around, inputs, state, start_s + i * dt_s, dt_s)
    write_rigid(row, state)


def coast(
    params: np.ndarray, mass: MassProperties, row: FloatArray, dt_s: float, steps: int, start_s: float = 0.0
) -> FloatArray:
    """Position, velocity, quaternion and rate (13 numbers, inertial frame) after so many steps."""
    after = np.array(row, dtype=np.float64)
    _coast(params, mass, np.zeros(4), np.zeros((4, 2)), np.zeros(4), after, (float(start_s), float(dt_s)), steps)
    return after


def rigid_row(pos_i_m: object, vel_i_mps: object, attitude: Rotation, omega_b_radps: object) -> FloatArray:
    """The thirteen numbers of a rigid state."""
    x, y, z, w = attitude.as_quat()
    parts = [pos_i_m, vel_i_mps, [w, x, y, z], omega_b_radps]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def attitude_of(row: FloatArray) -> Rotation:
    """The attitude in a rigid state, body to inertial."""
    return Rotation.from_quat(np.roll(row[6:10], -1))
