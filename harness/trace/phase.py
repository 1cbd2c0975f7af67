"""The four phases of a flight and the one tracker that tells them, fed while it flies or from its record.

At each frame the tracker says what a record says that ends with this frame, so the two cannot disagree. A frame that
was called ground because all engines were off is called so no longer once one is commanded on again in the air.
"""

from collections.abc import Iterator

import numpy as np

from hoverslam.harness.arrays import FloatArray, IntArray
from hoverslam.harness.trace.masks import any_of, first
from hoverslam.plant.layout import VehicleShape, command_layout, truth_layout

FLIGHT_PHASES = ("glide", "ignition", "burn", "ground")
GLIDE, IGNITION, BURN, GROUND = range(4)
ENGINE_FAILED = 5.0
"""Code of a failed engine in `engine_state`."""
READY_FRACTION = 0.9
"""An engine has followed its command once its chamber pressure is this fraction of what was commanded (R-10)."""


class PhaseTracker:
    """Finds the frames with which phases begin, shown each frame once and in order, in stretches of any length.

    `ignition` is the first start command; `full_thrust` the first frame at which every engine still asked to burn,
    the failed ones left out, has followed its command once; `contact` the first row with a leg on the ground.
    """

    def __init__(self, shape: VehicleShape, throttle_range: tuple[float, float]) -> None:
        """`throttle_range` is what the engines clip a commanded throttle to."""
        command, truth = command_layout(shape), truth_layout(shape)
        self._on, self._throttle = command.slice("engine_on"), command.slice("throttle")
        self._level, self._state = truth.slice("engine_level"), truth.slice("engine_state")
        self._contact = truth.slice("leg_contact")
        self._throttle_range = throttle_range
        self._followed = np.zeros(shape.engines, dtype=np.bool_)
        self._last_on: int | None = None
        self.frames = 0
        self.ignition: int | None = None
        self.full_thrust: int | None = None
        self.contact: int | None = None

    def update(self, commands: FloatArray, truth: FloatArray) -> str:
        """Take in a stretch of frames, a row of each, and any truth after the last; the phase at the last frame."""
        if self.contact is None and (touches := truth[:, self._contact] > 0.5).any():
            self.contact = self._at(first(any_of(touches)))
        if len(commands):
            self._see_engines(commands, truth[: len(commands)])
            self.frames += len(commands)
        return self.phase

    def _at(self, place: int | None) -> int | None:
        return None if place is None else self.frames + place

    def _see_engines(self, commands: FloatArray, truth: FloatArray) -> None:
        on = commands[:, self._on] > 0.5
        if on.any():
            burning = np.flatnonzero(any_of(on))
            self._last_on = self._at(int(burning[-1]))
            self.ignition = self._at(int(burning[0])) if self.ignition is None else self.ignition
        if self.ignition is None or self.full_thrust is not None:
            return
        throttle = np.clip(commands[:, self._throttle], *self._throttle_range)
        follows = on & (truth[:, self._level] >= READY_FRACTION * throttle)
        followed = np.logical_or.accumulate(np.vstack([self._followed, follows]), axis=0)[1:]
        wanted = on & (truth[:, self._state] != ENGINE_FAILED)
        self.full_thrust = self._at(first(any_of(wanted) & ~any_of(wanted & ~followed)))
        self._followed = followed[-1]

    @property
    def cutoff(self) -> int | None:
        """Frame of the command that left all engines off, so far for good; None while one is commanded on."""
        if self._last_on is None or self._last_on + 1 >= self.frames:
            return None
        return self._last_on + 1

    def codes(self, rows: int) -> IntArray:
        """Index into FLIGHT_PHASES of each of the first rows, by what has been seen."""
        codes = np.full(rows, GLIDE)
        for code, begin in self._begins():
            codes[begin:] = code
        return codes

    @property
    def phase(self) -> str:
        """The phase at the last frame that was seen."""
        begun = (code for code, begin in self._begins() if begin < self.frames)
        return FLIGHT_PHASES[max(begun, default=GLIDE)]

    def _begins(self) -> Iterator[tuple[int, int]]:
        """Code and first frame of each phase after the glide that has begun; a later code holds over an earlier one."""
        ground = min((frame for frame in (self.contact, self.cutoff) if frame is not None), default=None)
        for code, frame in ((IGNITION, self.ignition), (BURN, self.full_thrust), (GROUND, ground)):
            if frame is not None:
                yield code, frame
