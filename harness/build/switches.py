"""What switches parts of a flight off, and which numbers of a vehicle then do nothing."""

from typing import NamedTuple

from hoverslam.plant.sensors import ERRORS
from hoverslam.plant.vehicle import Vehicle
from hoverslam.scenarios.schema import Scenario


class Switch(NamedTuple):
    """Whether it is off, the vehicle's keys (or tables) that nobody reads then, why, and what to do."""

    off: bool
    keys: tuple[str, ...]
    why: str
    remedy: str


PLUME = ("aero.plume_scale", "aero.plume_thrust_coefficient", "aero.plume_factor")
NO_RADAR_PLUME = "the radar is never hidden by a plume (sensors.radar_plume_height_m or _probability is 0)"


def switches(scenario: Scenario, vehicle: Vehicle) -> list[Switch]:
    """Every switch of a flight that leaves numbers of its vehicle without effect."""
    return [*_of_scenario(scenario), *_of_vehicle(vehicle), *_of_sensors(vehicle)]


def _of_scenario(scenario: Scenario) -> list[Switch]:
    given = scenario.dispersions
    return [
        Switch(
            given.sensors == 0,
            tuple(f"sensors.{name}" for name in ERRORS),
            "is a sensor error, but sensors are ideal here (dispersions.sensors = 0)",
            "set it to 1",
        ),
        Switch(
            given.relight == 0,
            ("relight",),
            "is a start probability, but starts do not fail here (dispersions.relight = 0)",
            "set it to 1",
        ),
    ]


def _of_vehicle(vehicle: Vehicle) -> list[Switch]:
    aero, bending = vehicle.aero, vehicle.bending
    others = tuple(f"bending.{name}" for name in bending._fields if name != "frequency_hz")
    return [
        _off(bending.frequency_hz == 0.0, others, "the hull is rigid (bending.frequency_hz = 0)"),
        _off(
            aero.axial_scale == 0.0,
            ("aero.axial_mach", "aero.axial", *PLUME),
            "the plume scales aero.axial_scale, which is 0",
        ),
        _off(aero.plume_scale == 0.0, ("aero.plume_factor",), "aero.plume_scale is 0"),
        _off(
            aero.normal_scale == 0.0,
            ("aero.mach", "aero.alpha_rad", "aero.normal", "aero.centre_of_pressure_m"),
            "aero.normal_scale is 0",
        ),
    ]


def _of_sensors(vehicle: Vehicle) -> list[Switch]:
    spec = vehicle.sensors
    low, rare = spec.radar_plume_height_m == 0.0, spec.radar_plume_probability == 0.0
    return [
        _off(
            spec.gyro_drift_radps == 0.0, ("sensors.gyro_drift_s",), "there is no drift (sensors.gyro_drift_radps = 0)"
        ),
        _off(
            spec.accel_drift_mps2 == 0.0, ("sensors.accel_drift_s",), "there is no drift (sensors.accel_drift_mps2 = 0)"
        ),
        _off(
            spec.gnss_multipath_m == 0.0,
            ("sensors.gnss_multipath_height_m", "sensors.gnss_multipath_s"),
            "there is no multipath (sensors.gnss_multipath_m = 0)",
        ),
        _off(low or rare, ("sensors.radar_plume_hold_s",), NO_RADAR_PLUME),
        _off(low, ("sensors.radar_plume_probability",), NO_RADAR_PLUME),
        _off(rare, ("sensors.radar_plume_height_m",), NO_RADAR_PLUME),
    ]


def _off(off: bool, keys: tuple[str, ...], why: str) -> Switch:
    return Switch(off, keys, f"has no effect: {why}", "remove it")
