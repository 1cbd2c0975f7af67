"""Meaning of the names in a requirement, for readers and for the parser: signals with units, and phases."""

from typing import NamedTuple

from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.signals.reserved import NOT_FLOWN, NOT_RECORDED
from hoverslam.harness.stl.parser import Vocabulary


class Note(NamedTuple):
    """The unit of a signal and what it is."""

    unit: str
    meaning: str


SIGNAL_NOTES: dict[str, Note] = {
    "altitude_agl_m": Note("m", "altitude of the feet above the pad"),
    "altitude_msl_m": Note("m", "altitude above the ellipsoid"),
    "pad_distance_m": Note("m", "horizontal distance from the pad centre"),
    "downrange_m": Note("m", "component of that distance along the azimuth of the release; positive: long"),
    "crossrange_m": Note("m", "component of that distance to the right of that azimuth; positive: right"),
    "cone_clearance_m": Note(
        "m",
        "distance inside the glide-slope cone: 10 m + 0.3 times the altitude, minus the distance from the pad centre",
    ),
    "speed_mps": Note("m/s", "speed over ground"),
    "sink_mps": Note("m/s", "descent speed over ground"),
    "horizontal_speed_mps": Note("m/s", "horizontal speed over ground"),
    "mach": Note("", "Mach number"),
    "tilt_deg": Note("deg", "angle of the nose from the local vertical"),
    "body_rate_dps": Note("deg/s", "magnitude of the angular velocity"),
    "angle_of_attack_deg": Note("deg", "angle of attack; 0 in exact base-first flight"),
    **{name: Note(load.unit, load.label) for name, load in LOADS.items()},
    "settling_mps2": Note("m/s2", "specific force along the axis, which keeps the propellants settled"),
    "mass_kg": Note("kg", "mass of the whole stage"),
    "propellant_kg": Note("kg", "usable propellant, both tanks"),
    "driest_tank_kg": Note("kg", "usable propellant of the emptier tank"),
    "gas_at_outlet": Note("", "gas fraction at the worse tank outlet"),
    "thrust_kn": Note("kN", "total thrust of all engines"),
    "engines_burning": Note("", "number of engines with at least 10 % of rated chamber pressure"),
    "engines_commanded": Note("", "number of engines commanded on"),
    "rcs_used_fraction": Note("", "fraction of the cold gas used"),
    "rcs_cycle_hz": Note("Hz", "openings of the most active thruster in the previous second"),
    "fin_rate_share": Note("", "fraction of the evaluated frames in which a fin moves at its rate limit"),
    "gimbal_saturated_run_s": Note(
        "s", "time for which a gimbal of a burning engine has been beyond 98 % of its range without interruption"
    ),
    "gimbal_saturated_total_s": Note("s", "the same, summed over the evaluated frames"),
    "frame_period_s": Note("s", "from one frame of the flight software to the next"),
    "k_req": Note(
        "", "constant throttle that would stop the stage at the pad, from the truth; takes milliseconds per frame"
    ),
    "k_req_above_floor": Note("", "the same, minus the lowest throttle"),
    "engine_start_response_s": Note(
        "s", "time from a start command to 90 % of the commanded pressure, or to its cancellation"
    ),
    "engine_loss_detection_s": Note(
        "s", "time from the loss of an engine to the first response of the flight software"
    ),
    "relight_attempts": Note("", "number of start commands of an engine after its first"),
    "second_attempt_after_ignition_s": Note(
        "s", "time from the first start command of the flight to the second one of an engine"
    ),
    "attitude_error_deg": Note("deg", "attitude error reported by the flight software"),
    "nav_position_error_m": Note("m", "error of the reported position"),
    "nav_velocity_error_mps": Note("m/s", "error of the reported velocity"),
    "ignition_margin_late_s": Note(
        "s", "time from the first start command to the latest one that still permits a landing"
    ),
    "ignition_margin_early_s": Note(
        "s", "time from the earliest start command that permits a landing to the first start command"
    ),
    "impact_offset_m": Note(
        "m", "distance from the pad centre of the impact point without engines; computed every 0.1 s, slow"
    ),
    "divert_reachable_m": Note(
        "m", "distance by which the touchdown point can be moved at the first start command, in the worst direction"
    ),
    "divert_share": Note(
        "", "distance of the impact point from the pad, divided by the distance that could have been reached"
    ),
    "touchdown_vertical_mps": Note("m/s", "descent speed at first contact"),
    "touchdown_horizontal_mps": Note("m/s", "horizontal speed at first contact"),
    "touchdown_tilt_deg": Note("deg", "tilt at first contact"),
    "touchdown_rate_dps": Note("deg/s", "body rate at first contact"),
    "touchdown_miss_m": Note("m", "distance from the pad centre at first contact"),
    "touchdown_downrange_size_m": Note("m", "magnitude of the downrange component of the miss"),
    "touchdown_crossrange_size_m": Note("m", "magnitude of the crossrange component of the miss"),
    "touchdown_propellant_kg": Note("kg", "usable propellant at first contact"),
    "held_cycles": Note("", "largest number of frames for which the last command was held because no new one arrived"),
    "restart_s": Note("s", "longest time from a restart of the flight computer to its next command"),
    "deadline_miss_share": Note(
        "",
        "fraction of frames whose answer was missing when the next frame was due; only with `--realtime`",
    ),
    "cutoff_after_contact_s": Note("s", "time from first contact to the final cut-off command"),
    "thrust_decay_after_contact_s": Note(
        "s", "time from first contact until all engines are below 10 % of rated chamber pressure"
    ),
    "foot_clearance_m": Note("m", "height of the highest foot above the ground"),
    "legs_locked_before_touchdown_s": Note("s", "time from the locking of the last leg to first contact"),
    **{name: Note(note.unit, f"{note.meaning}; never available: {note.reason}") for name, note in NOT_RECORDED.items()},
}

PHASE_NOTES: dict[str, str] = {
    "airborne": "before first contact",
    "glide": "before the first start command",
    "glide_above_1kpa": "`glide` with a dynamic pressure above 1 kPa",
    "ignition": "from the first start command until every commanded engine has reached its commanded pressure",
    "burn": "from there to first contact or cut-off, whichever comes first",
    "powered": "`ignition` and `burn`",
    "ground": "after `burn`",
    "below_3km": "before first contact, below 3 km above the pad",
    "below_1km": "before first contact, below 1 km above the pad",
    "below_500m": "before first contact, below 500 m above the pad",
    "below_50m": "before first contact, below 50 m above the pad",
    "unproven": (
        "from the first start command until 0.5 s after every commanded engine has reached its commanded pressure"
    ),
    "rescuable": (
        "the frame in which one engine is lost within 5 s of the first start command, if the others and a spare "
        "lit 0.6 s later could still land the stage"
    ),
    "infeasible": (
        "in a flight that did not land: from the moment after which no landing was possible until first contact"
    ),
    "engine_start": "the frames in which an engine is commanded to start",
    "thrust_on": "the frame in which the first engine burns",
    "full_thrust": "the frame in which every commanded engine has reached its commanded pressure",
    "legs_command": "the frame in which the legs are commanded to deploy",
    "touchdown": "the frame of first contact, or of an impact",
    "settled": "from 1 s after first contact",
    **{name: f"{note.meaning}; never available: {note.reason}" for name, note in NOT_FLOWN.items()},
}

VOCABULARY = Vocabulary({name: note.unit for name, note in SIGNAL_NOTES.items()}, frozenset(PHASE_NOTES))
