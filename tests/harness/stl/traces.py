"""Traces with arrays in them, and Hypothesis strategies for traces and formulas."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.stl.monitor import Samples
from hoverslam.harness.stl.parser import Vocabulary

VOCABULARY = Vocabulary({"a": "m", "b": "m", "c": "deg"}, frozenset({"early", "late", "never"}))
PERIOD_S = 0.01


@dataclass
class ArrayTrace:
    """Signals and phases given as arrays; what is not asked for is answered with nonsense."""

    signals: Mapping[str, FloatArray]
    phases: Mapping[str, BoolArray]
    rows: int
    period_s: float = PERIOD_S

    def phase(self, name: str) -> BoolArray:
        return self.phases[name]

    def signal(self, name: str, needed: BoolArray) -> Samples:
        nonsense = np.where(np.arange(self.rows) % 2 == 0, 1e6, -1e6)
        time_s = self.period_s * np.arange(self.rows, dtype=np.float64)
        return Samples(np.where(needed, self.signals[name], nonsense), time_s)


@st.composite
def traces(draw: st.DrawFn, vocabulary: Vocabulary = VOCABULARY, longest: int = 40, shortest: int = 1) -> ArrayTrace:
    """Few different values, so that ties and limits met exactly are common; phases of any shape."""
    rows = draw(st.integers(shortest, longest))
    value = st.integers(-8, 8).map(lambda number: number / 4.0)
    signals = {name: np.array(draw(st.lists(value, min_size=rows, max_size=rows))) for name in vocabulary.units}
    mask = st.lists(st.booleans(), min_size=rows, max_size=rows)
    phases = {name: np.array(draw(mask), dtype=np.bool_) for name in sorted(vocabulary.phases)}
    return ArrayTrace(signals, phases, rows)


def windows() -> st.SearchStrategy[str]:
    """None, or one of up to twelve frames, beginning anywhere."""
    ends = st.tuples(st.integers(0, 12), st.integers(0, 12))
    return st.just("") | ends.map(lambda pair: f"[{PERIOD_S * min(pair):g}:{PERIOD_S * max(pair):g}]")


def formulas(*, bounded_until: bool = True) -> st.SearchStrategy[str]:
    """Texts of formulas of the whole language."""
    number = st.integers(-8, 8).map(lambda n: f"{n / 4.0:g}")
    metres = st.sampled_from(["a", "b", "abs(a)", "a + b", "a - 2 * b", "abs(a - b)", "a / 2"])
    sign = st.sampled_from(["<=", "<", ">=", ">"])
    atoms = st.one_of(
        st.sampled_from(["early", "late", "never"]),
        st.tuples(metres, sign, number).map(" ".join),
        st.tuples(number, sign, metres).map(" ".join),
        st.tuples(st.just("c"), sign, number).map(" ".join),
    )
    until_windows = windows() if bounded_until else st.just("")

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        unary = st.sampled_from(["always", "eventually", "historically", "once"])
        return st.one_of(
            st.tuples(unary, windows(), inner).map(lambda t: f"{t[0]}{t[1]}({t[2]})"),
            st.tuples(st.sampled_from(["not", "rise", "fall"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
            st.tuples(inner, st.sampled_from(["and", "or", "implies"]), inner).map(
                lambda t: f"({t[0]}) {t[1]} ({t[2]})"
            ),
            st.tuples(inner, st.sampled_from(["until", "since"]), until_windows, inner).map(
                lambda t: f"({t[0]}) {t[1]}{t[2]} ({t[3]})"
            ),
        )

    return st.recursive(atoms, larger, max_leaves=6)
