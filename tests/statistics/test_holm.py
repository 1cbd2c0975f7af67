"""Holm's procedure. Oracles: a worked example, Bonferroni, closed testing done the slow way."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.statistics.holm import holm


def test_a_worked_example() -> None:
    """p.adjust(c(0.01, 0.02, 0.03, 0.04), "holm") in R gives 0.04, 0.06, 0.06, 0.06."""
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.1, 5.0)), min_size=1, max_size=5), st.floats(0.01, 0.2))
def test_claims_are_those_of_closed_testing_with_weighted_bonferroni(
    questions: list[tuple[float, float]], level: float
) -> None:
    """Slow twin: a claim stands where every set of questions with it in has a member with p <= level x its weight."""
    p, w = (np.array(column) for column in zip(*questions, strict=True))
    every = [s for size in range(1, len(p) + 1) for s in combinations(range(len(p)), size)]
    refused = {s: any(p[k] * w[list(s)].sum() <= level * w[k] for k in s) for s in every}
    slow = [all(refused[s] for s in every if k in s) for k in range(len(p))]
    assert [bool(claim) for claim in holm(p.tolist(), w.tolist()) <= level] == slow
