"""What every setting of the reference flight software in the flight load is: navigation filter, guidance and control.

A flight program of another make needs none of them. docs/flight-load.md is written from here and `scenarios.load_keys`.
"""

from hoverslam.scenarios.load_keys import Key

SETTINGS: dict[str, Key] = {
    "filter.gyro_noise_radps_rthz": Key("rad/s/√Hz", "", "white noise of the rate", "navigation"),
    "filter.accel_noise_mps2_rthz": Key("m/s2/√Hz", "", "white noise of the specific force", "navigation"),
    "filter.gyro_bias_radps": Key("rad/s", "", "constant error of the rate, one sigma", "navigation"),
    "filter.accel_bias_mps2": Key("m/s2", "", "constant error of the specific force, one sigma", "navigation"),
    "filter.accel_scale": Key("", "", "error of the scale of the specific force, one sigma, a share", "navigation"),
    "filter.gnss_horizontal_m": Key("m", "", "of a fix, one sigma an axis", "navigation"),
    "filter.gnss_vertical_m": Key("m", "", "of a fix, one sigma", "navigation"),
    "filter.gnss_velocity_mps": Key("m/s", "", "of a fix, one sigma an axis", "navigation"),
    "filter.radar_m": Key("m", "", "of an echo, one sigma", "navigation"),
    "filter.radar_fraction": Key("", "", "share of the range that is added to it", "navigation"),
    "filter.gate_sigma": Key("", "", "a measurement farther off than so many sigma is refused", "navigation"),
    "gains.glide_angle_rad": Key("rad", "", "largest lean of the glide", "prediction"),
    "gains.hull_mps2": Key(
        "m/s2", "", "push of the air across the hull that, with that angle, makes a whole lean", "prediction"
    ),
    "gains.arc_share": Key(
        "", "", "share of the lean that would do, to which the lean is led late in the glide", "guidance"
    ),
    "gains.arc_gain": Key("", "", "how much of a difference from it is leaned more or less", "guidance"),
    "gains.arc_until_s": Key("s", "", "how long before the hand-over the path is still bent", "guidance"),
    "gains.cross_gain": Key("", "", "sideways: how many times the lean that would do is held", "guidance"),
    "gains.ignition_altitude_m": Key(
        "m", "", "above the pad: first guess of the ignition for the prediction of the glide", "rows"
    ),
    "gains.ignition_throttle": Key("", "", "constant throttle to the pad at which the engines are lit", "modes rows"),
    "gains.hand_over_mps": Key("m/s", "", "speed at which the last engine goes on alone", "lateral modes"),
    "gains.shutdown_mps": Key("m/s", "", "speed of the final profile at the height of the hand-over", "modes"),
    "gains.side_gimbal_rad": Key(
        "rad", "", "deflection of fins and gimbals that stands for their side push", "landing lateral"
    ),
    "gains.side_weight": Key("", "", "share of that side push that costs one", "lateral"),
    "gains.tilt_sine": Key("", "", "sine of the largest lean of the burn", "modes"),
    "gains.nominal_mass_kg": Key("kg", "", "of the nominal stage that the regulator across is solved for", "lateral"),
    "gains.nominal_cg_m": Key("m", "", "its centre of gravity above the gimbal plane", "lateral"),
    "gains.nominal_last_s": Key("s", "", "how long it flies on the last engine", "guidance lateral"),
    "gains.nominal_decel_mps2": Key("m/s2", "", "how it brakes before that", "lateral"),
    "gains.upright_s": Key("s", "", "how long before the last engine the stage is to be upright", "lateral"),
    "gains.lean_lag_s": Key("s", "", "how far the nose trails its command", "lateral"),
    "gains.rest_place_m": Key("m", "", "off the pad at touchdown that costs one", "lateral"),
    "gains.last_place_m": Key("m", "", "off the pad on the last engine that costs one", "lateral"),
    "gains.reach_mps2": Key("m/s2", "", "what is farther than this reaches in the time left is given up", "landing"),
    "gains.rest_speed_mps": Key("m/s", "", "speed across at touchdown that costs one", "lateral"),
    "gains.rest_lean_rad": Key("rad", "", "lean at touchdown that costs one", "lateral"),
    "gains.burn_lean_rad": Key("rad", "", "lean of a second in the burn that costs one", "lateral"),
    "gains.final_lean_rad": Key("rad", "", "the same on the last engine", "lateral"),
    "gains.lean_rate_radps": Key("rad/s", "", "rate of the lean that costs one", "lateral"),
    "gains.final_decel_mps2": Key("m/s2", "", "braking of the final profile", "landing lateral modes rows"),
    "gains.final_speed_mps": Key("m/s", "", "speed of the final profile at the ground", "landing modes"),
    "gains.final_settle_ps": Key("1/s", "", "how fast it settles to that", "landing"),
    "gains.final_tilt_rad": Key("rad", "", "largest lean of the final profile", "modes"),
    "gains.angle_gain_ps": Key("1/s", "", "from an error of attitude to a rate", "control"),
    "gains.rate_gain_ps": Key("1/s", "", "from an error of rate to an angular acceleration", "control"),
    "gains.rate_limit_radps": Key("rad/s", "", "largest rate that is asked for", "control"),
    "gains.nose_rate_radps": Key("rad/s", "", "fastest turn of the commanded nose", "landing step"),
    "gains.glide_rate_radps": Key("rad/s", "", "the same before there is thrust", "step"),
    "gains.final_quickness": Key("", "", "factor of the gains of attitude on the last engine", "step"),
    "gains.roll_gain_ps": Key("1/s", "", "the same as `gains.angle_gain_ps` about the axis", "control"),
    "gains.notch_damping": Key("", "", "of the two notches about the bending mode", "notch"),
    "gains.notch_spread": Key("", "", "share of its frequency by which they lie under and over it", "notch"),
    "gains.leg_time_s": Key("s", "", "before touchdown at which the legs are sent out", "modes"),
    "gains.fault_pressure_fraction": Key(
        "", "", "an engine is lost under this share of its chamber pressure at the throttle floor", "fdir"
    ),
    "gains.fault_time_s": Key("s", "", "when it stays there for so long", "fdir"),
}
"""By the dotted name that an override has too."""
