"""A flight as the trace on which formulas are evaluated: every signal on the grid of frames.

The frames are those of the flight software; the last row, the final state, counts as one although it may come sooner.
A sample holds until the next one; before the first of those asked about, the first holds. Of several at one instant
(three engines started together) the largest counts.
"""

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.stl.monitor import Samples
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing, Series


class NotThereError(Exception):
    """The flight has no samples of a signal, or not the moment that a phase is; the reason is in `missing`."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.reason)
        self.missing = missing


class FlightTrace:
    """A flight to judge formulas on; raises NotThereError for what it has not. Phases are found once."""

    def __init__(self, flight: Flight) -> None:
        if not flight.begun:
            raise NotThereError(Missing("the flight never began"))
        self._flight = flight
        self._phases: dict[str, BoolArray | Missing] = {}
        self.rows = flight.rows
        self.period_s = 1e-9 * flight.record.frame_period_ns

    def phase(self, name: str) -> BoolArray:
        """Whether each row is in the phase."""
        if name not in self._phases:
            self._phases[name] = PHASES[name].mask(self._flight)
        mask = self._phases[name]
        if isinstance(mask, Missing):
            raise NotThereError(mask)
        return mask

    def signal(self, name: str, needed: BoolArray) -> Samples:
        """The signal in the rows that are needed, zero elsewhere."""
        rows = np.flatnonzero(needed)
        series = SIGNALS[name].compute(self._flight, rows)
        if isinstance(series, Missing):
            raise NotThereError(series)
        if len(bad := np.flatnonzero(~np.isfinite(series.value))):
            raise NotThereError(Missing(f"{name} is not finite at {series.time_s[bad[0]]:.2f} s", violated=True))
        value, time_s = np.zeros(self.rows), np.zeros(self.rows)
        value[rows], time_s[rows] = _held(series, self._flight.time_s[rows])
        return Samples(value, time_s)


def _held(series: Series, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value and sample time of a signal at each of these times."""
    if np.array_equal(series.time_s, time_s):
        return series.value, series.time_s
    order = np.argsort(series.time_s, kind="stable")
    instants, first = np.unique(series.time_s[order], return_index=True)
    largest = np.maximum.reduceat(series.value[order], first)
    index = np.maximum(np.searchsorted(instants, time_s, side="right") - 1, 0)
    return largest[index], instants[index]
