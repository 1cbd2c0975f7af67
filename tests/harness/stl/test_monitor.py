"""Our monitor against the definition, written down a second time without arrays, and on cases worked out by hand."""

import math
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hoverslam.harness.stl.deciding import decide, stated
from hoverslam.harness.stl.formula import Number, Predicate
from hoverslam.harness.stl.monitor import MonitorError, evaluate
from hoverslam.harness.stl.parser import parse
from hoverslam.harness.stl.windows import until, window_max, window_min
from tests.harness.stl import slow_twin
from tests.harness.stl.traces import VOCABULARY, ArrayTrace, formulas, traces

UNITS = st.sampled_from([None, "m", "deg"])


@settings(max_examples=400)
@given(text=formulas(), trace=traces(longest=12), unit=UNITS)
@example("(a >= 0) until[0.02:0.05] (b >= 1)", ArrayTrace({"a": np.zeros(9), "b": np.ones(9)}, {}, 9), None)
def test_robustness_is_that_of_the_definition(text: str, trace: ArrayTrace, unit: str | None) -> None:
    formula = parse(text, VOCABULARY)
    assert float(evaluate(formula, trace, unit).robustness[0]) == slow_twin.robustness(formula, trace, 0, unit)


@settings(max_examples=400)
@given(text=formulas(), trace=traces(longest=12), unit=UNITS)
def test_the_predicate_that_decided_has_the_robustness_of_the_formula(
    text: str, trace: ArrayTrace, unit: str | None
) -> None:
    """Where it is finite; it is in the unit asked for, and the limit read from it gives the same margin."""
    found = evaluate(parse(text, VOCABULARY), trace, unit)
    decision = decide(found)
    if decision is None:
        assert math.isinf(found.robustness[0])
        return
    distance = slow_twin.distance(decision.predicate, trace, decision.row, None)
    assert (-distance if decision.negated else distance) == found.robustness[0]
    assert unit in {None, decision.predicate.unit}
    said = stated(decision.predicate, decision.negated)
    left, right = (
        slow_twin.number(x, trace, decision.row) for x in (decision.predicate.left, decision.predicate.right)
    )
    value, limit = (left, right) if said.on_left else (right, left)
    assert said.limit in {None, limit}
    assert (limit - value if said.comparison[0] == "<" else value - limit) == found.robustness[0]


@given(text=formulas(), trace=traces(longest=12))
def test_a_negation_is_as_far_from_true_as_the_formula_from_false(text: str, trace: ArrayTrace) -> None:
    found = evaluate(parse(text, VOCABULARY), trace).robustness[0]
    assert evaluate(parse(f"not({text})", VOCABULARY), trace).robustness[0] == -found


@given(trace=traces(), begin=st.integers(0, 50), width=st.none() | st.integers(0, 60))
def test_sliding_windows_are_cut_off_at_the_end(trace: ArrayTrace, begin: int, width: int | None) -> None:
    a = trace.signals["a"]
    end = None if width is None else begin + width
    for i in range(trace.rows):
        inside = a[i + begin :] if end is None else a[i + begin : i + end + 1]
        assert window_max(a, begin, end)[i] == max(inside, default=-math.inf)
        assert window_min(a, begin, end)[i] == min(inside, default=math.inf)


def test_a_bounded_until_over_a_whole_flight_costs_milliseconds() -> None:
    """10,000 frames and windows of 2,000 in a quarter of a second: no pair of frames is looked at."""
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, 10_000))
    began = time.process_time()
    until(left, right, 500, 2_500)
    assert time.process_time() - began < 0.25


def trace_of(**signals: list[float]) -> ArrayTrace:
    arrays = {name: np.array(values) for name, values in signals.items()}
    rows = len(next(iter(arrays.values())))
    return ArrayTrace(arrays, {"early": np.arange(rows) < 2, "late": np.arange(rows) >= 2}, rows)


BY_HAND = [
    # unit if several, formula, robustness, frame that decides; a = 3 1 4 1 5, b = 0 0 2 0 0, c = 10 20 30 40 50
    ("always(a <= 4.5)", -0.5, 4),
    ("always(early implies a <= 4.5)", 1.5, 0),
    ("eventually[0:0.02](a >= 4)", 0.0, 2),
    ("always[0.01:0.02](a >= 0)", 1.0, 1),
    ("eventually[0.09:0.1](a >= 4)", -math.inf, None),
    ("always[0.09:0.1](a >= 4)", math.inf, None),
    ("(a >= 1) until (b >= 1)", 0.0, 1),
    ("(a >= 0) until[0.03:0.04] (b >= 1)", -1.0, 3),
    ("always(rise(b > 1) implies c >= 25)", 1.0, 0),  # b is 1 m short of rising: in metres a margin too
    ("deg: always(rise(b > 1) implies c >= 25)", 5.0, 2),
    ("eventually(fall(b > 1) and c <= 45)", 1.0, 0),  # false in the first frame counts as fallen
    ("deg: eventually[0.01:1](fall(b > 1) and c <= 45)", 5.0, 3),
    ("always(late implies once[0:0.02](a >= 4))", 0.0, 2),
    ("always(late implies historically[0:0.01](a >= 0.5))", 0.5, 1),
    ("not(eventually(a > 4))", -1.0, 4),
    ("always(abs(a - b) <= 3 * b + 10)", 5.0, 4),
    ("m: always(late implies (c < 35 implies a >= 3))", 1.0, 2),
]


@pytest.mark.parametrize(("text", "robustness", "frame"), BY_HAND)
def test_cases_worked_out_by_hand(text: str, robustness: float, frame: int | None) -> None:
    trace = trace_of(a=[3.0, 1.0, 4.0, 1.0, 5.0], b=[0.0, 0.0, 2.0, 0.0, 0.0], c=[10.0, 20.0, 30.0, 40.0, 50.0])
    unit, _, formula = text.rpartition(": ")
    found = evaluate(parse(formula, VOCABULARY), trace, unit or None)
    decision = decide(found)
    assert found.robustness[0] == robustness
    assert (None if decision is None else decision.row) == frame


def test_margins_of_mixed_units_are_in_the_one_asked_for() -> None:
    trace = trace_of(a=[9.0, 2.0, 1.0], b=[0.0] * 3, c=[50.0, 7.0, 1.0])
    formula = parse("always(a < 5 implies c <= 8)", VOCABULARY)
    assert evaluate(formula, trace).robustness[0] == 1.0  # 8 - 7 deg at the second frame
    assert evaluate(formula, trace, "deg").robustness[0] == 1.0
    near = trace_of(a=[5.25, 2.0, 1.0], b=[0.0] * 3, c=[50.0, 7.0, 1.0])
    assert evaluate(formula, near).robustness[0] == 0.25  # a quarter of a metre outside: no margin in degrees
    assert evaluate(formula, near, "deg").robustness[0] == 1.0


def test_what_is_not_asked_for_is_not_looked_at() -> None:
    """Under `early implies` the signal is needed in two frames, whichever side the phase stands on."""
    asked: list[list[int]] = []

    class Watched(ArrayTrace):
        def signal(self, name, needed):  # type: ignore[no-untyped-def]  # a stand-in without types
            asked.append(np.flatnonzero(needed).tolist())
            return super().signal(name, needed)

    given_trace = trace_of(a=[1.0] * 5)
    watched = Watched(given_trace.signals, given_trace.phases, 5)
    for text in ("always(early implies a <= 2)", "eventually(a <= 2 and early)", "always(a <= 2 or late)"):
        evaluate(parse(text, VOCABULARY), watched)
    assert asked == [[0, 1]] * 3


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_signal_that_is_no_number_is_refused_with_its_time(bad: float) -> None:
    trace = trace_of(a=[1.0, 1.0, bad, 1.0])
    with pytest.raises(MonitorError, match=r"a <= 2 is not a finite number at 0\.02 s"):
        evaluate(parse("always(a <= 2)", VOCABULARY), trace)
    assert evaluate(parse("always(early implies a <= 2)", VOCABULARY), trace).robustness[0] == 1.0


def test_a_division_by_zero_is_refused() -> None:
    with pytest.raises(MonitorError, match="not a finite number"):
        evaluate(parse("always(a / b <= 2)", VOCABULARY), trace_of(a=[1.0], b=[0.0]))


def test_a_window_between_two_frames_is_refused() -> None:
    with pytest.raises(MonitorError, match=r"window \[0\.011:0\.019\] contains no frame of 0\.01 s"):
        evaluate(parse("always[0.011:0.019](a <= 2)", VOCABULARY), trace_of(a=[1.0]))


@given(text=formulas())
def test_the_text_of_a_formula_is_that_formula(text: str) -> None:
    formula = parse(text, VOCABULARY)
    assert parse(str(formula), VOCABULARY) == formula


@given(value=st.floats(-1e9, 1e9))
def test_a_limit_keeps_every_digit(value: float) -> None:
    again = parse(f"a <= {Number(value)}", VOCABULARY)
    assert isinstance(again, Predicate)
    assert again.right == Number(value)
