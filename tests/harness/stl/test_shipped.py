"""Our monitor and the definition agree on every formula that ships, over traces in and out of its limits."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoverslam.harness.judge.requirements import load_requirements, shipped_sets
from hoverslam.harness.signals.vocabulary import VOCABULARY
from hoverslam.harness.stl.formula import Formula, Number, nodes, phase_names, predicates, signal_names
from hoverslam.harness.stl.monitor import evaluate
from hoverslam.harness.stl.parser import parse
from tests.harness.stl import slow_twin
from tests.harness.stl.traces import ArrayTrace


def shipped() -> Iterator[tuple[str, Formula, str | None]]:
    """Every formula of every shipped set, goals that are formulas too, with the unit that it is judged in."""
    for name in shipped_sets():
        for requirement in load_requirements(name).requirement:
            for clause in requirement.clause:
                yield f"{name} {requirement.id} {clause.name}", clause.tree, clause.judged_in
                if clause.goal_tree is not None:
                    yield f"{name} {requirement.id} goal of {clause.name}", clause.goal_tree, clause.judged_in


CASES = list(shipped())


def near_the_limits(formula: Formula, rows: int) -> st.SearchStrategy[ArrayTrace]:
    """Signals that go in and out of the limits of the formula, and phases of any shape."""
    limits = [node.value for p in predicates(formula) for node in nodes(p) if isinstance(node, Number)]
    spread = max([1.0, *map(abs, limits)])
    value = st.sampled_from(limits) | st.floats(-2.0, 2.0).map(lambda share: share * spread)
    signals = {name: st.lists(value, min_size=rows, max_size=rows).map(np.array) for name in signal_names(formula)}
    mask = st.lists(st.booleans(), min_size=rows, max_size=rows).map(lambda m: np.array(m, dtype=np.bool_))
    phases = dict.fromkeys(phase_names(formula), mask)
    return st.builds(ArrayTrace, st.fixed_dictionaries(signals), st.fixed_dictionaries(phases), st.just(rows))


@settings(max_examples=25)
@pytest.mark.parametrize(("formula", "unit"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@given(data=st.data())
def test_on_shipped_formulas_ours_and_the_definition_agree(
    formula: Formula, unit: str | None, data: st.DataObject
) -> None:
    trace = data.draw(near_the_limits(formula, data.draw(st.integers(1, 25), label="rows")))
    ours = float(evaluate(parse(str(formula), VOCABULARY), trace, unit).robustness[0])
    assert ours == slow_twin.robustness(formula, trace, 0, unit)
