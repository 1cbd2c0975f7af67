"""The voter from frame to frame: who is in the vote, who missed it or was outvoted, who is cut, and what that cost.

A string is cut for the rest of the flight when it missed, or was outvoted in, so many frames in a row. It is outvoted
where it is beyond a tolerance from the vote, and more than half of those in the vote are not: without such a majority
nobody can tell which of them is wrong, and nobody is cut for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.string_faults import StringsPlan
from hoverslam.harness.loop.voter import Voter, apart
from hoverslam.harness.record.string_record import StringCut, StringRecord, StringsRecord
from hoverslam.harness.statistics.words import counted
from hoverslam.plant.layout import VehicleShape, command_layout


@dataclass
class Seat:
    """One string at the voter. `fault`: place of the fault of the scenario that acted on it last."""

    largest: FloatArray
    cost: FloatArray
    cut: StringCut | None = None
    fault: int | None = None
    against: list[str] = field(default_factory=list)
    missed: int = 0
    disagreed: int = 0
    first_disagreement: int | None = None
    cost_frames: int = 0

    @property
    def is_in(self) -> bool:
        """Whether it still votes."""
        return self.cut is None


MISSED, OUTVOTED = "missed", "outvoted"


class StringPanel:
    """All strings of a flight. `row` is the command voted last: all off before the first."""

    def __init__(self, plan: StringsPlan, count: int, shape: VehicleShape, period_s: float) -> None:
        width = command_layout(shape).width
        self.row = np.zeros(width)
        self.seats = [Seat(np.zeros(width), np.zeros(width)) for _ in range(count)]
        self._voter = Voter(plan.voter, plan.tolerance, shape)
        self._cut_after, self._period_s = plan.cut_after_frames, period_s
        self._undecided = self._held = 0
        self.told_cuts: list[tuple[int, int]] = []
        """Number and frame of each cut, as it happens."""

    @property
    def left(self) -> list[int]:
        """Strings that are in the vote."""
        return [number for number, seat in enumerate(self.seats) if seat.is_in]

    @property
    def cuts(self) -> list[tuple[int, StringCut]]:
        """Strings that were cut, in the order in which they were."""
        found = [(number, seat.cut) for number, seat in enumerate(self.seats) if seat.cut is not None]
        return sorted(found, key=lambda cut: cut[1].frame)

    def cut(self, number: int, frame: int, kind: str, why: str, exit_status: int | None = None) -> None:
        """Cut a string that is lost."""
        self.told_cuts.append((number, frame))
        seat = self.seats[number]
        seat.cut = StringCut(
            frame=frame, time_s=frame * self._period_s, kind=kind, why=why, fault=seat.fault, exit_status=exit_status
        )

    def vote(self, frame: int, rows: Mapping[int, FloatArray]) -> list[int]:
        """Vote on the rows that came in time, by string in order; returns who is cut with it."""
        if rows:
            self.row = self._voter.vote(list(rows.values()))
        else:
            self._held += 1
        for number in self.left:
            if number not in rows:
                self.seats[number].missed += 1
                self.seats[number].against.append(MISSED)
        if len({row.tobytes() for row in rows.values()}) > 1:
            self._compare(frame, rows)
        else:
            for number in rows:
                self.seats[number].against.clear()
        return [number for number in self.left if self._is_out(number, frame)]

    def told(self, programs: list[tuple[str, str, str]], touched: list[int]) -> StringsRecord:
        """For the record: command, name and version of each string, and answers that each fault changed."""
        each = [self._told(seat, *program) for seat, program in zip(self.seats, programs, strict=True)]
        return StringsRecord(each=each, undecided_frames=self._undecided, held_frames=self._held, touched=touched)

    def _compare(self, frame: int, rows: Mapping[int, FloatArray]) -> None:
        """Hold the rows of a vote against it."""
        away = [number for number, row in rows.items() if not self._voter.agrees(row, self.row)]
        outvoted = bool(away) and 2 * (len(rows) - len(away)) > len(rows)
        self._undecided += bool(away) and not outvoted
        for number in rows:
            seat = self.seats[number]
            if number not in away:
                seat.against.clear()
            else:
                seat.disagreed += 1
                seat.first_disagreement = frame if seat.first_disagreement is None else seat.first_disagreement
                seat.against += [OUTVOTED] if outvoted else []
            self._measure(number, rows)

    def _measure(self, number: int, rows: Mapping[int, FloatArray]) -> None:
        """How far a string is from the vote, and from its first disagreement on what the vote would be without it."""
        seat = self.seats[number]
        np.maximum(seat.largest, apart(rows[number], self.row), out=seat.largest)
        others = [row for other, row in rows.items() if other != number]
        if seat.first_disagreement is not None and others:
            difference = apart(self._voter.vote(others), self.row)
            seat.cost_frames += bool(difference.any())
            np.maximum(seat.cost, difference, out=seat.cost)

    def _is_out(self, number: int, frame: int) -> bool:
        seat = self.seats[number]
        if len(seat.against) < self._cut_after:
            return False
        kinds = list(dict.fromkeys(seat.against))
        verbs = {MISSED: "missed", OUTVOTED: "was outvoted in"}
        why = f"{' or '.join(verbs[kind] for kind in kinds)} {counted(len(seat.against), 'frame')} in a row"
        self.cut(number, frame, kinds[-1], why)
        return True

    def _told(self, seat: Seat, program: str, name: str, version: str) -> StringRecord:
        first = seat.first_disagreement
        return StringRecord(
            program=program, name=name, version=version, cut=seat.cut, missed_frames=seat.missed,
            disagreed_frames=seat.disagreed,
            first_disagreement_s=None if first is None else first * self._period_s,
            largest_deviation=self._voter.by_field(seat.largest), cost=self._voter.by_field(seat.cost),
            cost_frames=seat.cost_frames,
        )  # fmt: skip
