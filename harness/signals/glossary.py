"""What the names in a requirement mean, for its reader and for the parser: units of signals, and phases."""

from typing import NamedTuple

from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.signals.reserved import NOT_FLOWN, NOT_RECORDED
from hoverslam.harness.stl.parser import Vocabulary


class Note(NamedTuple):
    """The unit of a signal and what it is."""

    unit: str
    meaning: str


SIGNAL_NOTES: dict[str, Note] = {
    "altitude_agl_m": Note("m", "height of the feet above the pad"),
    "altitude_msl_m": Note("m", "height above the ellipsoid"),
    "pad_distance_m": Note("m", "horizontal distance from the pad centre"),
    "downrange_m": Note("m", "its part along the azimuth of the release; positive is long"),
    "crossrange_m": Note("m", "its part to the right of that"),
    "cone_clearance_m": Note(
        "m", "how far inside the glide-slope cone: 10 m + 0.3 times the height, less the distance"
    ),
    "speed_mps": Note("m/s", "over ground"),
    "sink_mps": Note("m/s", "downwards, over ground"),
    "horizontal_speed_mps": Note("m/s", "over ground"),
    "mach": Note("", "Mach number"),
    "tilt_deg": Note("deg", "nose from local up"),
    "body_rate_dps": Note("deg/s", "size of the angular velocity"),
    "angle_of_attack_deg": Note("deg", "from base first"),
    **{name: Note(load.unit, load.label) for name, load in LOADS.items()},
    "settling_mps2": Note("m/s2", "specific force along the axis, which keeps the liquids at their sumps"),
    "mass_kg": Note("kg", "of the whole stage"),
    "propellant_kg": Note("kg", "that the engines can still draw, both tanks"),
    "driest_tank_kg": Note("kg", "the same, of the tank that has less"),
    "gas_at_outlet": Note("", "share of gas at the worse tank outlet"),
    "thrust_kn": Note("kN", "of all engines"),
    "engines_burning": Note("", "engines with a tenth of their chamber pressure or more"),
    "engines_commanded": Note("", "engines commanded on"),
    "rcs_used_fraction": Note("", "cold gas used, of the load"),
    "rcs_cycle_hz": Note("Hz", "openings of the busiest thruster in the second before"),
    "fin_rate_share": Note("", "share of the frames asked about in which a fin turns at its largest rate"),
    "gimbal_saturated_run_s": Note("s", "how long a gimbal of a burning engine has been beyond 98 % of its range"),
    "gimbal_saturated_total_s": Note("s", "the same, added up over the frames asked about"),
    "frame_period_s": Note("s", "from one frame of the flight software to the next"),
    "k_req": Note(
        "", "constant throttle that would stop the stage at the pad, from the truth; costs milliseconds a frame"
    ),
    "k_req_above_floor": Note("", "the same, above the least throttle"),
    "engine_start_response_s": Note("s", "from a start command to 90 % of the commanded pressure, or to giving up"),
    "engine_loss_detection_s": Note("s", "from the loss of an engine to the first sign that the flight software knows"),
    "relight_attempts": Note("", "start commands of an engine after its first"),
    "second_attempt_after_ignition_s": Note("s", "from the first start command to the second one of an engine"),
    "attitude_error_deg": Note("deg", "as the flight software reports it"),
    "nav_position_error_m": Note("m", "reported position from the true one"),
    "nav_velocity_error_mps": Note("m/s", "reported velocity from the true one"),
    "ignition_margin_late_s": Note("s", "from the first start command to the latest that still lands"),
    "ignition_margin_early_s": Note("s", "from the earliest start command that still lands to the first"),
    "impact_offset_m": Note("m", "distance from the pad centre of the impact without engines; every 0.1 s, costly"),
    "divert_reachable_m": Note("m", "least distance by which the landing can be moved, any way, at the first command"),
    "divert_share": Note("", "distance from the pad where the stage came down, over one that it could have reached"),
    "touchdown_vertical_mps": Note("m/s", "downwards, at first contact"),
    "touchdown_horizontal_mps": Note("m/s", "at first contact"),
    "touchdown_tilt_deg": Note("deg", "at first contact"),
    "touchdown_rate_dps": Note("deg/s", "at first contact"),
    "touchdown_miss_m": Note("m", "distance from the pad centre at first contact"),
    "touchdown_downrange_size_m": Note("m", "size of its part along the azimuth of the release"),
    "touchdown_crossrange_size_m": Note("m", "size of its part across"),
    "touchdown_propellant_kg": Note("kg", "usable, at first contact"),
    "held_cycles": Note("", "frames in which a new command was due and the last one was held, at most"),
    "restart_s": Note("s", "from a restart of the flight computer to its next command, the longest"),
    "deadline_miss_share": Note(
        "",
        "frames whose answer was not there when the next was due by the wall clock, over all; with `--realtime` only",
    ),
    "cutoff_after_contact_s": Note("s", "from first contact to the command that leaves all engines off"),
    "thrust_decay_after_contact_s": Note("s", "from first contact to the last engine under a tenth of its pressure"),
    "foot_clearance_m": Note("m", "height of the highest foot"),
    "legs_locked_before_touchdown_s": Note("s", "from all legs locked to first contact"),
    **{name: Note(note.unit, f"{note.meaning}; never yet: {note.reason}") for name, note in NOT_RECORDED.items()},
}

PHASE_NOTES: dict[str, str] = {
    "airborne": "before first contact",
    "glide": "before the first start command",
    "glide_above_1kpa": "the same, where the dynamic pressure is above 1 kPa",
    "ignition": "from the first start command until every engine asked to burn has followed",
    "burn": "from there to first contact or cut-off, whichever is first",
    "powered": "ignition and burn",
    "ground": "after that",
    "below_3km": "before contact, under 3 km above the pad",
    "below_1km": "before contact, under 1 km",
    "below_500m": "before contact, under 500 m",
    "below_50m": "before contact, under 50 m",
    "unproven": "from the first start command until half a second after every engine asked to burn has followed",
    "rescuable": "the frame in which one engine is lost within 5 s of the first start command, and those left, with a "
    "spare lit 0.6 s later, could still land",
    "infeasible": "before contact, of a flight that did not land: from when on no landing was possible",
    "engine_start": "the frames in which an engine is commanded to start",
    "thrust_on": "the frame in which the first engine burns",
    "full_thrust": "the frame in which every engine asked to burn has followed",
    "legs_command": "the frame in which the legs are commanded to deploy",
    "touchdown": "the frame of first contact, or of an impact",
    "settled": "from a second after first contact",
    **{name: f"{note.meaning}; never yet: {note.reason}" for name, note in NOT_FLOWN.items()},
}

VOCABULARY = Vocabulary({name: note.unit for name, note in SIGNAL_NOTES.items()}, frozenset(PHASE_NOTES))
