"""The first bending mode of the stage, in two planes: lateral loads drive it, the inertial unit feels it, thrust turns.

A free-free beam in mean axes (Meirovitch, Fundamentals of Vibrations, 2001, sec. 8.5): the mode is orthogonal to both
rigid motions, so it has no momentum of its own and the rigid state goes on as if the stage were stiff. Displacement
at a station is its shape times the modal displacement, which is that of the tip of the hull, where the shape is one;
the stage turns there by the slope. Stiffness is the structure's, so the frequency falls as the root of the mass.

Driven by the load of the engines and of the gas thrusters, and by the fins' lateral force as it is at the start of
the tick. Not modelled: the feet and the air along the body, whose loads are distributed or short; the effect of bending
on the flow; compression by the thrust, 1 % of the stiffness; the small motion of the antennas.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.engine import NotNegative, Positive
from hoverslam.plant.kernels.rotation import Vec, add, axpy, cross

COLUMNS = 3  # of a plane: modal displacement and speed, and what the propulsion of the tick does to it


class BendingParams(NamedTuple):
    """Frequency and generalised mass of a stage of `reference_kg`; a frequency of 0 makes the stage stiff."""

    frequency_hz: NotNegative
    damping: Annotated[float, Field(ge=0.0, lt=1.0)]
    generalised_mass_kg: Positive
    reference_kg: Positive
    gimbal_shape: float
    gimbal_slope_pm: float
    imu_shape: float
    imu_slope_pm: float
    fin_shape: float
    rcs_shape: float


@kernel
def turned_thrust(
    bending: BendingParams, planes: np.ndarray, force_b_n: Vec, moment_b_nm: Vec, dt_s: float
) -> tuple[Vec, Vec]:
    """The engines' force and moment about the datum as the bent stage turns and shifts them, at mid-tick."""
    y = planes[0, 0] + 0.5 * dt_s * planes[0, 1]
    z = planes[1, 0] + 0.5 * dt_s * planes[1, 1]
    slope, shape = bending.gimbal_slope_pm, bending.gimbal_shape
    force = add(force_b_n, cross((0.0, -slope * z, slope * y), force_b_n))
    return force, add(moment_b_nm, cross((0.0, shape * y, shape * z), force))


@kernel
def drive_by_propulsion(bending: BendingParams, planes: np.ndarray, force_b_n: Vec, moment_b_nm: Vec, gas: Vec) -> None:
    """Note what engines (force, moment about the gimbal plane) and gas thrusters (force) do to the mode, in place."""
    shape, slope = bending.gimbal_shape, bending.gimbal_slope_pm
    planes[0, 2] = shape * force_b_n[1] + slope * moment_b_nm[2] + bending.rcs_shape * gas[1]
    planes[1, 2] = shape * force_b_n[2] - slope * moment_b_nm[1] + bending.rcs_shape * gas[2]


@kernel
def swing(omega_radps: float, damping: float, at: float, speed: float, push: float, dt_s: float) -> tuple[float, float]:
    """A damped oscillator after dt under a held acceleration, exactly; displacement and speed."""
    still = push / (omega_radps * omega_radps)
    rate = omega_radps * math.sqrt(1.0 - damping * damping)
    decay = math.exp(-damping * omega_radps * dt_s)
    s, c = decay * math.sin(rate * dt_s) / rate, decay * math.cos(rate * dt_s)
    off, drag = at - still, damping * omega_radps
    return still + off * (c + drag * s) + speed * s, speed * (c - drag * s) - off * omega_radps * omega_radps * s


@kernel
def step_bending(
    bending: BendingParams, planes: np.ndarray, mass_kg: float, fins_b_n: Vec, felt_b_mps2: Vec, dt_s: float
) -> tuple[Vec, Vec]:
    """Advance both planes, in place; what they add to the velocity and angle increments of the inertial unit.

    The unit moves with its station and turns with it, so that it sees some of the stage's specific force across.
    """
    heavier = mass_kg / bending.reference_kg
    omega = 2.0 * math.pi * bending.frequency_hz / math.sqrt(heavier)
    moving = bending.generalised_mass_kg * heavier
    y, vy = planes[0, 0], planes[0, 1]
    z, vz = planes[1, 0], planes[1, 1]
    push_y = (planes[0, 2] + bending.fin_shape * fins_b_n[1]) / moving
    push_z = (planes[1, 2] + bending.fin_shape * fins_b_n[2]) / moving
    planes[0, 0], planes[0, 1] = swing(omega, bending.damping, y, vy, push_y, dt_s)
    planes[1, 0], planes[1, 1] = swing(omega, bending.damping, z, vz, push_z, dt_s)
    slope, shape = bending.imu_slope_pm, bending.imu_shape
    middle = (0.0, -0.5 * slope * (z + planes[1, 0]), 0.5 * slope * (y + planes[0, 0]))
    shaken = (0.0, shape * (planes[0, 1] - vy), shape * (planes[1, 1] - vz))
    turned = (0.0, -slope * (planes[1, 0] - z), slope * (planes[0, 0] - y))
    return axpy(-dt_s, cross(middle, felt_b_mps2), shaken), turned
