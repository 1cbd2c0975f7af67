"""How the flight software's numba kernels are compiled and handed their tables.

A twin of the plant's decorator on purpose: the two programs share no code but the wire. The cache folder is keyed by
every source file here, because numba's own key misses an edit in a callee in another file.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., object])
NJIT: Any = numba.njit  # its annotations leave out `_nrt`, and those of its settings the cache folder
SETTINGS: Any = numba.config
SOURCES = Path(__file__).parent


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCES.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    flags = f"{version('numba')} {sys.version_info[:2]} boundscheck={os.environ.get('NUMBA_BOUNDSCHECK', '')}"
    digest.update(flags.encode())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hoverslam" / "kernels"


CACHE = _cache_root() / f"gnc-{_digest()}"


def kernel(function: F) -> F:
    """Compile a function with the flight software's flags and keep its machine code in the keyed cache folder."""
    SETTINGS.CACHE_DIR = str(CACHE)  # read when the function is decorated, not when it runs
    compiled: F = NJIT(cache=True, error_model="numpy", _nrt=False, forceinline=True)(function)
    return compiled


def are_warm() -> bool:
    """Whether the frame step has been compiled before, on this machine, from exactly these sources."""
    return any(CACHE.glob("**/step.step_frame*.nbi"))


def _describe(table: Any) -> tuple[np.dtype, tuple[Any, ...]]:
    kinds: list[tuple[Any, ...]] = []
    values: list[Any] = []
    for name, value in zip(table._fields, table, strict=True):
        if isinstance(value, np.ndarray):
            kinds.append((name, value.dtype, value.shape))
        elif hasattr(value, "_fields"):
            kind, inside = _describe(value)
            kinds.append((name, kind))
            values.append(inside)
            continue
        elif isinstance(value, tuple):
            kinds.append((name, np.float64, (len(value),)))
        else:
            kinds.append((name, np.int64 if isinstance(value, int) else np.float64))
        values.append(value)
    return np.dtype(kinds), tuple(values)


# numba finds the compiled version fast only for the very dtype object that it has seen
_KINDS: dict[np.dtype, np.dtype] = {}


def as_record(table: Any) -> np.ndarray:
    """A one-element structured array with the fields of a NamedTuple, nested ones nested; read as `record[0].x`."""
    kind, values = _describe(table)
    record = np.zeros(1, dtype=_KINDS.setdefault(kind, kind))
    record[0] = values
    return record
