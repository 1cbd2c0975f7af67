"""Many flights interleaved on one pair of processes: the program answers frames of all flights in the air in turn.

    with FleetSession(gnc_command) as fleet:
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
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from harness.lockstep import Deadlines, FlightPlan, FrameLoopEnd, PlantLike, ProgramExited, flown, lead_rows
from harness.pinning import on_one_core
from harness.record import FlightRecord
from harness.recorder import Recorder
from harness.session import Session, check_ready, reset_message, try_to_send, why_ended
from harness.wire.codec import encode
from harness.wire.errors import MessageRefused, WireError
from harness.wire.flights import MOST_FLIGHTS, addressed, flight_of
from harness.wire.router import HarnessLink

IN_THE_AIR = 16
"""Flights at a time: past this, a frame hardly gets cheaper (docs/wire.md)."""
FAULTLESS_LOSSES = 3
"""Losses of the program that no flight shows when flown alone, before the program is not trusted with a fleet."""

Prepared = Any
"""What has a `plant` and a `plan`, and can be prepared again; `harness.flight.Prepared` is one."""
Again = Callable[[Prepared], Prepared]
Course = Generator[tuple[bytes, float], bytes, FrameLoopEnd]


class Loss(NamedTuple):
    """A program lost with many flights in the air. `run_id` is of the flight that was suspected first."""

    run_id: str
    reason: str
    in_the_air: int


class FleetSession(Session):
    """A Session that also flies many at once. `most` is how many are in the air; `again` prepares a flight anew."""

    def __init__(
        self, command: str | Sequence[str] | None = None, *, most: int = IN_THE_AIR, again: Again | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        """Further options are those of Session."""
        if not 1 <= most <= MOST_FLIGHTS:
            raise ValueError(f"{most} flights in the air: 1 to {MOST_FLIGHTS} are possible")
        super().__init__(command, **options)
        self.losses: list[Loss] = []
        self.most = most
        self._again = again or _prepare_again
        self._may_interleave: bool | None = None
        self._faultless = 0

    def fly_all(self, flights: Iterable[Prepared]) -> Iterator[tuple[Prepared, FlightRecord]]:
        """Fly them all and yield each as it ends; not in their order. What is yielded may have been prepared anew.

        Ctrl-C ends the program, yields what was finished and is raised. So is what `flights` raises, at once.
        """
        queue, ended = _Queue(flights), deque[tuple[Prepared, FlightRecord]]()
        air: dict[int, _Airborne] = {}
        try:
            while True:
                if air or (queue.alone is None and self._interleaves()):
                    self._top_up(air, queue)
                    if not air:
                        return
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
                self._hello = self._link.await_hello(self._deadlines.hello_s)
        except (WireError, ProgramExited) as error:
            self._give_up(error)
            return False
        return True

    def _top_up(self, air: dict[int, "_Airborne"], queue: "_Queue") -> None:
        """Prepare flights until as many are in the air as may be."""
        assert self._link is not None
        while len(air) < self.most and (given := queue.pop(self._again)) is not None:
            number = next(number for number in range(self.most) if number not in air)
            air[number] = _Airborne(given, number, self._link, self._deadlines)

    def _fly_until_one_ends(
        self, air: dict[int, "_Airborne"], queue: "_Queue", ended: deque[tuple[Prepared, FlightRecord]]
    ) -> None:
        """Round after round, until some flights have ended or the program is lost."""
        assert self._link is not None
        self._flown = True
        core = self._core if self._supervisor is not None else None
        with on_one_core(core, self.pid):
            try:
                while not (over := _round(self._link, air)):
                    pass
            except _Lost as lost:
                self._lose(lost, air, queue)
                return
        for flight in over:
            ended.append((flight.given.prepared, self._conclude_one(flight)))
            del air[flight.number]

    def _conclude_one(self, flight: "_Airborne") -> FlightRecord:
        assert self._link is not None
        assert flight.end is not None
        given = flight.given.prepared
        record = self._record(given.plant, given.plan, flight.recorder, flight.end, flight.began_s)
        record.findings = self._findings(flight.recorder)
        try_to_send(self._link, {"type": "end", "flight": flight.number, "why": why_ended(flight.end)})
        return record

    def _lose(self, lost: "_Lost", air: dict[int, "_Airborne"], queue: "_Queue") -> None:
        """End the program; whoever was in the air flies again, the suspect alone."""
        reason, suspect = self._give_up(lost.error), air[lost.suspect]
        self.losses.append(Loss(suspect.given.prepared.plan.run_id, reason, len(air)))
        for flight in air.values():
            queue.again(flight.given, alone=flight is suspect)
        air.clear()

    def _give_up(self, error: Exception) -> str:
        """End a program that cannot be asked to; says why, and what it said last."""
        reason = self._failure(error, 0, "").reason
        self._hello = None
        self.close()
        return reason

    def _fly_alone(self, given: "_Given") -> tuple[Prepared, FlightRecord]:
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


class _Given:
    """A flight to be flown, and what became of it so far."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.losses = 0
        self.suspected = False


class _Queue:
    """Flights to come: those that must be flown alone, those that fly again, and those not yet asked for."""

    def __init__(self, flights: Iterable[Prepared]) -> None:
        self._new = iter(flights)
        self._again: deque[_Given] = deque()
        self._alone: deque[_Given] = deque()

    @property
    def alone(self) -> _Given | None:
        """The next that must be flown alone."""
        return self._alone[0] if self._alone else None

    def again(self, given: _Given, *, alone: bool) -> None:
        """Take back a flight whose program was lost."""
        given.losses += 1
        given.suspected = alone
        (self._alone if alone or given.losses > 1 else self._again).append(given)

    def pop(self, prepare: Again) -> _Given | None:
        """The next that may fly with others."""
        if self._again:
            return _anew(self._again.popleft(), prepare)
        new = next(self._new, None)
        return None if new is None else _Given(new)

    def pop_alone(self, prepare: Again) -> _Given | None:
        """The next to be flown alone, where all are or one must be."""
        return _anew(self._alone.popleft(), prepare) if self._alone else self.pop(prepare)


def _anew(given: _Given, prepare: Again) -> _Given:
    given.prepared = prepare(given.prepared)  # a plant flies once
    return given


def _prepare_again(prepared: Prepared) -> Prepared:
    from harness.flight import prepare

    return prepare(prepared.scenario, prepared.plan.run_id)


class _Airborne:
    """A flight in the air: what it asks for next, or how it ended."""

    def __init__(self, given: _Given, number: int, link: HarnessLink, deadlines: Deadlines) -> None:
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
    reset = encode(reset_message(plant, plan) | {"flight": number})
    flight = flown(plant, plan, recorder, deadlines, None, number)
    ask = flight.send
    try:
        check_ready((yield reset, deadlines.first_answer_s), plan)
        message, deadline_s = next(flight)
        while True:
            if message is None:
                link.send({"type": "end", "flight": number, "why": "restart"})
                check_ready((yield reset, deadlines.first_answer_s), plan)
                answer = b""
            else:
                answer = yield addressed(message, number), deadline_s
            message, deadline_s = ask(answer)
    except StopIteration as ended:
        end: FrameLoopEnd = ended.value
        return end
    except WireError as error:  # a reset that was not answered as it should be
        return FrameLoopEnd("gnc_lost", lost=error)


class _Lost(Exception):  # noqa: N818  named for what happened
    """The program is lost, for this reason, when the flight of this number was to be answered."""

    def __init__(self, error: Exception, suspect: int) -> None:
        super().__init__(str(error))
        self.error, self.suspect = error, suspect


def _round(link: HarnessLink, air: dict[int, _Airborne]) -> list[_Airborne]:
    """A message for every flight, then an answer for each, in whatever order they come; those that ended with it.

    The program has the longest of their deadlines for each further answer: a silence cannot last, and nobody's deadline
    counts the time that the program took for others.
    """
    waiting, over = dict(air), []
    suspect = next(iter(air))
    try:
        for flight in air.values():
            link.post(flight.message)
        deadline_s = max(flight.deadline_s for flight in air.values())
        while waiting:
            suspect = next(iter(waiting))
            data = link.answer(deadline_s)
            number = flight_of(data)
            suspect = number if number in air else suspect
            if number not in waiting:
                raise MessageRefused(f"a message of flight {number}, of which no frame waits for an answer")
            flight = waiting.pop(number)
            if not flight.take(data):
                over.append(flight)
                _check(flight)
    except (WireError, ProgramExited) as error:
        raise _Lost(error, suspect) from error
    return over


def _check(flight: _Airborne) -> None:
    """What ends more than this flight is raised."""
    assert flight.end is not None
    if flight.end.lost is not None:
        raise flight.end.lost
    if flight.end.outcome == "interrupted":
        raise KeyboardInterrupt
