"""The phases in which a requirement may judge a signal: the flight's own, parts of them, and single instants."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from harness.masks import BoolArray
from harness.signals import BURN, GLIDE, IGNITION, Flight

SETTLING_S = 1.0
"""Feet are on the ground from this long after first contact (R-22)."""


class Missing(NamedTuple):
    """Why a signal has no samples; violated where its absence itself breaks the requirement."""

    reason: str
    violated: bool = False


Window = Callable[[Flight], BoolArray | Missing]


def not_landed(flight: Flight) -> Missing:
    """No touchdown: a violation where the flight was flown to its end, otherwise nobody knows."""
    unfinished = {"gnc_lost": "the flight software was lost", "interrupted": "the run was interrupted"}
    why = unfinished.get(flight.record.outcome)
    if why is None and flight.record.outcome != "harness_error":
        return Missing(f"never touched down in {flight.time_s[-1]:.1f} s", violated=True)
    return Missing(f"no touchdown: {why or 'the harness failed'} at {flight.time_s[-1]:.2f} s")


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


WINDOWS: dict[str, Window] = {
    "always": lambda flight: np.ones(flight.rows, dtype=np.bool_),
    "airborne": lambda flight: flight.airborne,
    "glide": _codes(GLIDE),
    "glide_above_1kpa": lambda flight: (flight.phase_codes == GLIDE) & (flight.column("q_pa") > 1e3),
    "ignition": _codes(IGNITION),
    "burn": _codes(BURN),
    "powered": _codes(IGNITION, BURN),
    "below_1km": _below(1000.0),
    "below_500m": _below(500.0),
    "below_50m": _below(50.0),
    "thrust_on": _at(lambda f: f.thrust_on_frame, _no_thrust),
    "full_thrust": _at(lambda f: f.full_thrust_frame, _no_full_thrust),
    "legs_command": _at(lambda f: f.legs_command_frame, _no_legs_command),
    "touchdown": _at(lambda f: f.contact_frame, not_landed),
    "settled": _settled,
}
"""Every phase by name, as a mask over truth rows: the flight phases, parts of them, and single instants."""
