"""Several flights on one link: next request of each, rounds of requests and answers, and the queue of flights."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any, NoReturn

from hoverslam.harness.loop.frames import flown
from hoverslam.harness.loop.plan import (
    Deadlines,
    FlightPlan,
    FrameLoopEnd,
    GuardianLost,
    PlantLike,
    ProgramExited,
    lead_rows,
)
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.program.conversation import check_ready, reset_message, why_ended
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.errors import MessageRefused, Unasked, WireError
from hoverslam.harness.wire.numbers import addressed, flight_of

Prepared = Any
"""What has a `plant` and a `plan`, and can be prepared again; `harness.fly.prepare.Prepared` is one."""
Again = Callable[[Prepared], Prepared]
Course = Generator[tuple[bytes, float], bytes, FrameLoopEnd]


class Given:
    """A flight to be flown, and what became of it so far."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.losses = 0
        self.suspected = False


class Queue:
    """Flights to come: those that must be flown alone, those that fly again, and those not yet asked for."""

    def __init__(self, flights: Iterable[Prepared], alone: Callable[[Prepared], bool] = lambda _: False) -> None:
        """`alone` says which can never fly with others."""
        self._new, self._flies_alone = iter(flights), alone
        self._again: deque[Given] = deque()
        self._alone: deque[Given] = deque()

    @property
    def alone(self) -> Given | None:
        """The next that must be flown alone."""
        return self._alone[0] if self._alone else None

    def again(self, given: Given, *, alone: bool) -> None:
        """Take back a flight whose program was lost."""
        given.losses += 1
        given.suspected = alone
        (self._alone if alone or given.losses > 1 else self._again).append(given)

    def pop(self, prepare: Again) -> Given | None:
        """The next that may fly with others; None where there is none, or one that must fly alone comes first."""
        if self._again:
            return _anew(self._again.popleft(), prepare)
        new = next(self._new, None)
        if new is not None and self._flies_alone(new):
            self._alone.append(Given(new))
            return None
        return None if new is None else Given(new)

    def pop_alone(self, prepare: Again) -> Given | None:
        """The next to be flown alone, where all are or one must be."""
        if not self._alone and (given := self.pop(prepare)) is not None:
            return given
        return _anew(self._alone.popleft(), prepare) if self._alone else None


def _anew(given: Given, prepare: Again) -> Given:
    if given.losses:
        given.prepared = prepare(given.prepared)  # a plant flies once
    return given


class Airborne:
    """A flight in the air: what it asks for next, or how it ended."""

    def __init__(self, given: Given, number: int, link: HarnessLink, deadlines: Deadlines) -> None:
        plant, plan = given.prepared.plant, given.prepared.plan
        self.given, self.number, self.began_s = given, number, time.perf_counter()
        self.recorder = Recorder(plant.shape, plan.max_frames, lead_rows(plan))
        self.end: FrameLoopEnd | None = None
        self._course = _course(plant, plan, self.recorder, deadlines, link, number)
        self.message, self.deadline_s = next(self._course)

    def take(self, answer: bytes) -> bool:
        """Fly on to the next question; false at the end."""
        try:
            self.message, self.deadline_s = self._course.send(answer)
        except StopIteration as ended:
            self.end = ended.value
            return False
        return True


def _course(
    plant: PlantLike, plan: FlightPlan, recorder: Recorder, deadlines: Deadlines, link: HarnessLink, number: int
) -> Course:
    """A whole flight as messages to be answered: reset, frames, and resets where a fault of the scenario wants one."""
    reset = encode(reset_message(plant.shape, plan) | {"flight": number})
    flight = flown(plant, plan, recorder, deadlines, None, number)
    ask = flight.send
    try:
        check_ready((yield reset, deadlines.first_answer_s), plan, number)
        message, deadline_s = next(flight)
        while True:
            if message is None:
                link.send({"type": "end", "flight": number, "why": "restart"})
                check_ready((yield reset, deadlines.first_answer_s), plan, number)
                answer = b""
            else:
                answer = yield addressed(message, number), deadline_s
            message, deadline_s = ask(answer)
    except StopIteration as ended:
        end: FrameLoopEnd = ended.value
        if end.outcome in {"gnc_lost", "interrupted"}:
            return end
        try:  # as Session.fly: what the program sent in this flight comes before the `ready` to another reset
            link.send({"type": "end", "flight": number, "why": why_ended(end)})
            check_ready((yield reset, deadlines.first_answer_s), plan, number)
            link.send({"type": "end", "flight": number, "why": "aborted"})
        except WireError as error:
            return FrameLoopEnd("gnc_lost", lost=error)
        return end
    except WireError as error:  # a reset that was not answered as it should be
        return FrameLoopEnd("gnc_lost", lost=error)


class Lost(Exception):  # noqa: N818  named for what happened
    """The program is lost, for this reason, when the flight of this number was to be answered."""

    def __init__(self, error: Exception, suspect: int) -> None:
        super().__init__(str(error))
        self.error, self.suspect = error, suspect


def refuse_stray(flight: int) -> NoReturn:
    """Raise MessageRefused for an answer of a flight to which nothing was sent, or which has answered."""
    raise MessageRefused(f"unsolicited message of flight {flight}: no frame of this flight waits for an answer")


def fly_round(link: HarnessLink, air: dict[int, Airborne]) -> list[Airborne]:
    """A message for every flight, then an answer for each, in whatever order they come; those that ended with it.

    The program has the longest of their deadlines for each further answer: a silence cannot last, and nobody's deadline
    counts the time that the program took for others.
    """
    waiting, over = dict(air), []
    suspect = next(iter(air))
    try:
        try:
            link.refuse_unasked()
        except Unasked as early:
            suspect = next((number for number in (flight_of(early.data),) if number in air), suspect)
            raise
        for flight in air.values():
            link.post(flight.message)
        deadline_s = max(flight.deadline_s for flight in air.values())
        while waiting:
            suspect = next(iter(waiting))
            data = link.answer(deadline_s)
            number = flight_of(data)
            suspect = number if number in air else suspect
            if number not in waiting:
                refuse_stray(number)
            flight = waiting.pop(number)
            if not flight.take(data):
                over.append(flight)
                _check(flight)
    except (WireError, ProgramExited, GuardianLost) as error:
        raise Lost(error, suspect) from error
    return over


def _check(flight: Airborne) -> None:
    """What ends more than this flight is raised."""
    assert flight.end is not None
    if flight.end.lost is not None:
        raise flight.end.lost
    if flight.end.outcome == "interrupted":
        raise KeyboardInterrupt
