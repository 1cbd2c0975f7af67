"""Between what and what each number of a flight load lies, and whether its lists are of the lengths that they say.

As of a vehicle (`plant.ranges`), whose ranges they are where a belief is about a number of it: wide enough for any
stage, so narrow that a slip of a comma, a unit or a sign is told by name before anything is flown.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from hoverslam.plant.range import LAG_S, LENGTH_M, MACH, Range
from hoverslam.plant.ranges import VEHICLE
from hoverslam.scenarios.load_keys import LONGEST, SHAPES, TOLD, Key
from hoverslam.scenarios.load_settings import SETTINGS

KEYS: dict[str, Key] = {**TOLD, **SETTINGS}
_BODY, _TANK, _ENGINE, _CLUSTER = (VEHICLE[table] for table in ("body", "lox", "engine", "cluster"))
_FINS, _RCS, _AERO, _SENSORS = (VEHICLE[table] for table in ("fins", "rcs", "aero", "sensors"))
ENGINE_INDEX = _CLUSTER["gimballed"]
SIGMA_M, SIGMA_MPS = Range(1e-6, 1e6), Range(1e-6, 1e4)
"""Of an error that a filter divides by."""
SPEED_MPS, ACCEL_MPS2, GAIN = Range(1e-3, 1e4), Range(1e-3, 1000.0), Range(0.0, 100.0)
ANGLE_RAD, RATE_RADPS, SHARE = Range(1e-4, 1.5708), Range(1e-4, 100.0), Range(0.0, 1.0)

_PAD = {
    "latitude_rad": Range(-1.5708, 1.5708), "longitude_rad": Range(-6.2832, 6.2832),
    "elevation_m": Range(-430.0, 6000.0),
}  # fmt: skip
_START = {
    "pos_enu_m": Range(-2e6, 2e6), "vel_enu_mps": Range(-1e4, 1e4), "azimuth_rad": Range(-6.2832, 6.2832),
    "pos_sigma_m": SIGMA_M, "vel_sigma_mps": SIGMA_MPS, "attitude_sigma_rad": Range(1e-6, 3.1416),
}  # fmt: skip
_FORECAST = {
    "step_m": Range(1.0, 1e5), "log_density": Range(-40.0, 5.0), "log_pressure": Range(-30.0, 20.0),
    "sound_mps": Range(100.0, 2000.0), "east_mps": Range(-250.0, 250.0), "north_mps": Range(-250.0, 250.0),
}  # fmt: skip
_STAGE = {
    "dry_mass_kg": _BODY["dry_mass_kg"], "dry_cg_m": LENGTH_M, "dry_inertia_kgm2": _BODY["dry_inertia_kgm2"],
    "tank_area_m2": Range(0.005, 8000.0), "lox_bottom_m": _TANK["bottom_m"], "lch4_bottom_m": _TANK["bottom_m"],
    "lox_density_kgpm3": _TANK["density_kgpm3"], "lch4_density_kgpm3": _TANK["density_kgpm3"],
    "mixture_ratio": _ENGINE["mixture_ratio"], "ref_area_m2": _BODY["ref_area_m2"],
    "axial_mach": MACH, "axial": _AERO["axial"], "normal_slope": Range(-200.0, 200.0),
    "normal_growth": Range(-1000.0, 1000.0), "normal_position_m": _AERO["centre_of_pressure_m"],
    "plume_coefficient": _AERO["plume_thrust_coefficient"], "plume_factor": _AERO["plume_factor"],
    "vacuum_thrust_n": _ENGINE["vacuum_thrust_n"], "exit_area_m2": _ENGINE["exit_area_m2"],
    "vacuum_isp_s": _ENGINE["vacuum_isp_s"], "isp_loss_per_level": _ENGINE["isp_loss_per_level"],
    "throttle_floor": _ENGINE["throttle_floor"], "throttle_ceiling": _ENGINE["throttle_ceiling"],
    "dead_time_s": _ENGINE["dead_time_s"], "dead_time_longest_s": _ENGINE["dead_time_s"], "rise_time_s": LAG_S,
    "chamber_pressure_pa": _ENGINE["chamber_pressure_pa"], "engine_yz_m": _CLUSTER["position_m"],
    "gimbal_engine": ENGINE_INDEX, "gimbal_limit_rad": _CLUSTER["gimbal_limit_rad"],
    "throttle_rate_ps": _ENGINE["throttle_rate_ps"], "gimbal_rate_radps": _CLUSTER["gimbal_rate_radps"],
    "fin_rate_radps": _FINS["rate_radps"], "foot_radius_m": VEHICLE["legs"]["foot_radius_m"],
    "landing": ENGINE_INDEX, "spares": ENGINE_INDEX, "last": ENGINE_INDEX,
    "fin_span_yz": _FINS["span_yz"], "fin_area_m2": _FINS["area_m2"], "fin_position_m": LENGTH_M,
    "fin_radius_m": _FINS["radius_m"], "fin_limit_rad": _FINS["limit_rad"], "fin_mach": MACH,
    "fin_slope": _FINS["slope_prad"], "thruster_position_m": LENGTH_M, "thruster_direction": _RCS["direction"],
    "thruster_n": _RCS["thrust_n"], "foot_m": LENGTH_M, "imu_m": LENGTH_M, "antenna_m": LENGTH_M, "radar_m": LENGTH_M,
    "radar_beam_rad": _SENSORS["radar_beam_rad"], "bending_hz": VEHICLE["bending"]["frequency_hz"],
    "bending_kg": VEHICLE["bending"]["reference_kg"],
}  # fmt: skip
_FILTER = {
    "gyro_noise_radps_rthz": Range(1e-12, 0.1), "accel_noise_mps2_rthz": Range(1e-12, 10.0),
    "gyro_bias_radps": Range(0.0, 1.0), "accel_bias_mps2": Range(0.0, 100.0), "accel_scale": Range(0.0, 0.5),
    "gnss_horizontal_m": SIGMA_M, "gnss_vertical_m": SIGMA_M, "gnss_velocity_mps": SIGMA_MPS, "radar_m": SIGMA_M,
    "radar_fraction": SHARE, "gate_sigma": Range(0.1, 1000.0),
}  # fmt: skip
_GAINS = {
    "glide_angle_rad": ANGLE_RAD, "hull_mps2": ACCEL_MPS2, "arc_share": SHARE, "arc_gain": GAIN,
    "arc_until_s": Range(0.0, 600.0), "cross_gain": GAIN, "ignition_altitude_m": Range(1.0, 1e5),
    "ignition_throttle": Range(0.01, 1.3), "hand_over_mps": SPEED_MPS, "shutdown_mps": SPEED_MPS,
    "side_gimbal_rad": Range(1e-4, 0.5), "side_weight": GAIN, "tilt_sine": Range(1e-4, 1.0),
    "nominal_mass_kg": _BODY["dry_mass_kg"]._replace(high=1e7), "nominal_cg_m": LENGTH_M,
    "nominal_last_s": Range(0.1, 600.0), "nominal_decel_mps2": ACCEL_MPS2, "upright_s": Range(0.0, 600.0),
    "lean_lag_s": LAG_S, "rest_place_m": Range(1e-3, 1e4), "last_place_m": Range(1e-3, 1e4),
    "reach_mps2": ACCEL_MPS2, "rest_speed_mps": SPEED_MPS, "rest_lean_rad": ANGLE_RAD, "burn_lean_rad": ANGLE_RAD,
    "final_lean_rad": ANGLE_RAD, "lean_rate_radps": RATE_RADPS, "final_decel_mps2": ACCEL_MPS2,
    "final_speed_mps": Range(0.0, 100.0), "final_settle_ps": Range(1e-3, 100.0), "final_tilt_rad": ANGLE_RAD,
    "angle_gain_ps": GAIN, "rate_gain_ps": GAIN, "rate_limit_radps": RATE_RADPS, "nose_rate_radps": RATE_RADPS,
    "glide_rate_radps": RATE_RADPS, "final_quickness": Range(1e-2, 100.0), "roll_gain_ps": GAIN,
    "notch_damping": Range(1e-3, 10.0), "notch_spread": Range(0.0, 0.99), "leg_time_s": Range(0.0, 600.0),
    "fault_pressure_fraction": SHARE, "fault_time_s": Range(0.0, 600.0),
}  # fmt: skip
_TABLES = {"pad": _PAD, "start": _START, "forecast": _FORECAST, "stage": _STAGE, "filter": _FILTER, "gains": _GAINS}
LOAD: dict[str, Range] = {f"{table}.{key}": one for table, keys in _TABLES.items() for key, one in keys.items()}
"""Of every key of the flight load that the page names; a program's own keys may hold what they like."""


def load_mistakes(tree: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the numbers of a flight load that are known, in words: key, value, limit and unit."""
    lengths: dict[str, tuple[int, str]] = {}
    for name, key in KEYS.items():
        table, _, leaf = name.partition(".")
        if table in tree and not isinstance(tree[table], Mapping):
            yield f"{table} = {_shown(tree[table])}: must be a table; write [{table}]"
        elif table in tree and leaf in tree[table]:
            yield from _of_key(name, key, tree[table][leaf], lengths)


def _of_key(name: str, key: Key, value: Any, lengths: dict[str, tuple[int, str]]) -> Iterator[str]:
    words = key.shape.split(" x ") if key.shape else []
    there = _shape(value, len(words))
    if there is None:
        what = ("a number", "a list of numbers", "a list of lists of numbers, all of one length")[len(words)]
        yield f"{name} = {_shown(value)}: must be {what}; write {what}"
        return
    for got, word in zip(there, words, strict=True):
        wanted, by = (int(word), "") if word.isdigit() else lengths.setdefault(word, (got, name))
        if word in SHAPES and word != "any" and got != wanted:
            yield f"{name}: has {got} {SHAPES[word]}, but {by} has {wanted}; give both the same length"
        elif word.isdigit() and got != wanted:
            yield f"{name}: has {got} numbers per row, must have {wanted}; write {wanted}"
        elif word in LONGEST and got > LONGEST[word]:
            yield f"{name}: has {got} {SHAPES[word]}; must have at most {LONGEST[word]}; shorten it"
    low, high = LOAD[name]
    numbers = [value] if not words else value if len(words) == 1 else list(chain.from_iterable(value))
    if (wrong := next((one for one in numbers if not low <= one <= high), None)) is not None:
        yield f"{name} = {wrong:g}: must lie between {low:g} and {high:g}{key.unit and ' '}{key.unit}; correct it"


def _shape(value: Any, deep: int) -> tuple[int, ...] | None:
    """Its lengths, where it is lists so deep with numbers in them."""
    if deep == 0:
        return () if isinstance(value, int | float) and not isinstance(value, bool) else None
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    inner = {_shape(one, deep - 1) for one in value}
    if not inner:
        return (0,) * deep
    (first, *others) = inner
    return None if others or first is None else (len(value), *first)


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
