"""A signal: samples with their times, or the reason why there are none."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray, IntArray
from hoverslam.harness.trace.flight import Flight


class Missing(NamedTuple):
    """Why a signal has no samples; violated where its absence itself breaks the requirement."""

    reason: str
    violated: bool = False


class Series(NamedTuple):
    """Samples of a signal with their times."""

    time_s: FloatArray
    value: FloatArray


Compute = Callable[[Flight, IntArray], Series | Missing]
"""Samples in these frames of a flight; events are told whole. A sample holds until the next, the first before too."""


def one(time_s: float, value: float) -> Series:
    """A quantity of one instant."""
    return Series(np.array([time_s]), np.array([value]))


def not_landed(flight: Flight) -> Missing:
    """No touchdown: a violation if the flight was completed, otherwise not evaluated."""
    unfinished = {"gnc_lost": "the flight software was lost", "interrupted": "the run was interrupted"}
    why = unfinished.get(flight.record.outcome)
    if why is None and flight.record.outcome != "harness_error":
        return Missing(f"no touchdown within {flight.time_s[-1]:.1f} s", violated=True)
    return Missing(f"no touchdown: {why or 'the harness failed'} at {flight.time_s[-1]:.2f} s")


def never(reason: str) -> Compute:
    """Of a signal that no flight has."""
    return lambda _flight, _rows: Missing(reason)
