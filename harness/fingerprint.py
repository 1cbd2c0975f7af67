"""Where a flight was flown: what bit-equality depends on besides scenario, seed and flight program."""

import hashlib
import importlib.metadata
import platform
import sys
from pathlib import Path

LIBRARIES = ("numpy", "numba", "llvmlite")


def environment_fingerprint() -> dict[str, str]:
    """CPU model and a hash of its features, system, C library, and the versions that decide a bit."""
    cpu = _cpu()
    return {
        "cpu_model": cpu.get("model name", platform.processor() or platform.machine()),
        "cpu_flags_hash": hashlib.sha256(" ".join(sorted(cpu.get("flags", "").split())).encode()).hexdigest()[:16],
        "machine": platform.machine(),
        "system": platform.system(),
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        **{name: _version(name) for name in LIBRARIES},
    }


def differences(then: dict[str, str], now: dict[str, str]) -> list[str]:
    """What is different between two fingerprints, in words."""
    return [
        f"{name}: {then.get(name, 'unknown')} then, {now.get(name, 'unknown')} now"
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
