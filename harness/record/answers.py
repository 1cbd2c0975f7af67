"""Answers of a flight program compared with recorded ones, number by number and field by field.

A number may differ by an absolute tolerance plus a relative one of the larger of the two; what is true or false may
not differ at all.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.record.delivered import Delivered
from hoverslam.harness.record.difference import Difference
from hoverslam.harness.record.tolerance import FieldDeviation, Tolerance, apart_and_beyond, number_deviation
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, places
from hoverslam.plant.layout import VehicleShape


class Answers(NamedTuple):
    """Rows of two programs for the same messages, and the frame of each message."""

    frames: Sequence[int]
    recorded: FloatArray
    now: FloatArray

    @classmethod
    def of(cls, given: Sequence[Delivered], rows: FloatArray) -> "Answers":
        """As many as both have: the program may be lost in either."""
        both = [one for one, _ in zip(given, rows, strict=False) if one.row is not None]
        recorded = np.array([one.row for one in both], dtype=np.float64).reshape(len(both), rows.shape[1])
        return cls([one.frame for one in both], recorded, rows[: len(both)])


def tolerable_fields(shape: VehicleShape) -> set[str]:
    """Names that a tolerance may have: `throttle` and `throttle[2]`."""
    fields = [field for field in ACTUATORS if field.form != FLAG]
    return {
        name for field in fields for name in (field.name, *(f"{field.name}[{i}]" for i in range(field.width(shape))))
    }


def answer_deviations(shape: VehicleShape, answers: Answers, allowed: Tolerance) -> list[FieldDeviation]:
    """Fields that differ in any bit, each by its element that differs most; those beyond their tolerance first."""
    worst: dict[str, FieldDeviation] = {}
    for field, element, a, b, tolerance in _numbers(shape, answers, allowed):
        if a.tobytes() != b.tobytes():
            found = number_deviation(element, answers.frames, a, b, tolerance)
            worst[field] = max(worst.get(field, found), found, key=_size)
    return sorted(worst.values(), key=lambda one: one.within)


def _size(one: FieldDeviation) -> tuple[bool, float]:
    return not one.within, np.inf if one.difference is None else one.difference


def first_beyond(shape: VehicleShape, answers: Answers, allowed: Tolerance) -> Difference | None:
    """The first number that is beyond its tolerance, in the order of messages and then of fields."""
    first: tuple[int, Difference] | None = None
    for _, element, a, b, tolerance in _numbers(shape, answers, allowed):
        found: BoolArray = apart_and_beyond(element, a, b, tolerance)[1]
        at = int(np.argmax(found)) if found.any() else len(found)
        if at < (len(found) if first is None else first[0]):
            first = at, Difference(answers.frames[at], element, float(a[at]), float(b[at]))
    return None if first is None else first[1]


def _numbers(
    shape: VehicleShape, answers: Answers, allowed: Tolerance
) -> Iterator[tuple[str, str, FloatArray, FloatArray, Tolerance]]:
    """Each number of the row: its field, its name, both series, and what it may differ by."""
    at = places(ACTUATORS, shape)
    for field in ACTUATORS:
        tolerance = Tolerance() if field.form == FLAG else allowed
        for place, column in enumerate(range(at[field.name].start, at[field.name].stop)):
            element = f"{field.name}[{place}]" if field.is_list else field.name
            yield field.name, element, answers.recorded[:, column], answers.now[:, column], tolerance
