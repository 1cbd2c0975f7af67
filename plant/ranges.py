"""Permitted range of each number of a vehicle file: from a hopper of 100 kg to a stage of 5,000 t.

The ranges are chosen: wide enough for any realistic stage, narrow enough to catch a wrong decimal point, unit or sign
before the flight, and to keep the flight finite.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hoverslam.plant.range import LAG_S, LENGTH_M, MACH, PRESSURE_PA, SCALE, SHAPE, SIZE_M, SLOPE_PM, TIME_S, Range
from hoverslam.plant.sensors import SPECS

_BODY = {
    "dry_mass_kg": Range(10.0, 1e6),
    "dry_cg_m": LENGTH_M,
    "dry_inertia_kgm2": Range(1.0, 1e10),
    "cg_offset_m": Range(-10.0, 10.0),
    "ref_area_m2": Range(0.01, 500.0),
    "ref_length_m": Range(0.5, 200.0),
    "hull_radius_m": SIZE_M,
    "hull_base_m": LENGTH_M,
}
_TANK = {
    "radius_m": SIZE_M,
    "bottom_m": Range(-20.0, 150.0),
    "density_kgpm3": Range(50.0, 3000.0),
    "capacity_kg": Range(1.0, 5e6),
    "residual_kg": Range(0.0, 1e5),
    "ullage_pa": PRESSURE_PA,
    "repress_paps": Range(0.0, 1e8),
    "collapse_floor_pa": Range(0.0, 1e8),
    "collapse_pm": Range(0.0, 100.0),
}
_BENDING = {
    "frequency_hz": Range(0.0, 50.0),
    "damping": Range(0.0, 1.0),
    "generalised_mass_kg": Range(1.0, 1e6),
    "reference_kg": Range(10.0, 1e7),
    "gimbal_shape": SHAPE,
    "gimbal_slope_pm": SLOPE_PM,
    "imu_shape": SHAPE,
    "imu_slope_pm": SLOPE_PM,
    "fin_shape": SHAPE,
    "rcs_shape": SHAPE,
}
_ENGINE = {
    "vacuum_thrust_n": Range(10.0, 1e8),
    "exit_area_m2": Range(0.0, 20.0),
    "vacuum_isp_s": Range(30.0, 1000.0),
    "isp_loss_per_level": Range(0.0, 0.9),
    "mixture_ratio": Range(0.05, 20.0),
    "throttle_floor": Range(0.01, 1.0),
    "throttle_ceiling": Range(1.0, 1.3),
    "throttle_lag_s": LAG_S,
    "throttle_rate_ps": Range(1e-3, 1000.0),
    "dead_time_s": Range(0.0, 30.0),
    "rise_time_s": LAG_S,
    "shut_delay_s": Range(0.0, 10.0),
    "tail_off_s": LAG_S,
    "chamber_pressure_pa": Range(1e4, 1e8),
}
_FEED = {
    "igniter_s": Range(1e-3, 30.0),
    "chill_time_s": Range(1e-2, 3600.0),
    "warming_kps": Range(0.0, 100.0),
    "chill_limit_k": Range(0.0, 300.0),
    "chill_wait_s": TIME_S,
    "thrust_per_pa": Range(0.0, 1e-5),
    "thrust_per_k": Range(0.0, 1.0),
    "outlet_min_pa": PRESSURE_PA,
    "cavitation_per_pa": Range(0.0, 1e-3),
    "gas_limit_s": Range(1e-3, 600.0),
}
_RELIGHT = {
    "clean": Range(1e-6, 1.0 - 1e-9),
    "per_attempt": Range(0.0, 100.0),
    "per_k": Range(0.0, 100.0),
    "per_pa": Range(0.0, 1.0),
    "gas": Range(0.0, 100.0),
}
_CLUSTER = {
    "position_m": Range(-50.0, 50.0),
    "gimballed": Range(0.0, 63.0),
    "starts": Range(0.0, 1000.0),
    "charges": Range(0.0, 1000.0),
    "gimbal_limit_rad": Range(1e-4, 0.5),
    "gimbal_rate_radps": Range(1e-3, 100.0),
    "gimbal_lag_s": LAG_S,
}
_FINS = {
    "span_yz": Range(-1.0, 1.0),
    "area_m2": Range(1e-3, 100.0),
    "position_m": LENGTH_M,
    "radius_m": SIZE_M,
    "limit_rad": Range(1e-3, 0.785),
    "rate_radps": Range(1e-3, 100.0),
    "lag_s": LAG_S,
    "mach": MACH,
    "slope_prad": Range(-50.0, 50.0),
    "slope_scale": Range(1e-3, 10.0),
}
_RCS = {
    "position_m": LENGTH_M,
    "direction": Range(-1.0, 1.0),
    "thrust_n": Range(0.01, 1e6),
    "isp_s": Range(10.0, 500.0),
    "valve_lag_s": LAG_S,
    "load_kg": Range(1e-3, 1e5),
    "bottle_m": LENGTH_M,
    "bottle_pressure_pa": PRESSURE_PA,
}
_LEGS = {
    "angle_rad": Range(-12.6, 12.6),
    "foot_radius_m": Range(0.1, 100.0),
    "foot_m": LENGTH_M,
    "stroke_m": Range(1e-3, 20.0),
    "stiffness_npm": Range(10.0, 1e9),
    "damping_nspm": Range(0.0, 1e8),
    "crush_n": Range(1.0, 1e9),
    "friction": Range(0.0, 2.0),
    "side_stiffness_npm": Range(10.0, 1e9),
    "side_damping_nspm": Range(0.0, 1e8),
    "deploy_time_s": Range(1e-3, 600.0),
}
_AERO = {
    "axial_mach": MACH,
    "axial": Range(-10.0, 10.0),
    "mach": MACH,
    "alpha_rad": Range(0.0, 3.1416),
    "normal": Range(-200.0, 200.0),
    "centre_of_pressure_m": Range(-500.0, 500.0),
    "pitch_damping": Range(0.0, 100.0),
    "plume_thrust_coefficient": Range(0.0, 1e6),
    "plume_factor": Range(-5.0, 10.0),
    "axial_scale": SCALE,
    "normal_scale": SCALE,
    "plume_scale": SCALE,
}
VEHICLE: dict[str, dict[str, Range]] = {
    "body": _BODY,
    "lox": _TANK,
    "lch4": _TANK,
    "slosh": {"damping": Range(1e-4, 1.0)},
    "bending": _BENDING,
    "engine": _ENGINE,
    "feed": _FEED,
    "relight": _RELIGHT,
    "cluster": _CLUSTER,
    "fins": _FINS,
    "rcs": _RCS,
    "legs": _LEGS,
    "aero": _AERO,
    "sensors": {name: spec.range for name, spec in SPECS.items()},
}
"""Of each table of a vehicle file, of each of its keys; the unit is in the key (`unit_of`)."""
UNITS = {
    "m": "metres", "m2": "square metres", "kg": "kilograms", "kgm2": "kilogram square metres", "n": "newtons",
    "s": "seconds", "k": "kelvin", "hz": "hertz", "rad": "radians", "pa": "pascals", "mps": "metres per second",
    "mps2": "metres per second squared", "kgpm3": "kilograms per cubic metre", "paps": "pascals per second",
    "pm": "per metre", "prad": "per radian", "ps": "per second", "radps": "radians per second",
    "kps": "kelvin per second",
    "npm": "newtons per metre", "nspm": "newton seconds per metre", "rthz": "per root hertz",
}  # fmt: skip


PER = {"pa": "per pascal", "k": "per kelvin", "attempt": "per attempt", "level": "per level"}


def unit_of(name: str) -> str:
    """The unit of a key in words; empty for a plain number."""
    *_, before, last = ("", *name.split("_"))
    if before == "per":
        return PER[last]
    return f"{UNITS[before]} {UNITS[last]}" if last == "rthz" else UNITS.get(last, "")


LONGEST_TANK_M = 100.0
LEAST_SHARE = 0.01
"""Of the reference mass, in the bending mode: what bends is a good part of the stage."""


def disproportionate(vehicle: Any) -> Iterator[str]:
    """Numbers that are possible each for itself and not together, in words."""
    for table in ("lox", "lch4"):
        tank = getattr(vehicle, table)
        long_m = tank.capacity_kg / (tank.density_kgpm3 * np.pi * tank.radius_m**2)
        if long_m > LONGEST_TANK_M:
            told = (
                f"its capacity_kg = {tank.capacity_kg:g} makes it {long_m:.0f} m long, must be at most "
                f"{LONGEST_TANK_M:g} m"
            )
            yield f"{table}.radius_m = {tank.radius_m:g}: {told}"
    bending = vehicle.bending
    if bending.generalised_mass_kg < LEAST_SHARE * bending.reference_kg:
        told = f"must be at least {LEAST_SHARE:g} of bending.reference_kg = {bending.reference_kg:g} kilograms"
        yield f"bending.generalised_mass_kg = {bending.generalised_mass_kg:g}: {told}"


def beyond(vehicle: Any) -> Iterator[str]:
    """Numbers of a vehicle outside their range, each in words: key, value, range and unit."""
    for table, ranges in VEHICLE.items():
        for name, (low, high) in ranges.items():
            values = np.asarray(getattr(getattr(vehicle, table), name), dtype=np.float64).ravel()
            wrong = values[~((values >= low) & (values <= high))]
            if wrong.size:
                yield outside(table, name, wrong[0])


def outside(table: str, name: str, value: float) -> str:
    """That a number lies outside its range, in words."""
    (low, high), unit = VEHICLE[table][name], unit_of(name)
    return f"{table}.{name} = {value:g}: must lie between {low:g} and {high:g}{unit and ' '}{unit}"
