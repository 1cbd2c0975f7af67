"""The flight load: all that the flight software knows before flight. It arrives with `reset`.

Each table of the load becomes the NamedTuple here; a key that is missing, unknown or of the wrong kind is refused by
name, because a missing assumption that is not noticed can lose the mission.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np

from hoverslam.gnc.rotation import Vec

T = TypeVar("T")
NOT_NEEDED = {"stage": frozenset({"throttle_rate_ps", "gimbal_rate_radps", "fin_rate_radps", "foot_radius_m"})}
"""Keys that a load may tell by table, for flight programs of another make: nothing here reads them."""


class LoadError(ValueError):
    """The flight load cannot be used; the text names the key and what would be right."""


class PadBelief(NamedTuple):
    """Where to land (WGS-84)."""

    latitude_rad: float
    longitude_rad: float
    elevation_m: float


class Start(NamedTuple):
    """Believed state at release, relative to the pad, east-north-up, and how sure (one sigma).

    The state is that of the inertial unit; the nose is held against the velocity, body y to the right of the azimuth.
    """

    pos_enu_m: Vec
    vel_enu_mps: Vec
    azimuth_rad: float
    pos_sigma_m: float
    vel_sigma_mps: float
    attitude_sigma_rad: float


class Forecast(NamedTuple):
    """Air every `step_m` of altitude above mean sea level, from zero.

    `log_*` are natural logarithms, of kg/m3 and Pa; `sound_mps` the speed of sound; `east_mps` and `north_mps` the
    velocity of the air.
    """

    step_m: float
    log_density: np.ndarray
    log_pressure: np.ndarray
    sound_mps: np.ndarray
    east_mps: np.ndarray
    north_mps: np.ndarray


class Stage(NamedTuple):
    """Believed vehicle. Lengths `*_m` along the axis from the gimbal plane toward the nose; slopes per radian.

    Empty: `dry_mass_kg`, `dry_cg_m`, `dry_inertia_kgm2` (roll, pitch, yaw about its own centre). Tanks: one
    `tank_area_m2`, `*_bottom_m`, `*_density_kgpm3`; engines draw LOX and LCH4 by mass as `mixture_ratio`.

    Air, per `ref_area_m2`: `axial` coefficient by `axial_mach`; `normal_slope` of the body at no angle, which grows by
    `normal_growth` per radian and acts at `normal_position_m`; burning engines leave the share `plume_factor` of the
    axial force at `plume_coefficient`, thrust over dynamic pressure and area.

    Engines: `vacuum_thrust_n` each at level 1, `exit_area_m2`, `vacuum_isp_s` less the share `isp_loss_per_level`;
    levels from `throttle_floor` to `throttle_ceiling`; typical `dead_time_s`, `dead_time_longest_s` of any,
    `rise_time_s` to the commanded level, `chamber_pressure_pa` at level 1. `engine_yz_m` lists all; `gimbal_engine`
    those that swivel, in wire order, to `gimbal_limit_rad`; `landing` those to light; `spares` those to light when one
    of them fails; `last` the one that lands the stage.

    Fins: outward direction `fin_span_yz`, `fin_area_m2` of one, `fin_position_m`, `fin_radius_m` of its centre from the
    axis, `fin_limit_rad`, lift `fin_slope` by `fin_mach`. Gas: `thruster_position_m`, direction of the push
    `thruster_direction`, `thruster_n`. Feet at `foot_m`; `imu_m` and `antenna_m` in body axes; `radar_m` on the axis,
    `radar_beam_rad` the half-width of the radar beam.
    The first bending mode rings at `bending_hz` at a mass of `bending_kg`, lower when heavier; 0 for a stiff stage.
    """

    dry_mass_kg: float
    dry_cg_m: float
    dry_inertia_kgm2: Vec
    tank_area_m2: float
    lox_bottom_m: float
    lox_density_kgpm3: float
    lch4_bottom_m: float
    lch4_density_kgpm3: float
    mixture_ratio: float
    ref_area_m2: float
    axial_mach: np.ndarray
    axial: np.ndarray
    normal_slope: float
    normal_growth: float
    normal_position_m: float
    plume_coefficient: np.ndarray
    plume_factor: np.ndarray
    vacuum_thrust_n: float
    exit_area_m2: float
    vacuum_isp_s: float
    isp_loss_per_level: float
    throttle_floor: float
    throttle_ceiling: float
    dead_time_s: float
    dead_time_longest_s: float
    rise_time_s: float
    chamber_pressure_pa: float
    engine_yz_m: np.ndarray
    gimbal_engine: np.ndarray
    gimbal_limit_rad: float
    landing: np.ndarray
    spares: np.ndarray
    last: int
    fin_span_yz: np.ndarray
    fin_area_m2: float
    fin_position_m: float
    fin_radius_m: float
    fin_limit_rad: float
    fin_mach: np.ndarray
    fin_slope: np.ndarray
    thruster_position_m: np.ndarray
    thruster_direction: np.ndarray
    thruster_n: float
    foot_m: float
    imu_m: Vec
    antenna_m: Vec
    radar_m: float
    radar_beam_rad: float
    bending_hz: float
    bending_kg: float


class Filter(NamedTuple):
    """Errors that the navigation filter assumes, one sigma.

    Inertial unit: white noise `gyro_noise_radps_rthz` and `accel_noise_mps2_rthz` per root hertz, constant biases
    `gyro_bias_radps` and `accel_bias_mps2`, scale error `accel_scale` as a share. Fix: `gnss_horizontal_m`,
    `gnss_vertical_m`, `gnss_velocity_mps` per axis. Radar: `radar_m` plus `radar_fraction` of the range. A measurement
    more than `gate_sigma` off what is expected is refused.
    """

    gyro_noise_radps_rthz: float
    accel_noise_mps2_rthz: float
    gyro_bias_radps: float
    accel_bias_mps2: float
    accel_scale: float
    gnss_horizontal_m: float
    gnss_vertical_m: float
    gnss_velocity_mps: float
    radar_m: float
    radar_fraction: float
    gate_sigma: float


class Gains(NamedTuple):
    """Guidance and control settings.

    Glide: `glide_angle_rad` the largest lean, `hull_mps2` the largest lateral acceleration by the air; both limit the
    lean. Until `arc_until_s` before the hand-over, the commanded lean differs from the solved lean by `arc_gain` times
    the deviation of the solved lean from the share `arc_share`: less while a small lean suffices, more once a large one
    is needed. In crossrange, `cross_gain` times the solved lean is commanded.

    Ignition: `ignition_altitude_m` above the pad is a first guess for the glide; it happens when the constant throttle
    that stops the stage reaches `ignition_throttle`. Burn: it ends at `hand_over_mps`, where the last engine goes on
    alone, at a height where the final profile would fall at `shutdown_mps` (less, because the others die away over the
    first moments). It leans up to `tilt_sine`.

    Regulator across (`gnc.lateral`): the nominal stage weighs `nominal_mass_kg` and balances at `nominal_cg_m`; its
    flight has the last `nominal_last_s` on one engine and brakes by `nominal_decel_mps2` before; `lean_lag_s` is how
    far the nose trails its command. One unit of cost each: `rest_place_m`, `rest_speed_mps` and `rest_lean_rad` at
    touchdown; `burn_lean_rad` held for a second in the burn, `final_lean_rad` and `last_place_m` from `upright_s`
    before the last engine on; `lean_rate_radps` throughout; the share `side_weight` of the side push that the fins and
    gimbals deflected by `side_gimbal_rad` can give.
    Distance beyond `reach_mps2` times the time left squared, and what the speed across closes, is given up.

    Final profile: brake by `final_decel_mps2`, then settle by `final_settle_ps` to `final_speed_mps`; tilt up to
    `final_tilt_rad`.

    Attitude: `angle_gain_ps` from error to rate, `rate_gain_ps` from rate to moment, `roll_gain_ps` for roll,
    `rate_limit_radps`; `nose_rate_radps` the fastest turn of the command, `glide_rate_radps` before there is thrust;
    `final_quickness` scales the gains on the last engine. Two notches of this `notch_damping` lie the share
    `notch_spread` under and over the bending mode.

    Legs are commanded `leg_time_s` before touchdown. An engine is lost when its chamber pressure stays below
    `fault_pressure_fraction` of that at the throttle floor for `fault_time_s`.
    """

    glide_angle_rad: float
    hull_mps2: float
    arc_share: float
    arc_gain: float
    arc_until_s: float
    cross_gain: float
    ignition_altitude_m: float
    ignition_throttle: float
    hand_over_mps: float
    shutdown_mps: float
    side_gimbal_rad: float
    side_weight: float
    tilt_sine: float
    nominal_mass_kg: float
    nominal_cg_m: float
    nominal_last_s: float
    nominal_decel_mps2: float
    upright_s: float
    lean_lag_s: float
    rest_place_m: float
    last_place_m: float
    reach_mps2: float
    rest_speed_mps: float
    rest_lean_rad: float
    burn_lean_rad: float
    final_lean_rad: float
    lean_rate_radps: float
    final_decel_mps2: float
    final_speed_mps: float
    final_settle_ps: float
    final_tilt_rad: float
    angle_gain_ps: float
    rate_gain_ps: float
    rate_limit_radps: float
    nose_rate_radps: float
    glide_rate_radps: float
    final_quickness: float
    roll_gain_ps: float
    notch_damping: float
    notch_spread: float
    leg_time_s: float
    fault_pressure_fraction: float
    fault_time_s: float


class Load(NamedTuple):
    """The whole flight load."""

    frame_s: float
    pad: PadBelief
    start: Start
    forecast: Forecast
    stage: Stage
    filter: Filter
    gains: Gains


def _numbers(where: str, value: Any) -> np.ndarray:
    """A list of numbers, or of lists of them, as an array."""
    try:
        if not isinstance(value, (list, tuple)):
            raise TypeError
        array = np.ascontiguousarray(value, dtype=np.float64)
        if not np.isfinite(array).all():
            raise ValueError
        return array
    except (TypeError, ValueError):
        raise LoadError(f"flight load: {where} = {value!r} must be a list of numbers") from None


def _convert(where: str, hint: Any, value: Any) -> Any:
    """One value as its field wants it."""
    if hasattr(hint, "_fields"):
        if not isinstance(value, Mapping):
            raise LoadError(f"flight load: {where} must be a table, got {value!r}")
        return _table(where, hint, value)
    if hint is np.ndarray:
        array = _numbers(where, value)
        if array.size == 0 and "spares" not in where:
            raise LoadError(f"flight load: {where} is empty")
        return array
    if hint in (float, int):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return hint(value)
        raise LoadError(f"flight load: {where} = {value!r} must be a number")
    if isinstance(value, (list, tuple)) and len(value) == 3 and _numbers(where, value).ndim == 1:
        return tuple(float(v) for v in value)
    raise LoadError(f"flight load: {where} = {value!r} must be three numbers")


def _table(where: str, kind: type[T], values: Mapping[str, Any]) -> T:
    hints = get_type_hints(kind)
    known = set(hints) | NOT_NEEDED.get(where, frozenset())
    unknown, missing = sorted(set(values) - known), sorted(set(hints) - set(values))
    if unknown:
        raise LoadError(f"flight load: {where} has the unknown key {unknown[0]!r}; known: {', '.join(hints)}")
    if missing:
        raise LoadError(f"flight load: {where} lacks the key {missing[0]!r}; add it")
    return kind(**{name: _convert(f"{where}.{name}".lstrip("."), hints[name], values[name]) for name in hints})


def read_load(values: Mapping[str, Any], frame_s: float) -> Load:
    """The load from the map that came with `reset`; raises LoadError."""
    return _table("", Load, {**values, "frame_s": frame_s})
