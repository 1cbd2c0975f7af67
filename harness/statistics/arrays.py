"""The shapes that the statistics take and give: arrays of one number a flight, NaN where a flight has none."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def numbers(values: Any) -> FloatArray:
    """One number a flight, shape (n,); None becomes NaN. Raises ValueError for another shape."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"one number a flight is wanted, shape (n,); got shape {array.shape}")
    return array


def finite_or_none(value: float) -> float | None:
    """For JSON: what is not finite becomes None."""
    return float(value) if np.isfinite(value) else None


def check_share(name: str, value: float) -> float:
    """The value, if it lies strictly between 0 and 1; ValueError otherwise."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} = {value!r}: must lie between 0 and 1; 95 % is 0.95")
    return float(value)
