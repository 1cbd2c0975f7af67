"""Faults of single flight programs (strings) of several: which are awake, and what they do to an answer.

As of faults of the link, moments are looked for in the truth once a frame, and nothing here knows the wall clock.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.link_faults import COMMANDS, Flipper, LinkDraws, LinkFault, Waker, arm
from hoverslam.plant.layout import VehicleShape
from hoverslam.scenarios.link_kinds import LINK_KINDS, is_of_string, string_of
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.strings import Tolerance, Voter


class StringFault(NamedTuple):
    """A fault by its place in the scenario, and the number of the string that it acts on."""

    place: int
    string: int
    fault: LinkFault


class StringsPlan(NamedTuple):
    """What the scenario says of its strings: how many, None where it leaves that open, and the rules of the vote.

    `voter` and `tolerance` are by field of the actuators that are numbers.
    """

    stated_count: int | None
    cut_after_frames: int
    voter: Mapping[str, str]
    tolerance: Mapping[str, float]
    faults: tuple[StringFault, ...] = ()


def strings_plan(scenario: Scenario) -> StringsPlan:
    """The strings of a scenario, their faults in its order."""
    stated = scenario.strings
    voter = {name: getattr(stated.voter, name) for name in Voter.model_fields}
    tolerance = {name: getattr(stated.tolerance, name) for name in Tolerance.model_fields}
    return StringsPlan(stated.count, stated.cut_after_frames, voter, tolerance, tuple(_armed(scenario)))


def _armed(scenario: Scenario) -> Iterator[StringFault]:
    for place, fault in enumerate(scenario.faults):
        if is_of_string(fault.kind):
            armed = arm(fault, scenario.rates)
            number = string_of(armed.direction)
            assert number is not None  # the schema saw to it
            yield StringFault(place, number, armed)


class StringFaults:
    """The faults of strings in one flight."""

    def __init__(self, faults: tuple[StringFault, ...], seed: int, frame_ticks: int, shape: VehicleShape) -> None:
        self.touched = [0] * len(faults)
        """Answers that each has changed."""
        self._faults, self._frame_ticks = faults, frame_ticks
        self._waker = Waker([one.fault for one in faults], shape)
        self._draws, self._flipper = LinkDraws(seed), Flipper(shape)
        self._frame, self._looked, self._lane = 0, 0, 0
        self._awake, self._acted = list[int](), set[int]()

    def look(self, frame: int, truth: FloatArray) -> None:
        """Begin an exchange; truth rows are there up to that of `frame`, in which there may have been one before."""
        self._lane = self._lane + 1 if frame == self._frame else 0
        self._frame = frame
        for seen in range(self._looked, frame + 1):
            self._awake = self._waker.look(seen * self._frame_ticks, truth[seen])
        self._looked = frame + 1

    def strikes(self, string: int) -> Iterator[StringFault]:
        """Faults that act once and have not yet: a kill, a restart."""
        for i, one in enumerate(self._faults):
            due = one.string == string and self._waker.woken[i] is not None and i not in self._acted
            if due and LINK_KINDS[one.fault.kind].lasts_ticks:
                self._acted.add(i)
                self.touched[i] += 1
                yield one

    def late(self, string: int) -> StringFault | None:
        """What delays the answer to the sensors that are read now."""
        return next(self._of(string, "string_late"), None)

    def disturbed(
        self, string: int, row: FloatArray, last: FloatArray | None
    ) -> tuple[FloatArray | None, StringFault | None]:  # fmt: skip
        """The row that the voter gets, None where it gets none, and the fault that made it another, if one did.

        `last`: the row that came before the string got stuck.
        """
        by = None
        for one in self._of(string, "string_stuck"):
            row, by = row if last is None else last, one
        for one in self._of(string, "string_corrupt"):
            if self._draws.uniform(one.fault, self._frame, self._lane) < one.fault.share:
                spoilt = self._spoilt(one.fault, row)
                if spoilt is None:
                    return None, one
                row, by = spoilt, one
        silent = next(self._of(string, "string_silent"), None)
        return (row, by) if silent is None else (None, silent)

    def is_stuck(self, string: int) -> bool:
        """Whether it repeats its last command."""
        return any(
            self._faults[i].string == string and self._faults[i].fault.kind == "string_stuck" for i in self._awake
        )

    def _spoilt(self, fault: LinkFault, row: FloatArray) -> FloatArray | None:
        """The row with a bit of it flipped; None where a checksum, or that it is no number, gives it away."""
        if not fault.field:
            return None
        spoilt = row.copy()
        self._flipper.flip(fault._replace(direction=COMMANDS), spoilt)
        return spoilt if bool(np.isfinite(spoilt).all()) else None

    def _of(self, string: int, kind: str) -> Iterator[StringFault]:
        """Those of a kind that are awake; each counts as having acted."""
        for i in self._awake:
            if self._faults[i].string == string and self._faults[i].fault.kind == kind:
                self.touched[i] += 1
                yield self._faults[i]
