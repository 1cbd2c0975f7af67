"""Many flights interleaved on one pair of processes: the program answers frames of all flights in the air in turn.

    with open_fleet(gnc_command, most=16) as fleet:     # of harness.program.opening
        for prepared, record in fleet.fly_all(prepare(scenario, run_id) for ...):     # as they end
            ...

Each flight is a lockstep of its own; only the waiting is shared, and with it the switches between processes, which cost
more than a frame. A program that does not declare the capability `fleet` is flown one flight at a time.

Every record is the one that `Session.fly` would give, but for `wall_s`, which counts what flew beside it. To that end
a flight that may be at fault for the loss of the program is flown again, alone, and that is its result; those that were
in the air with it are flown again together, and alone when they meet with a second loss.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from hoverslam.harness.loop.plan import FlightPlan, GuardianLost, PlantLike, ProgramExited, ProgressCallback
from hoverslam.harness.loop.timing import Timing
from hoverslam.harness.program.conversation import findings_of, flight_record, how_lost, meet
from hoverslam.harness.program.pinning import on_one_core
from hoverslam.harness.program.rounds import Again, Airborne, Given, Lost, Prepared, Queue, fly_round
from hoverslam.harness.program.session import Session
from hoverslam.harness.program.string_member import REFERENCE
from hoverslam.harness.program.strings import StringsAsked, StringsFlight
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.errors import WireError
from hoverslam.harness.wire.numbers import MOST_FLIGHTS

IN_THE_AIR = 16
"""Flights at a time: past this, a frame hardly gets cheaper (docs/wire.md)."""
FAULTLESS_LOSSES = 3
"""Losses of the program that no flight shows when flown alone, before the program is not trusted with a fleet."""


class Loss(NamedTuple):
    """A program lost with many flights in the air. `run_id` is of the flight that was suspected first."""

    run_id: str
    reason: str
    in_the_air: int


class FleetSession(Session):
    """A Session that also flies many at once, and flights of several programs that are voted (strings).

    `most` is how many are in the air; `again` prepares a flight anew.
    """

    def __init__(
        self, command: str | Sequence[str] | None = None, *, most: int = IN_THE_AIR, again: Again | None = None,
        others: Sequence[str | None] = (), **options: Any,
    ) -> None:  # fmt: skip
        """`others`: further programs, each a string beside `command`. Further options are those of Session."""
        if not 1 <= most <= MOST_FLIGHTS:
            raise ValueError(f"{counted(most, 'flight')} at once: must be 1 to {MOST_FLIGHTS}")
        super().__init__(command, **options)
        self._copy = partial(Session, command, **options)
        self._others = [Session(other, **options) for other in others]
        self._each_other = bool(others)
        self.losses: list[Loss] = []
        self.most = most
        self._again = again or _prepare_again
        self._may_interleave: bool | None = None
        self._faultless = 0

    def start(self) -> None:
        """Start the program, and the others that were named; returns at once."""
        for session in self._others if self._each_other else ():
            session.start()
        super().start()

    def fly(
        self, plant: PlantLike, plan: FlightPlan, progress: ProgressCallback | None = None, *, realtime: bool = False,
        last: bool = False, timing: Timing | None = None,
    ) -> FlightRecord:  # fmt: skip
        """As Session; as many strings as programs were named, or else as the plan says. Several fly in lockstep."""
        count = self._strings(plan)
        if count == 1:
            return super().fly(plant, plan, progress, realtime=realtime, last=last, timing=timing)
        self._others += [self._copy() for _ in range(count - 1 - len(self._others))]
        strings = [self, *self._others[: count - 1]]
        record = StringsFlight(strings, plant, plan, self._deadlines).fly(StringsAsked(progress, last))
        typed = [session.typed or REFERENCE for session in strings]
        record.command = "\n".join(typed) if self._each_other else self._typed
        return record

    def close(self) -> None:
        """As Session, of all strings."""
        try:
            super().close()
        finally:
            for session in self._others:
                session.close()

    def _strings(self, plan: FlightPlan) -> int:
        """How many strings fly a plan."""
        stated = None if plan.strings is None else plan.strings.stated_count
        return 1 + len(self._others) if self._each_other else stated or 1

    def fly_all(self, flights: Iterable[Prepared]) -> Iterator[tuple[Prepared, FlightRecord]]:
        """Fly them all and yield each as it ends; not in their order. What is yielded may have been prepared anew.

        Ctrl-C ends the program, yields what was finished and is raised. So is what `flights` raises, at once.
        """
        queue = Queue(flights, lambda prepared: self._strings(prepared.plan) > 1)
        ended = deque[tuple[Prepared, FlightRecord]]()
        air: dict[int, Airborne] = {}
        try:
            while True:
                if air or (queue.alone is None and self._interleaves()):
                    self._top_up(air, queue)
                    if not air and queue.alone is None:
                        return
                    if not air:
                        continue
                    self._fly_until_one_ends(air, queue, ended)
                    while ended:
                        yield ended.popleft()
                elif (flight := queue.pop_alone(self._again)) is not None:
                    yield self._fly_alone(flight)
                else:
                    return
        except KeyboardInterrupt:
            self.close()
            yield from ended
            raise
        finally:
            if air:  # the caller has had enough, or something was raised: answers are still to come
                self.close()

    def _interleaves(self) -> bool:
        """Whether the program can fly many; waits for its hello."""
        if self._may_interleave is None:
            self._may_interleave = False
            if self.most > 1 and self._met():
                assert self._hello is not None
                self._may_interleave = "fleet" in self._hello.capabilities
        elif self._may_interleave and not self._met():
            self._may_interleave = False
        return self._may_interleave

    def _met(self) -> bool:
        """Start the program, if it is not there; false where it does not come."""
        try:
            self.start()
            assert self._link is not None
            if self._hello is None:
                self._hello = self._introduced = meet(self._link, self._deadlines.hello_s)
        except (WireError, ProgramExited, GuardianLost) as error:
            self._give_up(error)
            return False
        return True

    def _top_up(self, air: dict[int, Airborne], queue: Queue) -> None:
        """Prepare flights until as many are in the air as may be."""
        assert self._link is not None
        while len(air) < self.most and (given := queue.pop(self._again)) is not None:
            number = next(number for number in range(self.most) if number not in air)
            air[number] = Airborne(given, number, self._link, self._deadlines)

    def _fly_until_one_ends(
        self, air: dict[int, Airborne], queue: Queue, ended: deque[tuple[Prepared, FlightRecord]]
    ) -> None:
        """Round after round, until some flights have ended or the program is lost."""
        assert self._link is not None
        self._flown = True
        with on_one_core(self.pinned_to(), self.pid):
            try:
                while not (over := fly_round(self._link, air)):
                    pass
            except Lost as lost:
                self._lose(lost, air, queue)
                return
        for flight in over:
            ended.append((flight.given.prepared, self._conclude_one(flight)))
            del air[flight.number]

    def _conclude_one(self, flight: Airborne) -> FlightRecord:
        assert self._link is not None
        assert flight.end is not None
        given = flight.given.prepared
        wall_s = time.perf_counter() - flight.began_s
        record = flight_record(given.plant, given.plan, flight.recorder, flight.end, self._introduced)
        record.wall_s, record.command = wall_s, self._typed
        record.findings = findings_of(flight.recorder, self._link, self._introduced)
        return record

    def _lose(self, lost: Lost, air: dict[int, Airborne], queue: Queue) -> None:
        """End the program; whoever was in the air flies again, the suspect alone."""
        ours = isinstance(lost.error, GuardianLost)
        reason, suspect = self._give_up(lost.error), air[lost.suspect]
        self.losses.append(Loss(suspect.given.prepared.plan.run_id, reason, len(air)))
        for flight in air.values():
            queue.again(flight.given, alone=flight is suspect and not ours)
        air.clear()

    def _give_up(self, error: Exception) -> str:
        """End a program that cannot be asked to; says why, and what it said last."""
        reason = how_lost(error, self._supervisor)[1]
        self._hello = None
        self.close()
        return reason

    def _fly_alone(self, given: Given) -> tuple[Prepared, FlightRecord]:
        prepared = given.prepared
        record = self.fly(prepared.plant, prepared.plan)
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        if given.suspected and record.gnc_failure is None:
            self._faultless += 1
        if self._hello is not None:
            trusted = self.most > 1 and self._faultless < FAULTLESS_LOSSES
            self._may_interleave = trusted and "fleet" in self._hello.capabilities
        return prepared, record


def _prepare_again(prepared: Prepared) -> Prepared:
    return prepared.again()
