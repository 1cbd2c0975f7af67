"""Frames as links that fail deliver them (docs/link-faults.md): each that arrives is answered once, with its seq."""

import struct
from collections.abc import Iterator

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import SHORT, Changer, Row, Spoken, put
from hoverslam.harness.wire.contract import FLAG, FLOAT, SENSORS

GAPS = (range(20, 21), range(30, 40), range(50, 100))
"""Frames that are lost: one, ten, and half a second."""
BITS = (62, 61, 63, 51)
"""Of a 64-bit float: two of the exponent, which make what is below and above 2 huge; sign; highest of the fraction."""
LATE_FRAMES = 5
RESTART_FRAMES = 25
"""What a restart takes by default, at 100 Hz."""


def missing(bench: Bench, plain: Spoken) -> None:
    """Frames that never arrive."""
    put(bench, plain, [(one.seq, one.sent) for one in plain.talk[:SHORT] if not any(one.seq in gap for gap in GAPS)])


def duplicate(bench: Bench, plain: Spoken) -> None:
    """Every fifth frame twice in a row."""
    often = [(one, 2 if one.seq % 5 == 4 else 1) for one in plain.talk[:SHORT]]
    put(bench, plain, [(one.seq, one.sent) for one, times in often for _ in range(times)])


def reordered(bench: Bench, plain: Spoken) -> None:
    """Every second frame right after the next one, from the tenth on."""
    frames = [(one.seq, one.sent) for one in plain.talk[:SHORT]]
    put(bench, plain, [*frames[:10], *(frames[at ^ 1] for at in range(10, len(frames) // 2 * 2))])


def late(bench: Bench, plain: Spoken) -> None:
    """One frame that is held back, while the next ones are lost, arrives behind a newer one."""
    frames = [(one.seq, one.sent) for one in plain.talk[:SHORT]]
    before, (held, *lost), after = frames[:40], frames[40 : 41 + LATE_FRAMES], frames[41 + LATE_FRAMES :]
    assert len(lost) == LATE_FRAMES
    put(bench, plain, [*before, after[0], held, *after[1:]])


def flipped_bits(bench: Bench, plain: Spoken) -> None:
    """The same bit of each number of a field, field by field, in every second frame."""
    put(bench, plain, list(_flips(plain, Changer(plain))))


def _flips(plain: Spoken, changer: Changer) -> Iterator[tuple[int, bytes]]:
    todo = [(changer.at[field.name], bit) for bit in BITS for field in SENSORS if field.form == FLOAT]
    for one in plain.talk:
        row = changer.row(one.sent)
        if one.seq % 2 and todo:
            at, bit = todo.pop(0)
            row[at] = [_flipped(value, bit) for value in row[at]]
        yield one.seq, changer.written(one.seq, row)


def _flipped(value: float, bit: int) -> float:
    number = struct.unpack("<Q", struct.pack("<d", value))[0] ^ 1 << bit
    return float(struct.unpack("<d", struct.pack("<Q", number))[0])


def flipped_switches(bench: Bench, plain: Spoken) -> None:
    """All switches the other way round, in every third frame."""
    changer = Changer(plain)

    def turn(row: Row, at: dict[str, slice]) -> None:
        for field in SENSORS:
            if field.form == FLAG:
                row[at[field.name]] = [1.0 - value for value in row[at[field.name]]]

    frames = [changer.changed(one, turn) if one.seq % 3 == 2 else (one.seq, one.sent) for one in plain.talk[:SHORT]]
    put(bench, plain, frames)


def restart(bench: Bench, plain: Spoken) -> None:
    """The computer restarts in flight: `end`, the same `reset`, a gap, and seq and time continue."""
    half = SHORT // 2
    bench.begin(plain.course)
    for one in plain.talk[:half]:
        bench.ask(one.seq, one.sent)
    bench.end(why="restart")
    bench.begin(plain.course)
    for one in plain.talk[half + RESTART_FRAMES : SHORT + RESTART_FRAMES]:
        bench.ask(one.seq, one.sent)
    bench.end()
