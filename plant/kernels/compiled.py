"""How kernels are compiled: one decorator, one set of flags, one cache folder that can never serve stale physics.

numba keys its disk cache by the file of the function alone, so an edit in a callee in another file is not seen. The
folder's name is therefore a digest of every kernel source, the numba version and the bounds-check flag: any edit
starts an empty folder. No fastmath (it may drop NaN checks and reorder sums).
"""

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])
NJIT: Any = numba.njit  # its annotations leave out `_nrt`, and those of its settings the cache folder
SETTINGS: Any = numba.config
SOURCES = Path(__file__).parent


def cache_root() -> Path:
    """The user's folder for compiled kernels, shared by all versions."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hoverslam" / "kernels"


def source_digest(sources: Path) -> str:
    """Sixteen hex digits that change with any source file of the folder, numba, Python and the bounds-check flag."""
    digest = hashlib.sha256()
    for path in sorted(sources.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    flags = f"{version('numba')} {sys.version_info[:2]} boundscheck={os.environ.get('NUMBA_BOUNDSCHECK', '')}"
    digest.update(flags.encode())
    return digest.hexdigest()[:16]


CACHE = cache_root() / f"plant-{source_digest(SOURCES)}"


def kernel(function: F) -> F:
    """Compile a function with the house flags and keep its machine code in the keyed cache folder."""
    SETTINGS.CACHE_DIR = str(CACHE)  # read when the function is decorated, not when it runs
    compiled: F = NJIT(cache=True, error_model="numpy", _nrt=False, forceinline=True)(function)
    return compiled


def routine(function: F) -> F:
    """As `kernel`, but called and not inlined: for a long one that would be compiled for each of its callers."""
    SETTINGS.CACHE_DIR = str(CACHE)
    compiled: F = NJIT(cache=True, error_model="numpy", _nrt=False)(function)
    return compiled


def plain(function: F) -> F:
    """The uncompiled twin of a kernel, with or without NUMBA_DISABLE_JIT."""
    twin: F = getattr(function, "py_func", function)
    return twin


def are_warm() -> bool:
    """Whether the top kernels have been compiled before, on this machine, from exactly these sources."""
    return any(CACHE.glob("**/step.advance*.nbi"))
