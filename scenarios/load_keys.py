"""What every key of the flight load is: pad, start, forecast and stage; docs/flight-load.md is written from it.

What a flight program is told before flight and believes. The two tables that only the reference flight software has a
use for are in `scenarios.load_settings`.
"""

from typing import NamedTuple


class Key(NamedTuple):
    """One key of the flight load: unit, how many numbers, what they are, and the modules of `gnc` that read it.

    A shape is empty for one number; a word in it stands for one length wherever it is, a figure for itself.
    """

    unit: str
    shape: str
    meaning: str
    used: str


SHAPES = {
    "rows": "rows of the forecast",
    "axial": "points of the table of the axial force",
    "plume": "points of the table of the plume",
    "fin": "points of the table of a fin",
    "engines": "engines",
    "gimballed": "engines that swivel",
    "fins": "fins",
    "thrusters": "thrusters",
    "any": "as many as there are",
}
"""What the words in a shape count."""
TOLD: dict[str, Key] = {
    "pad.latitude_rad": Key("rad", "", "of the centre of the pad, WGS-84, positive north", "model"),
    "pad.longitude_rad": Key("rad", "", "of the centre of the pad, WGS-84, positive east", "model"),
    "pad.elevation_m": Key(
        "m", "", "of the pad over the WGS-84 ellipsoid, which stands in for mean sea level", "model"
    ),
    "start.pos_enu_m": Key(
        "m",
        "3",
        "of the inertial unit (`stage.imu_m`, not the feet) at release, from the centre of the pad: east, north, up",
        "rows",
    ),
    "start.vel_enu_mps": Key(
        "m/s", "3", "of the inertial unit at release, over the turning Earth: east, north, up", "rows"
    ),
    "start.azimuth_rad": Key(
        "rad",
        "",
        "of the horizontal velocity at release, from north towards east; body y is level and points to the right of it",
        "rows step",
    ),
    "start.pos_sigma_m": Key("m", "", "how sure the place is, one sigma an axis", "navigation"),
    "start.vel_sigma_mps": Key("m/s", "", "how sure the velocity is, one sigma an axis", "navigation"),
    "start.attitude_sigma_rad": Key(
        "rad", "", "how sure the attitude is (nose against the velocity), one sigma an axis", "navigation"
    ),
    "forecast.step_m": Key(
        "m", "", "between rows; row 0 is at mean sea level (not at the pad), and beyond the last row it holds", "model"
    ),
    "forecast.log_density": Key("", "rows", "natural logarithm of the density in kg/m3", "model"),
    "forecast.log_pressure": Key("", "rows", "natural logarithm of the pressure in Pa", "model"),
    "forecast.sound_mps": Key("m/s", "rows", "speed of sound", "model"),
    "forecast.east_mps": Key("m/s", "rows", "wind: how fast the air moves to the east", "model"),
    "forecast.north_mps": Key("m/s", "rows", "wind: how fast the air moves to the north", "model"),
    "stage.dry_mass_kg": Key(
        "kg",
        "",
        "stage without any propellant, with half a load of cold gas; without residual propellant, which levels count",
        "model",
    ),
    "stage.dry_cg_m": Key("m", "", "centre of gravity of that, above the gimbal plane", "model"),
    "stage.dry_inertia_kgm2": Key(
        "kg m2", "3", "of that, about body x, y, z through its own centre of gravity", "model step"
    ),
    "stage.tank_area_m2": Key(
        "m2",
        "",
        "cross-section of either tank: level times area times density is all that is in it, residuals included",
        "model step",
    ),
    "stage.lox_bottom_m": Key(
        "m", "", "bottom of the oxygen tank above the gimbal plane, where a level counts from", "model"
    ),
    "stage.lox_density_kgpm3": Key("kg/m3", "", "of the oxygen", "model step"),
    "stage.lch4_bottom_m": Key(
        "m", "", "bottom of the fuel tank above the gimbal plane, where a level counts from", "model"
    ),
    "stage.lch4_density_kgpm3": Key("kg/m3", "", "of the fuel, whatever it is", "model step"),
    "stage.mixture_ratio": Key("", "", "oxygen over fuel by mass, as the engines draw them", "step"),
    "stage.ref_area_m2": Key("m2", "", "that the coefficients of the air are of", "lateral model"),
    "stage.axial_mach": Key("", "axial", "Mach numbers of `stage.axial`", "model"),
    "stage.axial": Key("", "axial", "coefficient of the axial force, base first, engines off", "model"),
    "stage.normal_slope": Key(
        "1/rad", "", "slope of the coefficient of the body's normal force at no angle from base-first", "lateral model"
    ),
    "stage.normal_growth": Key("1/rad2", "", "how that slope grows with the angle", "lateral model"),
    "stage.normal_position_m": Key(
        "m", "", "where the body's normal force acts, above the gimbal plane", "guidance lateral model"
    ),
    "stage.plume_coefficient": Key(
        "", "plume", "thrust over dynamic pressure and `stage.ref_area_m2`, for `stage.plume_factor`", "model"
    ),
    "stage.plume_factor": Key("", "plume", "share of the axial force that burning engines leave", "model"),
    "stage.vacuum_thrust_n": Key("N", "", "of one engine in vacuum at throttle 1 (rated)", "model prediction"),
    "stage.exit_area_m2": Key("m2", "", "of one nozzle: ambient pressure on it is taken off the thrust", "model"),
    "stage.vacuum_isp_s": Key("s", "", "specific impulse in vacuum at throttle 1", "model"),
    "stage.isp_loss_per_level": Key("", "", "share of it that is lost from throttle 1 to 0, linear", "model"),
    "stage.throttle_floor": Key("", "", "least throttle of a burning engine", "fdir step"),
    "stage.throttle_ceiling": Key("", "", "largest throttle, which may be above 1", "fdir step"),
    "stage.dead_time_s": Key(
        "s", "", "from the command to start to the first thrust, typical", "fdir modes prediction"
    ),
    "stage.dead_time_longest_s": Key("s", "", "the same, of the slowest engine", "fdir"),
    "stage.rise_time_s": Key("s", "", "from first thrust to the commanded throttle", "fdir modes prediction"),
    "stage.chamber_pressure_pa": Key("Pa", "", "at throttle 1", "fdir"),
    "stage.engine_yz_m": Key(
        "m",
        "engines x 2",
        "body y and z of each engine in the gimbal plane, in the order of the wire",
        "control fdir shape",
    ),
    "stage.gimbal_engine": Key(
        "", "gimballed", "engines that swivel, in the order of the pairs of `gimbal_rad`", "control fdir shape"
    ),
    "stage.gimbal_limit_rad": Key("rad", "", "of each of the two angles", "control"),
    "stage.landing": Key("", "any", "engines that are lit to land", "fdir modes prediction shape"),
    "stage.spares": Key(
        "", "any", "engines that are lit in place of one of them that failed; may be empty", "fdir shape"
    ),
    "stage.last": Key("", "", "the engine that sets the stage down", "fdir modes shape"),
    "stage.fin_span_yz": Key(
        "",
        "fins x 2",
        "body y and z of the direction in which each fin sticks out, in the order of the wire",
        "control shape",
    ),
    "stage.fin_area_m2": Key("m2", "", "of one fin, for `stage.fin_slope`", "guidance lateral"),
    "stage.fin_position_m": Key(
        "m", "", "hinges above the gimbal plane", "control fdir feel guidance landing lateral model modes"
    ),
    "stage.fin_radius_m": Key("m", "", "centre of pressure of a fin from the axis", "control"),
    "stage.fin_limit_rad": Key("rad", "", "largest deflection either way", "control landing lateral"),
    "stage.fin_mach": Key("", "fin", "Mach numbers of `stage.fin_slope`", "guidance lateral"),
    "stage.fin_slope": Key("1/rad", "fin", "slope of the lift coefficient of a fin", "guidance lateral"),
    "stage.thruster_position_m": Key(
        "m",
        "thrusters x 3",
        "of each thruster, body axes from the gimbal plane, in the order of the wire",
        "control shape",
    ),
    "stage.thruster_direction": Key(
        "", "thrusters x 3", "in which each pushes the stage (the gas leaves the other way), unit vectors", "control"
    ),
    "stage.thruster_n": Key("N", "", "of one thruster", "control"),
    "stage.foot_m": Key("m", "", "foot plane above the gimbal plane: negative", "step"),
    "stage.imu_m": Key("m", "3", "inertial unit, body axes from the gimbal plane", "feel navigation step"),
    "stage.antenna_m": Key("m", "3", "GNSS antenna, body axes from the gimbal plane", "navigation"),
    "stage.radar_m": Key("m", "", "radar altimeter on the axis, above the gimbal plane", "navigation"),
    "stage.radar_beam_rad": Key("rad", "", "half-width of its beam", "navigation"),
    "stage.bending_hz": Key("Hz", "", "first bending mode at `stage.bending_kg`; 0 for a stiff stage", "notch"),
    "stage.bending_kg": Key("kg", "", "mass at which it rings there; lower when heavier", "notch"),
}
"""By the dotted name that an override has too."""
