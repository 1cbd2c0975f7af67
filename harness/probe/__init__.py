"""What the functions that kernels call give on this machine, which bit-equality of flights depends on.

The C library chooses a variant of each by the processor and by GLIBC_TUNABLES; most results are correctly rounded, so
that two variants differ in one of a thousand.
"""

import math

import numpy as np

from hoverslam.plant.kernels.compiled import kernel

FUNCTIONS = 8


@kernel
def probe(arguments: np.ndarray, out: np.ndarray) -> None:
    """Results of each function for every argument, which is between 0 and 20, in place; out is (n, FUNCTIONS)."""
    for i in range(arguments.shape[0]):
        x = arguments[i]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = math.exp(x), math.log(x), math.sin(x), math.cos(x)
        out[i, 4], out[i, 5] = x**1.4, math.atan2(x, 3.7)
        out[i, 6], out[i, 7] = math.acos(x / 21.0), x * 1e-310 * 0.3  # the last is below the normal numbers
