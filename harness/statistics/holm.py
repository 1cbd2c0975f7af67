"""Several questions, one rate of error: Holm, Scandinavian Journal of Statistics 6 (1979) 65, weights included.

The chance of a single false claim among all is at most the level, whatever the dependence between the questions.
"""

from collections.abc import Sequence

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray


def holm(p_values: Sequence[float] | FloatArray, weights: Sequence[float] | None = None) -> FloatArray:
    """Adjusted p-values, in the order given: a claim is made where its one is at or below the level.

    `weights` (positive) share the level out unequally; a question of more weight needs less evidence.
    """
    p = np.asarray(p_values, dtype=np.float64)
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(p / w, kind="stable")
    left = np.cumsum(w[order][::-1])[::-1]  # weight of the questions not yet answered
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] / w[order] * left))
    return adjusted
