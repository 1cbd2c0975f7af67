"""Columns of numbers for the page: thinned where a flight is calm, and packed as base64 of 32-bit floats."""

import base64

import numpy as np

from hoverslam.harness.arrays import FloatArray, IntArray
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.phase import GLIDE

GLIDE_HZ = 20.0
POWERED_HZ = 50.0
FULL_RATE_S = 5.0
"""From this long before contact, or before the end, every row is kept."""


def kept_rows(flight: Flight) -> IntArray:
    """Rows worth drawing: 20 Hz in the glide, 50 Hz in the burn, all of them in the last seconds and at events."""
    row = np.arange(flight.rows)
    rate_hz = (flight.rows - 1) / max(float(flight.time_s[-1] - flight.time_s[0]), 1e-9)
    glide = flight.phase_codes == GLIDE
    stride = np.where(glide, max(round(rate_hz / GLIDE_HZ), 1), max(round(rate_hz / POWERED_HZ), 1))
    end_s = flight.time_s[-1] if flight.contact_frame is None else flight.time_at(flight.contact_frame)
    keep = (row % stride == 0) | (flight.time_s >= end_s - FULL_RATE_S)
    keep[[0, -1]] = True
    keep[[event.frame for event in flight.events]] = True
    return np.flatnonzero(keep)


class Columns:
    """Named columns on their way into the page; a chart refers to them by name."""

    def __init__(self) -> None:
        self._packed: dict[str, str] = {}

    def add(self, name: str, values: FloatArray) -> str:
        """Store a column and return its name. What is not a number becomes a gap in a line."""
        row = np.ascontiguousarray(np.where(np.isfinite(values), values, np.nan), dtype="<f4")
        self._packed[name] = base64.b64encode(row.tobytes()).decode("ascii")
        return name

    def packed(self) -> dict[str, str]:
        """Every column as base64 of little-endian 32-bit floats."""
        return self._packed
