"""Names and places of the numbers in the flat rows that the plant reads and writes.

Rows are one-dimensional float64 arrays: commands in, sensors and truth out. Their widths follow from the vehicle's
shape, so a vehicle with seven engines has shorter rows and nothing else changes.
"""

from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from hoverslam.plant.sensors import DEVICES


class RowField(NamedTuple):
    """A run of `width` consecutive numbers in a row."""

    name: str
    width: int


class VehicleShape(NamedTuple):
    """How many of each thing a vehicle has."""

    engines: int
    gimballed: int
    fins: int
    thrusters: int
    legs: int


class Layout:
    """Ordered fields of a row, and where each lies."""

    def __init__(self, *fields: tuple[str, int]) -> None:
        self.fields = tuple(RowField(*field) for field in fields)
        self.width = sum(field.width for field in self.fields)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each field lies in the row."""
        ends = list(accumulate(field.width for field in self.fields))
        return {f.name: slice(end - f.width, end) for f, end in zip(self.fields, ends, strict=True)}

    def slice(self, name: str) -> slice:
        """Where the field lies; a KeyError names the fields there are."""
        try:
            return self.slices[name]
        except KeyError:
            raise KeyError(f"no field {name!r} in this row; known: {', '.join(self.slices)}") from None


def command_layout(shape: VehicleShape) -> Layout:
    """Commands of the flight software: engine i is on while engine_on[i] is 1, gimbal angles are (y, z) pairs."""
    return Layout(
        ("engine_on", shape.engines),
        ("throttle", shape.engines),
        ("gimbal_rad", 2 * shape.gimballed),
        ("fin_rad", shape.fins),
        ("rcs_open", shape.thrusters),
        ("leg_deploy", 1),
    )


def sensor_layout(shape: VehicleShape) -> Layout:
    """Measurements of the avionics at one instant; gnss_new and radar_valid mark a new measurement."""
    counts = {"": 1, **shape._asdict()}
    return Layout(*[(one.name, one.each * counts[one.per]) for device in DEVICES for one in device.fields])


def truth_layout(shape: VehicleShape) -> Layout:
    """The true state at one instant, for the record and the requirements; no part of it crosses the wire.

    Position and velocity: of the centre of the foot plane on the axis, over the pad centre and the turning Earth.
    `lox_kg`, `lch4_kg`: above the residuals. Of LOX and LCH4: ullage, what still falls to the sump, gas at the outlet.
    `imu_saturated_s`: how long the unit has been beyond its range. Heat flux, bending: `plant.kernels.body.loads`.
    `bending_m` is how far the tip of the hull is bent out, body y and z. `leg_touched_s` is -1 before a leg's first
    contact. `struck` is what met the ground that must not: 1 nozzle end, 2 upper end, 3 a leg beyond its stroke.
    `tip_margin_*` is how far the centre of gravity is inside the footprint of the locked legs, 0 where there is none.
    `*_peak_mps2` is the largest specific force since the frame before: along the axis with its sign, and across it.
    """
    return Layout(
        ("time_s", 1),
        ("pos_enu_m", 3),
        ("vel_enu_mps", 3),
        ("q_enu_b", 4),
        ("omega_b_radps", 3),
        ("altitude_agl_m", 1),
        ("altitude_msl_m", 1),
        ("speed_mps", 1),
        ("mach", 1),
        ("q_pa", 1),
        ("alpha_rad", 1),
        ("tilt_rad", 1),
        ("accel_b_mps2", 3),
        ("mass_kg", 1),
        ("lox_kg", 1),
        ("lch4_kg", 1),
        ("rcs_kg", 1),
        ("cg_m", 1),
        ("wind_enu_mps", 3),
        ("engine_level", shape.engines),
        ("thrust_n", shape.engines),
        ("chamber_pressure_pa", shape.engines),
        ("flow_kgps", shape.engines),
        ("engine_state", shape.engines),
        ("feed_warm_k", shape.engines),
        ("igniter_charges", shape.engines),
        ("ullage_pa", 2),
        ("unsettled_m", 2),
        ("gas_share", 2),
        ("gimbal_rad", 2 * shape.gimballed),
        ("fin_rad", shape.fins),
        ("rcs_open", shape.thrusters),
        ("leg_locked", shape.legs),
        ("leg_contact", shape.legs),
        ("leg_stroke_m", shape.legs),
        ("foot_height_m", shape.legs),
        ("imu_saturated_s", 1),
        ("airspeed_mps", 1),
        ("density_kgpm3", 1),
        ("heat_flux_wpm2", 1),
        ("bending_nm", 1),
        ("bending_m", 2),
        ("leg_touched_s", shape.legs),
        ("struck", 1),
        ("tip_margin_rad", 1),
        ("tip_margin_m", 1),
        ("axial_peak_mps2", 1),
        ("lateral_peak_mps2", 1),
    )
