"""One command out of those of several flight programs (strings): pure functions of the rows that they answered.

A vote is taken element by element. Mid value: the median; of an even number of values the mean of the two in the
middle, which is that value itself where they are equal. Majority: the value that most strings give; of equal counts
that of the lowest-numbered string. Where all strings answer the same, the vote is that, bit for bit.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.wire.contract import ACTUATORS, places
from hoverslam.plant.layout import VehicleShape
from hoverslam.scenarios.strings import MAJORITY

MOST = sys.float_info.max


def mid_value(values: Sequence[float]) -> float:
    """The median; no sum of two numbers leaves the range of floats."""
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low == high else 0.5 * low + 0.5 * high


def majority(values: Sequence[float]) -> float:
    """The most frequent value, the first of those that are equally frequent."""
    return Counter(values).most_common(1)[0][0]  # equal counts stand in the order of their first occurrence


def apart(row: FloatArray, other: FloatArray) -> FloatArray:
    """How far two rows are apart, element by element, and finite: a flipped bit makes huge numbers."""
    with np.errstate(over="ignore"):
        return np.minimum(np.abs(row - other), MOST)


class Voter:
    """The vote on one vehicle."""

    def __init__(self, methods: Mapping[str, str], tolerances: Mapping[str, float], shape: VehicleShape) -> None:
        """Both by field of the actuators; a field without a method, or without a tolerance, is a switch."""
        self.places = places(ACTUATORS, shape)
        self._limits = np.zeros(max(place.stop for place in self.places.values()))
        self._by_majority = np.zeros(len(self._limits), dtype=bool)
        for name, place in self.places.items():
            self._limits[place] = tolerances.get(name, 0.0)
            self._by_majority[place] = methods.get(name, MAJORITY) == MAJORITY

    def vote(self, rows: Sequence[FloatArray]) -> FloatArray:
        """The command of these rows, which are in the order of their strings; there is one at least."""
        first = rows[0]
        if all(row.tobytes() == first.tobytes() for row in rows[1:]):
            return first
        columns = zip(self._by_majority.tolist(), *(row.tolist() for row in rows), strict=True)
        return np.array([(majority if counted else mid_value)(values) for counted, *values in columns])

    def agrees(self, row: FloatArray, voted: FloatArray) -> bool:
        """Whether no element is further from the vote than its tolerance."""
        return bool((apart(row, voted) <= self._limits).all())

    def by_field(self, differences: FloatArray) -> dict[str, float]:
        """The largest in each field, where there is one; of switches 1."""
        found = {name: float(differences[place].max(initial=0.0)) for name, place in self.places.items()}
        return {name: value for name, value in found.items() if value > 0.0}
