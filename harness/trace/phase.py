"""Which phase a flight is in, while it flies: the live counterpart of the phases that `harness.trace.flight` derives.

Needs only the commands and the truth rows so far; a look takes in what has been flown since the last one.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.layout import VehicleShape, command_layout, truth_layout

FOLLOWED = 0.9
"""An engine has followed its command once its level is this fraction of the commanded throttle."""
ENGINE_FAILED = 5.0


class Columns(NamedTuple):
    """Where the phase is read from."""

    on: slice
    throttle: slice
    level: slice
    state: slice
    contact: slice

    @classmethod
    def of(cls, shape: VehicleShape) -> "Columns":
        """The columns of a vehicle's rows."""
        command, truth = command_layout(shape), truth_layout(shape)
        return cls(
            command.slice("engine_on"), command.slice("throttle"),
            truth.slice("engine_level"), truth.slice("engine_state"), truth.slice("leg_contact"),
        )  # fmt: skip


class PhaseTracker:
    """Follows the phase through a flight; every frame is shown to it once, in order, in stretches of any length."""

    def __init__(self, shape: VehicleShape) -> None:
        self._columns = Columns.of(shape)
        self._followed = np.zeros(shape.engines, dtype=np.bool_)
        self._lit = False
        self.phase = "glide"

    def update(self, commands: FloatArray, truth: FloatArray) -> str:
        """Take in a stretch of frames, a row of each; returns the phase at its last frame."""
        if not len(commands):
            return self.phase
        columns = self._columns
        on = commands[:, columns.on] > 0.5
        if on.any():
            level_reached = truth[:, columns.level] >= FOLLOWED * commands[:, columns.throttle]
            followed = np.logical_or.accumulate(np.vstack([self._followed, on & level_reached]), axis=0)[1:]
            wanted = on & (truth[:, columns.state] != ENGINE_FAILED)
            lit = wanted.any(axis=1) & (followed | ~wanted).all(axis=1)
            self._followed, self._lit = followed[-1], self._lit or bool(lit.any())
            self.phase = "burn" if self._lit else "ignition"
        if truth[-1, columns.contact].any() or (self.phase != "glide" and not on[-1].any()):
            self.phase = "ground"
        return self.phase
