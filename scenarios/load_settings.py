"""What every setting of the reference flight software in the flight load is: navigation filter, guidance and control.

A flight program of another make needs none of them. docs/flight-load.md is written from here and `scenarios.load_keys`.
"""

from hoverslam.scenarios.load_keys import Key

SETTINGS: dict[str, Key] = {
    "filter.gyro_noise_radps_rthz": Key("rad/s/√Hz", "", "white noise of the angular rate", "navigation"),
    "filter.accel_noise_mps2_rthz": Key("m/s2/√Hz", "", "white noise of the specific force", "navigation"),
    "filter.gyro_bias_radps": Key("rad/s", "", "constant bias of the angular rate, one sigma", "navigation"),
    "filter.accel_bias_mps2": Key("m/s2", "", "constant bias of the specific force, one sigma", "navigation"),
    "filter.accel_scale": Key("", "", "scale error of the specific force, one sigma, as a fraction", "navigation"),
    "filter.gnss_horizontal_m": Key("m", "", "horizontal error of a GNSS fix, one sigma per axis", "navigation"),
    "filter.gnss_vertical_m": Key("m", "", "vertical error of a GNSS fix, one sigma", "navigation"),
    "filter.gnss_velocity_mps": Key("m/s", "", "velocity error of a GNSS fix, one sigma per axis", "navigation"),
    "filter.radar_m": Key("m", "", "error of the radar range, one sigma", "navigation"),
    "filter.radar_fraction": Key("", "", "fraction of the range that is added to that error", "navigation"),
    "filter.gate_sigma": Key("", "", "a measurement with a larger innovation, in sigma, is rejected", "navigation"),
    "gains.glide_angle_rad": Key("rad", "", "largest lean in the glide", "prediction"),
    "gains.hull_mps2": Key(
        "m/s2",
        "",
        "lateral acceleration by the air that, with `gains.glide_angle_rad`, limits the lean in the glide",
        "prediction",
    ),
    "gains.arc_share": Key(
        "", "", "target of the solved lean late in the glide, as a fraction of the largest lean", "guidance"
    ),
    "gains.arc_gain": Key(
        "", "", "gain from the deviation of the solved lean from that target to the commanded lean", "guidance"
    ),
    "gains.arc_until_s": Key(
        "s", "", "time before the hand-over until which the lean is adjusted in this way", "guidance"
    ),
    "gains.cross_gain": Key("", "", "factor on the solved lean in crossrange direction", "guidance"),
    "gains.ignition_altitude_m": Key(
        "m", "", "altitude above the pad: initial guess of the ignition for the prediction of the glide", "layout"
    ),
    "gains.ignition_throttle": Key(
        "",
        "",
        "ignition is commanded when the constant throttle that stops at the pad reaches this value",
        "layout modes",
    ),
    "gains.hand_over_mps": Key("m/s", "", "speed at which the last engine continues alone", "lateral modes"),
    "gains.shutdown_mps": Key("m/s", "", "speed of the final profile at the altitude of the hand-over", "modes"),
    "gains.side_gimbal_rad": Key(
        "rad", "", "deflection of fins and gimbals that defines their largest side force", "landing lateral"
    ),
    "gains.side_weight": Key("", "", "fraction of that side force with a cost of one", "lateral"),
    "gains.tilt_sine": Key("", "", "sine of the largest tilt in the burn", "modes"),
    "gains.nominal_mass_kg": Key(
        "kg", "", "mass of the nominal stage for which the lateral regulator is solved", "lateral"
    ),
    "gains.nominal_cg_m": Key("m", "", "its centre of gravity above the gimbal plane", "lateral"),
    "gains.nominal_last_s": Key("s", "", "time of the nominal stage on the last engine", "guidance lateral"),
    "gains.nominal_decel_mps2": Key("m/s2", "", "deceleration of the nominal stage before that", "lateral"),
    "gains.upright_s": Key("s", "", "time before the last-engine phase at which the stage must be upright", "lateral"),
    "gains.lean_lag_s": Key("s", "", "lag of the attitude behind its command", "lateral"),
    "gains.rest_place_m": Key("m", "", "miss at touchdown with a cost of one", "lateral"),
    "gains.last_place_m": Key("m", "", "distance from the pad on the last engine with a cost of one", "lateral"),
    "gains.reach_mps2": Key(
        "m/s2", "", "acceleration that limits the distance that guidance still tries to correct", "landing"
    ),
    "gains.rest_speed_mps": Key("m/s", "", "horizontal speed at touchdown with a cost of one", "lateral"),
    "gains.rest_lean_rad": Key("rad", "", "tilt at touchdown with a cost of one", "lateral"),
    "gains.burn_lean_rad": Key("rad", "", "tilt held for 1 s in the burn with a cost of one", "lateral"),
    "gains.final_lean_rad": Key("rad", "", "the same on the last engine", "lateral"),
    "gains.lean_rate_radps": Key("rad/s", "", "rate of the tilt command with a cost of one", "lateral"),
    "gains.final_decel_mps2": Key("m/s2", "", "deceleration of the final profile", "landing lateral layout modes"),
    "gains.final_speed_mps": Key("m/s", "", "speed of the final profile at the ground", "landing modes"),
    "gains.final_settle_ps": Key("1/s", "", "rate at which it settles to that speed", "landing"),
    "gains.final_tilt_rad": Key("rad", "", "largest tilt in the final profile", "modes"),
    "gains.angle_gain_ps": Key("1/s", "", "gain from attitude error to rate", "control"),
    "gains.rate_gain_ps": Key("1/s", "", "gain from rate error to angular acceleration", "control"),
    "gains.rate_limit_radps": Key("rad/s", "", "largest commanded rate", "control"),
    "gains.nose_rate_radps": Key("rad/s", "", "largest rate of the commanded nose direction", "landing step"),
    "gains.glide_rate_radps": Key("rad/s", "", "the same before thrust is available", "step"),
    "gains.final_quickness": Key("", "", "factor on the attitude gains on the last engine", "step"),
    "gains.roll_gain_ps": Key("1/s", "", "the same as `gains.angle_gain_ps` for roll", "control"),
    "gains.notch_damping": Key("", "", "damping of the two notch filters around the bending mode", "notch"),
    "gains.notch_spread": Key("", "", "offset of their frequencies below and above it, as a fraction", "notch"),
    "gains.leg_time_s": Key("s", "", "time before touchdown at which the legs are deployed", "modes"),
    "gains.fault_pressure_fraction": Key(
        "", "", "an engine is declared lost below this fraction of the chamber pressure at minimum throttle", "fdir"
    ),
    "gains.fault_time_s": Key("s", "", "time below that pressure until it is declared lost", "fdir"),
}
"""By the dotted name that an override has too."""
