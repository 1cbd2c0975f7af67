"""How kernels are compiled: one decorator, one set of flags, one cache folder that can never serve stale physics.

numba keys its disk cache by the file of the function alone, so an edit in a callee in another file is not seen. The
folder's name is therefore a digest of every source of the plant, whose tables kernels take constants from, and of the
versions and settings that make machine code: any edit starts an empty folder. Where the user's cache folder cannot be
written, a private one in the temporary directory takes its place; where none can, each process compiles for itself
and keeps nothing. numba's own other places, beside the sources and in its user-wide folder, know nothing of callees
and are never used. No fastmath (it may drop NaN checks and reorder sums).
"""

import contextlib
import hashlib
import importlib
import os
import platform
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import types
from numba.core.caching import FunctionCache
from numba.core.registry import CPUDispatcher
from numba.np import linalg

F = TypeVar("F", bound=Callable[..., object])
NJIT: Any = numba.njit  # its annotations leave out `_nrt`, and those of its settings the cache folder
SETTINGS: Any = numba.config
TYPES: Any = types
DISPATCHER: Any = CPUDispatcher
CODE_SETTINGS = (
    "BOUNDSCHECK", "CPU_FEATURES", "CPU_NAME", "DEBUGINFO_DEFAULT", "DISABLE_INTEL_SVML", "ENABLE_AVX",
    "EXTEND_VARIABLE_LIFETIMES", "LLVM_REFPRUNE_PASS", "LOOP_VECTORIZE", "OPT", "SLP_VECTORIZE",
)  # fmt: skip
"""Settings of numba that change machine code and that its own cache does not look at."""
SOURCES = Path(__file__).parent
PRIVATE = 0o700
TOLD = "HOVERSLAM_KERNELS_TOLD"
"""Environment variable that keeps the processes of a flight from saying the same again."""
LINALG: Any = linalg


def _load_tables() -> None:
    """What numba would load with the first kernel, but for scipy.linalg: a quarter of a second of every start.

    numba imports it to know whether there is a BLAS, which no kernel here calls; whoever does is asked again then.
    """
    asked, LINALG.ensure_blas = LINALG.ensure_blas, lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        LINALG.ensure_blas = asked


_load_tables()


def cache_root() -> Path | None:
    """The user's folder for compiled kernels, shared by all versions; None without an absolute path to one."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # as the XDG base directory specification has it
        base = Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111  Path.home() raises where there is none
    return base / "hoverslam" / "kernels" if base.is_absolute() else None


def private_root() -> Path | None:
    """A private folder of this user in the temporary directory; None if not possible or of another user."""
    try:
        folder = Path(tempfile.gettempdir()) / f"hoverslam-kernels-{os.getuid()}"
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == PRIVATE
    return folder if ours else None


def source_digest(sources: Path) -> str:
    """Sixteen hex digits that change with any source below the folder, numba, Python and what makes machine code."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*.py")):
        digest.update(str(path.relative_to(sources)).encode() + b"\0" + path.read_bytes())
    versions = (version("numba"), version("llvmlite"), version("numpy"), sys.version_info[:2])
    settings = [str(getattr(SETTINGS, name, None)) for name in CODE_SETTINGS]
    libm = (platform.libc_ver(), [os.environ.get(name) for name in ("GLIBC_TUNABLES", "LD_PRELOAD")])  # folds constants
    digest.update(repr((versions, settings, libm)).encode())
    return digest.hexdigest()[:16]


def keyed_folder(name: str) -> Path | None:
    """The first writable folder of this name, created if missing; None if none is writable."""
    for root in _roots():
        try:
            (root / name).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=root / name).close()
        except OSError:
            continue
        return root / name
    return None


def _roots() -> Iterator[Path]:
    for find in (cache_root, private_root):
        if (root := find()) is not None:
            yield root


def tell(text: str) -> None:
    """A line on standard error, if there is one, printed by only one process of a flight."""
    if TOLD in os.environ or sys.stderr is None:
        return
    os.environ[TOLD] = "1"
    try:
        sys.stderr.write(f"{text}\n")
    except (OSError, ValueError):
        return


PLANT = f"plant-{source_digest(SOURCES.parent)}"
"""Names the plant in results and its cache: another one, kernels or what is around them, has another name."""
CACHE = keyed_folder(PLANT)
if CACHE is None or CACHE.parent != cache_root():
    tell(
        f"kernels cannot be stored in {cache_root() or 'the home folder: there is none'}: "
        + (f"they are stored in {CACHE.parent}" if CACHE else "each process compiles them again, which takes minutes")
        + "; set XDG_CACHE_HOME to a writable folder"
    )


class KeyedCache(FunctionCache):
    """numba's cache in our folder. Where that fails on the way, compiling again is always right."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The stored compilation result; None if it is missing or unreadable."""
        kept: Any = super()  # numba is untyped
        try:
            return kept.load_overload(sig, target_context)
        except Exception:  # noqa: BLE001  a damaged file shows in many ways, all of them in other people's libraries
            with contextlib.suppress(OSError):
                kept.flush()  # an index that is damaged would take nothing new
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store it if there is disk space."""
        kept: Any = super()
        try:
            kept.save_overload(sig, data)
        except Exception as error:  # noqa: BLE001  a full disk, or an index that is damaged: both cost a compilation
            tell(f"compiled kernels are not stored: {error}; free disk space in {self.cache_path}, or empty it")


def _folder(function: Callable[..., object]) -> Path | None:
    """That of the plant; a caller elsewhere has one of its own, keyed by the sources around it too."""
    home = Path(function.__code__.co_filename).parent
    if CACHE is None or home.is_relative_to(SOURCES.parent):
        return CACHE
    return CACHE.with_name(f"{CACHE.name}-{source_digest(home)}")


def _keep(compiled: Any, function: Callable[..., object]) -> None:
    """Give a compiled function its place on disk, in place; none where it would be another than ours."""
    folder = _folder(function)
    if folder is None:
        return
    before = SETTINGS.CACHE_DIR, getattr(SETTINGS, "CACHE_LOCATOR_CLASSES", "")
    SETTINGS.CACHE_DIR, SETTINGS.CACHE_LOCATOR_CLASSES = str(folder), "UserProvidedCacheLocator"
    keyed: Any = KeyedCache
    try:
        kept = keyed(function)
    except (OSError, RuntimeError):  # numba found no place
        return
    finally:
        SETTINGS.CACHE_DIR, SETTINGS.CACHE_LOCATOR_CLASSES = before
    if Path(kept.cache_path).is_relative_to(folder):
        compiled._cache = kept


def _compiled(function: F, **more: bool) -> Any:
    """A function compiled with the house flags: once for all whole numbers, not for each that a caller writes out."""
    compiled: Any = NJIT(error_model="numpy", _nrt=False, no_cfunc_wrapper=True, **more)(function)
    if isinstance(compiled, DISPATCHER):  # not under NUMBA_DISABLE_JIT
        specialised, widened = compiled.get_call_template, TYPES.unliteral
        compiled.get_call_template = lambda args, named: specialised(
            [widened(one) for one in args], {name: widened(one) for name, one in named.items()}
        )
        _keep(compiled, function)
    return compiled


def kernel(function: F) -> F:
    """Compile a function with the house flags and keep its machine code in the keyed cache folder."""
    compiled: F = _compiled(function, forceinline=True)
    return compiled


def routine(function: F) -> F:
    """As `kernel`, but called and not inlined: for a long one that would be compiled for each of its callers."""
    compiled: F = _compiled(function)
    return compiled


def plain(function: F) -> F:
    """The uncompiled twin of a kernel, with or without NUMBA_DISABLE_JIT."""
    twin: F = getattr(function, "py_func", function)
    return twin


def is_kept(function: Callable[..., object]) -> bool:
    """Whether a kernel has been compiled before and kept on disk."""
    path = getattr(getattr(function, "stats", None), "cache_path", None)
    return path is not None and any(Path(path).glob(f"*.{function.__name__}-*.nbi"))


def are_warm() -> bool:
    """Whether the top kernels have been compiled before, on this machine, from exactly these sources."""
    return CACHE is not None and any(CACHE.glob("**/step.advance*.nbi"))
