"""Columns of a record by name, and times of its frames: what is read off a flight without knowing its vehicle's limits.

Row k of the truth is the state at which command k was given; there is one more row than there are commands.
"""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.plant.layout import command_layout, truth_layout

if TYPE_CHECKING:
    from hoverslam.harness.record.flight_record import FlightRecord


class Rows:
    """A read-only view of a record. One without frames has one row of zeros, and `begun` is false."""

    def __init__(self, record: "FlightRecord") -> None:
        self.record = record
        self._truth = truth_layout(record.shape)
        self._command = command_layout(record.shape)
        self.begun = len(record.truth) > 1 and len(record.commands) > 0
        self.truth = record.truth if len(record.truth) else np.zeros((1, self._truth.width))
        self.rows = len(self.truth)
        self.frames = min(len(record.commands), self.rows - 1)

    def columns(self, name: str) -> FloatArray:
        """A field of the truth, one row a frame and the final state last."""
        return self.truth[:, self._truth.slice(name)]

    def column(self, name: str) -> FloatArray:
        """A field of the truth that is one number wide."""
        return self.truth[:, self._truth.slice(name).start]

    def commands(self, name: str) -> FloatArray:
        """A field of the accepted commands, one row a frame."""
        return self.record.commands[: self.frames, self._command.slice(name)]

    @cached_property
    def time_s(self) -> FloatArray:
        """Time of each truth row since release."""
        return self.column("time_s")

    def time_at(self, frame: int) -> float:
        """Time of a frame since release."""
        return float(self.time_s[min(frame, self.rows - 1)])

    @cached_property
    def engine_on(self) -> BoolArray:
        """Which engines are commanded on, one row a frame."""
        return self.commands("engine_on") > 0.5

    @cached_property
    def propellant_kg(self) -> FloatArray:
        """Propellant usable propellant, both tanks."""
        return self.column("lox_kg") + self.column("lch4_kg")
