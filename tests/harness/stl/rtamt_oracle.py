"""RTAMT, another implementation by other people, as the judge of ours: D. Nickovic and T. Yamaguchi, "RTAMT: online
robustness monitors from STL", ATVA 2020.

Its parser needs antlr4 4.7, which imports `typing.io`: gone in Python 3.13, and warned of before. A module of that name
put in its place beforehand is all it takes.
"""

import math
import sys
import types
import typing
from collections.abc import Collection

import numpy as np

from hoverslam.harness.stl.formula import Formula, predicates, signal_names
from tests.harness.stl.traces import ArrayTrace

_io = types.ModuleType("typing.io")
_io.TextIO = typing.TextIO  # type: ignore[attr-defined]  # a module made here has what is put into it
sys.modules["typing.io"] = _io

from rtamt.spec.iastl.discrete_time.specification import (  # noqa: E402  needs the module that is made above
    IAStlOutputRobustnessDiscreteTimeOfflineSpecification,
)


def robustness(formula: Formula, trace: ArrayTrace, unit: str | None = None) -> float:
    """Of a formula at the first frame. With a unit, signals of other units are inputs, which have no margin."""
    gates = {name for p in predicates(formula) if unit not in {None, p.unit} for name in signal_names(p)}
    return of_text(str(formula), trace, gates)


def of_text(text: str, trace: ArrayTrace, gates: Collection[str] = ()) -> float:
    """Of what RTAMT makes of the text, at the first frame."""
    specification = IAStlOutputRobustnessDiscreteTimeOfflineSpecification()
    data = {name: values.tolist() for name, values in trace.signals.items()}
    data |= {name: np.where(mask, math.inf, -math.inf).tolist() for name, mask in trace.phases.items()}
    for name in data:
        specification.declare_var(name, "float")
        specification.set_var_io_type(name, "input" if name in gates else "output")
    specification.set_sampling_period(round(1e3 * trace.period_s), "ms", 0.1)
    specification.spec = text
    specification.parse()
    times = [trace.period_s * row for row in range(trace.rows)]
    found = specification.evaluate({"time": times, **data})
    return float(found[0][1])
