"""Parameter tables as one flat record, because numba takes a one-element structured array in half a microsecond and a
tree of NamedTuples in thirty.

Tables are padded to one fixed capacity, so vehicles with other tables share the same machine code: grids with infinity
and values with their last entry, which leaves every interpolation unchanged. Of each thing that a stage has, engines or
legs, there are `ROWS` at most; the state has room for them (`plant.kernels.step.fitted`).
"""

from typing import Any, get_type_hints

import numpy as np

from hoverslam.plant.kernels.aero import Grid

ROWS = 32
COLUMNS = 16
# numba finds the compiled version fast only for the very dtype object that it has seen
_KINDS: dict[np.dtype, np.dtype] = {}


def _capacity(name: str, array: np.ndarray) -> tuple[int, ...]:
    if array.ndim == 1:
        rows: tuple[int, ...] = (max(ROWS, array.shape[0]) if array.shape[0] > COLUMNS * 8 else ROWS,)
    else:
        rows = (ROWS, array.shape[1] if array.shape[1] <= 3 else COLUMNS)
    if any(have > room for have, room in zip(array.shape, rows, strict=True)):
        raise ValueError(f"{name} has {array.shape} entries; at most {rows} are possible; use a coarser table")
    return rows


def padded(name: str, array: np.ndarray, grid: bool) -> np.ndarray:
    """The table at its full capacity."""
    widths = [(0, room - have) for have, room in zip(array.shape, _capacity(name, array), strict=True)]
    if grid:
        return np.pad(array, widths, constant_values=np.inf)
    return np.pad(array, widths, mode="edge")


def _entry(name: str, value: Any, hint: Any, pad: bool) -> tuple[Any, Any]:
    """The numpy type and the value of one field."""
    if isinstance(value, np.ndarray):
        table = padded(name, value, hint is Grid) if pad else value
        return (table.dtype, table.shape), table
    if hasattr(value, "_fields"):
        return _describe(value, pad)
    if isinstance(value, tuple):
        return (np.float64, (len(value),)), value
    return (np.int64 if isinstance(value, (int, np.integer)) else np.float64), value


def _describe(params: Any, pad: bool) -> tuple[np.dtype, tuple[Any, ...]]:
    hints = get_type_hints(type(params), include_extras=True)
    entries = [_entry(name, getattr(params, name), hints.get(name), pad) for name in params._fields]
    kinds = [kind if isinstance(kind, tuple) else (kind,) for kind, _ in entries]
    return np.dtype([(name, *kind) for name, kind in zip(params._fields, kinds)]), tuple(value for _, value in entries)


def as_record(params: Any, pad: bool = True) -> np.ndarray:
    """A one-element structured array with the fields of a NamedTuple, nested ones nested; read as `record[0].field`.

    State is not padded: whoever builds it gives its arrays their room.
    """
    kind, values = _describe(params, pad)
    record = np.zeros(1, dtype=_KINDS.setdefault(kind, kind))
    record[0] = values
    return record
