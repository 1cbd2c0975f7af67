"""Two stored runs side by side: where they first differ, and the results of the requirements in each.

Both are judged again from their records, by the requirement set of their own scenario, so runs of different ages can be
compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from hoverslam.harness.fly.identity import says
from hoverslam.harness.fly.prepare import prepare_stored
from hoverslam.harness.judge.requirements import RequirementResult, evaluate
from hoverslam.harness.judge.verdict import Verdict, judge
from hoverslam.harness.record.difference import Difference, Trace, by_number, difference_by_stream, first_difference
from hoverslam.harness.record.fingerprint import differences
from hoverslam.harness.record.flight_record import StoredRun
from hoverslam.harness.record.names import COPIES
from hoverslam.harness.record.run_folder import load
from hoverslam.harness.trace.flight import Flight

ORDER = ("truth", "sensors", "actuators")
"""In which they come about within a frame: the state, what is measured in it, what is commanded upon that."""


MOST_KEYS = 20
"""Of a file that are told one by one."""


class JudgedRun(NamedTuple):
    """A stored run, with what it came to; `files`: what each file of its scenario says, by the name of its copy."""

    stored: StoredRun
    flight: Flight
    results: list[RequirementResult]
    verdict: Verdict
    files: Mapping[str, Any] = MappingProxyType({})


class MarginPair(NamedTuple):
    """A requirement in two runs; `change`: margin in the second less that in the first, None where one has none."""

    id: str
    title: str
    unit: str
    first: RequirementResult | None
    second: RequirementResult | None
    change: float | None

    @property
    def word(self) -> str:
        """How the second compares with the first."""
        if self.change is None:
            return "-"
        return "same" if self.change == 0.0 else "better" if self.change > 0.0 else "worse"


class RunDiff(NamedTuple):
    """What two runs have in common, and what not. `by_stream`: the first difference in truth, sensors and actuators."""

    first: JudgedRun
    second: JudgedRun
    difference: Difference | None
    by_stream: dict[str, Difference | None]
    margins: list[MarginPair]
    scenario: list[str]
    environment: list[str]

    @property
    def identical(self) -> bool:
        """Whether they are the same flight, bit for bit."""
        return self.difference is None


def diff_runs(first: Path, second: Path) -> RunDiff:
    """Compare two run folders; raises RecordError for what is none, or was written by another version."""
    one, other = judged(load(first)), judged(load(second))
    difference, by_stream = _compared(one.stored, other.stored)
    return RunDiff(
        one,
        other,
        difference,
        by_stream,
        list(_margins(one.results, other.results)),
        [*_changed_keys(_flown(one), _flown(other)), *_changed_files(one, other)],
        differences(one.stored.fingerprint, other.stored.fingerprint),
    )


def judged(stored: StoredRun) -> JudgedRun:
    """Judge a stored flight again."""
    prepared = prepare_stored(stored)
    flight = Flight(stored.record, prepared.context)
    results = evaluate(flight, prepared.requirements)
    return JudgedRun(stored, flight, results, judge(stored.record, results), prepared.inputs.trees)


def _compared(one: StoredRun, other: StoredRun) -> tuple[Difference | None, dict[str, Difference | None]]:
    ours, theirs = one.record, other.record
    for name in ("shape", "dt_s", "frame_ticks"):
        if getattr(ours, name) != getattr(theirs, name):
            return Difference(0, name, getattr(ours, name), getattr(theirs, name)), dict.fromkeys(ORDER)
    found = difference_by_stream(ours.shape, Trace.of(ours), Trace.of(theirs))
    parted = sorted((d for d in found.values() if d is not None), key=lambda d: (d.frame, _place(d)))
    whole = first_difference(ours.shape, Trace.of(ours), Trace.of(theirs))
    return next(iter(parted), whole), found


def _place(difference: Difference) -> int:
    return ORDER.index(difference.field.partition(".")[0])


def _margins(one: list[RequirementResult], other: list[RequirementResult]) -> Iterator[MarginPair]:
    """Every requirement of either run, in the order of the first."""
    ours, theirs = ({result.id: result for result in results} for results in (one, other))
    for id_ in dict.fromkeys([*ours, *theirs]):
        a, b = ours.get(id_), theirs.get(id_)
        known = a or b
        assert known is not None
        comparable = a is not None and b is not None and a.unit == b.unit
        margins = (a.margin, b.margin) if comparable and a is not None and b is not None else (None, None)
        change = None if margins[0] is None or margins[1] is None else margins[1] - margins[0]
        yield MarginPair(id_, known.title, known.unit, a, b, change)


def by_urgency(pairs: Iterable[MarginPair]) -> list[MarginPair]:
    """What fails first, in the second run before in the first, then the largest loss."""
    return sorted(pairs, key=_urgency)


def _urgency(pair: MarginPair) -> tuple[bool, bool, bool, float]:
    passes = [result is None or result.status != "fail" for result in (pair.second, pair.first)]
    return passes[0], passes[1], pair.change is None, _relative(pair)


def _relative(pair: MarginPair) -> float:
    """The change against the limit, so that metres and degrees can be ranked."""
    if pair.change is None or pair.first is None or pair.first.limit is None:
        return 0.0
    return pair.change / max(abs(pair.first.limit), 1e-9)


def _flown(run: JudgedRun) -> dict[str, Any]:
    """The scenario without what was expected of it, which has no effect on the flight."""
    return {key: value for key, value in run.stored.scenario.items() if key != "expected"}


def _changed_files(one: JudgedRun, other: JudgedRun) -> Iterator[str]:
    """What their vehicles, flight loads and requirement sets say differently; only copies tell what was flown."""
    for name in (name for name in COPIES if name in one.stored.copies and name in other.stored.copies):
        told = list(_changed_keys(says(one.files[name]), says(other.files[name])))
        many = f"{name}: {len(told)} keys are different"
        yield from (f"{name}: {line}" for line in told) if len(told) <= MOST_KEYS else [many]


def _changed_keys(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """What the two scenarios say differently, key by key; of lists of tables (faults, say) table by table."""
    if isinstance(one, list) and isinstance(other, list):
        one, other = by_number(one), by_number(other)
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _changed_keys(one.get(key), other.get(key), f"{path}.{key}".lstrip("."))
    elif one != other:
        yield f"{path}: {_short(one)} in A, {_short(other)} in B"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
