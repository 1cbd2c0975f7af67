"""Groups the failures of a hunt by cause: failures with the same deviations and faults are one finding.

A failure's cause is what its smallest flight still has: its faults by kind and target, and its numbers off nominal by
the side to which they went. How far each has to go may differ from one requirement to the next, and is told of each.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from hoverslam.harness.hunt.engine import HuntFailure, size
from hoverslam.harness.hunt.properties import Margin
from hoverslam.scenarios.limits import STEP_SIGMA
from hoverslam.scenarios.space import Case, Space


class Deviation(NamedTuple):
    """A number off nominal: its label, how far in `unit`, which is sigma but for the plume (share of its interval)."""

    label: str
    amount: float
    unit: str

    def __str__(self) -> str:
        return f"{self.label} at {self.amount:+g} {self.unit}"


class Cause(NamedTuple):
    """What deviates, the flight that shows most of what it breaks, and every requirement that falls with it."""

    failures: tuple[HuntFailure, ...]
    case: Case
    margins: tuple[Margin, ...]
    """What of `failures` the flight of `case` breaks, and by how much; one may want another size of the deviation."""


Signature = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, int], ...]]


def signature(case: Case) -> Signature:
    """What two failures with one cause have in common."""
    faults = tuple(sorted((fault.kind, str(fault.target)) for fault in case.faults))
    return faults, tuple((label, 1 if count > 0 else -1) for label, count in case.steps)


def causes(failures: Sequence[HuntFailure], broken: Callable[[Case], Sequence[Margin]]) -> list[Cause]:
    """Failures by cause, in the order in which the first of each was found.

    `broken`: what the flight of a case breaks. The flight of a cause is the smallest of those that
    break the most of what falls with it.
    """
    groups: dict[Signature, list[HuntFailure]] = {}
    for failure in failures:
        groups.setdefault(signature(failure.case), []).append(failure)
    return [_cause(group, broken) for group in groups.values()]


def _cause(group: Sequence[HuntFailure], broken: Callable[[Case], Sequence[Margin]]) -> Cause:
    ids = {failure.margin.id for failure in group}

    def breaks(case: Case) -> tuple[Margin, ...]:
        return tuple(margin for margin in broken(case) if margin.id in ids)

    case = min((failure.case for failure in group), key=lambda case: (-len(breaks(case)), size(case)))
    return Cause(tuple(group), case, breaks(case))


def deviations(space: Space, case: Case) -> list[Deviation]:
    """The numbers of a case that are off nominal."""
    plume = {axis.label: axis.most for axis in space.axes if axis.key == "plume"}
    return [
        Deviation(label, round(count / plume[label], 6), "of its interval")
        if label in plume
        else Deviation(label, count * STEP_SIGMA, "sigma")
        for label, count in case.steps
    ]


def words(space: Space, case: Case) -> str:
    """A cause in words: "gnss silent from 30 s; normal_force at -2.5 sigma"; a flight that is nominal says so."""
    faults = [_fault(space.fault(point) or {"kind": point.kind, "target": point.target}) for point in case.faults]
    told = [*faults, *(f"{one}" for one in deviations(space, case))]
    return "; ".join(told) or "no deviation, the nominal flight fails"


def _fault(tree: Mapping[str, object]) -> str:
    target = f" of {tree['target']}" if tree.get("target") not in {None, ""} else ""
    stated = [f"{key} = {value}" for key, value in tree.items() if key not in {"kind", "target"}]
    return f"{str(tree['kind']).replace('_', ' ')}{target}" + (f" ({', '.join(stated)})" if stated else "")
