"""What numba loads for our kernels, and that a kernel of somebody else with a BLAS works beside them.

Oracle: `sys.modules` of a fresh process, and the product of two vectors by hand.
"""

import subprocess
import sys

import pytest

DEADLINE_S = 120.0  # an interpreter, numba and two small kernels on a loaded machine
PLANT = "from hoverslam.plant.kernels.effectors.actuators import clip\nassert clip(2.0, 0.0, 1.0) == 1.0"
FLIGHT_SOFTWARE = "from hoverslam.gnc.rotation import inner\nassert inner((1.0, 2.0, 3.0), (1.0, 1.0, 1.0)) == 6.0"
BESIDE = """
import sys
print("scipy.linalg" in sys.modules)
import numba, numpy as np
of = numba.njit(lambda a, b: np.dot(a, b))
print(of(np.arange(3.0), np.arange(3.0)), "scipy.linalg" in sys.modules)
"""


@pytest.mark.parametrize("kernel", [PLANT, FLIGHT_SOFTWARE], ids=["plant", "flight software"])
def test_kernels_run_without_the_linear_algebra_of_scipy_and_who_calls_it_gets_it(kernel: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", kernel + BESIDE],
        capture_output=True, text=True, timeout=DEADLINE_S, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "5.0", "True"]
