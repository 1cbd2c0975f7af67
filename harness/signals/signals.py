"""The signals that a requirement may name: a row each of its unit, what it means, and what computes it from a flight.

Where they are judged is in `harness.signals.phases`. A quantity of one instant (touchdown, a detection time) is a
signal with one sample.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.signals import event_signals as events
from hoverslam.harness.signals import trace_signals as of
from hoverslam.harness.signals import window_signals as window
from hoverslam.harness.signals.event_signals import DECAYED_LEVEL
from hoverslam.harness.signals.reserved import NOT_RECORDED
from hoverslam.harness.trace.series import Compute, never


class Signal(NamedTuple):
    """What a name means, and its samples in the frames that it is asked about, so that a costly one stays cheap."""

    unit: str
    meaning: str
    compute: Compute


SIGNALS: dict[str, Signal] = {
    "altitude_agl_m": Signal("m", "height of the feet above the pad", of.column("altitude_agl_m")),
    "altitude_msl_m": Signal("m", "height above the ellipsoid", of.column("altitude_msl_m")),
    "pad_distance_m": Signal(
        "m", "horizontal distance from the pad centre", of.trace(lambda f: np.hypot(*f.columns("pos_enu_m")[:, :2].T))
    ),
    "downrange_m": Signal(
        "m",
        "its part along the azimuth of the release; positive is long",
        of.trace(lambda f: f.downrange_crossrange_m[0]),
    ),
    "crossrange_m": Signal("m", "its part to the right of that", of.trace(lambda f: f.downrange_crossrange_m[1])),
    "cone_clearance_m": Signal(
        "m",
        "how far inside the glide-slope cone: 10 m + 0.3 times the height, less the distance",
        of.trace(of.cone_clearance_m),
    ),
    "speed_mps": Signal("m/s", "over ground", of.column("speed_mps")),
    "sink_mps": Signal("m/s", "downwards, over ground", of.trace(lambda f: -f.columns("vel_enu_mps")[:, 2])),
    "horizontal_speed_mps": Signal(
        "m/s", "over ground", of.trace(lambda f: np.hypot(*f.columns("vel_enu_mps")[:, :2].T))
    ),
    "mach": Signal("", "Mach number", of.column("mach")),
    "tilt_deg": Signal("deg", "nose from local up", of.trace(lambda f: np.rad2deg(f.column("tilt_rad")))),
    "body_rate_dps": Signal("deg/s", "size of the angular velocity", of.trace(lambda f: f.body_rate_dps)),
    "angle_of_attack_deg": Signal("deg", "from base first", of.trace(lambda f: np.rad2deg(f.column("alpha_rad")))),
    **{name: Signal(load.unit, load.label, of.load(name)) for name, load in LOADS.items()},
    "settling_mps2": Signal(
        "m/s2",
        "specific force along the axis, which keeps the liquids at their sumps",
        of.trace(lambda f: f.columns("accel_b_mps2")[:, 0]),
    ),
    "mass_kg": Signal("kg", "of the whole stage", of.column("mass_kg")),
    "propellant_kg": Signal("kg", "that the engines can still draw, both tanks", of.trace(lambda f: f.propellant_kg)),
    "driest_tank_kg": Signal(
        "kg",
        "the same, of the tank that has less",
        of.trace(lambda f: np.minimum(f.column("lox_kg"), f.column("lch4_kg"))),
    ),
    "gas_at_outlet": Signal(
        "", "share of gas at the worse tank outlet", of.trace(lambda f: f.columns("gas_share").max(axis=1))
    ),
    "thrust_kn": Signal("kN", "of all engines", of.trace(lambda f: 1e-3 * f.columns("thrust_n").sum(axis=1))),
    "engines_burning": Signal(
        "",
        "engines with a tenth of their chamber pressure or more",
        of.trace(lambda f: (f.columns("engine_level") >= DECAYED_LEVEL).sum(axis=1).astype(np.float64)),
    ),
    "engines_commanded": Signal("", "engines commanded on", of.trace(of.engines_commanded)),
    "rcs_used_fraction": Signal("", "cold gas used, of the load", of.trace(of.rcs_used_fraction)),
    "rcs_cycle_hz": Signal("Hz", "openings of the busiest thruster in the second before", of.trace(of.rcs_cycle_hz)),
    "fin_rate_share": Signal(
        "", "share of the frames asked about in which a fin turns at its largest rate", of.fin_rate_share
    ),
    "gimbal_saturated_run_s": Signal(
        "s", "how long a gimbal of a burning engine has been beyond 98 % of its range", of.saturated_run_s
    ),
    "gimbal_saturated_total_s": Signal("s", "the same, added up over the frames asked about", of.saturated_total_s),
    "frame_period_s": Signal("s", "from one frame of the flight software to the next", of.trace(of.frame_period_s)),
    "k_req": Signal(
        "",
        "constant throttle that would stop the stage at the pad, from the truth; costs milliseconds a frame",
        of.required_throttle(lambda _: 0.0),
    ),
    "k_req_above_floor": Signal(
        "", "the same, above the least throttle", of.required_throttle(lambda f: f.context.throttle_min)
    ),
    "engine_start_response_s": Signal(
        "s", "from a start command to 90 % of the commanded pressure, or to giving up", events.start_response_s
    ),
    "engine_loss_detection_s": Signal(
        "s", "from the loss of an engine to the first sign that the flight software knows", events.loss_detection_s
    ),
    "relight_attempts": Signal("", "start commands of an engine after its first", events.relight_attempts),
    "second_attempt_after_ignition_s": Signal(
        "s", "from the first start command to the second one of an engine", events.second_attempt_after_ignition_s
    ),
    "attitude_error_deg": Signal("deg", "as the flight software reports it", of.attitude_error_deg),
    "nav_position_error_m": Signal("m", "reported position from the true one", of.navigation("pos_enu_m")),
    "nav_velocity_error_mps": Signal("m/s", "reported velocity from the true one", of.navigation("vel_enu_mps")),
    "ignition_margin_late_s": Signal(
        "s", "from the first start command to the latest that still lands", window.margin_late_s
    ),
    "ignition_margin_early_s": Signal(
        "s", "from the earliest start command that still lands to the first", window.margin_early_s
    ),
    "impact_offset_m": Signal(
        "m", "distance from the pad centre of the impact without engines; every 0.1 s, costly", window.impact_offset_m
    ),
    "divert_reachable_m": Signal(
        "m",
        "least distance by which the landing can be moved, any way, at the first command",
        window.divert_reachable_m,
    ),
    "divert_share": Signal(
        "", "distance from the pad where the stage came down, over one that it could have reached", window.divert_share
    ),
    "touchdown_vertical_mps": Signal("m/s", "downwards, at first contact", of.at_touchdown("vertical_mps")),
    "touchdown_horizontal_mps": Signal("m/s", "at first contact", of.at_touchdown("horizontal_mps")),
    "touchdown_tilt_deg": Signal("deg", "at first contact", of.at_touchdown("tilt_deg")),
    "touchdown_rate_dps": Signal("deg/s", "at first contact", of.at_touchdown("rate_dps")),
    "touchdown_miss_m": Signal("m", "distance from the pad centre at first contact", of.at_touchdown("miss_m")),
    "touchdown_downrange_size_m": Signal(
        "m", "size of its part along the azimuth of the release", of.at_touchdown("downrange_m", size=True)
    ),
    "touchdown_crossrange_size_m": Signal("m", "size of its part across", of.at_touchdown("crossrange_m", size=True)),
    "touchdown_propellant_kg": Signal("kg", "usable, at first contact", of.at_touchdown("propellant_kg")),
    "held_cycles": Signal(
        "", "frames in which a new command was due and the last one was held, at most", events.held_cycles
    ),
    "restart_s": Signal(
        "s", "from a restart of the flight computer to its next command, the longest", events.restart_s
    ),
    "deadline_miss_share": Signal(
        "",
        "frames whose answer was not there when the next was due by the wall clock, over all; with `--realtime` only",
        events.deadline_miss_share,
    ),
    "cutoff_after_contact_s": Signal(
        "s", "from first contact to the command that leaves all engines off", events.cutoff_after_contact_s
    ),
    "thrust_decay_after_contact_s": Signal(
        "s", "from first contact to the last engine under a tenth of its pressure", events.thrust_decay_after_contact_s
    ),
    "foot_clearance_m": Signal("m", "height of the highest foot", events.foot_clearance_m),
    "legs_locked_before_touchdown_s": Signal(
        "s", "from all legs locked to first contact", events.legs_locked_before_touchdown_s
    ),
    **{name: Signal(note.unit, note.told, never(note.reason)) for name, note in NOT_RECORDED.items()},
}


def known(names: Iterable[str]) -> str:
    """Names for an error message."""
    return ", ".join(sorted(names))
