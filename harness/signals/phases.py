"""The phases in which a requirement may judge a signal: a row each of what it is and a mask over truth rows."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray
from hoverslam.harness.signals.reserved import NOT_FLOWN
from hoverslam.harness.signals.window_signals import NO_ORACLE, infeasible
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.phase import BURN, GLIDE, GROUND, IGNITION
from hoverslam.harness.trace.series import Missing, not_landed
from hoverslam.harness.window.landing_engines import NOTICED_S
from hoverslam.harness.window.window import window_of

PROVEN_S = 0.5
"""Engines are proven so long after every one has followed its command (R-06)."""
EARLY_LOSS_S = 5.0
"""An engine lost so soon after the first start command is one that R-13 speaks of."""
SETTLING_S = 1.0
"""Feet are on the ground from this long after first contact (R-22)."""


Mask = Callable[[Flight], BoolArray | Missing]


class Phase(NamedTuple):
    """Which frames a name means, in words and as whether each truth row is one of them."""

    meaning: str
    mask: Mask


def _codes(*codes: int) -> Mask:
    return lambda flight: np.isin(flight.phase_codes, codes)


def _at(frame: Callable[[Flight], int | None], absent: Callable[[Flight], Missing]) -> Mask:
    def mask(flight: Flight) -> BoolArray | Missing:
        index = frame(flight)
        return absent(flight) if index is None else np.arange(flight.rows) == index

    return mask


def _below(height_m: float) -> Mask:
    return lambda flight: flight.airborne & (flight.column("altitude_agl_m") < height_m)


def _settled(flight: Flight) -> BoolArray | Missing:
    """From a second after contact; the last state of a vehicle at rest lasts for ever."""
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if flight.record.outcome == "impact":
        return Missing("the flight ended in an impact", violated=True)
    settled = flight.time_s >= touchdown.time_s + SETTLING_S
    settled[-1] |= flight.record.outcome == "at_rest"
    return settled if settled.any() else Missing("the flight ended within 1 s of first contact")


def _no_ignition(_flight: Flight) -> Missing:
    return Missing("no engine was commanded to start")


def _no_thrust(flight: Flight) -> Missing:
    return _no_ignition(flight) if flight.ignition_frame is None else Missing("no engine ever burned")


def _no_full_thrust(flight: Flight) -> Missing:
    return _no_ignition(flight) if flight.ignition_frame is None else Missing("the engines never reached full thrust")


def _no_legs_command(flight: Flight) -> Missing:
    return Missing("the legs were never commanded to deploy", violated=not_landed(flight).violated)


def _engine_start(flight: Flight) -> BoolArray | Missing:
    if not flight.engine_starts:
        return _no_ignition(flight)
    return np.isin(np.arange(flight.rows), [start.frame for start in flight.engine_starts])


def _never(reason: str) -> Mask:
    return lambda _flight: Missing(reason)


def _unproven(flight: Flight) -> BoolArray | Missing:
    if flight.ignition_frame is None:
        return _no_ignition(flight)
    begun, proven = flight.time_at(flight.ignition_frame), flight.full_thrust_frame
    until_s = np.inf if proven is None else flight.time_at(proven) + PROVEN_S
    return flight.airborne & (flight.time_s >= begun) & (flight.time_s < until_s)


def _rescuable(flight: Flight) -> BoolArray | Missing:
    """The frame in which an engine was lost early, of a stage that could still land on those left and a spare."""
    window = window_of(flight)
    if flight.ignition_frame is None or window is None:
        return _no_ignition(flight) if window is not None else Missing(NO_ORACLE)
    begun_s = flight.time_at(flight.ignition_frame)
    early = [loss for loss in flight.engine_losses if loss.time_s - begun_s <= EARLY_LOSS_S]
    if len(early) != 1:
        return Missing("no engine was lost early" if not early else "more than one engine was lost early")
    after_s = early[0].time_s - begun_s
    reason = window.rescued(after_s + NOTICED_S, (early[0].engine, after_s))
    return Missing(f"not rescuable: {reason}") if reason else np.arange(flight.rows) == early[0].frame


PHASES: dict[str, Phase] = {
    "airborne": Phase("before first contact", lambda flight: flight.airborne),
    "glide": Phase("before the first start command", _codes(GLIDE)),
    "glide_above_1kpa": Phase(
        "`glide` with a dynamic pressure above 1 kPa",
        lambda flight: (flight.phase_codes == GLIDE) & (flight.column("q_pa") > 1e3),
    ),
    "ignition": Phase(
        "from the first start command until every commanded engine has reached its commanded pressure", _codes(IGNITION)
    ),
    "burn": Phase("from there to first contact or cut-off, whichever comes first", _codes(BURN)),
    "powered": Phase("`ignition` and `burn`", _codes(IGNITION, BURN)),
    "ground": Phase("after `burn`", _codes(GROUND)),
    "below_3km": Phase("before first contact, below 3 km above the pad", _below(3000.0)),
    "below_1km": Phase("before first contact, below 1 km above the pad", _below(1000.0)),
    "below_500m": Phase("before first contact, below 500 m above the pad", _below(500.0)),
    "below_50m": Phase("before first contact, below 50 m above the pad", _below(50.0)),
    "unproven": Phase(
        "from the first start command until 0.5 s after every commanded engine has reached its commanded pressure",
        _unproven,
    ),
    "rescuable": Phase(
        "the frame in which one engine is lost within 5 s of the first start command, if the others and a spare "
        "lit 0.6 s later could still land the stage",
        _rescuable,
    ),
    "infeasible": Phase(
        "in a flight that did not land: from the moment after which no landing was possible until first contact",
        infeasible,
    ),
    "engine_start": Phase("the frames in which an engine is commanded to start", _engine_start),
    "thrust_on": Phase("the frame in which the first engine burns", _at(lambda f: f.thrust_on_frame, _no_thrust)),
    "full_thrust": Phase(
        "the frame in which every commanded engine has reached its commanded pressure",
        _at(lambda f: f.full_thrust_frame, _no_full_thrust),
    ),
    "legs_command": Phase(
        "the frame in which the legs are commanded to deploy", _at(lambda f: f.legs_command_frame, _no_legs_command)
    ),
    "touchdown": Phase("the frame of first contact, or of an impact", _at(lambda f: f.contact_frame, not_landed)),
    "settled": Phase("from 1 s after first contact", _settled),
    **{name: Phase(note.told, _never(note.reason)) for name, note in NOT_FLOWN.items()},
}
"""Every phase by name: the flight's own, parts of them, and single instants."""
