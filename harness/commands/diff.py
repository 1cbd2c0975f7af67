"""`hoverslam diff`: where two stored runs first differ, their margins side by side, and charts of both."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from hoverslam.harness.commands.changes import tell_changes
from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.commands.verdict_view import MARKS
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.table import Column, Row
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import PAGE, Output
from hoverslam.harness.fly.kernels import tell_compiling
from hoverslam.harness.fly.run_diff import JudgedRun, MarginPair, RunDiff, by_urgency, diff_runs
from hoverslam.harness.fly.summary import without_infinities
from hoverslam.harness.judge.requirements import RequirementResult
from hoverslam.harness.record.difference import Difference, Trace
from hoverslam.harness.record.flight_record import RecordError
from hoverslam.harness.record.tolerance import length_sentence
from hoverslam.harness.statistics.words import counted

WORDS = {"worse": "red", "better": "green"}


def diff_command(first: Path, second: Path, out: Path | None, *, as_json: bool) -> int:
    """0 for the same flight, bit for bit; 1 otherwise, with a page that shows both."""
    output = _output(first, second, out).tried()
    with Dashboard(progress()) as dashboard:
        tell_compiling(dashboard.remark)
        dashboard.stage("evaluating both runs again")
        try:
            found = diff_runs(first, second)
        except RecordError as error:
            raise UsageError(str(error)) from None
        for judged in (found.first, found.second):
            tell_changes(judged.stored)
        page = None if found.identical and out is None else _page(found, output)
    if as_json:
        print_json(without_infinities(_as_json(found, page)))
    else:
        _tell(found, page)
    return 0 if found.identical else 1


def _output(first: Path, second: Path, out: Path | None) -> Output:
    """Beside the second run, unless told otherwise."""
    one, other = first.resolve(), second.resolve()
    return Output("", other.parent / f"diff-{one.name}-{other.name}.html" if out is None else out, PAGE)


def _page(found: RunDiff, output: Output) -> Path | None:
    """Path of the page; None if it could not be written, which does not change the verdict."""
    from hoverslam.harness.report.run.overlay import overlay

    return output.path if output.write_or_tell(overlay(found)) else None


def _as_json(found: RunDiff, page: Path | None) -> dict[str, Any]:
    return {
        "identical": found.identical,
        "exit_code": 0 if found.identical else 1,
        "first": _run(found.first),
        "second": _run(found.second),
        "difference": _place(found.difference, found),
        "by_stream": {name: _place(difference, found) for name, difference in found.by_stream.items()},
        "margins": [_pair(pair) for pair in found.margins],
        "scenario_differences": found.scenario,
        "environment_differences": found.environment,
        "page": None if page is None else str(page),
    }


def _run(judged: JudgedRun) -> dict[str, Any]:
    record = judged.stored.record
    return {
        "run_folder": str(judged.stored.folder),
        "scenario": record.scenario,
        "seed": record.seed,
        "verdict": judged.verdict.value,
        "outcome": record.outcome,
        "frames": record.frames,
        "hash": record.hash,
        "gnc": record.gnc,
    }


def _place(difference: Difference | None, found: RunDiff) -> dict[str, Any] | None:
    if difference is None:
        return None
    first, second = (value if _plain(value) else str(value) for value in (difference.recorded, difference.replayed))
    time_s = 1e-9 * found.first.stored.record.time_ns(difference.frame)
    return {"frame": difference.frame, "time_s": time_s, "field": difference.field, "first": first, "second": second}


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _pair(pair: MarginPair) -> dict[str, Any]:
    def side(result: RequirementResult | None) -> dict[str, Any] | None:
        keys = ("status", "value", "margin", "time_s", "reason")
        return None if result is None else {key: getattr(result, key) for key in keys}

    return {
        "id": pair.id,
        "title": pair.title,
        "unit": pair.unit,
        "first": side(pair.first),
        "second": side(pair.second),
        "change": pair.change,
        "compared": pair.word,
    }


def _tell(found: RunDiff, page: Path | None) -> None:
    console = results()
    for letter, judged in (("A", found.first), ("B", found.second)):
        record = judged.stored.record
        what = f"{letter}: {judged.stored.folder}: {record.scenario}, seed {record.seed}, {judged.verdict.value}"
        console.say(f"{what}, {counted(record.frames, 'frame')}, hash {record.hash[:16]}")
    if found.difference is None:
        console.say(f"identical, bit for bit: hash {found.first.stored.record.hash}")
    else:
        console.tabulate(COLUMNS, list(_margin_rows(found.margins)))
        _tell_difference(found, found.difference)
    if page is not None:
        console.say(f"page: {page}")


def _tell_difference(found: RunDiff, difference: Difference) -> None:
    console = results()
    for line in found.scenario:
        console.say(f"scenario {line}")
    for line in found.environment:
        console.say(f"flown in a different environment: {line}")
    for name, place in found.by_stream.items():
        text = "equal for as long as both flights last" if place is None else place.between("A", "B")
        console.say(f"{name}: {text}")
    ours, theirs = (Trace.of(one.stored.record) for one in (found.first, found.second))
    if length := length_sentence(ours, theirs, found.first.stored.record.frame_period_ns * 1e-9, ("A", "B")):
        console.say(length)
    console.say(Text(f"first difference in {difference.between('A', 'B')}", "bold"))


COLUMNS = (
    Column("id"), Column("requirement", wraps=True), Column("A"), Column("margin A", right=True), Column("B"),
    Column("margin B", right=True), Column("change, A to B", right=True), Column("unit"),
)  # fmt: skip


def _margin_rows(pairs: list[MarginPair]) -> Iterator[Row]:
    """What fails first, in B before in A, then the largest loss; what neither could judge is left out."""
    shown = [pair for pair in pairs if any(r is not None and r.status in MARKS for r in (pair.first, pair.second))]
    for pair in by_urgency(shown):
        change = "-" if pair.change is None else f"{pair.change:+.3g} {pair.word}"
        cells = [Text(pair.id), Text(pair.title), *_side(pair.first), *_side(pair.second)]
        yield [*cells, Text(change, WORDS.get(pair.word, "")), Text(pair.unit)]


def _side(result: RequirementResult | None) -> tuple[Text, Text]:
    if result is None or result.status not in MARKS:
        return Text("-"), Text("-")
    margin = "-" if result.margin is None else f"{result.margin:+.3g}"
    return Text(*MARKS[result.status]), Text(margin)
