"""Any rigid body flown by the booster's own kernels: Runge-Kutta, gravitation, air, rotation. The body is data."""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.kernels.aero import BluffParams
from hoverslam.plant.kernels.body.dynamics import Shell, Surroundings, TickInputs, air_around, rk4
from hoverslam.plant.kernels.body.mass import MassProperties
from hoverslam.plant.kernels.compiled import is_kept, kernel
from hoverslam.plant.kernels.rotation import Vec
from hoverslam.plant.kernels.step import read_rigid, write_rigid
from hoverslam.plant.vehicle import load_vehicle

NONE: Vec = (0.0, 0.0, 0.0)
TABLES_OF = "zq3_y1"
ALTITUDE, DENSITY, MACH, PRESSURE, WIDTH = 13, 14, 15, 16, 17
"""Columns of a flight: the rigid state as in `PlantState`, altitude [m], density [kg/m3], Mach number, q [Pa]."""


class Body(NamedTuple):
    """What is flown."""

    mass: MassProperties
    air: BluffParams


class Grid(NamedTuple):
    """The length of a step, how many of them go between two rows of the flight, and how many rows follow the first."""

    step_s: float
    steps: int
    rows: int


@kernel
def fly_on(
    shell: Shell, around: Surroundings, inputs: TickInputs, rigid: np.ndarray, grid: Grid, out: np.ndarray
) -> None:
    """Fly from tick 0 and write a row at the start and after every `grid.steps` steps."""
    state = read_rigid(rigid)
    for row in range(grid.rows + 1):
        for i in range(grid.steps if row > 0 else 0):
            time_s = ((row - 1) * grid.steps + i) * grid.step_s
            state, _ = rk4(shell, around, inputs, state, time_s, grid.step_s)
        air, altitude = air_around(around, inputs.gust_enu_mps, state, row * grid.steps * grid.step_s)
        write_rigid(out[row], state)
        out[row, 13], out[row, 14], out[row, 15], out[row, 16] = altitude, air.density_kgpm3, air.mach, air.q_pa


def fly(body: Body, around: Surroundings, rigid: FloatArray, grid: Grid) -> FloatArray:
    """The flight of a body from a rigid state, a row for each sample. The stage's own tables ride along unread."""
    stage = load_vehicle(TABLES_OF)
    shell = Shell(stage.body, stage.aero, stage.fins, stage.legs, body.air)
    none, pairs, fours = np.zeros(0), np.zeros((0, 2)), np.zeros((0, 4))
    inputs = TickInputs(body.mass, NONE, NONE, 0.0, none, pairs, NONE, none, none, fours)
    out = np.zeros((grid.rows + 1, WIDTH))
    fly_on(shell, around, inputs, rigid, grid, out)
    return out


def is_compiled() -> bool:
    """Whether the kernel that flies a body is in the cache already."""
    return is_kept(fly_on)
