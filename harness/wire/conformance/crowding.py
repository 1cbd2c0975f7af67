"""The capability `fleet`: flights that are interleaved are answered as each is alone."""

from collections.abc import Sequence

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import WARM, Answered, Spoken, fly, play, require_same
from hoverslam.harness.wire.numbers import MOST_FLIGHTS, addressed

ALONE = (*WARM, "other-flight")
FRAMES = 40
CROWD = 16
"""Flights at a time that the harness flies by default."""


def together(bench: Bench, plain: Spoken) -> None:
    """Three flights, two of them alike, frame by frame in turn."""
    bench.needs("fleet")
    other = fly(bench, bench.setting.courses.other())
    flights = {0: plain, 1: other, 2: plain}
    for number, one in flights.items():
        bench.begin(one.course, number)
    told = _in_turn(bench, flights, FRAMES)
    _end(bench, flights)
    for number, one in flights.items():
        require_same(bench, one.talk, told[number], ALONE)


def numbers(bench: Bench, plain: Spoken) -> None:
    """The highest number, alone and beside a lower one."""
    bench.needs("fleet")
    flights = {MOST_FLIGHTS - 1: plain, 5: plain}
    for number, one in flights.items():
        bench.begin(one.course, number)
    _in_turn(bench, flights, 5)
    _end(bench, flights)


def reuse(bench: Bench, plain: Spoken) -> None:
    """A number whose flight has ended is given to the next, while another flight flies on."""
    bench.needs("fleet")
    flights = {0: plain, 1: plain}
    for number, one in flights.items():
        bench.begin(one.course, number)
    _in_turn(bench, flights, FRAMES // 2)
    bench.end(0, numbered=True)
    bench.begin(plain.course, 0)
    for at in range(FRAMES // 2):
        first = _ask(bench, plain.talk[at], 0)
        second = _ask(bench, plain.talk[at + FRAMES // 2], 1)
        require_same(bench, plain.talk[at : at + 1], [first], ALONE)
        require_same(bench, plain.talk[at + FRAMES // 2 :], [second], ALONE)
    _end(bench, flights)


def crowd(bench: Bench, plain: Spoken) -> None:
    """Frames of all flights are sent before an answer is read."""
    bench.needs("fleet")
    for number in range(CROWD):
        bench.begin(plain.course, number)
    for one in plain.talk[:5]:
        _crowded(bench, one)
    _end(bench, range(CROWD))
    play(bench, plain, 5)


def _crowded(bench: Bench, one: Answered) -> None:
    """A frame of every flight; the answers come in any order among flights."""
    bench.post_all([addressed(one.sent, number) for number in range(CROWD)])
    waiting = set(range(CROWD))
    while waiting:
        number, answer = bench.heard_of(one.seq, waiting)
        waiting.discard(number)
        require_same(bench, [one], [one._replace(answer=answer)], ALONE)


def _in_turn(bench: Bench, flights: dict[int, Spoken], frames: int) -> dict[int, list[Answered]]:
    told: dict[int, list[Answered]] = {number: [] for number in flights}
    for at in range(frames):
        for number, one in flights.items():
            told[number].append(_ask(bench, one.talk[at], number))
    return told


def _ask(bench: Bench, one: Answered, number: int) -> Answered:
    sent = addressed(one.sent, number)
    return Answered(one.seq, sent, bench.ask(one.seq, sent, number))


def _end(bench: Bench, numbers: Sequence[int] | dict[int, Spoken]) -> None:
    for number in list(numbers):
        bench.end(number, numbered=True)
