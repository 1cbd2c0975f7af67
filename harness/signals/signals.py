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
    "altitude_agl_m": Signal("m", "altitude of the feet above the pad", of.column("altitude_agl_m")),
    "altitude_msl_m": Signal("m", "altitude above the ellipsoid", of.column("altitude_msl_m")),
    "pad_distance_m": Signal(
        "m", "horizontal distance from the pad centre", of.trace(lambda f: np.hypot(*f.columns("pos_enu_m")[:, :2].T))
    ),
    "downrange_m": Signal(
        "m",
        "component of that distance along the azimuth of the release; positive: long",
        of.trace(lambda f: f.downrange_crossrange_m[0]),
    ),
    "crossrange_m": Signal(
        "m",
        "component of that distance to the right of that azimuth; positive: right",
        of.trace(lambda f: f.downrange_crossrange_m[1]),
    ),
    "cone_clearance_m": Signal(
        "m",
        "distance inside the glide-slope cone: 10 m + 0.3 times the altitude, minus the distance from the pad centre",
        of.trace(of.cone_clearance_m),
    ),
    "speed_mps": Signal("m/s", "speed over ground", of.column("speed_mps")),
    "sink_mps": Signal("m/s", "descent speed over ground", of.trace(lambda f: -f.columns("vel_enu_mps")[:, 2])),
    "horizontal_speed_mps": Signal(
        "m/s", "horizontal speed over ground", of.trace(lambda f: np.hypot(*f.columns("vel_enu_mps")[:, :2].T))
    ),
    "mach": Signal("", "Mach number", of.column("mach")),
    "tilt_deg": Signal(
        "deg", "angle of the nose from the local vertical", of.trace(lambda f: np.rad2deg(f.column("tilt_rad")))
    ),
    "body_rate_dps": Signal("deg/s", "magnitude of the angular velocity", of.trace(lambda f: f.body_rate_dps)),
    "angle_of_attack_deg": Signal(
        "deg", "angle of attack; 0 in exact base-first flight", of.trace(lambda f: np.rad2deg(f.column("alpha_rad")))
    ),
    **{name: Signal(load.unit, load.label, of.load(name)) for name, load in LOADS.items()},
    "settling_mps2": Signal(
        "m/s2",
        "specific force along the axis, which keeps the propellants settled",
        of.trace(lambda f: f.columns("accel_b_mps2")[:, 0]),
    ),
    "mass_kg": Signal("kg", "mass of the whole stage", of.column("mass_kg")),
    "propellant_kg": Signal("kg", "usable propellant, both tanks", of.trace(lambda f: f.propellant_kg)),
    "driest_tank_kg": Signal(
        "kg",
        "usable propellant of the emptier tank",
        of.trace(lambda f: np.minimum(f.column("lox_kg"), f.column("lch4_kg"))),
    ),
    "gas_at_outlet": Signal(
        "", "gas fraction at the worse tank outlet", of.trace(lambda f: f.columns("gas_share").max(axis=1))
    ),
    "thrust_kn": Signal(
        "kN", "total thrust of all engines", of.trace(lambda f: 1e-3 * f.columns("thrust_n").sum(axis=1))
    ),
    "engines_burning": Signal(
        "",
        "number of engines with at least 10 % of rated chamber pressure",
        of.trace(lambda f: (f.columns("engine_level") >= DECAYED_LEVEL).sum(axis=1).astype(np.float64)),
    ),
    "engines_commanded": Signal("", "number of engines commanded on", of.trace(of.engines_commanded)),
    "rcs_used_fraction": Signal("", "fraction of the cold gas used", of.trace(of.rcs_used_fraction)),
    "rcs_cycle_hz": Signal(
        "Hz", "openings of the most active thruster in the previous second", of.trace(of.rcs_cycle_hz)
    ),
    "fin_rate_share": Signal(
        "", "fraction of the evaluated frames in which a fin moves at its rate limit", of.fin_rate_share
    ),
    "gimbal_saturated_run_s": Signal(
        "s",
        "time for which a gimbal of a burning engine has been beyond 98 % of its range without interruption",
        of.saturated_run_s,
    ),
    "gimbal_saturated_total_s": Signal("s", "the same, summed over the evaluated frames", of.saturated_total_s),
    "frame_period_s": Signal("s", "from one frame of the flight software to the next", of.trace(of.frame_period_s)),
    "k_req": Signal(
        "",
        "constant throttle that would stop the stage at the pad, from the truth; takes milliseconds per frame",
        of.required_throttle(lambda _: 0.0),
    ),
    "k_req_above_floor": Signal(
        "", "the same, minus the lowest throttle", of.required_throttle(lambda f: f.context.throttle_min)
    ),
    "engine_start_response_s": Signal(
        "s",
        "time from a start command to 90 % of the commanded pressure, or to its cancellation",
        events.start_response_s,
    ),
    "engine_loss_detection_s": Signal(
        "s", "time from the loss of an engine to the first response of the flight software", events.loss_detection_s
    ),
    "relight_attempts": Signal("", "number of start commands of an engine after its first", events.relight_attempts),
    "second_attempt_after_ignition_s": Signal(
        "s",
        "time from the first start command of the flight to the second one of an engine",
        events.second_attempt_after_ignition_s,
    ),
    "attitude_error_deg": Signal("deg", "attitude error reported by the flight software", of.attitude_error_deg),
    "nav_position_error_m": Signal("m", "error of the reported position", of.navigation("pos_enu_m")),
    "nav_velocity_error_mps": Signal("m/s", "error of the reported velocity", of.navigation("vel_enu_mps")),
    "ignition_margin_late_s": Signal(
        "s", "time from the first start command to the latest one that still permits a landing", window.margin_late_s
    ),
    "ignition_margin_early_s": Signal(
        "s",
        "time from the earliest start command that permits a landing to the first start command",
        window.margin_early_s,
    ),
    "impact_offset_m": Signal(
        "m",
        "distance from the pad centre of the impact point without engines; computed every 0.1 s, slow",
        window.impact_offset_m,
    ),
    "divert_reachable_m": Signal(
        "m",
        "distance by which the touchdown point can be moved at the first start command, in the worst direction",
        window.divert_reachable_m,
    ),
    "divert_share": Signal(
        "",
        "distance of the impact point from the pad, divided by the distance that could have been reached",
        window.divert_share,
    ),
    "touchdown_vertical_mps": Signal("m/s", "descent speed at first contact", of.at_touchdown("vertical_mps")),
    "touchdown_horizontal_mps": Signal("m/s", "horizontal speed at first contact", of.at_touchdown("horizontal_mps")),
    "touchdown_tilt_deg": Signal("deg", "tilt at first contact", of.at_touchdown("tilt_deg")),
    "touchdown_rate_dps": Signal("deg/s", "body rate at first contact", of.at_touchdown("rate_dps")),
    "touchdown_miss_m": Signal("m", "distance from the pad centre at first contact", of.at_touchdown("miss_m")),
    "touchdown_downrange_size_m": Signal(
        "m", "magnitude of the downrange component of the miss", of.at_touchdown("downrange_m", size=True)
    ),
    "touchdown_crossrange_size_m": Signal(
        "m", "magnitude of the crossrange component of the miss", of.at_touchdown("crossrange_m", size=True)
    ),
    "touchdown_propellant_kg": Signal("kg", "usable propellant at first contact", of.at_touchdown("propellant_kg")),
    "held_cycles": Signal(
        "",
        "largest number of frames for which the last command was held because no new one arrived",
        events.held_cycles,
    ),
    "restart_s": Signal(
        "s", "longest time from a restart of the flight computer to its next command", events.restart_s
    ),
    "deadline_miss_share": Signal(
        "",
        "fraction of frames whose answer was missing when the next frame was due; only with `--realtime`",
        events.deadline_miss_share,
    ),
    "cutoff_after_contact_s": Signal(
        "s", "time from first contact to the final cut-off command", events.cutoff_after_contact_s
    ),
    "thrust_decay_after_contact_s": Signal(
        "s",
        "time from first contact until all engines are below 10 % of rated chamber pressure",
        events.thrust_decay_after_contact_s,
    ),
    "foot_clearance_m": Signal("m", "height of the highest foot above the ground", events.foot_clearance_m),
    "legs_locked_before_touchdown_s": Signal(
        "s", "time from the locking of the last leg to first contact", events.legs_locked_before_touchdown_s
    ),
    **{name: Signal(note.unit, note.told, never(note.reason)) for name, note in NOT_RECORDED.items()},
}


def known(names: Iterable[str]) -> str:
    """Names for an error message."""
    return ", ".join(sorted(names))
