"""Types of arrays, and questions to boolean ones, shared by everything that reads a flight."""

import numpy as np

from hoverslam.harness.arrays import BoolArray, IntArray


def first(mask: BoolArray) -> int | None:
    """Index of the first true element."""
    index = int(mask.argmax()) if mask.size else 0
    return index if mask.size and mask[index] else None


def any_of(mask: BoolArray) -> BoolArray:
    """Whether any column of a row is true, for each row."""
    return np.asarray(mask.any(axis=1), dtype=np.bool_)


def rising_edges(mask: BoolArray) -> IntArray:
    """Indices at which a mask turns true, its first element included."""
    return np.flatnonzero(mask & ~np.concatenate(([False], mask[:-1])))
