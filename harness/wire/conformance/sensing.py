"""Measurements that fail: NaN of a dead unit, no fix, no echo. Commands stay finite, and the program goes on."""

import math
from collections.abc import Sequence

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import Changer, Edit, Row, Spoken, put
from hoverslam.harness.wire.contract import FLOAT, SENSORS, Field

BEFORE, DURING, AFTER = 10, 30, 10
"""Frames of such a flight: sound ones, those with the fault, and sound ones again."""
MEASURED = tuple(field for field in SENSORS if field.form == FLOAT)
"""Fields that a dead unit reports as NaN."""


def nan_of(fields: Sequence[Field]) -> Edit:
    """The edit that makes fields NaN, as a whole; what is nil in the frame is there then."""

    def dead(row: Row, at: dict[str, slice]) -> None:
        for field in fields:
            if field.flag:
                row[at[field.flag]] = [1.0]
            row[at[field.name]] = [math.nan] * len(row[at[field.name]])

    return dead


def missing_of(flag: str) -> Edit:
    """The edit that makes a measurement nil."""

    def gone(row: Row, at: dict[str, slice]) -> None:
        row[at[flag]] = [0.0]

    return gone


def with_fault(bench: Bench, plain: Spoken, edit: Edit) -> None:
    """A flight in which a measurement fails for a while."""
    changer = Changer(plain)
    put(
        bench,
        plain,
        [
            changer.changed(one, edit) if BEFORE <= one.seq < BEFORE + DURING else (one.seq, one.sent)
            for one in plain.talk[: BEFORE + DURING + AFTER]
        ],
    )


def no_fix(bench: Bench, plain: Spoken) -> None:
    """gnss is nil from the first frame on."""
    _without(bench, plain, "gnss_new")


def no_echo(bench: Bench, plain: Spoken) -> None:
    """radar_range_m is nil from the first frame on."""
    _without(bench, plain, "radar_valid")


def _without(bench: Bench, plain: Spoken, flag: str) -> None:
    changer, gone = Changer(plain), missing_of(flag)
    put(bench, plain, [changer.changed(one, gone) for one in plain.talk])


def echo_comes_and_goes(bench: Bench, plain: Spoken) -> None:
    """The true distance to the ground, for ten frames of twenty."""
    changer, frames = Changer(plain), []
    for one, ground_m in zip(plain.talk, plain.ground_m, strict=True):
        row = changer.row(one.sent)
        row[changer.at["radar_valid"]] = [float(one.seq % 20 >= 10)]
        row[changer.at["radar_range_m"]] = [ground_m]
        frames.append((one.seq, changer.written(one.seq, row)))
    put(bench, plain, frames)
