"""Our monitor and RTAMT agree: on every formula that ships, and on random ones. Not collected on Python 3.13
(conftest.py), for which there is no RTAMT; there the definition is the oracle, as in `test_shipped`.

RTAMT's discrete bounded until takes time with the square of the window, so there the slow twin alone is the oracle
(`test_monitor`); no shipped formula has one.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoverslam.harness.stl.formula import Formula, Until, nodes
from hoverslam.harness.stl.monitor import evaluate
from hoverslam.harness.stl.parser import Vocabulary, parse
from tests.harness.stl import rtamt_oracle
from tests.harness.stl.test_shipped import CASES, near_the_limits
from tests.harness.stl.traces import VOCABULARY, ArrayTrace, formulas, traces

RTAMT_LEAST = 2
"""Frames: on a trace of one RTAMT raises UnboundLocalError."""
LONGER_THAN_WINDOWS = 14
"""Frames: where a window is longer than the trace, RTAMT lengthens the signal itself, for all who read it after."""


@settings(max_examples=12)
@pytest.mark.parametrize(("formula", "unit"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@given(data=st.data())
def test_on_shipped_formulas_ours_and_rtamt_agree(formula: Formula, unit: str | None, data: st.DataObject) -> None:
    trace = data.draw(near_the_limits(formula, data.draw(st.integers(RTAMT_LEAST, 25), label="rows")))
    ours = float(evaluate(formula, trace, unit).robustness[0])
    assert ours == rtamt_oracle.robustness(formula, trace, unit)


@settings(max_examples=300)
@given(text=formulas(bounded_until=False), trace=traces(longest=30, shortest=LONGER_THAN_WINDOWS))
def test_on_random_formulas_ours_and_rtamt_agree(text: str, trace: ArrayTrace) -> None:
    formula = parse(text, VOCABULARY)
    assert float(evaluate(formula, trace).robustness[0]) == rtamt_oracle.robustness(formula, trace)


@settings(max_examples=100)
@given(
    text=formulas(bounded_until=False),
    trace=traces(longest=20, shortest=LONGER_THAN_WINDOWS),
    unit=st.sampled_from(["m", "deg"]),
)
def test_where_one_unit_measures_rtamt_calls_the_other_signals_inputs(text: str, trace: ArrayTrace, unit: str) -> None:
    formula = parse(text, VOCABULARY)
    ours = float(evaluate(formula, trace, unit).robustness[0])
    assert ours == rtamt_oracle.robustness(formula, trace, unit)


@settings(max_examples=30)
@given(
    trace=traces(longest=8, shortest=RTAMT_LEAST),
    begin=st.integers(0, 4),
    width=st.integers(0, 4),
    word=st.sampled_from(["until", "since"]),
)
def test_on_a_short_trace_rtamt_agrees_on_bounded_until_too(
    trace: ArrayTrace, begin: int, width: int, word: str
) -> None:
    window = f"[{0.01 * begin:.2f}:{0.01 * (begin + width):.2f}]"
    formula = parse(f"(a >= 0) {word}{window} (b >= 1)", VOCABULARY)
    assert float(evaluate(formula, trace).robustness[0]) == rtamt_oracle.robustness(formula, trace)


def test_no_shipped_formula_has_a_bounded_until() -> None:
    assert [name for name, tree, _ in CASES if any(isinstance(n, Until) and n.window for n in nodes(tree))] == []


def test_the_oracle_can_disagree() -> None:
    """RTAMT reads a - b + c as a - (b + c); so the text of a formula has parentheses where it matters."""
    vocabulary = Vocabulary({"a": "m", "b": "m"}, frozenset())
    trace = ArrayTrace({"a": np.array([1.0, 1.0]), "b": np.array([5.0, 5.0])}, {}, 2)
    formula = parse("a - b + 1 <= 2", vocabulary)
    assert rtamt_oracle.of_text("a - b + 1 <= 2", trace) == 7.0
    assert str(formula) == "(a - b) + 1 <= 2"
    assert float(evaluate(formula, trace).robustness[0]) == rtamt_oracle.robustness(formula, trace) == 5.0
