"""Environment of a flight: what bit-equality depends on besides scenario, seed and flight program.

Versions and names first, then what no name tells: digests of results of the functions that a flight calls. A library, a
variant or a setting that nobody thought of shows there.
"""

import ctypes
import hashlib
import importlib.metadata
import math
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite", "clarabel", "msgpack")
VARIABLES = (
    "GLIBC_TUNABLES", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_BIND_NOW", "NPY_", "OPENBLAS_", "OMP_", "MKL_", "BLIS_",
    "VECLIB_", "NUMBA_", "PYTHONHASHSEED",
)  # fmt: skip
"""Names, or beginnings of names, of environment variables that can change a bit, here or in the flight program."""
HARMLESS = ("NUMBA_CACHE_DIR", "NUMBA_DEBUG_CACHE", "NUMBA_NUM_THREADS", "LD_BIND_NOW")
CORE_NAMES = ("scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename")
ARGUMENTS = 20.0 * np.modf(0.6180339887498949 * np.arange(1, 4097))[0]  # spread evenly, none repeated


def environment_fingerprint() -> dict[str, str]:
    """CPU, system, C library, versions, chosen variants, environment variables, and digests of results."""
    cpu = _cpu()
    return {
        "cpu_model": cpu.get("model name", platform.processor() or platform.machine()),
        "cpu_flags_hash": _digest(" ".join(sorted(cpu.get("flags", "").split())).encode()),
        "machine": platform.machine(),
        "system": platform.system(),
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        **{name: _version(name) for name in LIBRARIES},
        **_compiler(),
        "blas_kernel": _blas_kernel(),
        "variables": _variables(),
        "results_of_libm": _digest(_libm_results()),
        "results_of_kernels": _digest(_kernel_results()),
        "results_of_numpy": _digest(_numpy_results()),
        "results_of_blas": _digest(_blas_results()),
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _variables() -> str:
    """Those that are set, as the flight program gets them; a name that begins so is one of them."""
    found = sorted(name for name in os.environ if name.startswith(VARIABLES) and name not in HARMLESS)
    return " ".join(f"{name}={os.environ[name]}" for name in found) or "none"


def _compiler() -> dict[str, str]:
    """What the kernels are compiled for."""
    import llvmlite.binding as llvm  # type: ignore[import-untyped]  # no stubs are published
    import numba

    config: Any = numba.config
    features = config.CPU_FEATURES if config.CPU_FEATURES is not None else llvm.get_host_cpu_features().flatten()
    name = str(config.CPU_NAME or llvm.get_host_cpu_name())
    return {"compiled_for": name, "compiled_features_hash": _digest(str(features).encode())}


def _blas_kernel() -> str:
    """The kernel that numpy's OpenBLAS has chosen for this processor."""
    for path in (Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*"):
        library = ctypes.CDLL(str(path))
        for name in CORE_NAMES:
            if hasattr(library, name):
                tell: Any = getattr(library, name)
                tell.restype = ctypes.c_char_p
                return bytes(tell()).decode(errors="replace")
    return "unknown"


def _libm_results() -> bytes:
    """Through Python, as the preparation of a flight and a program in Python call them; the last is subnormal."""
    functions = (math.exp, math.log, math.sin, math.cos, math.tan, math.cbrt)
    values = [function(x) for function in functions for x in ARGUMENTS.tolist()]
    return np.array([*values, *(x**1.4 for x in ARGUMENTS.tolist()), 1e-310 * 0.3]).tobytes()


def _kernel_results() -> bytes:
    from hoverslam.harness.probe import FUNCTIONS, probe

    out = np.zeros((len(ARGUMENTS), FUNCTIONS))
    probe(ARGUMENTS, out)
    return out.tobytes()


def _numpy_results() -> bytes:
    """numpy has variants of its own, chosen by the processor: of functions, and of the order of a sum."""
    functions = (np.exp, np.log, np.sin, np.cos, np.tan, np.arctan, np.sqrt, np.cbrt)
    sums = [np.sum(ARGUMENTS[:n]) for n in range(1, 200)]
    return b"".join([*(function(ARGUMENTS).tobytes() for function in functions), np.array(sums).tobytes()])


def _blas_results() -> bytes:
    """Products and solutions of matrices of the sizes that a flight and its judgement use."""
    results = []
    for n in (3, 6, 9, 15, 24, 64):
        a = ARGUMENTS[: n * n].reshape(n, n)
        spread = a @ a.T + n * np.eye(n)
        results += [a @ a, a @ a[0], np.linalg.cholesky(spread), np.linalg.solve(spread, a[0]), np.linalg.inv(spread)]
    return b"".join(result.tobytes() for result in results)


def differences(then: dict[str, str], now: dict[str, str]) -> list[str]:
    """What is different between two fingerprints, in words."""
    return [
        f"{name}: {then.get(name, 'unknown')} at the flight, {now.get(name, 'unknown')} now"
        for name in dict.fromkeys([*then, *now])
        if then.get(name) != now.get(name)
    ]


def _cpu() -> dict[str, str]:
    """The first processor of /proc/cpuinfo; empty where there is none."""
    try:
        text = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n", maxsplit=1)[0].splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
