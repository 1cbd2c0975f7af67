"""Where a flight was flown. Oracle: processes whose C library, BLAS or compiler chooses otherwise by a variable."""

import json
import os
import subprocess
import sys
from pathlib import Path

from hoverslam.harness.record.fingerprint import differences, environment_fingerprint

DEADLINE_S = 120.0  # an interpreter, numpy, numba and one small kernel on a loaded machine
TELL = (
    "import json; from hoverslam.harness.record.fingerprint import environment_fingerprint as f; print(json.dumps(f()))"
)
LIBM = "glibc.cpu.hwcaps=-AVX2,-FMA"


def elsewhere(**variables: str) -> dict[str, str]:
    """The fingerprint of another process with these variables set."""
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_another_process_in_the_same_place_has_the_same_fingerprint() -> None:
    assert differences(environment_fingerprint(), elsewhere()) == []


def test_libraries_that_compute_are_named_with_their_versions() -> None:
    assert environment_fingerprint().keys() >= {"numpy", "scipy", "numba", "llvmlite", "clarabel", "msgpack", "libc"}


def test_a_c_library_that_chooses_other_variants_shows_in_results_and_variables() -> None:
    here, there = environment_fingerprint(), elsewhere(GLIBC_TUNABLES=LIBM)
    changed = {name for name in here if here[name] != there[name]}
    assert "variables" in changed
    cpu = Path("/proc/cpuinfo")
    if cpu.exists() and " avx2 " in cpu.read_text():  # glibc on a processor that leaves it a choice
        assert {"results_of_libm", "results_of_kernels"} <= changed


def test_another_kernel_of_openblas_is_named_and_shows_in_its_results() -> None:
    here, there = environment_fingerprint(), elsewhere(OPENBLAS_CORETYPE="Nehalem")
    told = differences(here, there)
    assert any(line.startswith("variables: ") and "OPENBLAS_CORETYPE=Nehalem" in line for line in told)
    if here["blas_kernel"] not in ("Nehalem", "unknown"):
        assert there["blas_kernel"] == "Nehalem"
        assert here["results_of_blas"] != there["results_of_blas"]


def test_a_compiler_for_another_processor_is_named() -> None:
    here, there = environment_fingerprint(), elsewhere(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert there["compiled_for"] == "generic"
    assert here["compiled_features_hash"] != there["compiled_features_hash"]


def test_a_variable_that_only_moves_a_cache_is_no_difference() -> None:
    assert "variables" not in {
        name for name, value in elsewhere(NUMBA_CACHE_DIR="/tmp", NUMBA_NUM_THREADS="1").items()
        if value != environment_fingerprint()[name]
    }  # fmt: skip


def test_what_one_of_two_fingerprints_does_not_know_is_a_difference() -> None:
    assert differences({"numpy": "1"}, {"numpy": "1", "scipy": "2"}) == ["scipy: unknown at the flight, 2 now"]
    assert differences({"numpy": "1"}, {"numpy": "2"}) == ["numpy: 1 at the flight, 2 now"]
