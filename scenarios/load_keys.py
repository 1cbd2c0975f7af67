"""What every key of the flight load is: pad, start, forecast and stage; docs/flight-load.md is written from it.

What a flight program is told before flight and believes. The two tables that only the reference flight software has a
use for are in `scenarios.load_settings`.
"""

from typing import NamedTuple

from hoverslam.harness.wire.contract import MAX_ELEMENTS


class Key(NamedTuple):
    """One key of the flight load: unit, how many numbers, what they are, and the modules of `gnc` that read it, if any.

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
    "gimballed": "gimballed engines",
    "fins": "fins",
    "thrusters": "thrusters",
    "any": "any number",
}
"""What the words in a shape count."""
LONGEST = {
    "rows": 512, "axial": 128, "plume": 128, "fin": 128, "engines": MAX_ELEMENTS, "gimballed": MAX_ELEMENTS,
    "fins": MAX_ELEMENTS, "thrusters": MAX_ELEMENTS, "any": MAX_ELEMENTS,
}  # fmt: skip
"""At most so many of each (chosen for tables: ten times what the shipped loads have): a program in C reserves that."""
TOLD: dict[str, Key] = {
    "pad.latitude_rad": Key("rad", "", "latitude of the pad centre, WGS-84, positive north", "model"),
    "pad.longitude_rad": Key("rad", "", "longitude of the pad centre, WGS-84, positive east", "model"),
    "pad.elevation_m": Key(
        "m", "", "height of the pad above the WGS-84 ellipsoid, which is used as mean sea level", "model"
    ),
    "start.pos_enu_m": Key(
        "m",
        "3",
        "position of the inertial unit (`stage.imu_m`, not the feet) at release, relative to the pad centre: east, "
        "north, up",
        "layout",
    ),
    "start.vel_enu_mps": Key(
        "m/s",
        "3",
        "velocity of the inertial unit at release, relative to the rotating Earth: east, north, up",
        "layout",
    ),
    "start.azimuth_rad": Key(
        "rad",
        "",
        "azimuth of the horizontal velocity at release, from north towards east; body y is level and points to its "
        "right",
        "layout step",
    ),
    "start.pos_sigma_m": Key("m", "", "position uncertainty, one sigma per axis", "navigation"),
    "start.vel_sigma_mps": Key("m/s", "", "velocity uncertainty, one sigma per axis", "navigation"),
    "start.attitude_sigma_rad": Key(
        "rad", "", "attitude uncertainty (nominal: nose against the velocity), one sigma per axis", "navigation"
    ),
    "forecast.step_m": Key(
        "m",
        "",
        "altitude between rows; row 0 is at mean sea level (not at the pad); above the last row its values are held",
        "model",
    ),
    "forecast.log_density": Key("", "rows", "natural logarithm of the density in kg/m3", "model"),
    "forecast.log_pressure": Key("", "rows", "natural logarithm of the pressure in Pa", "model"),
    "forecast.sound_mps": Key("m/s", "rows", "speed of sound", "model"),
    "forecast.east_mps": Key("m/s", "rows", "wind speed towards the east", "model"),
    "forecast.north_mps": Key("m/s", "rows", "wind speed towards the north", "model"),
    "stage.dry_mass_kg": Key(
        "kg",
        "",
        "mass of the stage without any propellant (also without residuals, which the levels include), with half a "
        "load of cold gas",
        "model",
    ),
    "stage.dry_cg_m": Key("m", "", "centre of gravity of the dry stage, above the gimbal plane", "model"),
    "stage.dry_inertia_kgm2": Key(
        "kg m2", "3", "inertia of the dry stage about body x, y, z through its centre of gravity", "model step"
    ),
    "stage.tank_area_m2": Key(
        "m2",
        "",
        "cross-section of each tank: level times area times density is the liquid mass, residuals included",
        "model step",
    ),
    "stage.lox_bottom_m": Key("m", "", "bottom of the oxygen tank above the gimbal plane: zero of its level", "model"),
    "stage.lox_density_kgpm3": Key("kg/m3", "", "density of the oxygen", "model step"),
    "stage.lch4_bottom_m": Key("m", "", "bottom of the fuel tank above the gimbal plane: zero of its level", "model"),
    "stage.lch4_density_kgpm3": Key("kg/m3", "", "density of the fuel, of whatever kind", "model step"),
    "stage.mixture_ratio": Key("", "", "mass flow of oxygen divided by that of fuel", "step"),
    "stage.ref_area_m2": Key("m2", "", "reference area of the aerodynamic coefficients", "lateral model"),
    "stage.axial_mach": Key("", "axial", "Mach numbers of `stage.axial`", "model"),
    "stage.axial": Key("", "axial", "coefficient of the axial force, base first, engines off", "model"),
    "stage.normal_slope": Key(
        "1/rad", "", "slope of the normal force coefficient of the body at zero angle of attack", "lateral model"
    ),
    "stage.normal_growth": Key("1/rad2", "", "growth of that slope with the angle of attack", "lateral model"),
    "stage.normal_position_m": Key(
        "m",
        "",
        "point of application of the normal force of the body, above the gimbal plane",
        "guidance lateral model",
    ),
    "stage.plume_coefficient": Key(
        "", "plume", "thrust divided by dynamic pressure and `stage.ref_area_m2`: grid of `stage.plume_factor`", "model"
    ),
    "stage.plume_factor": Key("", "plume", "fraction of the axial force that remains when engines burn", "model"),
    "stage.vacuum_thrust_n": Key("N", "", "vacuum thrust of one engine at throttle 1 (rated)", "model prediction"),
    "stage.exit_area_m2": Key(
        "m2", "", "exit area of one nozzle: ambient pressure times this area reduces the thrust", "model"
    ),
    "stage.vacuum_isp_s": Key("s", "", "specific impulse in vacuum at throttle 1", "model"),
    "stage.isp_loss_per_level": Key(
        "", "", "fraction of the specific impulse lost from throttle 1 to 0, linear", "model"
    ),
    "stage.throttle_floor": Key("", "", "lowest throttle of a burning engine", "fdir step"),
    "stage.throttle_ceiling": Key("", "", "largest throttle, which may be above 1", "fdir step"),
    "stage.dead_time_s": Key("s", "", "time from start command to first thrust, typical", "fdir modes prediction"),
    "stage.dead_time_longest_s": Key("s", "", "the same for the slowest engine", "fdir"),
    "stage.rise_time_s": Key("s", "", "time from first thrust to the commanded throttle", "fdir modes prediction"),
    "stage.throttle_rate_ps": Key(
        "1/s", "", "largest rate at which the throttle of a burning engine changes, up or down", ""
    ),
    "stage.chamber_pressure_pa": Key("Pa", "", "chamber pressure at throttle 1", "fdir plausible"),
    "stage.engine_yz_m": Key(
        "m",
        "engines x 2",
        "body y and z of each engine in the gimbal plane, in the order of the wire",
        "control fdir fit",
    ),
    "stage.gimbal_engine": Key(
        "", "gimballed", "gimballed engines, in the order of the pairs of `gimbal_rad`", "control fdir fit"
    ),
    "stage.gimbal_limit_rad": Key("rad", "", "limit of each of the two angles", "control"),
    "stage.gimbal_rate_radps": Key("rad/s", "", "largest rate of each of the two angles, in either direction", ""),
    "stage.landing": Key("", "any", "engines lit for the landing burn", "fdir fit modes prediction"),
    "stage.spares": Key("", "any", "engines lit in place of a failed one; may be empty", "fdir fit"),
    "stage.last": Key("", "", "the engine used for touchdown", "fdir fit modes"),
    "stage.fin_span_yz": Key(
        "",
        "fins x 2",
        "body y and z of the span direction of each fin, in the order of the wire",
        "control fit",
    ),
    "stage.fin_area_m2": Key("m2", "", "reference area of one fin, for `stage.fin_slope`", "guidance lateral"),
    "stage.fin_position_m": Key(
        "m",
        "",
        "position of the hinges above the gimbal plane",
        "air_sensing control fdir guidance landing lateral model modes",
    ),
    "stage.fin_radius_m": Key("m", "", "distance of the centre of pressure of a fin from the axis", "control"),
    "stage.fin_limit_rad": Key("rad", "", "largest deflection in each direction", "control landing lateral"),
    "stage.fin_rate_radps": Key("rad/s", "", "largest rate of a deflection, in either direction", ""),
    "stage.fin_mach": Key("", "fin", "Mach numbers of `stage.fin_slope`", "guidance lateral"),
    "stage.fin_slope": Key("1/rad", "fin", "slope of the lift coefficient of a fin", "guidance lateral"),
    "stage.thruster_position_m": Key(
        "m",
        "thrusters x 3",
        "position of each thruster, body axes from the gimbal plane, in the order of the wire",
        "control fit",
    ),
    "stage.thruster_direction": Key(
        "",
        "thrusters x 3",
        "direction of the force of each on the stage (opposite to the jet), unit vectors",
        "control",
    ),
    "stage.thruster_n": Key("N", "", "thrust of one thruster", "control"),
    "stage.foot_m": Key("m", "", "position of the foot plane above the gimbal plane: negative", "step"),
    "stage.foot_radius_m": Key("m", "", "distance of each foot from the axis, legs deployed", ""),
    "stage.imu_m": Key(
        "m", "3", "position of the inertial unit, body axes from the gimbal plane", "air_sensing navigation step"
    ),
    "stage.antenna_m": Key("m", "3", "position of the GNSS antenna, body axes from the gimbal plane", "navigation"),
    "stage.radar_m": Key("m", "", "position of the radar altimeter on the axis, above the gimbal plane", "navigation"),
    "stage.radar_beam_rad": Key("rad", "", "half-width of the radar beam", "navigation"),
    "stage.bending_hz": Key(
        "Hz", "", "frequency of the first bending mode at `stage.bending_kg`; 0: rigid stage", "notch"
    ),
    "stage.bending_kg": Key(
        "kg", "", "mass of the stage at `stage.bending_hz`; the frequency decreases with mass", "notch"
    ),
}
"""By the dotted name that an override has too."""
