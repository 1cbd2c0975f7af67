"""The phases in which a requirement may judge a signal: the flight's own, parts of them, and single instants."""

from collections.abc import Callable

import numpy as np

from harness.masks import BoolArray
from harness.signals import BURN, GLIDE, GROUND, IGNITION, Flight
from harness.trace_reserved import NOT_FLOWN
from harness.trace_series import Missing, not_landed

SETTLING_S = 1.0
"""Feet are on the ground from this long after first contact (R-22)."""


Window = Callable[[Flight], BoolArray | Missing]


def _codes(*codes: int) -> Window:
    return lambda flight: np.isin(flight.phase_codes, codes)


def _at(frame: Callable[[Flight], int | None], absent: Callable[[Flight], Missing]) -> Window:
    def window(flight: Flight) -> BoolArray | Missing:
        index = frame(flight)
        return absent(flight) if index is None else np.arange(flight.rows) == index

    return window


def _below(height_m: float) -> Window:
    return lambda flight: flight.airborne & (flight.column("altitude_agl_m") < height_m)


def _settled(flight: Flight) -> BoolArray | Missing:
    """From a second after contact; the last state of a vehicle at rest lasts for ever."""
    if (touchdown := flight.touchdown) is None:
        return not_landed(flight)
    if flight.record.outcome == "impact":
        return Missing("the flight ended in an impact", violated=True)
    settled = flight.time_s >= touchdown.time_s + SETTLING_S
    settled[-1] |= flight.record.outcome == "at_rest"
    return settled if settled.any() else Missing("the flight ended within a second of contact")


def _no_ignition(_flight: Flight) -> Missing:
    return Missing("no engine was commanded to start")


def _no_thrust(flight: Flight) -> Missing:
    return _no_ignition(flight) if flight.ignition_frame is None else Missing("no engine ever burnt")


def _no_full_thrust(flight: Flight) -> Missing:
    return _no_ignition(flight) if flight.ignition_frame is None else Missing("the engines never reached full thrust")


def _no_legs_command(flight: Flight) -> Missing:
    return Missing("the legs were never commanded to deploy", violated=not_landed(flight).violated)


def _engine_start(flight: Flight) -> BoolArray | Missing:
    if not flight.engine_starts:
        return _no_ignition(flight)
    return np.isin(np.arange(flight.rows), [start.frame for start in flight.engine_starts])


def _reserved(reason: str) -> Window:
    return lambda _flight: Missing(reason)


WINDOWS: dict[str, Window] = {
    "always": lambda flight: np.ones(flight.rows, dtype=np.bool_),
    "airborne": lambda flight: flight.airborne,
    "glide": _codes(GLIDE),
    "glide_above_1kpa": lambda flight: (flight.phase_codes == GLIDE) & (flight.column("q_pa") > 1e3),
    "ignition": _codes(IGNITION),
    "burn": _codes(BURN),
    "powered": _codes(IGNITION, BURN),
    "ground": _codes(GROUND),
    "below_3km": _below(3000.0),
    "below_1km": _below(1000.0),
    "below_500m": _below(500.0),
    "below_50m": _below(50.0),
    "thrust_on": _at(lambda f: f.thrust_on_frame, _no_thrust),
    "full_thrust": _at(lambda f: f.full_thrust_frame, _no_full_thrust),
    "legs_command": _at(lambda f: f.legs_command_frame, _no_legs_command),
    "touchdown": _at(lambda f: f.contact_frame, not_landed),
    "settled": _settled,
    "engine_start": _engine_start,
    **{name: _reserved(note.reason) for name, note in NOT_FLOWN.items()},
}
"""Every phase by name, as a mask over truth rows: the flight phases, parts of them, and single instants."""
