"""The sensors of a stage: what each puts into the sensor row, how it may fail, and its numbers in a vehicle file.

From here follow the row's layout, the table `sensors` of a vehicle with its ranges, the parameters of the kernels and
the targets of faults. What a sensor makes of the truth is in `plant.kernels.sensors.sensing`; how its field
crosses the wire, in the contract of the wire. A sensor more is an entry here, a kernel with its line there, and a field
of the contract.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from hoverslam.plant.range import LENGTH_M, MACH, TIME_S, Range

PLACE, ANY, POSITIVE, NOT_NEGATIVE, WIDTH_RAD, TILT_RAD = (
    "place", "any", "positive", "not_negative", "width_rad", "tilt_rad",
)  # fmt: skip
SIZE, SPAN, SHARE = "size", "span", "share"
"""Kinds of numbers. A size, a span and a share are about errors: with ideal sensors they do nothing."""
OF_ERRORS = (SIZE, SPAN, SHARE)
KERNEL, TICKS, DRAWN = "kernel", "ticks", "drawn"
"""What becomes of a number: kernels read it as it is, or in ticks; or it is one sigma of what each flight draws."""
VALUE, SWITCH, STATE = "value", "switch", "state"
"""What a sensor reports: a measurement, on or off, or the state of a controller."""


class Spec(NamedTuple):
    """A number in a vehicle file, `sensors.NAME`: its kind, between what it lies, and its use."""

    kind: str
    range: Range
    use: str = KERNEL


class SensorField(NamedTuple):
    """Numbers in the sensor row: `each` of every one of the `per` that the stage has, "" for the stage itself."""

    name: str
    per: str = ""
    each: int = 1


class Target(NamedTuple):
    """What a fault of a sensor spoils: from the first field to the last; `flag` says whether there is a value.

    `span` is the largest bias and noise that a hunt tries, in the sensor's unit, and ten times its drift a second;
    chosen: gross, yet no nonsense.
    """

    first: str
    last: str
    span: float
    flag: str = ""
    reports: str = VALUE


class Device(NamedTuple):
    """One sensor, or all of one kind."""

    fields: tuple[SensorField, ...]
    faults: Mapping[str, Target]
    numbers: Mapping[str, Spec] = MappingProxyType({})


def _alike(name: str, fault: str, span: float, per: str = "", each: int = 1, reports: str = VALUE) -> Device:
    """A sensor of one field, which fails as one."""
    return Device((SensorField(name, per, each),), {fault: Target(name, name, span, reports=reports)})


IMU = Device(
    (SensorField("imu_dvel_b_mps", each=3), SensorField("imu_dangle_b_rad", each=3)),
    {
        "accel": Target("imu_dvel_b_mps", "imu_dvel_b_mps", 1.0),
        "gyro": Target("imu_dangle_b_rad", "imu_dangle_b_rad", 0.02),
    },
    {
        "imu_position_m": Spec(PLACE, LENGTH_M),
        "gyro_noise_radps_rthz": Spec(SIZE, Range(0.0, 0.1)),
        "accel_noise_mps2_rthz": Spec(SIZE, Range(0.0, 10.0)),
        "gyro_quantum_rad": Spec(POSITIVE, Range(1e-12, 0.1)),
        "accel_quantum_mps": Spec(POSITIVE, Range(1e-12, 1.0)),
        "gyro_limit_radps": Spec(POSITIVE, Range(0.01, 1000.0)),
        "accel_limit_mps2": Spec(POSITIVE, Range(1.0, 1e5)),
        "gyro_drift_radps": Spec(SIZE, Range(0.0, 0.1)),
        "gyro_drift_s": Spec(SPAN, Range(1e-2, 1e6)),
        "accel_drift_mps2": Spec(SIZE, Range(0.0, 10.0)),
        "accel_drift_s": Spec(SPAN, Range(1e-2, 1e6)),
        "gyro_bias_radps": Spec(SIZE, Range(0.0, 1.0), DRAWN),
        "accel_bias_mps2": Spec(SIZE, Range(0.0, 100.0), DRAWN),
        "imu_scale": Spec(SIZE, Range(0.0, 0.5), DRAWN),
        "imu_misalignment_rad": Spec(SIZE, Range(0.0, 0.5), DRAWN),
    },
)
GNSS = Device(
    (
        SensorField("gnss_new"),
        SensorField("gnss_time_ns"),
        SensorField("gnss_pos_e_m", each=3),
        SensorField("gnss_vel_e_mps", each=3),
    ),
    {"gnss": Target("gnss_pos_e_m", "gnss_vel_e_mps", 50.0, "gnss_new")},
    {
        "antenna_position_m": Spec(PLACE, LENGTH_M),
        "gnss_period_s": Spec(POSITIVE, Range(1e-3, 3600.0), TICKS),
        "gnss_latency_s": Spec(NOT_NEGATIVE, Range(0.0, 3600.0), TICKS),
        "gnss_horizontal_m": Spec(SIZE, Range(0.0, 1000.0)),
        "gnss_vertical_m": Spec(SIZE, Range(0.0, 1000.0)),
        "gnss_velocity_mps": Spec(SIZE, Range(0.0, 100.0)),
        "gnss_plume_thrust_coefficient": Spec(SIZE, Range(0.0, 1e6)),
        "gnss_plume_mach": Spec(SIZE, MACH),
        "gnss_plume_s": Spec(SIZE, TIME_S, TICKS),
        "gnss_multipath_m": Spec(SIZE, Range(0.0, 1000.0)),
        "gnss_multipath_height_m": Spec(SPAN, Range(0.1, 1e5)),
        "gnss_multipath_s": Spec(SPAN, Range(1e-2, 1e6)),
    },
)
RADAR = Device(
    (SensorField("radar_valid"), SensorField("radar_range_m")),
    {"radar": Target("radar_range_m", "radar_range_m", 30.0, "radar_valid")},
    {
        "radar_min_m": Spec(NOT_NEGATIVE, Range(0.0, 1e5)),
        "radar_max_m": Spec(POSITIVE, Range(0.1, 1e6)),
        "radar_beam_rad": Spec(WIDTH_RAD, Range(0.0, 1.4999)),
        "radar_max_tilt_rad": Spec(TILT_RAD, Range(1e-4, 1.4999)),
        "radar_noise_m": Spec(SIZE, Range(0.0, 1000.0)),
        "radar_noise_fraction": Spec(SIZE, Range(0.0, 1.0)),
        "radar_position_m": Spec(ANY, LENGTH_M),
        "radar_plume_height_m": Spec(SIZE, Range(0.0, 1e5)),
        "radar_plume_probability": Spec(SHARE, Range(0.0, 1.0)),
        "radar_plume_hold_s": Spec(SPAN, Range(1e-3, 600.0), TICKS),
    },
)
CHAMBER_PRESSURE = _alike("chamber_pressure_pa", "chamber_pressure", 4e6, "engines")._replace(
    numbers={  # of every pressure aboard
        "pressure_noise_fraction": Spec(SIZE, Range(0.0, 1.0)),
        "pressure_bias_fraction": Spec(SIZE, Range(0.0, 1.0), DRAWN),
    }
)
ENGINE_STATE = _alike("engine_state", "engine_state", 1.0, "engines", reports=STATE)
LEVELS = Device(
    (SensorField("lox_level_m"), SensorField("lch4_level_m")),
    {
        "lox_level": Target("lox_level_m", "lox_level_m", 1.0),
        "lch4_level": Target("lch4_level_m", "lch4_level_m", 1.0),
    },
    {
        "level_noise_m": Spec(SIZE, Range(0.0, 10.0)),
        "level_bias_m": Spec(SIZE, Range(0.0, 10.0), DRAWN),
        "level_scale": Spec(SIZE, Range(0.0, 1.0), DRAWN),
    },
)
TANK_PRESSURES = Device(
    (SensorField("lox_pressure_pa"), SensorField("lch4_pressure_pa")),
    {
        "lox_pressure": Target("lox_pressure_pa", "lox_pressure_pa", 1e5),
        "lch4_pressure": Target("lch4_pressure_pa", "lch4_pressure_pa", 1e5),
    },
)
GIMBAL = _alike("gimbal_rad", "gimbal", 0.05, "gimballed", 2)._replace(
    numbers={
        "gimbal_noise_rad": Spec(SIZE, Range(0.0, 0.5)),
        "gimbal_bias_rad": Spec(SIZE, Range(0.0, 0.5), DRAWN),
    }
)
FIN = _alike("fin_rad", "fin", 0.2, "fins")._replace(
    numbers={
        "fin_noise_rad": Spec(SIZE, Range(0.0, 0.5)),
        "fin_bias_rad": Spec(SIZE, Range(0.0, 0.5), DRAWN),
    }
)
RCS_PRESSURE = _alike("rcs_pressure_pa", "rcs_pressure", 5e6)
LEG_LOCKED = _alike("leg_locked", "leg_locked", 1.0, "legs", reports=SWITCH)
LEG_CONTACT = _alike("leg_contact", "leg_contact", 1.0, "legs", reports=SWITCH)

DEVICES = (
    IMU, GNSS, RADAR, CHAMBER_PRESSURE, ENGINE_STATE, LEVELS, TANK_PRESSURES, GIMBAL, FIN, RCS_PRESSURE, LEG_LOCKED,
    LEG_CONTACT,
)  # fmt: skip
"""In the order of the sensor row."""
_FAULTS = {name: target for device in DEVICES for name, target in device.faults.items()}
TARGETS = {name: _FAULTS[name] for name in sorted(_FAULTS, key=lambda name: _FAULTS[name].reports == STATE)}
"""What a fault of a sensor can act on, by name: everything in a sensor row, measurements first."""
SPECS = {name: spec for device in DEVICES for name, spec in device.numbers.items()}
"""The numbers of the table `sensors` of a vehicle file."""
ERRORS = tuple(name for name, spec in SPECS.items() if spec.kind in OF_ERRORS)
"""Those of which ideal sensors have no use."""


def in_ticks(name: str) -> str:
    """What a number in seconds is called once it is counted in ticks."""
    return f"{name.removesuffix('_s')}_ticks"
